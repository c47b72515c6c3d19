"""Trees on an undirected graph: growth along shortest paths, least spanning trees, and the strong prune."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from alcance.steiner.duals import FAR
from alcance.steiner.heap import drop_first, push
from alcance.steiner.pooled.graph import UNLIMITED

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alcance.steiner.pooled.graph import Graph


@njit(cache=True, nogil=True)
def grow(start, graph, allowed, worth, parent):  # type: ignore[no-untyped-def]
    """Connect what is worth something, nearest first, over allowed nodes; `parent` int32[n] gets the arc into each."""
    count = parent.size
    distance = np.full(count, FAR, dtype=np.int64)
    chosen = np.full(count, -1, dtype=np.int32)
    inside = np.zeros(count, dtype=np.uint8)
    keys = np.zeros(2 * graph.tail.size + 2 * count + 2, dtype=np.int64)
    nodes = np.zeros(keys.size, dtype=np.int32)
    parent[:] = -1
    distance[start] = 0
    inside[start] = 1
    size = push(keys, nodes, 0, np.int64(0), np.int32(start))
    while size > 0:
        key = keys[0]
        node = nodes[0]
        size = drop_first(keys, nodes, size)
        if key != distance[node]:
            continue
        if worth[node] > 0 and not inside[node]:
            at = node
            while not inside[at]:
                inside[at] = 1
                parent[at] = chosen[at]
                if distance[at] > 0:
                    distance[at] = 0
                    if at != node:
                        size = push(keys, nodes, size, np.int64(0), at)
                at = graph.tail[chosen[at]]
            key = np.int64(0)
        for arc in range(graph.in_ptr[node], graph.in_ptr[node + 1]):
            other = graph.tail[arc]
            if not allowed[other] or inside[other]:
                continue
            length = key + graph.cost[arc]
            if length < distance[other]:
                distance[other] = length
                chosen[other] = graph.mate[arc]
                size = push(keys, nodes, size, length, other)


@njit(cache=True, nogil=True)
def span(start, graph, allowed, parent, order):  # type: ignore[no-untyped-def]
    """Prim's least spanning tree over allowed nodes; returns how many it reaches, in `order` parents first."""
    count = parent.size
    distance = np.full(count, FAR, dtype=np.int64)
    inside = np.zeros(count, dtype=np.uint8)
    keys = np.zeros(graph.tail.size + 1, dtype=np.int64)
    nodes = np.zeros(keys.size, dtype=np.int32)
    parent[:] = -1
    distance[start] = 0
    size = push(keys, nodes, 0, np.int64(0), np.int32(start))
    reached = 0
    while size > 0:
        node = nodes[0]
        size = drop_first(keys, nodes, size)
        if inside[node]:
            continue
        inside[node] = 1
        order[reached] = node
        reached += 1
        for arc in range(graph.in_ptr[node], graph.in_ptr[node + 1]):
            other = graph.tail[arc]
            if allowed[other] and not inside[other] and graph.cost[arc] < distance[other]:
                distance[other] = graph.cost[arc]
                parent[other] = graph.mate[arc]
                size = push(keys, nodes, size, graph.cost[arc], other)
    return reached


@njit(cache=True, nogil=True)
def prune(graph, worth, parent, order, reached):  # type: ignore[no-untyped-def]
    """The part of a tree that is worth most and holds its first node (Johnson, Minkoff, Phillips 2000), in place.

    Returns what it is worth: the worth of its nodes less the cost of its arcs.
    """
    best = worth.copy()
    for at in range(reached - 1, 0, -1):
        node = order[at]
        arc = parent[node]
        if best[node] > graph.cost[arc]:
            # Two that are required are worth no more than one: a sum of many would leave the range of the numbers.
            best[graph.tail[arc]] = min(best[graph.tail[arc]] + best[node] - graph.cost[arc], np.int64(UNLIMITED))
    for at in range(1, reached):
        node = order[at]
        arc = parent[node]
        above = graph.tail[arc]
        if not (best[node] > graph.cost[arc] and (above == order[0] or parent[above] >= 0)):
            parent[node] = -1
    return best[order[0]]


def best_of(graph: Graph, rooted: NDArray[np.uint8], start: int) -> NDArray[np.int32] | None:
    """The better of three pruned trees that hang on a node, as the arc into each node; None where required ones miss.

    Least spanning tree and growth over the nodes that a dual ascent reached from the root; where these leave out what
    is required, growth over all nodes.
    """
    worth = np.zeros(graph.node.size, dtype=np.int64)
    worth[graph.terminals] = graph.budget
    required = graph.terminals[graph.budget >= UNLIMITED]
    best, most = None, -1
    everything = np.ones(worth.size, dtype=np.uint8)
    for allowed, grown in ((rooted, True), (rooted, False), (everything, True)):
        if best is not None and allowed is everything:
            break
        parent = np.full(worth.size, -1, dtype=np.int32)
        order = np.zeros(worth.size, dtype=np.int32)
        inside = allowed
        if grown:
            grow(start, graph, allowed, worth, parent)
            inside = (parent >= 0).astype(np.uint8)
            inside[start] = 1
        reached = span(start, graph, inside, parent, order)
        prune(graph, worth, parent, order, reached)
        if bool((parent[required] < 0).any() and (required[parent[required] < 0] != start).any()):
            continue
        held = np.flatnonzero(parent >= 0)
        won = int(np.where(worth >= UNLIMITED, 0, worth)[held].sum()) - int(graph.cost[parent[held]].sum())
        if best is None or won > most:
            best, most = parent, won
    return best


def arcs_of(graph: Graph, parent: NDArray[np.int32]) -> NDArray[np.int64]:
    """The problem's arcs of a tree."""
    return graph.arc[parent[parent >= 0]].astype(np.int64)
