"""The certificate of a pooled ascent: who pays for what, and the balls in the problem's own numbering."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from alcance.proof import Certificate
from alcance.steiner.pooled.graph import UNLIMITED

if TYPE_CHECKING:
    from alcance.steiner.pooled.graph import Graph
    from alcance.steiner.pooled.pools import Pools


def certify(graph: Graph, pools: Pools, price: int = 0) -> Certificate:
    """The potentials of a pooled ascent, where a root outside opens nodes at a price."""
    payer, component, amount = _payments(graph, pools)
    named = np.flatnonzero(pools.height > 0)
    rank = np.full(pools.height.size, -1, dtype=np.int32)
    rank[named] = np.arange(named.size)
    component = rank[component]
    order = np.argsort(component, kind="stable")
    payer_ptr = np.zeros(named.size + 1, dtype=np.int64)
    payer_ptr[1:] = np.cumsum(np.bincount(component, minlength=named.size))
    indptr = np.zeros(named.size + 1, dtype=np.int64)
    indptr[1:] = np.cumsum(_listed(pools, named))
    nodes = np.zeros(int(indptr[-1]), dtype=np.int32)
    values = np.zeros(nodes.size, dtype=np.int64)
    _list(graph, pools, named, indptr, nodes, values)
    payers = graph.node[graph.terminals[payer[order]]]
    return Certificate.single(payers, amount[order], indptr, nodes, values, price, payer_ptr)


@njit(cache=True, nogil=True)
def _payments(graph, pools):  # type: ignore[no-untyped-def]
    """Who pays for which component how much, those of a component in the order in which they pay.

    A component pays for itself with what its members have left, whenever it merges and in the end.
    """
    count = graph.terminals.size
    left = graph.budget.copy()
    first = np.arange(count)
    last = np.arange(count)
    following = np.full(count, -1, dtype=np.int64)
    paid = np.zeros(count, dtype=np.int64)
    room = 2 * count + 2 * pools.merges[0] + 1
    payer = np.zeros(room, dtype=np.int32)
    component = np.zeros(room, dtype=np.int32)
    amount = np.zeros(room, dtype=np.int64)
    entries = 0
    for step in range(pools.merges[0]):
        member = pools.merged[step]
        holder = pools.holder[step]
        entries = _pay(member, pools.height[member], left, first, following, paid, payer, component, amount, entries)
        entries = _pay(
            holder, pools.holder_height[step], left, first, following, paid, payer, component, amount, entries
        )
        if first[member] >= 0:
            if first[holder] < 0:
                first[holder] = first[member]
            else:
                following[last[holder]] = first[member]
            last[holder] = last[member]
    for name in range(count):
        if pools.above[name] == name:
            entries = _pay(name, pools.height[name], left, first, following, paid, payer, component, amount, entries)
    return payer[:entries], component[:entries], amount[:entries]


@njit(cache=True, nogil=True)
def _pay(name, height, left, first, following, paid, payer, component, amount, entries):  # type: ignore[no-untyped-def]
    """Let the members of a component pay up to a height, first come first; returns the new number of entries."""
    while paid[name] < height:
        member = first[name]
        due = height - paid[name]
        if left[member] < UNLIMITED:
            due = min(due, left[member])
            left[member] -= due
        if due > 0:
            payer[entries] = member
            component[entries] = name
            amount[entries] = due
            entries += 1
            paid[name] += due
        if left[member] == 0:
            first[name] = following[member]
    return entries


@njit(cache=True, nogil=True)
def _listed(pools, named):  # type: ignore[no-untyped-def]
    """How many nodes of each component stand below its height."""
    counts = np.zeros(named.size, dtype=np.int64)
    for at in range(named.size):
        name = named[at]
        for place in range(pools.start[name], pools.start[name] + pools.length[name]):
            counts[at] += pools.pool_value[place] < pools.height[name]
    return counts


@njit(cache=True, nogil=True)
def _list(graph, pools, named, indptr, nodes, values):  # type: ignore[no-untyped-def]
    for at in range(named.size):
        name = named[at]
        fill = indptr[at]
        for place in range(pools.start[name], pools.start[name] + pools.length[name]):
            if pools.pool_value[place] < pools.height[name]:
                nodes[fill] = graph.node[pools.pool_node[place]]
                values[fill] = pools.pool_value[place]
                fill += 1
        order = np.argsort(nodes[indptr[at] : fill])
        nodes[indptr[at] : fill] = nodes[indptr[at] : fill][order]
        values[indptr[at] : fill] = values[indptr[at] : fill][order]
