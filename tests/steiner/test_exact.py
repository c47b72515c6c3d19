"""Small graphs are finished: plan, bound and optimum are one, whatever way the work began."""

from __future__ import annotations

import csv
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from brute import checked_cost, optimum, random_problem

from alcance.errors import InputError
from alcance.steiner import Problem, check_certificate, solve, solve_stp
from alcance.steiner.ascent import ascend
from alcance.steiner.duals import start_duals, start_scratch
from alcance.steiner.net import make_net
from alcance.steiner.primal import first_plan
from alcance.steiner.prune import direct_arcs
from alcance.steiner.relax import cuts, finish
from alcance.steiner.relax.cuts import CutRelaxation
from alcance.steiner.relax.potentials import nested_cuts
from alcance.steiner.serving import serves, serving_of

DATA = Path(__file__).parents[1] / "data" / "stp"
sys.path.insert(0, str(Path(__file__).parents[2] / "bench"))
from oaxaca_like import make  # noqa: E402


@pytest.mark.parametrize("symmetric", [False, True])
def test_nearly_every_small_problem_is_proven(symmetric: bool) -> None:
    rng = np.random.default_rng(5 + symmetric)
    proven = 0
    for _ in range(200):
        problem = random_problem(rng, symmetric=symmetric)
        solution = solve(problem, moves_per_terminal=20)
        assert check_certificate(solution.certificate, **problem.facts()) == []
        assert checked_cost(problem, solution) == solution.cost
        if solution.gap == 0:
            proven += 1
            assert solution.cost == optimum(problem)
    assert proven >= 198


def test_finishing_leaves_the_duals_it_was_handed_alone() -> None:
    net, _ = make_net(make(25, 1))
    duals = ascend(net, start_duals(net), start_scratch(net))
    plan = first_plan(net, duals, direct_arcs(net))
    before = duals.copy()
    assert finish(net, plan, duals, lambda: True, 1).duals.bound > duals.bound
    after = duals.copy()
    assert all(np.array_equal(one, other) for one, other in zip(before, after, strict=True))


def test_a_relaxation_that_forgets_all_it_may_ends_at_the_same_value(monkeypatch: pytest.MonkeyPatch) -> None:
    net, _ = make_net(make(25, 4))
    duals = ascend(net, start_duals(net), start_scratch(net))
    values = []
    for few, share in ((10**9, 2.0), (0, 0.0)):
        monkeypatch.setattr(cuts, "FEW_ROWS", few)
        monkeypatch.setattr(cuts, "SLACK_SHARE", share)
        monkeypatch.setattr(cuts, "DEAR_SHARE", share)
        relaxation = CutRelaxation(net, np.arange(net.tail.size), nested_cuts(duals))
        plan = first_plan(net, duals, direct_arcs(net))
        assert relaxation.solve(lambda: True, enough=float(plan.cost), price=False)
        assert relaxation.weights().size == sum(part.terminal.size for part in relaxation.cuts)
        assert relaxation.weights().sum() == pytest.approx(relaxation.value, rel=1e-9)
        values.append(relaxation.value)
    assert values[0] == pytest.approx(values[1], rel=1e-9)
    assert duals.bound <= values[0] <= plan.cost


@pytest.mark.parametrize("name", ["i101M1", "i103M3", "i104M3", "i201M2"])
def test_fibre_design_problems_are_proven_to_the_last_digit(name: str) -> None:
    with (DATA / "REFERENCE.csv").open(newline="") as lines:
        reference = {row["name"]: float(row["ref_upper"]) for row in csv.DictReader(lines)}
    result = solve_stp(DATA / f"{name}.stp", check=True)
    assert result["gap"] == 0
    assert result["objective"] == pytest.approx(reference[name], abs=1e-6)
    assert result["history"][-1]["lower_bound"] == result["lower_bound"]


def test_a_stricter_price_or_one_arc_more_moves_the_optimum_the_right_way() -> None:
    rng = np.random.default_rng(11)
    for _ in range(60):
        problem = random_problem(rng)
        solution = solve(problem, moves_per_terminal=20)
        prizes = np.where(problem.prizes >= 0, problem.prizes * 7, problem.prizes)
        scaled = solve(replace(problem, costs=problem.costs * 7, prizes=prizes), moves_per_terminal=20)
        more = replace(
            problem,
            tails=np.append(problem.tails, np.int32(problem.root)),
            heads=np.append(problem.heads, problem.terminals[0]),
            costs=np.append(problem.costs, np.int64(1)),
        )
        richer = solve(more, moves_per_terminal=20)
        if solution.gap == scaled.gap == richer.gap == 0:
            assert scaled.cost == 7 * solution.cost
            assert richer.cost <= solution.cost


def test_an_earlier_solution_is_where_the_work_begins() -> None:
    rng = np.random.default_rng(3)
    for _ in range(60):
        problem = random_problem(rng)
        before = solve(problem, moves_per_terminal=20)
        again = solve(problem, moves_per_terminal=0, before=(problem, before))
        assert again.cost <= before.cost
        assert check_certificate(again.certificate, **problem.facts()) == []
        changed = replace(problem, costs=np.maximum(0, problem.costs + rng.integers(-2, 3, problem.costs.size)))
        warm = solve(changed, moves_per_terminal=5, before=(problem, before))
        assert check_certificate(warm.certificate, **changed.facts()) == []
        assert warm.lower_bound <= optimum(changed) <= warm.cost == checked_cost(changed, warm)


def test_another_number_of_nodes_cannot_be_begun_from() -> None:
    rng = np.random.default_rng(4)
    problem = random_problem(rng)
    solution = solve(problem, moves_per_terminal=0)
    larger = replace(problem, node_count=problem.node_count + 1, node_costs=np.append(problem.node_costs, 0))
    with pytest.raises(InputError, match="same nodes"):
        solve(larger, before=(problem, solution))


def test_a_plan_guides_the_ascent_and_never_past_the_optimum() -> None:
    rng = np.random.default_rng(8)
    for _ in range(300):
        problem = random_problem(rng)
        net, _ = make_net(problem)
        if net.terminals.size == 0:
            continue
        plain = ascend(net, start_duals(net), start_scratch(net))
        serving = serving_of(net, first_plan(net, plain, direct_arcs(net)).parent)
        guided = ascend(net, start_duals(net), start_scratch(net), serving=serving)
        assert (guided.reduced >= 0).all()
        assert guided.bound <= optimum(problem)
        for node in np.flatnonzero(serving.parent >= 0):
            assert serves(node, node, serving)
            assert not serves(node, net.root[0], serving)


def test_a_proof_by_cases_holds_where_a_prized_terminals_own_node_is_left_out() -> None:
    with np.load(Path(__file__).parents[1] / "data" / "stp" / "prized_cases.npz") as kept:
        facts = {name: kept[name].astype(np.int64) for name in kept.files}
    problem = Problem.build(
        int(facts["node_count"]), int(facts["root"]), facts["tails"], facts["heads"], facts["costs"],
        facts["terminals"], facts["prizes"],
    )  # fmt: skip
    solution = solve(problem, moves_per_terminal=2, seed=1)
    assert check_certificate(solution.certificate, **problem.facts()) == []
    assert solution.lower_bound == solution.cost
