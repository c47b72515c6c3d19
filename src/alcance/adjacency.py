"""Arcs listed by their ends, and what a search along them reaches."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray


def pointer_by(ends: NDArray[np.int32], count: int) -> NDArray[np.int64]:
    """Tell where each number's rows begin, were they listed by it, and where the last's end; int64[count + 1]."""
    pointer = np.zeros(count + 1, dtype=np.int64)
    _count(ends, pointer)
    return np.cumsum(pointer, out=pointer)


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
    pointer = pointer_by(ends, count)
    rows = np.empty(len(ends), dtype=np.int32)
    _deal_out(ends, pointer[:-1].copy(), rows)
    return pointer, rows


def by_both_ends(firsts: NDArray[np.int32], seconds: NDArray[np.int32], count: int) -> NDArray[np.int32]:
    """List rows by two numbers each bears, both below `count`; those with the same two in their own order."""
    by_second = by_end(seconds, count)[1]
    rows = np.empty_like(by_second)
    _deal_on(firsts, by_second, pointer_by(firsts, count)[:-1], rows)
    return rows


def cheapest_by_both_ends(
    firsts: NDArray[np.int32], seconds: NDArray[np.int32], costs: NDArray[np.int64], count: int
) -> NDArray[np.int32]:
    """List rows by two numbers each bears: of those with the same two the first of the cheapest, and no loops."""
    rows = by_both_ends(firsts, seconds, count)
    return rows[: _cheapest(firsts, seconds, costs, rows)]


def reached(
    from_ends: NDArray[np.int32], to_ends: NDArray[np.int32], count: int, start: NDArray[np.integer]
) -> NDArray[np.bool_]:
    """Tell which of `count` nodes can be reached along arcs from any of the nodes to start from."""
    pointer, arcs = by_end(from_ends, count)
    found = np.zeros(count, dtype=np.bool_)
    found[start] = True
    _spread(pointer, arcs, to_ends, start, found)
    return found


def neighbours(
    tails: NDArray[np.int32], heads: NDArray[np.int32], count: int
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """List what each node has an arc to or from, ascending and once each.

    Parameters
    ----------
    tails, heads
        Ends of arcs, ordered by head and tail.

    Returns
    -------
    (pointer, nodes)
        The neighbours of v are nodes[pointer[v]:pointer[v + 1]].
    """
    into = pointer_by(heads, count)
    out, arcs = by_end(tails, count)
    pointer = np.zeros(count + 1, dtype=np.int32)
    nobody = np.empty(0, dtype=np.int32)
    _merge(into, tails, out, arcs, heads, pointer, nobody)
    nodes = np.empty(int(pointer[-1]), dtype=np.int32)
    _merge(into, tails, out, arcs, heads, pointer, nodes)
    return pointer, nodes


@njit(cache=True, nogil=True)
def _count(ends, pointer):  # type: ignore[no-untyped-def]
    """Count the rows of each number, one place on (`bincount` would widen all numbers first)."""
    for end in ends:
        pointer[end + 1] += 1


@njit(cache=True, nogil=True)
def _deal_out(ends, place, rows):  # type: ignore[no-untyped-def]
    for row in range(len(ends)):
        rows[place[ends[row]]] = row
        place[ends[row]] += 1


@njit(cache=True, nogil=True)
def _deal_on(ends, given, place, rows):  # type: ignore[no-untyped-def]
    for row in given:
        rows[place[ends[row]]] = row
        place[ends[row]] += 1


@njit(cache=True, nogil=True)
def _cheapest(firsts, seconds, costs, rows):  # type: ignore[no-untyped-def]
    """Move the rows that stay to the front; returns how many they are."""
    size = 0
    for row in rows:
        first, second = firsts[row], seconds[row]
        if first == second:
            continue
        if size > 0 and firsts[rows[size - 1]] == first and seconds[rows[size - 1]] == second:
            if costs[row] < costs[rows[size - 1]]:
                rows[size - 1] = row
            continue
        rows[size] = row
        size += 1
    return size


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


@njit(cache=True, nogil=True)
def _merge(into, tails, out, arcs, heads, pointer, nodes):  # type: ignore[no-untyped-def]
    """Count the neighbours of each node, or where there is room for them write them down."""
    size = 0
    for node in range(len(pointer) - 1):
        before, after = into[node], out[node]
        while before < into[node + 1] or after < out[node + 1]:
            if after == out[node + 1] or (before < into[node + 1] and tails[before] < heads[arcs[after]]):
                there = tails[before]
            else:
                there = heads[arcs[after]]
            while before < into[node + 1] and tails[before] == there:
                before += 1
            while after < out[node + 1] and heads[arcs[after]] == there:
                after += 1
            if len(nodes) > 0:
                nodes[size] = there
            size += 1
        pointer[node + 1] = size
