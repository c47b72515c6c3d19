"""Arcs that no better solution uses, by the reduced costs of a dual ascent (Polzin and Daneshmand 2001).

A solution that uses an arc pays the bound, the reduced way from the root to the arc, the arc, and the reduced way on
to some terminal. Where that exceeds the cost of a known solution the arc goes. Right in every problem.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from alcance.steiner.ascent import FAR, ascend, start_duals, start_scratch
from alcance.steiner.heap import drop_first, push
from alcance.steiner.net import make_net
from alcance.steiner.reduce.draft import ABSENT, drop_arc, drop_edge

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alcance.steiner.problem import Problem
    from alcance.steiner.reduce.draft import Draft


def drop_beyond_bound(
    draft: Draft, problem: Problem, arcs: NDArray[np.int64], upper_bound: int, *, undirected: bool
) -> int:
    """Delete arcs of the draft (`arcs`, one for each of `problem`) that only dearer solutions use; returns how many.

    In an undirected problem an edge goes only where neither way may be used.
    """
    net, origin = make_net(problem)
    duals = ascend(net, start_duals(net), start_scratch(net))
    allowed = upper_bound - duals.bound
    down, up = _distances(net, duals.reduced)
    within = (down[net.tail] < FAR) & (up[net.head] < FAR)
    beyond = np.ones(net.tail.size, np.bool_)
    beyond[within] = down[net.tail[within]] + duals.reduced[within] + up[net.head[within]] > allowed
    used = np.zeros(draft.cost.size, np.bool_)
    kept = origin.arc[~beyond]
    used[arcs[kept[kept >= 0]]] = True
    if undirected:
        used |= used.reshape(-1, 2)[:, ::-1].reshape(-1)
    return int(_drop_unused(draft, arcs, used, undirected))


@njit(cache=True, nogil=True)
def _drop_unused(draft, arcs, used, undirected):  # type: ignore[no-untyped-def]
    dropped = 0
    for arc in arcs:
        if used[arc] or draft.cost[arc] == ABSENT:
            continue
        if undirected:
            drop_edge(draft, arc)
        else:
            drop_arc(draft, arc)
        dropped += 1
    return dropped


@njit(cache=True, nogil=True)
def _distances(net, reduced):  # type: ignore[no-untyped-def]
    """Reduced distances from the root to each node, and from each node to the nearest terminal; int64[n] each."""
    nodes = net.terminal_at.size
    down = np.full(nodes, FAR)
    up = np.full(nodes, FAR)
    keys = np.zeros(net.tail.size + nodes + 1, dtype=np.int64)
    heap = np.zeros(net.tail.size + nodes + 1, dtype=np.int32)
    down[net.root[0]] = 0
    size = push(keys, heap, 0, np.int64(0), net.root[0])
    while size > 0:
        key, node = keys[0], heap[0]
        size = drop_first(keys, heap, size)
        if key > down[node]:
            continue
        for at in range(net.out_ptr[node], net.out_ptr[node + 1]):
            arc = net.out_arc[at]
            length = key + reduced[arc]
            if length < down[net.head[arc]]:
                down[net.head[arc]] = length
                size = push(keys, heap, size, length, net.head[arc])
    for node in net.terminals:
        up[node] = 0
        size = push(keys, heap, size, np.int64(0), node)
    while size > 0:
        key, node = keys[0], heap[0]
        size = drop_first(keys, heap, size)
        if key > up[node]:
            continue
        for arc in range(net.in_ptr[node], net.in_ptr[node + 1]):
            length = key + reduced[arc]
            if length < up[net.tail[arc]]:
                up[net.tail[arc]] = length
                size = push(keys, heap, size, length, net.tail[arc])
    return down, up
