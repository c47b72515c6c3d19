"""Ground profiles along great circles, many at a time."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numba import njit, prange
from numpy.typing import ArrayLike, NDArray

from alcance.errors import InputError, Problem, TerrainGap
from alcance.terrain.grid import Grid, gap, require_finite
from alcance.terrain.kernel import (
    PIECE_M,
    bilinear,
    first_covered,
    length_and_middle,
    piece_end,
    piece_track,
    quadratic,
    segment_count,
)
from alcance.terrain.sphere import EARTH_RADIUS_M, place_along

# Waking the threads costs more than so few paths take.
CHUNK = 64
MAX_SAMPLES = 2_000_000_000


@dataclass(frozen=True, eq=False)
class Profiles:
    """Ground profiles of n paths, one after another in flat arrays.

    Parameters
    ----------
    distance_m
        Distance from the first end [m], float64, all paths in a row; both ends are included.
    elevation_m
        Ground elevation there [m], float32.
    offsets
        int64, n + 1: path i holds samples offsets[i] to offsets[i + 1].
    cover_m
        Height of trees and buildings there [m], float32, or None where the ground counts as bare. At the two ends of
        a path nothing counts (Recommendation ITU-R P.1812-6, § 3.2.1), whatever stands in the array.
    """

    distance_m: NDArray[np.float64]
    elevation_m: NDArray[np.float32]
    offsets: NDArray[np.int64]
    cover_m: NDArray[np.float32] | None = None

    def __post_init__(self) -> None:
        if self.cover_m is not None and self.cover_m.shape != self.elevation_m.shape:
            raise ValueError("cover_m has one value per sample of the profiles")

    @cached_property
    def obstacle_m(self) -> NDArray[np.float32]:
        """Ground and cover between the ends, and the bare ground at the ends [m], float32, as flat as the others."""
        if self.cover_m is None:
            return self.elevation_m
        standing = self.cover_m.copy()
        standing[self.offsets[:-1]] = 0
        standing[self.offsets[1:] - 1] = 0
        return self.elevation_m + standing

    def bare(self) -> Profiles:
        """Give the same profiles without their cover."""
        return self if self.cover_m is None else Profiles(self.distance_m, self.elevation_m, self.offsets)

    def __len__(self) -> int:
        return self.offsets.size - 1

    def path(self, index: int) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
        """Distances [m] and elevations [m] of one path."""
        start, end = self.offsets[index], self.offsets[index + 1]
        return self.distance_m[start:end], self.elevation_m[start:end]


def path_ends(
    lon1: ArrayLike, lat1: ArrayLike, lon2: ArrayLike, lat2: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Make four contiguous float64 arrays from the ends of n paths; InputError where one is not finite."""
    ends = np.broadcast_arrays(*(np.atleast_1d(np.asarray(end, np.float64)) for end in (lon1, lat1, lon2, lat2)))
    if ends[0].ndim != 1:
        raise ValueError("the ends of paths are one-dimensional arrays")
    require_finite("path", lon1=ends[0], lat1=ends[1], lon2=ends[2], lat2=ends[3])
    a, b, c, d = (np.ascontiguousarray(end) for end in ends)
    return a, b, c, d


def check_step(step_m: float | None, grid: Grid) -> float:
    """Choose the sampling step [m]: as given, or the grid's cell where None; InputError unless positive and finite."""
    step = grid.cell_m if step_m is None else float(step_m)
    if not (np.isfinite(step) and step > 0):
        raise InputError([Problem("path", None, "step_m", str(step_m), "the step must be a positive number of metres")])
    return step


def profiles(
    grid: Grid, lon1: ArrayLike, lat1: ArrayLike, lon2: ArrayLike, lat2: ArrayLike, step_m: float | None = None
) -> Profiles:
    """Ground profiles along the great circles between pairs of places.

    Parameters
    ----------
    grid
        The ground.
    lon1, lat1, lon2, lat2
        Ends of n paths [deg].
    step_m
        Longest distance between samples [m]; the steps of one path are equal, at least two. None takes the grid's cell.

    Returns
    -------
    Profiles, with both ends; bilinear elevations, and bilinear heights of cover where the grid has cover: nought nearer
    to the ends than half a cell, for an antenna stands in the open of its own cell, however fine the step.

    Raises
    ------
    InputError
        A coordinate or the step is not usable.
    TerrainGap
        A path crosses ground without data, or cover without data where it counts; names the first place and the number
        of paths.
    """
    ends = path_ends(lon1, lat1, lon2, lat2)
    step = check_step(step_m, grid)
    counts = _sample_counts(*ends, step)
    offsets = np.zeros(counts.size + 1, np.int64)
    np.cumsum(counts, out=offsets[1:])
    if offsets[-1] > MAX_SAMPLES:
        message = f"{int(offsets[-1]):,} samples are more than fit in memory; take fewer paths or a longer step"
        raise InputError([Problem("path", None, "step_m", str(step), message)])
    distance_m = np.empty(offsets[-1], np.float64)
    elevation_m = np.empty(offsets[-1], np.float32)
    first_missing = np.full(counts.size, -1, np.int64)
    geometry = np.array([grid.west, grid.north, grid.step_lon_deg, grid.step_lat_deg])
    _walk(grid.ground_m, geometry, *ends, offsets, distance_m, elevation_m, first_missing)
    raise_first_gap(grid.bare(), *ends, first_missing, counts - 1)
    if grid.cover_m is None:
        return Profiles(distance_m, elevation_m, offsets)
    cover_m = np.empty(offsets[-1], np.float32)
    _walk(grid.cover_m, geometry, *ends, offsets, distance_m, cover_m, first_missing)
    _clear_ends(offsets, distance_m, grid.clearing_m, cover_m)
    for path in np.flatnonzero(first_missing >= 0):
        # What is missing near an end is not needed.
        gaps = np.flatnonzero(np.isnan(cover_m[offsets[path] : offsets[path + 1]]))
        first_missing[path] = gaps[0] if gaps.size else -1
    raise_first_gap(grid, *ends, first_missing, counts - 1)
    return Profiles(distance_m, elevation_m, offsets, cover_m)


def raise_first_gap(
    grid: Grid,
    lon1: NDArray[np.float64],
    lat1: NDArray[np.float64],
    lon2: NDArray[np.float64],
    lat2: NDArray[np.float64],
    first_missing: NDArray[np.int64],
    segments: NDArray[np.int64],
) -> None:
    """Raise TerrainGap at the first missing sample of the first path that has one (-1 stands for none).

    Where the ground is known at that sample it is the cover that is missing.
    """
    broken = first_missing >= 0
    if not broken.any():
        return
    i = int(np.argmax(broken))
    share = np.array([first_missing[i] / segments[i]])
    lon, lat = place_along(float(lon1[i]), float(lat1[i]), float(lon2[i]), float(lat2[i]), share)
    of_cover = grid.cover_m is not None and _has_ground(grid, float(lon[0]), float(lat[0]))
    raise gap(float(lon[0]), float(lat[0]), int(broken.sum()), "path(s)", of_cover=of_cover)


def _has_ground(grid: Grid, lon: float, lat: float) -> bool:
    try:
        grid.elevation_m(lon, lat)
    except TerrainGap:
        return False
    return True


def _walk(ground_m: NDArray[np.float32], geometry: NDArray[np.float64], *arrays: Any) -> None:
    """Sample all paths, on the calling thread where they are few."""
    count = arrays[0].size
    if count <= CHUNK:
        _walk_some(0, count, ground_m, geometry, *arrays)
    else:
        _walk_all(ground_m, geometry, *arrays)


@njit(cache=True)
def _sample_counts(lon1: Any, lat1: Any, lon2: Any, lat2: Any, step_m: float) -> Any:
    counts = np.empty(lon1.size, np.int64)
    for i in range(lon1.size):
        length_m, _, _ = length_and_middle(lon1[i], lat1[i], lon2[i], lat2[i])
        counts[i] = segment_count(length_m, step_m) + 1
    return counts


@njit(cache=True)
def _clear_ends(offsets: Any, distance_m: Any, clearing_m: float, cover_m: Any) -> None:
    for path in range(offsets.size - 1):
        first, last = offsets[path], offsets[path + 1] - 1
        count = first_covered(distance_m[last], last - first, clearing_m)
        cover_m[first : first + count] = 0
        cover_m[last - count + 1 : last + 1] = 0


@njit(cache=True, parallel=True)
def _walk_all(
    ground_m: Any,
    geometry: Any,
    lon1: Any,
    lat1: Any,
    lon2: Any,
    lat2: Any,
    offsets: Any,
    distance_m: Any,
    elevation_m: Any,
    first_missing: Any,
) -> None:
    for chunk in prange((lon1.size + CHUNK - 1) // CHUNK):
        first = chunk * CHUNK
        _walk_some(
            first,
            min(first + CHUNK, lon1.size),
            ground_m,
            geometry,
            lon1,
            lat1,
            lon2,
            lat2,
            offsets,
            distance_m,
            elevation_m,
            first_missing,
        )


@njit(cache=True)
def _walk_some(
    first_path: int,
    last_path: int,
    ground_m: Any,
    geometry: Any,
    lon1: Any,
    lat1: Any,
    lon2: Any,
    lat2: Any,
    offsets: Any,
    distance_m: Any,
    elevation_m: Any,
    first_missing: Any,
) -> None:
    """Sample the paths from one number up to another."""
    west, north, step_lon, step_lat = geometry[0], geometry[1], geometry[2], geometry[3]
    for i in range(first_path, last_path):
        start = offsets[i]
        segments = offsets[i + 1] - start - 1
        length_m, lon_m, lat_m = length_and_middle(lon1[i], lat1[i], lon2[i], lat2[i])
        lon_a, lat_a, lon_b, lat_b = lon1[i], lat1[i], lon2[i], lat2[i]
        pieces = int(length_m / PIECE_M) + 1
        begin = 0
        for piece in range(pieces):
            end = piece_end(segments, piece, pieces)
            if end == begin:
                continue
            if pieces > 1:
                lon_a, lat_a, lon_m, lat_m, lon_b, lat_b = piece_track(
                    lon1[i], lat1[i], lon2[i], lat2[i], length_m / EARTH_RADIUS_M, begin / segments, end / segments
                )
            x0, y0 = (lon_a - west) / step_lon, (north - lat_a) / step_lat
            x1, x2 = quadratic(x0, (lon_m - west) / step_lon, (lon_b - west) / step_lon)
            y1, y2 = quadratic(y0, (north - lat_m) / step_lat, (north - lat_b) / step_lat)
            first = begin if begin == 0 else begin + 1
            for s in range(first, end + 1):
                u = (s - begin) / (end - begin)
                z = bilinear(ground_m, x0 + u * (x1 + u * x2), y0 + u * (y1 + u * y2))
                distance_m[start + s] = length_m * s / segments
                elevation_m[start + s] = z
                if np.isnan(z) and first_missing[i] < 0:
                    first_missing[i] = s
            begin = end
