"""From balls to cuts and back: a dual ascent's potentials as nested cuts, and weighted cuts as whole-numbered potentials."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from alcance.steiner.ascent import FAR, ROOTED, Duals, raise_terminal, start_duals, with_more_room
from alcance.steiner.reascent import change_charges
from alcance.steiner.relax.flow import CutList
from alcance.steiner.serving import no_serving

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alcance.steiner.ascent import Scratch
    from alcance.steiner.net import Net


def nested_cuts(duals: Duals) -> CutList:
    """Each terminal's ball at every level of its potential."""
    terminal, ptr, nodes = [np.zeros(0, np.int32)], [np.zeros(1, np.int64)], [np.zeros(0, np.int32)]
    filled = 0
    for number in range(duals.charge.size):
        start, length = int(duals.start[number]), int(duals.length[number])
        values = duals.pool_value[start : start + length]
        ends = np.flatnonzero(np.append(values[1:] > values[:-1], True)) + 1 if length else np.zeros(0, np.int64)
        for end in ends.tolist():
            nodes.append(duals.pool_node[start : start + end])
        terminal.append(np.full(ends.size, number, np.int32))
        ptr.append(filled + np.cumsum(ends))
        filled += int(ends.sum())
    return CutList(np.concatenate(terminal), np.concatenate(ptr), np.concatenate(nodes))


def duals_of(net: Net, scratch: Scratch, cuts: list[CutList], weights: NDArray[np.float64]) -> Duals:
    """Whole-numbered potentials from weighted cuts, raised as far as what rounding left allows.

    A cut of weight w is a potential of w outside its set: their sum falls by no more on any arc than the cuts through
    it weigh. Weights are rounded; where an arc is overdrawn then, the cut that comes to it last takes only what is left.
    """
    terminal = np.concatenate([part.terminal for part in cuts])
    nodes = np.concatenate([part.nodes for part in cuts])
    lengths = np.concatenate([np.diff(part.ptr) for part in cuts])
    ptr = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])
    whole = np.rint(weights).astype(np.int64)
    kept = np.flatnonzero(whole > 0)
    kept = kept[np.lexsort((kept, terminal[kept]))]
    left = net.cost.copy()
    _within_costs(net, CutList(terminal, ptr, nodes), kept, whole, left, np.full(net.terminal_at.size, -1, np.int64))
    duals = start_duals(net)
    room = int(lengths[kept].sum()) + 1024
    duals = duals._replace(
        pool_node=np.zeros(max(room, duals.pool_node.size), np.int32),
        pool_value=np.zeros(max(room, duals.pool_value.size), np.int64),
    )
    _sum_up(net, CutList(terminal, ptr, nodes), kept, whole, duals, np.zeros(net.terminal_at.size, np.int64))
    for number in range(net.terminals.size):
        change_charges(number, -1, net, duals, scratch)
    return top_up(net, duals, scratch)


def top_up(net: Net, duals: Duals, scratch: Scratch) -> Duals:
    """Raise each terminal in turn as far as it goes, in place but for the pool."""
    duals.rooted[:] = 0
    duals.rooted[net.root[0]] = 1
    duals.state[:] = ROOTED
    number = 0
    nobody = no_serving(net)
    while number < net.terminals.size:
        if raise_terminal(number, FAR, False, nobody, net, duals, scratch) < 0:
            duals = with_more_room(duals)
        else:
            number += 1
    return duals


@njit(cache=True, nogil=True)
def _within_costs(net, cuts, kept, whole, left, inside):  # type: ignore[no-untyped-def]
    """Lower weights, cut by cut, to what is left of the arcs they cross."""
    for cut in kept:
        weight = whole[cut]
        for place in range(cuts.ptr[cut], cuts.ptr[cut + 1]):
            inside[cuts.nodes[place]] = cut
        for place in range(cuts.ptr[cut], cuts.ptr[cut + 1]):
            node = cuts.nodes[place]
            for arc in range(net.in_ptr[node], net.in_ptr[node + 1]):
                if inside[net.tail[arc]] != cut:
                    weight = min(weight, left[arc])
        whole[cut] = weight
        for place in range(cuts.ptr[cut], cuts.ptr[cut + 1]):
            node = cuts.nodes[place]
            for arc in range(net.in_ptr[node], net.in_ptr[node + 1]):
                if inside[net.tail[arc]] != cut:
                    left[arc] -= weight


@njit(cache=True, nogil=True)
def _sum_up(net, cuts, kept, whole, duals, below):  # type: ignore[no-untyped-def]
    """Write each terminal's potentials, ascending; `below` holds by how much a node stays under the top."""
    filled = 0
    at = 0
    for number in range(duals.charge.size):
        top = np.int64(0)
        start = filled
        while at < kept.size and cuts.terminal[kept[at]] == number:
            cut = kept[at]
            at += 1
            if whole[cut] <= 0:
                continue
            top += whole[cut]
            for place in range(cuts.ptr[cut], cuts.ptr[cut + 1]):
                node = cuts.nodes[place]
                if below[node] == 0:
                    duals.pool_node[filled] = node
                    filled += 1
                below[node] += whole[cut]
        count = filled - start
        for place in range(start, filled):
            node = duals.pool_node[place]
            duals.pool_value[place] = top - below[node]
            below[node] = 0
        order = np.argsort(duals.pool_value[start:filled], kind="mergesort")
        duals.pool_node[start:filled] = duals.pool_node[start:filled][order]
        duals.pool_value[start:filled] = duals.pool_value[start:filled][order]
        duals.start[number] = start
        duals.length[number] = count
        duals.room[number] = count
        duals.charge[number] = top
    duals.used[0] = filled
