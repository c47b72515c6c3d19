"""Edges that a walk over terminals makes superfluous: special distances, with prizes (Rehfeldt and Koch 2022).

The length of a walk is the dearest of its parts, each part counted as its edges less the prizes of the terminals
inside it. An edge no cheaper than such a walk between its ends can be left out: whatever tree uses it can use a part
of the walk instead, and what that gains in prizes pays for the rest. Required terminals and the root end every part.

A node has an implied profit too: where a required terminal's cheapest edge leads to it, a tree that holds the node
may hang the terminal there and drop another of its edges, which costs at least its second cheapest. The profit does
not count where the walk itself uses that edge.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

from alcance.steiner.heap import drop_first, push
from alcance.steiner.problem import REQUIRED
from alcance.steiner.reduce.draft import ABSENT, PLAIN, ROOT, drop_edge

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alcance.steiner.reduce.draft import Draft

HEAP_ROOM = 8192
# A terminal with one edge gives its neighbour this much: more than what matters, and sums of it fit.
MOST_PROFIT = np.int64(1) << np.int64(44)


class Search(NamedTuple):
    """Working arrays of `search`, and the implied profits.

    Parameters
    ----------
    length, part, into, stamp, settled
        Of each node: length of the walk to it, of its last part, the arc into it, the search it belongs to.
    keys, heap, now
        The heap, and the number of the search.
    profit
        int64[n]: the implied profit of each node.
    giver_to, giver_amount
        int32[n], int64[n]: the node that a required terminal gives profit to (−1: none), and how much.
    """

    length: NDArray[np.int64]
    part: NDArray[np.int64]
    into: NDArray[np.int32]
    stamp: NDArray[np.int32]
    settled: NDArray[np.uint8]
    keys: NDArray[np.int64]
    heap: NDArray[np.int32]
    now: NDArray[np.int32]
    profit: NDArray[np.int64]
    giver_to: NDArray[np.int32]
    giver_amount: NDArray[np.int64]


def start_search(draft: Draft) -> Search:
    """Working arrays for searches in a draft, with the implied profits of its nodes."""
    nodes = draft.alive.size
    found = Search(
        np.zeros(nodes, np.int64),
        np.zeros(nodes, np.int64),
        np.zeros(nodes, np.int32),
        np.zeros(nodes, np.int32),
        np.zeros(nodes, np.uint8),
        np.zeros(HEAP_ROOM, np.int64),
        np.zeros(HEAP_ROOM, np.int32),
        np.zeros(1, np.int32),
        np.zeros(nodes, np.int64),
        np.full(nodes, -1, np.int32),
        np.zeros(nodes, np.int64),
    )
    _profit_all(draft, found)
    return found


@njit(cache=True, nogil=True)
def _profit_all(draft, found):  # type: ignore[no-untyped-def]
    for node in range(draft.alive.size):
        if draft.alive[node]:
            renew_profit(draft, found, node)


@njit(cache=True, nogil=True)
def renew_profit(draft, found, node):  # type: ignore[no-untyped-def]
    """Reckon anew what a node gives to its nearest neighbour, after its edges changed."""
    if found.giver_to[node] >= 0:
        found.profit[found.giver_to[node]] -= found.giver_amount[node]
        found.giver_to[node] = -1
    if worth(draft, node) < ABSENT or draft.degree[node] == 0:
        return
    arc, second = cheapest(draft, node)
    amount = min(second, MOST_PROFIT) - draft.cost[arc]
    if amount > 0:
        found.giver_to[node] = draft.tail[arc ^ 1]
        found.giver_amount[node] = amount
        found.profit[draft.tail[arc ^ 1]] += amount


@njit(cache=True, nogil=True)
def cheapest(draft, node):  # type: ignore[no-untyped-def]
    """The cheapest arc out of a node, and the cost of the second."""
    best, least, second = -1, ABSENT, ABSENT
    arc = draft.first[node]
    while arc >= 0:
        cost = draft.cost[arc]
        if cost < least or best < 0:
            best, least, second = arc, cost, least
        elif cost < second:
            second = cost
        arc = draft.after[arc]
    return best, second


@njit(cache=True, nogil=True)
def worth(draft, node):  # type: ignore[no-untyped-def]
    """What a walk gains at a node: its prize, or `ABSENT` (any amount) where every solution holds it."""
    prize = draft.prize[node]
    if node == draft.tally[ROOT] or prize == REQUIRED:
        return ABSENT
    return np.int64(0) if prize == PLAIN else prize


@njit(cache=True, nogil=True)
def search(draft, start, avoid, limit, budget, found):  # type: ignore[no-untyped-def]
    """Label nodes with lengths of walks from `start`, not through `avoid`, of at most `limit`; returns the stamp.

    Every label is the length of a true walk that visits no node twice; it need not be the shortest. What `start`
    itself gives does not count, for its edges may be deleted by the same search.
    """
    length, part, into, stamp, settled = found.length, found.part, found.into, found.stamp, found.settled
    keys, heap = found.keys, found.heap
    found.now[0] += 1
    now = found.now[0]
    length[start], part[start], into[start], stamp[start], settled[start] = 0, 0, -1, now, 0
    size = push(keys, heap, 0, np.int64(0), start)
    looked = 0
    while size > 0 and looked < budget:
        key, node = keys[0], heap[0]
        size = drop_first(keys, heap, size)
        if settled[node] or key != length[node]:
            continue
        settled[node] = 1
        looked += 1
        gain = np.int64(0)
        if node != start:
            gain = worth(draft, node) + found.profit[node]
            above = draft.tail[into[node]]
            if found.giver_to[start] == node:
                gain -= found.giver_amount[start]
            if above != start and found.giver_to[above] == node:
                gain -= found.giver_amount[above]
        arc = draft.first[node]
        while arc >= 0:
            head = draft.tail[arc ^ 1]
            counted = gain
            if found.giver_to[head] == node and start not in (node, head) and into[node] != arc ^ 1:
                counted -= found.giver_amount[head]
            end = max(np.int64(0), part[node] - counted) + draft.cost[arc]
            if end <= limit and head != avoid and size < keys.size:
                whole = max(key, end)
                better = stamp[head] != now
                if not better and not settled[head]:
                    better = whole < length[head] or (whole == length[head] and end <= part[head])
                if better:
                    stamp[head], settled[head] = now, 0
                    length[head], part[head], into[head] = whole, end, arc
                    size = push(keys, heap, size, whole, head)
            arc = draft.after[arc]
    return now


def drop_special(draft: Draft, budget: int) -> int:
    """Delete edges no cheaper than a walk found among `budget` nodes around an end; returns how many.

    Right in undirected problems only. The edges of a search's own walks are never deleted by it.
    """
    return int(_drop_all(draft, budget, start_search(draft)))


@njit(cache=True, nogil=True)
def _drop_all(draft, budget, found):  # type: ignore[no-untyped-def]
    dropped = 0
    for start in range(draft.alive.size):
        if not draft.alive[start] or draft.degree[start] < 2:
            continue
        limit = np.int64(0)
        arc = draft.first[start]
        while arc >= 0:
            limit = max(limit, draft.cost[arc])
            arc = draft.after[arc]
        now = search(draft, start, -1, limit, budget, found)
        arc = draft.first[start]
        before = dropped
        while arc >= 0:
            following = draft.after[arc]
            head = draft.tail[arc ^ 1]
            if found.stamp[head] == now and found.into[head] != arc and found.length[head] <= draft.cost[arc]:
                drop_edge(draft, arc)
                renew_profit(draft, found, head)
                dropped += 1
            arc = following
        if dropped > before:
            renew_profit(draft, found, start)
    return dropped
