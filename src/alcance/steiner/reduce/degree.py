"""Nodes with few ways in or out: dead ends, nodes to pass through, and terminals with one way in (Duin and Volgenant).

Every test here is right for directed and undirected problems, and every potential of what is left can be lifted:

- no way out and no terminal: the node goes, its potential is D everywhere, for nothing falls into it;
- one neighbour and no terminal: the node goes and takes the neighbour's potentials;
- two neighbours and no terminal: one edge with the summed costs takes its place;
- a terminal that would never pay to pass its own prize on (at a leaf or between two neighbours): its prize is charged
  to its ways in, and it is no terminal any more;
- a leaf whose prize exceeds its only way in, or a required terminal with one way in: contracted into the neighbour.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from alcance.steiner.problem import REQUIRED
from alcance.steiner.reduce.draft import (
    ABSENT,
    BETWEEN,
    FOLLOW,
    PLAIN,
    ROOT,
    charge,
    drop_node,
    join,
    merge,
    record,
)

KEEP, DROP, HANG, PASS, PAY, CONTRACT = 0, 1, 2, 3, 4, 5


@njit(cache=True, nogil=True)
def reduce_degrees(draft):  # type: ignore[no-untyped-def]
    """Apply the tests until none applies; returns the nodes that went."""
    nodes = draft.alive.size
    stack = np.arange(nodes - 1, -1, -1).astype(np.int32)
    waiting = np.ones(nodes, dtype=np.uint8)
    size = nodes
    gone = 0
    while size > 0:
        size -= 1
        node = stack[size]
        waiting[node] = 0
        if not draft.alive[node]:
            continue
        choice, way_in = _choose(draft, node)
        if choice == KEEP:
            continue
        arc = draft.first[node]
        while arc >= 0:
            near = draft.tail[arc ^ 1]
            if not waiting[near]:
                waiting[near] = 1
                stack[size] = near
                size += 1
            arc = draft.after[arc]
        _apply(draft, node, choice, way_in)
        gone += 1 - draft.alive[node]
        if draft.alive[node] and not waiting[node]:
            waiting[node] = 1
            stack[size] = node
            size += 1
    return gone


@njit(cache=True, nogil=True)
def _choose(draft, node):  # type: ignore[no-untyped-def]
    """What to do with a node, and the cheapest arc into it (−1 where there is none)."""
    way_in = -1
    ways_in = 0
    ways_out = 0
    cheapest = ABSENT
    arc = draft.first[node]
    while arc >= 0:
        ways_out += draft.cost[arc] < ABSENT
        if draft.cost[arc ^ 1] < ABSENT:
            ways_in += 1
            if draft.cost[arc ^ 1] < cheapest:
                cheapest = draft.cost[arc ^ 1]
                way_in = arc ^ 1
        arc = draft.after[arc]
    prize = draft.prize[node]
    degree = draft.degree[node]
    choice = KEEP
    if node == draft.tally[ROOT]:
        choice = KEEP
    elif prize == PLAIN:
        if ways_out == 0:
            choice = DROP
        elif degree == 1:
            choice = HANG
        elif degree == 2:
            choice = PASS
    elif prize == REQUIRED:
        if ways_in == 1:
            choice = CONTRACT
    elif ways_in == 0 or (degree <= 2 and prize <= cheapest) or prize == 0:
        choice = PAY
    elif degree == 1:
        choice = CONTRACT
    return choice, way_in


@njit(cache=True, nogil=True)
def _apply(draft, node, choice, way_in):  # type: ignore[no-untyped-def]
    if choice == DROP:
        drop_node(draft, node)
    elif choice == HANG:
        record(draft, FOLLOW, node, draft.tail[draft.first[node] ^ 1], 0)
        drop_node(draft, node)
    elif choice == PASS:
        _pass_through(draft, node)
    elif choice == PAY:
        _pay(draft, node)
    else:
        merge(draft, node, draft.tail[way_in], way_in)


@njit(cache=True, nogil=True)
def _pass_through(draft, node):  # type: ignore[no-untyped-def]
    """Join the two neighbours u and w of a node v; the lift puts v's potential between theirs."""
    out_one = draft.first[node]
    out_two = draft.after[out_one]
    one, two = draft.tail[out_one ^ 1], draft.tail[out_two ^ 1]
    if one == two:
        record(draft, FOLLOW, node, one, 0)
        drop_node(draft, node)
        return
    in_one, in_two = draft.cost[out_one ^ 1], draft.cost[out_two ^ 1]
    to_one, to_two = draft.cost[out_one], draft.cost[out_two]
    row = record(draft, BETWEEN, node, one, two)
    row[4], row[5], row[6], row[7] = in_one, to_two, in_two, to_one
    drop_node(draft, node)
    there = in_one + to_two if in_one < ABSENT and to_two < ABSENT else ABSENT
    back = in_two + to_one if in_two < ABSENT and to_one < ABSENT else ABSENT
    if there < ABSENT or back < ABSENT:
        join(draft, out_one ^ 1, out_two, there, back)


@njit(cache=True, nogil=True)
def _pay(draft, node):  # type: ignore[no-untyped-def]
    """Charge a terminal's whole prize to its ways in, which cost so much less from here on."""
    prize = draft.prize[node]
    charge(draft, node, prize)
    draft.prize[node] = PLAIN
    arc = draft.first[node]
    while arc >= 0:
        if draft.cost[arc ^ 1] < ABSENT:
            draft.cost[arc ^ 1] -= prize
        arc = draft.after[arc]
