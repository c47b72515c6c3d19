"""A binary heap of (key, node) pairs in two plain arrays, for the Dijkstra searches of the kernels."""

from __future__ import annotations

from numba import njit


@njit(cache=True, inline="always")
def push(keys, nodes, size, key, node):  # type: ignore[no-untyped-def]
    """Add a pair to a heap of `size` entries; returns the new size (the arrays must have room)."""
    at = size
    while at > 0:
        above = (at - 1) >> 1
        if keys[above] <= key:
            break
        keys[at] = keys[above]
        nodes[at] = nodes[above]
        at = above
    keys[at] = key
    nodes[at] = node
    return size + 1


@njit(cache=True, inline="always")
def drop_first(keys, nodes, size):  # type: ignore[no-untyped-def]
    """Remove the least pair (read it at index 0 before); returns the new size."""
    size -= 1
    key = keys[size]
    node = nodes[size]
    at = 0
    while True:
        below = 2 * at + 1
        if below >= size:
            break
        if below + 1 < size and keys[below + 1] < keys[below]:
            below += 1
        if keys[below] >= key:
            break
        keys[at] = keys[below]
        nodes[at] = nodes[below]
        at = below
    keys[at] = key
    nodes[at] = node
    return size
