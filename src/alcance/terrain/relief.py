"""Local relief: how much the ground rises and falls around each cell."""

from __future__ import annotations

import numpy as np

from alcance.errors import InputError, Problem
from alcance.terrain.grid import Grid


def relief(grid: Grid, radius_m: float) -> Grid:
    """Highest minus lowest ground within a square around each cell.

    Parameters
    ----------
    grid
        The ground; cells without data are passed over.
    radius_m
        Half the side of the square [m]; at least one cell either way is looked at.

    Returns
    -------
    Grid
        Relief [m], float32, in the cells of the ground; NaN where the ground has no data.

    Raises
    ------
    InputError
        The radius is not a positive number.
    """
    from scipy.ndimage import maximum_filter, minimum_filter

    if not (np.isfinite(radius_m) and radius_m > 0):
        message = "the radius must be a positive number of metres"
        raise InputError([Problem("relief", None, "radius_m", str(radius_m), message)])
    missing = np.isnan(grid.ground_m)
    cells = 2 * max(1, round(radius_m / grid.cell_m)) + 1
    highest = maximum_filter(np.where(missing, -np.inf, grid.ground_m), cells, mode="nearest")
    lowest = minimum_filter(np.where(missing, np.inf, grid.ground_m), cells, mode="nearest")
    span = np.where(missing, np.float32(np.nan), (highest - lowest).astype(np.float32))
    return Grid(span, grid.west, grid.north, grid.step_lon_deg, grid.step_lat_deg)
