"""The same discs by one profile per receiver: the reference for the radial methods, and the way to use any model."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from alcance.radio.coverage.diffraction import check_frequency
from alcance.radio.coverage.disc import Box, Disc, box_around, check_heights
from alcance.radio.earth import MEDIAN_K_FACTOR
from alcance.radio.p525 import free_space_loss_db
from alcance.radio.p526 import bullington_loss_db, delta_bullington_db
from alcance.terrain import EARTH_RADIUS_M, Grid, Profiles, profiles

# Takes n profiles that start at the tower, its antenna's height and the receivers' above ground [m, n]; gives n values.
Model = Callable[[Profiles, NDArray[np.float64], NDArray[np.float64]], NDArray[np.floating]]
BLOCK = 20_000  # receivers at a time: some 50 MB of profiles
NEAREST_M = 1.0  # no model knows a path without length


def per_receiver_disc(
    grid: Grid,
    lon: float,
    lat: float,
    height_m: float,
    receiver_height_m: float,
    radius_m: float,
    model: Model,
    *,
    near: Model | None = None,
    nearest_m: float = 0.0,
    step_m: float | None = None,
    gaps: str = "raise",
    progress: Callable[[str, float], None] | None = None,
) -> Disc:
    """Apply a model to the profile from a tower to every cell of a disc.

    Parameters
    ----------
    grid
        The ground, with its cover where that is known; the profiles then carry both.
    lon, lat
        The tower [deg].
    height_m, receiver_height_m
        Antennas above ground [m], positive.
    radius_m
        Radius [m].
    model
        Function of n profiles and of the n heights at both ends, in the manner of `diffraction_model`: any batch model
        that takes `alcance.terrain.Profiles` fits after its other parameters are bound.
    near, nearest_m
        Model for the receivers nearer to the tower than a distance [m]; many models know no short paths.
    step_m
        Longest distance between samples [m]; None takes the grid's cell.
    gaps
        "raise", or "no_data" to leave unanswered the cells whose path lacks ground.
    progress
        Called with "coverage" and the share done.

    Returns
    -------
    Disc whose values are what the model gives, float32; NaN where not answered. A cell whose centre is the tower's
    place is computed a metre to the east of it.

    Raises
    ------
    InputError
        A parameter is out of its range.
    TerrainGap
        Ground or cover is missing in the disc, or the tower stands beyond the grid.
    """
    check_heights(height_m, receiver_height_m)
    box = box_around(grid, lon, lat, radius_m, gaps)
    inside = box.inside()
    answered = inside & ~np.isnan(box.cells_m())
    values = np.full((box.rows, box.cols), np.nan, np.float32)
    lacking = int(answered.sum()) < int(inside.sum())
    if lacking and gaps == "raise":
        return box.disc(values, answered, lacking, gaps)
    ground, holes = _ground_of(box, gaps)
    # Near receivers first, in blocks of their own.
    short = (
        np.zeros_like(answered) if near is None else box.haversine() < math.sin(nearest_m / (2 * EARTH_RADIUS_M)) ** 2
    )
    rows, cols = (
        np.concatenate(both) for both in zip(np.nonzero(answered & short), np.nonzero(answered & ~short), strict=True)
    )
    nearby = int((answered & short).sum())
    west = grid.west + box.lattice_col * grid.step_lon_deg
    north = grid.north - box.lattice_row * grid.step_lat_deg
    lons = _apart(box, rows, cols, np.asarray(west + cols * grid.step_lon_deg, np.float64))
    lats = north - rows * grid.step_lat_deg
    starts = [*range(0, nearby, BLOCK), *range(nearby, rows.size, BLOCK)]
    for start in starts:
        part = slice(start, min(start + BLOCK, nearby if start < nearby else rows.size))
        at_row, at_col, far_lon, far_lat = rows[part], cols[part], lons[part], lats[part]
        if holes is not None:
            mask = profiles(holes, lon, lat, far_lon, far_lat, step_m)
            whole = np.add.reduceat(mask.obstacle_m, mask.offsets[:-1]) == 0
            answered[at_row[~whole], at_col[~whole]] = False
            at_row, at_col, far_lon, far_lat = at_row[whole], at_col[whole], far_lon[whole], far_lat[whole]
        if at_row.size:
            paths = profiles(ground, lon, lat, far_lon, far_lat, step_m)
            tower, receivers = np.full(at_row.size, float(height_m)), np.full(at_row.size, float(receiver_height_m))
            chosen = near if near is not None and start < nearby else model
            values[at_row, at_col] = chosen(paths, tower, receivers)
        if progress is not None:
            progress("coverage", min(1.0, (start + BLOCK) / rows.size))
    return box.disc(values, answered, lacking=False, gaps=gaps)


def free_space_model(freq_ghz: float) -> Model:
    """Free-space loss over the slant distance (P.525) as a model for `per_receiver_disc`."""

    def loss_db(paths: Profiles, height1_m: NDArray[np.float64], height2_m: NDArray[np.float64]) -> NDArray[np.float64]:
        first, last = paths.offsets[:-1], paths.offsets[1:] - 1
        rise = paths.elevation_m[last] + height2_m - paths.elevation_m[first] - height1_m
        return free_space_loss_db(np.hypot(paths.distance_m[last], rise) / 1e3, freq_ghz)

    return loss_db


def diffraction_model(freq_ghz: float, *, k_factor: float = MEDIAN_K_FACTOR, delta: bool = False) -> Model:
    """Diffraction loss beyond free space by P.526 (Bullington, or delta-Bullington) as a model for `per_receiver_disc`.

    Parameters
    ----------
    freq_ghz
        Frequency [GHz], 0.03 to 100.
    k_factor
        Effective earth radius factor.
    delta
        Whether to take delta-Bullington.
    """
    check_frequency(freq_ghz)
    method = delta_bullington_db if delta else bullington_loss_db

    def loss_db(paths: Profiles, height1_m: NDArray[np.float64], height2_m: NDArray[np.float64]) -> NDArray[np.float64]:
        return method(paths, height1_m, height2_m, freq_ghz, k_factor=k_factor)

    return loss_db


def _ground_of(box: Box, gaps: str) -> tuple[Grid, Grid | None]:
    """Give the ground under the box as a grid and, where it has holes that are allowed, a grid of 1 in the holes.

    What is missing of the cover alone is a hole in the cover of the second grid, so that it counts between the ends.
    """
    grid = box.grid
    west = grid.west + (box.lattice_col - box.col0) * grid.step_lon_deg
    north = grid.north - (box.lattice_row - box.row0) * grid.step_lat_deg
    steps = (grid.step_lon_deg, grid.step_lat_deg)
    missing, blocked = np.isnan(box.ground_m), np.isnan(box.obstacle_m)
    cover_m = box.obstacle_m - box.ground_m if box.covered else None
    if gaps == "raise" or not blocked.any():
        return Grid(box.ground_m, west, north, *steps, cover_m), None
    filled = np.where(missing, np.float32(0), box.ground_m)
    holes = Grid(missing.astype(np.float32), west, north, *steps, blocked.astype(np.float32) if box.covered else None)
    if cover_m is not None:
        cover_m = np.where(blocked, np.float32(0), cover_m)
    return Grid(filled, west, north, *steps, cover_m), holes


def _apart(
    box: Box, rows: NDArray[np.int64], cols: NDArray[np.int64], lons: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Move the receiver that stands on the tower itself."""
    near = box.haversine()[rows, cols] < (NEAREST_M / (2 * EARTH_RADIUS_M)) ** 2
    metre_deg = math.degrees(NEAREST_M / EARTH_RADIUS_M / math.cos(math.radians(box.lat)))
    return np.where(near, box.lon + metre_deg, lons)
