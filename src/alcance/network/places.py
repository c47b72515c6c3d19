"""The places where something can stand: sites, localities, substations, joints, roads, routes, towers and summits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from alcance.terrain import Grid

PLACE_KINDS = ("site", "locality", "substation", "joint", "road", "route", "tower", "summit")


@dataclass(frozen=True)
class Places:
    """n places, each of one kind; a place's row is its number everywhere in the network.

    Parameters
    ----------
    place_id
        Kind and identifier, such as "site:A1"; unique.
    kind
        Index into `PLACE_KINDS`, uint8.
    name
        What people call it; may be empty.
    lon, lat
        Degrees.
    xy_m
        n x 2 in the metric reference system of the pack.
    ground_m
        Elevation of the ground in metres, float32; NaN for a power node beyond the edge of the terrain.
    """

    place_id: NDArray[np.object_]
    kind: NDArray[np.uint8]
    name: NDArray[np.object_]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    xy_m: NDArray[np.float64]
    ground_m: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.lon)

    def of_kind(self, *kinds: str) -> NDArray[np.int64]:
        """Give the rows of the named kinds."""
        return np.flatnonzero(np.isin(self.kind, [PLACE_KINDS.index(kind) for kind in kinds]))


class PlaceLayer:
    """Collects places kind by kind; the numbers it gives out stay valid in the finished `Places`."""

    def __init__(self) -> None:
        self._batches: list[
            tuple[str, Sequence[str], Sequence[str | None], NDArray[np.float64], NDArray[np.float64]]
        ] = []
        self._count = 0

    def add(
        self, kind: str, identifiers: Sequence[str], names: Sequence[str | None], lon: ArrayLike, lat: ArrayLike
    ) -> NDArray[np.int64]:
        """Add places of one kind and give their numbers."""
        lon, lat = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
        self._batches.append((kind, identifiers, names, lon, lat))
        first = self._count
        self._count += len(lon)
        return np.arange(first, self._count)

    def finish(self, grid: Grid, metric_crs: str) -> Places:
        """Look up the ground of every place.

        A power line may run on beyond the edge of the terrain: its nodes there have no ground, and nothing but the
        line itself may use them.

        Raises
        ------
        TerrainGap
            If the terrain has no elevation at any other place.
        """
        from pyproj import Transformer

        lon = np.concatenate([batch[3] for batch in self._batches])
        lat = np.concatenate([batch[4] for batch in self._batches])
        x, y = Transformer.from_crs("EPSG:4326", metric_crs, always_xy=True).transform(lon, lat)
        kind = np.concatenate(
            [np.full(len(batch[3]), PLACE_KINDS.index(batch[0]), dtype=np.uint8) for batch in self._batches]
        )
        power = np.isin(kind, [PLACE_KINDS.index("substation"), PLACE_KINDS.index("joint")])
        west, south, east, north = grid.bounds
        beyond = power & ((lon < west) | (lon > east) | (lat < south) | (lat > north))
        ground_m = np.full(len(lon), np.nan, dtype=np.float32)
        ground_m[~beyond] = grid.elevation_m(lon[~beyond], lat[~beyond])
        return Places(
            place_id=np.array([f"{kind}:{key}" for kind, keys, *_ in self._batches for key in keys], dtype=object),
            kind=kind,
            name=np.array([name or "" for _, _, names, *_ in self._batches for name in names], dtype=object),
            lon=lon,
            lat=lat,
            xy_m=np.column_stack([x, y]),
            ground_m=ground_m,
        )
