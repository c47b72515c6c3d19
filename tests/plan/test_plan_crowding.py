"""Who is said to be kept from a cheaper way by a full arc is, and nobody else."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from small_problems import NO_LIMIT, random_problem, shortest_tree

from alcance.plan.crowding import crowded_out
from alcance.plan.dependents import repair_dependents
from alcance.plan.tree import Tree
from alcance.steiner import Problem


def test_only_those_are_crowded_out_whose_cheaper_way_is_full():
    tails, heads = np.array([0, 1, 1, 1, 0, 0, 0]), np.array([1, 2, 3, 4, 2, 3, 4])
    costs = np.array([10, 5, 5, 50, 30, 30, 30])
    problem = Problem.build(5, 0, tails, heads, costs, np.array([2, 3, 4]))
    limit = np.full(7, NO_LIMIT)
    limit[0] = 1
    tree = Tree.of_arcs(problem, np.array([0, 1, 5, 6]))  # 2 by the relay, 3 and 4 straight from the root
    assert crowded_out(problem, tree, limit).tolist() == [False, True, False]
    assert not crowded_out(problem, tree, np.full(7, NO_LIMIT)).any()


@settings(max_examples=200)
@given(st.integers(0, 10**9), st.integers(1, 6))
def test_without_limits_nobody_is_crowded_out_and_the_tree_is_left_alone(seed, high):
    problem = random_problem(seed)
    rng = np.random.default_rng(seed)
    limit = np.where(problem.tails == problem.root, NO_LIMIT, rng.integers(1, high + 1, problem.arc_count))
    tree = repair_dependents(problem, shortest_tree(problem), limit)
    before = tree.parent_arc.copy()
    crowded = crowded_out(problem, tree, limit)
    assert np.array_equal(tree.parent_arc, before)
    assert not crowded_out(problem, tree, np.full(problem.arc_count, NO_LIMIT)).any()
    # Those who are would really be served for less if every limit on their ways were lifted.
    for terminal in problem.terminals[crowded].tolist():
        own, node = 0, terminal
        below = tree.sum_below(problem, np.isin(np.arange(problem.node_count), problem.terminals).astype(np.int64))
        while tree.parent_arc[node] >= 0 and below[node] == 1:
            own += int(problem.costs[tree.parent_arc[node]])
            node = int(problem.tails[tree.parent_arc[node]])
        entries = problem.heads == terminal
        assert own > int(problem.costs[entries].min())
