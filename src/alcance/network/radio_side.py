"""Finds the radio hops worth offering: relays for every site, trunks among relays, ends for the far."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from alcance.network.hops import Hops, hops_of
from alcance.network.link_design import Design, LinkDesigner, Offer
from alcance.network.relays import MastPrices, best_sight, best_trunks
from alcance.network.sight import Sight, SightRule, join_sight, sight_between
from alcance.radio.heights import HEIGHT_CLASSES_M

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd
    from numpy.typing import NDArray

    from alcance.network.masts import MastCatalogue
    from alcance.network.places import Places
    from alcance.network.radios import LinkClass, SectorClass
    from alcance.pack import Pack
    from alcance.terrain import Grid

ENDS_PER_SITE = 4  # point-to-point ends offered to a site besides its sectors


@dataclass(frozen=True)
class Wanted:
    """The sites that are to be served.

    Parameters
    ----------
    places
        Their places.
    mbps
        What each needs.
    worth
        Prices above which a satellite terminal is always better, in the smallest currency unit; infinite where the
        site may have none.
    """

    places: NDArray[np.int64]
    mbps: NDArray[np.float64]
    worth: NDArray[np.float64]

    def take(self, which: NDArray[np.bool_]) -> Wanted:
        """Give the chosen sites."""
        return Wanted(self.places[which], self.mbps[which], self.worth[which])


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

    clients: Offer
    ends: Offer
    trunks: Offer
    used: NDArray[np.bool_]


def radio_side(
    pack: Pack,
    places: Places,
    grid: Grid,
    masts: MastCatalogue,
    candidates: NDArray[np.int64],
    wanted: Wanted,
    links: list[LinkClass],
    sectors: list[SectorClass],
    progress: Callable[[str, float], None],
) -> RadioSide:
    """Screen the pairs and choose the hops to offer.

    Parameters
    ----------
    pack, places, grid, masts
        The pack, its places and terrain, and the prices of masts.
    candidates
        Places where a relay may stand.
    wanted
        The sites to be served.
    links, sectors
        Radio classes, the links cheapest first.
    progress
        Told the stage and the share done.
    """
    used = np.zeros((len(places), len(HEIGHT_CLASSES_M)), dtype=bool)
    if int(pack.policy("max_hops")) == 0 or not (links or sectors):
        return RadioSide(Offer.none(len(sectors)), Offer.none(len(links)), Offer.none(len(links)), used)
    search = _Search(pack, places, grid, masts, candidates, wanted, links, sectors, progress)
    clients = search.clients()
    reach = np.bincount(clients.hops.near, minlength=len(places)).astype(np.int64)
    relays = np.unique(clients.hops.near).astype(np.int64)
    between = search.between(relays)
    trunks, ends = search.trunks(between, reach), search.ends(relays, between)
    for hops in (clients.hops, ends.hops):
        used[hops.near, hops.near_class] = True
    used[trunks.hops.near, trunks.hops.near_class] = True
    used[trunks.hops.far, trunks.hops.far_class] = True
    return RadioSide(clients, ends, trunks, used)


class _Search:
    """One search for hops over a pack: what is asked, and the rules that every hop must keep."""

    def __init__(
        self,
        pack: Pack,
        places: Places,
        grid: Grid,
        masts: MastCatalogue,
        candidates: NDArray[np.int64],
        wanted: Wanted,
        links: list[LinkClass],
        sectors: list[SectorClass],
        progress: Callable[[str, float], None],
    ) -> None:
        self.pack, self.places, self.grid, self.progress = pack, places, grid, progress
        self.links, self.sectors = links, sectors
        self.rule = SightRule.of(pack, grid, min(link.freq_ghz for link in [*links, *(s.client for s in sectors)]))
        self.designer = LinkDesigner.of(pack, places)
        allowed = _mast_allowed(places, pack.table("exclusions"))
        self.wanted = wanted.take(allowed[wanted.places])  # a client has a mast too
        self.need_mbps = np.full(len(places), np.inf)
        self.need_mbps[wanted.places] = wanted.mbps
        self.worth = np.zeros(len(places))
        self.worth[wanted.places] = wanted.worth
        may_stand = np.zeros(len(places), dtype=bool)
        may_stand[candidates] = allowed[candidates]
        self.candidates = np.flatnonzero(may_stand)
        self.prices = MastPrices(masts.relay_prices(may_stand), np.array([mast.price for mast in masts.mast]))

    def clients(self) -> Offer:
        """Screen sectors against sites and keep each site's best relays."""
        if not self.sectors:
            return Offer.none(0)
        classes = [sector.client for sector in self.sectors]
        sight = self._screen("screening sectors", self.candidates, self.wanted.places, classes, self._client_works)
        cheapest = min(link.price.price for link in classes)
        sector_price = min(sector.price.price for sector in self.sectors)
        per_site = int(self.pack.policy("client_candidates"))
        kept = best_sight(sight, self.prices, cheapest, sector_price, self.worth, per_site)
        hops = self._worthwhile(hops_of(sight.take(kept)), cheapest)
        designs = [
            self.designer.design(sector.client, hops, self.designer.off_axis_db(sector, hops))
            for sector in self.sectors
        ]
        return Offer(hops, designs).serving(self.need_mbps[hops.far])

    def between(self, relays: NDArray[np.int64]) -> Sight:
        """Screen relays against each other."""
        if not self.links:
            return join_sight([])
        return self._screen("screening trunks", relays, relays, self.links)

    def trunks(self, sight: Sight, reach: NDArray[np.int64]) -> Offer:
        """Keep each relay's best feeders."""
        if not self.links:
            return Offer.none(0)
        per_relay = int(self.pack.policy("ptp_candidates"))
        hops = hops_of(sight.take(best_trunks(sight, reach, self.prices.relay, per_relay)))
        prices = self.prices.relay
        may_stand = np.isfinite(prices[hops.near, hops.near_class]) & np.isfinite(prices[hops.far, hops.far_class])
        hops = hops.take(may_stand)
        # A trunk must carry one site at least.
        busy = np.full(len(hops.near), float(self.pack.policy("site_busy_mbps")))
        return Offer(hops, self._designs("designing trunks", hops)).serving(busy)

    def ends(self, relays: NDArray[np.int64], between: Sight) -> Offer:
        """Offer sites a point-to-point end from the relays that would serve them at least cost."""
        if not self.links:
            return Offer.none(0)
        cheapest = self.links[0].price.price
        # Most sites are relays too, and have been screened as such.
        others = np.setdiff1d(self.wanted.places, relays)
        apart = self._screen("screening far sites", relays, others, self.links)
        sight = join_sight([between.take(np.isin(between.far, self.wanted.places)), apart])
        kept = best_sight(sight, self.prices, cheapest, 0.0, self.worth, ENDS_PER_SITE)
        hops = self._worthwhile(hops_of(sight.take(kept)), cheapest)
        return Offer(hops, self._designs("designing ends", hops)).serving(self.need_mbps[hops.far])

    def _designs(self, stage: str, hops: Hops) -> list[Design]:
        """Design hops with every class of link."""
        designs: list[Design] = []
        for link in self.links:
            self.progress(stage, len(designs) / len(self.links))
            designs.append(self.designer.design(link, hops))
        return designs

    def _screen(
        self,
        stage: str,
        near: NDArray[np.int64],
        far: NDArray[np.int64],
        classes: list[LinkClass],
        works: Callable[[Hops], NDArray[np.bool_]] | None = None,
    ) -> Sight:
        """List the pairs within reach that are clear surely enough, and of these the ones that work."""
        parts, seen = [], 0
        reach_m = max(link.max_range_m for link in classes)
        for part in sight_between(self.grid, self.places, near, far, reach_m, self.rule):
            lowest = np.zeros(len(part), dtype=np.uint8)
            hops = Hops(part.near, part.far, lowest, lowest, part.distance_m)
            parts.append(part if works is None else part.take(works(hops)))
            seen += len(np.unique(part.near))
            self.progress(stage, min(1.0, seen / max(1, len(near))))
        return join_sight(parts)

    def _client_works(self, hops: Hops) -> NDArray[np.bool_]:
        works = np.zeros(len(hops.near), dtype=bool)
        for sector in self.sectors:
            design = self.designer.design(sector.client, hops, self.designer.off_axis_db(sector, hops))
            works |= design.rate_mbps >= self.need_mbps[hops.far]
        return works

    def _worthwhile(self, hops: Hops, radio_price: float) -> Hops:
        """Keep the hops that cost less than a satellite, from masts that may stand."""
        keep = self.prices.client[hops.far_class] + radio_price < self.worth[hops.far]
        return hops.take(keep & np.isfinite(self.prices.relay[hops.near, hops.near_class]))


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
