"""Cheapest ways from a set of nodes to every other."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from alcance.adjacency import by_end

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alcance.steiner import Problem

UNREACHED = np.int64(1) << 60


def distance_from(problem: Problem, sources: NDArray[np.int64]) -> NDArray[np.int64]:
    """Price of the cheapest way from any source to each node (Dijkstra); `UNREACHED` where there is none."""
    pointer, out = by_end(problem.tails, problem.node_count)
    distance: NDArray[np.int64] = _dijkstra(pointer, out, problem.heads, problem.costs, sources)
    return distance


@njit(cache=True, nogil=True)
def _dijkstra(pointer, out, heads, costs, sources):  # type: ignore[no-untyped-def]
    distance = np.full(len(pointer) - 1, np.int64(1) << 60, dtype=np.int64)
    heap = [(np.int64(0), np.int64(source)) for source in sources]
    for source in sources:
        distance[source] = 0
    while len(heap) > 0:
        price, at = heapq.heappop(heap)
        if price > distance[at]:
            continue
        for position in range(pointer[at], pointer[at + 1]):
            arc = out[position]
            head = np.int64(heads[arc])
            reached = price + costs[arc]
            if reached < distance[head]:
                distance[head] = reached
                heapq.heappush(heap, (reached, head))
    return distance
