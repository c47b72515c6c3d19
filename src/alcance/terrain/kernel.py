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
    if not (0.0 <= x < cols - 1 and 0.0 <= y < rows - 1):
        return _bilinear_at_edge(ground_m, x, y)
    col, row = int(x), int(y)
    right, down = np.float32(x - col), np.float32(y - row)
    # Unsigned indices spare the test for negative ones, a third of the time.
    col0, row0, col1, row1 = np.uint64(col), np.uint64(row), np.uint64(col + 1), np.uint64(row + 1)
    upper = ground_m[row0, col0] + right * (ground_m[row0, col1] - ground_m[row0, col0])
    lower = ground_m[row1, col0] + right * (ground_m[row1, col1] - ground_m[row1, col0])
    z = upper + down * (lower - upper)
    if np.isnan(z) and (right == 0.0 or down == 0.0):
        return _bilinear_at_edge(ground_m, x, y)
    return float(z)


@njit(cache=True, error_model="numpy")
def _bilinear_at_edge(ground_m: Any, x: float, y: float) -> float:
    """Interpolate where a neighbour may have no weight: it is then not needed and may be missing or lie outside."""
    rows, cols = ground_m.shape
    if not (-0.500001 <= x <= cols - 0.499999 and -0.500001 <= y <= rows - 0.499999):
        return np.nan
    x = min(max(x, 0.0), cols - 1.0)
    y = min(max(y, 0.0), rows - 1.0)
    col, row = int(x), int(y)
    right, down = np.float32(x - col), np.float32(y - row)
    col1 = col + 1 if right > 0.0 else col
    row1 = row + 1 if down > 0.0 else row
    upper = ground_m[row, col] + right * (ground_m[row, col1] - ground_m[row, col])
    lower = ground_m[row1, col] + right * (ground_m[row1, col1] - ground_m[row1, col])
    return float(upper + down * (lower - upper))


@njit(cache=True)
def length_and_middle(lon1: float, lat1: float, lon2: float, lat2: float) -> tuple[float, float, float]:
    """Measure a great circle: its length [m] and the longitude, near `lon1`, and latitude of its middle [deg]."""
    phi1, phi2, delta = math.radians(lat1), math.radians(lat2), math.radians(lon2 - lon1)
    sin1, cos1, sin2, cos2 = math.sin(phi1), math.cos(phi1), math.sin(phi2), math.cos(phi2)
    x, y = cos2 * math.cos(delta), cos2 * math.sin(delta)
    chord = math.sqrt((cos1 - x) ** 2 + y * y + (sin1 - sin2) ** 2)
    length_m = 2 * EARTH_RADIUS_M * math.asin(min(0.5 * chord, 1.0))
    lon = lon1 + math.degrees(math.atan2(y, cos1 + x))
    lat = math.degrees(math.atan2(sin1 + sin2, math.sqrt((cos1 + x) ** 2 + y * y)))
    return length_m, lon, lat


@njit(cache=True)
def segment_count(length_m: float, step_m: float) -> int:
    """Count the equal steps of a path: none longer than `step_m`, and at least two so that it has a middle."""
    return max(2, math.ceil(length_m / step_m - 1e-9))


@njit(cache=True)
def first_covered(length_m: float, segments: int, clearing_m: float) -> int:
    """Tell the first sample from an end whose cover counts: none nearer than the clearing, nor the end itself."""
    if length_m <= 0.0:
        return segments
    return max(1, math.ceil(min(clearing_m / length_m, 1.0) * segments - 1e-9))


@njit(cache=True)
def _point_along(lon1: float, lat1: float, lon2: float, lat2: float, angle: float, share: float) -> tuple[float, float]:
    """Find the longitude, near `lon1`, and latitude [deg] at a share of the way along an arc of `angle` [rad]."""
    if share <= 0.0:
        return lon1, lat1
    lam1, phi1, lam2, phi2 = math.radians(lon1), math.radians(lat1), math.radians(lon2), math.radians(lat2)
    near, far = math.sin((1 - share) * angle), math.sin(share * angle)
    x = near * math.cos(phi1) * math.cos(lam1) + far * math.cos(phi2) * math.cos(lam2)
    y = near * math.cos(phi1) * math.sin(lam1) + far * math.cos(phi2) * math.sin(lam2)
    z = near * math.sin(phi1) + far * math.sin(phi2)
    lon = math.degrees(math.atan2(y, x))
    lon += 360.0 * round((lon1 - lon) / 360.0)
    return lon, math.degrees(math.atan2(z, math.sqrt(x * x + y * y)))


@njit(cache=True)
def piece_end(segments: int, piece: int, pieces: int) -> int:
    """Tell the last sample of a piece when `segments` steps are shared out among `pieces`."""
    return (piece + 1) * segments // pieces


@njit(cache=True)
def piece_track(
    lon1: float, lat1: float, lon2: float, lat2: float, angle: float, start: float, end: float
) -> tuple[float, float, float, float, float, float]:
    """Fit one piece of a path: longitude and latitude of its start, its middle and its end [deg]."""
    lon_a, lat_a = _point_along(lon1, lat1, lon2, lat2, angle, start)
    lon_b, lat_b = _point_along(lon1, lat1, lon2, lat2, angle, end)
    _, lon_m, lat_m = length_and_middle(lon_a, lat_a, lon_b, lat_b)
    return lon_a, lat_a, lon_m, lat_m, lon_b, lat_b


@njit(cache=True)
def quadratic(first: float, middle: float, last: float) -> tuple[float, float]:
    """Give the linear and the square coefficient of the quadratic through values at 0, 1/2 and 1."""
    return 4 * middle - 3 * first - last, 2 * first + 2 * last - 4 * middle
