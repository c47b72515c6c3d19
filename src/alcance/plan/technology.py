"""By which technology each site is served, by what else it could be, and why this way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from alcance.network import ArcKind, NodeKind
from alcance.plan.paths import UNREACHED, distance_from

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alcance.network import Network
    from alcance.plan.tree import Tree

TECHNOLOGIES = ("fibre", "ptp", "ptmp", "satellite", "shared_satellite")
_ENTRY = {
    ArcKind.FIBRE_DROP: "fibre",
    ArcKind.GATEWAY: "shared_satellite",
    ArcKind.PTP: "ptp",
    ArcKind.PTP_END: "ptp",
    ArcKind.CLIENT: "ptmp",
    ArcKind.SATELLITE: "satellite",
}


@dataclass(frozen=True)
class Service:
    """How each terminal is served.

    Parameters
    ----------
    technology
        Index into `TECHNOLOGIES` of the arc by which traffic enters the site.
    runner_up
        Index of the cheapest other technology, or -1 where there is none.
    runner_up_price
        What the runner-up would add, the rest of the plan as built, in the smallest currency unit.
    reason
        Why: only_option, cheapest, satellite_no_sight, satellite_cheaper, forced or reassigned_full.
    """

    technology: NDArray[np.int64]
    runner_up: NDArray[np.int64]
    runner_up_price: NDArray[np.int64]
    reason: list[str]


def entry_technology(network: Network, tree: Tree) -> NDArray[np.int64]:
    """Find the technology by which traffic enters each terminal's place.

    Returns
    -------
    NDArray[np.int64]
        Indices into `TECHNOLOGIES`, in the order of the problem's terminals.
    """
    problem, place = network.problem, network.nodes.place
    index = {int(kind): TECHNOLOGIES.index(name) for kind, name in _ENTRY.items()}
    found = np.full(len(problem.terminals), -1, dtype=np.int64)
    for row, terminal in enumerate(problem.terminals):
        arc = int(tree.parent_arc[terminal])
        while place[problem.tails[arc]] == place[terminal]:
            arc = int(tree.parent_arc[problem.tails[arc]])
        found[row] = index[int(network.arcs.kind[arc])]
    return found


def alternative_prices(network: Network, tree: Tree) -> NDArray[np.int64]:
    """Price every technology at every terminal, given the rest of the plan as built.

    Returns
    -------
    NDArray[np.int64]
        k x 5 in the smallest currency unit; `UNREACHED` where a technology cannot come.
    """
    problem, arcs, nodes = network.problem, network.arcs, network.nodes
    built = np.append(np.flatnonzero(tree.parent_arc >= 0), problem.fixed_root)
    added = distance_from(problem, np.sort(built))
    arriving = np.minimum(added[arcs.tail] + arcs.price, UNREACHED)
    head_kind = nodes.kind[arcs.head]
    enters = np.isin(head_kind, (NodeKind.FEED, NodeKind.LEAF, NodeKind.HUB))
    # A site's own mast fed over the air brings point-to-point; one that stands on its own hub brings nothing new.
    enters |= (head_kind == NodeKind.MAST) & np.isin(arcs.kind, (ArcKind.PTP, ArcKind.GATEWAY))
    best = np.full((len(network.places), len(TECHNOLOGIES)), UNREACHED, dtype=np.int64)
    for kind, name in _ENTRY.items():
        rows = np.flatnonzero(enters & (arcs.kind == kind))
        np.minimum.at(best[:, TECHNOLOGIES.index(name)], nodes.place[arcs.head[rows]], arriving[rows])
    prices = best[nodes.place[problem.terminals]]
    equipment = np.zeros(len(network.places), dtype=np.int64)
    own = np.flatnonzero(arcs.kind == ArcKind.SITE_EQUIPMENT)
    equipment[nodes.place[arcs.head[own]]] = arcs.price[own]
    behind_feed = np.array([name != "satellite" for name in TECHNOLOGIES])
    prices += np.where(behind_feed[None, :] & (prices < UNREACHED), equipment[nodes.place[problem.terminals], None], 0)
    return np.minimum(prices, UNREACHED)


def explain(network: Network, tree: Tree, crowded: NDArray[np.bool_]) -> Service:
    """State technology, runner-up and reason for every terminal.

    Parameters
    ----------
    network, tree
        The network and its plan.
    crowded
        Mask over the terminals: those with a cheaper way that only something full bars.
    """
    technology = entry_technology(network, tree)
    prices = alternative_prices(network, tree)
    rows = np.arange(len(technology))
    others = prices.copy()
    others[rows, technology] = UNREACHED
    runner_up = others.argmin(axis=1)
    runner_up_price = others[rows, runner_up]
    runner_up = np.where(runner_up_price < UNREACHED, runner_up, -1)
    terrestrial = np.isin(np.array(TECHNOLOGIES), ("fibre", "ptp", "ptmp"))
    by_satellite = technology == TECHNOLOGIES.index("satellite")
    has_terrestrial = (others[:, terrestrial] < UNREACHED).any(axis=1)
    reason = np.where(runner_up < 0, "only_option", "cheapest").astype(object)
    reason[by_satellite & has_terrestrial] = "satellite_cheaper"
    reason[by_satellite & ~has_terrestrial] = "satellite_no_sight"
    reason[crowded] = "reassigned_full"
    forced = network.overrides["site_id"].dropna().tolist()
    place_id = network.places.place_id[network.nodes.place[network.problem.terminals]]
    reason[np.isin(place_id, [f"site:{site}" for site in forced])] = "forced"
    return Service(technology, runner_up, runner_up_price, reason.tolist())
