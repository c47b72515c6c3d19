"""Checks the proof of a lower bound: sparse potentials against the prices of all arcs, in exact integers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit

from alcance.network.adjacency import by_end

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Potentials:
    """One potential per component: 0 at the terminal it charges, its height at the root and wherever none is listed.

    Parameters
    ----------
    terminals
        The terminal each component charges.
    height
        What each component adds to the bound.
    indptr, nodes, values
        Listed nodes of component c and their potentials: entries indptr[c] to indptr[c + 1].
    """

    terminals: NDArray[np.int32]
    height: NDArray[np.int64]
    indptr: NDArray[np.int64]
    nodes: NDArray[np.int32]
    values: NDArray[np.int64]

    @property
    def bound(self) -> int:
        """Sum of the heights."""
        return int(self.height.sum())


def check_potentials(
    potentials: Potentials,
    *,
    tails: NDArray[Any],
    heads: NDArray[Any],
    costs: NDArray[np.int64],
    terminals: NDArray[Any],
    root: int,
    node_count: int,
) -> str:
    """Tell what is wrong with a proof, or nothing.

    Any tree from the root to a component's terminal falls by the component's height; if all falls together never
    exceed an arc's price, the sum of heights is a lower bound of every tree that serves all terminals.

    Returns
    -------
    str
        Empty when the proof holds; else the first fault.
    """
    if any(array.dtype.kind != "i" for array in (*vars(potentials).values(), costs)):
        return "it holds numbers that are not whole"
    sizes = (len(potentials.terminals), len(potentials.height), len(potentials.indptr) - 1)
    if len(set(sizes)) != 1 or len(potentials.nodes) != len(potentials.values):
        return "its arrays do not fit together"
    steps = np.diff(potentials.indptr)
    if len(potentials.indptr) == 0 or potentials.indptr[0] != 0 or (steps < 0).any():
        return "its index is broken"
    if potentials.indptr[-1] != len(potentials.nodes):
        return "its index does not cover its entries"
    if not np.isin(potentials.terminals, terminals).all():
        return "it charges a node that is no terminal"
    if len(np.unique(potentials.terminals)) != len(potentials.terminals):
        return "it charges a terminal in two components"
    if (potentials.height < 0).any() or (potentials.values < 0).any():
        return "a potential is negative"
    if len(potentials.nodes) and not (potentials.nodes.min() >= 0 and potentials.nodes.max() < node_count):
        return "it lists a node that does not exist"
    in_ptr, into = by_end(heads, node_count)
    fault, place = _spend(
        potentials.terminals.astype(np.int64),
        potentials.height.astype(np.int64),
        potentials.indptr.astype(np.int64),
        potentials.nodes,
        potentials.values.astype(np.int64, copy=False),
        tails,
        costs.astype(np.int64),
        in_ptr,
        into,
        root,
        node_count,
    )
    messages = (
        "",
        "component {}: its potential at the root is not its height",
        "component {}: its potential at its terminal is not 0",
        "component {}: a potential exceeds its height",
        "component {}: a node is listed twice",
        "arc {}: the falls of all potentials together exceed its price",
    )
    return messages[fault].format(place)


@njit(cache=True)
def _spend(  # type: ignore[no-untyped-def]
    terminals, height, indptr, nodes, values, tails, costs, in_ptr, into, root, node_count
):
    left = costs  # a copy already
    potential = np.full(node_count, -1, dtype=np.int64)
    for component in range(len(height)):
        top = height[component]
        for entry in range(indptr[component], indptr[component + 1]):
            node = nodes[entry]
            if potential[node] >= 0:
                return 4, component
            if values[entry] > top:
                return 3, component
            potential[node] = values[entry]
        if potential[root] >= 0 and potential[root] != top:
            return 1, component
        at_terminal = potential[terminals[component]]
        if at_terminal != 0 and not (at_terminal < 0 and top == 0):
            return 2, component
        # Only an arc into a listed node can fall: everywhere else the potential is at its height.
        for entry in range(indptr[component], indptr[component + 1]):
            node = nodes[entry]
            for position in range(in_ptr[node], in_ptr[node + 1]):
                arc = into[position]
                above = potential[tails[arc]]
                if above < 0:
                    above = top
                if above > potential[node]:
                    left[arc] -= above - potential[node]
                    if left[arc] < 0:
                        return 5, arc
        for entry in range(indptr[component], indptr[component + 1]):
            potential[nodes[entry]] = -1
    return 0, -1
