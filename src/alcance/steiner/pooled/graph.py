"""An undirected graph for the pooled ascent: no node but the problem's own, neighbours side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

from alcance.adjacency import by_both_ends, cheapest_by_both_ends, pointer_by
from alcance.proof import REQUIRED

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alcance.steiner.problem import Problem

# What a required terminal can pay: more than any bound, and twice of it still fits 64 bits.
UNLIMITED = 1 << 61


class Graph(NamedTuple):
    """Arcs both ways at one price, ordered by head, nodes numbered so that neighbours stand close together.

    Parameters
    ----------
    root
        int64[1]: the root, or −1 for one outside that may open any node.
    in_ptr
        int32[n + 1]; the arcs into v are in_ptr[v] … in_ptr[v + 1] − 1.
    tail, cost, mate
        int32[m], int64[m], int32[m] by arc; the mate leads the other way.
    terminals
        int32[k] nodes, ascending, without the root.
    budget
        int64[k]: the prizes, `UNLIMITED` where required.
    node, arc
        int32[n], int32[m]: the numbers in the problem.
    """

    root: NDArray[np.int64]
    in_ptr: NDArray[np.int32]
    tail: NDArray[np.int32]
    cost: NDArray[np.int64]
    mate: NDArray[np.int32]
    terminals: NDArray[np.int32]
    budget: NDArray[np.int64]
    node: NDArray[np.int32]
    arc: NDArray[np.int32]


def make_graph(problem: Problem) -> Graph | None:
    """The problem in the form of the kernels; None where nodes cost or some arc has none of its price the other way."""
    if problem.node_costs.any():
        return None
    count, root = problem.node_count, -1 if problem.root is None else problem.root
    arc = cheapest_by_both_ends(problem.heads, problem.tails, problem.costs, count)
    tails, heads = problem.tails[arc], problem.heads[arc]
    node, place = _order(pointer_by(heads, count), tails, max(root, 0))
    tails, heads = place[tails], place[heads]
    order = by_both_ends(heads, tails, count)
    in_ptr = pointer_by(heads, count).astype(np.int32)
    tail, arc = tails[order], arc[order]
    cost = problem.costs[arc]
    mate = _mates(in_ptr, tail)
    if not _is_undirected(in_ptr, tail, cost, mate):
        return None
    worth = np.where(problem.prizes == REQUIRED, np.int64(UNLIMITED), problem.prizes)
    wanted = np.flatnonzero((worth > 0) & (problem.terminals != root))
    at = place[problem.terminals[wanted]]
    ascending = np.argsort(at, kind="stable")
    top = np.array([-1 if root < 0 else place[root]], dtype=np.int64)
    return Graph(top, in_ptr, tail, cost, mate, at[ascending], worth[wanted][ascending], node, arc)


@njit(cache=True, nogil=True)
def _order(ptr, near, start):  # type: ignore[no-untyped-def]
    """Nodes in the order of a breadth-first search, and the place of each in it."""
    count = ptr.size - 1
    node = np.empty(count, dtype=np.int32)
    place = np.full(count, -1, dtype=np.int32)
    at = 0
    following = 0
    node[0] = start
    place[start] = 0
    found = 1
    while at < count:
        if at == found:
            while place[following] >= 0:
                following += 1
            node[found] = following
            place[following] = found
            found += 1
        here = node[at]
        at += 1
        for arc in range(ptr[here], ptr[here + 1]):
            other = near[arc]
            if place[other] < 0:
                place[other] = found
                node[found] = other
                found += 1
    return node, place


@njit(cache=True, nogil=True)
def _is_undirected(in_ptr, tail, cost, mate):  # type: ignore[no-untyped-def]
    for head in range(in_ptr.size - 1):
        for arc in range(in_ptr[head], in_ptr[head + 1]):
            back = mate[arc]
            if back >= in_ptr[tail[arc] + 1] or tail[back] != head or cost[back] != cost[arc]:
                return False
    return True


@njit(cache=True, nogil=True)
def _mates(in_ptr, tail):  # type: ignore[no-untyped-def]
    """The arc the other way: as heads ascend, each node's arcs are met in the order of their tails."""
    mate = np.empty(tail.size, dtype=np.int32)
    fill = in_ptr[:-1].copy()
    for head in range(in_ptr.size - 1):
        for arc in range(in_ptr[head], in_ptr[head + 1]):
            other = tail[arc]
            mate[arc] = fill[other]
            fill[other] += 1
    return mate
