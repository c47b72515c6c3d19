"""A better plan from what is within its reach: the arcs that a cheaper one could have, fewer with every ascent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from alcance.steiner.part import Part
from alcance.steiner.reascent import ascended_for
from alcance.steiner.relax.exact import finish
from alcance.steiner.slack import arcs_within

if TYPE_CHECKING:
    from collections.abc import Callable

    from alcance.steiner.duals import Duals
    from alcance.steiner.net import Net
    from alcance.steiner.primal import Plan

# Another ascent is worth its while where it leaves no more than this share of the arcs.
WORTHWHILE = 0.9
# Charges handed round on what is left, for a bound that leaves less.
BLOCKS = 1_000


def best_within_reach(net: Net, plan: Plan, duals: Duals, go_on: Callable[[], bool]) -> Plan:
    """A cheaper plan, if the relaxation and a few cases find one among the arcs that such a plan could have.

    On these arcs alone an ascent ends higher, for what was left out costs nothing there: then fewer arcs are within
    reach, and so on. What is proven on the way holds for cheaper plans only, and is not kept. The duals handed in
    stay as they are; where they put no arc out of reach, there is nothing to gain here.
    """
    part, inner = Part(net, net, np.arange(net.tail.size)), plan
    while go_on() and duals.bound < plan.cost:
        useful = arcs_within(part.net, duals.reduced, plan.cost - duals.bound)
        useful[inner.parent[inner.parent >= 0]] = True
        if useful.sum() > WORTHWHILE * useful.size:
            break
        kept = np.zeros(net.tail.size, dtype=bool)
        kept[part.arcs[useful]] = True
        part = Part.of_arcs(net, kept)
        inner = part.inward(plan)
        duals = ascended_for(part.net, inner, BLOCKS, go_on)
    if part.net is net:
        return plan
    return part.outward(finish(part.net, inner, duals, go_on).plan)
