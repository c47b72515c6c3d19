"""Arcs listed by one of their ends, and what a search along them reaches."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray


def by_end(ends: NDArray[np.int32], count: int) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """List rows by a number each bears, those of one number in their own order.

    Parameters
    ----------
    ends
        m numbers below `count`: the node at one end of every arc, or the place at one end of every path.
    count
        How many numbers there are.

    Returns
    -------
    (pointer, rows)
        The rows of number v are rows[pointer[v]:pointer[v + 1]].
    """
    pointer = np.zeros(count + 1, dtype=np.int64)
    np.cumsum(np.bincount(ends, minlength=count), out=pointer[1:])
    rows = np.empty(len(ends), dtype=np.int32)
    _deal_out(ends, pointer[:-1].copy(), rows)
    return pointer, rows


def reached(
    from_ends: NDArray[np.int32], to_ends: NDArray[np.int32], count: int, start: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Tell which of `count` nodes can be reached along arcs from any of the nodes to start from."""
    pointer, arcs = by_end(from_ends, count)
    found = np.zeros(count, dtype=np.bool_)
    found[start] = True
    _spread(pointer, arcs, to_ends, start, found)
    return found


@njit(cache=True, nogil=True)
def _deal_out(ends, place, rows):  # type: ignore[no-untyped-def]
    for row in range(len(ends)):
        rows[place[ends[row]]] = row
        place[ends[row]] += 1


@njit(cache=True, nogil=True)
def _spread(pointer, arcs, to_ends, start, found):  # type: ignore[no-untyped-def]
    stack = np.empty(len(found), dtype=np.int32)
    size = 0
    for node in start:
        stack[size] = node
        size += 1
    while size > 0:
        size -= 1
        node = stack[size]
        for position in range(pointer[node], pointer[node + 1]):
            there = to_ends[arcs[position]]
            if not found[there]:
                found[there] = True
                stack[size] = there
                size += 1
