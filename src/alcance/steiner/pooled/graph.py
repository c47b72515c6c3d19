"""An undirected graph for the pooled ascent: no node but the problem's own, neighbours side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

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
    root = -1 if problem.root is None else problem.root
    ptr, near, price, arcs = _by_head(problem.node_count, problem.tails, problem.heads, problem.costs)
    node, place = _order(ptr, near, max(root, 0))
    in_ptr, tail, cost, arc = _renumbered(ptr, near, price, arcs, node, place)
    mate = _mates(in_ptr, tail)
    if not _is_undirected(in_ptr, tail, cost, mate):
        return None
    worth = np.where(problem.prizes == REQUIRED, np.int64(UNLIMITED), problem.prizes)
    wanted = np.flatnonzero((worth > 0) & (problem.terminals != root))
    at = place[problem.terminals[wanted]]
    order = np.argsort(at, kind="stable")
    top = np.array([-1 if root < 0 else place[root]], dtype=np.int64)
    return Graph(top, in_ptr, tail, cost, mate, at[order], worth[wanted][order], node, arc)


@njit(cache=True, nogil=True)
def _by_head(node_count, tails, heads, costs):  # type: ignore[no-untyped-def]
    """Arcs into each node ordered by tail, loops and all but the cheapest of parallel arcs gone."""
    # Counting by tail first and by head then leaves the arcs of a head ordered by tail.
    by_tail = np.zeros(node_count + 1, dtype=np.int32)
    for tail in tails:
        by_tail[tail + 1] += 1
    for node in range(node_count):
        by_tail[node + 1] += by_tail[node]
    order = np.empty(tails.size, dtype=np.int32)
    for arc in range(tails.size):
        order[by_tail[tails[arc]]] = arc
        by_tail[tails[arc]] += 1
    ptr = np.zeros(node_count + 2, dtype=np.int32)
    for head in heads:
        ptr[head + 2] += 1
    for node in range(node_count):
        ptr[node + 2] += ptr[node + 1]
    arcs = np.empty(tails.size, dtype=np.int32)
    for at in range(order.size):
        arc = order[at]
        arcs[ptr[heads[arc] + 1]] = arc
        ptr[heads[arc] + 1] += 1
    near = np.empty(tails.size, dtype=np.int32)
    price = np.empty(tails.size, dtype=np.int64)
    count = 0
    begin = 0
    for node in range(node_count):
        end = ptr[node + 1]
        first = count
        for at in range(begin, end):
            arc = arcs[at]
            tail = tails[arc]
            if tail == node:
                continue
            if count > first and near[count - 1] == tail:
                if costs[arc] < price[count - 1]:
                    price[count - 1] = costs[arc]
                    arcs[count - 1] = arc
                continue
            near[count] = tail
            price[count] = costs[arc]
            arcs[count] = arc
            count += 1
        begin = end
        ptr[node + 1] = count
    return ptr[: node_count + 1], near[:count], price[:count], arcs[:count]


@njit(cache=True, nogil=True)
def _order(ptr, near, start):  # type: ignore[no-untyped-def]
    """Nodes in the order of a breadth-first search, and the place of each in it."""
    count = ptr.size - 1
    node = np.empty(count, dtype=np.int32)
    place = np.full(count, -1, dtype=np.int32)
    found = 0
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
def _renumbered(ptr, near, price, arcs, node, place):  # type: ignore[no-untyped-def]
    in_ptr = np.zeros(ptr.size, dtype=np.int32)
    tail = np.empty(near.size, dtype=np.int32)
    cost = np.empty(near.size, dtype=np.int64)
    arc = np.empty(near.size, dtype=np.int32)
    count = 0
    for new in range(node.size):
        old = node[new]
        first = count
        for at in range(ptr[old], ptr[old + 1]):
            other = place[near[at]]
            to = count
            while to > first and tail[to - 1] > other:
                tail[to] = tail[to - 1]
                cost[to] = cost[to - 1]
                arc[to] = arc[to - 1]
                to -= 1
            tail[to] = other
            cost[to] = price[at]
            arc[to] = arcs[at]
            count += 1
        in_ptr[new + 1] = count
    return in_ptr, tail, cost, arc


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
