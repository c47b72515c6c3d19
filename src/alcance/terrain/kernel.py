"""The compiled inner loops that walk a great circle over a grid; shared by profiles and by the radio screen.

A path is cut into pieces of at most `PIECE_M`. In each piece longitude and latitude are quadratics through three exact
points of the great circle, so a sample costs two polynomials instead of four trigonometric functions. The largest
departure from the circle is below 0.05 m up to 60 degrees of latitude and 2 m at 85: far below any cell.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit

from alcance.terrain.sphere import EARTH_RADIUS_M

PIECE_M = 50_000.0


@njit(cache=True, error_model="numpy")
def bilinear(ground_m: Any, x: float, y: float) -> float:
    """Interpolate the elevation at fractional cell coordinates, NaN where a cell that is needed is missing or outside.

    Parameters
    ----------
    ground_m
        Elevations [m], rows north to south.
    x, y
        Column and row, 0 at the centre of the first cell. The outer half cell takes the value at its edge.
    """
    rows, cols = ground_m.shape
    if not (-0.500001 <= x <= cols - 0.499999 and -0.500001 <= y <= rows - 0.499999):
        return np.nan
    x = min(max(x, 0.0), cols - 1.0)
    y = min(max(y, 0.0), rows - 1.0)
    col, row = int(x), int(y)
    right, down = x - col, y - row
    # A neighbour of weight nought is not needed: it may be missing or lie outside.
    col1 = col + 1 if right > 0.0 else col
    row1 = row + 1 if down > 0.0 else row
    upper = ground_m[row, col] + right * (ground_m[row, col1] - ground_m[row, col])
    lower = ground_m[row1, col] + right * (ground_m[row1, col1] - ground_m[row1, col])
    return float(upper + down * (lower - upper))


@njit(cache=True)
def path_length_m(lon1: float, lat1: float, lon2: float, lat2: float) -> float:
    """Length of the great circle between two places [m]."""
    phi1, phi2 = math.radians(lat1), math.radians(lat2)
    sin_lat = math.sin((phi2 - phi1) / 2)
    sin_lon = math.sin(math.radians(lon2 - lon1) / 2)
    squared = sin_lat * sin_lat + math.cos(phi1) * math.cos(phi2) * sin_lon * sin_lon
    return 2 * EARTH_RADIUS_M * math.asin(math.sqrt(min(squared, 1.0)))


@njit(cache=True)
def segment_count(length_m: float, step_m: float) -> int:
    """Count the equal steps of a path: none longer than `step_m`, and at least two so that it has a middle."""
    return max(2, math.ceil(length_m / step_m - 1e-9))


@njit(cache=True)
def great_circle_point(
    lon1: float, lat1: float, lon2: float, lat2: float, angle: float, share: float
) -> tuple[float, float]:
    """Longitude and latitude [deg] at a share of the way along a great circle that spans `angle` [rad]."""
    if angle < 1e-9 or share <= 0.0:
        return lon1, lat1
    if share >= 1.0:
        return lon2, lat2
    lam1, phi1, lam2, phi2 = math.radians(lon1), math.radians(lat1), math.radians(lon2), math.radians(lat2)
    near, far = math.sin((1 - share) * angle), math.sin(share * angle)
    x = near * math.cos(phi1) * math.cos(lam1) + far * math.cos(phi2) * math.cos(lam2)
    y = near * math.cos(phi1) * math.sin(lam1) + far * math.cos(phi2) * math.sin(lam2)
    z = near * math.sin(phi1) + far * math.sin(phi2)
    return math.degrees(math.atan2(y, x)), math.degrees(math.atan2(z, math.sqrt(x * x + y * y)))


@njit(cache=True)
def unwrap(lon: float, near_lon: float) -> float:
    """Turn a longitude by whole circles until it lies within 180 degrees of `near_lon`."""
    while lon - near_lon > 180.0:
        lon -= 360.0
    while lon - near_lon < -180.0:
        lon += 360.0
    return lon


@njit(cache=True)
def piece_end(segments: int, piece: int, pieces: int) -> int:
    """Last sample of a piece when `segments` steps are shared out among `pieces`."""
    return (piece + 1) * segments // pieces


@njit(cache=True)
def piece_track(
    lon1: float, lat1: float, lon2: float, lat2: float, angle: float, start: float, end: float
) -> tuple[float, float, float, float, float, float]:
    """Fit longitude and latitude by quadratics in u, 0 at `start` and 1 at `end` (constants first)."""
    lon_a, lat_a = great_circle_point(lon1, lat1, lon2, lat2, angle, start)
    lon_m, lat_m = great_circle_point(lon1, lat1, lon2, lat2, angle, (start + end) / 2)
    lon_b, lat_b = great_circle_point(lon1, lat1, lon2, lat2, angle, end)
    lon_a = unwrap(lon_a, lon1)
    lon_m = unwrap(lon_m, lon_a)
    lon_b = unwrap(lon_b, lon_a)
    return (
        lon_a,
        4 * lon_m - 3 * lon_a - lon_b,
        2 * lon_a + 2 * lon_b - 4 * lon_m,
        lat_a,
        4 * lat_m - 3 * lat_a - lat_b,
        2 * lat_a + 2 * lat_b - 4 * lat_m,
    )
