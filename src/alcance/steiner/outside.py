"""A root outside of everything: what stands in for the root of a problem that names none."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

from alcance.proof import Certificate
from alcance.steiner.ascent import ascend
from alcance.steiner.certificate import make_certificate
from alcance.steiner.duals import start_duals, start_scratch
from alcance.steiner.net import make_net
from alcance.steiner.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from alcance.steiner.duals import Duals
    from alcance.steiner.net import Net, Origin


Leaves = list[tuple[Certificate, list[tuple[int, bool]]]]


class Ascent(NamedTuple):
    """A dual ascent at a price on opening a node."""

    net: Net
    duals: Duals
    price: int

    @property
    def bound(self) -> int:
        """What it proves."""
        return self.duals.bound - self.price


@dataclass(frozen=True)
class Outside:
    """The net of a problem without a root, with a root outside and an arc from it to every node.

    Parameters
    ----------
    net, origin
        As of `make_net`; the node outside has the number after the last.
    opening_arcs
        The net's arcs that open a node.
    """

    net: Net
    origin: Origin
    opening_arcs: NDArray[np.int64]

    @classmethod
    def of(cls, problem: Problem) -> Outside:
        """Put a root outside of a problem without one."""
        count = problem.node_count
        net, origin = make_net(
            Problem(
                count + 1,
                count,
                np.concatenate([problem.tails, np.full(count, count, dtype=np.int32)]),
                np.concatenate([problem.heads, np.arange(count, dtype=np.int32)]),
                np.concatenate([problem.costs, np.zeros(count, dtype=np.int64)]),
                problem.terminals,
                problem.prizes,
                np.append(problem.node_costs, 0),
            )
        )
        arcs = np.flatnonzero(origin.arc >= problem.arc_count)
        origin = origin._replace(arc=np.where(origin.arc < problem.arc_count, origin.arc, -1))
        return cls(net, origin, arcs)

    def opened_at(self, price: int) -> Net:
        """The net with a price on opening a node."""
        cost = self.net.cost.copy()
        cost[self.opening_arcs] += price
        return self.net._replace(cost=cost)

    def ascend(self, price: int, go_on: Callable[[float], bool] | None = None) -> Ascent:
        """A dual ascent at a price on opening."""
        net = self.opened_at(price)
        return Ascent(net, ascend(net, start_duals(net), start_scratch(net), go_on=go_on), price)

    def prove(self, ascent: Ascent) -> Certificate:
        """The certificate of an ascent; where the price was not earned, one that proves 0."""
        if ascent.bound < 0:
            return Certificate.empty()
        return make_certificate(ascent.net, self.origin, ascent.duals, ascent.price)


def without(problem: Problem, banned: list[int]) -> Problem:
    """The problem with some nodes' arcs turned into loops, which are never used, and their prizes gone."""
    gone = np.zeros(problem.node_count, dtype=bool)
    gone[banned] = True
    kept = ~gone[problem.terminals]
    return replace(
        problem,
        heads=np.where(gone[problem.tails] | gone[problem.heads], problem.tails, problem.heads),
        terminals=problem.terminals[kept],
        prizes=problem.prizes[kept],
    )


def reopened(certificate: Certificate, problem: Problem, root: int) -> Certificate:
    """The proof for a problem rooted at one of its nodes, as one for networks anywhere that hold that node.

    A network with another root leads to this node as well, against the arcs. So the node becomes a component of its
    own, whose potential at v is what opening v would save the others; every arc both ways costs the same, so what
    the others pay on u→v is at hand on v→u.
    """
    return Certificate.branched([(_reopened(leaf, way, problem, root), way) for leaf, way in certificate.leaves()])


def _reopened(leaf: Certificate, way: list[tuple[int, bool]], problem: Problem, root: int) -> Certificate:
    saved = np.zeros(problem.node_count, dtype=np.int64)
    fall = np.repeat(leaf.height, np.diff(leaf.indptr)) - leaf.values
    np.add.at(saved, leaf.nodes, fall)
    node_costs = problem.node_costs
    potential = np.maximum(0, saved - node_costs + node_costs[root])
    # A node that may not be in the network has no arcs, and whatever was charged to them is of no account.
    potential[[node for node, inside in way if not inside]] = 0
    potential[root] = 0
    height = max(int(potential.max()) + 1, int(node_costs[root]))
    return Certificate.single(
        np.append(leaf.payers, np.int32(root)),
        np.append(leaf.amounts, height),
        np.append(leaf.indptr, leaf.indptr[-1] + problem.node_count),
        np.concatenate([leaf.nodes, np.arange(problem.node_count, dtype=np.int32)]),
        np.concatenate([leaf.values, potential]),
        opening=height - int(node_costs[root]),
        payer_ptr=np.append(leaf.payer_ptr, leaf.payer_ptr[-1] + 1),
    )


def in_case(certificate: Certificate, problem: Problem, way: list[tuple[int, bool]]) -> Leaves:
    """The leaves of a proof for what `without` left of a problem, as leaves of one for the whole.

    The decisions `way` lead to them; the prizes of nodes that may not be in the network are lost for certain.
    """
    prize = dict(zip(problem.terminals.tolist(), problem.prizes.tolist(), strict=True))
    lost = [node for node, inside in way if not inside and prize.get(node, 0) > 0]
    return [(_with_lost(leaf, lost, prize), [*way, *further]) for leaf, further in certificate.leaves()]


def _with_lost(leaf: Certificate, lost: list[int], prize: dict[int, int]) -> Certificate:
    return Certificate.single(
        np.append(leaf.payers, np.array(lost, dtype=np.int32)),
        np.append(leaf.amounts, np.array([prize[node] for node in lost], dtype=np.int64)),
        np.append(leaf.indptr, leaf.indptr[-1] + 1 + np.arange(len(lost))),
        np.append(leaf.nodes, np.array(lost, dtype=np.int32)),
        np.append(leaf.values, np.zeros(len(lost), dtype=np.int64)),
        opening=int(leaf.opening[0]),
        payer_ptr=np.append(leaf.payer_ptr, leaf.payer_ptr[-1] + 1 + np.arange(len(lost))),
    )


def best_tree(problem: Problem, arcs: NDArray[np.int64]) -> tuple[NDArray[np.int64], int | None]:
    """Of a forest the part that is worth most as the only network, exactly; its arcs, and its root or None (nothing).

    The strong prune of Johnson, Minkoff and Phillips (2000) without a root: the best part of a tree hangs on some node
    of it.
    """
    worth = -problem.node_costs
    worth[problem.terminals] += problem.prizes
    top, inside = _best_part(
        problem.tails[arcs].astype(np.int64), problem.heads[arcs].astype(np.int64), problem.costs[arcs], worth
    )
    if top < 0:
        return np.zeros(0, dtype=np.int64), None
    return np.sort(arcs[inside]), int(top)


def hung_on(problem: Problem, arcs: NDArray[np.int64], root: int) -> NDArray[np.int64]:
    """A tree's arcs, turned so that they lead away from another of its nodes; every arc has its like the other way."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import breadth_first_order

    count = problem.node_count
    tree = coo_array((np.ones(arcs.size), (problem.tails[arcs], problem.heads[arcs])), shape=(count, count)).tocsr()
    order, above = breadth_first_order(tree, root, directed=False, return_predecessors=True)
    below = order[1:].astype(np.int64)
    names = problem.tails.astype(np.int64) * count + problem.heads
    sorted_by_cost = np.lexsort((problem.costs, names))
    at = np.searchsorted(names[sorted_by_cost], above[below] * np.int64(count) + below)
    return np.sort(sorted_by_cost[at])


@njit(cache=True, nogil=True)
def _best_part(tails, heads, costs, worth):  # type: ignore[no-untyped-def]
    """Top node (−1: nothing is worth anything) and which arcs are in, for arcs that form a forest."""
    node_count = worth.size
    into = np.full(node_count, -1, dtype=np.int64)
    first = np.full(node_count, -1, dtype=np.int64)
    following = np.full(heads.size, -1, dtype=np.int64)
    for arc in range(heads.size):
        into[heads[arc]] = arc
        following[arc] = first[tails[arc]]
        first[tails[arc]] = arc
    order = np.zeros(node_count, dtype=np.int64)
    count = 0
    for node in range(node_count):
        if into[node] < 0:
            order[count] = node
            count += 1
    at = 0
    while at < count:
        arc = first[order[at]]
        at += 1
        while arc >= 0:
            order[count] = heads[arc]
            count += 1
            arc = following[arc]
    best = worth.copy()
    inside = np.zeros(heads.size, dtype=np.bool_)
    top = -1
    for place in range(count - 1, -1, -1):
        node = order[place]
        if best[node] > 0 and (top < 0 or best[node] > best[top]):
            top = node
        arc = into[node]
        if arc >= 0 and best[node] > costs[arc]:
            best[tails[arc]] += best[node] - costs[arc]
            inside[arc] = True
    held = np.zeros(node_count, dtype=np.bool_)
    if top >= 0:
        held[top] = True
    for place in range(count):
        arc = into[order[place]]
        if arc >= 0:
            inside[arc] = inside[arc] and held[tails[arc]]
            held[heads[arc]] = held[heads[arc]] or inside[arc]
    return top, inside
