"""Check that a set of arcs is the tree it is said to be, at the cost it is said to have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from alcance.proof.check import REQUIRED, problem_faults

if TYPE_CHECKING:
    from numpy.typing import NDArray


def check_tree(
    arcs: NDArray[Any],
    skipped: NDArray[Any],
    cost: int,
    start: int | None,
    *,
    node_count: int,
    root: int | None,
    tails: NDArray[Any],
    heads: NDArray[Any],
    costs: NDArray[Any],
    terminals: NDArray[Any],
    prizes: NDArray[Any] | None,
    node_costs: NDArray[Any] | None = None,
) -> list[str]:
    """What is wrong with a solution, in words: more than one arc into a node, a cycle, a terminal missed, the cost.

    Parameters
    ----------
    arcs, skipped, cost
        Indices of the arcs in the tree, the terminals left out, and what both cost together.
    start
        The node on which the tree hangs: the root where the problem names one; None where nothing is built.
    """
    if prizes is None:
        prizes = np.full(len(terminals), REQUIRED, dtype=np.int64)
    if node_costs is None:
        node_costs = np.zeros(max(0, node_count), dtype=np.int64)
    wrong = problem_faults(node_count, root, tails, heads, costs, terminals, prizes, node_costs)
    if wrong:
        return wrong
    for numbers, count, what in ((arcs, len(tails), "an arc"), (skipped, node_count, "a node")):
        outside = numbers.size and not 0 <= int(numbers.min()) <= int(numbers.max()) < count
        if numbers.ndim != 1 or numbers.dtype.kind not in "iu" or outside:
            return [f"it names {what} that does not exist"]
    if (root is not None and start != root) or (start is None and arcs.size) or not 0 <= (start or 0) < node_count:
        return ["it does not hang on the root"]
    if np.unique(heads[arcs]).size != arcs.size or bool((heads[arcs] == start).any()):
        return ["a node has more than one arc into it, or the root has one"]
    # Pointer doubling: after k rounds every node has looked 2^k steps up; a cycle never meets the start.
    up = np.arange(node_count)
    up[heads[arcs]] = tails[arcs]
    for _ in range(int(node_count).bit_length()):
        up = up[up]
    reached = np.zeros(node_count, dtype=bool)
    if start is not None:
        reached[heads[arcs]] = up[heads[arcs]] == start
        astray = int(arcs.size - reached.sum())
        if astray:
            return [f"{astray} arcs are not connected to the root"]
        reached[start] = True
    left_out = np.zeros(node_count, dtype=bool)
    left_out[skipped] = True
    lost = left_out[terminals]
    if bool((lost & (prizes == REQUIRED)).any()):
        wrong.append("a terminal is left out that must be reached")
    if not bool((reached[terminals] | lost).all()):
        wrong.append("a terminal is neither reached nor left out")
    paid = (costs[arcs], node_costs[reached], prizes[lost & (prizes != REQUIRED)])
    counted = sum(sum(part.tolist()) for part in paid)
    if counted != cost:
        wrong.append(f"the cost is {counted} and not {cost}")
    return wrong
