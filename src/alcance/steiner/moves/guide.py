"""What the duals tell the moves: a fair price for each arc, and who would gain from a node being in the tree."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

from alcance.steiner.moves.takers import Takers, takers_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alcance.steiner.duals import Duals
    from alcance.steiner.net import Net

# Shares of the true cost in the blends of true and fair price that a rebuilding may go by.
BLENDS = (1.0, 0.0, 0.25, 0.5)


class Guide(NamedTuple):
    """Prices and neighbours from the duals.

    Parameters
    ----------
    weights
        [4, m]: true costs, then blends with fair prices; int32 where every cost fits, else int64. The fair price of an
        arc is the most that any one terminal was charged for it, and what is left of its cost.
    takers
        For each node the terminals that would gain from it.
    """

    weights: NDArray[np.int32] | NDArray[np.int64]
    takers: Takers


def make_guide(net: Net, duals: Duals) -> Guide:
    """Fair prices and takers from a finished dual ascent."""
    fits = int(net.cost.max(initial=0)) <= np.iinfo(np.int32).max
    weights = np.empty((len(BLENDS), net.cost.size), dtype=np.int32 if fits else np.int64)
    _blend(net.cost, _fair_prices(net, duals), np.array(BLENDS), weights)
    return Guide(weights, takers_of(duals))


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
