"""The certificate of a dual ascent's bound: its balls as potentials in the problem's own numbering."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from alcance.proof import Certificate

if TYPE_CHECKING:
    from alcance.steiner.ascent import Duals
    from alcance.steiner.net import Net, Origin


def make_certificate(net: Net, origin: Origin, duals: Duals, opening: int = 0) -> Certificate:
    """The potentials of a dual ascent, mapped back to the problem's nodes and ordered by terminal and node."""
    terminal_nodes = origin.node[net.terminals].astype(np.int64)
    charged = np.flatnonzero(duals.charge > 0)
    charged = charged[np.argsort(terminal_nodes[charged], kind="stable")]
    counts = duals.length[charged]
    total = int(counts.sum())
    component = np.repeat(np.arange(charged.size), counts)
    first = np.cumsum(counts) - counts
    at = np.arange(total) - np.repeat(first, counts) + np.repeat(duals.start[charged], counts)
    inner = duals.pool_node[at]
    values = duals.pool_value[at]
    # The leaf added for a prized terminal is not a node of the problem; the terminal itself is at 0 as well.
    kept = ~origin.added[inner]
    component, values = component[kept], values[kept]
    nodes = origin.node[inner[kept]]
    order = np.lexsort((nodes, component))
    indptr = np.zeros(charged.size + 1, dtype=np.int64)
    indptr[1:] = np.cumsum(np.bincount(component, minlength=charged.size))
    height = duals.charge[charged].copy()
    return Certificate.single(
        terminal_nodes[charged].astype(np.int32), height, indptr, nodes[order], values[order], opening
    )
