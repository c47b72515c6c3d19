"""Solve a problem: a bound by dual ascent, a plan by construction and local search, and the bound's certificate."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from alcance.errors import InputError
from alcance.errors import Problem as Trouble
from alcance.proof import REQUIRED
from alcance.steiner.certificate import make_certificate
from alcance.steiner.job import Job
from alcance.steiner.net import make_net
from alcance.steiner.problem import Problem

DEFAULT_MOVES_PER_TERMINAL = 220.0
WATCH_SECONDS = 0.1

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from alcance.proof import Certificate
    from alcance.steiner.net import Net, Origin


@dataclass(frozen=True)
class Solution:
    """An arborescence, a lower bound on every arborescence, and the proof of the bound.

    Parameters
    ----------
    arcs
        int64[]: indices of the problem's arcs in the tree, ascending.
    skipped
        int32[]: prized terminals left out, ascending.
    cost
        The arcs' costs and the prizes of the terminals left out.
    lower_bound
        No solution costs less; proven by `certificate`.
    certificate
        The potentials; `lower_bound` is their sum.
    history
        (seconds, stage, bound, cost) whenever a stage ended; cost is −1 before the first plan.
    interrupted
        True where time or Ctrl-C ended the work before its effort was spent.
    """

    arcs: NDArray[np.int64]
    skipped: NDArray[np.int32]
    cost: int
    lower_bound: int
    certificate: Certificate
    history: tuple[tuple[float, str, int, int], ...] = ()
    interrupted: bool = False

    @property
    def gap(self) -> float:
        """(cost − bound) / bound; 0 where both are 0, infinite where only the bound is."""
        if self.cost == self.lower_bound:
            return 0.0
        return (self.cost - self.lower_bound) / self.lower_bound if self.lower_bound else float("inf")


def solve(
    problem: Problem,
    *,
    moves_per_terminal: float = DEFAULT_MOVES_PER_TERMINAL,
    seconds: float | None = None,
    seed: int = 0,
    progress: Callable[[str, float], None] | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Solution:
    """Find a cheap arborescence and a proven lower bound.

    The effort is counted in moves, so the result does not depend on the machine. `seconds` is a stop besides, after
    which (as after Ctrl-C) the best plan and bound so far are returned; the search cools down to be cold by then, so
    such a result may differ from run to run. With `seconds`, `moves_per_terminal` may be infinite: use all the time.

    Raises
    ------
    InputError
        Where the effort is negative, or without any limit.
    """
    if not (moves_per_terminal >= 0 and (moves_per_terminal < float("inf") or seconds is not None)):
        message = "must be 0 or more, and finite where no seconds are given"
        raise InputError([Trouble("solve", None, "moves_per_terminal", str(moves_per_terminal), message)])
    net, origin = make_net(problem)
    job = Job(net, moves_per_terminal=moves_per_terminal, seconds=seconds, seed=seed, clock=clock)
    interrupted = _watch(job, progress)
    if job.failure is not None:
        raise job.failure
    return _solution(problem, net, origin, job, interrupted=interrupted or job.cut_short)


def _watch(job: Job, progress: Callable[[str, float], None] | None) -> bool:
    """Run a job on a thread, hand on its reports, and stop it at Ctrl-C; returns whether that happened.

    Ctrl-C reaches the main thread only, between two instructions of Python: here, where it can break nothing.
    """
    thread = threading.Thread(target=job.work, name="steiner", daemon=True)
    interrupted = False
    thread.start()
    # Not `Thread.join`: interrupted, it may take a running thread for ended (Python 3.11).
    while not job.finished.is_set():
        try:
            job.finished.wait(WATCH_SECONDS)
            _hand_on(job, progress)
        except KeyboardInterrupt:
            if interrupted:
                raise
            interrupted = True
            job.stop()
    _hand_on(job, progress)
    return interrupted


def _hand_on(job: Job, progress: Callable[[str, float], None] | None) -> None:
    while job.reports:
        stage, share = job.reports.popleft()
        if progress is not None:
            progress(stage, share)


def _solution(
    problem: Problem,
    net: Net,
    origin: Origin,
    job: Job,
    *,
    interrupted: bool,
) -> Solution:
    """Map a tree of the net back to the problem's arcs."""
    if job.plan is None or job.duals is None:
        raise RuntimeError("the work ended without a plan")
    certificate = make_certificate(net, origin, job.duals)
    used = job.plan.parent[job.plan.parent >= 0]
    arcs = origin.arc[used]
    arcs = np.sort(arcs[arcs >= 0])
    reached = np.zeros(problem.node_count, dtype=bool)
    reached[problem.root] = True
    reached[problem.heads[arcs]] = True
    left_out = ~reached[problem.terminals] & (problem.prizes != REQUIRED)
    cost = int(problem.costs[arcs].sum() + problem.prizes[left_out].sum())
    return Solution(
        arcs,
        np.sort(problem.terminals[left_out]),
        cost,
        certificate.bound,
        certificate,
        tuple(job.history),
        interrupted,
    )
