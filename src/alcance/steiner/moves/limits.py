"""How many terminals each arc may carry, what room for more would cost, and the count of what hangs where.

Of parallel arcs a tree always has the cheapest that carries its load, so a load alone tells the arc, and undoing a
change of loads undoes what they changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

from alcance.adjacency import reached

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alcance.steiner.net import Net

# Columns of a tree's loads: what hangs at and below a node now, and between what its arc is the one to have.
NOW, LEAST, MOST = 0, 1, 2


class Limits(NamedTuple):
    """Limits on what arcs carry.

    Parameters
    ----------
    most
        int32[m]: the most terminals at and below the head of each arc; empty where there are no limits at all.
    least
        int32[m]: with fewer, an arc beside it that is cheaper will do.
    free
        bool[n]: nodes that no way with a limit leads to. What hangs on them is not counted there.
    """

    most: NDArray[np.int32]
    least: NDArray[np.int32]
    free: NDArray[np.bool_]

    @classmethod
    def none(cls) -> Limits:
        """No limits."""
        return cls(np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.bool_))

    @classmethod
    def of_arcs(cls, net: Net, most: NDArray[np.int32]) -> Limits:
        """The limits of a net's arcs; none is as many as there are terminals."""
        binding = most < net.terminals.size
        counted = reached(net.tail, net.head, net.terminal_at.size, np.unique(net.head[binding]))
        return cls(most, _least_loads(net, most), ~counted)


@njit(cache=True, nogil=True)
def _least_loads(net, most):  # type: ignore[no-untyped-def]
    """For each arc one more than what cheaper arcs beside it may carry; of equal price the first counts as cheaper."""
    least = np.zeros(most.size, dtype=np.int32)
    for arc in range(most.size):
        beside = arc
        while beside > net.in_ptr[net.head[arc]] and net.tail[beside - 1] == net.tail[arc]:
            beside -= 1
        while beside < net.in_ptr[net.head[arc] + 1] and net.tail[beside] == net.tail[arc]:
            if (net.cost[beside], beside) < (net.cost[arc], arc):
                least[arc] = max(least[arc], most[beside] + 1)
            beside += 1
    return least


@njit(cache=True, nogil=True)
def fitted(arc, load, net, limits):  # type: ignore[no-untyped-def]
    """The cheapest of an arc and those beside it that may carry a load; the arc itself where none may."""
    if limits.least[arc] <= load <= limits.most[arc]:
        return arc
    head, tail = net.head[arc], net.tail[arc]
    beside = arc
    while beside > net.in_ptr[head] and net.tail[beside - 1] == tail:
        beside -= 1
    while beside < net.in_ptr[head + 1] and net.tail[beside] == tail:
        if limits.least[beside] <= load <= limits.most[beside]:
            return np.int32(beside)
        beside += 1
    return arc


@njit(cache=True, nogil=True)
def price_of_room(node, more, bound, net, tree):  # type: ignore[no-untyped-def]
    """What wider arcs cost so that so many more terminals may hang on a node of the tree; `bound` if no less."""
    limits = tree.limits
    price = np.int64(0)
    while not limits.free[node] and price < bound:
        arc = tree.parent[node]
        if arc < 0:
            break
        load = tree.load[node, NOW] + more
        if load > tree.load[node, MOST]:
            wider = fitted(arc, load, net, limits)
            if wider == arc:
                return bound
            price += net.cost[wider] - net.cost[arc]
        node = net.tail[arc]
    return price


@njit(cache=True, nogil=True)
def add_load(node, more, net, tree):  # type: ignore[no-untyped-def]
    """Count so many more terminals at a node of the tree and above, and fit the arcs; returns what those cost more."""
    limits = tree.limits
    price = np.int64(0)
    while not limits.free[node]:
        load = tree.load[node]
        load[NOW] += more
        arc = tree.parent[node]
        if arc < 0:
            break
        if load[NOW] < load[LEAST] or load[NOW] > load[MOST]:
            fit = fitted(arc, load[NOW], net, limits)
            price += net.cost[fit] - net.cost[arc]
            tree.parent[node] = fit
            load[LEAST], load[MOST] = limits.least[fit], limits.most[fit]
        node = net.tail[arc]
    return price
