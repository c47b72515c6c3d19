"""The plan as a tree: who feeds whom, and how much hangs below."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alcance.steiner import Problem


@dataclass(frozen=True)
class Tree:
    """An arborescence over the nodes of a problem.

    Parameters
    ----------
    parent_arc
        int64[n]: the arc by which each node is reached, -1 for the root and for nodes outside the tree.
    order
        int64[t]: the nodes of the tree, every node after its parent, the root first.
    """

    parent_arc: NDArray[np.int64]
    order: NDArray[np.int64]

    @classmethod
    def of_arcs(cls, problem: Problem, arcs: NDArray[np.int64]) -> Tree:
        """Order the arcs of an arborescence from the root down."""
        parent_arc = np.full(problem.node_count, -1, dtype=np.int64)
        parent_arc[problem.heads[arcs]] = arcs
        return cls.of_parents(problem, parent_arc)

    @classmethod
    def of_parents(cls, problem: Problem, parent_arc: NDArray[np.int64]) -> Tree:
        """Order the nodes from the root down."""
        depth = _depths(problem.tails, parent_arc, problem.fixed_root)
        inside = np.flatnonzero(depth >= 0)
        return cls(parent_arc, inside[np.argsort(depth[inside], kind="stable")])

    @property
    def arcs(self) -> NDArray[np.int64]:
        """The arcs of the tree, sorted."""
        return np.sort(self.parent_arc[self.parent_arc >= 0])

    def sum_below(self, problem: Problem, weight: NDArray[np.int64]) -> NDArray[np.int64]:
        """Sum a weight of nodes over everything at and below each node; 0 outside the tree."""
        total: NDArray[np.int64] = _sum_below(problem.tails, self.parent_arc, self.order, weight)
        return total

    def sum_above(self, problem: Problem, amount: NDArray[np.float64]) -> NDArray[np.float64]:
        """Sum an amount of nodes over the path from the root to each node; 0 outside the tree."""
        total: NDArray[np.float64] = _sum_above(problem.tails, self.parent_arc, self.order, amount)
        return total

    def path(self, problem: Problem, node: int) -> list[int]:
        """List the arcs from a node up to the root."""
        found = []
        arc = int(self.parent_arc[node])
        while arc >= 0:
            found.append(arc)
            arc = int(self.parent_arc[problem.tails[arc]])
        return found


@njit(cache=True)
def _depths(tails, parent_arc, root):  # type: ignore[no-untyped-def]
    count = len(parent_arc)
    depth = np.full(count, -1, dtype=np.int64)
    depth[root] = 0
    stack = np.empty(count, dtype=np.int64)
    for node in range(count):
        if parent_arc[node] < 0 or depth[node] >= 0:
            continue
        size = 0
        at = node
        while depth[at] < 0 and parent_arc[at] >= 0 and size < count:
            stack[size] = at
            size += 1
            at = tails[parent_arc[at]]
        if depth[at] < 0:  # hangs on nothing, or on itself: not part of the tree
            continue
        level = depth[at]
        for position in range(size - 1, -1, -1):
            level += 1
            depth[stack[position]] = level
    return depth


@njit(cache=True)
def _sum_below(tails, parent_arc, order, weight):  # type: ignore[no-untyped-def]
    total = np.zeros(len(parent_arc), dtype=np.int64)
    for position in range(len(order) - 1, -1, -1):
        node = order[position]
        total[node] += weight[node]
        if parent_arc[node] >= 0:
            total[tails[parent_arc[node]]] += total[node]
    return total


@njit(cache=True)
def _sum_above(tails, parent_arc, order, amount):  # type: ignore[no-untyped-def]
    total = np.zeros(len(parent_arc), dtype=np.float64)
    for node in order:
        total[node] = amount[node]
        if parent_arc[node] >= 0:
            total[node] += total[tails[parent_arc[node]]]
    return total
