"""The certificate of a dual ascent's bound: its balls as potentials in the problem's own numbering."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from alcance.proof import Certificate

if TYPE_CHECKING:
    from alcance.steiner.duals import Duals
    from alcance.steiner.net import Net, Origin


def make_certificate(net: Net, origin: Origin, duals: Duals, opening: int = 0) -> Certificate:
    """The potentials of a dual ascent, mapped back to the problem's nodes and ordered by terminal and node."""
    terminal_nodes = origin.node[net.terminals].astype(np.int64)
    charged = np.flatnonzero(duals.charge > 0)
    charged = charged[np.argsort(terminal_nodes[charged], kind="stable")]
    # The leaf added for a prized terminal is not a node of the problem; the terminal itself is at 0 as well.
    name = np.where(origin.added, -1, origin.node).astype(np.int32)
    indptr = np.zeros(charged.size + 1, dtype=np.int64)
    nobody, nothing = np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.int64)
    _gather(duals, charged, name, indptr, nobody, nothing)
    nodes, values = np.empty(indptr[-1], dtype=np.int32), np.empty(indptr[-1], dtype=np.int64)
    _gather(duals, charged, name, indptr, nodes, values)
    height = duals.charge[charged].copy()
    return Certificate.single(terminal_nodes[charged].astype(np.int32), height, indptr, nodes, values, opening)


@njit(cache=True, nogil=True)
def _gather(duals, charged, name, indptr, nodes, values):  # type: ignore[no-untyped-def]
    """Count the named nodes of each ball, or where there is room for them write them down, ascending."""
    size = 0
    for row in range(charged.size):
        start = duals.start[charged[row]]
        own_node = name[duals.pool_node[start : start + duals.length[charged[row]]]]
        if nodes.size > 0:
            own_value = duals.pool_value[start : start + own_node.size]
            order = np.argsort(own_node, kind="mergesort")
            fill = size
            for at in order:
                if own_node[at] >= 0:
                    nodes[fill] = own_node[at]
                    values[fill] = own_value[at]
                    fill += 1
        size += int(np.count_nonzero(own_node >= 0))
        indptr[row + 1] = size
