"""What solving gives: a tree, a lower bound on every tree, and the proof of the bound."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from alcance.proof import REQUIRED

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alcance.proof import Certificate
    from alcance.steiner.problem import Problem


@dataclass(frozen=True)
class Solution:
    """An arborescence, a lower bound on every arborescence, and the proof of the bound.

    Parameters
    ----------
    arcs
        int64[]: indices of the problem's arcs in the tree, ascending.
    skipped
        int32[]: prized terminals left out, ascending.
    cost
        The arcs' costs, those of the tree's nodes, and the prizes of the terminals left out.
    lower_bound
        No solution costs less; proven by `certificate`.
    certificate
        The potentials that prove it.
    history
        (seconds, stage, bound, cost) whenever a stage ended, and every second of a long one; cost is −1 before the
        first plan.
    interrupted
        True where time or Ctrl-C ended the work before its effort was spent.
    root
        The node on which the tree hangs; None where nothing is built, which only a problem without a root allows.
    stopped
        True where Ctrl-C ended it.
    """

    arcs: NDArray[np.int64]
    skipped: NDArray[np.int32]
    cost: int
    lower_bound: int
    certificate: Certificate
    history: tuple[tuple[float, str, int, int], ...] = ()
    interrupted: bool = False
    root: int | None = None
    stopped: bool = False

    @property
    def gap(self) -> float:
        """(cost − bound) / bound; 0 where both are 0, infinite where only the bound is."""
        if self.cost == self.lower_bound:
            return 0.0
        return (self.cost - self.lower_bound) / self.lower_bound if self.lower_bound else float("inf")


@dataclass(frozen=True)
class Tree:
    """A tree in the problem's own numbering: its arcs (int64[], ascending), the node it hangs on, what it costs.

    A root of None means that nothing is built.
    """

    arcs: NDArray[np.int64]
    root: int | None
    skipped: NDArray[np.int32]
    cost: int

    @classmethod
    def of(cls, problem: Problem, arcs: NDArray[np.int64], root: int | None) -> Tree:
        """Count what a tree costs, with the prizes of what it leaves out."""
        reached = np.zeros(problem.node_count, dtype=bool)
        reached[problem.heads[arcs]] = True
        if root is not None:
            reached[root] = True
        left_out = ~reached[problem.terminals] & (problem.prizes != REQUIRED)
        paid = (problem.costs[arcs], problem.node_costs[reached], problem.prizes[left_out])
        return cls(np.sort(arcs), root, np.sort(problem.terminals[left_out]), sum(int(part.sum()) for part in paid))

    def nodes(self, problem: Problem) -> NDArray[np.int64]:
        """The nodes of the tree, ascending."""
        own = [] if self.root is None else [self.root]
        return np.unique(np.concatenate([np.array(own, dtype=np.int64), problem.heads[self.arcs]]))
