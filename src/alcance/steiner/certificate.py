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
    # The leaf added for a prized terminal is no node of the problem and stands for the terminal itself, which may not
    # be in the list where branching has left it out.
    name = origin.node.astype(np.int32)
    indptr, room = np.zeros(charged.size + 1, dtype=np.int64), int(duals.length[charged].sum())
    nodes, values = np.empty(room, dtype=np.int32), np.empty(room, dtype=np.int64)
    size = _gather(duals, charged, name, indptr, nodes, values)
    nodes, values = nodes[:size], values[:size]
    height = duals.charge[charged].copy()
    return Certificate.single(terminal_nodes[charged].astype(np.int32), height, indptr, nodes, values, opening)


@njit(cache=True, nogil=True)
def _gather(duals, charged, name, indptr, nodes, values):  # type: ignore[no-untyped-def]
    """Write the nodes of each ball down, ascending, each once; returns how many there are in all."""
    size = 0
    for row in range(charged.size):
        start = duals.start[charged[row]]
        own_node = name[duals.pool_node[start : start + duals.length[charged[row]]]]
        last = -1
        for at in np.argsort(own_node, kind="mergesort"):
            if own_node[at] != last:
                last = own_node[at]
                nodes[size] = last
                values[size] = duals.pool_value[start + at]
                size += 1
        indptr[row + 1] = size
    return size
