"""Who bears what: each edge's price divided over those who are served through it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alcance.plan.tree import Tree
    from alcance.steiner import Problem


@dataclass(frozen=True)
class Shares:
    """What each terminal bears, in the units of the amounts given.

    Parameters
    ----------
    price, capex, opex_year
        float64[k]: shares of the edges above it, in proportion to weight; they add up to the whole tree.
    alone
        int64[k]: price of the stretch that serves this terminal and no other: what leaving it out would save.
    """

    price: NDArray[np.float64]
    capex: NDArray[np.float64]
    opex_year: NDArray[np.float64]
    alone: NDArray[np.int64]


def share_costs(
    problem: Problem,
    tree: Tree,
    weight: NDArray[np.int64],
    capex: NDArray[np.float64],
    opex_year: NDArray[np.float64],
) -> Shares:
    """Divide every edge's price over the weight below it.

    Parameters
    ----------
    problem, tree
        The tree and its arcs.
    weight
        int64[k], at least 1: people of the terminals, or users where a terminal stands for no people of its own.
    capex, opex_year
        float64[m] of the arcs.

    Returns
    -------
    Shares
        In the order of the problem's terminals.
    """
    by_node = np.zeros(problem.node_count, dtype=np.int64)
    by_node[problem.terminals] = weight
    below = tree.sum_below(problem, by_node)
    count = np.zeros(problem.node_count, dtype=np.int64)
    count[problem.terminals] = 1
    terminals_below = tree.sum_below(problem, count)
    fed = np.flatnonzero(tree.parent_arc >= 0)
    arcs = tree.parent_arc[fed]

    def shared(amount: NDArray[np.float64]) -> NDArray[np.float64]:
        rate = np.zeros(problem.node_count, dtype=np.float64)
        rate[fed] = amount[arcs] / below[fed]
        return tree.sum_above(problem, rate)[problem.terminals] * weight

    own = np.zeros(problem.node_count, dtype=np.float64)
    own[fed] = np.where(terminals_below[fed] == 1, problem.costs[arcs], 0).astype(np.float64)
    return Shares(
        price=shared(problem.costs.astype(np.float64)),
        capex=shared(capex),
        opex_year=shared(opex_year),
        alone=tree.sum_above(problem, own)[problem.terminals].astype(np.int64),
    )
