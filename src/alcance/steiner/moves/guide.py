"""What the duals tell the moves: a fair price for each arc, and who would gain from a node being in the tree."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alcance.steiner.ascent import Duals
    from alcance.steiner.net import Net

# Shares of the true cost in the blends of true and fair price that a rebuilding may go by.
BLENDS = (1.0, 0.0, 0.25, 0.5)
MOST_TAKERS = 48
# Entries of the balls that are ordered at once: bounds the memory on large graphs.
ENTRIES_AT_ONCE = 1 << 23


class Guide(NamedTuple):
    """Prices and neighbours from the duals.

    Parameters
    ----------
    weights
        [4, m]: true costs, then blends with fair prices; int32 where every cost fits, else int64. The fair price of an
        arc is the most that any one terminal was charged for it, and what is left of its cost.
    taker_ptr, takers
        int32[n + 1], int32[]: for each node the terminals whose ball holds it, nearest first.
    """

    weights: NDArray[np.int32] | NDArray[np.int64]
    taker_ptr: NDArray[np.int64]
    takers: NDArray[np.int32]


def make_guide(net: Net, duals: Duals) -> Guide:
    """Fair prices and takers from a finished dual ascent."""
    nodes = net.terminal_at.size
    fits = int(net.cost.max(initial=0)) <= np.iinfo(np.int32).max
    weights = np.empty((len(BLENDS), net.cost.size), dtype=np.int32 if fits else np.int64)
    _blend(net.cost, _fair_prices(net, duals), np.array(BLENDS), weights)
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
    return Guide(weights, kept_ptr, takers)


def _fair_prices(net: Net, duals: Duals) -> NDArray[np.int64]:
    fair = np.zeros(net.cost.size, dtype=np.int64)
    nodes = net.terminal_at.size
    _greatest_charges(net, duals, fair, np.full(nodes, -1, dtype=np.int32), np.zeros(nodes, dtype=np.int64))
    fair += duals.reduced
    return fair


@njit(cache=True, nogil=True)
def _blend(cost, fair, shares, weights):  # type: ignore[no-untyped-def]
    for row in range(shares.size):
        for arc in range(cost.size):
            weights[row, arc] = fair[arc] + np.int64(np.rint((cost[arc] - fair[arc]) * shares[row]))


@njit(cache=True, nogil=True)
def _greatest_charges(net, duals, greatest, owner, potential):  # type: ignore[no-untyped-def]
    for terminal in range(duals.charge.size):
        start = duals.start[terminal]
        stop = start + duals.length[terminal]
        for at in range(start, stop):
            owner[duals.pool_node[at]] = terminal
            potential[duals.pool_node[at]] = duals.pool_value[at]
        for at in range(start, stop):
            node = duals.pool_node[at]
            for arc in range(net.in_ptr[node], net.in_ptr[node + 1]):
                tail = net.tail[arc]
                far = duals.charge[terminal]
                if owner[tail] == terminal:
                    far = potential[tail]
                greatest[arc] = max(greatest[arc], far - duals.pool_value[at])


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
