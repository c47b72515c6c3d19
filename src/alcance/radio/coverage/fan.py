"""The radials of a disc: four fans of great circles that step from grid line to grid line.

A fan opens to the east, the west, the north or the south. Its radials cross the columns (or rows) of the lattice one by
one, so that a sample lies between two neighbouring cell centres and costs two loads: on a line of the lattice this is
the bilinear surface itself. In cells from the tower, a radial that leaves it at the tangent τ is at
`minor = major (τ + bend(τ) major)`, a great circle to second order in its length.

Radials are at most as far apart at the rim as cells are. Each cell belongs to the radial that passes nearest on its
grid line and is answered with its own ground and its own distance; only the ground in between is the radial's.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from alcance.errors import InputError, Problem
from alcance.radio.coverage.disc import ON_CENTRE_CELLS, PAD, Box
from alcance.terrain import EARTH_RADIUS_M

EAST, WEST, NORTH, SOUTH = 0, 1, 2, 3
SPACINGS = (0.05, 1.0)
SPLITS = 2  # how often the number of radials can be halved

FAN = np.dtype(
    [
        ("by_column", np.int64),  # whether it steps along columns
        ("lines", np.int64),  # grid lines from the tower to the box's edge
        ("line_before", np.int64),  # row or column before the first line, in the box
        ("line_step", np.int64),  # 1 or -1
        ("across_count", np.int64),  # cells of the box on a grid line
        ("first_major", np.float64),  # distance of the first line from the tower [cells]
        ("tower_minor", np.float64),  # the tower's place on a line [cells]
        ("radials", np.int64),
        ("first_tangent", np.float64),  # half a step before the first radial
        ("tangent_step", np.float64),
        ("bend", np.float64, (4,)),  # polynomial in the tangent
        ("first_m", np.float64),  # length per line of the radial of tangent nought [m]
        ("aspect", np.float64),  # of a cell, across against along
        ("stretch", np.float64, (3,)),  # polynomial in the tangent: growth of the length per line [1/cells]
        ("reach_m", np.float64),
        ("rim", np.float64),  # no cell of the disc is farther, counted in lines were cells square [cells]
        ("ground_before", np.int64),  # index into the flat ground: line before the first, minor coordinate -PAD
        ("ground_along", np.int64),
        ("ground_across", np.int64),
        ("cell_before", np.int64),  # index into a flat array of the box: line before the first, minor coordinate 0
        ("cell_along", np.int64),
        ("cell_across", np.int64),
        ("bare_lines", np.int64),  # lines in the clearing round the tower, on which cover does not count
    ]
)


class Lattice(NamedTuple):
    """What the kernels read of a box: flat ground and obstacles [m], and the tables of the haversine.

    Antennas stand on the ground; what lies between them are obstacles, the ground and its cover.
    """

    ground_m: NDArray[np.float32]
    obstacle_m: NDArray[np.float32]
    from_row: NDArray[np.float64]
    cos_row: NDArray[np.float64]
    from_col: NDArray[np.float64]
    farthest: float


def lattice_of(box: Box) -> Lattice:
    """Hand a box to the kernels."""
    flat = box.ground_m.reshape(-1)
    obstacle_m = box.obstacle_m.reshape(-1) if box.covered else flat
    return Lattice(flat, obstacle_m, box.from_row, box.cos_row, box.from_col, box.farthest)


def fans_of(box: Box, spacing_cells: float) -> Any:
    """Tabulate the four fans of a disc.

    Parameters
    ----------
    box
        The disc's cells.
    spacing_cells
        Distance between radials at the rim [cells], 0.05 to 1.

    Returns
    -------
    Record array of `FAN`: east, west, north, south.

    Raises
    ------
    InputError
        The spacing is out of its range.

    Notes
    -----
    With φ = φ₀ + s cos α − s²/2 tan φ₀ sin² α and easting = s sin α + s² tan φ₀ sin α cos α, both to second order in
    the length s on the unit sphere, eliminated for the coordinate that the fan steps along.
    """
    if not SPACINGS[0] <= spacing_cells <= SPACINGS[1]:
        message = f"radials stand {SPACINGS[0]:g} to {SPACINGS[1]:g} cells apart at the rim"
        raise InputError([Problem("coverage", None, "spacing_cells", str(spacing_cells), message)])
    phi = math.radians(box.lat)
    col = math.radians(box.grid.step_lon_deg) * math.cos(phi)
    row = math.radians(box.grid.step_lat_deg)
    tan = math.tan(phi)
    fans = np.zeros(4, FAN)
    for kind in (EAST, WEST, NORTH, SOUTH):
        fan = fans[kind]
        by_column = kind in (EAST, WEST)
        onward = kind in (EAST, SOUTH)
        tower, count = (box.tower_col, box.cols) if by_column else (box.tower_row, box.rows)
        before = math.floor(tower + ON_CENTRE_CELLS) if onward else math.ceil(tower - ON_CENTRE_CELLS)
        along, across = (col, row) if by_column else (row, col)
        fan["by_column"], fan["line_before"], fan["line_step"] = by_column, before, 1 if onward else -1
        fan["lines"] = max(0, count - 1 - before if onward else before)
        fan["first_major"] = before + 1 - tower if onward else tower - (before - 1)
        fan["tower_minor"], fan["across_count"] = (box.tower_row, box.rows) if by_column else (box.tower_col, box.cols)
        fan["first_m"], fan["aspect"] = EARTH_RADIUS_M * along, across / along
        ratio = across / along
        if by_column:  # tangent τ of rows downwards: cot α = −τ row / col
            fan["bend"] = (0.5 * tan * along / ratio, 0.0, tan * along * ratio, 0.0)
            fan["stretch"] = (0.0, tan * along * ratio, 0.0)
        else:  # tangent τ of columns eastwards: tan α = ±τ col / row
            sign = 1 if kind == NORTH else -1
            fan["bend"] = (0.0, sign * tan * along, 0.0, sign * tan * along * ratio**2 / 2)
            fan["stretch"] = (0.0, 0.0, sign * tan * along * ratio**2 / 2)
        fan["reach_m"] = box.radius_m
        far = box.radius_m / (EARTH_RADIUS_M * along)
        # Columns narrow towards the pole, so a disc is wider there than at its tower.
        fan["rim"] = far * (1 + 2 * abs(tan) * box.radius_m / EARTH_RADIUS_M) + 2
        # Great circles that cross the diagonal of the cells later on start beyond it.
        widest = 1.0 + 2.0 * far * float(np.abs(fan["bend"]).sum()) + 2 * spacing_cells / far
        fan["radials"] = math.ceil(2 * widest * far / spacing_cells / 2**SPLITS) * 2**SPLITS
        fan["first_tangent"], fan["tangent_step"] = -widest, 2 * widest / fan["radials"]
        width = box.ground_m.shape[1]
        sign = 1 if onward else -1
        fan["ground_along"], fan["ground_across"] = (sign, width) if by_column else (sign * width, 1)
        fan["ground_before"] = box.row0 * width + box.col0 + before * abs(fan["ground_along"])
        fan["ground_before"] -= PAD * fan["ground_across"]
        fan["cell_along"], fan["cell_across"] = (sign, box.cols) if by_column else (sign * box.cols, 1)
        fan["cell_before"] = before * abs(fan["cell_along"])
        fan["bare_lines"] = max(0, math.ceil(box.grid.clearing_m / fan["first_m"] - fan["first_major"] - 1e-9))
    return fans.view(np.recarray)


@njit(cache=True)
def bend_at(fan: Any, tangent: float) -> float:
    """Bend of the radial that leaves the tower at a tangent [1/cells]."""
    a, b, c, d = fan.bend[0], fan.bend[1], fan.bend[2], fan.bend[3]
    return float(a + tangent * (b + tangent * (c + tangent * d)))


@njit(cache=True)
def length_at(fan: Any, tangent: float) -> tuple[float, float]:
    """Length of a radial up to a line: `first · major · (1 + growth · major)`; gives first [m] and growth [1/cells]."""
    across = tangent * fan.aspect
    growth = fan.stretch[0] + tangent * (fan.stretch[1] + tangent * fan.stretch[2])
    return fan.first_m * math.sqrt(1 + across * across), growth


@njit(cache=True)
def cells_of_line(fan: Any, major: float) -> tuple[int, int]:
    """First and last cell of a grid line that may be the fan's.

    They lie near the disc, and between the diagonals; a cell on a diagonal is the east's or west's.
    """
    if major > fan.rim:
        return 0, -1
    chord = math.sqrt(fan.rim * fan.rim - major * major) / fan.aspect
    if chord < major:
        first, last = math.ceil(fan.tower_minor - chord), math.floor(fan.tower_minor + chord)
        return max(first, 0), min(last, fan.across_count - 1)
    first = math.ceil(fan.tower_minor - major)
    last = math.floor(fan.tower_minor + major)
    if not fan.by_column:
        if fan.tower_minor - first == major:
            first += 1
        if last - fan.tower_minor == major:
            last -= 1
    return max(first, 0), min(last, fan.across_count - 1)


@njit(cache=True)
def owns(by_column: int, across_count: int, tower_minor: float, major: float, cell: int) -> bool:
    """Whether a cell of a grid line lies in the box and between the fan's diagonals, as in `cells_of_line`."""
    if cell < 0 or cell >= across_count:
        return False
    aside = abs(cell - tower_minor)
    return bool(aside < major or (by_column and aside == major))


@njit(cache=True)
def haversine(lattice: Any, by_column: int, line: int, cell: int) -> float:
    """Haversine of the way from the tower to a cell of a grid line."""
    row, col = (np.uint64(cell), np.uint64(line)) if by_column else (np.uint64(line), np.uint64(cell))
    return float(lattice.from_row[row] + lattice.cos_row[row] * lattice.from_col[col])


@njit(cache=True)
def distance_m(haversine_of_way: float) -> float:
    """Distance from a haversine [m]: the arcsine by its first two terms, exact to a nanometre up to 100 km."""
    return float(2 * EARTH_RADIUS_M * math.sqrt(haversine_of_way) * (1 + haversine_of_way / 6))
