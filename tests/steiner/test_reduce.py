"""On thousands of small problems: a reduction keeps the optimum, trees come back, and lifted bounds are proven."""

from __future__ import annotations

import time

import numpy as np
import pytest
from brute import certified_bound, optimum, random_problem

from alcance.errors import InputError
from alcance.proof import Certificate, check_tree
from alcance.steiner import REQUIRED, Problem, check_certificate, solve
from alcance.steiner.effort import Effort
from alcance.steiner.reduce import Reduction, reduce_problem
from alcance.steiner.reduced import ReducedWork


def random_grid(rng: np.random.Generator) -> Problem:
    """A grid with some edges missing, whose terminals are required or prized: much like a street map."""
    rows, columns = int(rng.integers(2, 4)), int(rng.integers(2, 5))
    number = np.arange(rows * columns).reshape(rows, columns)
    tails = np.r_[number[:, :-1].ravel(), number[:-1].ravel()]
    heads = np.r_[number[:, 1:].ravel(), number[1:].ravel()]
    kept = rng.random(tails.size) < 0.9
    tails, heads = tails[kept], heads[kept]
    costs = rng.integers(0, int(rng.choice([4, 30])), tails.size)
    terminals = rng.permutation(rows * columns)[: int(rng.integers(1, 6))]
    root = int(rng.integers(0, rows * columns))
    reached = {root}
    for _ in range(rows * columns):
        for tail, head in zip(tails.tolist(), heads.tolist(), strict=True):
            if tail in reached or head in reached:
                reached |= {tail, head}
    prizes = np.where(rng.random(terminals.size) < rng.random(), rng.integers(0, 40, terminals.size), REQUIRED)
    prizes[[int(terminal) not in reached for terminal in terminals]] = int(rng.integers(0, 40))
    return Problem.build(
        rows * columns, root, np.r_[tails, heads], np.r_[heads, tails], np.r_[costs, costs], terminals, prizes
    )


def some_problem(rng: np.random.Generator, kind: str) -> Problem:
    return random_grid(rng) if kind == "grid" else random_problem(rng, symmetric=kind == "symmetric")


def cost_of_tree(problem: Problem, arcs: np.ndarray) -> int:
    """What a tree costs; an AssertionError where it is none."""
    into = {int(problem.heads[arc]): int(problem.tails[arc]) for arc in arcs}
    assert len(into) == len(arcs)
    assert problem.root not in into
    for node in into:
        at, steps = node, 0
        while at != problem.root:
            at, steps = into[at], steps + 1
            assert steps <= problem.node_count
    missed = [at for at, node in enumerate(problem.terminals.tolist()) if node not in into and node != problem.root]
    assert all(problem.prizes[at] != REQUIRED for at in missed)
    return int(problem.costs[arcs].sum() + problem.prizes[missed].sum())


@pytest.mark.parametrize("kind", ["directed", "symmetric", "grid"])
def test_dual_safe_reductions_keep_the_optimum_trees_and_certificates(kind: str) -> None:
    rng = np.random.default_rng(41)
    gone = nodes = 0
    for _ in range(500):
        problem = some_problem(rng, kind)
        reduction = reduce_problem(problem, dual_safe=True)
        solution = solve(reduction.problem, moves_per_terminal=0)
        assert optimum(reduction.problem) + reduction.fixed_cost == optimum(problem)
        assert cost_of_tree(problem, reduction.restore(solution.arcs)) == solution.cost + reduction.fixed_cost
        lifted = reduction.lift(solution.certificate)
        assert certified_bound(problem, lifted) == solution.lower_bound + reduction.fixed_cost
        assert check_certificate(lifted, **problem.facts()) == []
        gone += problem.node_count - reduction.problem.node_count
        nodes += problem.node_count
    assert gone > 0.5 * nodes


@pytest.mark.parametrize("kind", ["directed", "symmetric", "grid"])
@pytest.mark.parametrize("bounded", [False, True])
def test_full_reductions_keep_the_optimum_and_trees(kind: str, bounded: bool) -> None:
    rng = np.random.default_rng(42)
    for _ in range(400):
        problem = some_problem(rng, kind)
        best = optimum(problem)
        bound = best + int(rng.integers(0, 3)) if bounded else None
        reduction = reduce_problem(problem, dual_safe=False, upper_bound=bound)
        assert optimum(reduction.problem) + reduction.fixed_cost == best
        solution = solve(reduction.problem, moves_per_terminal=0)
        restored = cost_of_tree(problem, reduction.restore(solution.arcs))
        assert best <= restored <= solution.cost + reduction.fixed_cost


def test_only_dual_safe_reductions_lift() -> None:
    problem = Problem.build(2, 0, [0], [1], [3], [1])
    reduction = reduce_problem(problem, dual_safe=False)
    assert isinstance(reduction, Reduction)
    assert reduction.fixed_cost == 3
    with pytest.raises(InputError, match="dual_safe"):
        reduction.lift(solve(reduction.problem).certificate)


def test_a_proof_by_cases_is_not_lifted() -> None:
    problem = some_problem(np.random.default_rng(2), "grid")
    reduction = reduce_problem(problem, dual_safe=True)
    proof = solve(reduction.problem, moves_per_terminal=0).certificate
    cases = Certificate.branched([(proof, [(1, True)]), (proof, [(1, False)])])
    with pytest.raises(InputError, match="by cases"):
        reduction.lift(cases)


@pytest.mark.parametrize("kind", ["symmetric", "grid"])
def test_work_on_reduced_problems_proves_what_it_says_of_the_original(kind: str) -> None:
    rng = np.random.default_rng(77)
    for _ in range(80):
        problem = some_problem(rng, kind)
        work = ReducedWork(problem, Effort(20.0, None, 0, time.monotonic))
        work.work()
        assert work.failure is None
        tree, certificate = work.result()
        assert check_certificate(certificate, **problem.facts()) == []
        assert check_tree(tree.arcs, tree.skipped, tree.cost, tree.root, **problem.facts()) == []
        assert certificate.bound <= optimum(problem) <= tree.cost
        assert work.figures() == (certificate.bound, tree.cost)
