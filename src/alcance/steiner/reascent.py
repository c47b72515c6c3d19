"""Raise the bound of a finished dual ascent: give the charges of a few neighbours back and raise them in another order.

A block move (Erlenkotter's dual adjustment, 1978, on balls): a terminal whose way in the plan is not all paid for grows
on after a few others have given back what they pay around its ball for arcs that do not serve them; then those grow
again, and what lowers the sum is taken back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

from alcance.steiner.ascent import ascend, raise_terminal
from alcance.steiner.duals import FAR, ROOTED, start_duals, start_scratch, with_more_room
from alcance.steiner.moves.state import random_below, random_share
from alcance.steiner.moves.takers import takers_of
from alcance.steiner.serving import no_serving, serves, serving_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from alcance.steiner.duals import Duals, Scratch
    from alcance.steiner.moves import Takers
    from alcance.steiner.net import Net
    from alcance.steiner.primal import Plan
    from alcance.steiner.serving import Serving

ARCS_PER_SLICE = 2_000_000
# One neighbourhood after the other: what is worked on stays in a processor's cache.
REGION_TERMINALS = 256
FEWEST_ROUNDS = 4
# Effort is counted in blocks of this much work, whatever a block takes on one graph or another.
ARCS_PER_BLOCK = 20_000
# Measured on a real region: a terminal and one to three others, half of whom keep a random part of what they paid.
BLOCK_MOST = 4
PARTIAL = 0.5
# Blocks around what the plan has not paid gain most; some at random keep the search broad.
AROUND_UNPAID = 0.85
HIGHEST_CLIMB = 60
MOST_PAYERS = 4_096


class Saved(NamedTuple):
    """Potentials set aside while a block is tried."""

    start: NDArray[np.int64]
    length: NDArray[np.int64]
    charge: NDArray[np.int64]
    node: NDArray[np.int32]
    value: NDArray[np.int64]
    block: NDArray[np.int32]
    payers: NDArray[np.int32]
    listed: NDArray[np.uint8]


def reascend(
    net: Net,
    duals: Duals,
    scratch: Scratch,
    takers: Takers,
    serving: Serving,
    *,
    blocks: int,
    seed: int,
    enough: float = np.inf,
    go_on: Callable[[], bool] | None = None,
) -> Duals:
    """Try `blocks` block moves; the bound never falls.

    Parameters
    ----------
    serving
        Of a good plan: who should pay for what.
    blocks, seed
        How much work (about so many block moves), and of which random numbers.
    enough
        A bound that ends it, looked at between slices.
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
        np.zeros(MOST_PAYERS, dtype=np.int32),
        np.zeros(net.terminals.size, dtype=np.uint8),
    )
    nobody = no_serving(net)
    terminals = net.terminals.size
    regions = max(1, round(terminals / REGION_TERMINALS))
    left, budget, region = blocks * ARCS_PER_BLOCK, 0, -1
    slice_arcs = min(ARCS_PER_SLICE, 1 + left // (FEWEST_ROUNDS * regions))
    while left > 0 and duals.bound < enough:
        if budget <= 0:
            budget, region = min(slice_arcs, left), (region + 1) % regions
        first, last = region * terminals // regions, (region + 1) * terminals // regions
        worked, full = _blocks(net, duals, scratch, takers, serving, nobody, saved, dice, budget, first, last - first)
        left -= worked
        budget = budget - worked if full else 0
        if full:
            duals = with_more_room(duals)
        if go_on is not None and not go_on():
            break
    return duals


def ascended_for(net: Net, plan: Plan, blocks: int, go_on: Callable[[], bool]) -> Duals:
    """Duals of an ascent that a plan advises, charges handed round in so many blocks while they prove less than it."""
    serving = serving_of(net, plan.parent)
    duals = ascend(net, start_duals(net), start_scratch(net), serving=serving, go_on=lambda _share: go_on())
    return reascend(
        net, duals, start_scratch(net), takers_of(duals), serving,
        blocks=blocks, seed=0, enough=plan.cost, go_on=go_on,
    )  # fmt: skip


@njit(cache=True, nogil=True)
def _blocks(  # type: ignore[no-untyped-def]
    net, duals, scratch, takers, serving, nobody, saved, dice, budget, first, among
):
    """Try blocks worth `budget` arcs, each begun with one of `among` terminals from `first` on.

    Returns what was worked, and whether the pool was full. Then the last block is undone, with its chances and its
    work: what comes of it does not depend on the room there is.
    """
    work = np.int64(0)
    while work < budget:
        began, chance = work, dice[0]
        work += 20
        terminal = first + random_below(dice, among)
        if random_share(dice) < AROUND_UNPAID:
            count, looked = _choose_around_unpaid(terminal, net, duals, scratch, takers, serving, saved, dice)
            work += looked
        else:
            count = _choose(terminal, duals, takers, saved, dice)
        if count < 2:
            continue
        before = np.int64(0)
        for at in range(count):
            before += duals.charge[saved.block[at]]
        if not _set_aside(count, net, duals, scratch, saved, dice):
            continue
        raised = _raise_anew(count, net, duals, scratch, nobody, saved)
        after = np.int64(0)
        for at in range(count):
            after += duals.charge[saved.block[at]]
        if raised < 0 or after < before:
            _put_back(count, net, duals, scratch, saved)
        if raised < 0:
            dice[0] = chance
            return began, True
        work += 3 * raised
    return work, False


@njit(cache=True, nogil=True)
def _choose(terminal, duals, takers, saved, dice):  # type: ignore[no-untyped-def]
    """Pick a random node of a terminal's ball, and some of the terminals whose balls hold it."""
    if duals.length[terminal] == 0:
        return 0
    node = duals.pool_node[duals.start[terminal] + random_below(dice, duals.length[terminal])]
    first = takers.ptr[node]
    around = takers.ptr[node + 1] - first
    if around < 2:
        return 0
    count = min(around, 2 + random_below(dice, BLOCK_MOST - 1))
    shift = random_below(dice, around)
    for at in range(count):
        saved.block[at] = takers.terminal[first + (at + shift) % around]
    return count


@njit(cache=True, nogil=True)
def _choose_around_unpaid(terminal, net, duals, scratch, takers, serving, saved, dice):  # type: ignore[no-untyped-def]
    """Pick a terminal if its way in the plan is not all paid for, and after it payers around its ball.

    The ball ends at arcs that are paid up. Who may have paid them are the terminals whose balls hold their heads; those
    whom the plan does not serve there should not.
    """
    if not _is_unpaid(net.terminals[terminal], net, duals, serving):
        return 0, 0
    payers, looked = _payers_around(terminal, net, duals, scratch, takers, serving, saved)
    if payers == 0:
        return 0, looked
    saved.block[0] = terminal
    count = min(payers, 1 + random_below(dice, BLOCK_MOST - 1))
    for at in range(count):
        other = at + random_below(dice, payers - at)
        saved.payers[at], saved.payers[other] = saved.payers[other], saved.payers[at]
        saved.block[1 + at] = saved.payers[at]
    return 1 + count, looked


@njit(cache=True, nogil=True)
def _is_unpaid(node, net, duals, serving):  # type: ignore[no-untyped-def]
    for _ in range(HIGHEST_CLIMB):
        arc = serving.parent[node]
        if arc < 0:
            return False
        if duals.reduced[arc] > 0:
            return True
        node = net.tail[arc]
    return False


@njit(cache=True, nogil=True)
def _payers_around(terminal, net, duals, scratch, takers, serving, saved):  # type: ignore[no-untyped-def]
    """List who may have paid at a ball's border for what does not serve them; returns how many, and the work."""
    scratch.stamp_now[0] += 1
    now = scratch.stamp_now[0]
    start = duals.start[terminal]
    stop = start + duals.length[terminal]
    for at in range(start, stop):
        scratch.stamp[duals.pool_node[at]] = now
    count = 0
    work = 0
    for at in range(start, stop):
        node = duals.pool_node[at]
        for arc in range(net.in_ptr[node], net.in_ptr[node + 1]):
            work += 1
            if duals.reduced[arc] == 0 and net.cost[arc] > 0 and scratch.stamp[net.tail[arc]] != now:
                for place in range(takers.ptr[node], takers.ptr[node + 1]):
                    payer = takers.terminal[place]
                    if payer == terminal or saved.listed[payer] or count == saved.payers.size:
                        continue
                    if serving.parent[node] < 0 or not serves(node, net.terminals[payer], serving):
                        saved.payers[count] = payer
                        saved.listed[payer] = 1
                        count += 1
                break
    for at in range(count):
        saved.listed[saved.payers[at]] = 0
    return count, work


@njit(cache=True, nogil=True)
def change_charges(terminal, sign, net, duals, scratch):  # type: ignore[no-untyped-def]
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


@njit(cache=True, nogil=True)
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
        if at == 0:
            continue  # it grows on from where it is
        change_charges(terminal, 1, net, duals, scratch)
        part = 1.0
        if random_share(dice) < PARTIAL:
            part = random_share(dice)
        kept = np.int64(duals.charge[terminal] * (1.0 - part))
        while duals.length[terminal] > 0 and duals.pool_value[start + duals.length[terminal] - 1] >= kept:
            duals.length[terminal] -= 1
        duals.charge[terminal] = kept
        if kept > 0:
            change_charges(terminal, -1, net, duals, scratch)
    return True


@njit(cache=True, nogil=True)
def _put_back(count, net, duals, scratch, saved):  # type: ignore[no-untyped-def]
    for at in range(count):
        change_charges(saved.block[at], 1, net, duals, scratch)
    for at in range(count):
        terminal = saved.block[at]
        duals.length[terminal] = saved.length[at]
        duals.charge[terminal] = saved.charge[at]
        start = duals.start[terminal]
        for place in range(saved.length[at]):
            duals.pool_node[start + place] = saved.node[saved.start[at] + place]
            duals.pool_value[start + place] = saved.value[saved.start[at] + place]
        change_charges(terminal, -1, net, duals, scratch)


@njit(cache=True, nogil=True)
def _raise_anew(count, net, duals, scratch, nobody, saved):  # type: ignore[no-untyped-def]
    """Raise each terminal of a block as far as it goes; returns the arcs looked at, or −1 where the pool was full."""
    marking = False
    work = np.int64(0)
    for at in range(count):
        worked = raise_terminal(saved.block[at], FAR, marking, nobody, net, duals, scratch)
        if worked < 0:
            return np.int64(-1)
        work += worked
    return work
