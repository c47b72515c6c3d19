"""How sure and how steady each radio hop of a plan is: the chance that it is clear, the share of the year it works."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from alcance.network import RADIO_HOPS
from alcance.network.link_design import LinkDesigner
from alcance.network.sight import SightRule

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alcance.network import Network
    from alcance.pack import Pack
    from alcance.terrain import Grid


def hop_quality(
    pack: Pack, network: Network, chosen: NDArray[np.int64], freq_ghz: NDArray[np.float64], grid: Grid
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
    grid
        The ground, with its cover where the pack has any.

    Returns
    -------
    (confidence, availability_pct)
        n chances that the path is clear on the true ground (`radio.confidence`), and shares of the average year for
        which its margin outlasts multipath and rain (ITU-R P.530) [%]; NaN where an arc is no radio hop.
    """
    from alcance.radio.confidence import sight_confidence
    from alcance.terrain import profiles

    confidence, availability = np.full(len(chosen), np.nan), np.full(len(chosen), np.nan)
    hops = np.flatnonzero(np.isin(network.arcs.kind[chosen], RADIO_HOPS))
    if len(hops) == 0:
        return confidence, availability
    arcs = chosen[hops]
    places, nodes = network.places, network.nodes
    near, far = (nodes.place[ends[arcs]] for ends in (network.problem.tails, network.problem.heads))
    near_m, far_m = network.arcs.height_from_m[arcs], network.arcs.height_to_m[arcs]
    # A plan screens at the lowest of its frequencies, whose Fresnel zone is the widest; here each has its own.
    for band_ghz in np.unique(freq_ghz[hops]):
        own = np.flatnonzero(freq_ghz[hops] == band_ghz)
        rule = SightRule.of(pack, grid, float(band_ghz))
        ends = (
            places.lon[near[own]], places.lat[near[own]], places.lon[far[own]], places.lat[far[own]], rule.step_m,
        )  # fmt: skip
        confidence[hops[own]] = sight_confidence(
            profiles(grid, *ends),
            profiles(rule.error_sigma, *ends),
            near_m[own],
            far_m[own],
            freq_ghz=rule.freq_ghz,
            correlation_length_m=rule.correlation_length_m,
            k_factor=rule.k_factor,
            clearance=rule.fresnel_clearance,
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
