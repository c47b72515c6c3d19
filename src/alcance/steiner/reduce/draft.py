"""A problem while it is being reduced: edges of two arcs in linked lists, and the record of what was done.

Arc 2e runs one way along edge e and arc 2e + 1 the other; a way that is missing costs `ABSENT`. Nothing is ever
overwritten, so that an arc made of two others can always be taken apart again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

from alcance.steiner.problem import REQUIRED

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alcance.steiner.problem import Problem

ABSENT = np.int64(1) << np.int64(61)
PLAIN = -2
# Places in `tally`.
EDGES, EVENTS, ROOT, FIXED, CONTRACTED = 0, 1, 2, 3, 4
# Events: a node takes over a neighbour's potentials; lies between two neighbours; a terminal is charged an amount.
FOLLOW, BETWEEN, CHARGE = 0, 1, 2
# New edges per node: one for each node passed through, a few for each node replaced by a clique.
SPARE_EDGES_PER_NODE = 5


class Draft(NamedTuple):
    """The reduced graph and the way back.

    Parameters
    ----------
    tail, cost, after, before
        int32[2e], int64[2e], int32[2e] twice: arcs, and their neighbours in the list of arcs that leave a node.
    source, part_one, part_two
        int64[2e], int32[2e] twice: the problem's arc, or −1 and the two arcs that an arc is made of.
    first, degree, alive, prize
        int32[n], int32[n], uint8[n], int64[n]: first arc that leaves a node, edges at it, whether it still stands,
        and its prize, `REQUIRED`, or `PLAIN` where it is no terminal.
    claim_first, claim_last, claim_next, claim_left
        int32[n] twice, int32[k], int64[k]: a chain of the problem's terminals for whom a node now stands, and what
        may still be charged to each (−1: without limit).
    event
        int64[·, 8]: kind, node, two neighbours or a terminal and an amount, and four costs; replayed backwards.
    contracted
        int32[n]: arcs that were contracted, and belong to every solution that reaches them.
    tally
        int64[5]: edges, events, root, fixed cost, contracted arcs.
    """

    tail: NDArray[np.int32]
    cost: NDArray[np.int64]
    after: NDArray[np.int32]
    before: NDArray[np.int32]
    source: NDArray[np.int64]
    part_one: NDArray[np.int32]
    part_two: NDArray[np.int32]
    first: NDArray[np.int32]
    degree: NDArray[np.int32]
    alive: NDArray[np.uint8]
    prize: NDArray[np.int64]
    claim_first: NDArray[np.int32]
    claim_last: NDArray[np.int32]
    claim_next: NDArray[np.int32]
    claim_left: NDArray[np.int64]
    event: NDArray[np.int64]
    contracted: NDArray[np.int32]
    tally: NDArray[np.int64]


def make_draft(problem: Problem) -> tuple[Draft, bool]:
    """Pair the arcs of a problem to edges; says also whether it is undirected (each edge costs the same both ways).

    Arcs into the root are never used, so they may be missing in an undirected problem.
    """
    pairs, arc, cost = _pairs(problem)
    inner = (pairs != problem.root).all(axis=1)
    undirected = bool((cost[inner, 0] == cost[inner, 1]).all())
    for way in (0, 1):
        into_root = pairs[:, 1 - way] == problem.root
        cost[into_root, way] = cost[into_root, 1 - way] if undirected else ABSENT
    used = (cost < ABSENT).any(axis=1)
    pairs, arc, cost = pairs[used], arc[used], cost[used]
    nodes, edges = problem.node_count, pairs.shape[0]
    room = 2 * (edges + SPARE_EDGES_PER_NODE * nodes + 16)
    terminals = problem.terminals.size
    draft = Draft(
        np.zeros(room, np.int32),
        np.full(room, ABSENT),
        np.full(room, -1, np.int32),
        np.full(room, -1, np.int32),
        np.full(room, -1, np.int64),
        np.full(room, -1, np.int32),
        np.full(room, -1, np.int32),
        np.full(nodes, -1, np.int32),
        np.zeros(nodes, np.int32),
        np.ones(nodes, np.uint8),
        np.full(nodes, PLAIN, np.int64),
        np.full(nodes, -1, np.int32),
        np.full(nodes, -1, np.int32),
        np.full(terminals, -1, np.int32),
        problem.prizes.copy(),
        np.zeros((2 * nodes + terminals + 16, 8), np.int64),
        np.zeros(nodes + 1, np.int32),
        np.array([edges, 0, problem.root, 0, 0], np.int64),
    )
    draft.tail[: 2 * edges] = pairs.reshape(-1)
    draft.cost[: 2 * edges] = cost.reshape(-1)
    draft.source[: 2 * edges] = arc.reshape(-1)
    wanted = np.flatnonzero(problem.terminals != problem.root)
    draft.prize[problem.terminals[wanted]] = problem.prizes[wanted]
    draft.claim_first[problem.terminals[wanted]] = wanted
    draft.claim_last[problem.terminals[wanted]] = wanted
    _link_all(draft)
    return draft, undirected


def _pairs(problem: Problem) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """For each pair of neighbours its ends, and the cheapest arc and its cost each way; int64[e, 2] each."""
    arcs = np.flatnonzero(problem.tails != problem.heads)
    tails, heads = problem.tails[arcs].astype(np.int64), problem.heads[arcs].astype(np.int64)
    low, high = np.minimum(tails, heads), np.maximum(tails, heads)
    way = (tails > heads).astype(np.int64)
    order = np.lexsort((arcs, problem.costs[arcs], way, high, low))
    arcs, low, high, way = arcs[order], low[order], high[order], way[order]
    fresh = np.ones(arcs.size, bool)
    fresh[1:] = (low[1:] != low[:-1]) | (high[1:] != high[:-1])
    cheapest = fresh.copy()
    cheapest[1:] |= way[1:] != way[:-1]
    edge = np.cumsum(fresh) - 1
    pairs = np.column_stack([low[fresh], high[fresh]])
    arc = np.full(pairs.shape, -1, np.int64)
    cost = np.full(pairs.shape, ABSENT)
    arc[edge[cheapest], way[cheapest]] = arcs[cheapest]
    cost[edge[cheapest], way[cheapest]] = problem.costs[arcs[cheapest]]
    return pairs, arc, cost


@njit(cache=True, nogil=True)
def _link_all(draft):  # type: ignore[no-untyped-def]
    for arc in range(2 * draft.tally[EDGES] - 1, -1, -1):
        link(draft, arc)


@njit(cache=True, nogil=True)
def link(draft, arc):  # type: ignore[no-untyped-def]
    """Enter an arc in the list of its tail."""
    node = draft.tail[arc]
    old = draft.first[node]
    draft.after[arc] = old
    draft.before[arc] = -1
    if old >= 0:
        draft.before[old] = arc
    draft.first[node] = arc
    draft.degree[node] += 1


@njit(cache=True, nogil=True)
def unlink(draft, arc):  # type: ignore[no-untyped-def]
    """Take an arc out of the list of its tail."""
    node = draft.tail[arc]
    if draft.before[arc] >= 0:
        draft.after[draft.before[arc]] = draft.after[arc]
    else:
        draft.first[node] = draft.after[arc]
    if draft.after[arc] >= 0:
        draft.before[draft.after[arc]] = draft.before[arc]
    draft.degree[node] -= 1


@njit(cache=True, nogil=True)
def drop_edge(draft, arc):  # type: ignore[no-untyped-def]
    """Delete the edge of an arc, both ways."""
    unlink(draft, arc)
    unlink(draft, arc ^ 1)
    draft.cost[arc] = ABSENT
    draft.cost[arc ^ 1] = ABSENT


@njit(cache=True, nogil=True)
def drop_arc(draft, arc):  # type: ignore[no-untyped-def]
    """Delete one way along an edge, and the edge where no way is left."""
    draft.cost[arc] = ABSENT
    if draft.cost[arc ^ 1] == ABSENT:
        drop_edge(draft, arc)


@njit(cache=True, nogil=True)
def drop_node(draft, node):  # type: ignore[no-untyped-def]
    """Delete a node and its edges."""
    while draft.first[node] >= 0:
        drop_edge(draft, draft.first[node])
    draft.alive[node] = 0


@njit(cache=True, nogil=True)
def drop_dearer(draft, tail, head, there, back):  # type: ignore[no-untyped-def]
    """Compare a new edge with its parallels: returns its costs each way, `ABSENT` where one is as cheap already."""
    near, far, flip = tail, head, 0
    if draft.degree[head] < draft.degree[tail]:
        near, far, flip = head, tail, 1
    arc = draft.first[near]
    while arc >= 0:
        following = draft.after[arc]
        if draft.tail[arc ^ 1] == far:
            forth = arc ^ flip
            if draft.cost[forth] <= there:
                there = ABSENT
            else:
                draft.cost[forth] = ABSENT
            if draft.cost[forth ^ 1] <= back:
                back = ABSENT
            else:
                draft.cost[forth ^ 1] = ABSENT
            if draft.cost[forth] == ABSENT and draft.cost[forth ^ 1] == ABSENT:
                drop_edge(draft, forth)
        arc = following
    return there, back


@njit(cache=True, nogil=True)
def join(draft, one, two, there, back):  # type: ignore[no-untyped-def]
    """Add the edge that runs along two arcs at the given costs, unless parallels are as cheap; needs room for one."""
    tail, head = draft.tail[one], draft.tail[two ^ 1]
    there, back = drop_dearer(draft, tail, head, there, back)
    if there == ABSENT and back == ABSENT:
        return
    arc = 2 * draft.tally[EDGES]
    draft.tally[EDGES] += 1
    draft.tail[arc], draft.tail[arc + 1] = tail, head
    draft.cost[arc], draft.cost[arc + 1] = there, back
    draft.part_one[arc], draft.part_two[arc] = one, two
    draft.part_one[arc + 1], draft.part_two[arc + 1] = two ^ 1, one ^ 1
    link(draft, arc)
    link(draft, arc + 1)


@njit(cache=True, nogil=True)
def record(draft, kind, node, one, two):  # type: ignore[no-untyped-def]
    """Note an event; returns its row, for costs."""
    row = draft.event[draft.tally[EVENTS]]
    draft.tally[EVENTS] += 1
    row[0], row[1], row[2], row[3] = kind, node, one, two
    return row


@njit(cache=True, nogil=True)
def charge(draft, node, amount):  # type: ignore[no-untyped-def]
    """Charge the terminals behind a node, in order, and add the amount to the fixed cost."""
    draft.tally[FIXED] += amount
    while amount > 0:
        claim = draft.claim_first[node]
        left = draft.claim_left[claim]
        part = amount if left == REQUIRED else min(left, amount)
        if part > 0:
            record(draft, CHARGE, node, claim, part)
        amount -= part
        if left != REQUIRED:
            draft.claim_left[claim] -= part
            if draft.claim_left[claim] == 0 and draft.claim_next[claim] >= 0:
                draft.claim_first[node] = draft.claim_next[claim]


@njit(cache=True, nogil=True)
def merge(draft, gone, kept, arc):  # type: ignore[no-untyped-def]
    """Contract `arc`, which joins `gone` and `kept`, at its cost, which `gone` is charged where its prize allows that.

    Right where every best solution that reaches one of the two reaches the other too, and over this arc.
    """
    cost = draft.cost[arc]
    prize = draft.prize[gone]
    if prize == REQUIRED or prize >= cost:
        charge(draft, gone, cost)
    else:
        draft.tally[FIXED] += cost
    record(draft, FOLLOW, gone, kept, 0)
    draft.contracted[draft.tally[CONTRACTED]] = arc
    draft.tally[CONTRACTED] += 1
    _pass_claims(draft, gone, kept, cost)
    _move_arcs(draft, gone, kept)
    draft.alive[gone] = 0


@njit(cache=True, nogil=True)
def _pass_claims(draft, gone, kept, cost):  # type: ignore[no-untyped-def]
    mine, other = draft.prize[kept], draft.prize[gone]
    if kept == draft.tally[ROOT] or mine == REQUIRED or other == PLAIN:
        return
    if mine == PLAIN or other == REQUIRED:
        draft.claim_first[kept] = draft.claim_first[gone]
        draft.claim_last[kept] = draft.claim_last[gone]
        draft.prize[kept] = REQUIRED if other == REQUIRED else other - cost
        return
    draft.claim_next[draft.claim_last[kept]] = draft.claim_first[gone]
    draft.claim_last[kept] = draft.claim_last[gone]
    draft.prize[kept] = mine + other - cost


@njit(cache=True, nogil=True)
def _move_arcs(draft, gone, kept):  # type: ignore[no-untyped-def]
    while draft.first[gone] >= 0:
        arc = draft.first[gone]
        head = draft.tail[arc ^ 1]
        there, back = draft.cost[arc], draft.cost[arc ^ 1]
        if kept == draft.tally[ROOT] and there == ABSENT:
            back = ABSENT  # only the way into the root was left
        drop_edge(draft, arc)
        if head == kept:
            continue
        there, back = drop_dearer(draft, kept, head, there, back)
        if there == ABSENT and back == ABSENT:
            continue
        draft.tail[arc] = kept
        draft.cost[arc], draft.cost[arc ^ 1] = there, back
        link(draft, arc)
        link(draft, arc ^ 1)
