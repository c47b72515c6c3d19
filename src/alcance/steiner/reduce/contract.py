"""Edges that some best tree holds: between terminals, and towards the nearest terminal (Duin and Volgenant 1989).

- Minimum adjacency: the cheapest edge at a terminal leads to a terminal, and costs no more than either prize.
- Nearest vertex: the cheapest edge of a required terminal, and from its other end on to a second required terminal,
  cost together no more than the terminal's second cheapest edge.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from alcance.steiner.heap import drop_first, push
from alcance.steiner.reduce.draft import ABSENT, ROOT, merge
from alcance.steiner.reduce.special import cheapest, start_search, worth

if TYPE_CHECKING:
    from alcance.steiner.reduce.draft import Draft


def contract_short(draft: Draft, budget: int) -> int:
    """Contract such edges, by searches among `budget` nodes; returns how many. Right in undirected problems only."""
    return int(_contract_all(draft, budget, start_search(draft)))


@njit(cache=True, nogil=True)
def _contract_all(draft, budget, found):  # type: ignore[no-untyped-def]
    contracted = 0
    for node in range(draft.alive.size):
        while draft.alive[node] and worth(draft, node) > 0 and draft.degree[node] > 0:
            arc, second = cheapest(draft, node)
            other = draft.tail[arc ^ 1]
            cost = draft.cost[arc]
            both = min(worth(draft, node), worth(draft, other))
            if not (both > 0 and cost <= both):
                if worth(draft, node) < ABSENT:
                    break
                if not _leads_to_terminal(draft, other, node, second - cost, budget, found):
                    break
            if other == draft.tally[ROOT]:
                merge(draft, node, other, arc ^ 1)
            else:
                merge(draft, other, node, arc)
            contracted += 1
    return contracted


@njit(cache=True, nogil=True)
def _leads_to_terminal(draft, start, avoid, limit, budget, found):  # type: ignore[no-untyped-def]
    """Whether a required terminal or the root is within `limit` of `start`, not through `avoid`."""
    distance, stamp, keys, heap = found.length, found.stamp, found.keys, found.heap
    found.now[0] += 1
    now = found.now[0]
    stamp[start], distance[start] = now, 0
    size = push(keys, heap, 0, np.int64(0), start)
    looked = 0
    while size > 0 and looked < budget:
        key, node = keys[0], heap[0]
        size = drop_first(keys, heap, size)
        if key > distance[node]:
            continue
        if worth(draft, node) == ABSENT:
            return True
        looked += 1
        arc = draft.first[node]
        while arc >= 0:
            head = draft.tail[arc ^ 1]
            length = key + draft.cost[arc]
            better = length <= limit and head != avoid and (stamp[head] != now or length < distance[head])
            if better and size < keys.size:
                stamp[head], distance[head] = now, length
                size = push(keys, heap, size, length, head)
            arc = draft.after[arc]
    return False
