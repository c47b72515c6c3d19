"""The pooled ascent proves what brute force allows, at any stop, and its trees are trees; larger graphs stay close."""

from __future__ import annotations

from collections import deque
from dataclasses import replace

import numpy as np
import pytest
from brute import certified_bound, checked_cost, optimum, optimum_of_any, random_problem

from alcance.proof import Certificate, check_certificate, check_tree
from alcance.steiner import Problem, solve
from alcance.steiner.pooled import make_graph
from alcance.steiner.pooled.ascent import pooled_ascent
from alcance.steiner.pooled.certificate import certify
from alcance.steiner.pooled.exchange import improve
from alcance.steiner.pooled.tree import arcs_of, best_of
from alcance.steiner.solution import Tree


def street_grid(rng: np.random.Generator, side: int, *, rooted: bool = True, share: float = 0.3) -> Problem:
    """A grid of streets, prizes on some crossings."""
    at = np.arange(side * side).reshape(side, side)
    tails = np.concatenate([at[:, :-1].ravel(), at[:-1].ravel()])
    heads = np.concatenate([at[:, 1:].ravel(), at[1:].ravel()])
    costs = rng.integers(10, 100, tails.size)
    terminals = np.flatnonzero(rng.random(side * side) < share)
    return Problem.build(
        side * side,
        0 if rooted else None,
        np.concatenate([tails, heads]),
        np.concatenate([heads, tails]),
        np.concatenate([costs, costs]),
        terminals,
        rng.integers(10, 200, terminals.size),
    )


def test_its_bound_is_certified_and_never_above_the_optimum() -> None:
    rng = np.random.default_rng(71)
    tight = 0
    for _ in range(400):
        problem = random_problem(rng, symmetric=True)
        graph = make_graph(problem)
        assert graph is not None
        pools = pooled_ascent(graph, growth=float(rng.choice([1.1, 1.3, 3.0])))
        certificate = certify(graph, pools)
        assert check_certificate(certificate, **problem.facts()) == []
        assert certified_bound(problem, certificate) == pools.bound == certificate.bound
        best = optimum(problem)
        assert certificate.bound <= best
        tight += certificate.bound == best
    assert tight > 300


def test_with_the_root_outside_it_is_certified_for_every_root() -> None:
    rng = np.random.default_rng(72)
    seen = 0
    while seen < 150:
        problem = random_problem(rng, symmetric=True, anywhere=True, most_nodes=7)
        if problem.root is not None or problem.node_costs.any():
            continue
        seen += 1
        graph = make_graph(problem)
        assert graph is not None
        price = int(rng.integers(0, 40))
        certificate = certify(graph, pooled_ascent(graph, price=price), price)
        assert check_certificate(certificate, **problem.facts()) == []
        assert certificate.bound <= optimum_of_any(problem)


def test_what_it_proves_when_stopped_early_holds_too() -> None:
    problem = street_grid(np.random.default_rng(73), 12)
    graph = make_graph(problem)
    assert graph is not None
    bounds = []
    for slices in (1, 3, 6, 100):
        left = deque(range(slices))
        pools = pooled_ascent(graph, go_on=lambda _share, left=left: bool(left) and left.pop() > 0)
        certificate = certify(graph, pools)
        assert check_certificate(certificate, **problem.facts()) == []
        bounds.append(certificate.bound)
    assert bounds == sorted(bounds)
    assert bounds[0] < bounds[-1]


@pytest.mark.parametrize("rooted", [True, False])
def test_without_moves_a_street_grid_is_within_three_percent(rooted: bool) -> None:
    rng = np.random.default_rng(74)
    for _ in range(10):
        problem = street_grid(rng, 20, rooted=rooted)
        solution = solve(problem, moves_per_terminal=0)
        assert checked_cost(problem, solution) == solution.cost
        assert check_certificate(solution.certificate, **problem.facts()) == []
        assert solution.gap < 0.03


def test_exchange_never_makes_a_tree_dearer_and_often_cheaper() -> None:
    rng = np.random.default_rng(75)
    better = 0
    for _ in range(20):
        problem = street_grid(rng, 15, share=float(rng.choice([0.1, 0.4])))
        graph = make_graph(problem)
        assert graph is not None
        start = int(graph.root[0])
        parent = best_of(graph, np.ones(graph.node.size, dtype=np.uint8), start)
        assert parent is not None
        first = Tree.of(problem, arcs_of(graph, parent), problem.fixed_root)
        parent = improve(graph, start, parent, lambda _share: True)
        then = Tree.of(problem, arcs_of(graph, parent), problem.fixed_root)
        assert check_tree(then.arcs, then.skipped, then.cost, problem.root, **problem.facts()) == []
        assert then.cost <= first.cost
        better += then.cost < first.cost
    assert better > 5


def test_terminals_do_pool_and_any_altered_payment_proves_no_more() -> None:
    """On a star of four, each worth less than the way to the root, only together they pay for it."""
    ends = np.array([[0, 1], [1, 2], [1, 3], [1, 4], [1, 5]])
    costs = np.array([20, 1, 1, 1, 1])
    problem = Problem.build(
        6, 0, np.r_[ends[:, 0], ends[:, 1]], np.r_[ends[:, 1], ends[:, 0]], np.r_[costs, costs], [2, 3, 4, 5], [7] * 4
    )
    graph = make_graph(problem)
    assert graph is not None
    good = certify(graph, pooled_ascent(graph))
    assert good.bound == optimum(problem) == 24
    assert np.diff(good.payer_ptr).max() > 1
    refused = 0
    for name in ("payer_ptr", "payers", "amounts", "indptr", "nodes", "values"):
        for at in range(getattr(good, name).size):
            for change in (-1, 1):
                entries = getattr(good, name).copy()
                entries[at] += change
                bad = replace(good, **{name: entries})
                wrong = check_certificate(bad, **problem.facts())
                refused += bool(wrong)
                assert wrong or bad.bound <= 24
    assert refused > 50


def test_a_payer_must_stand_within_what_those_before_it_pay() -> None:
    """0 — 1 — 2, 5 each: terminal 1 may pay for the upper half of terminal 2's ball, not for the lower one."""
    problem = Problem.build(3, 0, [0, 1, 1, 2], [1, 0, 2, 1], [5, 5, 5, 5], [1, 2], [9, 9])
    nodes, values = np.array([1, 2], dtype=np.int32), np.array([5, 0])

    def pay(payers: list[int], amounts: list[int]) -> Certificate:
        ptr = np.array([0, 2])
        return Certificate.single(np.array(payers, dtype=np.int32), np.array(amounts), ptr, nodes, values, 0, ptr)

    assert check_certificate(pay([2, 1], [5, 5]), **problem.facts()) == []
    assert check_certificate(pay([2, 1], [9, 1]), **problem.facts()) == []
    assert check_certificate(pay([2, 1], [4, 6]), **problem.facts())
    assert check_certificate(pay([1, 2], [5, 5]), **problem.facts())
    assert check_certificate(pay([2, 2], [5, 5]), **problem.facts())


def test_one_way_arcs_and_node_costs_are_not_for_it() -> None:
    assert make_graph(Problem.build(3, 0, [0, 1, 1, 2], [1, 0, 2, 1], [5, 5, 5, 6], [1, 2], [9, 9])) is None
    assert make_graph(Problem.build(2, 0, [0], [1], [5], [1])) is None
    arcs = ([0, 1], [1, 0], [5, 5])
    assert make_graph(Problem.build(2, 0, *arcs, [1], node_costs=[0, 1])) is None
    assert make_graph(Problem.build(2, 0, *arcs, [1])) is not None
