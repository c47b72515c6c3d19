"""Simulated annealing over the moves, in slices, with the best tree kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

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

SLICE_MOVES = 4000
# Temperatures as shares of the mean price of a terminal in the first plan.
HOT, COLD = 0.2, 0.002


def improve(
    net: Net,
    guide: Guide,
    plan: Plan,
    direct: NDArray[np.int32],
    *,
    moves: int,
    seed: int,
    go_on: Callable[[float], bool] | None = None,
) -> Plan:
    """Anneal a plan with about `moves` re-hangings; returns the best tree met, pruned."""
    if net.terminals.size == 0 or moves <= 0:
        return plan
    tree = make_tree(net, plan.parent)
    room = make_room(net)
    dice = np.array([seed], dtype=np.uint64)
    stats = np.zeros((4, 4), dtype=np.int64)
    best = plan
    scale = plan.cost / net.terminals.size
    done = 0
    while done < moves:
        fraction = done / moves
        heat = scale * HOT * (COLD / HOT) ** fraction
        done += int(_anneal(net, tree, room, guide, dice, heat, min(SLICE_MOVES, moves - done), stats))
        if int(tree.counters[COST]) < best.cost:
            best = Plan(tree.parent.copy(), int(tree.counters[COST]))
        if go_on is not None and not go_on(min(1.0, done / moves)):
            break
    parent = best.parent.copy()
    cost = int(prune(net, parent, direct))
    return Plan(parent, cost)


@njit(cache=True)
def _anneal(net, tree, room, guide, dice, heat, budget, stats):  # type: ignore[no-untyped-def]
    done = 0
    while done < budget:
        tree.counters[JOURNAL] = 0
        before = tree.counters[COST]
        slack = np.int64(-np.log(1.0 - random_share(dice)) * heat)
        node = net.terminals[random_below(dice, net.terminals.size)]
        kind = random_share(dice)
        which = 0
        if kind < 0.96:
            if kind > 0.6:
                for _ in range(random_below(dice, 10)):
                    arc = tree.parent[node]
                    if arc < 0 or net.tail[arc] == net.root[0]:
                        break
                    node = net.tail[arc]
            if tree.parent[node] >= 0:
                rehang(node, slack, random_share(dice) < 0.3, net, tree, room, guide.weights)
            done += 1
        else:
            row = 1 + random_below(dice, 3)
            jitter = np.int64(64)
            count = 0
            opened = -1
            if kind < 0.98:
                which = 1
                for _ in range(2 + random_below(dice, 12)):
                    arc = tree.parent[node]
                    if arc < 0 or net.tail[arc] == net.root[0]:
                        break
                    node = net.tail[arc]
                count = terminals_below(node, 60, net, tree, room)
            else:
                which = 2
                opened = random_below(dice, tree.parent.size)
                first = guide.taker_ptr[opened]
                count = min(guide.taker_ptr[opened + 1] - first, 8 + random_below(dice, 32))
                for at in range(count):
                    room.listed[at] = net.terminals[guide.takers[first + at]]
                if tree.inside[opened] or count < 2:
                    count = 0
            done += 1
            if count > 0:
                done += 2 * count
                rebuild(count, opened, row, jitter, slack, net, tree, room, guide.weights, dice)
        stats[which, 0] += 1
        if tree.counters[COST] != before:
            stats[which, 1] += 1
            stats[which, 2] += tree.counters[COST] - before
    return done
