"""Edges that a walk over terminals makes superfluous: special distances, with prizes (Rehfeldt and Koch 2022).

The length of a walk is the dearest of its parts, each part counted as its edges less the prizes of the terminals
inside it. An edge no cheaper than such a walk between its ends can be left out: whatever tree uses it can use a part
of the walk instead, and what that gains in prizes pays for the rest. Required terminals and the root end every part.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from alcance.steiner.heap import drop_first, push
from alcance.steiner.problem import REQUIRED
from alcance.steiner.reduce.draft import ABSENT, PLAIN, ROOT, drop_edge

HEAP_ROOM = 8192


@njit(cache=True, nogil=True)
def start_search(nodes):  # type: ignore[no-untyped-def]
    """Working arrays of `search`: length, last part, arc into, stamp, whether settled, heap, and the stamp in use."""
    return (
        np.zeros(nodes, dtype=np.int64),
        np.zeros(nodes, dtype=np.int64),
        np.zeros(nodes, dtype=np.int32),
        np.zeros(nodes, dtype=np.int32),
        np.zeros(nodes, dtype=np.uint8),
        np.zeros(HEAP_ROOM, dtype=np.int64),
        np.zeros(HEAP_ROOM, dtype=np.int32),
        np.zeros(1, dtype=np.int32),
    )


@njit(cache=True, nogil=True)
def worth(draft, node):  # type: ignore[no-untyped-def]
    """What a walk gains at a node: its prize, or `ABSENT` (any amount) where every solution holds it."""
    prize = draft.prize[node]
    if node == draft.count[ROOT] or prize == REQUIRED:
        return ABSENT
    return np.int64(0) if prize == PLAIN else prize


@njit(cache=True, nogil=True)
def search(draft, start, avoid, limit, budget, scratch):  # type: ignore[no-untyped-def]
    """Label nodes with lengths of walks from `start`, not through `avoid`, of at most `limit`; returns the stamp.

    Every label is the length of a true walk that visits no node twice; it need not be the shortest.
    """
    length, part, into, stamp, settled, keys, heap, stamps = scratch
    stamps[0] += 1
    now = stamps[0]
    length[start], part[start], into[start], stamp[start], settled[start] = 0, 0, -1, now, 0
    size = push(keys, heap, 0, np.int64(0), start)
    looked = 0
    while size > 0 and looked < budget:
        key, node = keys[0], heap[0]
        size = drop_first(keys, heap, size)
        if settled[node] or key != length[node]:
            continue
        settled[node] = 1
        looked += 1
        base = max(np.int64(0), part[node] - worth(draft, node)) if node != start else np.int64(0)
        arc = draft.first[node]
        while arc >= 0:
            head = draft.tail[arc ^ 1]
            end = base + draft.cost[arc]
            if end <= limit and head != avoid and size < keys.size:
                whole = max(key, end)
                fresh = stamp[head] != now
                if fresh or (not settled[head] and (whole < length[head] or (whole == length[head] and end <= part[head]))):
                    stamp[head], settled[head] = now, 0
                    length[head], part[head], into[head] = whole, end, arc
                    size = push(keys, heap, size, whole, head)
            arc = draft.after[arc]
    return now


@njit(cache=True, nogil=True)
def drop_special(draft, budget):  # type: ignore[no-untyped-def]
    """Delete edges no cheaper than a walk found among `budget` nodes around an end; returns how many.

    Right in undirected problems only. The edges of a search's own walks are never deleted by it.
    """
    scratch = start_search(draft.alive.size)
    length, into, stamp = scratch[0], scratch[2], scratch[3]
    dropped = 0
    for start in range(draft.alive.size):
        if not draft.alive[start] or draft.degree[start] < 2:
            continue
        limit = np.int64(0)
        arc = draft.first[start]
        while arc >= 0:
            limit = max(limit, draft.cost[arc])
            arc = draft.after[arc]
        now = search(draft, start, -1, limit, budget, scratch)
        arc = draft.first[start]
        while arc >= 0:
            following = draft.after[arc]
            head = draft.tail[arc ^ 1]
            if stamp[head] == now and into[head] != arc and length[head] <= draft.cost[arc]:
                drop_edge(draft, arc)
                dropped += 1
            arc = following
    return dropped
