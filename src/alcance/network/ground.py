"""Lengths over the ground and crossings of the sea, read from terrain profiles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alcance.terrain import Grid

MAX_WATER_CROSSING_M = 500.0  # what a pole span or a bridge can cross; more than that at sea level is sea


def spans_over_ground(
    grid: Grid,
    lon1: NDArray[np.float64],
    lat1: NDArray[np.float64],
    lon2: NDArray[np.float64],
    lat2: NDArray[np.float64],
    step_m: float,
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Measure straight spans along the ground, and tell which cross the sea.

    Parameters
    ----------
    grid
        Terrain in metres; the sea is 0 or below.
    lon1, lat1, lon2, lat2
        Ends in degrees, n each.
    step_m
        Distance between samples in metres.

    Returns
    -------
    (length_m, crosses_sea)
        n lengths that follow the slope, and whether more than `MAX_WATER_CROSSING_M` runs at sea level or below.

    Raises
    ------
    TerrainGap
        If a span crosses cells without elevation.
    """
    from alcance.terrain import profiles

    # A cable goes over the ground, whatever stands on it.
    lines = profiles(grid.bare(), lon1, lat1, lon2, lat2, step_m)
    run_m = np.diff(lines.distance_m)
    rise_m = np.diff(lines.elevation_m.astype(np.float64))
    inside = np.ones(len(run_m), dtype=bool)
    inside[lines.offsets[1:-1] - 1] = False  # the step from one profile's end to the next one's start is no ground
    ground_m = np.where(inside, np.hypot(run_m, rise_m), 0.0)
    wet_m = np.where(inside & (lines.elevation_m[1:] <= 0) & (lines.elevation_m[:-1] <= 0), run_m, 0.0)
    first = lines.offsets[:-1]
    padded_ground = np.append(ground_m, 0.0)
    padded_wet = np.append(wet_m, 0.0)
    length_m = np.round(np.add.reduceat(padded_ground, first), 2)
    at_sea = np.add.reduceat(padded_wet, first) > MAX_WATER_CROSSING_M
    return length_m.astype(np.float64), at_sea
