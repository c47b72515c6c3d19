"""Arcs that no better solution uses, by the reduced costs of a dual ascent (Polzin and Daneshmand 2001).

A solution that uses an arc pays the bound, the reduced way from the root to the arc, the arc, and the reduced way on
to some terminal. Where that exceeds the cost of a known solution the arc goes. Right in every problem.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from alcance.steiner.ascent import ascend
from alcance.steiner.duals import start_duals, start_scratch
from alcance.steiner.net import make_net
from alcance.steiner.reduce.draft import ABSENT, drop_arc, drop_edge
from alcance.steiner.slack import arc_slack

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alcance.steiner.problem import Problem
    from alcance.steiner.reduce.draft import Draft


def drop_beyond_bound(
    draft: Draft, problem: Problem, arcs: NDArray[np.int64], upper_bound: int, *, undirected: bool
) -> int:
    """Delete arcs of the draft (`arcs`, one for each of `problem`) that only dearer solutions use; returns how many.

    In an undirected problem an edge goes only where neither way may be used.
    """
    net, origin = make_net(problem)
    duals = ascend(net, start_duals(net), start_scratch(net))
    allowed = upper_bound - duals.bound
    beyond = arc_slack(net, duals.reduced) > allowed
    used = np.zeros(draft.cost.size, np.bool_)
    kept = origin.arc[~beyond]
    used[arcs[kept[kept >= 0]]] = True
    if undirected:
        used |= used.reshape(-1, 2)[:, ::-1].reshape(-1)
    return int(_drop_unused(draft, arcs, used, undirected))


@njit(cache=True, nogil=True)
def _drop_unused(draft, arcs, used, undirected):  # type: ignore[no-untyped-def]
    dropped = 0
    for arc in arcs:
        if used[arc] or draft.cost[arc] == ABSENT:
            continue
        if undirected:
            drop_edge(draft, arc)
        else:
            drop_arc(draft, arc)
        dropped += 1
    return dropped
