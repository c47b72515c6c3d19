"""The certificate of a lower bound: a sparse potential for each terminal, which any reader can check by itself.

A terminal's potential is 0 at the terminal and D at the root. Along every path from the root to it the falls of the
potential add up to at least D; where all potentials together fall by no more than an arc's cost on every arc, no
network that reaches the terminals can cost less than the sum of the Ds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from alcance.errors import InputError
from alcance.errors import Problem as Trouble
from alcance.steiner.problem import REQUIRED

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from alcance.steiner.ascent import Duals
    from alcance.steiner.net import Net, Origin
    from alcance.steiner.problem import Problem


@dataclass(frozen=True)
class Certificate:
    """Sparse potentials, one component for each terminal that is charged, in the problem's own numbering.

    Parameters
    ----------
    terminals
        int32[c]: the terminal each component charges.
    height
        int64[c]: D, the potential at the root and at every node not listed, and what the component adds to the bound.
    indptr
        int64[c + 1]: component i lists entries indptr[i] … indptr[i + 1] − 1.
    nodes, values
        int32[], int64[]: the listed nodes, ascending in each component, and their potentials from 0 to D − 1.
    """

    terminals: NDArray[np.int32]
    height: NDArray[np.int64]
    indptr: NDArray[np.int64]
    nodes: NDArray[np.int32]
    values: NDArray[np.int64]

    @property
    def bound(self) -> int:
        """The lower bound that this certificate claims."""
        return int(self.height.sum())

    def save(self, path: Path) -> None:
        """Write the five arrays as a compressed npz file."""
        np.savez_compressed(
            path,
            terminals=self.terminals,
            height=self.height,
            indptr=self.indptr,
            nodes=self.nodes,
            values=self.values,
        )

    @classmethod
    def load(cls, path: Path) -> Certificate:
        """Read what `save` wrote."""
        with np.load(path) as arrays:
            names = ("terminals", "height", "indptr", "nodes", "values")
            missing = [name for name in names if name not in arrays]
            if missing:
                raise InputError([Trouble(str(path), None, name, "", "array missing") for name in missing])
            return cls(*(arrays[name] for name in names))


def make_certificate(net: Net, origin: Origin, duals: Duals) -> Certificate:
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
    return Certificate(
        terminal_nodes[charged].astype(np.int32), duals.charge[charged].copy(), indptr, nodes[order], values[order]
    )


def check_certificate(problem: Problem, certificate: Certificate) -> list[str]:
    """What is wrong with a certificate, in words; an empty list proves its bound.

    Tests, in integers: shapes; potentials from 0 to D; 0 at the charged terminal; D at the root; charges within the
    prize of a prized terminal; and for every arc Σ max(0, π(tail) − π(head)) ≤ cost.
    """
    wrong = _shape_faults(problem, certificate)
    if wrong:
        return wrong
    height_of = np.repeat(certificate.height, np.diff(certificate.indptr))
    if bool((certificate.height <= 0).any()):
        wrong.append("a component charges nothing or less")
    if bool(((certificate.values < 0) | (certificate.values >= height_of)).any()):
        wrong.append("a potential lies outside 0 … D − 1")
    if bool((certificate.nodes == problem.root).any()):
        wrong.append("the root is listed, but its potential must be D")
    owner = np.repeat(certificate.terminals, np.diff(certificate.indptr))
    at_terminal = owner == certificate.nodes
    if int(at_terminal.sum()) != certificate.terminals.size or bool((certificate.values[at_terminal] != 0).any()):
        wrong.append("a charged terminal is not at potential 0")
    is_terminal = np.full(problem.node_count, -2, dtype=np.int64)
    is_terminal[problem.terminals] = problem.prizes
    if bool((is_terminal[certificate.terminals] == -2).any()):
        wrong.append("a component charges a node that is no terminal")
    charges = np.zeros(problem.node_count, dtype=np.int64)
    np.add.at(charges, certificate.terminals, certificate.height)
    prized = problem.prizes != REQUIRED
    if bool((charges[problem.terminals[prized]] > problem.prizes[prized]).any()):
        wrong.append("a terminal is charged more than its prize")
    overdrawn = _first_overdrawn(problem, certificate)
    if overdrawn >= 0:
        ends = f"{problem.tails[overdrawn]}→{problem.heads[overdrawn]}"
        wrong.append(f"arc {overdrawn} ({ends}) is charged more than its cost {problem.costs[overdrawn]}")
    return wrong


def _shape_faults(problem: Problem, certificate: Certificate) -> list[str]:
    count = certificate.terminals.size
    indptr = certificate.indptr
    if (
        certificate.height.size != count
        or indptr.size != count + 1
        or certificate.nodes.size != certificate.values.size
    ):
        return ["the arrays do not fit each other"]
    if int(indptr[0]) != 0 or int(indptr[-1]) != certificate.nodes.size or bool((np.diff(indptr) < 1).any()):
        return ["the component boundaries do not fit the entries"]
    for nodes in (certificate.nodes, certificate.terminals):
        if nodes.size and (int(nodes.min()) < 0 or int(nodes.max()) >= problem.node_count):
            return ["a node is out of range"]
    rising = np.diff(certificate.nodes.astype(np.int64)) > 0
    rising[indptr[1:-1] - 1] = True
    if not bool(rising.all()):
        return ["the nodes of a component are not in ascending order"]
    return []


def _first_overdrawn(problem: Problem, certificate: Certificate) -> int:
    """Index of an arc that is charged more than it costs, or −1."""
    order = np.argsort(problem.heads, kind="stable")
    in_ptr = np.zeros(problem.node_count + 1, dtype=np.int64)
    in_ptr[1:] = np.cumsum(np.bincount(problem.heads, minlength=problem.node_count))
    left = problem.costs.astype(np.int64).copy()
    return int(
        _charge_arcs(
            certificate.height,
            certificate.indptr,
            certificate.nodes,
            certificate.values,
            in_ptr,
            order,
            problem.tails,
            left,
            np.full(problem.node_count, -1, dtype=np.int64),
            np.zeros(problem.node_count, dtype=np.int64),
        )
    )


@njit(cache=True)
def _charge_arcs(height, indptr, nodes, values, in_ptr, order, tails, left, seen, potential):  # type: ignore[no-untyped-def]
    for component in range(height.size):
        for at in range(indptr[component], indptr[component + 1]):
            seen[nodes[at]] = component
            potential[nodes[at]] = values[at]
        for at in range(indptr[component], indptr[component + 1]):
            head = nodes[at]
            for place in range(in_ptr[head], in_ptr[head + 1]):
                arc = order[place]
                tail = tails[arc]
                fall = height[component] - values[at]
                if seen[tail] == component:
                    fall = potential[tail] - values[at]
                if fall > 0:
                    left[arc] -= fall
                    if left[arc] < 0:
                        return arc
    return -1
