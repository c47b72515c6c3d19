"""Who would gain from a node being in the network: the terminals whose balls hold it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alcance.steiner.duals import Duals

MOST_TAKERS = 48
# Entries of the balls that are ordered at once: bounds the memory on large graphs.
ENTRIES_AT_ONCE = 1 << 23


class Takers(NamedTuple):
    """For each node terminals whose ball holds it, nearest first.

    Parameters
    ----------
    ptr, terminal
        int64[n + 1], int32[]: those of node v are ptr[v] … ptr[v + 1] − 1.
    """

    ptr: NDArray[np.int64]
    terminal: NDArray[np.int32]


def takers_of(duals: Duals) -> Takers:
    """Takers from a finished dual ascent."""
    nodes = duals.rooted.size
    counts = _entries_per_node(duals, nodes)
    ptr = np.zeros(nodes + 1, dtype=np.int64)
    ptr[1:] = np.cumsum(counts)
    kept_ptr = np.zeros(nodes + 1, dtype=np.int64)
    kept_ptr[1:] = np.cumsum(np.minimum(counts, MOST_TAKERS))
    takers = np.zeros(int(kept_ptr[-1]), dtype=np.int32)
    low = 0
    while low < nodes:
        high = max(low + 1, int(np.searchsorted(ptr, ptr[low] + ENTRIES_AT_ONCE, side="right")) - 1)
        part = ptr[low : high + 1] - ptr[low]
        owner, value = np.empty(int(part[-1]), dtype=np.int32), np.empty(int(part[-1]), dtype=np.int64)
        _by_node(duals, low, part[:-1].copy(), owner, value)
        _nearest_first(part, owner, value, kept_ptr[low : high + 1], takers)
        low = high
    return Takers(kept_ptr, takers)


@njit(cache=True, nogil=True)
def _entries_per_node(duals, node_count):  # type: ignore[no-untyped-def]
    counts = np.zeros(node_count, dtype=np.int64)
    for terminal in range(duals.charge.size):
        start = duals.start[terminal]
        for at in range(start, start + duals.length[terminal]):
            counts[duals.pool_node[at]] += 1
    return counts


@njit(cache=True, nogil=True)
def _by_node(duals, low, fill, owner, value):  # type: ignore[no-untyped-def]
    """List the entries of the nodes from `low` on, as many as `fill` has places for, node by node."""
    for terminal in range(duals.charge.size):
        start = duals.start[terminal]
        for at in range(start, start + duals.length[terminal]):
            node = duals.pool_node[at] - low
            if 0 <= node < fill.size:
                owner[fill[node]] = terminal
                value[fill[node]] = duals.pool_value[at]
                fill[node] += 1


@njit(cache=True, nogil=True)
def _nearest_first(ptr, owner, value, kept_ptr, takers):  # type: ignore[no-untyped-def]
    for node in range(ptr.size - 1):
        kept = kept_ptr[node + 1] - kept_ptr[node]
        order = np.argsort(value[ptr[node] : ptr[node + 1]], kind="mergesort")
        for at in range(kept):
            takers[kept_ptr[node] + at] = owner[ptr[node] + order[at]]
