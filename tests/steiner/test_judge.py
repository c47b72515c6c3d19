"""The judge of the benchmarks agrees with brute force, and the windows it judges are problems that can be solved."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from brute import optimum, random_problem

from alcance.network.kinds import ArcKind, NodeKind
from alcance.steiner import Problem, solve

sys.path.insert(0, str(Path(__file__).parent.parent.parent))

from bench.judge import judge, recount
from bench.window import Cutter, Region, choose

LIMIT_S = 120.0  # compiling counts where kernels are new


def test_the_judge_proves_the_optimum_of_small_problems() -> None:
    rng = np.random.default_rng(5)
    for number in range(150):
        problem = random_problem(rng, symmetric=number % 2 == 0)
        best = optimum(problem)
        tree = solve(problem, moves_per_terminal=0.0).arcs if number % 3 else None
        verdict = judge(problem, LIMIT_S, tree=tree)
        assert verdict.proven
        assert verdict.optimum == best


def _region(sites: int) -> Region:
    """Sites on a line, fibre along it from a PoP at its first place; a satellite for each."""
    fibre, hub, leaf = 1 + np.arange(sites), 1 + sites + np.arange(sites), 1 + 2 * sites + np.arange(sites)
    tails = np.concatenate([[0], fibre[:-1], fibre, hub, np.zeros(sites, dtype=int)])
    heads = np.concatenate([[1], fibre[1:], hub, leaf, leaf])
    costs = np.concatenate([[7], np.full(sites - 1, 10), np.full(sites, 2), np.full(sites, 1), np.full(sites, 15)])
    kinds = [ArcKind.POP] + [ArcKind.FIBRE_ROAD] * (sites - 1)
    kinds += [ArcKind.FIBRE_DROP] * sites + [ArcKind.SITE_EQUIPMENT] * sites + [ArcKind.SATELLITE] * sites
    node_kind = np.repeat([NodeKind.ROOT, NodeKind.FIBRE, NodeKind.HUB, NodeKind.LEAF], [1, sites, sites, sites])
    places = np.concatenate([[-1], *[np.arange(sites)] * 3]).astype(np.int32)
    xy_m = np.column_stack([np.arange(sites) * 1_000.0, np.zeros(sites)])
    problem = Problem.build(1 + 3 * sites, 0, tails, heads, costs, leaf)
    return Region(problem, node_kind.astype(np.uint8), places, np.array(kinds, dtype=np.uint8), xy_m)


def test_fibre_from_outside_enters_a_window_at_its_price() -> None:
    window = Cutter(_region(100)).cut(np.array([50_000.0, 0.0]), 3, margin_m=2_000.0)
    problem = window.problem
    assert problem.terminals.size == 3
    # Fibre that leads to no site of the window is gone.
    assert sorted(window.xy_m[:, 0]) == [48_000.0, 49_000.0, 50_000.0, 51_000.0]
    entry = (problem.tails == problem.root) & (window.node_kind[problem.heads] == NodeKind.FIBRE)
    # Fibre to place k costs 7 for the PoP and 10 for each stretch on the way.
    first = window.xy_m[window.node_place[problem.heads[entry]], 0].min() / 1_000.0
    assert problem.costs[entry].min() == 7 + 10 * first


def test_windows_are_problems_of_their_own() -> None:
    region = _region(100)
    plan = solve(region.problem, moves_per_terminal=0.0)
    windows = choose(region, np.arange(region.problem.arc_count), 4, seed=3)
    for window in windows:
        assert 30 <= window.problem.terminals.size <= 60
        assert (window.node_kind[window.problem.terminals] == NodeKind.LEAF).all()
        solution = solve(window.problem)
        verdict = judge(window.problem, LIMIT_S, tree=solution.arcs)
        assert verdict.proven
        assert solution.lower_bound <= verdict.optimum <= solution.cost == recount(window.problem, solution.arcs)
    assert recount(region.problem, plan.arcs) == plan.cost
