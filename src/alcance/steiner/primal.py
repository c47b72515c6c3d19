"""First trees: shortest-path growth over chosen arcs, and slope scaling on costs divided by their expected sharing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from alcance.steiner.duals import FAR
from alcance.steiner.heap import drop_first, push
from alcance.steiner.prune import prune

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from alcance.steiner.duals import Duals
    from alcance.steiner.net import Net

SLOPE_ROUNDS = 12


class Plan:
    """A tree and its cost.

    Parameters
    ----------
    parent
        int32[n]: the arc into each node of the tree, −1 for the root and for nodes outside.
    cost
        Sum of the arcs' costs.
    """

    def __init__(self, parent: NDArray[np.int32], cost: int) -> None:
        self.parent = parent
        self.cost = cost


def first_plan(
    net: Net,
    duals: Duals,
    direct: NDArray[np.int32],
    *,
    slope_rounds: int = SLOPE_ROUNDS,
    go_on: Callable[[float], bool] | None = None,
) -> Plan:
    """The best of several starts: growth over the arcs the duals have paid for, over all arcs, and slope scaling."""
    best: Plan | None = None
    for only_paid in (True, False):
        weights = np.where(duals.reduced == 0, net.cost, np.int64(-1)) if only_paid else net.cost
        best = _better(best, grow(net, weights, direct))
        if go_on is not None and best is not None and not go_on(0.0):
            return best
    share = np.ones(net.cost.size)
    for round_number in range(slope_rounds):
        plan, uses = _slope_round(net, share, direct)
        best = _better(best, plan)
        _renew(share, uses)
        if go_on is not None and best is not None and not go_on((round_number + 1) / slope_rounds):
            break
    if best is None:
        raise RuntimeError("a validated problem has a tree")
    return best


def plain_plan(net: Net, direct: NDArray[np.int32]) -> Plan:
    """Some plan at once: every terminal on its own arc from the root, or growth over all arcs where one has none."""
    if bool((direct[net.terminals] >= 0).all()):
        parent = np.full(net.terminal_at.size, -1, dtype=np.int32)
        parent[net.terminals] = direct[net.terminals]
        return Plan(parent, int(net.cost[direct[net.terminals]].sum()))
    plan = grow(net, net.cost, direct)
    if plan is None:
        raise RuntimeError("a validated problem has a tree")
    return plan


def _better(best: Plan | None, plan: Plan | None) -> Plan | None:
    if plan is None or (best is not None and best.cost <= plan.cost):
        return best
    return plan


def grow(net: Net, weights: NDArray[np.int64], direct: NDArray[np.int32]) -> Plan | None:
    """Connect one terminal after the other, nearest first, over arcs of weight 0 or more; None if some stay out."""
    parent = np.full(net.terminal_at.size, -1, dtype=np.int32)
    _grow(net, weights, parent)
    cost = int(prune(net, parent, direct))
    return None if cost < 0 else Plan(parent, cost)


def _slope_round(
    net: Net, share: NDArray[np.float64], direct: NDArray[np.int32]
) -> tuple[Plan | None, NDArray[np.int32]]:
    parent = np.full(net.terminal_at.size, -1, dtype=np.int32)
    uses = np.zeros(net.cost.size, dtype=np.int32)
    _shortest_paths(net, share, parent, uses)
    cost = int(prune(net, parent, direct))
    return (None if cost < 0 else Plan(parent, cost)), uses


@njit(cache=True, nogil=True)
def _grow(net, weights, parent):  # type: ignore[no-untyped-def]
    node_count = parent.size
    root = net.root[0]
    distance = np.full(node_count, FAR, dtype=np.int64)
    chosen = np.full(node_count, -1, dtype=np.int32)
    in_tree = np.zeros(node_count, dtype=np.uint8)
    # Nodes may come back at distance 0 when a path through them is taken, so the heap can hold two entries per arc. It
    # seldom holds many, and what is not written to takes no memory.
    keys = np.empty(2 * net.cost.size + 2 * node_count + 2, dtype=np.int64)
    nodes = np.empty(2 * net.cost.size + 2 * node_count + 2, dtype=np.int32)
    distance[root] = 0
    in_tree[root] = 1
    size = push(keys, nodes, 0, np.int64(0), root)
    left = net.terminals.size
    while size > 0 and left > 0:
        key = keys[0]
        node = nodes[0]
        size = drop_first(keys, nodes, size)
        if key != distance[node]:
            continue
        if net.terminal_at[node] >= 0 and not in_tree[node]:
            at = node
            while not in_tree[at]:
                in_tree[at] = 1
                parent[at] = chosen[at]
                if net.terminal_at[at] >= 0:
                    left -= 1
                if distance[at] > 0:
                    distance[at] = 0
                    if at != node:
                        size = push(keys, nodes, size, np.int64(0), at)
                at = net.tail[chosen[at]]
            key = np.int64(0)
        for place in range(net.out_ptr[node], net.out_ptr[node + 1]):
            arc = net.out_arc[place]
            if weights[arc] < 0:
                continue
            head = net.head[arc]
            length = key + weights[arc]
            if length < distance[head]:
                distance[head] = length
                chosen[head] = arc
                size = push(keys, nodes, size, length, head)


@njit(cache=True, nogil=True)
def _renew(share, uses):  # type: ignore[no-untyped-def]
    """Half of the old estimate is kept: full steps swing between two trees."""
    for arc in range(share.size):
        if uses[arc] > 0:
            share[arc] = np.sqrt(share[arc] * uses[arc])
        else:
            share[arc] = max(share[arc] * 0.8, 1.0)


@njit(cache=True, nogil=True)
def _shortest_paths(net, share, parent, uses):  # type: ignore[no-untyped-def]
    """The shortest-path tree over costs by expected shares, where it leads to terminals, and how many use each arc."""
    node_count = parent.size
    root = net.root[0]
    distance = np.full(node_count, FAR, dtype=np.int64)
    chosen = np.full(node_count, -1, dtype=np.int32)
    order = np.zeros(node_count, dtype=np.int32)
    below = np.zeros(node_count, dtype=np.int32)
    keys = np.empty(net.cost.size + node_count + 1, dtype=np.int64)
    nodes = np.empty(net.cost.size + node_count + 1, dtype=np.int32)
    distance[root] = 0
    size = push(keys, nodes, 0, np.int64(0), root)
    count = 0
    while size > 0:
        key = keys[0]
        node = nodes[0]
        size = drop_first(keys, nodes, size)
        if key != distance[node]:
            continue
        order[count] = node
        count += 1
        for place in range(net.out_ptr[node], net.out_ptr[node + 1]):
            arc = net.out_arc[place]
            head = net.head[arc]
            length = key + np.int64(np.floor(net.cost[arc] / share[arc]))
            if length < distance[head]:
                distance[head] = length
                chosen[head] = arc
                size = push(keys, nodes, size, length, head)
    for at in range(count - 1, 0, -1):
        node = order[at]
        if net.terminal_at[node] >= 0:
            below[node] += 1
        if below[node] > 0:
            arc = chosen[node]
            parent[node] = arc
            uses[arc] += below[node]
            below[net.tail[arc]] += below[node]
