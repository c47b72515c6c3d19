"""The solver's own form of a problem: compact arcs both ways, every terminal required."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from alcance.proof import REQUIRED

if TYPE_CHECKING:
    from numpy.typing import NDArray

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
        int64[m]: index of the problem's arc, or −1 for an arc added for a prized terminal.
    node
        int32[n]: the problem's node; the leaf of a prized terminal counts as that terminal.
    terminal
        int32[k]: index into the problem's terminals.
    added
        bool[n]: the leaves added for prized terminals.
    """

    arc: NDArray[np.int64]
    node: NDArray[np.int32]
    terminal: NDArray[np.int32]
    added: NDArray[np.bool_]


def make_net(problem: Problem) -> tuple[Net, Origin]:
    """Turn a problem with a root into the form the kernels work on, with the way back.

    What a node costs is paid on the arc into it, so the root's own cost is not in the net.
    """
    root = problem.fixed_root
    prized = np.flatnonzero(problem.prizes != REQUIRED)
    leaves = problem.node_count + np.arange(prized.size)
    at = problem.terminals[prized].astype(np.int64)
    tails = np.concatenate([problem.tails.astype(np.int64), at, np.full(prized.size, root)])
    heads = np.concatenate([problem.heads.astype(np.int64), leaves, leaves])
    costs = np.concatenate(
        [problem.costs + problem.node_costs[problem.heads], np.zeros(prized.size, np.int64), problem.prizes[prized]]
    )
    arcs = np.concatenate([np.arange(problem.arc_count), np.full(2 * prized.size, -1)])
    terminal_nodes = problem.terminals.astype(np.int64).copy()
    terminal_nodes[prized] = leaves
    node_count = problem.node_count + prized.size
    # A terminal at the root itself is reached already; it neither costs nor bounds anything.
    wanted = np.flatnonzero(problem.terminals != root)
    terminal_nodes = terminal_nodes[wanted]

    useful = (tails != heads) & (heads != root)
    tails, heads, costs, arcs = tails[useful], heads[useful], costs[useful], arcs[useful]
    order = np.lexsort((arcs, costs, tails, heads))
    tails, heads, costs, arcs = tails[order], heads[order], costs[order], arcs[order]
    first = np.ones(tails.size, dtype=bool)
    first[1:] = (tails[1:] != tails[:-1]) | (heads[1:] != heads[:-1])
    tails, heads, costs, arcs = tails[first], heads[first], costs[first], arcs[first]

    kept = _leading_to(node_count, tails, heads, terminal_nodes)
    kept[root] = True
    ends_kept = kept[tails] & kept[heads]
    tails, heads, costs, arcs = tails[ends_kept], heads[ends_kept], costs[ends_kept], arcs[ends_kept]
    places = _places(kept, tails, heads, root)
    nodes = np.zeros(int(kept.sum()), dtype=np.int64)
    nodes[places[kept]] = np.flatnonzero(kept)
    tails, heads = places[tails], places[heads]
    order = np.lexsort((tails, heads))
    tails, heads, costs, arcs = tails[order], heads[order], costs[order], arcs[order]
    terminal_nodes = places[terminal_nodes]
    by_place = np.argsort(terminal_nodes, kind="stable")

    original = nodes.copy()
    original[nodes >= problem.node_count] = at[nodes[nodes >= problem.node_count] - problem.node_count]
    origin = Origin(arcs, original.astype(np.int32), wanted[by_place].astype(np.int32), nodes >= problem.node_count)
    return connect(nodes.size, int(places[root]), tails, heads, costs, terminal_nodes[by_place]), origin


def connect(
    node_count: int,
    root: int,
    tails: NDArray[np.int64],
    heads: NDArray[np.int64],
    costs: NDArray[np.int64],
    terminals: NDArray[np.int64],
) -> Net:
    """A net of flat arrays whose arcs are ordered by head."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    in_ptr = np.zeros(node_count + 1, dtype=np.int32)
    in_ptr[1:] = np.cumsum(np.bincount(heads, minlength=node_count))
    out_ptr = np.zeros(node_count + 1, dtype=np.int32)
    out_ptr[1:] = np.cumsum(np.bincount(tails, minlength=node_count))
    terminal_at = np.full(node_count, -1, dtype=np.int32)
    terminal_at[terminals] = np.arange(terminals.size)
    graph = coo_array((np.ones(tails.size, dtype=np.int8), (tails, heads)), shape=(node_count, node_count)).tocsr()
    component = connected_components(graph, directed=True, connection="strong")[1]
    return Net(
        np.array([root], dtype=np.int64),
        in_ptr,
        tails.astype(np.int32),
        heads.astype(np.int32),
        costs.astype(np.int64),
        out_ptr,
        np.argsort(tails, kind="stable").astype(np.int32),
        terminals.astype(np.int32),
        terminal_at,
        component.astype(np.int32),
    )


def reaches(net: Net, arcs: NDArray[np.int64] | None = None) -> NDArray[np.bool_]:
    """Which nodes the root leads to at all (over `arcs` only, if given), bool[n]."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import breadth_first_order

    count = net.terminal_at.size
    tails, heads = (net.tail, net.head) if arcs is None else (net.tail[arcs], net.head[arcs])
    graph = coo_array((np.ones(tails.size, dtype=np.int8), (tails, heads)), shape=(count, count)).tocsr()
    reached = np.zeros(count, dtype=bool)
    reached[breadth_first_order(graph, int(net.root[0]), directed=True, return_predecessors=False)] = True
    return reached


def _leading_to(
    node_count: int, tails: NDArray[np.int64], heads: NDArray[np.int64], terminals: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Nodes from which some terminal can be reached (searched backwards from an extra node behind all of them)."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import breadth_first_order

    rows = np.concatenate([heads, np.full(terminals.size, node_count)])
    columns = np.concatenate([tails, terminals])
    graph = coo_array((np.ones(rows.size, dtype=np.int8), (rows, columns)), shape=(node_count + 1,) * 2).tocsr()
    order = breadth_first_order(graph, node_count, directed=True, return_predecessors=False)
    kept = np.zeros(node_count + 1, dtype=bool)
    kept[order] = True
    return kept[:node_count]


def _places(
    kept: NDArray[np.bool_], tails: NDArray[np.int64], heads: NDArray[np.int64], root: int
) -> NDArray[np.int64]:
    """New node numbers, neighbours close together: reverse Cuthill–McKee without the root, whose arcs go everywhere."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import reverse_cuthill_mckee

    count = kept.size
    inner = (tails != root) & (heads != root)
    rows = np.concatenate([tails[inner], heads[inner]])
    columns = np.concatenate([heads[inner], tails[inner]])
    graph = coo_array((np.ones(rows.size, dtype=np.int8), (rows, columns)), shape=(count, count)).tocsr()
    order = reverse_cuthill_mckee(graph, symmetric_mode=True)
    order = order[kept[order]]
    places = np.full(count, -1, dtype=np.int64)
    places[order] = np.arange(order.size)
    return places
