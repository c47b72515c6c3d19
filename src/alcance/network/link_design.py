"""Designs a hop: the rate that each class of radio carries over it, for the share of the year that policy asks for."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from alcance.network.hops import Hops
from alcance.radio.heights import HEIGHT_CLASSES_M

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alcance.network.places import Places
    from alcance.network.radios import LinkClass, SectorClass
    from alcance.pack import Pack
    from alcance.radio.p530 import Climate

SHORTEST_KM = 0.1  # a path shorter than this fades no more


@dataclass(frozen=True)
class Design:
    """What one class of radio makes of n hops.

    Parameters
    ----------
    rate_mbps
        Best rate that is carried both ways for the share of the year wanted; nought where the class does not work.
    margin_db
        What then arrives above the sensitivity of that rate; NaN where the class does not work.
    """

    rate_mbps: NDArray[np.float64]
    margin_db: NDArray[np.float32]


@dataclass(frozen=True)
class Offer:
    """Hops that may be built, and what each class of radio makes of them.

    Parameters
    ----------
    hops
        n hops.
    designs
        One per class, in the order of the classes, of n hops each.
    """

    hops: Hops
    designs: list[Design]

    @classmethod
    def none(cls, classes: int) -> Offer:
        """Offer nothing of any class."""
        nowhere = np.empty(0, dtype=np.int32)
        level = np.empty(0, dtype=np.uint8)
        hops = Hops(nowhere, nowhere, level, level, np.empty(0))
        return cls(hops, [Design(np.empty(0), np.empty(0, dtype=np.float32)) for _ in range(classes)])

    def serving(self, need_mbps: NDArray[np.float64]) -> Offer:
        """Keep the hops over which some class carries what is needed, and of each class what carries it."""
        enough = [design.rate_mbps >= need_mbps for design in self.designs]
        some = np.any(enough, axis=0) if enough else np.zeros(len(self.hops.near), dtype=bool)
        return Offer(
            self.hops.take(some),
            [
                Design(np.where(works, design.rate_mbps, 0.0)[some], design.margin_db[some])
                for design, works in zip(self.designs, enough, strict=True)
            ],
        )


@dataclass(frozen=True)
class LinkDesigner:
    """What every link of a plan must keep, and the ground and air it is designed for.

    Parameters
    ----------
    altitude_m
        n places × classes of height: antennas above sea level.
    lon, lat
        Of the places.
    climate
        Refractivity and rain, with the latitude of the middle of the country.
    availability_pct
        Share of the average year for which a link works.
    least_margin_db
        Margin that is kept even where fading asks for less.
    k_factor
        Effective earth radius factor, for the angle at which an antenna is seen.
    """

    altitude_m: NDArray[np.float64]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    climate: Climate
    availability_pct: float
    least_margin_db: float
    k_factor: float

    @classmethod
    def of(cls, pack: Pack, places: Places) -> LinkDesigner:
        """Take the policies and the climate of a pack."""
        from alcance.radio import Air

        notes = pack.meta.radio
        air = Air(delta_n=notes.delta_n.value, rain_001_mm_h=notes.rain_001_mm_h.value)
        climate = air.fading((pack.meta.bounds[1] + pack.meta.bounds[3]) / 2)
        return cls(
            altitude_m=places.ground_m.astype(np.float64)[:, None] + np.array(HEIGHT_CLASSES_M),
            lon=places.lon,
            lat=places.lat,
            climate=climate,
            availability_pct=float(pack.policy("availability_pct")),
            least_margin_db=float(pack.policy("fade_margin_db")),
            k_factor=float(pack.policy("k_factor")),
        )

    def design(self, link: LinkClass, hops: Hops, off_axis_db: NDArray[np.float64] | None = None) -> Design:
        """Give the rate of a class over hops, free space and gases taken off and the fading margin kept.

        Parameters
        ----------
        link
            Class of radio.
        hops
            n hops with a clear path.
        off_axis_db
            n losses of antennas that do not point along the hop, or None.

        Returns
        -------
        Design
            Of n hops; margins by P.530 for the share of the year, never below the least.
        """
        from alcance.radio import free_space_loss_db, received_dbm
        from alcance.radio.budget import link_rate_mbps
        from alcance.radio.p530 import required_margin_db

        rate_mbps = np.zeros(len(hops.near))
        spare_db = np.full(len(hops.near), np.nan, dtype=np.float32)
        near = np.flatnonzero(hops.distance_m <= link.max_range_m)
        if len(near) == 0:
            return Design(rate_mbps, spare_db)
        distance_km = hops.distance_m[near] / 1_000.0
        loss_db = free_space_loss_db(distance_km, link.freq_ghz) + link.gas_db_km * distance_km
        if off_axis_db is not None:
            loss_db = loss_db + off_axis_db[near]
        loss_db = np.round(loss_db, 2)
        # Most pairs are too far apart even in still air: only for the others is it worth knowing how they fade.
        hope = link_rate_mbps(link.near, link.far, loss_db, math.ceil(self.least_margin_db * 100) / 100) > 0
        near, distance_km, loss_db = near[hope], distance_km[hope], loss_db[hope]
        need_db = required_margin_db(
            np.maximum(distance_km, SHORTEST_KM),
            link.freq_ghz,
            self.altitude_m[hops.near[near], hops.near_class[near]],
            self.altitude_m[hops.far[near], hops.far_class[near]],
            self.availability_pct,
            self.climate,
            least_db=self.least_margin_db,
            steps_per_db=100,  # upwards: a margin that is kept must outlast what was asked
        )
        rate = link_rate_mbps(link.near, link.far, loss_db, need_db)
        works = rate > 0
        signal = [
            received_dbm(one, other, loss_db) - other.rates.sensitivity_of(rate)
            for one, other in ((link.near, link.far), (link.far, link.near))
        ]
        rate_mbps[near] = rate
        spare_db[near] = np.where(works, np.round(np.minimum(*signal), 2), np.nan)
        return Design(rate_mbps, spare_db)

    def availability_pct_of(
        self,
        length_m: NDArray[np.float64],
        freq_ghz: NDArray[np.float64],
        near_altitude_m: NDArray[np.floating],
        far_altitude_m: NDArray[np.floating],
        margin_db: NDArray[np.floating],
    ) -> NDArray[np.float64]:
        """Share of the average year for which links with a margin work [%], rounded to 1e-4."""
        from alcance.radio.p530 import unavailability

        lost = unavailability(
            np.maximum(length_m / 1_000.0, SHORTEST_KM),
            freq_ghz,
            near_altitude_m,
            far_altitude_m,
            margin_db,
            self.climate,
        )
        shares: NDArray[np.float64] = np.round(lost.availability_percent, 4)
        return shares

    def off_axis_db(self, sector: SectorClass, hops: Hops) -> NDArray[np.float64]:
        """Loss of the sector antenna that points best at each client, by its pattern, against its strongest direction.

        The antennas of a circle point to fixed directions, the first to the north, tilted as the catalogue says.
        """
        from alcance.radio.earth import elevation_deg
        from alcance.terrain import bearing_deg

        azimuth_deg = bearing_deg(self.lon[hops.near], self.lat[hops.near], self.lon[hops.far], self.lat[hops.far])
        rise_m = self.altitude_m[hops.far, hops.far_class] - self.altitude_m[hops.near, hops.near_class]
        above_deg = elevation_deg(rise_m, hops.distance_m, self.k_factor)
        best = np.max([antenna.gain_dbi(azimuth_deg, above_deg) for antenna in sector.antennas], axis=0)
        loss: NDArray[np.float64] = sector.client.near.antenna_gain_dbi - best
        return loss


def dependents(rate_mbps: NDArray[np.float64], busy_mbps: float, most: int) -> NDArray[np.int64]:
    """Sites that a link of each rate carries in the busy hour, at most so many."""
    whole = np.floor(np.round(rate_mbps / busy_mbps, 6)).astype(np.int64)
    return np.minimum(whole, most)
