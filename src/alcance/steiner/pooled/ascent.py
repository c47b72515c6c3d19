"""The pooled dual ascent: components of terminals that grow, sleep on one another, merge, die or meet the root.

Wong's ascent (1984) by balls, as in `alcance.steiner.ascent`, for undirected graphs. What is new is that a component
whose ball meets the terminal of a live one sleeps on it; a cycle of sleepers merges, and pools what its members can
still pay; and one that has nothing left dies, upon which those who slept on it wake.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

from alcance.steiner.heap import drop_first, push
from alcance.steiner.pooled.graph import UNLIMITED

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from alcance.steiner.pooled.graph import Graph

LIVE, ROOTED, ASLEEP, DEAD, MERGED = 0, 1, 2, 3, 4
GROWTH = 1.3
# Of the median cost: below this nothing is met yet.
FIRST_LEVEL_SHARE = 0.25
ARCS_PER_SLICE = 8_000_000


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


class Search(NamedTuple):
    """Working arrays, kept between kernel calls."""

    distance: NDArray[np.int64]
    stamp: NDArray[np.int32]
    now: NDArray[np.int32]
    order: NDArray[np.int32]
    heap_key: NDArray[np.int64]
    heap_node: NDArray[np.int32]
    queue: NDArray[np.int32]


def pooled_ascent(
    graph: Graph, *, price: int = 0, growth: float = GROWTH, go_on: Callable[[float], bool] | None = None
) -> Pools:
    """Grow all components until each is dead or meets the root, or the root outside at a price on opening a node."""
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
    room = graph.tail.size + nodes + 1
    search = Search(
        np.zeros(nodes, dtype=np.int64),
        np.zeros(nodes, dtype=np.int32),
        np.zeros(1, dtype=np.int32),
        np.zeros(nodes, dtype=np.int32),
        np.zeros(room, dtype=np.int64),
        np.zeros(room, dtype=np.int32),
        np.zeros(nodes, dtype=np.int32),
    )
    if graph.root[0] >= 0:
        _mark(graph.root[0], graph, pools, search.queue)
    level = 1.0 + FIRST_LEVEL_SHARE * float(np.median(graph.cost)) if graph.cost.size else 1.0
    while True:
        at = 0
        busy = False
        height = np.int64(min(level, float(UNLIMITED)))
        while at < terminals:
            at, full, active = _round(graph, pools, search, at, height, ARCS_PER_SLICE)
            busy |= active
            if full:
                pools = _with_more_room(pools)
            if go_on is not None and not go_on(0.0):
                return pools
        if not busy:
            return pools
        level = max(level * growth, level + 1)


def _with_more_room(pools: Pools) -> Pools:
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
def _mark(first, graph, pools, queue):  # type: ignore[no-untyped-def]
    """Mark as rooted everything that `first` reaches over arcs of reduced cost 0."""
    if pools.rooted[first]:
        return
    pools.rooted[first] = 1
    queue[0] = first
    size = 1
    while size > 0:
        size -= 1
        node = queue[size]
        component = pools.component_at[node]
        if component >= 0:
            component = _top(component, pools)
            if pools.state[component] != DEAD:
                pools.state[component] = ROOTED
        for arc in range(graph.in_ptr[node], graph.in_ptr[node + 1]):
            if pools.reduced[graph.mate[arc]] == 0:
                head = graph.tail[arc]
                if not pools.rooted[head]:
                    pools.rooted[head] = 1
                    queue[size] = head
                    size += 1


@njit(cache=True, nogil=True)
def _top(component, pools):  # type: ignore[no-untyped-def]
    """The component that now holds another."""
    while pools.above[component] != component:
        pools.above[component] = pools.above[pools.above[component]]
        component = pools.above[component]
    return component


@njit(cache=True, nogil=True)
def _awake(component, pools):  # type: ignore[no-untyped-def]
    """The component at the end of a chain of sleepers; those who sleep on the dead are as good as awake."""
    while pools.state[component] == ASLEEP:
        below = _top(pools.sleeps_on[component], pools)
        if pools.state[below] == DEAD:
            break
        component = below
    return component


@njit(cache=True, nogil=True)
def _round(graph, pools, search, first, level, arc_budget):  # type: ignore[no-untyped-def]
    """Raise components from `first` on up to `level`.

    Returns where to go on, whether the pool is full, and whether any component is not done.
    """
    work = 0
    busy = False
    component = first
    while component < pools.state.size:
        if pools.state[component] == ASLEEP:
            busy = True
            if pools.state[_top(pools.sleeps_on[component], pools)] == DEAD:
                pools.state[component] = LIVE
        raised = component
        while pools.state[raised] == LIVE:
            busy = True
            if pools.left[raised] == 0:
                pools.state[raised] = DEAD
            if pools.radius[raised] >= level:
                break
            done = _raise(raised, level, graph, pools, search)
            if done < 0:
                return component, True, True
            work += done
            # Where it has merged, what holds it now goes on.
            raised = _top(raised, pools)
        component += 1
        if work > arc_budget:
            break
    return component, False, busy


@njit(cache=True, nogil=True)
def _raise(component, level, graph, pools, search):  # type: ignore[no-untyped-def]
    """Raise a component to a level as far as it can pay; returns the work, −1 (nothing changed) where room lacks."""
    step = min(level - pools.radius[component], pools.left[component])
    search.now[0] += 1
    now = search.now[0]
    distance = search.distance
    stamp = search.stamp
    order = search.order
    keys = search.heap_key
    nodes = search.heap_node
    start = pools.start[component]
    known = pools.length[component]
    inner = pools.inner[component]
    outside = pools.opening.size > 0
    size = 0
    work = 0
    met_root = False
    for at in range(known):
        node = pools.pool_node[start + at]
        distance[node] = 0
        stamp[node] = now
        order[at] = node
        if outside and pools.opening[node] <= step:
            step = pools.opening[node]
            met_root = True
    count = known
    relaxed = inner
    met = -1
    while True:
        if relaxed < count:
            node = order[relaxed]
        else:
            found = False
            while size > 0:
                key = keys[0]
                if key >= step:
                    break
                node = nodes[0]
                size = drop_first(keys, nodes, size)
                if key == distance[node]:
                    found = True
                    break
            if not found:
                break
            order[count] = node
            count += 1
        relaxed += 1
        base = distance[node]
        if outside:
            length = base + pools.opening[node]
            if length < step or (length == step and not met_root):
                step = length
                met_root = True
                met = -1
        if base >= step:
            break
        for arc in range(graph.in_ptr[node], graph.in_ptr[node + 1]):
            length = base + pools.reduced[arc]
            if length > step:
                continue
            tail = graph.tail[arc]
            if stamp[tail] == now and distance[tail] <= length:
                continue
            if pools.rooted[tail]:
                if length < step or not met_root:
                    step = length
                    met_root = True
                    met = -1
                continue
            if length == step and (met_root or met >= 0):
                continue
            other = pools.component_at[tail]
            if other >= 0:
                other = _top(other, pools)
                if other != component and pools.state[other] != DEAD:
                    step = length
                    met_root = False
                    met = other
                    continue
            if length < step:
                stamp[tail] = now
                distance[tail] = length
                size = push(keys, nodes, size, length, tail)
        work += graph.in_ptr[node + 1] - graph.in_ptr[node]
    inside = known
    for at in range(known, count):
        if distance[order[at]] < step:
            order[inside] = order[at]
            inside += 1
    if step > 0:
        if not _keep(component, known, inside, pools, search):
            return -1
        _subtract(component, step, inner, inside, now, graph, pools, search)
    if met_root:
        pools.state[component] = ROOTED
        for at in range(inside):
            node = order[at]
            if pools.rooted[node]:
                continue
            if outside and pools.opening[node] == 0:
                _mark(node, graph, pools, search.queue)
                continue
            for arc in range(graph.in_ptr[node], graph.in_ptr[node + 1]):
                if pools.reduced[arc] == 0 and pools.rooted[graph.tail[arc]]:
                    _mark(node, graph, pools, search.queue)
                    break
    elif met >= 0:
        if _awake(met, pools) == component:
            if not _merge(component, met, pools, search):
                pools.state[component] = LIVE
                return -1
        else:
            pools.state[component] = ASLEEP
            pools.sleeps_on[component] = met
    return work + known + 1


@njit(cache=True, nogil=True)
def _keep(component, known, inside, pools, search):  # type: ignore[no-untyped-def]
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
        node = search.order[at]
        pools.pool_node[start + at] = node
        pools.pool_value[start + at] = pools.height[component] + search.distance[node]
    pools.length[component] = inside
    return True


@njit(cache=True, nogil=True)
def _subtract(component, step, inner, inside, now, graph, pools, search):  # type: ignore[no-untyped-def]
    start = pools.start[component]
    if pools.opening.size > 0:
        for at in range(inner):
            pools.opening[search.order[at]] -= step
    for at in range(inner, inside):
        node = search.order[at]
        base = search.distance[node]
        surrounded = True
        for arc in range(graph.in_ptr[node], graph.in_ptr[node + 1]):
            tail = graph.tail[arc]
            far = step
            if search.stamp[tail] == now and search.distance[tail] < step:
                far = search.distance[tail]
            else:
                surrounded = False
            if far > base:
                pools.reduced[arc] -= far - base
        if pools.opening.size > 0:
            pools.opening[node] -= step - base
        if surrounded:
            to = start + pools.inner[component]
            pools.inner[component] += 1
            here = start + at
            pools.pool_node[here], pools.pool_node[to] = pools.pool_node[to], pools.pool_node[here]
            pools.pool_value[here], pools.pool_value[to] = pools.pool_value[to], pools.pool_value[here]
    pools.height[component] += step
    pools.radius[component] += step
    if pools.left[component] < UNLIMITED // 2:
        pools.left[component] -= step


@njit(cache=True, nogil=True)
def _merge(component, met, pools, search):  # type: ignore[no-untyped-def]
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
        member = _top(pools.sleeps_on[member], pools)
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
    search.now[0] += 1
    now = search.now[0]
    start = pools.start[largest]
    length = pools.length[largest]
    for at in range(start, start + length):
        search.stamp[pools.pool_node[at]] = now
    member = met
    while True:
        following = -1
        if member != component:
            following = _top(pools.sleeps_on[member], pools)
        if member != largest:
            first = pools.start[member]
            for at in range(first, first + pools.length[member]):
                node = pools.pool_node[at]
                if search.stamp[node] != now:
                    search.stamp[node] = now
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
