"""Summits: cells that nothing within a radius overtops."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

from alcance.errors import InputError, Problem
from alcance.terrain.grid import Grid
from alcance.terrain.sphere import EARTH_RADIUS_M


def summits(
    grid: Grid, radius_m: float, min_prominence_m: float = 0.0
) -> tuple[NDArray[np.floating], NDArray[np.floating], NDArray[np.float32]]:
    """Find the cells that no cell within a radius overtops.

    Parameters
    ----------
    grid
        The ground; cells without data are passed over, and a summit may stand at the edge.
    radius_m
        Radius within which a summit is the highest [m]; of equal cells the first, north to south then west to east.
    min_prominence_m
        Least topographic prominence [m]: how far one must descend before climbing to anything higher within the grid.

    Returns
    -------
    lon, lat, elevation_m
        Summits from north to south, then west to east.
    """
    if not (math.isfinite(radius_m) and radius_m > 0):
        message = "the radius must be a positive number of metres"
        raise InputError([Problem("summits", None, "radius_m", str(radius_m), message)])
    metres_per_deg = math.pi / 180 * EARTH_RADIUS_M
    rows, _ = grid.shape
    lat = grid.north - np.arange(rows) * grid.step_lat_deg
    reach_rows = int(radius_m / (grid.step_lat_deg * metres_per_deg))
    cell_lon_m = grid.step_lon_deg * metres_per_deg * np.maximum(np.cos(np.radians(lat)), 1e-6)
    found = _highest_within(grid.ground_m, radius_m, grid.step_lat_deg * metres_per_deg, cell_lon_m, reach_rows)
    at_row, at_col = np.nonzero(found)
    if min_prominence_m > 0 and at_row.size:
        flat = grid.ground_m.ravel()
        valid = np.flatnonzero(~np.isnan(flat))
        order = valid[np.argsort(-flat[valid], kind="stable")]
        prominence = _prominence(grid.ground_m, order)
        kept = prominence[at_row, at_col] >= min_prominence_m
        at_row, at_col = at_row[kept], at_col[kept]
    return (
        grid.west + at_col * grid.step_lon_deg,
        grid.north - at_row * grid.step_lat_deg,
        grid.ground_m[at_row, at_col],
    )


@njit(cache=True)
def _overtops(ground_m: Any, row: int, col: int, z: float, y: int, x: int) -> bool:
    """Whether the cell (y, x) is higher than (row, col), or as high and earlier."""
    other = ground_m[y, x]
    return bool(other > z or (other == z and (y < row or (y == row and x < col))))


@njit(cache=True, parallel=True)
def _highest_within(ground_m: Any, radius_m: float, cell_lat_m: float, cell_lon_m: Any, reach_rows: int) -> Any:
    rows, cols = ground_m.shape
    found = np.zeros((rows, cols), np.bool_)
    for row in prange(rows):
        for col in range(cols):
            z = ground_m[row, col]
            if np.isnan(z):
                continue
            # The nearest ring disposes of nearly every cell before the disc is walked.
            highest = True
            for ring in range(2):
                reach = min(1, reach_rows) if ring == 0 else reach_rows
                for y in range(max(0, row - reach), min(rows, row + reach + 1)):
                    north_m = (y - row) * cell_lat_m
                    wide = int(math.sqrt(max(radius_m * radius_m - north_m * north_m, 0.0)) / cell_lon_m[row])
                    if ring == 0:
                        wide = min(wide, 1)
                    for x in range(max(0, col - wide), min(cols, col + wide + 1)):
                        if _overtops(ground_m, row, col, z, y, x):
                            highest = False
                            break
                    if not highest:
                        break
                if not highest:
                    break
            found[row, col] = highest
    return found


@njit(cache=True)
def _root(parent: Any, cell: int) -> int:
    while parent[cell] != cell:
        parent[cell] = parent[parent[cell]]
        cell = parent[cell]
    return cell


@njit(cache=True)
def _prominence(ground_m: Any, order: Any) -> Any:
    """Measure each local maximum's prominence [m] by flooding from the top; the highest counts to the lowest cell."""
    rows, cols = ground_m.shape
    flat = ground_m.ravel()
    parent = np.full(rows * cols, -1, np.int64)
    prominence = np.zeros(rows * cols, np.float32)
    lowest = flat[order[order.size - 1]]
    for k in range(order.size):
        cell = order[k]
        parent[cell] = cell
        row, col = cell // cols, cell % cols
        for y in range(max(0, row - 1), min(rows, row + 2)):
            for x in range(max(0, col - 1), min(cols, col + 2)):
                other = y * cols + x
                if parent[other] < 0 or other == cell:
                    continue
                # The root of an island is its highest cell, the earlier one where two are as high.
                mine, theirs = _root(parent, cell), _root(parent, other)
                if mine == theirs:
                    continue
                keep, drown = mine, theirs
                if flat[theirs] > flat[mine] or (flat[theirs] == flat[mine] and theirs < mine):
                    keep, drown = theirs, mine
                prominence[drown] = flat[drown] - flat[cell]
                parent[drown] = keep
    for k in range(order.size):
        if parent[order[k]] == order[k]:
            prominence[order[k]] = flat[order[k]] - lowest
    return prominence.reshape(rows, cols)
