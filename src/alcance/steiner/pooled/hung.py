"""The tree that moves on undirected graphs change, with a journal so that a move can be taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alcance.steiner.pooled.graph import Graph

# Places in `counters`: length of the journal; cost of the tree, with the prizes of what it leaves out; joints listed;
# ends of cut paths listed; the number of the window.
JOURNAL, COST, JOINTS, ENDS, NOW = 0, 1, 2, 3, 4
MOST_ENDS = 256


class Hung(NamedTuple):
    """A tree under change, and the working arrays of its moves.

    Parameters
    ----------
    top
        int64[1]: the node it hangs on.
    worth
        int64[n]: prizes, `UNLIMITED` where required.
    parent, degree
        int32[n] each: the arc into each node (−1 outside the tree and at its top), and the tree's arcs at it.
    journal_node, journal_parent
        int32[]: what was changed since the move began, and the parent before.
    counters
        int64[5]: see above.
    window, forced
        int64[n] each: the last window that a node was in, and the last in which it has to be joined without an arc.
    order
        int32[n]: the nodes of the window, nearest first.
    distance, label, via, link
        int64[n], int32[n] each: of the window's nodes the way to what stays of the tree, the part that it leads to (by
        its top), the arc into it on that way, and which parts are joined.
    seen
        int64[n]: the window in which the label was found.
    joint_arc, end
        int32[] each: arcs between the surroundings of parts, and the ends of the paths that were cut.
    heap_key, heap_node
        int64[], int32[]: a heap.
    """

    top: NDArray[np.int64]
    worth: NDArray[np.int64]
    parent: NDArray[np.int32]
    degree: NDArray[np.int32]
    journal_node: NDArray[np.int32]
    journal_parent: NDArray[np.int32]
    counters: NDArray[np.int64]
    window: NDArray[np.int64]
    forced: NDArray[np.int64]
    order: NDArray[np.int32]
    distance: NDArray[np.int64]
    label: NDArray[np.int32]
    via: NDArray[np.int32]
    link: NDArray[np.int32]
    seen: NDArray[np.int64]
    joint_arc: NDArray[np.int32]
    end: NDArray[np.int32]
    heap_key: NDArray[np.int64]
    heap_node: NDArray[np.int32]


def hang(graph: Graph, start: int, parent: NDArray[np.int32], worth: NDArray[np.int64]) -> Hung:
    """A tree that hangs on a node, ready to be changed; `parent` int32[n] is copied."""
    nodes, arcs = graph.node.size, graph.tail.size
    used = parent[parent >= 0]
    degree = np.bincount(graph.tail[used], minlength=nodes) + (parent >= 0)
    left_out = (parent < 0) & (np.arange(nodes) != start)
    cost = int(graph.cost[used].sum()) + int(worth[left_out].sum())
    room = arcs + nodes + 1
    order, label, via, link = (np.zeros(nodes, dtype=np.int32) for _ in range(4))
    # As wide as the number that they are compared with: it grows with every move, and never comes round.
    window, forced, seen = (np.zeros(nodes, dtype=np.int64) for _ in range(3))
    return Hung(
        np.array([start], dtype=np.int64),
        worth,
        parent.copy(),
        degree.astype(np.int32),
        np.zeros(16 * nodes + 4096, dtype=np.int32),
        np.zeros(16 * nodes + 4096, dtype=np.int32),
        np.array([0, cost, 0, 0, 0], dtype=np.int64),
        window,
        forced,
        order,
        np.zeros(nodes, dtype=np.int64),
        label,
        via,
        link,
        seen,
        np.zeros(nodes, dtype=np.int32),
        np.zeros(MOST_ENDS, dtype=np.int32),
        np.zeros(room, dtype=np.int64),
        np.zeros(room, dtype=np.int32),
    )


@njit(cache=True, nogil=True)
def put(node, arc, graph, tree):  # type: ignore[no-untyped-def]
    """Hang a node on an arc (−1: on nothing)."""
    old = tree.parent[node]
    if old >= 0:
        tree.degree[node] -= 1
        tree.degree[graph.tail[old]] -= 1
        tree.counters[COST] -= graph.cost[old]
    tree.parent[node] = arc
    if arc >= 0:
        tree.degree[node] += 1
        tree.degree[graph.tail[arc]] += 1
        tree.counters[COST] += graph.cost[arc]


@njit(cache=True, nogil=True)
def change(node, arc, graph, tree):  # type: ignore[no-untyped-def]
    """Hang a node on an arc (−1: on nothing), and note what was before."""
    at = tree.counters[JOURNAL]
    tree.journal_node[at] = node
    tree.journal_parent[at] = tree.parent[node]
    tree.counters[JOURNAL] = at + 1
    put(node, arc, graph, tree)


@njit(cache=True, nogil=True)
def force(node, tree):  # type: ignore[no-untyped-def]
    """List an end that has to be joined though no arc leads to it."""
    tree.forced[node] = tree.counters[NOW]
    tree.end[tree.counters[ENDS]] = node
    tree.counters[ENDS] += 1


@njit(cache=True, nogil=True)
def is_inside(node, tree):  # type: ignore[no-untyped-def]
    """Whether a node is in the tree, or has to be joined to it."""
    return tree.degree[node] > 0 or node == tree.top[0] or tree.forced[node] == tree.counters[NOW]


@njit(cache=True, nogil=True)
def is_key(node, tree):  # type: ignore[no-untyped-def]
    """Whether key paths end in a node of the tree."""
    return tree.degree[node] != 2 or tree.worth[node] > 0 or node == tree.top[0]


@njit(cache=True, nogil=True)
def shorten(whole, graph, tree):  # type: ignore[no-untyped-def]
    """Take away what ends in the listed ends without use; in a `whole` tree also terminals worth less than their way.

    In a tree that is cut, only within the window.
    """
    now = tree.counters[NOW]
    for at in range(tree.counters[ENDS]):
        node = tree.end[at]
        while node != tree.top[0] and tree.degree[node] == 1:
            if tree.worth[node] > 0:
                if not whole:
                    break
                length = graph.cost[tree.parent[node]]
                above = graph.tail[tree.parent[node]]
                while not is_key(above, tree):
                    length += graph.cost[tree.parent[above]]
                    above = graph.tail[tree.parent[above]]
                if length < tree.worth[node]:
                    break
                tree.counters[COST] += tree.worth[node]
                while node != above:
                    following = graph.tail[tree.parent[node]]
                    change(node, np.int32(-1), graph, tree)
                    node = following
                continue
            if tree.parent[node] >= 0:
                other = graph.tail[tree.parent[node]]
                if not whole and tree.window[other] != now:
                    break
                change(node, np.int32(-1), graph, tree)
            else:
                other = node
                for arc in range(graph.in_ptr[node], graph.in_ptr[node + 1]):
                    if tree.parent[graph.tail[arc]] == graph.mate[arc]:
                        other = graph.tail[arc]
                        break
                if tree.window[other] != now:
                    break
                change(other, np.int32(-1), graph, tree)
            if tree.worth[other] > 0:
                tree.forced[other] = now
            node = other
