"""A regular grid of ground elevations, and of what stands on them, in longitude and latitude."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

from alcance.errors import InputError, Problem, TerrainGap
from alcance.terrain.kernel import bilinear
from alcance.terrain.sphere import EARTH_RADIUS_M


@dataclass(frozen=True, eq=False)
class Grid:
    """Ground elevations at the centres of equal cells of longitude and latitude.

    Parameters
    ----------
    ground_m
        Elevation above the datum [m], float32, rows × cols, rows from north to south, cols from west to east; NaN where
        there is no data.
    west, north
        Centre of the first cell [deg].
    step_lon_deg, step_lat_deg
        Distance between cell centres [deg], both positive.
    cover_m
        Height of trees and buildings above the ground in the same cells [m], float32, nought or more, NaN where it is
        not known; None where nothing is known of cover and the ground counts as bare. See `alcance.terrain.Cover`.
    """

    ground_m: NDArray[np.float32]
    west: float
    north: float
    step_lon_deg: float
    step_lat_deg: float
    cover_m: NDArray[np.float32] | None = None

    def __post_init__(self) -> None:
        if self.ground_m.ndim != 2 or self.ground_m.size == 0:
            raise ValueError(f"a grid has two dimensions and at least one cell, not shape {self.ground_m.shape}")
        if not (self.step_lon_deg > 0 and self.step_lat_deg > 0):
            raise ValueError("the steps of a grid are positive; rows run from north to south")
        object.__setattr__(self, "ground_m", np.ascontiguousarray(self.ground_m, np.float32))
        if self.cover_m is not None:
            cover_m = np.ascontiguousarray(self.cover_m, np.float32)
            if cover_m.shape != self.ground_m.shape:
                raise ValueError(f"the cover has shape {cover_m.shape} and the ground {self.ground_m.shape}")
            if (cover_m < 0).any() or np.isinf(cover_m).any():
                raise ValueError("the height of cover is a finite number of metres, nought or more")
            object.__setattr__(self, "cover_m", cover_m)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        rows, cols = self.ground_m.shape
        return rows, cols

    @cached_property
    def obstacle_m(self) -> NDArray[np.float32]:
        """Ground and what stands on it [m]: what a ray must pass over. The ground itself where no cover is known."""
        return self.ground_m if self.cover_m is None else self.ground_m + self.cover_m

    @property
    def clearing_m(self) -> float:
        """Half a cell where there is cover [m]: what stands nearer to an antenna shares its cell and does not count."""
        return 0.0 if self.cover_m is None else self.cell_m / 2

    def bare(self) -> Grid:
        """Give the same ground without its cover."""
        return self if self.cover_m is None else replace(self, cover_m=None)

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north of the outer cell edges [deg]."""
        rows, cols = self.shape
        half_lon, half_lat = self.step_lon_deg / 2, self.step_lat_deg / 2
        south = self.north - (rows - 1) * self.step_lat_deg
        east = self.west + (cols - 1) * self.step_lon_deg
        return self.west - half_lon, south - half_lat, east + half_lon, self.north + half_lat

    @property
    def cell_m(self) -> float:
        """The shorter side of a cell in the middle of the grid [m]: the step at which a profile misses nothing."""
        rows, _ = self.shape
        middle = self.north - (rows - 1) / 2 * self.step_lat_deg
        metres_per_deg = np.pi / 180 * EARTH_RADIUS_M
        lon_m = self.step_lon_deg * metres_per_deg * max(np.cos(np.radians(middle)), 1e-3)
        return float(min(lon_m, self.step_lat_deg * metres_per_deg))

    def elevation_m(self, lon: ArrayLike, lat: ArrayLike) -> NDArray[np.float32]:
        """Ground elevation at places, bilinear between the four nearest cell centres.

        Parameters
        ----------
        lon, lat
            Places [deg]; shapes that broadcast. The outer half cell takes the value at its edge.

        Returns
        -------
        Elevation [m], float32, in the broadcast shape.

        Raises
        ------
        InputError
            A coordinate is not finite.
        TerrainGap
            A place lies outside the grid or needs a cell without data; names the first one and how many.
        """
        lons, lats = np.broadcast_arrays(np.asarray(lon, np.float64), np.asarray(lat, np.float64))
        require_finite("place", lon=lons, lat=lats)
        flat_lon, flat_lat = np.ascontiguousarray(lons.ravel()), np.ascontiguousarray(lats.ravel())
        out = np.empty(flat_lon.size, np.float32)
        _sample(self.ground_m, self.west, self.north, self.step_lon_deg, self.step_lat_deg, flat_lon, flat_lat, out)
        missing = np.isnan(out)
        if missing.any():
            first = int(np.argmax(missing))
            raise gap(float(flat_lon[first]), float(flat_lat[first]), int(missing.sum()), "place(s)")
        return out.reshape(lons.shape)


def gap(lon: float, lat: float, count: int, what: str, *, of_cover: bool = False) -> TerrainGap:
    """Error for terrain or cover that is missing, naming the first place and the number of things that need it."""
    if of_cover:
        return TerrainGap(
            f"the cover has no height at lon {lon:.5f}, lat {lat:.5f} ({count} {what} in all); add a raster that "
            "covers it, or say what its cells without data hold"
        )
    return TerrainGap(
        f"the terrain has no elevation at lon {lon:.5f}, lat {lat:.5f} ({count} {what} in all); "
        "add a tile that covers it or leave out what needs it"
    )


def require_finite(what: str, **columns: NDArray[Any]) -> None:
    """Raise InputError naming the first value of each column that is NaN or infinite."""
    problems = []
    for name, values in columns.items():
        wrong = ~np.isfinite(values)
        if wrong.any():
            row = int(np.argmax(wrong.ravel()))
            message = f"{int(wrong.sum())} value(s) are not finite; give a number for {what} {row + 1}"
            problems.append(Problem(what, row + 1, name, str(values.ravel()[row]), message))
    if problems:
        raise InputError(problems)


@njit(cache=True)
def _sample(
    ground_m: Any, west: float, north: float, step_lon: float, step_lat: float, lon: Any, lat: Any, out: Any
) -> None:
    for i in range(lon.size):
        out[i] = bilinear(ground_m, (lon[i] - west) / step_lon, (north - lat[i]) / step_lat)
