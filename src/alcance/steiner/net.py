"""The solver's own form of a problem: compact arcs both ways, every terminal required."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from alcance.adjacency import by_both_ends, by_end, cheapest_by_both_ends, neighbours, reached
from alcance.proof import REQUIRED

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    from alcance.steiner.problem import Problem


class Net(NamedTuple):
    """A directed graph for the kernels, arcs ordered by head.

    A prized terminal is here a required leaf, with an arc of cost 0 from the node itself and one from the root at the
    prize, so that there is one kind of terminal only. Loops, arcs into the root, all but the cheapest of parallel arcs
    and nodes that lead to no terminal are gone.

    Parameters
    ----------
    root
        int64[1], the root (an array, so that kernels are compiled once).
    in_ptr
        int32[n + 1]; the arcs into v are in_ptr[v] … in_ptr[v + 1] − 1.
    tail, head, cost
        int32[m], int32[m], int64[m] by arc.
    out_ptr, out_arc
        int32[n + 1], int32[m]: the arcs out of a node.
    terminals
        int32[k] nodes; all of them must be reached.
    terminal_at
        int32[n]: index into `terminals`, or −1.
    component
        int32[n]: strongly connected component; a cycle never leaves one.
    """

    root: NDArray[np.int64]
    in_ptr: NDArray[np.int32]
    tail: NDArray[np.int32]
    head: NDArray[np.int32]
    cost: NDArray[np.int64]
    out_ptr: NDArray[np.int32]
    out_arc: NDArray[np.int32]
    terminals: NDArray[np.int32]
    terminal_at: NDArray[np.int32]
    component: NDArray[np.int32]


class Origin(NamedTuple):
    """The way back from a `Net` to its problem.

    Parameters
    ----------
    arc
        int32[m]: index of the problem's arc, or −1 for an arc added for a prized terminal.
    node
        int32[n]: the problem's node; the leaf of a prized terminal counts as that terminal.
    terminal
        int32[k]: index into the problem's terminals.
    added
        bool[n]: the leaves added for prized terminals.
    """

    arc: NDArray[np.int32]
    node: NDArray[np.int32]
    terminal: NDArray[np.int32]
    added: NDArray[np.bool_]


def make_net(problem: Problem, *, parallels: bool = False) -> tuple[Net, Origin]:
    """Turn a problem with a root into the form the kernels work on, with the way back.

    What a node costs is paid on the arc into it, so the root's own cost is not in the net. With `parallels` it keeps
    all arcs between the same nodes: the dearer may carry more.
    """
    root = problem.fixed_root
    prized = np.flatnonzero(problem.prizes != REQUIRED)
    leaves = (problem.node_count + np.arange(prized.size)).astype(np.int32)
    at = problem.terminals[prized]
    tails = np.concatenate([problem.tails, at, np.full(prized.size, root, np.int32)])
    heads = np.concatenate([problem.heads, leaves, leaves])
    costs = np.concatenate([problem.costs, np.zeros(prized.size, np.int64), problem.prizes[prized]])
    terminal_nodes = problem.terminals.copy()
    terminal_nodes[prized] = leaves
    node_count = problem.node_count + prized.size
    # A terminal at the root itself is reached already; it neither costs nor bounds anything.
    wanted = np.flatnonzero(problem.terminals != root)
    terminal_nodes = terminal_nodes[wanted]

    if parallels:
        arcs = by_both_ends(heads, tails, node_count)
        arcs = arcs[(heads[arcs] != root) & (heads[arcs] != tails[arcs])]
    else:
        arcs = cheapest_by_both_ends(heads, tails, costs, node_count)
        arcs = arcs[heads[arcs] != root]
    tails, heads = tails[arcs], heads[arcs]
    kept = reached(heads, tails, node_count, terminal_nodes)
    kept[root] = True
    ends_kept = kept[tails] & kept[heads]
    tails, heads, arcs = tails[ends_kept], heads[ends_kept], arcs[ends_kept]
    places = _places(kept, tails, heads, root)
    nodes = np.zeros(int(kept.sum()), dtype=np.int32)
    nodes[places[kept]] = np.flatnonzero(kept)
    tails, heads = places[tails], places[heads]
    order = by_both_ends(heads, tails, nodes.size)
    tails, heads, arcs = tails[order], heads[order], arcs[order]
    del order, ends_kept

    added = nodes >= problem.node_count
    original = nodes.copy()
    original[added] = at[nodes[added] - problem.node_count]
    costs = costs[arcs]
    if problem.node_costs.any():
        costs += np.where(added, 0, problem.node_costs[original])[heads]
    arcs[arcs >= problem.arc_count] = -1
    terminal_nodes = places[terminal_nodes]
    by_place = np.argsort(terminal_nodes, kind="stable")
    origin = Origin(arcs, original, wanted[by_place].astype(np.int32), added)
    return connect(nodes.size, int(places[root]), tails, heads, costs, terminal_nodes[by_place]), origin


def connect(
    node_count: int,
    root: int,
    tails: NDArray[Any],
    heads: NDArray[Any],
    costs: NDArray[np.int64],
    terminals: NDArray[Any],
) -> Net:
    """A net of flat arrays whose arcs are ordered by head."""
    from scipy.sparse.csgraph import connected_components

    tails, heads = tails.astype(np.int32, copy=False), heads.astype(np.int32, copy=False)
    in_ptr = by_end(heads, node_count)[0].astype(np.int32)
    out_ptr, out_arc = by_end(tails, node_count)
    terminal_at = np.full(node_count, -1, dtype=np.int32)
    terminal_at[terminals] = np.arange(terminals.size)
    component = connected_components(_graph(out_ptr, heads[out_arc]), directed=True, connection="strong")[1]
    return Net(
        np.array([root], dtype=np.int64),
        in_ptr,
        tails,
        heads,
        costs.astype(np.int64, copy=False),
        out_ptr.astype(np.int32),
        out_arc,
        terminals.astype(np.int32, copy=False),
        terminal_at,
        component.astype(np.int32, copy=False),
    )


def reaches(net: Net, arcs: NDArray[np.int64] | None = None) -> NDArray[np.bool_]:
    """Which nodes the root leads to at all (over `arcs` only, if given), bool[n]."""
    tails, heads = (net.tail, net.head) if arcs is None else (net.tail[arcs], net.head[arcs])
    return reached(tails, heads, net.terminal_at.size, net.root)


def _places(
    kept: NDArray[np.bool_], tails: NDArray[np.int32], heads: NDArray[np.int32], root: int
) -> NDArray[np.int32]:
    """New node numbers, neighbours close together: reverse Cuthill–McKee without the root, whose arcs go everywhere."""
    from scipy.sparse.csgraph import reverse_cuthill_mckee

    inner = (tails != root) & (heads != root)
    graph = _graph(*neighbours(tails[inner], heads[inner], kept.size))
    order = reverse_cuthill_mckee(graph, symmetric_mode=True)
    order = order[kept[order]]
    places = np.full(kept.size, -1, dtype=np.int32)
    places[order] = np.arange(order.size)
    return places


def _graph(pointer: NDArray[np.integer], nodes: NDArray[np.int32]) -> csr_array:
    """Lists of nodes as the matrix that SciPy wants."""
    from scipy.sparse import csr_array

    count = pointer.size - 1
    return csr_array((np.ones(nodes.size, np.int8), nodes, pointer.astype(np.int32)), shape=(count, count))
