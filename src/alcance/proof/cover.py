"""Check that the cases of a proof leave none out: its leaves form a full binary tree of decisions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def cover_faults(decision_ptr: NDArray[Any], decision_node: NDArray[Any], decision_inside: NDArray[Any]) -> list[str]:
    """What is wrong with the decisions, in words: at each, the leaves with the node inside come first, then outside.

    The arrays are of matching sizes and in range.
    """
    if len(decision_ptr) < 2:
        return ["it has no leaf"]
    start = decision_ptr[:-1].astype(np.int64)
    depths = np.diff(decision_ptr.astype(np.int64))
    waiting = [(0, len(start), 0)]
    while waiting:
        first, last, depth = waiting.pop()
        if last - first == 1 and depths[first] == depth:
            continue
        if not bool((depths[first:last] > depth).all()):
            return [f"leaves {first} to {last - 1} are one case: they do not stand for different decisions"]
        at = start[first:last] + depth
        if not bool((decision_node[at] == decision_node[at[0]]).all()):
            return [f"leaves {first} to {last - 1} do not decide on the same node after {depth} decisions"]
        inside = decision_inside[at].astype(bool)
        count = int(inside.sum())
        if not 0 < count < last - first:
            return [f"leaves {first} to {last - 1} leave out a case of node {int(decision_node[at[0]])}"]
        if not bool(inside[:count].all()):
            return [f"leaves {first} to {last - 1} do not put the node inside first"]
        waiting += [(first, first + count, depth + 1), (first + count, last, depth + 1)]
    return []
