"""From balls to cuts and back: potentials as nested cuts, and weighted cuts as whole-numbered potentials."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from alcance.steiner.relax.flow import CutList
from alcance.steiner.warm import Known, begin

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alcance.steiner.duals import Duals, Scratch
    from alcance.steiner.net import Net


# About so many cuts are enough to begin with; the relaxation finds others where they matter.
FIRST_CUTS = 1_000


def nested_cuts(duals: Duals) -> CutList:
    """Each terminal's ball at the levels where its potential rises most."""
    terminal, ptr, nodes = [np.zeros(0, np.int32)], [np.zeros(1, np.int64)], [np.zeros(0, np.int32)]
    most = max(4, FIRST_CUTS // max(1, duals.charge.size))
    filled = 0
    for number in range(duals.charge.size):
        start, length = int(duals.start[number]), int(duals.length[number])
        values = duals.pool_value[start : start + length]
        ends = _widest_levels(values, int(duals.charge[number]), most) if length else np.zeros(0, np.int64)
        nodes.extend(duals.pool_node[start : start + end] for end in ends.tolist())
        terminal.append(np.full(ends.size, number, np.int32))
        ptr.append(filled + np.cumsum(ends))
        filled += int(ends.sum())
    return CutList(np.concatenate(terminal), np.concatenate(ptr), np.concatenate(nodes))


def _widest_levels(values: NDArray[np.int64], height: int, most: int) -> NDArray[np.int64]:
    """Where an ascending potential rises most: how many nodes lie below each of its highest steps, ascending."""
    ends = np.flatnonzero(np.append(values[1:] > values[:-1], height > values[-1])) + 1
    steps = np.append(values, height)[ends] - values[ends - 1]
    return np.sort(ends[np.argsort(-steps, kind="stable")[:most]])


def duals_of(net: Net, scratch: Scratch, cuts: list[CutList], weights: NDArray[np.float64]) -> Duals:
    """Whole-numbered potentials from weighted cuts, raised as far as what rounding left allows.

    A cut of weight w is a potential of w outside its set: their sum falls by no more on any arc than the cuts through
    it weigh. Weights are rounded; where an arc is overdrawn then, the cut that comes last takes what is left.
    """
    terminal = np.concatenate([part.terminal for part in cuts])
    nodes = np.concatenate([part.nodes for part in cuts])
    lengths = np.concatenate([np.diff(part.ptr) for part in cuts])
    ptr = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])
    whole = np.rint(weights).astype(np.int64)
    kept = np.flatnonzero(whole > 0)
    kept = kept[np.lexsort((kept, terminal[kept]))]
    left = net.cost.copy()
    all_cuts = CutList(terminal, ptr, nodes)
    _within_costs(net, all_cuts, kept, whole, left, np.full(net.terminal_at.size, -1, np.int64))
    room = int(lengths[kept].sum())
    known = Known(
        np.zeros(net.terminals.size, np.int64),
        np.zeros(net.terminals.size + 1, np.int64),
        np.zeros(room, np.int32),
        np.zeros(room, np.int64),
    )
    _sum_up(all_cuts, kept, whole, known, np.zeros(net.terminal_at.size, np.int64))
    filled = int(known.ptr[-1])
    return begin(net, scratch, known._replace(node=known.node[:filled], value=known.value[:filled]))


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
def _sum_up(cuts, kept, whole, known, below):  # type: ignore[no-untyped-def]
    """Write each terminal's potentials, ascending; `below` holds by how much a node stays under the top."""
    filled = 0
    at = 0
    for number in range(known.charge.size):
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
                    known.node[filled] = node
                    filled += 1
                below[node] += whole[cut]
        for place in range(start, filled):
            node = known.node[place]
            known.value[place] = top - below[node]
            below[node] = 0
        order = np.argsort(known.value[start:filled], kind="mergesort")
        known.node[start:filled] = known.node[start:filled][order]
        known.value[start:filled] = known.value[start:filled][order]
        known.charge[number] = top
        known.ptr[number + 1] = filled
