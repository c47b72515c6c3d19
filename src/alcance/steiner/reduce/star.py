"""Nodes that no best tree needs with three edges or more (Duin and Volgenant's BDk; Polzin and Daneshmand 2001).

A node of degree k that is no terminal goes where, for every three or more of its neighbours, special distances around
the node join them no dearer than its edges do. Then some best tree at most passes through it, so edges between its
neighbours take its place, each unless a special distance makes it superfluous at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from alcance.steiner.reduce.draft import ABSENT, EDGES, PLAIN, ROOT, drop_node, join
from alcance.steiner.reduce.special import renew_profit, search, start_search

if TYPE_CHECKING:
    from alcance.steiner.reduce.draft import Draft

MOST_ARMS = 5


def replace_stars(draft: Draft, budget: int) -> int:
    """Replace nodes of degree 3 to 5 where that adds no edges, by searches among `budget` nodes; returns how many.

    Right in undirected problems only.
    """
    return int(_replace_all(draft, budget, start_search(draft)))


@njit(cache=True, nogil=True)
def _replace_all(draft, budget, found):  # type: ignore[no-untyped-def]
    arms = np.zeros(MOST_ARMS, dtype=np.int32)
    between = np.zeros((MOST_ARMS, MOST_ARMS), dtype=np.int64)
    replaced = 0
    for node in range(draft.alive.size):
        count = draft.degree[node]
        if not draft.alive[node] or count < 3 or count > MOST_ARMS:
            continue
        if draft.prize[node] != PLAIN or node == draft.tally[ROOT]:
            continue
        arc = draft.first[node]
        dearest = np.int64(0)
        for at in range(count):
            arms[at] = arc
            dearest = max(dearest, draft.cost[arc])
            arc = draft.after[arc]
        between[:] = ABSENT
        for one in range(count):
            # In a tree of such distances none needs to exceed two arms and the least of the others.
            limit = draft.cost[arms[one]] + 2 * dearest
            now = search(draft, draft.tail[arms[one] ^ 1], node, limit, budget, found)
            for two in range(count):
                end = draft.tail[arms[two] ^ 1]
                if two != one and found.stamp[end] == now:
                    between[one, two] = min(between[one, two], found.length[end])
                    between[two, one] = between[one, two]
            if one > 0 and between[one].min() == ABSENT:
                break
        if not _never_needed(draft, arms, count, between):
            continue
        added = 0
        for one in range(count):
            for two in range(one):
                added += between[one, two] > draft.cost[arms[one]] + draft.cost[arms[two]]
        if added > count or 2 * (draft.tally[EDGES] + added) > draft.tail.size:
            continue
        costs = draft.cost[arms[:count]].copy()
        ends = draft.tail[arms[:count] ^ 1].copy()
        drop_node(draft, node)
        for one in range(count):
            for two in range(one):
                total = costs[one] + costs[two]
                if between[one, two] > total:
                    join(draft, arms[one] ^ 1, arms[two], total, total)
        for at in range(count):
            renew_profit(draft, found, ends[at])
        replaced += 1
    return replaced


@njit(cache=True, nogil=True)
def _never_needed(draft, arms, count, between):  # type: ignore[no-untyped-def]
    """Whether distances join every three or more neighbours no dearer than the arms do."""
    nearest = np.zeros(count, dtype=np.int64)
    for subset in range(1 << count):
        total = np.int64(0)
        first = -1
        members = 0
        for at in range(count):
            if subset >> at & 1:
                total += draft.cost[arms[at]]
                members += 1
                first = at
        if members < 3:
            continue
        tree = np.int64(0)
        left = subset ^ (1 << first)
        for at in range(count):
            nearest[at] = between[first, at]
        while left > 0 and tree <= total:
            best = -1
            for at in range(count):
                if left >> at & 1 and (best < 0 or nearest[at] < nearest[best]):
                    best = at
            tree += min(nearest[best], total + 1)
            left ^= 1 << best
            for at in range(count):
                nearest[at] = min(nearest[at], between[best, at])
        if tree > total:
            return False
    return True
