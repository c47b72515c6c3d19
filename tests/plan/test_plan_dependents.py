"""No relay carries more sites than it may, nothing else changes, and no plan falls below the bound."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_problems import NO_LIMIT, random_problem, shortest_tree, terminals_below

from alcance.errors import InputError
from alcance.plan.dependents import repair_dependents
from alcance.plan.tree import Tree
from alcance.steiner import Problem, solve

SEEDS = st.integers(0, 10**9)


def limits_of(problem: Problem, seed: int, high: int) -> np.ndarray:
    """Limits on the arcs among relays; what the root feeds straight is never limited."""
    rng = np.random.default_rng(seed)
    limit = np.full(problem.arc_count, NO_LIMIT, dtype=np.int64)
    some = (problem.tails != problem.root) & (rng.random(problem.arc_count) < 0.7)
    limit[some] = rng.integers(1, high + 1, int(some.sum()))
    return limit


@settings(max_examples=300)
@given(SEEDS, st.integers(1, 6))
def test_limits_hold_afterwards_and_every_terminal_is_still_served(seed, high):
    problem = random_problem(seed)
    limit = limits_of(problem, seed + 1, high)
    repair = repair_dependents(problem, shortest_tree(problem), limit)
    load = terminals_below(problem, repair)
    fed = np.flatnonzero(repair.parent_arc >= 0)
    assert (load[fed] <= limit[repair.parent_arc[fed]]).all()
    assert (load[fed] > 0).all(), "what serves nobody is not built"
    assert load[problem.root] == len(problem.terminals)


@settings(max_examples=100)
@given(SEEDS, st.integers(1, 4))
def test_the_repaired_plan_never_costs_less_than_the_bound(seed, high):
    problem = random_problem(seed)
    solution = solve(problem, moves_per_terminal=20.0)
    before = Tree.of_arcs(problem, solution.arcs)
    repair = repair_dependents(problem, before, limits_of(problem, seed + 1, high))
    assert solution.lower_bound <= int(problem.costs[repair.arcs].sum())
    assert solution.lower_bound <= solution.cost == int(problem.costs[before.arcs].sum())


@settings(max_examples=100)
@given(SEEDS)
def test_where_nothing_is_over_nothing_changes(seed):
    problem = random_problem(seed)
    solution = solve(problem, moves_per_terminal=20.0)
    before = Tree.of_arcs(problem, solution.arcs)
    limit = terminals_below(problem, before)[problem.heads]
    repair = repair_dependents(problem, before, np.maximum(limit, 1))
    assert np.array_equal(repair.parent_arc, before.parent_arc)


def ways(problem: Problem, tree: Tree) -> list[list[int]]:
    """The nodes from each terminal up to the root."""
    return [[int(problem.tails[arc]) for arc in tree.path(problem, int(node))] for node in problem.terminals]


def moved(problem: Problem, before: Tree, after: Tree) -> list[bool]:
    return [one != other for one, other in zip(ways(problem, before), ways(problem, after), strict=True)]


@settings(max_examples=100)
@given(SEEDS, st.integers(1, 4))
def test_only_who_hangs_on_something_full_gets_another_way(seed, high):
    problem = random_problem(seed)
    before = shortest_tree(problem)
    limit = limits_of(problem, seed + 1, high)
    load = terminals_below(problem, before)
    after = repair_dependents(problem, before, limit)
    for terminal, other in zip(problem.terminals, moved(problem, before, after), strict=True):
        if all(load[problem.heads[arc]] <= limit[arc] for arc in before.path(problem, int(terminal))):
            assert not other


@settings(max_examples=50)
@given(SEEDS, st.integers(1, 4))
def test_the_same_problem_is_repaired_the_same_way(seed, high):
    problem = random_problem(seed)
    limit = limits_of(problem, seed + 1, high)
    first, second = (repair_dependents(problem, shortest_tree(problem), limit) for _ in range(2))
    assert np.array_equal(first.parent_arc, second.parent_arc)


def star(costs: list[int], satellites: list[int | None]) -> Problem:
    """One relay that feeds each terminal at a cost, and a satellite for those that may have one."""
    arcs = [(0, 1, 10), *((1, 2 + k, cost) for k, cost in enumerate(costs))]
    arcs += [(0, 2 + k, cost) for k, cost in enumerate(satellites) if cost is not None]
    tails, heads, prices = (np.array(column) for column in zip(*arcs, strict=True))
    return Problem.build(2 + len(costs), 0, tails, heads, prices, np.arange(2, 2 + len(costs)))


def test_who_loses_least_by_moving_moves():
    problem = star([5, 5, 5], [90, 40, 60])
    limit = np.full(problem.arc_count, NO_LIMIT)
    limit[0] = 2
    repair = repair_dependents(problem, shortest_tree(problem), limit)
    assert moved(problem, shortest_tree(problem), repair) == [False, True, False]
    assert int(problem.costs[repair.arcs].sum()) == 10 + 5 + 40 + 5


def test_what_one_move_leaves_empty_is_no_longer_paid():
    """With room for none of two, the relay itself goes."""
    problem = star([5, 5], [50, 50])
    limit = np.full(problem.arc_count, NO_LIMIT)
    limit[0] = 0
    repair = repair_dependents(problem, shortest_tree(problem), limit)
    assert sorted(problem.costs[repair.arcs].tolist()) == [50, 50]


def test_sites_without_any_other_way_are_named():
    """Overrides can forbid the satellite to more sites than the only relay may carry."""
    problem = star([5, 5, 5], [None, None, None])
    limit = np.full(problem.arc_count, NO_LIMIT)
    limit[0] = 2
    with pytest.raises(InputError, match="site 2, site 3, site 4"):
        repair_dependents(problem, shortest_tree(problem), limit, name=lambda node: f"site {node}")


def test_those_who_can_move_make_room_for_those_who_cannot():
    problem = star([5, 5, 5], [None, 900, None])
    limit = np.full(problem.arc_count, NO_LIMIT)
    limit[0] = 2
    repair = repair_dependents(problem, shortest_tree(problem), limit)
    assert moved(problem, shortest_tree(problem), repair) == [False, True, False]


def beside(problem: Problem, limit: np.ndarray, wider: list[tuple[int, int, int]]) -> tuple[Problem, np.ndarray]:
    """The problem with links laid beside arcs of it: (arc, dearer by, carries)."""
    arcs = np.array([arc for arc, _, _ in wider])
    costs = problem.costs[arcs] + np.array([more for _, more, _ in wider])
    widened = Problem.build(
        problem.node_count, problem.root,
        np.append(problem.tails, problem.tails[arcs]), np.append(problem.heads, problem.heads[arcs]),
        np.append(problem.costs, costs), problem.terminals,
    )  # fmt: skip
    return widened, np.append(limit, [carries for _, _, carries in wider])


@pytest.mark.parametrize(
    ("wider", "cost", "leaving"),
    [
        ([(0, 30, 3)], 10 + 30 + 15, 0),  # a wider link for 30 is dearer than no move, and cheaper than the one at 35
        ([(0, 36, 3)], 10 + 10 + 40, 1),  # moving the cheapest costs 35
        ([(0, 20, 2), (0, 70, 3)], 10 + 20 + 10 + 40, 1),  # a little wider and one moved
        ([(0, 20, 2), (0, 54, 3)], 10 + 54 + 15, 0),
    ],
)
def test_a_full_link_is_widened_where_that_is_cheaper_than_moving(wider, cost, leaving):
    problem = star([5, 5, 5], [90, 40, 60])
    limit = np.full(problem.arc_count, NO_LIMIT)
    limit[0] = 1 if len(wider) > 1 else 2
    widened, limits = beside(problem, limit, wider)
    repair = repair_dependents(widened, shortest_tree(widened), limits)
    assert int(widened.costs[repair.arcs].sum()) == cost
    assert sum(moved(widened, shortest_tree(widened), repair)) == leaving


@settings(max_examples=200)
@given(SEEDS, st.integers(1, 4), st.integers(0, 60))
def test_wider_links_never_make_one_full_arc_dearer_to_relieve(seed, high, dearer):
    """With one arc over its limit, the repaired plan costs no more where a wider link stands beside it."""
    problem = random_problem(seed)
    tree = shortest_tree(problem)
    load = terminals_below(problem, tree)
    fed = [node for node in np.flatnonzero(tree.parent_arc >= 0) if problem.tails[tree.parent_arc[node]] != 0]
    if not fed:
        return
    node = max(fed, key=lambda at: (load[at], at))
    limit = np.full(problem.arc_count, NO_LIMIT, dtype=np.int64)
    limit[tree.parent_arc[node]] = min(high, max(1, load[node] - 1))
    plain = repair_dependents(problem, tree, limit)
    widened, limits = beside(problem, limit, [(int(tree.parent_arc[node]), dearer, NO_LIMIT)])
    wide = repair_dependents(widened, shortest_tree(widened), limits)
    assert int(widened.costs[wide.arcs].sum()) <= int(problem.costs[plain.arcs].sum())


def test_a_link_widened_for_more_than_it_carries_in_the_end_is_narrowed_again():
    """The lower link is full first and is widened; then the upper one sends most of its sites away."""
    arcs = [(0, 1, 10), (1, 2, 10), *((2, 3 + k, 5) for k in range(4)), *((0, 3 + k, 40) for k in range(4))]
    tails, heads, prices = (np.array(column) for column in zip(*arcs, strict=True))
    problem = Problem.build(7, 0, tails, heads, prices, np.arange(3, 7))
    limit = np.full(problem.arc_count, NO_LIMIT)
    limit[:2] = (2, 2)
    widened, limits = beside(problem, limit, [(1, 20, 4)])
    repair = repair_dependents(widened, shortest_tree(widened), limits)
    assert sum(moved(widened, shortest_tree(widened), repair)) == 2
    assert sorted(widened.costs[repair.arcs].tolist()) == [5, 5, 10, 10, 40, 40]
