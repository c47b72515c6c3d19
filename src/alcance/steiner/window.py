"""Windows: a few terminals that lie together are planned anew and exactly, while the rest of a plan stays as it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from alcance.adjacency import cheapest_by_both_ends
from alcance.steiner.heap import drop_first, push
from alcance.steiner.net import Net, connect
from alcance.steiner.primal import Plan
from alcance.steiner.reascent import ascended_for, change_charges
from alcance.steiner.relax import finish

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from alcance.steiner.duals import Duals, Scratch

MOST_NODES = 60_000
# Inside a window: charges handed round before the relaxation, and cases told apart.
BLOCKS, CASES = 100, 3


@dataclass(frozen=True)
class Window:
    """A net of its own: what else the plan builds is its root.

    Parameters
    ----------
    whole, net
        The net and the window's own, whose node i + 1 is `nodes[i]` of the whole.
    nodes, arcs
        int32[], int64[]: the whole's nodes and arcs.
    plan
        The window's share of the plan.
    """

    whole: Net
    net: Net
    nodes: NDArray[np.int32]
    arcs: NDArray[np.int64]
    plan: Plan

    @classmethod
    def cut(
        cls,
        net: Net,
        parent: NDArray[np.int32],
        duals: Duals,
        terminals: NDArray[np.int64],
        reach: int,
        scratch: Scratch,
    ) -> Window:
        """Cut a window out of a plan.

        Parameters
        ----------
        parent
            int32[n]: the plan.
        duals, reach
            Nodes are left out where what these terminals pay leaves more than `reach` to pay on every way to one.
        terminals
            Indices of the terminals to plan anew.
        """
        chosen = np.zeros(net.terminals.size, dtype=np.bool_)
        chosen[terminals] = True
        staying = _staying(net, parent, chosen)
        # A terminal on the way to another that is not chosen stays where it is.
        chosen &= ~staying[net.terminals]
        terminals = np.flatnonzero(chosen)
        own = duals._replace(reduced=net.cost.copy())
        for terminal in terminals:
            change_charges(terminal, -1, net, own, scratch)
        nodes = _within(net, own.reduced, staying, chosen, np.int64(reach), scratch)
        # What the plan has built for these terminals alone belongs to the window, however far it reaches.
        built = np.flatnonzero((parent >= 0) & ~staying)
        nodes = np.union1d(nodes, built).astype(np.int32)
        place = np.full(staying.size, -1, dtype=np.int64)
        place[staying] = 0
        place[nodes] = 1 + np.arange(nodes.size)
        sizes = net.in_ptr[nodes + 1] - net.in_ptr[nodes]
        arcs = np.arange(int(sizes.sum())) + np.repeat(net.in_ptr[nodes] - np.cumsum(sizes) + sizes, sizes)
        arcs = arcs[place[net.tail[arcs]] >= 0]
        tails, heads = place[net.tail[arcs]], place[net.head[arcs]]
        order = cheapest_by_both_ends(heads, tails, net.cost[arcs], nodes.size + 1)
        arcs, tails, heads = arcs[order], tails[order], heads[order]
        inner = connect(nodes.size + 1, 0, tails, heads, net.cost[arcs], np.sort(place[net.terminals[terminals]]))
        # The plan's arc from what stays may not be the cheapest from there: the cheapest is taken.
        names = heads * (nodes.size + 1) + tails
        used = parent[built]
        at = np.searchsorted(names, place[net.head[used]] * (nodes.size + 1) + place[net.tail[used]])
        share = np.full(nodes.size + 1, -1, dtype=np.int32)
        share[place[built]] = at
        return cls(net, inner, nodes, arcs, Plan(share, int(inner.cost[at].sum())))

    def solve(self, go_on: Callable[[], bool]) -> Plan:
        """The best plan of the window that a relaxation and a few cases find; never a dearer one."""
        net, plan = self.net, self.plan
        duals = ascended_for(net, plan, BLOCKS, go_on)
        if duals.bound < plan.cost and go_on():
            plan = finish(net, plan, duals, go_on, CASES).plan
        return plan

    def put_back(self, parent: NDArray[np.int32], plan: Plan) -> int:
        """Write a plan of the window into the whole plan `parent` if it is cheaper; returns the change of cost."""
        before = parent[self.nodes]
        change = plan.cost - int(self.whole.cost[before[before >= 0]].sum())
        if change >= 0:
            return 0
        used = np.flatnonzero(plan.parent >= 0)
        parent[self.nodes] = -1
        parent[self.nodes[used - 1]] = self.arcs[plan.parent[used]]
        return change


def nearest_terminals(net: Net, terminal: int, count: int, scratch: Scratch) -> NDArray[np.int64]:
    """A terminal and those nearest to it by what lies between, in either direction, but for ways over the root."""
    found: NDArray[np.int64] = _nearest(net, terminal, count, scratch)
    return found


@njit(cache=True, nogil=True)
def _nearest(net, terminal, count, scratch):  # type: ignore[no-untyped-def]
    scratch.stamp_now[0] += 1
    now = scratch.stamp_now[0]
    distance, stamp = scratch.distance, scratch.stamp
    keys, nodes = scratch.heap_key, scratch.heap_node
    found = np.zeros(count, np.int64)
    filled = 0
    distance[net.terminals[terminal]] = 0
    stamp[net.terminals[terminal]] = now
    size = push(keys, nodes, 0, np.int64(0), net.terminals[terminal])
    while size > 0 and filled < count:
        key, node = keys[0], nodes[0]
        size = drop_first(keys, nodes, size)
        if key != distance[node]:
            continue
        if net.terminal_at[node] >= 0:
            found[filled] = net.terminal_at[node]
            filled += 1
        inward = net.in_ptr[node + 1] - net.in_ptr[node]
        outward = net.out_ptr[node + 1] - net.out_ptr[node]
        for at in range(inward + outward):
            if at < inward:
                arc = net.in_ptr[node] + at
                other = net.tail[arc]
            else:
                arc = net.out_arc[net.out_ptr[node] + at - inward]
                other = net.head[arc]
            length = key + net.cost[arc]
            if other == net.root[0] or (stamp[other] == now and distance[other] <= length):
                continue
            if size == keys.size:
                continue
            distance[other] = length
            stamp[other] = now
            size = push(keys, nodes, size, length, other)
    return found[:filled]


@njit(cache=True, nogil=True)
def _staying(net, parent, chosen):  # type: ignore[no-untyped-def]
    """Which nodes of a plan serve a terminal that is not chosen; the root is one."""
    staying = np.zeros(parent.size, np.bool_)
    staying[net.root[0]] = True
    for terminal in range(net.terminals.size):
        node = net.terminals[terminal]
        while not chosen[terminal] and not staying[node]:
            staying[node] = True
            node = net.tail[parent[node]]
    return staying


@njit(cache=True, nogil=True)
def _within(net, reduced, staying, chosen, reach, scratch):  # type: ignore[no-untyped-def]
    """Nodes from which a chosen terminal is reached for at most `reach`, but for ways through what stays."""
    scratch.stamp_now[0] += 1
    now = scratch.stamp_now[0]
    distance, stamp, order = scratch.distance, scratch.stamp, scratch.order
    keys, nodes = scratch.heap_key, scratch.heap_node
    size = 0
    count = 0
    for terminal in range(chosen.size):
        if chosen[terminal]:
            node = net.terminals[terminal]
            distance[node] = 0
            stamp[node] = now
            size = push(keys, nodes, size, np.int64(0), node)
    while size > 0 and count < MOST_NODES:
        key, node = keys[0], nodes[0]
        size = drop_first(keys, nodes, size)
        if key != distance[node]:
            continue
        order[count] = node
        count += 1
        for arc in range(net.in_ptr[node], net.in_ptr[node + 1]):
            tail = net.tail[arc]
            length = key + reduced[arc]
            if staying[tail] or length > reach or (stamp[tail] == now and distance[tail] <= length):
                continue
            distance[tail] = length
            stamp[tail] = now
            size = push(keys, nodes, size, length, tail)
    return np.sort(order[:count])
