"""How sure and how steady each radio hop of a plan is: the chance that it is clear, the share of the year it works."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from alcance.network import RADIO_HOPS
from alcance.network.link_design import LinkDesigner
from alcance.network.sight import SightRule

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alcance.network import Network
    from alcance.pack import Pack


def hop_quality(
    pack: Pack, network: Network, chosen: NDArray[np.int64], freq_ghz: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Judge the radio hops among the arcs of a plan.

    Parameters
    ----------
    pack, network
        What was planned.
    chosen
        n arcs.
    freq_ghz
        n carrier frequencies, NaN where an arc is no radio hop [GHz].

    Returns
    -------
    (confidence, availability_pct)
        n chances that the path is clear on the true ground (`radio.confidence`), and shares of the average year for
        which its margin outlasts multipath and rain (ITU-R P.530) [%]; NaN where an arc is no radio hop.
    """
    confidence, availability = np.full(len(chosen), np.nan), np.full(len(chosen), np.nan)
    hops = np.flatnonzero(np.isin(network.arcs.kind[chosen], RADIO_HOPS))
    if len(hops) == 0:
        return confidence, availability
    arcs = chosen[hops]
    places, nodes, grid = network.places, network.nodes, network.grid
    near, far = (nodes.place[ends[arcs]] for ends in (network.problem.tails, network.problem.heads))
    near_m, far_m = network.arcs.height_from_m[arcs], network.arcs.height_to_m[arcs]
    # A plan screens at the lowest of its frequencies, whose Fresnel zone is the widest; here each has its own.
    rule = SightRule.of(pack, grid, float(freq_ghz[hops].min()))
    for band_ghz in np.unique(freq_ghz[hops]):
        own = np.flatnonzero(freq_ghz[hops] == band_ghz)
        a, b = near[own], far[own]
        confidence[hops[own]] = replace(rule, freq_ghz=float(band_ghz)).chances(
            grid, places.lon[a], places.lat[a], near_m[own], places.lon[b], places.lat[b], far_m[own]
        )
    designer = LinkDesigner.of(pack, places)
    availability[hops] = designer.availability_pct_of(
        network.arcs.length_m[arcs],
        freq_ghz[hops],
        places.ground_m[near] + near_m,
        places.ground_m[far] + far_m,
        network.arcs.margin_db[arcs],
    )
    return confidence, availability
