"""Arcs that a path between the same ends makes superfluous (the path test; Duin and Volgenant 1989)."""

from __future__ import annotations

import numpy as np
from numba import njit

from alcance.steiner.heap import drop_first, push
from alcance.steiner.reduce.draft import ABSENT, drop_arc, drop_edge


@njit(cache=True, nogil=True)
def drop_dominated(draft, budget, undirected):  # type: ignore[no-untyped-def]
    """Delete arcs for which a path no dearer is found among `budget` nodes around the tail; returns how many.

    Right in every problem, directed or not, and every potential stays one: a potential falls over an arc by no more
    than along the path. A search's own arcs are never deleted by it, so each witness stands at its turn. In an
    `undirected` problem the same path leads back, so both ways go, and what is left is undirected too.
    """
    nodes = draft.alive.size
    distance = np.zeros(nodes, dtype=np.int64)
    stamp = np.full(nodes, -1, dtype=np.int32)
    into = np.zeros(nodes, dtype=np.int32)
    room = np.int64(1024)
    keys = np.zeros(room, dtype=np.int64)
    heap = np.zeros(room, dtype=np.int32)
    dropped = 0
    for start in range(nodes):
        if not draft.alive[start] or draft.degree[start] < 2:
            continue
        limit = np.int64(-1)
        arc = draft.first[start]
        while arc >= 0:
            if draft.cost[arc] < ABSENT:
                limit = max(limit, draft.cost[arc])
            arc = draft.after[arc]
        if limit < 0:
            continue
        stamp[start], distance[start], into[start] = start, 0, -1
        size = push(keys, heap, 0, np.int64(0), start)
        looked = 0
        while size > 0 and looked < budget:
            key, node = keys[0], heap[0]
            size = drop_first(keys, heap, size)
            if key > distance[node]:
                continue
            looked += 1
            arc = draft.first[node]
            while arc >= 0:
                length = key + draft.cost[arc]
                if length <= limit and size < room:
                    head = draft.tail[arc ^ 1]
                    if stamp[head] != start or length < distance[head]:
                        stamp[head], distance[head], into[head] = start, length, arc
                        size = push(keys, heap, size, length, head)
                    elif length == distance[head] and length > key and draft.tail[into[head]] == start != node:
                        # As long as the direct arc, on which nothing was built yet: the way round takes its place.
                        into[head] = arc
                arc = draft.after[arc]
        arc = draft.first[start]
        while arc >= 0:
            following = draft.after[arc]
            head = draft.tail[arc ^ 1]
            known = draft.cost[arc] < ABSENT and stamp[head] == start
            if known and into[head] != arc and distance[head] <= draft.cost[arc]:
                if undirected:
                    drop_edge(draft, arc)
                else:
                    drop_arc(draft, arc)
                dropped += 1
            arc = following
    return dropped
