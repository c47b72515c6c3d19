"""The duals of a dual ascent: what is left of each arc's cost, and each terminal's ball, all balls in one pool."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alcance.steiner.net import Net

LIVE, ROOTED, ASLEEP, HELD = 0, 1, 2, 3
FAR = np.int64(1) << np.int64(62)
# A pool begins with some slots for each node, and may grow so many times before it has to move.
SLOTS_PER_NODE = 4
RESERVE = 8


class Duals(NamedTuple):
    """Reduced costs and the potential of each terminal.

    Parameters
    ----------
    reduced
        int64[m], what is left of each arc's cost.
    charge
        int64[k], the raises of each terminal; the bound is their sum.
    state, sleeps_on
        uint8[k], int32[k]: live, rooted, asleep on another terminal, or held by what another should pay.
    rooted
        uint8[n]: reached from the root over arcs of reduced cost 0.
    start, length, room
        int64[k] each: where a terminal's list stands in the pool.
    pool_node, pool_value
        int32[], int64[]: nodes of the balls and their potentials.
    used
        int64[2]: filled part of the pool, and the room that a list wanted and did not find.
    """

    reduced: NDArray[np.int64]
    charge: NDArray[np.int64]
    state: NDArray[np.uint8]
    sleeps_on: NDArray[np.int32]
    rooted: NDArray[np.uint8]
    start: NDArray[np.int64]
    length: NDArray[np.int64]
    room: NDArray[np.int64]
    pool_node: NDArray[np.int32]
    pool_value: NDArray[np.int64]
    used: NDArray[np.int64]

    @property
    def bound(self) -> int:
        """The lower bound: the sum of all charges."""
        return int(self.charge.sum())

    def copy(self) -> Duals:
        """The same numbers in arrays of their own, the pool packed."""
        packed = at_rest(self)
        return packed._replace(**{name: array.copy() for name, array in packed._asdict().items() if "pool" not in name})


class Scratch(NamedTuple):
    """Working arrays of the searches, kept between kernel calls."""

    distance: NDArray[np.int64]
    stamp: NDArray[np.int32]
    stamp_now: NDArray[np.int32]
    order: NDArray[np.int32]
    heap_key: NDArray[np.int64]
    heap_node: NDArray[np.int32]
    queue: NDArray[np.int32]


def start_duals(net: Net) -> Duals:
    """Duals before any raise."""
    nodes, terminals = net.terminal_at.size, net.terminals.size
    rooted = np.zeros(nodes, dtype=np.uint8)
    slots = max(1024, SLOTS_PER_NODE * nodes)
    duals = Duals(
        net.cost.copy(),
        np.zeros(terminals, dtype=np.int64),
        np.zeros(terminals, dtype=np.uint8),
        np.full(terminals, -1, dtype=np.int32),
        rooted,
        np.zeros(terminals, dtype=np.int64),
        np.zeros(terminals, dtype=np.int64),
        np.zeros(terminals, dtype=np.int64),
        np.zeros(RESERVE * slots, dtype=np.int32)[:slots],
        np.zeros(RESERVE * slots, dtype=np.int64)[:slots],
        np.zeros(2, dtype=np.int64),
    )
    mark_from(net.root[0], net, duals, np.zeros(nodes, dtype=np.int32))
    return duals


def start_scratch(net: Net) -> Scratch:
    """Working arrays for searches in `net`."""
    return make_scratch(net.terminal_at.size, net.tail.size)


def make_scratch(nodes: int, arcs: int) -> Scratch:
    """Working arrays for searches in a graph of so many nodes and arcs; a heap never holds more entries than both."""
    room = arcs + nodes + 1
    return Scratch(
        np.zeros(nodes, dtype=np.int64),
        np.zeros(nodes, dtype=np.int32),
        np.zeros(1, dtype=np.int32),
        np.zeros(nodes, dtype=np.int32),
        np.zeros(room, dtype=np.int64),
        np.zeros(room, dtype=np.int32),
        np.zeros(nodes, dtype=np.int32),
    )


def with_more_room(duals: Duals) -> Duals:
    """Pack the pool, and have a quarter as much room again, and enough for a few lists such as found none."""
    used = _pack(duals, np.argsort(duals.start, kind="stable"))
    slots = used + used // 4 + 4 * int(duals.used[1]) + 1024
    return duals._replace(
        pool_node=_widened(duals.pool_node, used, slots),
        pool_value=_widened(duals.pool_value, used, slots),
        used=np.array([used, 0], dtype=np.int64),
    )


def at_rest(duals: Duals) -> Duals:
    """The same duals in no more room than they need, for as long as they are only kept."""
    used = _pack(duals, np.argsort(duals.start, kind="stable"))
    return duals._replace(
        pool_node=duals.pool_node[:used].copy(),
        pool_value=duals.pool_value[:used].copy(),
        used=np.array([used, 0], dtype=np.int64),
    )


def _widened(pool: NDArray[Any], used: int, slots: int) -> NDArray[Any]:
    """A pool with more slots: a larger part of the array that it is part of, or of a new one.

    Memory is taken where it is written to, so an array may well be larger than what is used of it; two beside each
    other are what a large graph has no room for.
    """
    whole = pool if pool.base is None else pool.base
    if whole.size < slots:
        whole = np.zeros(2 * slots, dtype=pool.dtype)
        whole[:used] = pool[:used]
    return whole[:slots]


@njit(cache=True, nogil=True)
def _pack(duals, order):  # type: ignore[no-untyped-def]
    """Move the lists down, in the order in which they stand, so that no room is left between them."""
    used = np.int64(0)
    for terminal in order:
        start = duals.start[terminal]
        length = duals.length[terminal]
        for at in range(length):
            duals.pool_node[used + at] = duals.pool_node[start + at]
            duals.pool_value[used + at] = duals.pool_value[start + at]
        duals.start[terminal] = used
        duals.room[terminal] = length
        used += length
    return used


@njit(cache=True, nogil=True)
def mark_from(first, net, duals, queue):  # type: ignore[no-untyped-def]
    """Mark everything that `first` reaches over arcs of reduced cost 0 as rooted."""
    if duals.rooted[first]:
        return
    duals.rooted[first] = 1
    queue[0] = first
    size = 1
    while size > 0:
        size -= 1
        node = queue[size]
        terminal = net.terminal_at[node]
        if terminal >= 0:
            duals.state[terminal] = ROOTED
        for at in range(net.out_ptr[node], net.out_ptr[node + 1]):
            arc = net.out_arc[at]
            if duals.reduced[arc] == 0:
                head = net.head[arc]
                if not duals.rooted[head]:
                    duals.rooted[head] = 1
                    queue[size] = head
                    size += 1
