"""Find the cheapest way to hang a node on the tree: a bounded backward Dijkstra over what is not in the tree."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

from alcance.steiner.heap import drop_first, push
from alcance.steiner.moves.limits import NOW, price_of_room
from alcance.steiner.moves.state import COST, set_parent

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alcance.steiner.net import Net


class Room(NamedTuple):
    """Working arrays of the searches; `work` counts the arcs and tree steps looked at."""

    distance: NDArray[np.int64]
    toward: NDArray[np.int32]
    stamp: NDArray[np.int32]
    verdict: NDArray[np.int32]
    now: NDArray[np.int32]
    heap_key: NDArray[np.int64]
    heap_node: NDArray[np.int32]
    listed: NDArray[np.int32]
    work: NDArray[np.int64]


def make_room(net: Net) -> Room:
    """Working arrays for searches in `net`."""
    nodes = net.terminal_at.size
    heap = net.tail.size + nodes + 1
    return Room(
        np.zeros(nodes, dtype=np.int64),
        np.zeros(nodes, dtype=np.int32),
        np.zeros(nodes, dtype=np.int32),
        np.zeros(nodes, dtype=np.int32),
        np.zeros(1, dtype=np.int32),
        np.zeros(heap, dtype=np.int64),
        np.zeros(heap, dtype=np.int32),
        np.zeros(nodes, dtype=np.int32),
        np.zeros(1, dtype=np.int64),
    )


@njit(cache=True, nogil=True)
def _hangs_below(node, top, now, net, tree, room):  # type: ignore[no-untyped-def]
    """Whether a node of the tree hangs below `top`, which is cut off; answers are remembered for this search."""
    component = net.component[top]
    at = node
    answer = 0
    while True:
        if at == top:
            answer = 1
            break
        # Whatever hangs below `top` and also leads to it is in its component, all the way up.
        if net.component[at] != component:
            break
        if room.verdict[at] == 2 * now:
            break
        if room.verdict[at] == 2 * now + 1:
            answer = 1
            break
        arc = tree.parent[at]
        if arc < 0:
            break
        at = net.tail[arc]
        room.work[0] += 1
    last = at
    at = node
    while at != last:
        room.verdict[at] = 2 * now + answer
        at = net.tail[tree.parent[at]]
    return answer == 1


@njit(cache=True, nogil=True)
def find_way(node, bound, forbidden, weight, jitter, salt, net, tree, room):  # type: ignore[no-untyped-def]
    """The tree node from which `node` (cut off) is reached most cheaply, for less than `bound`; −1 where there is none.

    `forbidden` is an arc not to be used, or −1. With `jitter` > 0 each weight is raised by up to jitter/256 of itself,
    by a hash of arc and salt, so that repeated searches differ. `room.toward` holds the way.
    """
    room.now[0] += 1
    now = room.now[0]
    keys = room.heap_key
    nodes = room.heap_node
    distance = room.distance
    stamp = room.stamp
    target = -1
    component = net.component[node]
    limited = tree.load.size > 0
    carried = tree.load[node, NOW] if limited else np.int32(0)
    distance[node] = 0
    stamp[node] = now
    size = push(keys, nodes, 0, np.int64(0), node)
    while size > 0:
        key = keys[0]
        if key >= bound:
            break
        at = nodes[0]
        size = drop_first(keys, nodes, size)
        if key != distance[at]:
            continue
        room.work[0] += net.in_ptr[at + 1] - net.in_ptr[at]
        for arc in range(net.in_ptr[at], net.in_ptr[at + 1]):
            length = np.int64(weight[arc])
            if jitter > 0:
                mixed = ((np.uint64(arc) ^ salt) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(56)
                length += (length * jitter * np.int64(mixed)) >> np.int64(16)
            length += key
            if length >= bound or arc == forbidden or (limited and tree.limits.most[arc] < carried):
                continue
            tail = net.tail[arc]
            if tree.inside[tail]:
                if net.component[tail] == component and _hangs_below(tail, node, now, net, tree, room):
                    continue
                if limited:
                    length += price_of_room(tail, carried, bound - length, net, tree)
                    if length >= bound:
                        continue
                bound = length
                target = tail
                room.toward[tail] = arc
                continue
            if stamp[tail] == now and distance[tail] <= length:
                continue
            stamp[tail] = now
            distance[tail] = length
            room.toward[tail] = arc
            size = push(keys, nodes, size, length, tail)
    return target


@njit(cache=True, nogil=True)
def attach(node, target, net, tree, room):  # type: ignore[no-untyped-def]
    """Hang `node` on the tree along the way that `find_way` left; returns what that costs."""
    before = tree.counters[COST]
    at = target
    while at != node:
        arc = room.toward[at]
        at = net.head[arc]
        set_parent(at, arc, net, tree)
    return tree.counters[COST] - before
