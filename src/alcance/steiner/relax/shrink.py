"""A better plan from what is within its reach: the arcs that a cheaper one could have, fewer with every ascent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from alcance.steiner.duals import start_scratch
from alcance.steiner.relax.contracted import Contracted
from alcance.steiner.relax.exact import finish
from alcance.steiner.relax.narrow import ascend_narrow
from alcance.steiner.slack import arcs_within

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from alcance.steiner.duals import Duals
    from alcance.steiner.net import Net
    from alcance.steiner.primal import Plan

# Another ascent is worth its while where it leaves no more than this share of the arcs.
WORTHWHILE = 0.95


def best_within_reach(net: Net, plan: Plan, go_on: Callable[[], bool]) -> tuple[Plan, bool]:
    """A cheaper plan, if there is one that the relaxation and some cases find, and whether it is proven the cheapest.

    What no cheaper plan has is dropped, and what is left is contracted; there an ascent ends higher, for what was left
    out costs nothing: then fewer arcs are within reach, and so on. What is left in the end is finished exactly; a
    better plan has less within its reach, and the search begins anew. What is proven on the way holds for cheaper
    plans only: it says that a plan is the cheapest, but is no bound that a certificate could hold.
    """
    while go_on():
        steps, duals = _within_reach([Contracted.of_arcs(net, np.ones(net.tail.size, dtype=bool), plan)], go_on)
        found = finish(steps[-1].net, steps[-1].plan, duals, go_on, 1)
        if not found.is_closed and found.plan.cost >= steps[-1].plan.cost:
            useful = _useful(steps[-1], found.duals)
            if useful.sum() < WORTHWHILE * useful.size:
                further = Contracted.of_arcs(steps[-1].net, useful, steps[-1].plan)
                steps, duals = _within_reach([*steps, further], go_on)
            found = finish(steps[-1].net, steps[-1].plan, duals, go_on)
        better = found.plan
        for step in reversed(steps):
            better = step.outward(better)
        if found.is_closed or better.cost >= plan.cost:
            return min(plan, better, key=lambda plan: plan.cost), found.is_closed
        plan = better
    return plan, False


def _within_reach(steps: list[Contracted], go_on: Callable[[], bool]) -> tuple[list[Contracted], Duals]:
    """Further steps from the last, each contracting what is within reach, and duals of the last."""
    while True:
        last = steps[-1]
        duals = ascend_narrow(last.net, start_scratch(last.net), go_on)
        useful = _useful(last, duals)
        if useful.sum() >= WORTHWHILE * useful.size or not go_on():
            return steps, duals
        steps = [*steps, Contracted.of_arcs(last.net, useful, last.plan)]


def _useful(step: Contracted, duals: Duals) -> NDArray[np.bool_]:
    """The arcs that a cheaper plan than the known one could have, and those of that plan; bool[m]."""
    useful = arcs_within(step.net, duals.reduced, step.plan.cost - duals.bound)
    useful[step.plan.parent[step.plan.parent >= 0]] = True
    return useful
