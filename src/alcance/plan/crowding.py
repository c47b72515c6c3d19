"""Whom a full relay, sector or gateway keeps from the cheapest way to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from alcance.plan.way_out import LOOK, make_graph, make_state, way_out

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alcance.plan.tree import Tree
    from alcance.steiner import Problem


def crowded_out(problem: Problem, tree: Tree, limit: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Tell which terminals have a cheaper way, the rest as built, that only a full arc bars.

    Parameters
    ----------
    problem, tree
        A tree within its limits.
    limit
        For every arc the number of terminals it may carry.

    Returns
    -------
    NDArray[np.bool_]
        In the order of the problem's terminals.
    """
    is_terminal = np.zeros(problem.node_count, dtype=np.int64)
    is_terminal[problem.terminals] = 1
    state = make_state(tree.parent_arc.copy(), tree.sum_below(problem, is_terminal), is_terminal)
    limited = make_graph(problem, limit)
    unlimited = (*limited[:-1], np.where(limit > 0, problem.terminals.size, 0))
    crowded: NDArray[np.bool_] = _crowded(limited, unlimited, state, problem.terminals.astype(np.int64))
    return crowded


@njit(cache=True, nogil=True)
def _crowded(limited, unlimited, state, terminals):  # type: ignore[no-untyped-def]
    """Compare each terminal's cheapest other way with the one it would have, were there room everywhere."""
    crowded = np.zeros(len(terminals), dtype=np.bool_)
    left = [np.int64(0)][:0]
    for position in range(len(terminals)):
        free = way_out(unlimited, state, terminals[position], LOOK, left)
        if free < 0:
            crowded[position] = free < way_out(limited, state, terminals[position], LOOK, left)
    return crowded
