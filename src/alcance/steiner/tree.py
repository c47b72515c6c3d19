"""Check that a set of arcs is the arborescence it is said to be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from alcance.proof import REQUIRED

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alcance.steiner.problem import Problem


def check_tree(problem: Problem, arcs: NDArray[np.int64], skipped: NDArray[np.int32], cost: int) -> list[str]:
    """What is wrong with a solution, in words: more than one arc into a node, a cycle, a terminal missed, the cost."""
    wrong = []
    heads, tails = problem.heads[arcs], problem.tails[arcs]
    if np.unique(heads).size != heads.size or bool((heads == problem.root).any()):
        wrong.append("a node has more than one arc into it, or the root has one")
    reached = np.zeros(problem.node_count, dtype=bool)
    reached[problem.root] = True
    waiting = np.arange(heads.size)
    while waiting.size:
        ready = reached[tails[waiting]]
        if not bool(ready.any()):
            wrong.append(f"{waiting.size} arcs are not connected to the root")
            break
        reached[heads[waiting[ready]]] = True
        waiting = waiting[~ready]
    left_out = np.zeros(problem.node_count, dtype=bool)
    left_out[skipped] = True
    needed = ~left_out[problem.terminals] | (problem.prizes == REQUIRED)
    if not bool(reached[problem.terminals[needed]].all()):
        wrong.append("a terminal is neither reached nor left out")
    prizes = int(problem.prizes[left_out[problem.terminals] & (problem.prizes != REQUIRED)].sum())
    counted = int(problem.costs[arcs].sum()) + prizes
    if counted != cost:
        wrong.append(f"the cost is {counted} and not {cost}")
    return wrong
