"""Raise the bound of a finished dual ascent: terminals that lie together give back what they pay and ascend anew.

As in the first ascent they grow level by level, at first only for what serves them in a good plan. Whoever had paid his
way to the root over arcs that are not paid for any more grows on with them. What lowers the sum is taken back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from alcance.steiner.ascent import ascend, first_level
from alcance.steiner.duals import LIVE, ROOTED, mark_from, with_more_room
from alcance.steiner.reascent import change_charges
from alcance.steiner.warm import known_of
from alcance.steiner.window import nearest_terminals

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from alcance.steiner.duals import Duals, Scratch
    from alcance.steiner.net import Net
    from alcance.steiner.serving import Serving
    from alcance.steiner.warm import Known

# Terminals that ascend anew together: with 4 to 30 or 30 to 150 a street graph's bound rose more slowly.
FEWEST, MOST = 10, 60
# A ball of more nodes stays as it is: many have their way to the root through it.
MOST_NODES = 5_000
# What is lost in one order is won in another, so many coarse ascents raise the bound more than a few fine ones: with
# 1.1 to 1.6 it rose by a tenth less in a minute. Centres by what the plan has not paid gained less than any at random.
GROWTHS = (2.0, 4.0, 8.0)


def reascend_clusters(
    net: Net,
    duals: Duals,
    scratch: Scratch,
    serving: Serving,
    *,
    clusters: int,
    seed: int,
    go_on: Callable[[int], bool],
) -> Duals:
    """Let `clusters` groups of terminals ascend anew; the bound never falls.

    Parameters
    ----------
    serving
        Of a good plan: who should pay for what.
    go_on
        Told the bound after every group; False stops.

    Returns
    -------
    Duals
        The same arrays, but for the pool, which may have been replaced by a larger one.
    """
    if net.terminals.size == 0:
        return duals
    dice = np.random.default_rng(seed)
    bound, lowest = duals.bound, first_level(net)
    for _ in range(clusters):
        center, count = int(dice.integers(net.terminals.size)), int(dice.integers(FEWEST, MOST + 1))
        growth = float(dice.choice(GROWTHS))
        near = nearest_terminals(net, center, count, scratch)
        near = near[duals.length[near] <= MOST_NODES]
        before, lengths, charges = known_of(duals, near), duals.length.copy(), duals.charge.copy()
        _give_back(near, net, duals, scratch)
        duals = ascend(net, duals, scratch, serving=serving, growth=growth, lowest=lowest)
        if duals.bound < bound:
            grown = duals.charge != charges
            grown[near] = False
            duals = _with_room_for(duals, near, before)
            _take_back(np.flatnonzero(grown), lengths, charges, near, before, net, duals, scratch)
        bound = duals.bound
        if not go_on(bound):
            break
    return duals


@njit(cache=True, nogil=True)
def _give_back(terminals, net, duals, scratch):  # type: ignore[no-untyped-def]
    """Return all that some terminals pay, and find out whom the root reaches still."""
    for terminal in terminals:
        change_charges(terminal, 1, net, duals, scratch)
        duals.length[terminal] = 0
        duals.charge[terminal] = 0
    duals.rooted[:] = 0
    mark_from(net.root[0], net, duals, scratch.queue)
    for terminal in range(net.terminals.size):
        duals.state[terminal] = ROOTED if duals.rooted[net.terminals[terminal]] else LIVE


def _with_room_for(duals: Duals, terminals: NDArray[np.int64], known: Known) -> Duals:
    """Let the lists of some terminals have room for what is known of them; what they list now may be lost after that.

    Only once there is room for all, as packing the pool leaves none in any list.
    """
    wanted = np.diff(known.ptr)
    total = int(wanted.sum()) + int(duals.length[terminals].sum())
    while duals.used[0] + total > duals.pool_node.size:
        duals.used[1] = total
        duals = with_more_room(duals)
    for terminal, length in zip(terminals.tolist(), wanted.tolist(), strict=True):
        if length > duals.room[terminal]:
            old, fresh, listed = duals.start[terminal], duals.used[0], duals.length[terminal]
            duals.pool_node[fresh : fresh + listed] = duals.pool_node[old : old + listed]
            duals.pool_value[fresh : fresh + listed] = duals.pool_value[old : old + listed]
            duals.start[terminal], duals.room[terminal] = fresh, length
            duals.used[0] += length
    return duals


@njit(cache=True, nogil=True)
def _take_back(grown, lengths, charges, terminals, known, net, duals, scratch):  # type: ignore[no-untyped-def]
    """Cut who has grown on down to what he was, and give the others what is known of them."""
    for terminal in grown:
        change_charges(terminal, 1, net, duals, scratch)
    for terminal in terminals:
        change_charges(terminal, 1, net, duals, scratch)
    for terminal in grown:
        duals.length[terminal] = lengths[terminal]
        duals.charge[terminal] = charges[terminal]
        change_charges(terminal, -1, net, duals, scratch)
    for at in range(terminals.size):
        terminal = terminals[at]
        start = duals.start[terminal]
        first = known.ptr[at]
        duals.length[terminal] = known.ptr[at + 1] - first
        duals.charge[terminal] = known.charge[at]
        for place in range(duals.length[terminal]):
            duals.pool_node[start + place] = known.node[first + place]
            duals.pool_value[start + place] = known.value[first + place]
        change_charges(terminal, -1, net, duals, scratch)
