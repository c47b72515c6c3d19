"""The cheapest other way to serve one terminal of a tree whose arcs may carry only so many."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from alcance.adjacency import by_end

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alcance.steiner import Problem

LOOK, MOVE = 0, 1  # price a move, or make it
MAX_SETTLED = 20_000  # nodes looked at for one move, where a way is known: the best of so many is cheap enough
NO_WAY = np.int64(1) << 60

# Tails, heads, costs, the pointer and list of arcs into each node, and limits.
Graph = tuple[
    "NDArray[np.int32]",
    "NDArray[np.int32]",
    "NDArray[np.int64]",
    "NDArray[np.int64]",
    "NDArray[np.int32]",
    "NDArray[np.int64]",
]
# Parents, loads by node, who is a terminal, and working arrays by node.
State = tuple[
    "NDArray[np.int64]",
    "NDArray[np.int64]",
    "NDArray[np.int64]",
    "tuple[NDArray[np.int64], NDArray[np.int64]]",
]


def make_graph(problem: Problem, limit: NDArray[np.int64]) -> Graph:
    """What the searches run on."""
    in_ptr, into = by_end(problem.heads, problem.node_count)
    return problem.tails, problem.heads, problem.costs, in_ptr, into, limit


def make_state(parent_arc: NDArray[np.int64], load: NDArray[np.int64], is_terminal: NDArray[np.int64]) -> State:
    """The tree under change, and working arrays."""
    nodes = len(parent_arc)
    return parent_arc, load, is_terminal, (np.full(nodes, -1, dtype=np.int64), np.full(nodes, -1, dtype=np.int64))


@njit(cache=True, nogil=True)
def take_out(graph, state, terminal):  # type: ignore[no-untyped-def]
    """Take a terminal out of the tree with what serves it alone."""
    tails = graph[0]
    parent_arc, load = state[0], state[1]
    node = terminal
    while parent_arc[node] >= 0:
        arc = parent_arc[node]
        load[node] -= 1
        if load[node] == 0:
            parent_arc[node] = -1
        node = np.int64(tails[arc])
    load[node] -= 1


@njit(cache=True, nogil=True)
def put_in(graph, state, terminal):  # type: ignore[no-untyped-def]
    """Count a terminal on its way up to the root."""
    tails = graph[0]
    parent_arc, load = state[0], state[1]
    node = terminal
    while parent_arc[node] >= 0:
        load[node] += 1
        node = np.int64(tails[parent_arc[node]])
    load[node] += 1


@njit(cache=True, nogil=True)
def way_out(graph, state, terminal, action, left):  # type: ignore[no-untyped-def]
    """Price the cheapest way to serve a terminal from elsewhere, less what leaving its place saves; take it if asked.

    A backward Dijkstra from the terminal over nodes outside the tree, until it meets a node of the tree with room for
    one more all the way up; the full arc itself has none. Where the way is taken, `left` gains the arcs given up.
    """
    tails, heads, costs, in_ptr, into, limit = graph
    parent_arc, load, is_terminal, (distance, onward) = state
    alone = [np.int64(0)][:0]
    saved = np.int64(0)
    node = terminal
    while parent_arc[node] >= 0:
        arc = parent_arc[node]
        load[node] -= 1
        if load[node] == 0:  # this stretch serves the terminal alone: it leaves the tree with it
            saved += costs[arc]
            alone.append(arc)
            parent_arc[node] = -1
        node = np.int64(tails[arc])
    load[node] -= 1
    root = node
    touched = [terminal]
    distance[terminal] = 0
    heap = [(np.int64(0), np.int64(terminal))]
    met = np.int64(-1)
    looked = 0
    while len(heap) > 0 and (looked < MAX_SETTLED or distance[root] < 0):
        price, at = heapq.heappop(heap)
        if price > distance[at]:
            continue
        looked += 1
        if at == root or parent_arc[at] >= 0:
            if _has_room(tails, parent_arc, load, limit, at):
                met = at
                break
            continue  # its own ways up are just as full
        for position in range(in_ptr[at], in_ptr[at + 1]):
            arc = into[position]
            tail = np.int64(tails[arc])
            if limit[arc] < 1 or is_terminal[tail] > 0:
                continue
            reached = price + costs[arc]
            if distance[tail] < 0 or reached < distance[tail]:
                if distance[tail] < 0:
                    touched.append(tail)
                distance[tail] = reached
                onward[tail] = arc
                heapq.heappush(heap, (reached, tail))
    if met < 0 and distance[root] >= 0:
        met = root
    extra = NO_WAY
    if met >= 0:
        extra = distance[met] - saved
    if action == MOVE and met >= 0:
        node = met
        while node != terminal:
            arc = onward[node]
            node = np.int64(heads[arc])
            parent_arc[node] = arc
        left.extend(alone)
    else:
        for arc in alone:
            parent_arc[heads[arc]] = arc
    put_in(graph, state, terminal)
    for other in touched:
        distance[other] = -1
        onward[other] = -1
    return extra


@njit(cache=True, nogil=True)
def _has_room(tails, parent_arc, load, limit, node):  # type: ignore[no-untyped-def]
    while parent_arc[node] >= 0:
        if load[node] + 1 > limit[parent_arc[node]]:
            return False
        node = np.int64(tails[parent_arc[node]])
    return True
