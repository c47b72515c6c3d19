"""Simulated annealing over the moves, in slices that can be stopped, with the best tree kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from alcance.steiner.moves.limits import Limits
from alcance.steiner.moves.mix import Mix
from alcance.steiner.moves.rebuild import rebuild, rehang, terminals_below
from alcance.steiner.moves.search import make_room
from alcance.steiner.moves.state import COST, JOURNAL, make_tree, random_below, random_share
from alcance.steiner.primal import Plan
from alcance.steiner.prune import prune

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from alcance.steiner.moves.guide import Guide
    from alcance.steiner.net import Net

# Effort is counted in moves, but a wide search counts as many: so it is the same work on any machine and any graph.
ARCS_PER_MOVE = 256
# Moves are made in one neighbourhood after the other, each small enough to stay in a processor's cache: that saves
# a third of their time. A visit is short enough for two dozen rounds through all, if the effort allows that many.
BLOCK_TERMINALS = 256
MOST_MOVES_PER_VISIT = 50.0
FEWEST_ROUNDS = 24
DEFAULT_MIX = Mix()


class Annealing:
    """An annealing that can be run in parts; `best` is the cheapest tree met so far.

    Parameters
    ----------
    net, guide, plan
        What to search in, the duals' advice, and where to start.
    direct
        int32[n] from `direct_arcs`, for pruning.
    mix
        Shares of the moves, and the temperatures.
    seed
        Of the random numbers; the same seed and the same parts give the same trees.
    price
        The price that temperatures are shares of; the mean price of a terminal in `plan` if None.
    limits
        On what arcs may carry, which `plan` keeps.
    """

    def __init__(
        self,
        net: Net,
        guide: Guide,
        plan: Plan,
        direct: NDArray[np.int32],
        *,
        seed: int,
        mix: Mix = DEFAULT_MIX,
        price: float | None = None,
        limits: Limits | None = None,
    ) -> None:
        self.best = plan
        self._price = plan.cost / max(1, net.terminals.size) if price is None else price
        self._net = net
        self._guide = guide
        self._direct = direct
        self._mix = mix
        self._tree = make_tree(net, plan.parent, limits or Limits.none())
        self._room = make_room(net)
        self._dice = np.array([seed], dtype=np.uint64)

    @property
    def now(self) -> Plan:
        """Where the annealing stands: seldom its best while it is hot."""
        return Plan(self._tree.parent.copy(), int(self._tree.counters[COST]))

    def run(self, moves: float, share_done: Callable[[float], float], go_on: Callable[[], bool]) -> None:
        """Make moves worth about `moves`, cooling by the share of all work that `share_done(moves made)` tells."""
        net, mix = self._net, self._mix
        terminals = net.terminals.size
        blocks = max(1, round(terminals / BLOCK_TERMINALS))
        per_terminal = min(MOST_MOVES_PER_VISIT, moves / (FEWEST_ROUNDS * terminals))
        done, block = 0.0, 0
        while done < moves:
            first, last = block * terminals // blocks, (block + 1) * terminals // blocks
            share = min(1.0, share_done(done))
            heat = self._price * mix.hot * (mix.cold / mix.hot) ** share
            budget = int(min(per_terminal * (last - first), moves - done)) + 1
            done += int(
                _anneal(net, self._tree, self._room, self._guide, self._dice, heat, budget, mix, first, last - first)
            )
            block = (block + 1) % blocks
            going_on = go_on()
            if (block == 0 or not going_on or done >= moves) and self._tree.counters[COST] < self.best.cost:
                self.best = self.now
            if not going_on:
                break
        parent = self.best.parent.copy()
        self.best = Plan(parent, int(prune(self._net, parent, self._direct)))


@njit(cache=True, nogil=True)
def _anneal(net, tree, room, guide, dice, heat, budget, mix, first, count):  # type: ignore[no-untyped-def]
    """Try moves worth about `budget` at one temperature around `count` terminals; returns what they were worth."""
    lowest, beyond = np.int64(0), np.int64(tree.parent.size)
    if first > 0:
        lowest = np.int64(net.terminals[first])
    if first + count < net.terminals.size:
        beyond = np.int64(net.terminals[first + count])
    tries = 0
    room.work[0] = 0
    while tries + room.work[0] // ARCS_PER_MOVE < budget:
        tries += 1
        tree.counters[JOURNAL] = 0
        # Metropolis, the other way round: the rise that chance would accept is drawn first and bounds the search.
        slack = np.int64(-np.log(1.0 - random_share(dice)) * heat)
        node = net.terminals[first + random_below(dice, count)]
        kind = random_share(dice)
        if kind < mix.branch:
            _rebuild_branch(node, slack, net, tree, room, guide, dice, mix)
        elif kind < mix.branch + mix.opening:
            opened = lowest + random_below(dice, beyond - lowest)
            _open_node(opened, slack, net, tree, room, guide, dice, mix)
        else:
            if random_share(dice) < mix.upward:
                node = _climb(node, random_below(dice, mix.climb), net, tree)
            if tree.parent[node] >= 0:
                rehang(node, slack, random_share(dice) < mix.forbid, net, tree, room, guide.weights)
    return tries + room.work[0] // ARCS_PER_MOVE


@njit(cache=True, nogil=True)
def _climb(node, steps, net, tree):  # type: ignore[no-untyped-def]
    for _ in range(steps):
        arc = tree.parent[node]
        if arc < 0 or net.tail[arc] == net.root[0]:
            break
        node = net.tail[arc]
    return node


@njit(cache=True, nogil=True)
def _rebuild_branch(node, slack, net, tree, room, guide, dice, mix):  # type: ignore[no-untyped-def]
    row = 1 + random_below(dice, guide.weights.shape[0] - 1)
    top = _climb(node, 2 + random_below(dice, mix.branch_climb - 1), net, tree)
    count = terminals_below(top, mix.branch_most, net, tree, room)
    if count <= 0:
        return
    rebuild(count, -1, row, np.int64(mix.jitter), slack, net, tree, room, guide.weights, dice)


@njit(cache=True, nogil=True)
def _open_node(opened, slack, net, tree, room, guide, dice, mix):  # type: ignore[no-untyped-def]
    row = 1 + random_below(dice, guide.weights.shape[0] - 1)
    first = guide.takers.ptr[opened]
    count = min(guide.takers.ptr[opened + 1] - first, 4 + random_below(dice, mix.opening_most - 3))
    if tree.inside[opened] or count < 2:
        return
    for at in range(count):
        room.listed[at] = net.terminals[guide.takers.terminal[first + at]]
    rebuild(count, opened, row, np.int64(mix.jitter), slack, net, tree, room, guide.weights, dice)
