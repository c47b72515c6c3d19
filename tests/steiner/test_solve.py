"""Solving: the same result every time, useful results when stopped, and properties any optimum has."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from brute import checked_cost, optimum, random_problem

from alcance.errors import InputError
from alcance.steiner import REQUIRED, Problem, check_certificate, solve

sys.path.insert(0, str(Path(__file__).parent.parent.parent / "bench"))
from oaxaca_like import make

HASH = """
import hashlib, sys
sys.path.insert(0, sys.argv[1])
from oaxaca_like import make
from alcance.steiner import solve
solution = solve(make(60, 2), moves_per_terminal=40)
certificate = solution.certificate
parts = (solution.arcs, certificate.payers, certificate.amounts, certificate.nodes, certificate.values)
print(hashlib.sha256(b"".join(part.tobytes() for part in parts)).hexdigest())
"""


def test_two_processes_give_the_same_bytes() -> None:
    bench = str(Path(__file__).parent.parent.parent / "bench")
    digests = {
        subprocess.run([sys.executable, "-c", HASH, bench], check=True, capture_output=True).stdout for _ in range(2)
    }
    assert len(digests) == 1


def test_more_moves_help_and_the_bound_rises_with_them() -> None:
    problem = make(150, 3)
    little, much = (solve(problem, moves_per_terminal=moves) for moves in (0, 200))
    assert checked_cost(problem, much) == much.cost
    assert check_certificate(much.certificate, **problem.facts()) == []
    assert much.cost < 0.9 * little.cost
    assert much.lower_bound > little.lower_bound
    assert much.gap < 0.25


def test_time_is_a_stop() -> None:
    problem = make(150, 3)
    reports: list[tuple[str, float]] = []
    solution = solve(
        problem, moves_per_terminal=float("inf"), seconds=1.0, progress=lambda *report: reports.append(report)
    )
    assert solution.interrupted
    assert checked_cost(problem, solution) == solution.cost
    assert check_certificate(solution.certificate, **problem.facts()) == []
    assert reports
    assert all(0 <= share <= 1 for _, share in reports)
    at_once = solve(problem, moves_per_terminal=100, seconds=0.0)
    assert checked_cost(problem, at_once) == at_once.cost
    assert check_certificate(at_once.certificate, **problem.facts()) == []


def test_ctrl_c_returns_the_best_so_far() -> None:
    problem = make(150, 3)
    # Where the tests run in the background Ctrl-C is ignored, and ignored it would stay.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    timer = threading.Timer(1.0, lambda: signal.raise_signal(signal.SIGINT))
    timer.start()
    try:
        solution = solve(problem, moves_per_terminal=1e6)
    finally:
        timer.join()
        signal.signal(signal.SIGINT, before)
    assert solution.interrupted
    assert checked_cost(problem, solution) == solution.cost
    assert check_certificate(solution.certificate, **problem.facts()) == []


def test_scaling_all_costs_scales_the_optimum_found() -> None:
    rng = np.random.default_rng(11)
    for _ in range(200):
        problem = random_problem(rng)
        scaled = Problem.build(
            problem.node_count,
            problem.root,
            problem.tails,
            problem.heads,
            problem.costs * 1000,
            problem.terminals,
            np.where(problem.prizes == REQUIRED, REQUIRED, problem.prizes * 1000),
        )
        best = optimum(problem)
        solution = solve(scaled, moves_per_terminal=30)
        assert solution.lower_bound <= 1000 * best <= solution.cost


def test_edge_cases_have_answers() -> None:
    alone = solve(Problem.build(1, 0, [], [], [], [0]))
    assert (alone.cost, alone.lower_bound, alone.gap) == (0, 0, 0.0)
    skipped = solve(Problem.build(3, 0, [0], [1], [9], [1, 2], [4, 6]))
    assert (skipped.cost, skipped.lower_bound, skipped.skipped.tolist()) == (10, 10, [1, 2])
    free = solve(Problem.build(2, 0, [0], [1], [0], [1]))
    assert (free.cost, free.lower_bound) == (0, 0)
    nothing = solve(Problem.build(2, 0, [0], [1], [5], []))
    assert (nothing.cost, nothing.arcs.size) == (0, 0)
    parallel = solve(Problem.build(2, 0, [0, 0, 1], [1, 1, 1], [5, 3, 0], [1]))
    assert (parallel.cost, parallel.arcs.tolist()) == (3, [1])
    with pytest.raises(InputError, match="moves_per_terminal"):
        solve(Problem.build(2, 0, [0], [1], [5], [1]), moves_per_terminal=float("inf"))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((0, 0, [], [], [], []), "at least one node"),
        ((2, 2, [0], [1], [1], [1]), "root must be"),
        ((2, 0, [0], [1], [-1], [1]), r"costs\[0\].*0 or more"),
        ((2, 0, [0], [2], [1], [1]), r"heads\[0\]"),
        ((2, 0, [0], [1], [1.5], [1]), "integers"),
        ((2, 0, [0], [1, 1], [1], [1]), "one length"),
        ((2, 0, [0], [1], [1], [1, 1]), "named once"),
        ((2, 0, [0], [1], [1], [1], [-2]), "prize"),
        ((2, 0, [1], [0], [1], [1]), "no arcs lead to it"),
        ((2, 0, [0, 0], [1, 1], [1 << 60, 1], [1]), "below 2"),
        ((2, 0, [0], [1], np.array([1 << 63], dtype=np.uint64), [1]), "64-bit"),
    ],
)
def test_a_wrong_problem_is_refused(arguments: tuple, words: str) -> None:
    with pytest.raises(InputError, match=words):
        Problem.build(*arguments)


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(InputError) as caught:
        Problem.build(2, 0, [0, 0], [1, 7], [-1, -2], [1])
    assert len(caught.value.problems) == 3
