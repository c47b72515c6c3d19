"""Prune a tree to what pays: no dead ends, and no branch dearer than the direct arcs from the root to its terminals.

The second is the strong prune of Johnson, Minkoff and Phillips (2000), exact on a tree: a prize is here the arc from
the root to a leaf, and so is any other direct way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from alcance.steiner.duals import FAR

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alcance.steiner.net import Net


def direct_arcs(net: Net, most: NDArray[np.int32] | None = None) -> NDArray[np.int32]:
    """For each node the cheapest arc from the root straight to it that may carry (`most`) any, or −1; int32[n]."""
    direct = np.full(net.terminal_at.size, -1, dtype=np.int32)
    from_root = net.out_arc[net.out_ptr[net.root[0]] : net.out_ptr[net.root[0] + 1]]
    if most is not None:
        from_root = from_root[most[from_root] > 0]
    from_root = from_root[np.argsort(-net.cost[from_root], kind="stable")]
    direct[net.head[from_root]] = from_root
    return direct


@njit(cache=True, nogil=True)
def prune(net, parent, direct):  # type: ignore[no-untyped-def]
    """Prune the tree `parent` (int32[n]: the arc into each node, or −1) in place; returns its cost, or −1.

    Arcs that hang on nothing are dropped; −1 says that a terminal without a direct arc is not reached.
    """
    order, count = _from_root(net, parent)
    inside, alone = _worth(net, parent, order, count, direct)
    root = net.root[0]
    pruned = np.full(parent.size, -1, dtype=np.int32)
    for at in range(1, count):
        node = order[at]
        arc = parent[node]
        tail = net.tail[arc]
        if inside[node] == FAR or (tail != root and pruned[tail] < 0):
            continue
        if alone[node] >= net.cost[arc] + inside[node]:
            pruned[node] = arc
    cost = np.int64(0)
    for at in range(net.terminals.size):
        node = net.terminals[at]
        if pruned[node] < 0:
            if direct[node] < 0:
                return np.int64(-1)
            pruned[node] = direct[node]
    for node in range(parent.size):
        parent[node] = pruned[node]
        if pruned[node] >= 0:
            cost += net.cost[pruned[node]]
    return cost


@njit(cache=True, nogil=True)
def _from_root(net, parent):  # type: ignore[no-untyped-def]
    """Nodes of the tree, parents before children, and how many; the root is first."""
    order = np.zeros(parent.size, dtype=np.int32)
    order[0] = net.root[0]
    count = 1
    at = 0
    while at < count:
        node = order[at]
        at += 1
        for place in range(net.out_ptr[node], net.out_ptr[node + 1]):
            arc = net.out_arc[place]
            head = net.head[arc]
            if parent[head] == arc:
                order[count] = head
                count += 1
    return order, count


@njit(cache=True, nogil=True)
def _worth(net, parent, order, count, direct):  # type: ignore[no-untyped-def]
    """Of each branch: its cost once pruned (FAR where it has no terminal), and its terminals' direct arcs together."""
    inside = np.full(parent.size, FAR, dtype=np.int64)
    alone = np.zeros(parent.size, dtype=np.int64)
    for at in range(count - 1, -1, -1):
        node = order[at]
        if net.terminal_at[node] >= 0:
            if inside[node] == FAR:
                inside[node] = 0
            if direct[node] >= 0 and alone[node] != FAR:
                alone[node] += net.cost[direct[node]]
            else:
                alone[node] = FAR
        arc = parent[node]
        if at == 0 or inside[node] == FAR:
            continue
        tail = net.tail[arc]
        if inside[tail] == FAR:
            inside[tail] = 0
        inside[tail] += min(net.cost[arc] + inside[node], alone[node])
        if alone[node] == FAR or alone[tail] == FAR:
            alone[tail] = FAR
        else:
            alone[tail] += alone[node]
    return inside, alone
