"""Raise the bound of a finished dual ascent: give the charges of a few neighbours back and raise them in another order.

A block move (Erlenkotter's dual adjustment, 1978, on balls): a random share of the terminals whose balls hold one
node return their charges; they are raised again in random order and steps; what lowers the sum is taken back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

from alcance.steiner.ascent import FAR, ROOTED, raise_terminal, with_more_room
from alcance.steiner.moves.state import random_below, random_share

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from alcance.steiner.ascent import Duals, Scratch
    from alcance.steiner.moves.guide import Guide
    from alcance.steiner.net import Net

ARCS_PER_SLICE = 2_000_000
# Effort is counted in blocks of this much work, whatever a block takes on one graph or another.
ARCS_PER_BLOCK = 20_000
# Measured on made-up regions: pairs gain most per second, whole charges more than parts, a mixture most of all.
BLOCK_MOST = 5
TRIPLES, LARGER = 0.3, 0.1
TAKER_SHARE = 0.3
PARTIAL = 0.3
# Blocks chosen by the plan gain half as much again as blocks chosen at random; some of those keep the search broad.
GUIDED = 0.8
HIGHEST_CLIMB = 60


class Saved(NamedTuple):
    """Potentials set aside while a block is tried."""

    start: NDArray[np.int64]
    length: NDArray[np.int64]
    charge: NDArray[np.int64]
    node: NDArray[np.int32]
    value: NDArray[np.int64]
    block: NDArray[np.int32]
    in_block: NDArray[np.uint8]


def reascend(
    net: Net,
    duals: Duals,
    scratch: Scratch,
    guide: Guide,
    parent: NDArray[np.int32],
    *,
    blocks: int,
    seed: int,
    go_on: Callable[[], bool] | None = None,
) -> Duals:
    """Try `blocks` block moves; the bound never falls.

    Parameters
    ----------
    parent
        int32[n], the arc into each node of a plan (−1 elsewhere): who should pay for what.
    blocks, seed
        How much work (about so many block moves), and of which random numbers.
    go_on
        Called between slices; False stops.

    Returns
    -------
    Duals
        The same arrays, but for the pool, which may have been replaced by a larger one.
    """
    if net.terminals.size == 0:
        return duals
    # Marks of what the root reaches do not survive a returned charge; without them a search ends at the root itself.
    duals.rooted[:] = 0
    duals.rooted[net.root[0]] = 1
    duals.state[:] = ROOTED
    dice = np.array([seed + 1], dtype=np.uint64)
    room = 4 * net.terminal_at.size + 1024
    saved = Saved(
        np.zeros(BLOCK_MOST + 1, dtype=np.int64),
        np.zeros(BLOCK_MOST, dtype=np.int64),
        np.zeros(BLOCK_MOST, dtype=np.int64),
        np.zeros(room, dtype=np.int32),
        np.zeros(room, dtype=np.int64),
        np.zeros(BLOCK_MOST, dtype=np.int32),
        np.zeros(net.terminals.size, dtype=np.uint8),
    )
    done = 0
    while done < blocks * ARCS_PER_BLOCK:
        worked, full = _blocks(net, duals, scratch, guide, parent, saved, dice, ARCS_PER_SLICE)
        done += worked + 1
        if full:
            duals = with_more_room(duals)
        if go_on is not None and not go_on():
            break
    return duals


@njit(cache=True, nogil=True)
def _blocks(net, duals, scratch, guide, parent, saved, dice, budget):  # type: ignore[no-untyped-def]
    """Try blocks worth `budget` arcs; returns what was worked, and whether the pool was full (that block is undone)."""
    work = np.int64(0)
    while work < budget:
        if random_share(dice) < GUIDED:
            count = _choose_by_plan(net, guide, parent, saved, dice)
        else:
            count = _choose(net, duals, guide, saved, dice)
        work += 200
        if count < 2:
            continue
        before = np.int64(0)
        for at in range(count):
            before += duals.charge[saved.block[at]]
        if not _set_aside(count, net, duals, scratch, saved, dice):
            continue
        raised = _raise_anew(count, net, duals, scratch, saved)
        after = np.int64(0)
        for at in range(count):
            after += duals.charge[saved.block[at]]
        if raised < 0 or after < before:
            _put_back(count, net, duals, scratch, saved)
        if raised < 0:
            return work, True
        work += 3 * raised
    return work, False


@njit(cache=True)
def _choose(net, duals, guide, saved, dice):  # type: ignore[no-untyped-def]
    """Pick a random node of a random ball, and of the terminals whose balls hold it a random share."""
    terminal = random_below(dice, net.terminals.size)
    if duals.length[terminal] == 0:
        return 0
    node = duals.pool_node[duals.start[terminal] + random_below(dice, duals.length[terminal])]
    first = guide.taker_ptr[node]
    takers = guide.taker_ptr[node + 1] - first
    most = 2 + (random_share(dice) < TRIPLES) + 2 * (random_share(dice) < LARGER)
    count = 0
    for at in range(takers):
        if count < most and random_share(dice) < TAKER_SHARE:
            saved.block[count] = guide.takers[first + at]
            count += 1
    for at in range(count):
        other = at + random_below(dice, count - at)
        saved.block[at], saved.block[other] = saved.block[other], saved.block[at]
    return count


@njit(cache=True)
def _choose_by_plan(net, guide, parent, saved, dice):  # type: ignore[no-untyped-def]
    """Pick a node of the plan; of its takers some that the plan serves through it, and after them some others.

    In the best duals no terminal pays for an arc of the best plan that does not serve it: who is served by the arc
    gets the first chance to pay for it.
    """
    node = np.int64(0)
    for _ in range(20):
        node = random_below(dice, parent.size)
        if parent[node] >= 0 and net.cost[parent[node]] > 0 and guide.taker_ptr[node + 1] - guide.taker_ptr[node] > 1:
            break
    if parent[node] < 0:
        return 0
    first = guide.taker_ptr[node]
    takers = guide.taker_ptr[node + 1] - first
    most = 2 + (random_share(dice) < TRIPLES) + 2 * (random_share(dice) < LARGER)
    served = 0
    others = 0
    shift = random_below(dice, takers)
    for at in range(takers):
        taker = guide.takers[first + (at + shift) % takers]
        if served + others >= most or random_share(dice) > 0.5:
            continue
        above = net.terminals[taker]
        for _ in range(HIGHEST_CLIMB):
            if above == node or parent[above] < 0:
                break
            above = net.tail[parent[above]]
        if above == node:
            if others > 0:
                saved.block[served + others] = saved.block[served]
            saved.block[served] = taker
            served += 1
        else:
            saved.block[served + others] = taker
            others += 1
    return served + others


@njit(cache=True)
def _change(terminal, sign, net, duals, scratch):  # type: ignore[no-untyped-def]
    """Return (sign 1) or take (−1) what a terminal's potential charges to the arcs."""
    scratch.stamp_now[0] += 1
    now = scratch.stamp_now[0]
    start = duals.start[terminal]
    stop = start + duals.length[terminal]
    for at in range(start, stop):
        scratch.stamp[duals.pool_node[at]] = now
        scratch.distance[duals.pool_node[at]] = duals.pool_value[at]
    for at in range(start, stop):
        node = duals.pool_node[at]
        base = duals.pool_value[at]
        for arc in range(net.in_ptr[node], net.in_ptr[node + 1]):
            tail = net.tail[arc]
            far = duals.charge[terminal]
            if scratch.stamp[tail] == now:
                far = scratch.distance[tail]
            if far > base:
                duals.reduced[arc] += sign * (far - base)


@njit(cache=True)
def _set_aside(count, net, duals, scratch, saved, dice):  # type: ignore[no-untyped-def]
    total = 0
    for at in range(count):
        total += duals.length[saved.block[at]]
    if total > saved.node.size:
        return False
    fill = 0
    for at in range(count):
        terminal = saved.block[at]
        saved.start[at] = fill
        saved.length[at] = duals.length[terminal]
        saved.charge[at] = duals.charge[terminal]
        start = duals.start[terminal]
        for place in range(duals.length[terminal]):
            saved.node[fill] = duals.pool_node[start + place]
            saved.value[fill] = duals.pool_value[start + place]
            fill += 1
        _change(terminal, 1, net, duals, scratch)
        part = 1.0
        if random_share(dice) < PARTIAL:
            part = random_share(dice)
        kept = np.int64(duals.charge[terminal] * (1.0 - part))
        while duals.length[terminal] > 0 and duals.pool_value[start + duals.length[terminal] - 1] >= kept:
            duals.length[terminal] -= 1
        duals.charge[terminal] = kept
        if kept > 0:
            _change(terminal, -1, net, duals, scratch)
    return True


@njit(cache=True)
def _put_back(count, net, duals, scratch, saved):  # type: ignore[no-untyped-def]
    for at in range(count):
        _change(saved.block[at], 1, net, duals, scratch)
    for at in range(count):
        terminal = saved.block[at]
        duals.length[terminal] = saved.length[at]
        duals.charge[terminal] = saved.charge[at]
        start = duals.start[terminal]
        for place in range(saved.length[at]):
            duals.pool_node[start + place] = saved.node[saved.start[at] + place]
            duals.pool_value[start + place] = saved.value[saved.start[at] + place]
        _change(terminal, -1, net, duals, scratch)


@njit(cache=True)
def _raise_anew(count, net, duals, scratch, saved):  # type: ignore[no-untyped-def]
    """Raise each terminal of a block as far as it goes; returns the arcs looked at, or −1 where the pool was full."""
    marking = False
    work = np.int64(0)
    for at in range(count):
        worked = raise_terminal(saved.block[at], FAR, marking, net, duals, scratch)
        if worked < 0:
            return np.int64(-1)
        work += worked
    return work
