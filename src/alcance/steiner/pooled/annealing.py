"""Simulated annealing of an undirected tree, by cutting key paths out and joining anew what falls apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from alcance.steiner.moves.state import random_below, random_share
from alcance.steiner.pooled.ascent import pooled_ascent
from alcance.steiner.pooled.exchange import improve
from alcance.steiner.pooled.hung import COST, Hung, hang
from alcance.steiner.pooled.regrow import regrow
from alcance.steiner.pooled.tree import best_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from alcance.steiner.pooled.graph import Graph

# Nodes of a window, key paths cut out, and nodes that are joined besides.
FEWEST_NODES, MOST_NODES, MOST_CUT, MOST_EXTRA = 20, 240, 8, 3
# In mean costs of a terminal.
HOT, COLD = 0.02, 0.0005
ARCS_PER_MOVE = 1_000
MOVES_PER_SLICE = 2_000


class TreeAnnealing:
    """An annealing that can be run in parts; `best` (int32[n], the arc into each node) is the cheapest tree met."""

    def __init__(self, graph: Graph, start: int, parent: NDArray[np.int32], *, seed: int) -> None:
        worth = np.zeros(graph.node.size, dtype=np.int64)
        worth[graph.terminals] = graph.budget
        self._graph = graph
        self._tree: Hung = hang(graph, start, parent, worth)
        self._dice = np.array([seed], dtype=np.uint64)
        self._price = self.cost / max(1, graph.terminals.size)
        self.best, self.best_cost = parent, self.cost

    @property
    def cost(self) -> int:
        """What the tree costs where the annealing stands, with the prizes of what it leaves out."""
        return int(self._tree.counters[COST])

    def run(self, moves: float, share_done: Callable[[float], float], go_on: Callable[[], bool]) -> None:
        """Make about so many moves, cooling by the share of all work that `share_done(moves made)` tells."""
        done = 0.0
        while done < moves:
            heat = self._price * HOT * (COLD / HOT) ** min(1.0, share_done(done))
            budget = int(min(MOVES_PER_SLICE, moves - done)) + 1
            done += _anneal(self._graph, self._tree, self._dice, heat, budget)
            if self.cost < self.best_cost:
                self.best, self.best_cost = self._tree.parent.copy(), self.cost
            if not go_on():
                break


def first_annealing(graph: Graph, seed: int, go_on: Callable[[], bool]) -> TreeAnnealing:
    """An annealing of the first tree of a graph with a root: what a pooled ascent shows, its key paths exchanged."""
    start = int(graph.root[0])
    parent = best_of(graph, pooled_ascent(graph, go_on=lambda _share: go_on()).rooted, start)
    if parent is None:
        raise RuntimeError("a validated problem has a tree")
    return TreeAnnealing(graph, start, improve(graph, start, parent, lambda _share: go_on()), seed=seed)


@njit(cache=True, nogil=True)
def _anneal(graph, tree, dice, heat, budget):  # type: ignore[no-untyped-def]
    """Make moves worth about `budget` at one temperature; returns what they were worth."""
    tries = 0
    work = 0
    while tries + work // ARCS_PER_MOVE < budget:
        tries += 1
        work += 4
        center = random_below(dice, tree.parent.size)
        if tree.degree[center] == 0:
            continue
        slack = np.int64(-np.log(1.0 - random_share(dice)) * heat)
        nodes = np.int64(FEWEST_NODES * (MOST_NODES / FEWEST_NODES) ** random_share(dice))
        most = 1 + random_below(dice, MOST_CUT)
        extra = random_below(dice, MOST_EXTRA + 1)
        work += regrow(center, nodes, most, extra, slack, graph, tree, dice)
    return tries + work // ARCS_PER_MOVE
