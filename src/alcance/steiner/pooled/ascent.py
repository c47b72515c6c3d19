"""The pooled dual ascent: components of terminals that grow, sleep on one another, merge, die or meet the root.

Wong's ascent (1984) by balls, as in `alcance.steiner.ascent`, for undirected graphs. What is new is that a component
whose ball meets the terminal of a live one sleeps on it; a cycle of sleepers merges, and pools what its members can
still pay; and one that has nothing left dies, upon which those who slept on it wake.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from alcance.steiner.duals import make_scratch
from alcance.steiner.heap import drop_first, push
from alcance.steiner.pooled.graph import UNLIMITED
from alcance.steiner.pooled.pools import (
    ASLEEP,
    DEAD,
    LIVE,
    ROOTED,
    Pools,
    awake,
    keep,
    merge,
    start_pools,
    top_of,
    with_more_room,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from alcance.steiner.pooled.graph import Graph

GROWTH = 1.3
# Of the median cost: below this nothing is met yet.
FIRST_LEVEL_SHARE = 0.25
ARCS_PER_SLICE = 8_000_000


def pooled_ascent(
    graph: Graph, *, price: int = 0, growth: float = GROWTH, go_on: Callable[[float], bool] | None = None
) -> Pools:
    """Grow all components until each is dead or meets the root, or the root outside at a price on opening a node."""
    pools = start_pools(graph, price)
    nodes, terminals = graph.node.size, graph.terminals.size
    search = make_scratch(nodes, graph.tail.size)
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
                pools = with_more_room(pools)
            if go_on is not None and not go_on(0.0):
                return pools
        if not busy:
            return pools
        level = max(level * growth, level + 1)


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
            component = top_of(component, pools)
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
            if pools.state[top_of(pools.sleeps_on[component], pools)] == DEAD:
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
            raised = top_of(raised, pools)
        component += 1
        if work > arc_budget:
            break
    return component, False, busy


@njit(cache=True, nogil=True)
def _raise(component, level, graph, pools, search):  # type: ignore[no-untyped-def]
    """Raise a component to a level as far as it can pay; returns the work, −1 (nothing changed) where room lacks."""
    step = min(level - pools.radius[component], pools.left[component])
    search.stamp_now[0] += 1
    now = search.stamp_now[0]
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
                other = top_of(other, pools)
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
        if not keep(component, known, inside, pools, order, distance):
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
        if awake(met, pools) == component:
            search.stamp_now[0] += 1
            if not merge(component, met, pools, stamp, search.stamp_now[0]):
                pools.state[component] = LIVE
                return -1
        else:
            pools.state[component] = ASLEEP
            pools.sleeps_on[component] = met
    return work + known + 1


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
