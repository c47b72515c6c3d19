"""Make a problem smaller without changing its optimum, and first cuts by dual ascent; for the judge alone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order, dijkstra

from alcance.steiner.problem import REQUIRED

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alcance.steiner import Problem

WORTH_ANOTHER_TURN = 0.05
# A weight of 0 would be no arc in a sparse matrix; costs are whole numbers of cents, so this much is nothing.
_NOTHING = 1e-6
_FAR = 1e15


@dataclass(frozen=True)
class Small:
    """A problem whose terminals must all be reached; costs are `fixed` more than its arcs say."""

    node_count: int
    root: int
    tails: NDArray[np.int64]
    heads: NDArray[np.int64]
    costs: NDArray[np.int64]
    terminals: NDArray[np.int64]
    fixed: int


def shrink(problem: Problem) -> Small:
    """Turn prizes into arcs, and drop or join what cannot matter, again and again until nothing changes."""
    tails, heads, costs = (array.astype(np.int64) for array in (problem.tails, problem.heads, problem.costs))
    prized = np.flatnonzero(problem.prizes != REQUIRED)
    leaves = problem.node_count + np.arange(prized.size)
    terminals = problem.terminals.astype(np.int64).copy()
    tails = np.concatenate([tails, terminals[prized], np.full(prized.size, problem.root)])
    heads = np.concatenate([heads, leaves, leaves])
    costs = np.concatenate([costs, np.zeros(prized.size, dtype=np.int64), problem.prizes[prized]])
    terminals[prized] = leaves
    return _settle(Small(problem.node_count + prized.size, problem.root, tails, heads, costs, terminals, 0))


def _settle(small: Small) -> Small:
    while True:
        before = small.tails.size
        small = _renumber(_join(_cheapest(small)))
        if small.tails.size == before:
            return small


def _cheapest(small: Small) -> Small:
    """Keep the cheapest of parallel arcs, no loops, nothing into the root."""
    useful = np.flatnonzero((small.tails != small.heads) & (small.heads != small.root))
    order = useful[np.lexsort((small.costs[useful], small.heads[useful], small.tails[useful]))]
    tails, heads = small.tails[order], small.heads[order]
    first = np.ones(order.size, dtype=bool)
    first[1:] = (tails[1:] != tails[:-1]) | (heads[1:] != heads[:-1])
    order = order[first]
    return replace(small, tails=tails[first], heads=heads[first], costs=small.costs[order])


def _join(small: Small) -> Small:
    """Join each node with one arc in at no cost to its tail, and each with one arc out to its head, that arc paid
    by those before it; what every way into a terminal costs is paid at once."""
    n = small.node_count
    tails, heads, costs = small.tails.copy(), small.heads.copy(), small.costs.copy()
    terminal = np.zeros(n, dtype=bool)
    terminal[small.terminals] = True
    least = np.full(n, np.iinfo(np.int64).max)
    np.minimum.at(least, heads, costs)
    fixed = small.fixed + int(least[small.terminals[small.terminals != small.root]].sum())
    at_terminal = terminal[heads]
    costs[at_terminal] -= least[heads[at_terminal]]
    ins, outs = np.bincount(heads, minlength=n), np.bincount(tails, minlength=n)
    into = np.arange(n)
    free_in = (ins[heads] == 1) & (costs == 0) & ~terminal[heads]
    into[heads[free_in]] = tails[free_in]
    single_out = (outs[tails] == 1) & ~terminal[tails] & (tails != small.root)
    # Chains of joins are left to the next turn: a node moves only where its neighbour stays.
    moving = np.zeros(n, dtype=bool)
    moving[heads[free_in]] = True
    blocked = moving[into]
    into[blocked] = np.flatnonzero(blocked)
    moved = into != np.arange(n)
    stays = ~moved
    stays_as_target = np.zeros(n, dtype=bool)
    stays_as_target[into[moved]] = True
    pairs = np.flatnonzero(single_out & stays[tails] & stays[heads] & ~stays_as_target[tails])
    chained = np.zeros(n, dtype=bool)
    chained[tails[pairs]] = True
    pairs = pairs[~chained[heads[pairs]]]
    extra = np.zeros(n, dtype=np.int64)
    extra[tails[pairs]] = costs[pairs]
    onward = np.arange(n)
    onward[tails[pairs]] = heads[pairs]
    dropped = np.zeros(tails.size, dtype=bool)
    dropped[pairs] = True
    costs = costs + extra[heads]
    heads = onward[heads]
    tails, heads = into[tails], into[heads]
    keep = ~dropped
    return Small(n, small.root, tails[keep], heads[keep], costs[keep], small.terminals, fixed)


def _renumber(small: Small) -> Small:
    """Drop what cannot be reached from the root or leads to no terminal, and terminals at the root."""
    n = small.node_count
    ends = small.terminals[small.terminals != small.root]
    ones = np.ones(small.tails.size + ends.size)
    rows, columns = np.concatenate([small.tails, ends]), np.concatenate([small.heads, np.full(ends.size, n)])
    graph = csr_array((ones, (rows, columns)), shape=(n + 1, n + 1))
    keep = np.zeros(n + 1, dtype=bool)
    keep[breadth_first_order(graph, small.root, return_predecessors=False)] = True
    leading = np.zeros(n + 1, dtype=bool)
    leading[breadth_first_order(csr_array(graph.T), n, return_predecessors=False)] = True
    keep &= leading
    keep[small.root] = True
    number = np.cumsum(keep) - 1
    used = keep[small.tails] & keep[small.heads]
    return Small(
        int(keep[:n].sum()),
        int(number[small.root]),
        number[small.tails[used]],
        number[small.heads[used]],
        small.costs[used],
        number[ends],
        small.fixed,
    )


def wong_cuts(small: Small) -> tuple[list[NDArray[np.int64]], NDArray[np.int64], int]:
    """Dual ascent (Wong 1984) in its plainest form: the cuts that were raised, the reduced costs left, the bound.

    The terminal with the fewest arcs into the nodes that reach it at no cost raises those arcs.
    """
    order = np.argsort(small.heads, kind="stable")
    pointer = np.concatenate([[0], np.cumsum(np.bincount(small.heads, minlength=small.node_count))])
    arcs, ends, reduced, bound = _ascend(small.root, pointer, order, small.tails, small.costs, small.terminals)
    cuts = np.split(arcs, ends[:-1]) if ends.size else []
    return [np.sort(cut) for cut in cuts], reduced, int(bound)


def least_rise(small: Small, reduced: NDArray[Any], alive: NDArray[np.bool_] | None = None) -> NDArray[np.float64]:
    """By how much any tree that uses an arc exceeds the bound of these reduced costs, at least (per arc).

    Such a tree holds a way from the root over the arc to a terminal (Duin 1993); over arcs alive, where told.
    """
    n = small.node_count
    if alive is not None:
        reduced = np.where(alive, reduced, _FAR)
    weights = np.maximum(reduced, 0).astype(np.float64) + _NOTHING
    down = csr_array((weights, (small.tails, small.heads)), shape=(n, n))
    ends = np.full(small.terminals.size, n)
    rows, columns = np.concatenate([small.heads, ends]), np.concatenate([small.tails, small.terminals])
    up = csr_array((np.concatenate([weights, np.full(ends.size, _NOTHING)]), (rows, columns)), shape=(n + 1, n + 1))
    from_root = dijkstra(down, indices=small.root)
    to_terminal = dijkstra(up, indices=n)[:n]
    rise = from_root[small.tails] + weights + to_terminal[small.heads]
    return np.asarray(rise - 2.0 * n * _NOTHING)


def within_reach(problem: Problem, most: int) -> Small:
    """Shrink a problem, and drop every arc that no tree of at most this cost uses, as long as arcs fall away."""
    small = shrink(problem)
    while True:
        _, reduced, bound = wong_cuts(small)
        keep = small.fixed + bound + least_rise(small, reduced) <= most
        if keep.sum() >= (1 - WORTH_ANOTHER_TURN) * keep.size:
            return small
        small = _settle(replace(small, tails=small.tails[keep], heads=small.heads[keep], costs=small.costs[keep]))


@njit(cache=True)
def _ascend(root, pointer, order, tails, costs, terminals):  # type: ignore[no-untyped-def]
    reduced = costs.copy()
    seen = np.full(pointer.size - 1, -1, dtype=np.int64)
    stack = np.empty(pointer.size, dtype=np.int64)
    entering = np.empty(tails.size, dtype=np.int64)
    size = np.zeros(terminals.size, dtype=np.int64)
    done = np.zeros(terminals.size, dtype=np.bool_)
    cuts = [np.empty(0, dtype=np.int64)]
    turn = 0
    bound = 0
    while not done.all():
        chosen = -1
        for at in range(terminals.size):
            if not done[at] and (chosen < 0 or size[at] < size[chosen]):
                chosen = at
        turn += 1
        seen[terminals[chosen]] = turn
        stack[0] = terminals[chosen]
        high = 1
        low = 0
        while low < high and seen[root] != turn:
            node = stack[low]
            low += 1
            for place in range(pointer[node], pointer[node + 1]):
                tail = tails[order[place]]
                if reduced[order[place]] == 0 and seen[tail] != turn:
                    seen[tail] = turn
                    stack[high] = tail
                    high += 1
        if seen[root] == turn:
            done[chosen] = True
            continue
        width = 0
        for at in range(high):
            for place in range(pointer[stack[at]], pointer[stack[at] + 1]):
                if seen[tails[order[place]]] != turn:
                    entering[width] = order[place]
                    width += 1
        cut = entering[:width].copy()
        grown = cut.size > size[chosen]
        size[chosen] = cut.size
        if grown:
            # Others may now have the smaller cut.
            smaller = False
            for at in range(terminals.size):
                smaller = smaller or (not done[at] and size[at] < cut.size)
            if smaller:
                continue
        rise = reduced[cut].min()
        bound += rise
        for arc in cut:
            reduced[arc] -= rise
        cuts.append(cut)
    ends = np.empty(len(cuts), dtype=np.int64)
    total = 0
    for at in range(len(cuts)):
        total += cuts[at].size
        ends[at] = total
    arcs = np.empty(total, dtype=np.int64)
    for at in range(len(cuts)):
        arcs[ends[at] - cuts[at].size : ends[at]] = cuts[at]
    return arcs, ends[1:], reduced, bound
