"""A disc of cells around a tower, on the lattice of the ground: what every method fills."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from alcance.errors import InputError, Problem, TerrainGap
from alcance.terrain import EARTH_RADIUS_M, Grid

PAD = 4  # cells around the disc's box, for a radial overshoots the rim by up to two steps and interpolates
ON_CENTRE_CELLS = 1e-6
MAX_RADIUS_M = 100_000.0  # radials are second-order great circles: beyond, they stray by more than a cell
HIGHEST_LAT = 70.0  # there radials of 100 km stray by 0.1 km
GAPS = ("raise", "no_data")


@dataclass(frozen=True, eq=False)
class Disc:
    """Values at the cells of a box around a tower.

    Parameters
    ----------
    values
        One value per cell, rows from north to south, cols from west to east.
    answered
        Whether the cell has a value: its centre lies within the radius, and neither its ground nor the path to it lacks
        data.
    west, north
        Centre of the first cell [deg].
    step_lon_deg, step_lat_deg
        Distance between cell centres [deg].
    lon, lat
        The tower [deg].
    radius_m
        Radius [m].
    """

    values: NDArray[Any]
    answered: NDArray[np.bool_]
    west: float
    north: float
    step_lon_deg: float
    step_lat_deg: float
    lon: float
    lat: float
    radius_m: float

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        rows, cols = self.values.shape
        return int(rows), int(cols)

    @property
    def lons(self) -> NDArray[np.float64]:
        """Longitude of each column [deg]."""
        return np.asarray(self.west + np.arange(self.shape[1]) * self.step_lon_deg, np.float64)

    @property
    def lats(self) -> NDArray[np.float64]:
        """Latitude of each row [deg]."""
        return np.asarray(self.north - np.arange(self.shape[0]) * self.step_lat_deg, np.float64)


@dataclass(frozen=True, eq=False)
class Box:
    """The cells a disc is computed on: ground and cover, where the disc's box lies in them, and tables for distances.

    The haversine of the way to a cell is `from_row[row] + cos_row[row] · from_col[col]`: exact, and one multiplication.

    Parameters
    ----------
    ground_m
        Elevations [m]; those of the grid itself where the box and its margin fit, else a copy filled up with NaN.
    obstacle_m
        Ground and cover, likewise [m]; the very array of the ground where the grid has no cover.
    row0, col0
        Cell of `ground_m` that is the box's first.
    rows, cols
        Size of the box.
    tower_row, tower_col
        The tower in cells from the box's first, fractional.
    lattice_row, lattice_col
        Cell of the grid that is the box's first; may be negative.
    from_row, cos_row, from_col
        Tables of the haversine, rows, rows and cols.
    farthest
        Haversine of the radius.
    """

    grid: Grid
    ground_m: NDArray[np.float32]
    obstacle_m: NDArray[np.float32]
    row0: int
    col0: int
    rows: int
    cols: int
    tower_row: float
    tower_col: float
    tower_ground_m: float
    lattice_row: int
    lattice_col: int
    from_row: NDArray[np.float64]
    cos_row: NDArray[np.float64]
    from_col: NDArray[np.float64]
    farthest: float
    lon: float
    lat: float
    radius_m: float

    def haversine(self) -> NDArray[np.float64]:
        """Haversine of the way from the tower to every cell; multiplied and added as the kernels do."""
        table: NDArray[np.float64] = self.from_row[:, None] + self.cos_row[:, None] * self.from_col[None, :]
        return table

    def inside(self) -> NDArray[np.bool_]:
        """Cells whose centres are within the radius."""
        return self.haversine() <= self.farthest

    def inside_count(self) -> int:
        """Number of cells whose centres are within the radius."""
        return int(_count_inside(self.from_row, self.cos_row, self.from_col, self.farthest))

    @property
    def tower_cell(self) -> tuple[int, int] | None:
        """Cell on whose centre the tower stands, or None: no radial leads there."""
        row, col = round(self.tower_row), round(self.tower_col)
        on_it = max(abs(self.tower_row - row), abs(self.tower_col - col)) <= ON_CENTRE_CELLS
        return (row, col) if on_it else None

    @property
    def covered(self) -> bool:
        """Whether anything is known of cover."""
        return self.obstacle_m is not self.ground_m

    def cells_m(self) -> NDArray[np.float32]:
        """Ground of the box [m]."""
        return self._own(self.ground_m)

    def _own(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        return values[self.row0 : self.row0 + self.rows, self.col0 : self.col0 + self.cols]

    def disc(self, values: NDArray[Any], answered: NDArray[np.bool_], lacking: bool, gaps: str) -> Disc:  # noqa: FBT001
        """Wrap what a method computed; TerrainGap where a cell lacks its answer and that is not allowed."""
        west = self.grid.west + self.lattice_col * self.grid.step_lon_deg
        north = self.grid.north - self.lattice_row * self.grid.step_lat_deg
        if lacking and gaps == "raise":
            self._raise_gap(answered, west, north)
        steps = (self.grid.step_lon_deg, self.grid.step_lat_deg)
        return Disc(values, answered, west, north, *steps, self.lon, self.lat, self.radius_m)

    def _raise_gap(self, answered: NDArray[np.bool_], west: float, north: float) -> None:
        """Name the first cell without ground, or without cover; else the first that interpolation at the rim lacks."""
        inside = self.inside()
        missing = inside & np.isnan(self.cells_m())
        uncovered = inside & np.isnan(self._own(self.obstacle_m)) & ~missing
        what = "elevation"
        if not missing.any() and uncovered.any():
            missing, what = uncovered, "height of cover"
        which = missing if missing.any() else inside & ~answered
        row, col = np.unravel_index(int(np.argmax(which)), which.shape)
        raise TerrainGap(
            f"the terrain has no {what} at lon {west + col * self.grid.step_lon_deg:.5f}, "
            f"lat {north - row * self.grid.step_lat_deg:.5f}: {int(which.sum())} cell(s) of the disc of "
            f"{self.radius_m / 1e3:g} km around lon {self.lon:.5f}, lat {self.lat:.5f} lack it and "
            f"{int((inside & ~answered).sum())} cannot be answered; add a tile, take a smaller radius, "
            'or allow gaps="no_data" (--gaps no_data)'
        )


def box_around(grid: Grid, lon: float, lat: float, radius_m: float, gaps: str) -> Box:
    """Lay the box of a disc over the ground.

    Parameters
    ----------
    grid
        The ground.
    lon, lat
        The tower [deg].
    radius_m
        Radius of the disc [m], at most `MAX_RADIUS_M`.
    gaps
        "raise", or "no_data" where the disc may reach over missing ground and beyond the grid.

    Raises
    ------
    InputError
        A parameter is out of its range.
    TerrainGap
        The tower itself stands on no ground.
    """
    _check(lon, lat, radius_m, gaps)
    angle, phi = radius_m / EARTH_RADIUS_M, math.radians(lat)
    half_lon = math.degrees(math.asin(math.sin(angle) / math.cos(phi))) / grid.step_lon_deg
    half_lat = math.degrees(angle) / grid.step_lat_deg
    tower_col, tower_row = (lon - grid.west) / grid.step_lon_deg, (grid.north - lat) / grid.step_lat_deg
    tower_ground_m = float(grid.elevation_m(lon, lat))
    col0, col1 = math.ceil(tower_col - half_lon), math.floor(tower_col + half_lon)
    row0, row1 = math.ceil(tower_row - half_lat), math.floor(tower_row + half_lat)
    if col0 > col1 or row0 > row1:
        message = f"no cell of the ground, {grid.cell_m:.0f} m across, has its centre within the radius"
        raise InputError([Problem("coverage", None, "radius_m", str(radius_m), message)])
    ground_m, at_row, at_col = _padded(grid.ground_m, row0, row1, col0, col1)
    obstacle_m = ground_m if grid.cover_m is None else _padded(grid.obstacle_m, row0, row1, col0, col1)[0]
    lats = np.radians(grid.north - np.arange(row0, row1 + 1) * grid.step_lat_deg)
    lons = np.radians(grid.west + np.arange(col0, col1 + 1) * grid.step_lon_deg)
    return Box(
        grid,
        ground_m,
        obstacle_m,
        at_row,
        at_col,
        row1 - row0 + 1,
        col1 - col0 + 1,
        tower_row - row0,
        tower_col - col0,
        tower_ground_m,
        row0,
        col0,
        np.sin((lats - phi) / 2) ** 2,
        math.cos(phi) * np.cos(lats),
        np.sin((lons - math.radians(lon)) / 2) ** 2,
        math.sin(angle / 2) ** 2,
        lon,
        lat,
        radius_m,
    )


@njit(cache=True)
def _count_inside(from_row: Any, cos_row: Any, from_col: Any, farthest: float) -> int:
    count = 0
    for row in range(from_row.size):
        for col in range(from_col.size):
            count += from_row[row] + cos_row[row] * from_col[col] <= farthest
    return count


def _padded(
    values: NDArray[np.float32], row0: int, row1: int, col0: int, col1: int
) -> tuple[NDArray[np.float32], int, int]:
    """Give the cells of a grid under a box with its margin, without a copy where the grid holds both."""
    rows, cols = values.shape
    if row0 >= PAD and col0 >= PAD and row1 + PAD < rows and col1 + PAD < cols:
        return values, row0, col0
    padded = np.full((row1 - row0 + 1 + 2 * PAD, col1 - col0 + 1 + 2 * PAD), np.nan, np.float32)
    top, left = row0 - PAD, col0 - PAD
    first_row, last_row = max(top, 0), min(row1 + PAD + 1, rows)
    first_col, last_col = max(left, 0), min(col1 + PAD + 1, cols)
    if first_row < last_row and first_col < last_col:
        padded[first_row - top : last_row - top, first_col - left : last_col - left] = values[
            first_row:last_row, first_col:last_col
        ]
    return padded, PAD, PAD


def check_heights(height_m: float, receiver_height_m: float) -> None:
    """Refuse antennas that stand on the ground or below it."""
    given = (("height_m", height_m), ("receiver_height_m", receiver_height_m))
    message = "an antenna stands above the ground, at a finite height of more than 0 m"
    problems = [
        Problem("coverage", None, name, str(value), message) for name, value in given if not 0 < value < math.inf
    ]
    if problems:
        raise InputError(problems)


def _check(lon: float, lat: float, radius_m: float, gaps: str) -> None:
    problems = []
    if not math.isfinite(lon):
        problems.append(Problem("coverage", None, "lon", str(lon), "a longitude is a finite number of degrees"))
    if not abs(lat) <= HIGHEST_LAT:
        message = f"a tower stands within {HIGHEST_LAT:g} degrees of the equator; nearer the poles radials stray"
        problems.append(Problem("coverage", None, "lat", str(lat), message))
    if not 0 < radius_m <= MAX_RADIUS_M:
        message = f"a radius is positive and at most {MAX_RADIUS_M:,.0f} m"
        problems.append(Problem("coverage", None, "radius_m", str(radius_m), message))
    if gaps not in GAPS:
        problems.append(Problem("coverage", None, "gaps", str(gaps), f'"{GAPS[0]}" or "{GAPS[1]}"'))
    if problems:
        raise InputError(problems)
