"""One move on an undirected tree: a few neighbouring key paths are cut out, and what falls apart is joined anew.

A key path runs between nodes that are terminals or branch, without such a node inside. What is joined by least spanning
trees over distances holds the exchange of key paths and the elimination of key vertices (Uchoa and Werneck 2012); nodes
that have to be joined too, and are left again where nothing branches there, hold the insertion of vertices.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from alcance.steiner.duals import FAR
from alcance.steiner.heap import drop_first, push
from alcance.steiner.moves.state import random_below, random_share
from alcance.steiner.pooled.hung import (
    COST,
    ENDS,
    JOINTS,
    JOURNAL,
    MOST_ENDS,
    NOW,
    change,
    force,
    is_inside,
    is_key,
    put,
    shorten,
)

# Of a window's key paths these shares are cut.
CUT_SHARES = (0.3, 1.0)


@njit(cache=True, nogil=True)
def regrow(center, nodes, most, extra, slack, graph, tree, dice):  # type: ignore[no-untyped-def]
    """Cut up to `most` key paths around a node and join anew what falls apart; all is taken back if `slack` dearer.

    Parameters
    ----------
    nodes, extra
        How many nodes the window has, and how many of them have to be joined besides.

    Returns the arcs looked at.
    """
    counters = tree.counters
    counters[JOURNAL] = counters[JOINTS] = counters[ENDS] = 0
    before = counters[COST]
    count, work = _look_around(center, nodes, graph, tree)
    _cut(count, most, graph, tree, dice)
    if counters[ENDS] == 0 and extra == 0:
        return work
    shorten(0, graph, tree)
    for _ in range(extra):
        node = tree.order[random_below(dice, count)]
        if not is_inside(node, tree) and counters[ENDS] < MOST_ENDS:
            force(node, tree)
            counters[COST] -= tree.worth[node]
    parts, looked = _measure(count, graph, tree)
    joined = _join(parts, graph, tree)
    if joined:
        shorten(1, graph, tree)
    if not joined or counters[COST] - before > slack:
        at = counters[JOURNAL]
        while at > 0:
            at -= 1
            put(tree.journal_node[at], tree.journal_parent[at], graph, tree)
        counters[COST] = before
    return work + 2 * looked


@njit(cache=True, nogil=True)
def _look_around(center, most, graph, tree):  # type: ignore[no-untyped-def]
    """List the nodes nearest to one; returns how many, and the arcs looked at."""
    tree.counters[NOW] += 1
    now = tree.counters[NOW]
    keys, heap, distance, seen = tree.heap_key, tree.heap_node, tree.distance, tree.seen
    distance[center] = 0
    seen[center] = now
    size = push(keys, heap, 0, np.int64(0), center)
    count = 0
    work = 0
    while size > 0 and count < most:
        key, node = keys[0], heap[0]
        size = drop_first(keys, heap, size)
        if key != distance[node] or tree.window[node] == now:
            continue
        tree.window[node] = now
        tree.order[count] = node
        count += 1
        for arc in range(graph.in_ptr[node], graph.in_ptr[node + 1]):
            other = graph.tail[arc]
            length = key + graph.cost[arc]
            if seen[other] != now or length < distance[other]:
                seen[other] = now
                distance[other] = length
                size = push(keys, heap, size, length, other)
        work += graph.in_ptr[node + 1] - graph.in_ptr[node]
    tree.counters[NOW] += 1  # what was seen is forgotten; the window is renamed
    for at in range(count):
        tree.window[tree.order[at]] = now + 1
    return count, work


@njit(cache=True, nogil=True)
def _cut(count, most, graph, tree, dice):  # type: ignore[no-untyped-def]
    """Cut key paths out that lie wholly in the window, the nearest first, each with the same chance."""
    now = tree.counters[NOW]
    chance = CUT_SHARES[0] + (CUT_SHARES[1] - CUT_SHARES[0]) * random_share(dice)
    cut = 0
    for at in range(count):
        node = tree.order[at]
        if tree.parent[node] < 0 or not is_key(node, tree):
            continue
        above = graph.tail[tree.parent[node]]
        while tree.window[above] == now and not is_key(above, tree) and tree.parent[above] >= 0:
            above = graph.tail[tree.parent[above]]
        if tree.window[above] != now or random_share(dice) >= chance:
            continue
        if tree.counters[ENDS] + 2 >= MOST_ENDS:
            break
        force(node, tree)
        force(above, tree)
        here = node
        while here != above:
            following = graph.tail[tree.parent[here]]
            change(here, np.int32(-1), graph, tree)
            here = following
        cut += 1
        if cut == most:
            break
    for at in range(tree.counters[ENDS]):
        node = tree.end[at]
        if tree.worth[node] == 0:
            tree.forced[node] = 0  # it stays only as far as it holds others together


@njit(cache=True, nogil=True)
def _top_of(node, graph, tree):  # type: ignore[no-untyped-def]
    """The top of the part that a tree's node is in, remembered for all nodes on the way."""
    now = tree.counters[NOW]
    at = node
    while tree.seen[at] != now and tree.parent[at] >= 0:
        at = graph.tail[tree.parent[at]]
    if tree.seen[at] != now:
        tree.seen[at] = now
        tree.label[at] = at
        tree.link[at] = -1
    found = tree.label[at]
    while tree.seen[node] != now:
        tree.seen[node] = now
        tree.label[node] = found
        node = graph.tail[tree.parent[node]]
    return found


@njit(cache=True, nogil=True)
def _measure(count, graph, tree):  # type: ignore[no-untyped-def]
    """Find the nearest part of each node of the window, and the arcs where surroundings meet, in the heap by length.

    Returns how many parts there are, and the arcs looked at.
    """
    now = tree.counters[NOW]
    keys, heap, distance = tree.heap_key, tree.heap_node, tree.distance
    size = 0
    parts = 0
    work = 0
    for at in range(count):
        node = tree.order[at]
        distance[node] = FAR
        if is_inside(node, tree):
            top = _top_of(node, graph, tree)
            if tree.link[top] < 0:
                tree.link[top] = top
                parts += 1
            distance[node] = 0
            tree.via[node] = -1
    if parts < 2:
        return parts, count
    for at in range(count):
        if distance[tree.order[at]] == 0:
            size = push(keys, heap, size, np.int64(0), tree.order[at])
    while size > 0:
        key, node = keys[0], heap[0]
        size = drop_first(keys, heap, size)
        if key != distance[node]:
            continue
        for arc in range(graph.in_ptr[node], graph.in_ptr[node + 1]):
            other = graph.tail[arc]
            length = key + graph.cost[arc]
            if tree.window[other] == now and length < distance[other]:
                distance[other] = length
                tree.label[other] = tree.label[node]
                tree.via[other] = graph.mate[arc]
                size = push(keys, heap, size, length, other)
        work += graph.in_ptr[node + 1] - graph.in_ptr[node]
    for at in range(count):
        node = tree.order[at]
        for arc in range(graph.in_ptr[node], graph.in_ptr[node + 1]):
            other = graph.tail[arc]
            if other < node and tree.window[other] == now and tree.label[other] != tree.label[node]:
                size = push(keys, heap, size, distance[node] + graph.cost[arc] + distance[other], arc)
    tree.counters[JOINTS] = size
    return parts, work + count


@njit(cache=True, nogil=True)
def _root_of(top, tree):  # type: ignore[no-untyped-def]
    while tree.link[top] != top:
        tree.link[top] = tree.link[tree.link[top]]
        top = tree.link[top]
    return top


@njit(cache=True, nogil=True)
def _join(parts, graph, tree):  # type: ignore[no-untyped-def]
    """Join all parts along a least spanning tree of their distances; False where some cannot be reached."""
    keys, heap = tree.heap_key, tree.heap_node
    size = tree.counters[JOINTS]
    chosen = 0
    while size > 0 and chosen < parts - 1:
        arc = heap[0]
        size = drop_first(keys, heap, size)
        one = _root_of(tree.label[graph.tail[arc]], tree)
        two = _root_of(tree.label[graph.tail[graph.mate[arc]]], tree)
        if one != two:
            tree.link[one] = two
            tree.joint_arc[chosen] = arc
            chosen += 1
    if chosen < parts - 1:
        return False
    # Outwards from the part of the tree's own top; of the others each is reached once.
    while chosen > 0:
        left = 0
        for at in range(chosen):
            arc = tree.joint_arc[at]
            if _hangs(tree.label[graph.tail[arc]], tree):
                _hang_on(arc, graph, tree)
            elif _hangs(tree.label[graph.tail[graph.mate[arc]]], tree):
                _hang_on(graph.mate[arc], graph, tree)
            else:
                tree.joint_arc[left] = arc
                left += 1
        if left == chosen:
            return False
        chosen = left
    return True


@njit(cache=True, nogil=True)
def _hangs(top, tree):  # type: ignore[no-untyped-def]
    """Whether a part hangs on the tree: its old top is no top any more, or is the tree's."""
    return top == tree.top[0] or tree.link[top] == -2


@njit(cache=True, nogil=True)
def _hang_on(arc, graph, tree):  # type: ignore[no-untyped-def]
    """Hang the part around the head of an arc on the part around its tail, along the ways to either."""
    node = graph.tail[arc]
    while tree.via[node] >= 0 and tree.parent[node] < 0:
        _place(node, tree.via[node], graph, tree)
        node = graph.tail[tree.via[node]]
    node = graph.tail[graph.mate[arc]]
    tree.link[tree.label[node]] = -2
    while tree.via[node] >= 0:
        _place(node, arc, graph, tree)
        arc = graph.mate[tree.via[node]]
        node = graph.tail[tree.via[node]]
    while node >= 0:
        old = tree.parent[node]
        following = graph.tail[old] if old >= 0 else np.int32(-1)
        change(node, arc, graph, tree)
        if old < 0:
            break
        arc = graph.mate[old]
        node = following


@njit(cache=True, nogil=True)
def _place(node, arc, graph, tree):  # type: ignore[no-untyped-def]
    """Put a node of a way into the tree; a prize that lies on it is won."""
    tree.counters[COST] -= tree.worth[node]
    change(node, arc, graph, tree)
