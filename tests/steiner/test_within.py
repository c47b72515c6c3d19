"""Trees within limits on what arcs carry: never over, never dearer, and on small problems as cheap as any."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
from brute import checked_cost
from hypothesis import given, settings
from hypothesis import strategies as st

from alcance.errors import InputError
from alcance.steiner import REQUIRED, Problem, improve_within, solve

NO_LIMIT = 1 << 40


def limited_problem(seed: int) -> tuple[Problem, np.ndarray, np.ndarray]:
    """A root, relays with limits, wider links beside some, terminals with a dear arc each from the root: those last.

    Gives the problem, the limits, and the arcs from the root to the terminals: a tree within any limits.
    """
    rng = np.random.default_rng(seed)
    relays, terminals = int(rng.integers(1, 4)), int(rng.integers(1, 5))
    arcs = []
    for relay in range(1, 1 + relays):
        for other in rng.permutation(relay)[:2].tolist():
            cost, carries = int(rng.integers(0, 30)), int(rng.integers(0, 4))
            arcs.append((other, relay, cost, carries))
            if rng.random() < 0.5:
                arcs.append((other, relay, cost + int(rng.integers(0, 20)), carries + 1))
    for terminal in range(1 + relays, 1 + relays + terminals):
        some = rng.permutation(np.arange(1, 1 + relays))[:2].tolist()
        arcs += [(relay, terminal, int(rng.integers(1, 20)), NO_LIMIT) for relay in some]
    straight = np.arange(len(arcs), len(arcs) + terminals)
    arcs += [(0, 1 + relays + at, int(rng.integers(20, 60)), NO_LIMIT) for at in range(terminals)]
    tails, heads, costs, most = (np.array(column) for column in zip(*arcs, strict=True))
    ends = np.arange(1 + relays, 1 + relays + terminals)
    return Problem.build(1 + relays + terminals, 0, tails, heads, costs, ends), most, straight


def loads(problem: Problem, arcs: np.ndarray) -> dict[int, int]:
    """How many terminals each arc of a tree carries, by walking up from every one that is served."""
    into = {int(problem.heads[arc]): int(arc) for arc in arcs}
    carried = dict.fromkeys(into.values(), 0)
    for terminal in problem.terminals.tolist():
        node = terminal
        while node in into:
            carried[into[node]] += 1
            node = int(problem.tails[into[node]])
    return carried


def keeps(problem: Problem, arcs: np.ndarray, most: np.ndarray) -> bool:
    return all(load <= most[arc] for arc, load in loads(problem, arcs).items())


def cheapest_within(problem: Problem, most: np.ndarray) -> float:
    """Every choice of an arc into each node, tried in turn."""
    into = [[None, *np.flatnonzero(problem.heads == node).tolist()] for node in range(problem.node_count) if node != 0]
    best = math.inf
    for chosen in itertools.product(*into):
        arcs = np.array([arc for arc in chosen if arc is not None], dtype=np.int64)
        cost = int(problem.costs[arcs].sum())
        if cost >= best:
            continue
        reached = {0}
        while more := [arc for arc in arcs if problem.tails[arc] in reached and problem.heads[arc] not in reached]:
            reached |= {int(problem.heads[arc]) for arc in more}
        if set(problem.terminals.tolist()) <= reached and len(reached) == len(arcs) + 1 and keeps(problem, arcs, most):
            best = cost
    return best


def test_small_problems_end_at_or_near_the_cheapest_tree_within_their_limits():
    found = []
    for seed in range(120):
        problem, most, straight = limited_problem(seed)
        solution = solve(problem, moves_per_terminal=20)
        within = improve_within(problem, solution, straight, most, moves_per_terminal=400)
        best = cheapest_within(problem, most)
        assert checked_cost(problem, within) == within.cost >= best >= solution.lower_bound
        assert keeps(problem, within.arcs, most)
        found.append(within.cost / best - 1.0)
    # Single moves do not always make one terminal give way to another where all relays are full.
    assert np.mean(np.array(found) == 0.0) > 0.7
    assert np.mean(found) < 0.05


@settings(max_examples=150)
@given(st.integers(0, 10**9), st.integers(0, 60))
def test_a_tree_within_limits_stays_within_and_gets_no_dearer(seed, moves):
    problem, most, straight = limited_problem(seed)
    solution = solve(problem, moves_per_terminal=5)
    within = improve_within(problem, solution, straight, most, moves_per_terminal=moves, seed=seed)
    assert keeps(problem, within.arcs, most)
    assert solution.lower_bound <= checked_cost(problem, within) == within.cost
    assert within.cost <= int(problem.costs[straight].sum())
    assert within.lower_bound == solution.lower_bound


@settings(max_examples=100)
@given(st.integers(0, 10**9), st.booleans())
def test_prized_terminals_may_be_left_out_within_limits_too(seed, dear):
    problem, most, straight = limited_problem(seed)
    rng = np.random.default_rng(seed)
    prizes = np.where(rng.random(problem.terminals.size) < 0.7, rng.integers(0, 80 if dear else 15), REQUIRED)
    problem = replace(problem, prizes=prizes.astype(np.int64), node_costs=rng.integers(0, 9, problem.node_count))
    solution = solve(problem, moves_per_terminal=20)
    within = improve_within(problem, solution, straight, most, moves_per_terminal=50)
    assert keeps(problem, within.arcs, most)
    assert solution.lower_bound <= checked_cost(problem, within) == within.cost


def test_a_full_link_is_widened_where_that_pays():
    tails, heads = np.array([0, 0, 1, 1, 0, 0]), np.array([1, 1, 2, 3, 2, 3])
    costs, most = np.array([10, 15, 1, 1, 30, 30]), np.array([1, 2, NO_LIMIT, NO_LIMIT, NO_LIMIT, NO_LIMIT])
    problem = Problem.build(4, 0, tails, heads, costs, [2, 3])
    solution = solve(problem)
    assert solution.cost == 12
    within = improve_within(problem, solution, np.array([4, 5]), most, moves_per_terminal=100)
    assert within.arcs.tolist() == [1, 2, 3]
    assert within.cost == 17
    assert within.lower_bound == 12


def test_the_same_limits_give_the_same_tree_and_a_history():
    problem, most, straight = limited_problem(3)
    solution = solve(problem)
    told, figures = [], []
    one, other = (
        improve_within(
            problem, solution, straight, most, moves_per_terminal=50,
            progress=lambda stage, share: told.append((stage, share)), watch=lambda *both: figures.append(both),
        )
        for _ in range(2)
    )  # fmt: skip
    assert np.array_equal(one.arcs, other.arcs)
    assert one.history[-1][1:] == ("moves within limits", solution.lower_bound, one.cost)
    assert told[0] == ("moves within limits", 0.0)
    assert figures[-1] == (solution.lower_bound, one.cost)


def test_a_prized_terminal_that_passes_traffic_on_is_counted_where_it_is_served():
    """Left out at its prize in the search, but on the way to another: then it is served, and one too many."""
    problem = Problem.build(3, 0, [0, 1, 0], [1, 2, 2], [10, 1, 40], [1, 2], [0, REQUIRED])
    most = np.array([1, NO_LIMIT, NO_LIMIT])
    within = improve_within(problem, solve(problem), np.array([2]), most, moves_per_terminal=200)
    assert keeps(problem, within.arcs, most)
    assert checked_cost(problem, within) == within.cost <= 40


@pytest.mark.parametrize(
    ("terminals", "prizes", "arcs"),
    [([], [], []), ([0], [REQUIRED], []), ([1], [0], [])],
)
@pytest.mark.parametrize("moves", [0.0, 5.0, math.inf])
def test_where_nothing_is_to_be_served_nothing_is_built(terminals, prizes, arcs, moves):
    for ends in (([], []), ([0], [1])):
        problem = Problem.build(2, 0, *ends, [3] * len(ends[0]), terminals, prizes)
        none = np.array(arcs, dtype=np.int64)
        most = np.full(problem.arc_count, 1)
        within = improve_within(problem, solve(problem), none, most, moves_per_terminal=moves, seconds=1.0)
        assert within.arcs.size == 0
        assert within.cost == 0


def test_a_proven_cheapest_tree_is_not_searched_on():
    problem = Problem.build(3, 0, [0, 1], [1, 2], [4, 4], [2])
    solution = solve(problem)
    within = improve_within(
        problem, solution, solution.arcs, np.array([1, 1]), moves_per_terminal=math.inf, seconds=60.0
    )
    assert within.cost == solution.lower_bound == 8
    assert within.history == ()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"moves_per_terminal": math.inf}, "finite where no seconds"),
        ({"moves_per_terminal": -1.0}, "0 or more"),
        ({"most": np.array([1])}, "one whole number for each of the"),
        ({"most": [1, 1]}, "one whole number for each of the"),
        ({"most": 0}, "carries more than its 0"),
        ({"most": 0, "moves_per_terminal": 0.0}, "carries more than its 0"),
        ({"arcs": np.array([0])}, "neither reached nor left out"),
        ({"arcs": np.array([99])}, "whole numbers from 0 to"),
        ({"arcs": np.array([0.5])}, "whole numbers from 0 to"),
    ],
)
def test_what_is_no_tree_within_its_limits_is_refused(change, message):
    problem, most, straight = limited_problem(3)
    told = {"arcs": straight, "most": most, "moves_per_terminal": 1.0} | change
    if isinstance(told["most"], int):
        told["most"] = np.full(problem.arc_count, told["most"])
    with pytest.raises(InputError, match=message):
        improve_within(problem, solve(problem), **told)


def test_a_tree_over_a_limit_is_refused_though_a_wider_link_stands_beside_it():
    tails, heads = np.array([0, 0, 1, 1]), np.array([1, 1, 2, 3])
    problem = Problem.build(4, 0, tails, heads, np.array([10, 15, 1, 1]), [2, 3])
    most = np.array([1, 2, NO_LIMIT, NO_LIMIT])
    solution = solve(problem)
    with pytest.raises(InputError, match="arc 0: carries more than its 1"):
        improve_within(problem, solution, solution.arcs, most, moves_per_terminal=5)


def test_other_problems_without_a_root_or_with_other_nodes_are_refused_with_every_fault():
    problem, most, straight = limited_problem(3)
    larger = solve(limited_problem(0)[0])
    anywhere = Problem.build(2, None, [0, 1], [1, 0], [1, 1], [0, 1])
    with pytest.raises(InputError, match="must name a root") as told:
        improve_within(anywhere, solve(anywhere), np.array([7]), np.array([0.5]), moves_per_terminal=1)
    assert len(told.value.problems) == 3
    small = Problem.build(2, 0, [0], [1], [1], [1])
    with pytest.raises(InputError, match="one of this problem"):
        improve_within(small, larger, np.array([0]), np.array([1]), moves_per_terminal=1)
    assert problem.arc_count == most.size > straight.size
