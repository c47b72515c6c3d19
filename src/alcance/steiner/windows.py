"""Passes over a plan, window by window: each is solved exactly, and the better plan takes its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from alcance.steiner.duals import start_scratch
from alcance.steiner.primal import Plan
from alcance.steiner.window import Window, nearest_terminals

if TYPE_CHECKING:
    from collections.abc import Callable

    from alcance.steiner.duals import Duals
    from alcance.steiner.net import Net

# A terminal in the nearer part of one window need not begin another.
INNER = 0.5


class Windows:
    """A plan on its way through windows; `best` is the plan so far.

    Parameters
    ----------
    net, plan
        The net, and the plan to begin with.
    duals, reach
        What the windows leave out, as of `Window.cut`.
    """

    def __init__(self, net: Net, plan: Plan, duals: Duals, *, reach: int) -> None:
        self.best = Plan(plan.parent.copy(), plan.cost)
        self._net = net
        self._duals = duals
        self._reach = reach
        self._scratch = start_scratch(net)

    def run(self, terminals: int, seed: int, report: Callable[[float], None], go_on: Callable[[], bool]) -> None:
        """Solve windows of so many terminals until every one has been well inside one, or `go_on` says no.

        Parameters
        ----------
        seed
            Of the order of the windows.
        report
            Told the share of the pass that is done.
        """
        net, plan = self._net, self.best
        waiting = np.ones(net.terminals.size, dtype=bool)
        for terminal in np.random.default_rng(seed).permutation(net.terminals.size):
            if not waiting[terminal]:
                continue
            if not go_on():
                return
            near = nearest_terminals(net, terminal, terminals, self._scratch)
            window = Window.cut(net, plan.parent, self._duals, near, self._reach, self._scratch)
            plan.cost += window.put_back(plan.parent, window.solve(go_on))
            waiting[near[: max(1, round(INNER * near.size))]] = False
            report(1.0 - float(waiting.mean()))
