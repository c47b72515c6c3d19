"""Whom each arc of a plan serves, asked in constant time: the plan's tree numbered in depth-first order (Tarjan 1972)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alcance.steiner.net import Net


class Serving(NamedTuple):
    """A plan and its order.

    Parameters
    ----------
    parent
        int32[n]: the arc into each node of the plan, −1 elsewhere.
    first, last
        int32[n]: what hangs below v are the nodes whose `first` lies from first[v] to last[v]; 0 outside the plan.
    """

    parent: NDArray[np.int32]
    first: NDArray[np.int32]
    last: NDArray[np.int32]


def serving_of(net: Net, parent: NDArray[np.int32]) -> Serving:
    """Number the tree of a plan."""
    first, last = np.zeros(parent.size, np.int32), np.zeros(parent.size, np.int32)
    _number(net, parent, first, last)
    return Serving(parent, first, last)


def no_serving(net: Net) -> Serving:
    """Of no plan at all: nobody is served by anything."""
    nothing = np.zeros(net.terminal_at.size, np.int32)
    return Serving(nothing - 1, nothing, nothing)


@njit(cache=True, nogil=True)
def serves(node, other, serving):  # type: ignore[no-untyped-def]
    """Whether the plan's arc into `node` serves `other`."""
    return serving.first[node] <= serving.first[other] <= serving.last[node]


@njit(cache=True, nogil=True)
def _number(net, parent, first, last):  # type: ignore[no-untyped-def]
    count = parent.size
    below = np.zeros(count + 1, np.int64)
    for node in range(count):
        if parent[node] >= 0:
            below[net.tail[parent[node]] + 1] += 1
    for node in range(count):
        below[node + 1] += below[node]
    fill = below[:-1].copy()
    kids = np.zeros(max(1, below[count]), np.int32)
    for node in range(count):
        if parent[node] >= 0:
            kids[fill[net.tail[parent[node]]]] = node
            fill[net.tail[parent[node]]] += 1
    stack = np.zeros(count, np.int32)
    at = below[:-1].copy()
    clock = 1
    stack[0] = net.root[0]
    first[net.root[0]] = clock
    size = 1
    while size > 0:
        node = stack[size - 1]
        if at[node] < below[node + 1]:
            kid = kids[at[node]]
            at[node] += 1
            clock += 1
            first[kid] = clock
            stack[size] = kid
            size += 1
        else:
            last[node] = clock
            size -= 1
