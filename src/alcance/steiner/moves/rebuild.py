"""Composite moves: re-hang one branch, or cut a neighbourhood's terminals off and hang them on anew."""

from __future__ import annotations

import numpy as np
from numba import njit

from alcance.steiner.duals import FAR
from alcance.steiner.moves.search import attach, find_way
from alcance.steiner.moves.state import COST, JOURNAL, detach, is_full, random_below, random_bits, undo


@njit(cache=True, nogil=True)
def rehang(node, slack, forbid, net, tree, room, weights):  # type: ignore[no-untyped-def]
    """Cut a branch off and hang it on the cheapest way, if less than `slack` dearer; False if nothing changed."""
    mark = tree.counters[JOURNAL]
    old = tree.parent[node]
    forbidden = old if forbid else np.int32(-1)
    saving = detach(node, net, tree)
    target = find_way(node, saving + slack, forbidden, weights[0], np.int64(0), np.uint64(0), net, tree, room)
    if target < 0:
        undo(mark, net, tree)
        return False
    attach(node, target, net, tree, room)
    return True


@njit(cache=True, nogil=True)
def terminals_below(top, most, net, tree, room):  # type: ignore[no-untyped-def]
    """List the terminals of a branch in `room.listed` as nodes; returns how many, or −1 where more than `most`."""
    stack = room.heap_node
    stack[0] = top
    size = 1
    count = 0
    while size > 0:
        size -= 1
        node = stack[size]
        if net.terminal_at[node] >= 0:
            if count == most:
                return -1
            room.listed[count] = node
            count += 1
        if tree.kids[node] > 0:
            room.work[0] += net.out_ptr[node + 1] - net.out_ptr[node]
            for place in range(net.out_ptr[node], net.out_ptr[node + 1]):
                arc = net.out_arc[place]
                if tree.parent[net.head[arc]] == arc:
                    stack[size] = net.head[arc]
                    size += 1
    return count


@njit(cache=True, nogil=True)
def rebuild(count, opened, row, jitter, slack, net, tree, room, weights, dice):  # type: ignore[no-untyped-def]
    """Cut off the `count` terminals in `room.listed` and hang them on anew; False (all taken back) if `slack` dearer.

    They are hung on in random order by the prices of `weights[row]`, then once more each by true costs, when what is
    shared has been built. `opened` (a node, or −1) is put into the tree first.
    """
    mark = tree.counters[JOURNAL]
    before = tree.counters[COST]
    forbid = False
    salt = random_bits(dice)
    for at in range(count):
        other = at + random_below(dice, count - at)
        room.listed[at], room.listed[other] = room.listed[other], room.listed[at]
    for at in range(count):
        node = room.listed[at]
        if tree.kids[node] == 0:
            detach(node, net, tree)
    if opened >= 0 and not tree.inside[opened]:
        target = find_way(opened, FAR, np.int32(-1), weights[row], jitter, salt, net, tree, room)
        if target < 0:
            undo(mark, net, tree)
            return False
        attach(opened, target, net, tree, room)
    for at in range(count):
        node = room.listed[at]
        if tree.inside[node]:
            continue
        target = find_way(node, FAR, np.int32(-1), weights[row], jitter, salt, net, tree, room)
        if target < 0:
            undo(mark, net, tree)
            return False
        attach(node, target, net, tree, room)
    if opened >= 0 and tree.kids[opened] == 0 and net.terminal_at[opened] < 0 and tree.parent[opened] >= 0:
        detach(opened, net, tree)
    for _ in range(2):
        changed = False
        for at in range(count):
            node = room.listed[at]
            was = tree.parent[node]
            if is_full(tree):
                break
            if rehang(node, np.int64(0), forbid, net, tree, room, weights) and tree.parent[node] != was:
                changed = True
        if not changed:
            break
    if tree.counters[COST] - before >= slack:
        undo(mark, net, tree)
        return False
    return True
