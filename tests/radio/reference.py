"""Plain numpy restatements of the compiled kernels, sample by sample, that the tests compare with."""

from __future__ import annotations

import numpy as np

from alcance.terrain import Grid, great_circle_m, place_along


def bilinear(grid: Grid, lon, lat, values=None):
    rows, cols = grid.shape
    x = np.clip((np.asarray(lon) - grid.west) / grid.step_lon_deg, 0, cols - 1)
    y = np.clip((grid.north - np.asarray(lat)) / grid.step_lat_deg, 0, rows - 1)
    col, row = np.minimum(x.astype(int), max(cols - 2, 0)), np.minimum(y.astype(int), max(rows - 2, 0))
    fx, fy = x - col, y - row
    z = (grid.ground_m if values is None else values).astype(np.float64)
    upper = z[row, col] * (1 - fx) + z[row, col + 1] * fx
    lower = z[row + 1, col] * (1 - fx) + z[row + 1, col + 1] * fx
    return upper * (1 - fy) + lower * fy


def required_height_m(grid, lon1, lat1, lon2, lat2, heights, *, freq_ghz, k_factor, clearance, step_m):
    """One pair of places; walks the path sample by sample on exact great-circle points.

    What stands on the ground counts from half a cell from either end on.
    """
    length = float(great_circle_m(lon1, lat1, lon2, lat2))
    segments = max(2, int(np.ceil(length / step_m - 1e-9)))
    t = np.arange(1, segments) / segments
    lon, lat = place_along(lon1, lat1, lon2, lat2, t)
    ground = bilinear(grid, lon, lat)
    first, last = bilinear(grid, lon1, lat1), bilinear(grid, lon2, lat2)
    d1, d2 = length * t, length * (1 - t)
    if grid.cover_m is not None:
        away = np.minimum(d1, d2) >= grid.cell_m / 2 - 1e-6
        ground = ground + np.where(away, bilinear(grid, lon, lat, grid.cover_m), 0)
    bulge = d1 * d2 / (2 * k_factor * 6_371_000.0)
    fresnel = np.sqrt(299_792_458.0 / (freq_ghz * 1e9) * d1 * d2 / length) if length else np.zeros_like(t)
    needed = []
    for height in heights:
        # A straight line from the near antenna over each sample's obstacle, continued to the far end.
        top = ground + bulge + clearance * fresnel
        start = first + height
        needed.append(np.max(start + (top - start) / t) - last)
    return np.array(needed)
