"""Point-to-point links from towers that stand to places that might be reached: mast, radio, rate, price."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from alcance.network.hops import Hops
from alcance.network.link_design import LinkDesigner
from alcance.network.places import PlaceLayer
from alcance.network.radios import point_to_point_classes
from alcance.network.sight import NO_CLASS, STRETCH, SightRule
from alcance.radio.heights import HEIGHT_CLASSES_M

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alcance.network.prices import PriceBook
    from alcance.network.radios import LinkClass
    from alcance.network.reach.stations import Station
    from alcance.pack import Pack
    from alcance.terrain import Grid

NEAREST_TOWERS = 8  # towers of a provider from which a place may be fed


@dataclass(frozen=True, eq=False)
class Links:
    """n links from stations to places that need a clear path and have one.

    Parameters
    ----------
    station, place
        Numbers of both ends.
    mast
        Lowest class of height at the place that clears the path, of `HEIGHT_CLASSES_M`.
    distance_m
        Great-circle length.
    rate_mbps
        n × classes of radio: rate both ways for the share of the year that policy asks for; nought where none.
    margin_db
        The same shape: margin at that rate; NaN where none.
    """

    station: NDArray[np.int64]
    place: NDArray[np.int64]
    mast: NDArray[np.uint8]
    distance_m: NDArray[np.float64]
    rate_mbps: NDArray[np.float64]
    margin_db: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.station)


class LinkFinder:
    """Finds links from a provider's towers over the ground of a pack.

    A path is clear where the first Fresnel zone is free by the share of the policy, at the lowest frequency of the
    pack's radios (its zone is the widest), with the policy's confidence on the true ground. Rates keep the margin of
    P.530 for the policy's availability.
    """

    def __init__(self, pack: Pack, grid: Grid, book: PriceBook, stations: list[Station]) -> None:
        self.pack, self.grid, self.book, self.stations = pack, grid, book, stations
        self.classes: list[LinkClass] = point_to_point_classes(pack, book)
        self.masts = [book.of(f"mast_{height:.0f}") for height in HEIGHT_CLASSES_M]
        self.longest_m = max((link.max_range_m for link in self.classes), default=0.0)
        if self.classes:
            self.rule = SightRule.of(pack, grid, min(link.freq_ghz for link in self.classes))

    def find(
        self,
        numbers: list[int],
        lon: NDArray[np.float64],
        lat: NDArray[np.float64],
        nearest: int = NEAREST_TOWERS,
    ) -> Links:
        """Links from the nearest of some stations to places.

        Parameters
        ----------
        numbers
            Stations of one provider.
        lon, lat
            Places [deg].
        nearest
            Number of stations to try for each place.

        Raises
        ------
        TerrainGap
            A path crosses ground without data.
        """
        if not self.classes or not numbers or len(lon) == 0:
            return self._none()
        towers = [self.stations[number].tower for number in numbers]
        layer = PlaceLayer()
        names = [self.stations[number].tower_id for number in numbers]
        layer.add("tower", names, names, [tower.lon for tower in towers], [tower.lat for tower in towers])
        keys = [str(index) for index in range(len(lon))]
        layer.add("site", keys, keys, lon, lat)
        places = layer.finish(self.grid, self.pack.meta.metric_crs)
        near, far, distance_m = self._pairs(places.xy_m, len(towers), places.lon, places.lat, nearest)
        if len(near) == 0:
            return self._none()
        height_m = np.array([tower.height_m for tower in towers])
        mast = self._mast(places.lon, places.lat, near, far, height_m)
        clear = mast < NO_CLASS
        near, far, distance_m, mast = near[clear], far[clear], distance_m[clear], mast[clear]
        designer = LinkDesigner.of(self.pack, places)
        altitude_m = designer.altitude_m.copy()
        altitude_m[: len(towers)] = (places.ground_m[: len(towers)].astype(np.float64) + height_m)[:, None]
        designer = replace(designer, altitude_m=altitude_m)
        hops = Hops(near.astype(np.int32), far.astype(np.int32), np.zeros(len(near), np.uint8), mast, distance_m)
        designs = [designer.design(link, hops) for link in self.classes]
        return Links(
            np.asarray(numbers, np.int64)[near], far - len(towers), mast, distance_m,
            np.column_stack([design.rate_mbps for design in designs]),
            np.column_stack([design.margin_db for design in designs]),
        )  # fmt: skip

    def _pairs(
        self,
        xy_m: NDArray[np.float64],
        towers: int,
        lon: NDArray[np.float64],
        lat: NDArray[np.float64],
        nearest: int,
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
        """The nearest towers of each place within the longest link, sorted by place and tower."""
        from scipy.spatial import cKDTree

        from alcance.terrain import great_circle_m

        count = min(nearest, towers)
        away_m, found = cKDTree(xy_m[:towers]).query(
            xy_m[towers:], k=np.arange(1, count + 1), distance_upper_bound=self.longest_m * STRETCH
        )
        place, column = np.nonzero(np.isfinite(away_m))
        tower = np.asarray(found, np.int64)
        near = tower[place, column].astype(np.int64)
        order = np.lexsort((near, place))
        near, far = near[order], (place[order] + towers).astype(np.int64)
        distance_m = np.round(great_circle_m(lon[near], lat[near], lon[far], lat[far]), 2)
        within = (distance_m > 1.0) & (distance_m <= self.longest_m)
        return near[within], far[within], distance_m[within]

    def _mast(
        self,
        lon: NDArray[np.float64],
        lat: NDArray[np.float64],
        near: NDArray[np.int64],
        far: NDArray[np.int64],
        height_m: NDArray[np.float64],
    ) -> NDArray[np.uint8]:
        """Lowest class of height at the far end from which the tower's top is seen for sure enough, or `NO_CLASS`."""
        from alcance.radio import required_height_m

        rule, classes = self.rule, np.array(HEIGHT_CLASSES_M, np.float32)
        need_m = required_height_m(
            self.grid, lon[near], lat[near], lon[far], lat[far], height_m[near][:, None],
            freq_ghz=rule.freq_ghz, k_factor=rule.k_factor, clearance=rule.fresnel_clearance, step_m=rule.step_m,
        )[:, 0]  # fmt: skip
        mast = np.searchsorted(classes, np.round(need_m, 2), side="left").astype(np.uint8)
        if rule.confidence > 0:
            for kind, mast_m in enumerate(HEIGHT_CLASSES_M):
                asked = np.flatnonzero(mast == kind)
                a, b = near[asked], far[asked]
                mast_heights_m = np.full(len(asked), mast_m)
                chance = rule.chances(self.grid, lon[a], lat[a], height_m[a], lon[b], lat[b], mast_heights_m)
                # A doubtful path asks for the next class, which its own turn then judges.
                mast[asked[chance < rule.confidence]] = kind + 1
        return mast

    def _none(self) -> Links:
        shape = (0, len(self.classes))
        empty = np.empty(0, np.int64)
        return Links(empty, empty, np.empty(0, np.uint8), np.empty(0), np.empty(shape), np.empty(shape))
