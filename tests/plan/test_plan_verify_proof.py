"""Verification fails after any alteration of the problem or its certificate, however well its traces are covered."""

from __future__ import annotations

import numpy as np
import pytest
from forgery import failures, row_where, sealed_failures, stepped

BUMP = {
    "costs": lambda array: stepped(array, len(array) // 2, 1),
    "max_dependents": lambda array: stepped(array, int(np.argmin(array)), 1),
    "tails": lambda array: stepped(array, len(array) // 2, 1),
    "heads": lambda array: stepped(array, len(array) // 2, 1),
    "terminals": lambda array: stepped(array, 0, 1),
    "root": lambda array: array + 1,
    "node_count": lambda array: array + 1,
    "forced_minor": lambda array: array + 1,
    "node_kind": lambda array: stepped(array, 3, 1),
    "node_place": lambda array: stepped(array, 3, 1),
    "node_hop": lambda array: stepped(array, 3, 1),
    "arc_kind": lambda array: stepped(array, 3, 1),
    "arc_equipment": lambda array: stepped(array, 3, 1),
    "place_id": lambda array: np.array([*array[:-1], "site:nowhere"]),
}


@pytest.mark.parametrize("array", sorted(BUMP))
def test_any_array_of_the_problem(forgery, array):
    forgery.change_array("problem", array, BUMP[array])
    assert any("digest" in failure for failure in failures(forgery))


@pytest.mark.parametrize("column", ["costs", "max_dependents", "tails", "heads", "terminals", "root"])
def test_the_problem_under_the_plan_with_a_digest_that_fits(forgery, column):
    """Where an edge of the plan is altered in the problem, the tables no longer fit it."""
    edges = forgery.table("edges")
    sector = int(edges["arc"].iloc[row_where(edges, kind="sector")])
    changes = {
        "costs": lambda array: stepped(array, sector, 1),
        "max_dependents": lambda array: stepped(array, sector, -int(array[sector])),
        "tails": lambda array: stepped(array, sector, 1),
        "heads": lambda array: stepped(array, sector, 1),
        "terminals": lambda array: array[1:],
        "root": lambda array: array + 1,
    }
    forgery.change_array("problem", column, changes[column])
    assert sealed_failures(forgery)


@pytest.mark.parametrize("array", ["tails", "heads", "terminals", "node_place", "arc_kind"])
def test_numbers_out_of_range_are_told_and_do_not_crash(forgery, array):
    forgery.change_array("problem", array, lambda values: stepped(values.astype(np.int64), 1, 10**6))
    assert sealed_failures(forgery)


@pytest.mark.parametrize("step", [1, -1])
def test_any_potential_of_the_certificate(forgery, step):
    count = len(forgery.arrays("certificate")["values"])
    assert count > 20
    for entry in np.unique(np.linspace(0, count - 1, 12).astype(int)):
        forgery.change_array("certificate", "values", lambda values, entry=entry: stepped(values, entry, step))
        assert any("digest" in failure for failure in failures(forgery)), entry
        forgery.change_array("certificate", "values", lambda values, entry=entry: stepped(values, entry, -step))
    assert failures(forgery) == []


@pytest.mark.parametrize(
    ("array", "change"),
    [
        ("amounts", lambda values: stepped(values, 0, 1)),
        ("amounts", lambda values: stepped(values, 0, -1)),
        ("payers", lambda values: stepped(values, 0, 1)),
        ("nodes", lambda values: stepped(values, 0, 1)),
        ("indptr", lambda values: stepped(values, 1, 1)),
        ("indptr", lambda values: values[:-1]),
        ("nodes", lambda values: values[:-1]),
        ("nodes", lambda values: stepped(values, 0, 10**8)),
        ("indptr", lambda values: stepped(values, 1, 10**8)),
    ],
)
def test_any_array_of_the_certificate_fails_with_and_without_its_digest(forgery, array, change):
    forgery.change_array("certificate", array, change)
    assert any("digest" in failure for failure in failures(forgery))
    assert sealed_failures(forgery)


def test_a_bound_that_is_raised_with_all_that_follows_from_it(forgery):
    """The forger claims one more cent, and raises the certificate, the bound, the gaps and the digests with it."""

    def raise_bound(summary):
        minor = summary["pack"]["minor_per_unit"]
        bound = round(summary["lower_bound"] * minor) + 1
        summary["lower_bound"] = bound / minor
        for gap, cost in (("plan_gap", summary["cost"]), ("solver_gap", summary["tree_cost"])):
            summary[gap] = (cost * minor - bound) / bound
        shared = summary["shared_cost"] * minor
        summary["cost_avoidable"] = (summary["cost"] * minor - bound) / (bound - shared)

    heights = len(forgery.arrays("certificate")["amounts"])
    forgery.change_summary(raise_bound)
    caught = 0
    for component in range(heights):
        forgery.change_array("certificate", "amounts", lambda values, c=component: stepped(values, c, 1))
        found = sealed_failures(forgery)
        # A component whose ball is not tight may truly rise; then the higher bound is proven, and no forgery.
        caught += any("certificate" in failure for failure in found)
        forgery.change_array("certificate", "amounts", lambda values, c=component: stepped(values, c, -1))
    assert caught >= heights / 2


def test_a_potential_that_is_raised_until_the_arcs_above_it_cannot_pay(forgery):
    """With a digest that fits, the arithmetic must find what no longer adds up on the arcs."""
    certificate = forgery.arrays("certificate")
    starts, heights = certificate["indptr"], certificate["amounts"]
    caught = 0
    for component in range(len(heights)):
        inner = np.arange(starts[component], starts[component + 1])
        for entry in inner[certificate["values"][inner] == 0]:
            # The charged terminal itself must be at 0, and nothing may rise above the height.
            node, terminal = certificate["nodes"][entry], certificate["payers"][component]
            step = int(heights[component]) + 1 if node != terminal else 1
            forgery.change_array("certificate", "values", lambda values, e=entry, s=step: stepped(values, e, s))
            assert any("certificate" in failure for failure in sealed_failures(forgery))
            forgery.change_array("certificate", "values", lambda values, e=entry, s=step: stepped(values, e, -s))
            caught += 1
            break
    assert caught == len(heights)


def test_potentials_against_every_tree_of_small_problems():
    """A certificate that passes never claims more than the cheapest tree costs."""
    from small_problems import random_problem

    from alcance.proof import Certificate, check_certificate
    from alcance.steiner import solve

    rng = np.random.default_rng(5)
    passed = 0
    for seed in range(60):
        problem = random_problem(seed)
        solution = solve(problem, moves_per_terminal=100.0)
        parts = {name: array.copy() for name, array in vars(solution.certificate).items()}
        which = str(rng.choice(["amounts", "values"]))
        if len(parts[which]) == 0:
            continue
        parts[which][rng.integers(len(parts[which]))] += rng.integers(-3, 8)
        forged = Certificate(**parts)
        if not check_certificate(forged, **problem.facts()):
            passed += 1
            assert forged.bound <= solution.cost
    assert passed < 60


def test_fractions_of_a_cent_prove_nothing(forgery):
    """Each charge rises by less than a cent, which whole numbers would not see, and all together by many."""
    forgery.change_array("certificate", "amounts", lambda values: values + 0.9)
    assert any("certificate" in failure for failure in sealed_failures(forgery))
