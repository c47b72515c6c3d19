"""Dual ascent on a small graph, the narrowest cut first (Wong 1984; Polzin and Vahdati Daneshmand 2001).

A raise of a cut that few arcs cross takes least from what others could raise. Each raise looks at the whole ball once
more, which large graphs have no time for: there `ascend` raises all terminals level by level.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from alcance.steiner.ascent import keep_list
from alcance.steiner.duals import FAR, LIVE, ROOTED, start_duals, with_more_room
from alcance.steiner.heap import drop_first, push

if TYPE_CHECKING:
    from collections.abc import Callable

    from alcance.steiner.duals import Duals, Scratch
    from alcance.steiner.net import Net

ARCS_PER_SLICE = 20_000_000


def ascend_narrow(net: Net, scratch: Scratch, go_on: Callable[[], bool]) -> Duals:
    """Duals of an ascent that raises the narrowest cut first; they are valid too where `go_on` says no."""
    duals = start_duals(net)
    width = np.ones(net.terminals.size, np.int64)
    while bool((duals.state == LIVE).any()):
        if _raise_cuts(net, duals, scratch, width, ARCS_PER_SLICE):
            duals = with_more_room(duals)
        if not go_on():
            break
    _trim(duals)
    return duals


@njit(cache=True, nogil=True)
def _raise_cuts(net, duals, scratch, width, budget):  # type: ignore[no-untyped-def]
    """Raise cuts until each terminal is rooted or so many arcs have been looked at; returns whether the pool was full.

    `width` is how many arcs crossed each terminal's cut when it was last looked at.
    """
    root = net.root[0]
    order, stamp = scratch.order, scratch.stamp
    keys = np.zeros(width.size + 1, np.int64)
    heap = np.zeros(width.size + 1, np.int32)
    size = 0
    for number in range(width.size):
        if duals.state[number] == LIVE:
            size = push(keys, heap, size, width[number], number)
    work = 0
    while size > 0 and work < budget:
        terminal = heap[0]
        size = drop_first(keys, heap, size)
        scratch.stamp_now[0] += 1
        now = scratch.stamp_now[0]
        known = duals.length[terminal]
        start = duals.start[terminal]
        count = known
        for at in range(known):
            order[at] = duals.pool_node[start + at]
            stamp[order[at]] = now
        if known == 0:
            order[0] = net.terminals[terminal]
            stamp[order[0]] = now
            scratch.distance[order[0]] = 0
            count = 1
        at = 0
        met = False
        while at < count and not met:
            node = order[at]
            at += 1
            for arc in range(net.in_ptr[node], net.in_ptr[node + 1]):
                work += 1
                tail = net.tail[arc]
                if duals.reduced[arc] > 0 or stamp[tail] == now:
                    continue
                if tail == root:
                    met = True
                    break
                stamp[tail] = now
                scratch.distance[tail] = 0
                order[count] = tail
                count += 1
        crossing = 0
        least = FAR
        if not met:
            if not keep_list(terminal, known, count, duals, scratch):
                return True
            for at in range(count):
                node = order[at]
                for arc in range(net.in_ptr[node], net.in_ptr[node + 1]):
                    if stamp[net.tail[arc]] != now:
                        crossing += 1
                        least = min(least, duals.reduced[arc])
        if crossing == 0:
            duals.state[terminal] = ROOTED
            continue
        if size == 0 or crossing <= max(width[terminal], keys[0]):
            for at in range(count):
                node = order[at]
                for arc in range(net.in_ptr[node], net.in_ptr[node + 1]):
                    if stamp[net.tail[arc]] != now:
                        duals.reduced[arc] -= least
            duals.charge[terminal] += least
        width[terminal] = crossing
        size = push(keys, heap, size, width[terminal], terminal)
    return False


@njit(cache=True, nogil=True)
def _trim(duals):  # type: ignore[no-untyped-def]
    """Leave out of each list what came in last and has not been raised since."""
    for terminal in range(duals.charge.size):
        end = duals.start[terminal] + duals.length[terminal]
        while duals.length[terminal] > 0 and duals.pool_value[end - 1] >= duals.charge[terminal]:
            duals.length[terminal] -= 1
            end -= 1
