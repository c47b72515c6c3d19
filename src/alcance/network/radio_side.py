"""Finds the radio hops worth offering: relays for every site, trunks among relays, ends for the far."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from alcance.network.masts import Hops, MastCatalogue, hops_of
from alcance.network.relays import MastPrices, best_sight, best_trunks
from alcance.network.sight import HEIGHT_CLASSES_M, SightRule, join_sight, sight_between

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd
    from numpy.typing import NDArray

    from alcance.network.places import Places
    from alcance.network.radios import LinkClass, SectorClass
    from alcance.pack import Pack
    from alcance.terrain import Grid

ENDS_PER_SITE = 4  # point-to-point ends offered to a site that few sectors can serve
FEW_SECTORS = 4


@dataclass(frozen=True)
class RadioSide:
    """The hops offered, and the classes each relay needs for them.

    Parameters
    ----------
    clients, ends, trunks
        Hops from a sector to a site, from a mast to a lone site, and between relays.
    used
        n x 4: classes at which some hop enters or leaves the relay at each place.
    """

    clients: Hops
    ends: Hops
    trunks: Hops
    used: NDArray[np.bool_]


def radio_side(
    pack: Pack,
    places: Places,
    grid: Grid,
    masts: MastCatalogue,
    candidates: NDArray[np.int64],
    sites: NDArray[np.int64],
    links: list[LinkClass],
    sectors: list[SectorClass],
    worth: NDArray[np.float64],
    progress: Callable[[str, float], None],
) -> RadioSide:
    """Screen the pairs and choose the hops to offer.

    Parameters
    ----------
    pack, places, grid, masts
        The pack, its places and terrain, and the prices of masts.
    candidates
        Places where a relay may stand.
    sites
        Places of the sites to be served.
    links, sectors
        Radio classes.
    worth
        n prices by place above which a satellite terminal is always better, in the smallest currency unit; infinite
        where the site may have none.
    progress
        Told the stage and the share done.
    """
    if int(pack.policy("max_hops")) == 0:
        none = hops_of(join_sight([]))
        return RadioSide(none, none, none, np.zeros((len(places), len(HEIGHT_CLASSES_M)), dtype=bool))
    rule = SightRule(
        freq_ghz=min([*(link.freq_ghz for link in links), *(sector.client.freq_ghz for sector in sectors)]),
        k_factor=float(pack.policy("k_factor")),
        fresnel_clearance=float(pack.policy("fresnel_clearance")),
        step_m=grid.cell_m,
    )
    allowed = _mast_allowed(places, pack.table("exclusions"))
    sites = sites[allowed[sites]]  # a client has a mast too
    may_stand = np.zeros(len(places), dtype=bool)
    may_stand[candidates] = allowed[candidates]
    relay_price = masts.relay_prices(may_stand)
    client_mast = np.array([mast.price for mast in masts.mast])
    candidates = np.flatnonzero(may_stand)
    clients = _clients(pack, places, grid, rule, candidates, sites, relay_price, client_mast, sectors, worth, progress)
    relays = np.unique(clients.near).astype(np.int64)
    reach = np.bincount(clients.near, minlength=len(places)).astype(np.int64)
    trunks = _trunks(pack, places, grid, rule, relays, reach, relay_price, links, progress)
    ends = _ends(places, grid, rule, relays, sites, clients, relay_price, client_mast, links, worth, progress)
    used = np.zeros((len(places), len(HEIGHT_CLASSES_M)), dtype=bool)
    for hops in (clients, ends):
        used[hops.near, hops.near_class] = True
    used[trunks.near, trunks.near_class] = True
    used[trunks.far, trunks.far_class] = True
    return RadioSide(clients, ends, trunks, used)


def _clients(
    pack: Pack,
    places: Places,
    grid: Grid,
    rule: SightRule,
    candidates: NDArray[np.int64],
    sites: NDArray[np.int64],
    relay_price: NDArray[np.float64],
    client_mast: NDArray[np.float64],
    sectors: list[SectorClass],
    worth: NDArray[np.float64],
    progress: Callable[[str, float], None],
) -> Hops:
    """Screen sectors against sites and keep each site's best relays."""
    if not sectors:
        return hops_of(join_sight([]))
    reach_m = max(sector.client.max_range_m for sector in sectors)
    parts, seen = [], 0
    for part in sight_between(grid, places, candidates, sites, reach_m, rule):
        parts.append(part)
        seen += len(np.unique(part.near))
        progress("screening sectors", min(1.0, seen / max(1, len(candidates))))
    sight = join_sight(parts)
    cheapest_client = min(sector.client.price.price for sector in sectors)
    cheapest_sector = min(sector.price.price for sector in sectors)
    kept = best_sight(
        sight,
        MastPrices(relay_price, client_mast),
        cheapest_client,
        cheapest_sector,
        worth,
        int(pack.policy("client_candidates")),
    )
    hops = hops_of(sight.take(kept))
    worthwhile = client_mast[hops.far_class] + cheapest_client < worth[hops.far]
    worthwhile &= np.isfinite(relay_price[hops.near, hops.near_class])
    return hops.take(worthwhile)


def _trunks(
    pack: Pack,
    places: Places,
    grid: Grid,
    rule: SightRule,
    relays: NDArray[np.int64],
    reach: NDArray[np.int64],
    relay_price: NDArray[np.float64],
    links: list[LinkClass],
    progress: Callable[[str, float], None],
) -> Hops:
    """Screen relays against each other and keep each relay's best feeders."""
    if not links:
        return hops_of(join_sight([]))
    parts, seen = [], 0
    for part in sight_between(grid, places, relays, relays, max(link.max_range_m for link in links), rule):
        parts.append(part)
        seen += len(np.unique(part.near))
        progress("screening trunks", min(1.0, seen / max(1, len(relays))))
    sight = join_sight(parts)
    hops = hops_of(sight.take(best_trunks(sight, reach, relay_price, int(pack.policy("ptp_candidates")))))
    may_stand = np.isfinite(relay_price[hops.near, hops.near_class]) & np.isfinite(
        relay_price[hops.far, hops.far_class]
    )
    return hops.take(may_stand)


def _ends(
    places: Places,
    grid: Grid,
    rule: SightRule,
    relays: NDArray[np.int64],
    sites: NDArray[np.int64],
    clients: Hops,
    relay_price: NDArray[np.float64],
    client_mast: NDArray[np.float64],
    links: list[LinkClass],
    worth: NDArray[np.float64],
    progress: Callable[[str, float], None],
) -> Hops:
    """Offer a point-to-point end to sites that few sectors can serve."""
    options = np.bincount(clients.far, minlength=len(places))
    lonely = sites[options[sites] < FEW_SECTORS]
    if not links or len(lonely) == 0:
        return hops_of(join_sight([]))
    parts, seen = [], 0
    cheapest = links[0].price.price
    for part in sight_between(grid, places, relays, lonely, max(link.max_range_m for link in links), rule):
        keep = best_sight(part, MastPrices(relay_price, client_mast), cheapest, 0.0, worth, ENDS_PER_SITE)
        parts.append(part.take(keep))
        seen += len(np.unique(part.near))
        progress("screening far sites", min(1.0, seen / max(1, len(relays))))
    sight = join_sight(parts)
    keep = best_sight(sight, MastPrices(relay_price, client_mast), cheapest, 0.0, worth, ENDS_PER_SITE)
    hops = hops_of(sight.take(keep))
    worthwhile = client_mast[hops.far_class] + cheapest < worth[hops.far]
    worthwhile &= np.isfinite(relay_price[hops.near, hops.near_class])
    return hops.take(worthwhile)


def _mast_allowed(places: Places, exclusions: pd.DataFrame) -> NDArray[np.bool_]:
    """Tell which places lie outside the polygons that forbid masts or everything."""
    import shapely

    allowed = np.ones(len(places), dtype=bool)
    forbidding = exclusions[exclusions["forbids"].isin(["mast", "all"])]
    if len(forbidding):
        inside, _ = shapely.STRtree(list(forbidding["geometry"])).query(
            shapely.points(places.lon, places.lat), predicate="intersects"
        )
        allowed[inside] = False
    return allowed
