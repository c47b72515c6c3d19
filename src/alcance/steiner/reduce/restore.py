"""Take a solution of a reduced problem back to the problem it came from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from alcance.steiner.problem import REQUIRED
from alcance.steiner.reduce.draft import CONTRACTED

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alcance.steiner.problem import Problem
    from alcance.steiner.reduce.draft import Draft


def restore(problem: Problem, draft: Draft, chosen: NDArray[np.int64], *, undirected: bool) -> NDArray[np.int64]:
    """Arcs of `problem` that a tree's arcs (of the draft) stand for, ascending; they cost no more.

    Contracted arcs are added, and in an undirected problem each edge may turn round, away from the root.
    """
    arcs = np.concatenate([chosen, draft.contracted[: draft.tally[CONTRACTED]]]).astype(np.int64)
    used = _take_apart(arcs, draft.source, draft.part_one, draft.part_two, undirected)
    used = np.unique(used[used >= 0])
    return np.sort(used[_tree(problem, used)])


@njit(cache=True, nogil=True)
def _take_apart(arcs, source, part_one, part_two, both_ways):  # type: ignore[no-untyped-def]
    found = np.zeros(64, dtype=np.int64)
    count = 0
    stack = np.zeros(arcs.size + 64, dtype=np.int64)
    for first in arcs:
        stack[0] = first
        size = 1
        while size > 0:
            size -= 1
            arc = stack[size]
            if part_one[arc] >= 0:
                if size + 2 > stack.size:
                    stack = np.concatenate((stack, np.zeros(stack.size, dtype=np.int64)))
                stack[size] = part_two[arc]
                stack[size + 1] = part_one[arc]
                size += 2
                continue
            if count + 2 > found.size:
                found = np.concatenate((found, np.zeros(found.size, dtype=np.int64)))
            found[count] = source[arc]
            count += 1
            if both_ways:
                found[count] = source[arc ^ 1]
                count += 1
    return found[:count]


def _tree(problem: Problem, used: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which of the arcs make a tree from the root without dead ends; bool[]."""
    order = used[np.lexsort((used, problem.costs[used], problem.tails[used]))]
    start = np.searchsorted(problem.tails[order], np.arange(problem.node_count + 1))
    wanted = np.zeros(problem.node_count, np.bool_)
    wanted[problem.terminals] = (problem.prizes > 0) | (problem.prizes == REQUIRED)
    kept = _grow(problem.root, start, order, problem.heads, wanted)
    result: NDArray[np.bool_] = np.isin(used, kept)
    return result


@njit(cache=True, nogil=True)
def _grow(root, start, order, heads, wanted):  # type: ignore[no-untyped-def]
    into = np.full(wanted.size, -1, dtype=np.int64)
    above = np.full(wanted.size, -1, dtype=np.int64)
    queue = np.zeros(wanted.size, dtype=np.int64)
    queue[0] = root
    size = 1
    at = 0
    while at < size:
        node = queue[at]
        at += 1
        for place in range(start[node], start[node + 1]):
            head = heads[order[place]]
            if head != root and into[head] < 0:
                into[head] = order[place]
                above[head] = node
                queue[size] = head
                size += 1
    kept = np.zeros(size, dtype=np.int64)
    count = 0
    needed = wanted.copy()
    for at in range(size - 1, 0, -1):
        node = queue[at]
        if needed[node]:
            needed[above[node]] = True
            kept[count] = into[node]
            count += 1
    return kept[:count]
