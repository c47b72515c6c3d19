"""What an STP file says, and the problem it poses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from alcance.proof import REQUIRED
from alcance.steiner.problem import Problem

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class StpInstance:
    """What an STP file says, with node numbers as in the file (from 1).

    Parameters
    ----------
    name
        From the file, or the file's own name.
    node_count
        Number of nodes.
    tails, heads, costs
        Edges (or arcs) in the file's order: int32[e], int32[e], int64[e] in units of 10^−decimals.
    directed
        True where the file lists arcs (A) and not edges (E).
    root
        The root named by the file, or the first required terminal; None where the tree may be anywhere.
    terminals, prizes
        int32[k], int64[k]: terminals but the root; a prize of −1 (`REQUIRED`) where it must be reached.
    decimals
        Costs, weights and prizes are whole multiples of 10^−decimals.
    node_costs
        int64[node_count + 1] by node number: what each node of the tree costs; None where the file says nothing of it.
    weighted
        True where nodes have weights, the more the better (`T node weight`): those above 0 are the prizes, those below
        the node costs.
    won_in_all
        The sum of all weights above 0, from which the weight of a subgraph is counted down.
    warnings
        What was odd but understood, with line numbers.
    """

    name: str
    node_count: int
    tails: NDArray[np.int32]
    heads: NDArray[np.int32]
    costs: NDArray[np.int64]
    directed: bool
    root: int | None
    terminals: NDArray[np.int32]
    prizes: NDArray[np.int64]
    decimals: int
    node_costs: NDArray[np.int64] | None = None
    weighted: bool = False
    won_in_all: int = 0
    warnings: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """What the file asks for, in words."""
        rooted = "" if self.root is None else "rooted "
        if self.weighted:
            return f"{rooted}maximum-weight connected subgraph"
        weights = "" if self.node_costs is None else "node-weighted "
        if self.root is not None and bool((self.prizes == REQUIRED).all()):
            return f"{weights}steiner"
        return f"{weights}{rooted}prize-collecting"

    def problem(self) -> Problem:
        """The directed problem: edge e becomes arcs e and e + edge count; node numbers stay as in the file."""
        tails, heads, costs = self.tails, self.heads, self.costs
        if not self.directed:
            tails = np.concatenate([tails, self.heads])
            heads = np.concatenate([heads, self.tails])
            costs = np.concatenate([costs, costs])
        return Problem.build(
            self.node_count + 1,
            self.root,
            tails,
            heads,
            costs,
            self.terminals,
            self.prizes,
            node_costs=self.node_costs,
            name=self.name,
        )
