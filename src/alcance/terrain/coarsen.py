"""Terrain averaged to coarser cells, to see what a coarse model hides."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from alcance.terrain.grid import Grid


def coarsen(grid: Grid, step_deg: float) -> Grid:
    """Average a grid to square cells of a coarser step, each cell weighted by the area it shares.

    Parameters
    ----------
    grid
        The fine ground.
    step_deg
        Step of the coarse grid [deg], not finer than the fine one; it need not be a multiple.

    Returns
    -------
    Grid whose first cell starts at the same north-west edge; a last row or column that the fine grid does not fill is
    left off. NaN where less than half of a cell has data. The cover, where there is some, is averaged likewise.
    """
    if step_deg < max(grid.step_lon_deg, grid.step_lat_deg) * (1 - 1e-9):
        raise ValueError(f"a step of {step_deg} degrees is finer than the grid's")
    rows, cols = grid.shape
    down = _shares(rows, grid.step_lat_deg / step_deg)
    across = _shares(cols, grid.step_lon_deg / step_deg)
    west, _, _, north = grid.bounds
    ground_m = _averaged(grid.ground_m, down, across)
    cover_m = None if grid.cover_m is None else _averaged(grid.cover_m, down, across)
    return Grid(ground_m, west + step_deg / 2, north - step_deg / 2, step_deg, step_deg, cover_m)


def _averaged(
    values: NDArray[np.float32], down: NDArray[np.float64], across: NDArray[np.float64]
) -> NDArray[np.float32]:
    """Average the cells that have data; NaN where that is less than half of a coarse cell."""
    valid = ~np.isnan(values)
    total = down @ np.where(valid, values, 0).astype(np.float64) @ across.T
    weight = down @ valid.astype(np.float64) @ across.T
    full = down.sum(axis=1)[:, None] * across.sum(axis=1)[None, :]
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(weight >= full / 2, total / weight, np.nan)
    return mean.astype(np.float32)


def _shares(count: int, ratio: float) -> NDArray[np.float64]:
    """Measure how much of each fine cell (columns) lies in each coarse cell (rows), along one axis."""
    coarse = math.floor(count * ratio + 1e-9)
    if coarse < 2:
        raise ValueError("the coarse grid would have fewer than two cells across")
    edges = np.arange(count + 1) * ratio
    low, high = np.arange(coarse)[:, None], np.arange(1, coarse + 1)[:, None]
    shared: NDArray[np.float64] = np.clip(np.minimum(edges[1:], high) - np.maximum(edges[:-1], low), 0, None)
    return shared
