"""Solve a problem: a bound by dual ascent, a plan by construction and local search, and the certificate of the bound."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from alcance.steiner.ascent import ascend, start_duals, start_scratch
from alcance.steiner.certificate import Certificate, make_certificate
from alcance.steiner.moves import improve
from alcance.steiner.moves.guide import make_guide
from alcance.steiner.net import make_net
from alcance.steiner.primal import first_plan
from alcance.steiner.problem import REQUIRED, Problem
from alcance.steiner.prune import direct_arcs

DEFAULT_MOVES_PER_TERMINAL = 300.0

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

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

    The effort is counted in moves, so the result does not depend on the machine; `seconds` is a stop besides, after
    which (as after Ctrl-C) the best plan and bound so far are returned.
    """
    begin = clock()
    net, origin = make_net(problem)
    history: list[tuple[float, str, int, int]] = []

    def go_on(stage: str) -> Callable[[float], bool]:
        def report(fraction: float) -> bool:
            if progress is not None:
                progress(stage, fraction)
            return seconds is None or clock() - begin < seconds

        return report

    scratch = start_scratch(net)
    duals = start_duals(net)
    duals = ascend(net, duals, scratch, go_on=go_on("bound"))
    history.append((clock() - begin, "bound", duals.bound, -1))
    direct = direct_arcs(net)
    plan = first_plan(net, duals, direct, go_on=go_on("first plan"))
    history.append((clock() - begin, "first plan", duals.bound, plan.cost))
    guide = make_guide(net, duals)
    moves = round(moves_per_terminal * net.terminals.size)
    plan = improve(net, guide, plan, direct, moves=moves, seed=seed, go_on=go_on("moves"))
    history.append((clock() - begin, "moves", duals.bound, plan.cost))
    return _solution(problem, net, origin, plan.parent, make_certificate(net, origin, duals), tuple(history))


def _solution(
    problem: Problem,
    net: Net,
    origin: Origin,
    parent: NDArray[np.int32],
    certificate: Certificate,
    history: tuple[tuple[float, str, int, int], ...],
    *,
    interrupted: bool = False,
) -> Solution:
    """Map a tree of the net back to the problem's arcs."""
    used = parent[parent >= 0]
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
        history,
        interrupted,
    )
