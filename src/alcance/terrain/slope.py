"""Steepness of the ground."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from alcance.terrain.grid import Grid
from alcance.terrain.sphere import EARTH_RADIUS_M


def slope_deg(grid: Grid) -> NDArray[np.float32]:
    """Steepness of each cell from its eight neighbours (Horn 1981, Proc. IEEE 69(1)).

    Parameters
    ----------
    grid
        The ground, at least 2 × 2 cells. Beyond the edge it is continued straight on.

    Returns
    -------
    Slope [deg], float32, of the grid's shape, 0 to 90; NaN where the cell or a neighbour has no data.
    """
    rows, cols = grid.shape
    if rows < 2 or cols < 2:
        raise ValueError("slope needs at least two rows and two columns")
    z = np.pad(grid.ground_m.astype(np.float64), 1, mode="reflect", reflect_type="odd")
    metres_per_deg = np.pi / 180 * EARTH_RADIUS_M
    lat = grid.north - np.arange(rows) * grid.step_lat_deg
    cell_lon_m = grid.step_lon_deg * metres_per_deg * np.maximum(np.cos(np.radians(lat)), 1e-6)[:, None]
    cell_lat_m = grid.step_lat_deg * metres_per_deg
    north, middle, south = z[:-2], z[1:-1], z[2:]
    east = north[:, 2:] + 2 * middle[:, 2:] + south[:, 2:]
    west = north[:, :-2] + 2 * middle[:, :-2] + south[:, :-2]
    upper = north[:, :-2] + 2 * north[:, 1:-1] + north[:, 2:]
    lower = south[:, :-2] + 2 * south[:, 1:-1] + south[:, 2:]
    rise = np.hypot((east - west) / (8 * cell_lon_m), (upper - lower) / (8 * cell_lat_m))
    slope: NDArray[np.float32] = np.degrees(np.arctan(rise)).astype(np.float32)
    slope[np.isnan(grid.ground_m)] = np.nan
    return slope
