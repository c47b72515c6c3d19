"""The certificate is exact: what `solve` hands out passes, and any altered entry fails."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from brute import certified_bound, random_problem

from alcance.errors import InputError
from alcance.steiner import Certificate, Problem, Solution, check_certificate, check_tree, solve


@pytest.fixture(scope="module")
def solved() -> tuple[Problem, Solution]:
    """A chain in which every arc is charged to the last unit, so that no potential has any play."""
    problem = Problem.build(5, 0, [0, 1, 2, 1, 3], [1, 2, 3, 4, 4], [5, 7, 3, 4, 9], [3, 4])
    solution = solve(problem, moves_per_terminal=10)
    assert solution.cost == solution.lower_bound == 19
    return problem, solution


def test_every_altered_entry_fails(solved: tuple[Problem, Solution]) -> None:
    problem, solution = solved
    good = solution.certificate
    assert check_certificate(good, **problem.facts()) == []
    altered = 0
    for name in ("payer_ptr", "payers", "amounts", "indptr", "nodes", "values"):
        for at in range(getattr(good, name).size):
            for change in (-1, 1):
                entries = getattr(good, name).copy()
                entries[at] += change
                bad = replace(good, **{name: entries})
                # A lower D alone may still be a proof, but of a lower bound than the one that was printed.
                assert check_certificate(bad, **problem.facts()) or bad.bound != solution.lower_bound, (
                    name,
                    at,
                    change,
                )
                altered += 1
    assert altered > 30


def test_random_alterations_never_prove_more_than_an_independent_check_allows() -> None:
    rng = np.random.default_rng(4)
    refused = 0
    for _ in range(400):
        problem = random_problem(rng)
        good = solve(problem, moves_per_terminal=0).certificate
        if good.values.size == 0:
            continue
        name = str(rng.choice(["payer_ptr", "payers", "amounts", "nodes", "values"]))
        entries = getattr(good, name).copy()
        entries[int(rng.integers(entries.size))] += int(rng.choice([-3, -1, 1, 2]))
        bad = replace(good, **{name: entries})
        if check_certificate(bad, **problem.facts()):
            refused += 1
        else:
            assert certified_bound(problem, bad) == bad.bound
    assert refused > 150


def test_a_certificate_survives_its_file(solved: tuple[Problem, Solution], tmp_path: Path) -> None:
    problem, solution = solved
    solution.certificate.save(tmp_path / "certificate.npz")
    again = Certificate.load(tmp_path / "certificate.npz")
    assert again.bound == solution.lower_bound
    assert check_certificate(again, **problem.facts()) == []
    np.savez(tmp_path / "half.npz", payers=again.payers)
    with pytest.raises(InputError, match="amounts"):
        Certificate.load(tmp_path / "half.npz")


def test_a_tree_that_is_altered_is_found_out(solved: tuple[Problem, Solution]) -> None:
    problem, solution = solved
    facts = problem.facts()
    arcs, skipped, cost = solution.arcs, solution.skipped, solution.cost
    assert check_tree(arcs, skipped, cost, 0, **facts) == []
    for at in range(arcs.size):
        assert check_tree(np.delete(arcs, at), skipped, cost, 0, **facts)
    assert check_tree(arcs, skipped, cost - 1, 0, **facts)
    assert check_tree(arcs, skipped, cost, 1, **facts)
    assert check_tree(arcs, skipped, cost, None, **facts)
    assert check_tree(np.append(arcs, 4), skipped, cost + 9, 0, **facts)
    assert check_tree(np.append(arcs, 5), skipped, cost, 0, **facts)
    assert check_tree(arcs, np.array([3], dtype=np.int32), cost, 0, **facts)
