"""Which masts see each other: one pass over the ground tells the height each mast needs, for millions of pairs."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numba import njit, prange
from numpy.typing import ArrayLike, NDArray

from alcance.errors import InputError, Problem
from alcance.radio.earth import MEDIAN_K_FACTOR, effective_radius_km
from alcance.radio.p525 import wavelength_m
from alcance.terrain.grid import Grid
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
from alcance.terrain.profile import check_step, path_ends, raise_first_gap
from alcance.terrain.sphere import EARTH_RADIUS_M

BLOCK = 500_000  # pairs between two reports of progress
CHUNK = 256  # pairs that one thread takes at a time; for fewer, waking the threads costs more than the work
STRIDE = 8  # a path is looked at in so many rounds, each over its whole length: what blocks it is found in the first


def required_height_m(
    grid: Grid,
    lon1: ArrayLike,
    lat1: ArrayLike,
    lon2: ArrayLike,
    lat2: ArrayLike,
    near_heights_m: ArrayLike,
    *,
    freq_ghz: float,
    k_factor: float = MEDIAN_K_FACTOR,
    clearance: float = 0.6,
    step_m: float | None = None,
    ceiling_m: float = math.inf,
    progress: Callable[[str, float], None] | None = None,
) -> NDArray[np.float32]:
    """Lowest antenna at the far end that sees the near one, for each pair of places and each near height.

    The line of sight must pass `clearance` of the first Fresnel zone's radius above the ground, and above the trees and
    buildings on it where the grid has cover, everywhere between the ends, over an earth of effective radius
    (Recommendation ITU-R P.530, § 2.2.2). With c the height of ground, cover, bulge and zone above the chord between
    the two grounds, and t the share of the way, a near antenna at h₁ needs h₂ = max (c − h₁ (1 − t)) / t over the
    samples between the ends. Antennas stand on the ground, in the open of their own cell: cover counts from half a cell
    from either end on.

    Parameters
    ----------
    grid
        The ground.
    lon1, lat1, lon2, lat2
        Near and far ends of n paths [deg].
    near_heights_m
        Heights of the near antenna above ground [m]: k heights for all paths, or an n × k array.
    freq_ghz
        Frequency [GHz].
    k_factor
        Effective earth radius factor.
    clearance
        Share of the first Fresnel zone's radius that must be free.
    step_m
        Longest distance between samples [m]; None takes the grid's cell.
    ceiling_m
        Height that no far antenna reaches [m]. A path that needs more at every near height is given up as soon as that
        is known, and ground without data farther on does not matter to it.
    progress
        Called with "screen" and the share done.

    Returns
    -------
    Height above ground [m], float32, n × k, rounded to 0.01; nought or less where anything clears, infinite for a path
    given up.

    Raises
    ------
    InputError
        A coordinate or a parameter is not usable.
    TerrainGap
        A path crosses ground or cover without data; names the first place and the number of paths.
    """
    ends = path_ends(lon1, lat1, lon2, lat2)
    step = check_step(step_m, grid)
    _check_parameters(freq_ghz, clearance)
    n = ends[0].size
    heights = np.atleast_1d(np.asarray(near_heights_m, np.float64))
    if not np.isfinite(heights).all():
        raise InputError([Problem("screen", None, "near_heights_m", "", "antenna heights must be finite metres")])
    if heights.ndim == 2 and heights.shape[0] != n:
        raise ValueError(f"near_heights_m has {heights.shape[0]} rows for {n} paths")
    heights = np.ascontiguousarray(np.atleast_2d(heights))
    out = np.empty((n, heights.shape[1]), np.float32)
    first_missing = np.full(n, -1, np.int64)
    segments = np.empty(n, np.int64)
    geometry = np.array([grid.west, grid.north, grid.step_lon_deg, grid.step_lat_deg, grid.clearing_m])
    curvature = 1 / (2000 * effective_radius_km(k_factor))
    zone = clearance * math.sqrt(wavelength_m(freq_ghz))
    # Without cover the kernels are compiled for none, and cost nothing for it.
    ground = (grid.ground_m, None if grid.cover_m is None else grid.obstacle_m)
    for start in range(0, n, BLOCK):
        part = slice(start, start + BLOCK)
        own = heights if heights.shape[0] == 1 else heights[part]
        question: tuple[Any, ...] = (
            *ground,
            geometry,
            *(end[part] for end in ends),
            own,
            curvature,
            zone,
            step,
            ceiling_m,
        )
        answer: tuple[Any, ...] = (out[part], segments[part], first_missing[part])
        if n <= CHUNK:
            _screen_some(0, n, *question, *answer)
        else:
            _screen_all(*question, *answer)
        if progress is not None:
            progress("screen", min(1.0, (start + BLOCK) / n))
    raise_first_gap(grid, *ends, first_missing, segments)
    return out


def lowest_classes(required_m: NDArray[np.floating], classes_m: ArrayLike) -> NDArray[np.int8]:
    """Lowest far height class that meets each required height.

    Parameters
    ----------
    required_m
        Required heights [m], any shape, as `required_height_m` gives them.
    classes_m
        Height classes in ascending order [m].

    Returns
    -------
    Index into `classes_m`, int8, in the shape of `required_m`; -1 where not even the highest clears.
    """
    # In the type of the question, so that 12.35 in float32 meets a class of 12.35.
    classes = np.asarray(classes_m, np.asarray(required_m).dtype)
    if classes.ndim != 1 or classes.size == 0 or (np.diff(classes) <= 0).any():
        raise ValueError("height classes ascend")
    index = np.searchsorted(classes, required_m, side="left")
    return np.where(index < classes.size, index, -1).astype(np.int8)


def _check_parameters(freq_ghz: float, clearance: float) -> None:
    problems = []
    if not 0 < freq_ghz < math.inf:
        problems.append(Problem("screen", None, "freq_ghz", str(freq_ghz), "the frequency is a positive number of GHz"))
    if not 0 <= clearance < math.inf:
        problems.append(
            Problem("screen", None, "clearance", str(clearance), "the clearance is a share, nought or more")
        )
    if problems:
        raise InputError(problems)


@njit(cache=True, parallel=True, error_model="numpy")
def _screen_all(
    ground_m: Any,
    obstacle_m: Any,
    geometry: Any,
    lon1: Any,
    lat1: Any,
    lon2: Any,
    lat2: Any,
    heights_m: Any,
    curvature: float,
    zone: float,
    step_m: float,
    ceiling_m: float,
    out: Any,
    segment_counts: Any,
    first_missing: Any,
) -> None:
    for chunk in prange((lon1.size + CHUNK - 1) // CHUNK):
        first = chunk * CHUNK
        _screen_some(
            first,
            min(first + CHUNK, lon1.size),
            ground_m,
            obstacle_m,
            geometry,
            lon1,
            lat1,
            lon2,
            lat2,
            heights_m,
            curvature,
            zone,
            step_m,
            ceiling_m,
            out,
            segment_counts,
            first_missing,
        )


@njit(cache=True, error_model="numpy")
def _screen_some(
    first_path: int,
    last_path: int,
    ground_m: Any,
    obstacle_m: Any,
    geometry: Any,
    lon1: Any,
    lat1: Any,
    lon2: Any,
    lat2: Any,
    heights_m: Any,
    curvature: float,
    zone: float,
    step_m: float,
    ceiling_m: float,
    out: Any,
    segment_counts: Any,
    first_missing: Any,
) -> None:
    """Screen the paths from one number up to another."""
    need = np.empty(heights_m.shape[1])
    for i in range(first_path, last_path):
        own = heights_m[min(i, heights_m.shape[0] - 1)]
        segment_counts[i], first_missing[i] = _screen_one(
            ground_m,
            obstacle_m,
            geometry,
            lon1[i],
            lat1[i],
            lon2[i],
            lat2[i],
            own,
            curvature,
            zone,
            step_m,
            ceiling_m,
            need,
        )
        for k in range(need.size):
            out[i, k] = np.rint(need[k] * 100.0) / 100.0


@njit(cache=True, error_model="numpy")
def _screen_one(
    ground_m: Any,
    obstacle_m: Any,
    geometry: Any,
    lon1: float,
    lat1: float,
    lon2: float,
    lat2: float,
    heights_m: Any,
    curvature: float,
    zone: float,
    step_m: float,
    ceiling_m: float,
    need: Any,
) -> tuple[int, int]:
    """Fill `need` for one path; give its number of steps and its first missing sample, -1 for none."""
    west, north, step_lon, step_lat = geometry[0], geometry[1], geometry[2], geometry[3]
    length_m, lon_m, lat_m = length_and_middle(lon1, lat1, lon2, lat2)
    lon_a, lat_a, lon_b, lat_b = lon1, lat1, lon2, lat2
    segments = segment_count(length_m, step_m)
    near_ground = bilinear(ground_m, (lon1 - west) / step_lon, (north - lat1) / step_lat)
    far_ground = bilinear(ground_m, (lon2 - west) / step_lon, (north - lat2) / step_lat)
    missing = segments if np.isnan(far_ground) else -1
    need[:] = -np.inf
    bulge, radius = curvature * length_m * length_m, zone * math.sqrt(length_m)
    highest = np.argmax(heights_m)
    if obstacle_m is None:
        high_m, covered = ground_m, 1
    else:
        high_m, covered = obstacle_m, first_covered(length_m, segments, geometry[4])
    pieces = int(length_m / PIECE_M) + 1
    begin = 0
    for piece in range(pieces):
        end = piece_end(segments, piece, pieces)
        if end == begin:
            continue
        if pieces > 1:
            lon_a, lat_a, lon_m, lat_m, lon_b, lat_b = piece_track(
                lon1, lat1, lon2, lat2, length_m / EARTH_RADIUS_M, begin / segments, end / segments
            )
        x0, y0 = (lon_a - west) / step_lon, (north - lat_a) / step_lat
        x1, x2 = quadratic(x0, (lon_m - west) / step_lon, (lon_b - west) / step_lon)
        y1, y2 = quadratic(y0, (north - lat_m) / step_lat, (north - lat_b) / step_lat)
        per_segment, per_step = 1.0 / segments, 1.0 / (end - begin)
        beyond = min(end + 1, segments)
        # The ground near the first end, ground and cover in between, the ground near the other end.
        for run in range(0 if covered > 1 else 1, 3 if covered > 1 else 2):
            start = begin + 1 if run == 0 else max(begin + 1, covered if run == 1 else segments - covered + 1)
            stop = beyond if run == 2 else min(beyond, covered if run == 0 else segments - covered + 1)
            surface_m = high_m if run == 1 else ground_m
            for turn in range(STRIDE):
                for s in range(start + turn, stop, STRIDE):
                    u = (s - begin) * per_step
                    z = bilinear(surface_m, x0 + u * (x1 + u * x2), y0 + u * (y1 + u * y2))
                    if np.isnan(z):
                        if missing < 0 or missing > s:
                            missing = s
                        continue
                    t = s * per_segment
                    rest = 1.0 - t
                    both = t * rest
                    above = z + bulge * both + radius * math.sqrt(both) - (near_ground * rest + far_ground * t)
                    inverse = 1.0 / t
                    above, ratio = above * inverse, rest * inverse
                    for k in range(need.size):
                        value = above - heights_m[k] * ratio
                        need[k] = max(need[k], value)
                # What is rounded to the ceiling is not above it.
                if need[highest] > ceiling_m + 0.01:
                    need[:] = np.inf
                    return segments, 0 if np.isnan(near_ground) else missing
        begin = end
    if np.isnan(near_ground):
        missing = 0
    return segments, missing
