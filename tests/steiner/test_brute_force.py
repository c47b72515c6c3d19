"""On thousands of small problems: bound ≤ optimum ≤ plan, and each is what it claims to be."""

from __future__ import annotations

import numpy as np
import pytest
from brute import certified_bound, checked_cost, optimum, optimum_of_any, random_problem

from alcance.steiner import check_certificate, check_tree, solve


@pytest.mark.parametrize("symmetric", [False, True])
def test_bound_optimum_and_plan_stand_in_order(symmetric: bool) -> None:
    rng = np.random.default_rng(20261 + symmetric)
    exact_bounds = exact_plans = 0
    cases = 1500
    for _ in range(cases):
        problem = random_problem(rng, symmetric=symmetric)
        solution = solve(problem, moves_per_terminal=20)
        best = optimum(problem)
        assert certified_bound(problem, solution.certificate) == solution.lower_bound
        assert check_certificate(solution.certificate, **problem.facts()) == []
        assert checked_cost(problem, solution) == solution.cost
        assert solution.lower_bound <= best <= solution.cost
        exact_bounds += solution.lower_bound == best
        exact_plans += solution.cost == best
    # Not proofs, but a regression shows here long before a user sees it.
    assert exact_bounds > 0.9 * cases
    assert exact_plans > 0.97 * cases


@pytest.mark.parametrize("symmetric", [False, True])
def test_node_costs_and_trees_anywhere(symmetric: bool) -> None:
    rng = np.random.default_rng(707 + symmetric)
    exact_bounds = exact_plans = 0
    cases = 400
    for _ in range(cases):
        problem = random_problem(rng, symmetric=symmetric, anywhere=True)
        solution = solve(problem, moves_per_terminal=20)
        best = optimum_of_any(problem)
        assert check_certificate(solution.certificate, **problem.facts()) == []
        assert solution.certificate.bound == solution.lower_bound
        assert check_tree(solution.arcs, solution.skipped, solution.cost, solution.root, **problem.facts()) == []
        assert checked_cost(problem, solution) == solution.cost
        assert solution.lower_bound <= best <= solution.cost
        exact_bounds += solution.lower_bound == best
        exact_plans += solution.cost == best
    assert exact_bounds > 0.9 * cases
    assert exact_plans > 0.97 * cases
