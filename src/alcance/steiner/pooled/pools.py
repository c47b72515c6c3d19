"""The components of the pooled ascent and their balls: kept in one pool, merged, and asked who holds whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

from alcance.steiner.pooled.graph import UNLIMITED

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alcance.steiner.pooled.graph import Graph

LIVE, ROOTED, ASLEEP, DEAD, MERGED = 0, 1, 2, 3, 4


class Pools(NamedTuple):
    """Reduced costs, and the components with their balls; every terminal begins as a component of its own.

    Parameters
    ----------
    reduced, opening
        int64[m], int64[n]: what is left of each arc's cost, and of opening each node (int64[0] where a root is named).
    rooted
        uint8[n]: reached from the root over arcs of reduced cost 0.
    component_at
        int32[n]: the component that a terminal is by itself, its index among the terminals; −1 elsewhere.
    state, sleeps_on, above
        uint8[k], int32[k], int32[k] by component; what it sleeps on, and what leads to the one that holds it now.
    left, height, radius
        int64[k]: what it can still pay, what it has paid, and how far its ball reaches from its farthest member.
    start, length, room, inner
        int64[k]: where its nodes stand in the pool; the first `inner` of them have all their neighbours there.
    pool_node, pool_value
        int32[], int64[]: nodes and their potentials.
    used
        int64[1]: filled part of the pool.
    merged, holder, holder_height, merges
        int32[k], int32[k], int64[k], int64[1]: what merged into what, which had then paid so much, in order.
    """

    reduced: NDArray[np.int64]
    opening: NDArray[np.int64]
    rooted: NDArray[np.uint8]
    component_at: NDArray[np.int32]
    state: NDArray[np.uint8]
    sleeps_on: NDArray[np.int32]
    above: NDArray[np.int32]
    left: NDArray[np.int64]
    height: NDArray[np.int64]
    radius: NDArray[np.int64]
    start: NDArray[np.int64]
    length: NDArray[np.int64]
    room: NDArray[np.int64]
    inner: NDArray[np.int64]
    pool_node: NDArray[np.int32]
    pool_value: NDArray[np.int64]
    used: NDArray[np.int64]
    merged: NDArray[np.int32]
    holder: NDArray[np.int32]
    holder_height: NDArray[np.int64]
    merges: NDArray[np.int64]

    @property
    def bound(self) -> int:
        """The lower bound, not yet less the price of opening."""
        return int(self.height.sum())


def start_pools(graph: Graph, price: int) -> Pools:
    """Every terminal by itself; opening a node costs `price` where the root is outside."""
    nodes, terminals = graph.node.size, graph.terminals.size
    component_at = np.full(nodes, -1, dtype=np.int32)
    component_at[graph.terminals] = np.arange(terminals)
    slots = 2 * nodes + 2 * terminals + 1024
    pools = Pools(
        graph.cost.copy(),
        np.full(nodes if graph.root[0] < 0 else 0, price, dtype=np.int64),
        np.zeros(nodes, dtype=np.uint8),
        component_at,
        np.zeros(terminals, dtype=np.uint8),
        np.full(terminals, -1, dtype=np.int32),
        np.arange(terminals, dtype=np.int32),
        graph.budget.copy(),
        np.zeros(terminals, dtype=np.int64),
        np.zeros(terminals, dtype=np.int64),
        np.arange(terminals, dtype=np.int64),
        np.ones(terminals, dtype=np.int64),
        np.ones(terminals, dtype=np.int64),
        np.zeros(terminals, dtype=np.int64),
        np.zeros(slots, dtype=np.int32),
        np.zeros(slots, dtype=np.int64),
        np.array([terminals], dtype=np.int64),
        np.zeros(terminals, dtype=np.int32),
        np.zeros(terminals, dtype=np.int32),
        np.zeros(terminals, dtype=np.int64),
        np.zeros(1, dtype=np.int64),
    )
    pools.pool_node[:terminals] = graph.terminals
    return pools


def with_more_room(pools: Pools) -> Pools:
    """Pack the pool, and enlarge it where it might not hold the next list beside all others."""
    live = int(pools.length.sum())
    slots = max(pools.pool_node.size, 2 * live + live // 2 + pools.rooted.size + 1024)
    node = np.zeros(slots, dtype=np.int32)
    value = np.zeros(slots, dtype=np.int64)
    used = _pack(pools, node, value)
    return pools._replace(pool_node=node, pool_value=value, used=np.array([used], dtype=np.int64))


@njit(cache=True, nogil=True)
def _pack(pools, node, value):  # type: ignore[no-untyped-def]
    used = 0
    for component in range(pools.start.size):
        start = pools.start[component]
        length = pools.length[component]
        node[used : used + length] = pools.pool_node[start : start + length]
        value[used : used + length] = pools.pool_value[start : start + length]
        pools.start[component] = used
        pools.room[component] = length
        used += length
    return used


@njit(cache=True, nogil=True)
def top_of(component, pools):  # type: ignore[no-untyped-def]
    """The component that now holds another."""
    while pools.above[component] != component:
        pools.above[component] = pools.above[pools.above[component]]
        component = pools.above[component]
    return component


@njit(cache=True, nogil=True)
def awake(component, pools):  # type: ignore[no-untyped-def]
    """The component at the end of a chain of sleepers; those who sleep on the dead are as good as awake."""
    while pools.state[component] == ASLEEP:
        below = top_of(pools.sleeps_on[component], pools)
        if pools.state[below] == DEAD:
            break
        component = below
    return component


@njit(cache=True, nogil=True)
def keep(component, known, inside, pools, order, distance):  # type: ignore[no-untyped-def]
    """Append the nodes that entered the ball to the component's list; False where the pool has no room."""
    if inside == known:
        return True
    if inside > pools.room[component]:
        room = inside + (inside >> 1) + 4
        fresh = pools.used[0]
        if fresh + room > pools.pool_node.size:
            return False
        old = pools.start[component]
        for at in range(known):
            pools.pool_node[fresh + at] = pools.pool_node[old + at]
            pools.pool_value[fresh + at] = pools.pool_value[old + at]
        pools.start[component] = fresh
        pools.room[component] = room
        pools.used[0] = fresh + room
    start = pools.start[component]
    for at in range(known, inside):
        node = order[at]
        pools.pool_node[start + at] = node
        pools.pool_value[start + at] = pools.height[component] + distance[node]
    pools.length[component] = inside
    return True


@njit(cache=True, nogil=True)
def merge(component, met, pools, stamp, now):  # type: ignore[no-untyped-def]
    """Merge a cycle of sleepers, from what `component` met to itself, into the largest; False where room lacks.

    Every node in it reaches all of them free of charge, so those that the largest has not listed come in at its height.
    """
    largest = component
    total = pools.length[component]
    member = met
    while member != component:
        total += pools.length[member]
        if pools.length[member] > pools.length[largest]:
            largest = member
        member = top_of(pools.sleeps_on[member], pools)
    if total > pools.room[largest]:
        room = total + (total >> 1)
        fresh = pools.used[0]
        if fresh + room > pools.pool_node.size:
            return False
        start = pools.start[largest]
        for at in range(pools.length[largest]):
            pools.pool_node[fresh + at] = pools.pool_node[start + at]
            pools.pool_value[fresh + at] = pools.pool_value[start + at]
        pools.start[largest] = fresh
        pools.room[largest] = room
        pools.used[0] = fresh + room
    start = pools.start[largest]
    length = pools.length[largest]
    for at in range(start, start + length):
        stamp[pools.pool_node[at]] = now
    member = met
    while True:
        following = -1
        if member != component:
            following = top_of(pools.sleeps_on[member], pools)
        if member != largest:
            first = pools.start[member]
            for at in range(first, first + pools.length[member]):
                node = pools.pool_node[at]
                if stamp[node] != now:
                    stamp[node] = now
                    pools.pool_node[start + length] = node
                    pools.pool_value[start + length] = pools.height[largest]
                    length += 1
            pools.left[largest] = min(pools.left[largest] + pools.left[member], np.int64(UNLIMITED))
            pools.radius[largest] = max(pools.radius[largest], pools.radius[member])
            pools.state[member] = MERGED
            at = pools.merges[0]
            pools.merged[at] = member
            pools.holder[at] = largest
            pools.holder_height[at] = pools.height[largest]
            pools.merges[0] = at + 1
        if following < 0:
            break
        member = following
    # Only now, as the chain leads through those that merge.
    for at in range(pools.merges[0] - 1, -1, -1):
        if pools.holder[at] != largest or pools.state[pools.merged[at]] != MERGED:
            break
        if pools.above[pools.merged[at]] == largest:
            break
        pools.above[pools.merged[at]] = largest
    pools.length[largest] = length
    pools.state[largest] = LIVE
    return True
