"""Check a proof of a lower bound against the problem, arc by arc, in exact integers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from alcance.proof.charge import charge_leaf, group_by_head
from alcance.proof.cover import cover_faults

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alcance.proof.certificate import Certificate

# The prize of a terminal that must be reached.
REQUIRED = -1
# Costs and openings below 2^61 and sums of heights below 2^62 cannot leave 64 bits, whatever is added to what.
PRICE_LIMIT = 1 << 61
SUM_LIMIT = 1 << 62
NODE_LIMIT = np.iinfo(np.int32).max

FAULTS = (
    "",
    "component {}: nothing or less is paid for it",
    "component {}: a payer is no terminal",
    "component {}: a payer pays more than its prize",
    "component {}: its nodes are not in ascending order",
    "component {}: a potential lies outside 0 … D − 1",
    "component {}: the root is listed, but its potential must be D",
    "component {}: a payer's potential is higher than what those before it pay",
    "arc {}: the falls of all potentials together exceed its cost",
    "node {}: the falls of all potentials together exceed what opening the root there costs",
)

OVERDRAWN = 8


class _Arcs(NamedTuple):
    """The problem as the check uses it, arcs ordered by head."""

    in_ptr: NDArray[np.int32]
    tail: NDArray[np.int32]
    cost: NDArray[np.int64]
    node_cost: NDArray[np.int64]
    chargeable: NDArray[np.int64]


def check_certificate(
    certificate: Certificate,
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
    """What is wrong with a certificate, in words; an empty list proves its bound.

    In every leaf: potentials from 0 to D, at each payer at most what those before it pay, D at the root; payments of a
    prized terminal within its prize; and on every arc Σ max(0, π(tail) − π(head)) at most its cost and its head's. A
    node decided outside has no arcs; one decided inside is a required terminal. The leaves must cover every case.

    Parameters
    ----------
    node_count, root
        Nodes are 0 … node_count − 1; a root of None means that the network may be anywhere.
    tails, heads, costs
        Whole numbers [m]: the arcs.
    terminals, prizes
        Whole numbers [k]: a prize of −1 (`REQUIRED`) where the terminal must be reached; None where all must.
    node_costs
        Whole numbers [n]: what each node of the network costs besides.
    """
    if prizes is None:
        prizes = np.full(len(terminals), REQUIRED, dtype=np.int64)
    if node_costs is None:
        node_costs = np.zeros(max(0, node_count), dtype=np.int64)
    wrong = problem_faults(node_count, root, tails, heads, costs, terminals, prizes, node_costs)
    wrong = wrong or _shape_faults(certificate, node_count)
    wrong = wrong or cover_faults(certificate.decision_ptr, certificate.decision_node, certificate.decision_inside)
    if wrong:
        return wrong
    # Room for any charge: no sum of heights comes near it.
    chargeable = np.full(node_count, -1, dtype=np.int64)
    chargeable[terminals] = np.where(prizes == REQUIRED, SUM_LIMIT, prizes)
    node_costs = node_costs.astype(np.int64, copy=False)
    in_ptr, tail, cost = group_by_head(
        node_count,
        tails.astype(np.int32, copy=False),
        heads.astype(np.int32, copy=False),
        costs.astype(np.int64, copy=False),
        node_costs,
    )
    arcs = _Arcs(in_ptr, tail, cost, node_costs, chargeable)
    for leaf in range(len(certificate.opening)):
        wrong = _leaf_faults(certificate, leaf, arcs, -1 if root is None else int(root))
        if wrong:
            break
    return wrong


def _leaf_faults(certificate: Certificate, leaf: int, arcs: _Arcs, root: int) -> list[str]:
    """What is wrong with the components of one leaf."""
    first, last = int(certificate.leaf_ptr[leaf]), int(certificate.leaf_ptr[leaf + 1])
    opening = int(certificate.opening[leaf])
    least = 0 if root < 0 else -int(arcs.node_cost[root])
    if not least <= opening < PRICE_LIMIT:
        return [f"leaf {leaf}: the price of opening a root is not from {least} to 2^61"]
    paid = certificate.amounts[int(certificate.payer_ptr[first]) : int(certificate.payer_ptr[last])]
    if paid.size and float(paid.astype(np.float64).sum()) >= SUM_LIMIT / 2:
        return [f"leaf {leaf}: the payments add up to more than 2^61"]
    way = slice(int(certificate.decision_ptr[leaf]), int(certificate.decision_ptr[leaf + 1]))
    decided, inside = certificate.decision_node[way], certificate.decision_inside[way].astype(bool)
    alone = len(certificate.opening) == 1  # then the kernel may use up what no other leaf needs
    chargeable = arcs.chargeable if alone else arcs.chargeable.copy()
    chargeable[decided[inside]] = SUM_LIMIT
    outside = np.zeros(chargeable.size, dtype=np.bool_)
    outside[decided[~inside]] = True
    fault, place = charge_leaf(
        first,
        last,
        certificate.payer_ptr.astype(np.int64, copy=False),
        certificate.payers.astype(np.int32, copy=False),
        certificate.amounts.astype(np.int64, copy=False),
        certificate.indptr.astype(np.int64, copy=False),
        certificate.nodes.astype(np.int32, copy=False),
        certificate.values.astype(np.int64, copy=False),
        root,
        opening,
        arcs.in_ptr,
        arcs.tail,
        arcs.cost if alone else arcs.cost.copy(),
        arcs.node_cost,
        chargeable,
        outside,
    )
    at: int | str = int(place)
    if fault == OVERDRAWN:
        at = f"{arcs.tail[place]}→{int(np.searchsorted(arcs.in_ptr, place, side='right')) - 1}"
    return [FAULTS[fault].format(at)] if fault else []


def problem_faults(
    node_count: int,
    root: int | None,
    tails: NDArray[Any],
    heads: NDArray[Any],
    costs: NDArray[Any],
    terminals: NDArray[Any],
    prizes: NDArray[Any],
    node_costs: NDArray[Any],
) -> list[str]:
    """What keeps the problem itself from being checked against."""
    if not 1 <= node_count <= NODE_LIMIT or (root is not None and not 0 <= root < node_count):
        return ["the problem's nodes or its root are out of range"]
    arrays = (tails, heads, costs, terminals, prizes, node_costs)
    if not all(_is_whole(array) for array in arrays):
        return ["the problem holds numbers that are not whole"]
    if not len(tails) == len(heads) == len(costs) <= NODE_LIMIT or len(terminals) != len(prizes):
        return ["the problem's arrays do not fit together"]
    if len(node_costs) != node_count:
        return ["the problem's node costs are not one for each node"]
    if not all(_lies_within(nodes, 0, node_count) for nodes in (tails, heads, terminals)):
        return ["the problem names a node that does not exist"]
    if len(np.unique(terminals)) != len(terminals):
        return ["the problem names a terminal twice"]
    if not all(_lies_within(prices, 0, PRICE_LIMIT) for prices in (costs, node_costs)):
        return ["a cost of the problem is not from 0 to 2^61"]
    if not _lies_within(prizes, REQUIRED, PRICE_LIMIT):
        return ["a prize of the problem is not from 0 to 2^61, nor −1 for required"]
    return []


def _shape_faults(certificate: Certificate, node_count: int) -> list[str]:
    """What keeps the certificate's arrays from being read."""
    if not all(_is_whole(array) for array in vars(certificate).values()):
        return ["it holds numbers that are not whole"]
    count, leaves = len(certificate.indptr) - 1, len(certificate.opening)
    if count < 0 or len(certificate.payers) != len(certificate.amounts):
        return ["its arrays do not fit together"]
    if len(certificate.nodes) != len(certificate.values):
        return ["its arrays do not fit together"]
    if len(certificate.decision_node) != len(certificate.decision_inside):
        return ["its arrays of decisions do not fit together"]
    for pointers, pieces, entries, what in (
        (certificate.indptr, count, len(certificate.nodes), "components"),
        (certificate.payer_ptr, count, len(certificate.payers), "payers"),
        (certificate.leaf_ptr, leaves, count, "leaves"),
        (certificate.decision_ptr, leaves, len(certificate.decision_node), "decisions"),
    ):
        if len(pointers) != pieces + 1 or int(pointers[0]) != 0 or int(pointers[-1]) != entries:
            return [f"the index of its {what} does not cover its entries"]
        if not bool((pointers[1:] >= pointers[:-1]).all()):
            return [f"the index of its {what} is broken"]
    if not all(
        _lies_within(nodes, 0, node_count)
        for nodes in (certificate.payers, certificate.nodes, certificate.decision_node)
    ):
        return ["it names a node that does not exist"]
    if not _lies_within(certificate.decision_inside, 0, 2):
        return ["a decision is neither inside (1) nor outside (0)"]
    if not all(_lies_within(array, -SUM_LIMIT, SUM_LIMIT) for array in (certificate.amounts, certificate.values)):
        return ["a payment or a potential is out of range"]
    return []


def _is_whole(array: Any) -> bool:
    return isinstance(array, np.ndarray) and array.ndim == 1 and array.dtype.kind in "iub"


def _lies_within(array: NDArray[Any], least: int, limit: int) -> bool:
    """Whether least ≤ every entry < limit."""
    return not array.size or (int(array.min()) >= least and int(array.max()) < limit)
