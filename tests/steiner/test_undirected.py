"""Annealed undirected trees stay trees and reach optima; clusters that ascend anew leave duals that hold."""

from __future__ import annotations

import numpy as np
from brute import certified_bound, checked_cost, optimum, random_problem
from test_pooled import street_grid

from alcance.proof import check_tree
from alcance.steiner import REQUIRED, Problem, check_certificate, solve
from alcance.steiner.ascent import ascend
from alcance.steiner.certificate import make_certificate
from alcance.steiner.clusters import reascend_clusters
from alcance.steiner.duals import start_duals, start_scratch
from alcance.steiner.net import make_net
from alcance.steiner.pooled import arcs_of, first_annealing, make_graph
from alcance.steiner.pooled.hung import NOW
from alcance.steiner.primal import first_plan
from alcance.steiner.prune import direct_arcs
from alcance.steiner.reduce import reduce_problem
from alcance.steiner.serving import serving_of
from alcance.steiner.solution import Tree


def annealed(problem: Problem, moves: float, seed: int = 0) -> tuple[Tree, int]:
    """The best tree of an annealing, and what the annealing says that it costs."""
    graph = make_graph(problem)
    assert graph is not None
    annealing = first_annealing(graph, seed, lambda: True)
    annealing.run(moves, lambda done: done / moves, lambda: True)
    return Tree.of(problem, arcs_of(graph, annealing.best), problem.fixed_root), annealing.best_cost


def test_annealed_trees_are_trees_and_nearly_always_optimal() -> None:
    rng = np.random.default_rng(91)
    optimal = 0
    for _ in range(150):
        problem = random_problem(rng, symmetric=True)
        tree, cost = annealed(problem, 300)
        assert check_tree(tree.arcs, tree.skipped, tree.cost, tree.root, **problem.facts()) == []
        assert tree.cost == cost >= optimum(problem)
        optimal += cost == optimum(problem)
    assert optimal > 140


def test_annealing_lowers_trees_of_street_grids_with_the_same_bytes_twice() -> None:
    rng = np.random.default_rng(92)
    gained = 0
    for required in (False, True):
        problem = street_grid(rng, 30, share=0.1)
        if required:
            prizes = np.full(problem.terminals.size, REQUIRED)
            arcs = problem.tails, problem.heads, problem.costs
            problem = Problem.build(problem.node_count, 0, *arcs, problem.terminals, prizes)
        first, _ = annealed(problem, 1)
        one, cost = annealed(problem, 5_000, seed=3)
        two, _ = annealed(problem, 5_000, seed=3)
        assert check_tree(one.arcs, one.skipped, one.cost, one.root, **problem.facts()) == []
        assert one.cost == cost <= first.cost
        gained += first.cost - cost
        assert (one.arcs == two.arcs).all()
    assert gained > 0


def test_clusters_raise_a_bound_that_stays_certified() -> None:
    rng = np.random.default_rng(93)
    for number in range(40):
        problem = random_problem(rng, symmetric=True) if number else street_grid(rng, 30, share=0.2)
        net, origin = make_net(problem)
        scratch = start_scratch(net)
        duals = ascend(net, start_duals(net), scratch)
        before = duals.bound
        plan = first_plan(net, duals, direct_arcs(net))
        told: list[int] = []
        duals = reascend_clusters(
            net, duals, scratch, serving_of(net, plan.parent), clusters=30, seed=number,
            go_on=lambda bound, told=told: told.append(bound) is None,
        )  # fmt: skip
        assert told == sorted(told)
        certificate = make_certificate(net, origin, duals, -int(problem.node_costs[problem.fixed_root]))
        assert check_certificate(certificate, **problem.facts()) == []
        if number:
            assert certified_bound(problem, certificate) <= optimum(problem)
        else:
            assert before < duals.bound < plan.cost


def test_what_is_left_of_an_undirected_problem_is_undirected() -> None:
    rng = np.random.default_rng(94)
    for number in range(100):
        problem = random_problem(rng, symmetric=True) if number else street_grid(rng, 30)
        for dual_safe in (True, False):
            assert reduce_problem(problem, dual_safe=dual_safe).problem.is_symmetric


def test_many_required_ends_at_no_cost_are_all_reached() -> None:
    """The worth of two parts that both hold what is required once left the range of the numbers."""
    tails, heads = np.array([0, 1, 2, 1, 4]), np.array([1, 2, 3, 4, 5])
    both = np.r_[tails, heads], np.r_[heads, tails]
    assert solve(Problem.build(6, 0, *both, np.zeros(10, dtype=int), np.arange(1, 6))).cost == 0
    rng = np.random.default_rng(95)
    for _ in range(60):
        count = int(rng.integers(8, 30))
        tails = np.r_[np.arange(1, count), rng.integers(0, count, count)]
        heads = np.r_[[rng.integers(0, node) for node in range(1, count)], rng.integers(0, count, count)]
        costs = rng.integers(0, 3, tails.size)
        both = np.r_[tails, heads], np.r_[heads, tails]
        terminals = rng.permutation(count)[: int(rng.integers(6, count))]
        problem = Problem.build(count, 0, *both, np.r_[costs, costs], terminals)
        solution = solve(problem, moves_per_terminal=20, seed=1)
        assert checked_cost(problem, solution) == solution.cost >= solution.lower_bound
        assert check_certificate(solution.certificate, **problem.facts()) == []


def test_moves_go_on_beyond_the_range_of_small_numbers() -> None:
    problem = street_grid(np.random.default_rng(96), 12)
    graph = make_graph(problem)
    assert graph is not None
    annealing = first_annealing(graph, 0, lambda: True)
    annealing._tree.counters[NOW] = 2**31 - 101
    annealing.run(400, lambda done: done / 400, lambda: True)
    assert annealing._tree.counters[NOW] > 2**31
