"""How far each arc is from being of use: the least that any network through it costs above the bound."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from alcance.steiner.duals import FAR
from alcance.steiner.heap import drop_first, push

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alcance.steiner.net import Net


def arc_slack(net: Net, reduced: NDArray[np.int64]) -> NDArray[np.int64]:
    """Reduced cost of the cheapest way from the root over each arc to a terminal, int64[m].

    A network with the arc costs at least the bound and this together (reduced-cost fixing; Wong 1984, Polzin and
    Vahdati Daneshmand 2001): where that is more than a known network, the arc is in none that is better.
    """
    slack = np.zeros(net.tail.size, np.int64)
    down, up = _ways(net, reduced)
    _sum_up(net, reduced, down, up, slack)
    return slack


def arcs_within(net: Net, reduced: NDArray[np.int64], reach: float) -> NDArray[np.bool_]:
    """Which arcs have a slack below `reach`, bool[m]; takes an eighth of the room that all slacks do."""
    within = np.zeros(net.tail.size, np.bool_)
    down, up = _ways(net, reduced)
    _compare(net, reduced, down, up, reach, within)
    return within


@njit(cache=True, nogil=True)
def _ways(net, reduced):  # type: ignore[no-untyped-def]
    """For each node the cheapest way from the root, and that to a terminal; `FAR` where there is none."""
    nodes = net.terminal_at.size
    # Room for every arc, of which little is ever touched: not to be written full of zeros.
    keys = np.empty(net.tail.size + nodes + 1, np.int64)
    heap = np.empty(net.tail.size + nodes + 1, np.int32)
    down = np.full(nodes, FAR, np.int64)
    down[net.root[0]] = 0
    size = push(keys, heap, 0, np.int64(0), net.root[0])
    while size > 0:
        key, node = keys[0], heap[0]
        size = drop_first(keys, heap, size)
        if key != down[node]:
            continue
        for place in range(net.out_ptr[node], net.out_ptr[node + 1]):
            arc = net.out_arc[place]
            if key + reduced[arc] < down[net.head[arc]]:
                down[net.head[arc]] = key + reduced[arc]
                size = push(keys, heap, size, key + reduced[arc], net.head[arc])
    up = np.full(nodes, FAR, np.int64)
    size = 0
    for at in range(net.terminals.size):
        up[net.terminals[at]] = 0
        size = push(keys, heap, size, np.int64(0), net.terminals[at])
    while size > 0:
        key, node = keys[0], heap[0]
        size = drop_first(keys, heap, size)
        if key != up[node]:
            continue
        for arc in range(net.in_ptr[node], net.in_ptr[node + 1]):
            if key + reduced[arc] < up[net.tail[arc]]:
                up[net.tail[arc]] = key + reduced[arc]
                size = push(keys, heap, size, key + reduced[arc], net.tail[arc])
    return down, up


@njit(cache=True, nogil=True)
def _slack(arc, net, reduced, down, up):  # type: ignore[no-untyped-def]
    if down[net.tail[arc]] == FAR or up[net.head[arc]] == FAR:
        return FAR
    return down[net.tail[arc]] + reduced[arc] + up[net.head[arc]]


@njit(cache=True, nogil=True)
def _sum_up(net, reduced, down, up, slack):  # type: ignore[no-untyped-def]
    for arc in range(slack.size):
        slack[arc] = _slack(arc, net, reduced, down, up)


@njit(cache=True, nogil=True)
def _compare(net, reduced, down, up, reach, within):  # type: ignore[no-untyped-def]
    for arc in range(within.size):
        within[arc] = _slack(arc, net, reduced, down, up) < reach
