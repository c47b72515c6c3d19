"""Cheapest ways from a set of nodes to every other."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alcance.steiner import Problem

UNREACHED = np.int64(1) << 60


def distance_from(problem: Problem, sources: NDArray[np.int64]) -> NDArray[np.int64]:
    """Price of the cheapest way from any source to each node (Dijkstra); `UNREACHED` where there is none."""
    out = np.argsort(problem.tails, kind="stable").astype(np.int64)
    pointer = np.searchsorted(problem.tails[out], np.arange(problem.node_count + 1)).astype(np.int64)
    distance: NDArray[np.int64] = _dijkstra(pointer, problem.heads[out].astype(np.int64), problem.costs[out], sources)
    return distance


@njit(cache=True)
def _dijkstra(pointer, heads, costs, sources):  # type: ignore[no-untyped-def]
    distance = np.full(len(pointer) - 1, np.int64(1) << 60, dtype=np.int64)
    heap = [(np.int64(0), np.int64(source)) for source in sources]
    for source in sources:
        distance[source] = 0
    while len(heap) > 0:
        price, at = heapq.heappop(heap)
        if price > distance[at]:
            continue
        for position in range(pointer[at], pointer[at + 1]):
            head = heads[position]
            reached = price + costs[position]
            if reached < distance[head]:
                distance[head] = reached
                heapq.heappush(heap, (reached, head))
    return distance
