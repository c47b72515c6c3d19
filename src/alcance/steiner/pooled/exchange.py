"""Local search on an undirected tree: key paths exchanged for cheaper ones, and terminals taken in that pay for it.

Key-path exchange as in Uchoa and Werneck (2012), on branches of bounded size: what hangs below a path without branches
or terminals is cut off with it, and hung on again by the cheapest path from any of its nodes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

from alcance.steiner.heap import drop_first, push
from alcance.steiner.pooled.tree import prune, span

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from alcance.steiner.pooled.graph import Graph

MOST_BELOW = 2_000
MOST_PASSES = 20
TREE_NODES_PER_SLICE = 50_000


class Field(NamedTuple):
    """Working arrays, kept between kernel calls."""

    distance: NDArray[np.int64]
    stamp: NDArray[np.int32]
    below: NDArray[np.int32]
    now: NDArray[np.int32]
    chosen: NDArray[np.int32]
    branch: NDArray[np.int32]
    heap_key: NDArray[np.int64]
    heap_node: NDArray[np.int32]


def improve(graph: Graph, start: int, parent: NDArray[np.int32], go_on: Callable[[float], bool]) -> NDArray[np.int32]:
    """Pass over the tree (int32[n], the arc into each node) until nothing is gained; returns the better tree."""
    count = graph.node.size
    worth = np.zeros(count, dtype=np.int64)
    worth[graph.terminals] = graph.budget
    room = graph.tail.size + count + 1
    field = Field(
        np.zeros(count, dtype=np.int64),
        np.zeros(count, dtype=np.int32),
        np.zeros(count, dtype=np.int32),
        np.zeros(1, dtype=np.int32),
        np.zeros(count, dtype=np.int32),
        np.zeros(count, dtype=np.int32),
        np.zeros(room, dtype=np.int64),
        np.zeros(room, dtype=np.int32),
    )
    order = np.zeros(count, dtype=np.int32)
    for number in range(MOST_PASSES):
        gained = 0
        for first in range(0, count, TREE_NODES_PER_SLICE):
            last = min(count, first + TREE_NODES_PER_SLICE)
            gained += _exchange(start, first, last, graph, worth, parent, field)
            gained += _take_in(start, first, last, graph, worth, parent, field)
            if not go_on(number / MOST_PASSES):
                break
        inside = (parent >= 0).astype(np.uint8)
        inside[start] = 1
        reached = span(start, graph, inside, parent, order)
        prune(graph, worth, parent, order, reached)
        if gained == 0 or not go_on(number / MOST_PASSES):
            break
    return parent


@njit(cache=True, nogil=True)
def _degree(node, graph, parent):  # type: ignore[no-untyped-def]
    """How many tree nodes hang directly below a node."""
    below = 0
    for arc in range(graph.in_ptr[node], graph.in_ptr[node + 1]):
        below += parent[graph.tail[arc]] == graph.mate[arc]
    return below


@njit(cache=True, nogil=True)
def _exchange(start, first, last, graph, worth, parent, field):  # type: ignore[no-untyped-def]
    """Exchange the key path above every key node from `first` to `last` − 1 where that is cheaper; returns the gain."""
    gain = np.int64(0)
    distance = field.distance
    stamp = field.stamp
    branch = field.branch
    keys = field.heap_key
    nodes = field.heap_node
    for key_node in range(first, last):
        if parent[key_node] < 0:
            continue
        if worth[key_node] == 0 and _degree(key_node, graph, parent) < 2:
            continue
        price = np.int64(0)
        top = key_node
        while True:
            price += graph.cost[parent[top]]
            top = graph.tail[parent[top]]
            if top == start or worth[top] > 0 or _degree(top, graph, parent) > 1:
                break
        field.now[0] += 1
        now = field.now[0]
        # `below` is what hangs on the key node, `now` on the path itself too.
        count = 1
        branch[0] = key_node
        field.below[key_node] = now
        at = 0
        while at < count <= MOST_BELOW:
            node = branch[at]
            at += 1
            for arc in range(graph.in_ptr[node], graph.in_ptr[node + 1]):
                other = graph.tail[arc]
                if parent[other] == graph.mate[arc]:
                    field.below[other] = now
                    branch[count] = other
                    count += 1
        if count > MOST_BELOW:
            continue
        size = 0
        for at in range(count):
            node = branch[at]
            stamp[node] = now
            distance[node] = 0
            field.chosen[node] = -1
            size = push(keys, nodes, size, np.int64(0), node)
        freed = graph.tail[parent[key_node]]
        while freed != top:
            field.below[freed] = -now
            freed = graph.tail[parent[freed]]
        found = -1
        while size > 0 and found < 0:
            key = keys[0]
            node = nodes[0]
            size = drop_first(keys, nodes, size)
            if key != distance[node]:
                continue
            if field.below[node] != now and field.below[node] != -now and (parent[node] >= 0 or node == start):
                found = node
                break
            for arc in range(graph.in_ptr[node], graph.in_ptr[node + 1]):
                other = graph.tail[arc]
                length = key + graph.cost[arc]
                if length >= price or (stamp[other] == now and distance[other] <= length):
                    continue
                stamp[other] = now
                distance[other] = length
                field.chosen[other] = arc
                size = push(keys, nodes, size, length, other)
        if found < 0:
            continue
        gain += price - distance[found]
        node = key_node
        while node != top:
            above = graph.tail[parent[node]]
            parent[node] = -1
            node = above
        node = found
        while field.chosen[node] >= 0:
            # The arc chosen leads from `node` to the next one down.
            arc = field.chosen[node]
            node = _head_of(arc, graph)
            if field.below[node] == now:
                _turn(node, arc, graph, parent)
                break
            parent[node] = arc
    return gain


@njit(cache=True, nogil=True)
def _head_of(arc, graph):  # type: ignore[no-untyped-def]
    return graph.tail[graph.mate[arc]]


@njit(cache=True, nogil=True)
def _turn(node, arc, graph, parent):  # type: ignore[no-untyped-def]
    """Hang a branch on one of its nodes, which `arc` leads into: all arcs from its old top down to there are turned."""
    while node >= 0:
        old = parent[node]
        parent[node] = arc
        if old < 0:
            break
        arc = graph.mate[old]
        node = graph.tail[old]


@njit(cache=True, nogil=True)
def _take_in(start, first, last, graph, worth, parent, field):  # type: ignore[no-untyped-def]
    """Join terminals outside that are worth more than the way to the tree; returns the gain."""
    gain = np.int64(0)
    distance = field.distance
    stamp = field.stamp
    keys = field.heap_key
    nodes = field.heap_node
    for terminal in range(first, last):
        if worth[terminal] == 0 or parent[terminal] >= 0 or terminal == start:
            continue
        field.now[0] += 1
        now = field.now[0]
        stamp[terminal] = now
        distance[terminal] = 0
        field.chosen[terminal] = -1
        size = push(keys, nodes, 0, np.int64(0), terminal)
        while size > 0:
            key = keys[0]
            node = nodes[0]
            size = drop_first(keys, nodes, size)
            if key != distance[node]:
                continue
            if parent[node] >= 0 or node == start:
                gain += worth[terminal] - key
                while field.chosen[node] >= 0:
                    arc = field.chosen[node]
                    node = _head_of(arc, graph)
                    parent[node] = arc
                break
            for arc in range(graph.in_ptr[node], graph.in_ptr[node + 1]):
                other = graph.tail[arc]
                length = key + graph.cost[arc]
                if length >= worth[terminal] or (stamp[other] == now and distance[other] <= length):
                    continue
                stamp[other] = now
                distance[other] = length
                field.chosen[other] = arc
                size = push(keys, nodes, size, length, other)
    return gain
