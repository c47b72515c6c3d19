"""Sinks: cells so far below their neighbours that they are more likely a fault than a pit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

from alcance.terrain.grid import Grid

REACH = 2  # cells: a 5 × 5 neighbourhood


@dataclass(frozen=True, eq=False)
class Sinks:
    """Cells far below the median of their neighbourhood, from north to south, then west to east.

    Parameters
    ----------
    lon, lat
        Centres of the cells [deg].
    elevation_m
        Their elevations [m].
    drop_m
        How far each lies below the median [m].
    """

    lon: NDArray[np.floating]
    lat: NDArray[np.floating]
    elevation_m: NDArray[np.float32]
    drop_m: NDArray[np.float32]

    def __len__(self) -> int:
        return self.lon.size


def sinks(grid: Grid, drop_m: float = 300.0) -> Sinks:
    """Find the cells that lie more than a drop below the median of the 5 × 5 cells around them.

    Parameters
    ----------
    grid
        The ground; cells without data are left out of the median and are no sinks.
    drop_m
        Least drop [m].
    """
    drops = _drops(grid.ground_m, float(drop_m))
    row, col = np.nonzero(drops > drop_m)
    return Sinks(
        grid.west + col * grid.step_lon_deg,
        grid.north - row * grid.step_lat_deg,
        grid.ground_m[row, col],
        drops[row, col],
    )


@njit(cache=True, parallel=True)
def _drops(ground_m: Any, least_m: float) -> Any:
    rows, cols = ground_m.shape
    drops = np.zeros((rows, cols), np.float32)
    for row in prange(rows):
        around = np.empty((2 * REACH + 1) ** 2, np.float32)
        for col in range(cols):
            z = ground_m[row, col]
            if np.isnan(z):
                continue
            count = 0
            highest = z
            for y in range(max(0, row - REACH), min(rows, row + REACH + 1)):
                for x in range(max(0, col - REACH), min(cols, col + REACH + 1)):
                    other = ground_m[y, x]
                    if not np.isnan(other):
                        around[count] = other
                        count += 1
                        highest = max(highest, other)
            # No median exceeds the highest, so most cells need no sorting.
            if highest - z > least_m:
                drops[row, col] = np.median(around[:count]) - z
    return drops
