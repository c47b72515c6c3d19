"""Cuts that a fractional solution violates: least cuts of flows from the root to each terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alcance.steiner.net import Net

# A full unit of flow; capacities are shares of it as whole numbers.
UNIT = np.int64(1) << np.int64(30)
# A cut is worth adding where less than this much of a unit crosses it.
VIOLATED = UNIT - (UNIT >> np.int64(10))
# Cuts by one terminal and one solution: each with the arcs of those before taken for full.
NESTED_MOST = 6


class FlowRoom(NamedTuple):
    """Working arrays of the flows.

    Parameters
    ----------
    ahead, back
        int64[m]: what is left of each arc, and the flow that could be pushed back.
    reached, came_by
        int32[n]: the search that last reached a node, and the arc by which (−1 − arc where against it).
    queue
        int32[n]: nodes in the order in which the last search reached them.
    beyond
        int32[n]: the search from the root that last reached a node (its number), or from the other side (negative).
    state
        int32[2]: number of the last search; how many nodes it reached.
    """

    ahead: NDArray[np.int64]
    back: NDArray[np.int64]
    reached: NDArray[np.int32]
    came_by: NDArray[np.int32]
    queue: NDArray[np.int32]
    beyond: NDArray[np.int32]
    state: NDArray[np.int32]


class CutList(NamedTuple):
    """Sets of nodes, each closed off from the root: `nodes[ptr[i]:ptr[i + 1]]` belongs to terminal number `terminal[i]`."""

    terminal: NDArray[np.int32]
    ptr: NDArray[np.int64]
    nodes: NDArray[np.int32]


def make_flow_room(net: Net) -> FlowRoom:
    """Working arrays for flows in `net`."""
    nodes, arcs = net.terminal_at.size, net.tail.size
    return FlowRoom(
        np.zeros(arcs, np.int64),
        np.zeros(arcs, np.int64),
        np.zeros(nodes, np.int32),
        np.zeros(nodes, np.int32),
        np.zeros(nodes, np.int32),
        np.zeros(nodes, np.int32),
        np.zeros(2, np.int32),
    )


def violated_cuts(net: Net, share: NDArray[np.float64], room: FlowRoom, first: int = 0) -> CutList:
    """Cuts into sets around terminals that a solution crosses less than once; none only where it crosses all.

    Parameters
    ----------
    net
        The graph.
    share
        float64[m], how much of each arc the solution takes.
    room
        From `make_flow_room`.
    first
        Which terminal is looked at first: cuts found early keep later terminals from repeating them.

    Returns
    -------
    CutList
        For each terminal up to `NESTED_MOST` sets.
    """
    capacity = (np.clip(share, 0.0, 1.0) * float(UNIT)).astype(np.int64)
    most = 2 * net.terminals.size * NESTED_MOST
    terminal = np.zeros(most, np.int32)
    ptr = np.zeros(most + 1, np.int64)
    pool = np.zeros(max(2 * net.terminal_at.size, 64 * most), np.int32)
    at = count = 0
    while True:
        at, count, full = _separate(net, capacity, room, first, at, count, terminal, ptr, pool)
        if not full:
            return CutList(terminal[:count], ptr[: count + 1], pool[: ptr[count]])
        pool = np.concatenate([pool, np.zeros(pool.size + 2 * net.terminal_at.size, np.int32)])


@njit(cache=True, nogil=True)
def _separate(net, capacity, room, first, start, count, terminal_of, ptr, pool):  # type: ignore[no-untyped-def]
    """Look at the terminals from number `start` on; returns where it stopped, how many cuts, and whether `pool` is full."""
    terminals = net.terminals.size
    for number in range(start, terminals):
        which = (number + first) % terminals
        room.ahead[:] = capacity
        room.back[:] = 0
        flow = np.int64(0)
        for _ in range(NESTED_MOST):
            flow += _push_flow(net, net.terminals[which], UNIT - flow, room)
            if flow >= VIOLATED:
                break
            now, size = room.state
            if ptr[count] + size + room.queue.size > pool.size:
                return number, count, True
            pool[ptr[count] : ptr[count] + size] = room.queue[:size]
            terminal_of[count] = which
            ptr[count + 1] = ptr[count] + size
            count += 1
            # The same least cut seen from the root: all that nothing more flows to and that leads to the terminal.
            wide = _beyond_reach(net, net.terminals[which], room, pool[ptr[count] :])
            if wide != size:
                terminal_of[count] = which
                ptr[count + 1] = ptr[count] + wide
                count += 1
            _fill_up(net, room, capacity, now, size)
    return terminals, count, False


@njit(cache=True, nogil=True)
def _push_flow(net, terminal, most, room):  # type: ignore[no-untyped-def]
    """Push up to `most` from the root to a terminal over what is left; returns how much went.

    Where that is less, the last search has reached all from which anything could still flow to the terminal.
    """
    total = np.int64(0)
    while total < most and _search(net, terminal, room):
        step = most - total
        node = net.root[0]
        while node != terminal:
            arc = room.came_by[node]
            if arc >= 0:
                step = min(step, room.ahead[arc])
                node = net.head[arc]
            else:
                step = min(step, room.back[-1 - arc])
                node = net.tail[-1 - arc]
        node = net.root[0]
        while node != terminal:
            arc = room.came_by[node]
            if arc >= 0:
                room.ahead[arc] -= step
                room.back[arc] += step
                node = net.head[arc]
            else:
                room.ahead[-1 - arc] += step
                room.back[-1 - arc] -= step
                node = net.tail[-1 - arc]
        total += step
    return total


@njit(cache=True, nogil=True)
def _search(net, terminal, room):  # type: ignore[no-untyped-def]
    """Search backwards from a terminal over what is left, breadth first; whether it met the root."""
    root = net.root[0]
    room.state[0] += 1
    now = room.state[0]
    room.reached[terminal] = now
    room.queue[0] = terminal
    size = 1
    at = 0
    while at < size:
        node = room.queue[at]
        at += 1
        for arc in range(net.in_ptr[node], net.in_ptr[node + 1]):
            tail = net.tail[arc]
            if room.ahead[arc] > 0 and room.reached[tail] != now:
                room.reached[tail] = now
                room.came_by[tail] = arc
                if tail == root:
                    return True
                room.queue[size] = tail
                size += 1
        for place in range(net.out_ptr[node], net.out_ptr[node + 1]):
            arc = net.out_arc[place]
            head = net.head[arc]
            if room.back[arc] > 0 and room.reached[head] != now:
                room.reached[head] = now
                room.came_by[head] = np.int32(-1 - arc)
                room.queue[size] = head
                size += 1
    room.state[1] = size
    return False


@njit(cache=True, nogil=True)
def _fill_up(net, room, capacity, now, size):  # type: ignore[no-untyped-def]
    """Take the arcs into the set just found for full, that further cuts cross elsewhere; for other terminals nearly so."""
    for place in range(size):
        node = room.queue[place]
        for arc in range(net.in_ptr[node], net.in_ptr[node + 1]):
            if room.reached[net.tail[arc]] != now:
                room.ahead[arc] = max(room.ahead[arc], UNIT)
                capacity[arc] = max(capacity[arc], UNIT >> np.int64(2))


@njit(cache=True, nogil=True)
def _beyond_reach(net, terminal, room, found):  # type: ignore[no-untyped-def]
    """Write to `found` the nodes that lead to a terminal and to which nothing more flows; returns how many."""
    now = room.state[0]
    root = net.root[0]
    queue = room.came_by  # no path is being followed any more
    room.beyond[root] = now
    queue[0] = root
    size = 1
    at = 0
    while at < size:
        node = queue[at]
        at += 1
        for place in range(net.out_ptr[node], net.out_ptr[node + 1]):
            arc = net.out_arc[place]
            head = net.head[arc]
            if room.ahead[arc] > 0 and room.beyond[head] != now:
                room.beyond[head] = now
                queue[size] = head
                size += 1
        for arc in range(net.in_ptr[node], net.in_ptr[node + 1]):
            tail = net.tail[arc]
            if room.back[arc] > 0 and room.beyond[tail] != now:
                room.beyond[tail] = now
                queue[size] = tail
                size += 1
    room.beyond[terminal] = -now
    found[0] = terminal
    size = 1
    at = 0
    while at < size:
        node = found[at]
        at += 1
        for arc in range(net.in_ptr[node], net.in_ptr[node + 1]):
            tail = net.tail[arc]
            if abs(room.beyond[tail]) != now:
                room.beyond[tail] = -now
                found[size] = tail
                size += 1
    return size
