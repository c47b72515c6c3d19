"""A proof for a problem with a root is one for every root; the best part of a forest is exact."""

from __future__ import annotations

import sys
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from brute import optimum_of_any, random_problem

from alcance.errors import InputError
from alcance.proof import REQUIRED, check_certificate
from alcance.steiner import Problem, solve
from alcance.steiner.outside import best_tree, in_case, reopened, without
from alcance.steiner.problem import reached_from
from alcance.steiner.solution import Tree

sys.path.insert(0, str(Path(__file__).parent.parent / "proof"))
from cases import proof


def anywhere(rng: np.random.Generator) -> Problem:
    """A small problem with node costs and no root in which every terminal may be left out."""
    while True:
        problem = random_problem(rng, symmetric=True, anywhere=True, most_nodes=7)
        if problem.root is None and bool((problem.prizes != REQUIRED).all()):
            return problem


def test_a_rooted_proof_by_cases_holds_for_every_root_of_networks_that_hold_that_node() -> None:
    rng = np.random.default_rng(61)
    for _ in range(80):
        problem = anywhere(rng)
        root = int(rng.integers(problem.node_count))
        others = np.flatnonzero(reached_from(problem, root))
        others = others[others != root]
        ways = [[(int(others[0]), True)], [(int(others[0]), False)]] if others.size else [[]]
        rooted = replace(problem, root=root)
        certificate = proof(rooted.facts(), 0, ways)
        assert check_certificate(certificate, **rooted.facts()) == []
        again = reopened(certificate, problem, root)
        assert again.bound == certificate.bound
        inside = Problem(**{**problem.facts(), **_required(problem, root)})
        assert check_certificate(again, **inside.facts()) == []


def _required(problem: Problem, node: int) -> dict[str, np.ndarray]:
    others = problem.terminals != node
    return {
        "terminals": np.append(problem.terminals[others], np.int32(node)),
        "prizes": np.append(problem.prizes[others], REQUIRED),
    }


def test_a_proof_without_some_nodes_is_a_case_of_the_whole() -> None:
    rng = np.random.default_rng(62)
    for _ in range(60):
        problem = anywhere(rng)
        node = int(rng.integers(problem.node_count))
        rest = solve(without(problem, [node]), moves_per_terminal=2)
        certificate = in_case(rest.certificate, problem, [(node, False)])
        lost = int(problem.prizes[problem.terminals == node].sum())
        for leaf, _ in certificate:
            assert leaf.bound >= rest.lower_bound + lost
        inside = solve(Problem(**{**problem.facts(), **_required(problem, node)}), moves_per_terminal=2)
        assert min(rest.cost + lost, inside.cost) >= optimum_of_any(problem)


def test_the_best_part_of_a_tree_is_the_best_of_all_its_parts() -> None:
    rng = np.random.default_rng(63)
    for _ in range(150):
        count = int(rng.integers(2, 8))
        tails = np.array([int(rng.integers(at)) for at in range(1, count)])
        heads = np.arange(1, count)
        costs = rng.integers(0, 12, count - 1)
        problem = Problem.build(
            count, None, np.r_[tails, heads], np.r_[heads, tails], np.r_[costs, costs], np.arange(count),
            rng.integers(0, 15, count), node_costs=rng.integers(0, 4, count),
        )  # fmt: skip
        found = Tree.of(problem, *best_tree(problem, np.arange(count - 1)))
        parts = [Tree.of(problem, np.zeros(0, dtype=np.int64), root) for root in [None, *range(count)]]
        for size in range(1, count):
            for chosen in combinations(range(count - 1), size):
                arcs = np.array(chosen)
                tops = np.setdiff1d(tails[arcs], heads[arcs])
                if tops.size == 1:
                    parts.append(Tree.of(problem, arcs, int(tops[0])))
        assert found.cost == min(part.cost for part in parts)


def test_without_a_root_arcs_must_cost_the_same_both_ways_and_terminals_must_meet() -> None:
    with pytest.raises(InputError, match="the other way"):
        Problem.build(2, None, [0, 1], [1, 0], [3, 4], [1], [5])
    with pytest.raises(InputError, match="the other way"):
        Problem.build(2, None, [0], [1], [3], [1], [5])
    with pytest.raises(InputError, match="nothing joins it"):
        Problem.build(3, None, [0, 1], [1, 0], [3, 3], [0, 2])
    with pytest.raises(InputError, match="one for each node"):
        Problem.build(2, 0, [0], [1], [3], [1], node_costs=[1])
    with pytest.raises(InputError, match="0 or more"):
        Problem.build(2, 0, [0], [1], [3], [1], node_costs=[1, -1])


def test_small_problems_without_a_root_have_answers() -> None:
    nothing = solve(Problem.build(3, None, [], [], [], []))
    assert (nothing.cost, nothing.lower_bound, nothing.root) == (0, 0, None)
    alone = solve(Problem.build(2, None, [], [], [], [0], [5], node_costs=[2, 0]))
    assert (alone.cost, alone.lower_bound, alone.root) == (2, 2, 0)
    dear = solve(Problem.build(2, None, [], [], [], [0], [5], node_costs=[9, 0]))
    assert (dear.cost, dear.lower_bound, dear.root) == (5, 5, None)
    met = solve(Problem.build(2, None, [0, 1], [1, 0], [3, 3], [0, 1], node_costs=[1, 2]))
    assert (met.cost, met.lower_bound) == (6, 6)
