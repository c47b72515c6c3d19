"""Line of sight from a tower to every cell of a disc: one running maximum per radial."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

from alcance.radio.coverage.disc import PAD, Box, Disc, box_around, check_heights
from alcance.radio.coverage.fan import (
    SPLITS,
    bend_at,
    cells_of_line,
    distance_m,
    fans_of,
    haversine,
    lattice_of,
    length_at,
)
from alcance.radio.earth import MEDIAN_K_FACTOR, effective_radius_km
from alcance.terrain import Grid

SPACING_CELLS = 1.0
ALONE_CELLS = 1_000_000  # for fewer, waking the threads costs more than the work
NOTHING_YET = -1e12  # a slope below any; not infinite, for slopes are interpolated
BLOCKED, SEEN, UNANSWERED, OUTSIDE = 0, 1, 2, 3


def line_of_sight_disc(
    grid: Grid,
    lon: float,
    lat: float,
    height_m: float,
    receiver_height_m: float,
    radius_m: float,
    *,
    k_factor: float = MEDIAN_K_FACTOR,
    clearance: float = 0.0,
    freq_ghz: float | None = None,
    spacing_cells: float = SPACING_CELLS,
    gaps: str = "raise",
) -> Disc:
    """Cells of a disc from whose antenna the tower's is in sight, by the radial method.

    Along a radial the slope from the tower to the highest ground and cover so far, over an earth of effective radius,
    is a running maximum. A cell is in sight where its own antenna stands at or above the slope interpolated between the
    two radials beside it. Constant work per sample.

    Parameters
    ----------
    grid
        The ground, with its cover where that is known.
    lon, lat
        The tower [deg].
    height_m, receiver_height_m
        Antennas above ground [m], positive.
    radius_m
        Radius [m].
    k_factor
        Effective earth radius factor.
    clearance
        Share of the first Fresnel zone's radius that must be free besides; nought asks for the sight line alone and is
        an order of magnitude faster.
    freq_ghz
        Frequency [GHz]; needed with a clearance.
    spacing_cells
        Distance between radials at the rim [cells], 0.05 to 1; the closer, the nearer to one profile per receiver.
    gaps
        "raise", or "no_data" to leave unanswered what lacks ground.

    Returns
    -------
    Disc whose values are bool: in sight. False where not answered.

    Raises
    ------
    InputError
        A parameter is out of its range.
    TerrainGap
        Ground or cover is missing in the disc, or the tower stands beyond the grid.
    """
    check_heights(height_m, receiver_height_m)
    box = box_around(grid, lon, lat, radius_m, gaps)
    if clearance != 0:
        from alcance.radio.coverage.diffraction import clear_cells

        cells = clear_cells(box, height_m, receiver_height_m, k_factor, clearance, freq_ghz, spacing_cells)
        return box.disc(*cells, gaps)
    state = sight_states(box, height_m, receiver_height_m, k_factor, spacing_cells)
    return box.disc(state == SEEN, state <= SEEN, bool((state == UNANSWERED).any()), gaps)


def sight_states(
    box: Box, height_m: float, receiver_height_m: float, k_factor: float, spacing_cells: float
) -> NDArray[np.uint8]:
    """State of every cell of a box: `BLOCKED`, `SEEN`, `UNANSWERED` where ground is missing, `OUTSIDE` the disc."""
    drop = 1 / (2000 * effective_radius_km(k_factor))
    state = np.full((box.rows, box.cols), OUTSIDE, np.uint8)
    top_m = box.tower_ground_m + height_m
    sweep = _sweep_both if box.rows * box.cols > ALONE_CELLS else _sweep_alone
    sweep(lattice_of(box), fans_of(box, spacing_cells), top_m, receiver_height_m, drop, state.reshape(-1))
    if box.tower_cell is not None:
        state[box.tower_cell] = SEEN
    return state


@njit(cache=True, nogil=True, error_model="numpy")
def _sweep_alone(lattice: Any, fans: Any, top_m: float, receiver_m: float, drop: float, state: Any) -> None:
    for kind in range(fans.size):
        _sweep_fan(lattice, fans[kind], top_m, receiver_m, drop, state)


@njit(cache=True, parallel=True, error_model="numpy")
def _sweep_both(lattice: Any, fans: Any, top_m: float, receiver_m: float, drop: float, state: Any) -> None:
    for kind in prange(fans.size):
        _sweep_fan(lattice, fans[kind], top_m, receiver_m, drop, state)


@njit(cache=True, error_model="numpy")
def _sweep_fan(lattice: Any, fan: Any, top_m: float, receiver_m: float, drop: float, state: Any) -> None:
    """Walk all radials of a fan together, from grid line to grid line: cells are answered, then samples added.

    Near the tower a part of the radials does; each splits in two when they would stand farther apart than at the rim.
    """
    track = np.empty((4, fan.radials))
    steepest = np.full(fan.radials, NOTHING_YET)
    share = 2**SPLITS
    count = fan.radials // share
    _lay_radials(fan, share, count, track)
    first, beyond = 0, count
    for line in range(1, fan.lines + 1):
        major = fan.first_major + (line - 1)
        while share > 1 and share * major > fan.rim:
            _split(steepest, count)
            share, count = share // 2, count * 2
            _lay_radials(fan, share, count, track)
            first, beyond = 0, count
        _answer_line(lattice, fan, line, major, share * fan.tangent_step, steepest, top_m, receiver_m, drop, state)
        while first < beyond and track[2, first] * major > 1.01 * fan.reach_m:
            first += 1
        while beyond > first and track[2, beyond - 1] * major > 1.01 * fan.reach_m:
            beyond -= 1
        start = fan.ground_before + fan.ground_along * line
        heights_m = lattice.obstacle_m if line > fan.bare_lines else lattice.ground_m
        _add_samples(
            heights_m, start, fan.ground_across, fan.tower_minor, major, first, beyond,
            track[0], track[1], track[2], track[3], top_m, drop, steepest,
        )  # fmt: skip


@njit(cache=True, error_model="numpy")
def _lay_radials(fan: Any, share: int, count: int, track: Any) -> None:
    """Tabulate tangent, bend, length per line and its growth of one in `share` radials."""
    for r in range(count):
        tangent = fan.first_tangent + (r + 0.5) * share * fan.tangent_step
        track[0, r] = tangent
        track[1, r] = bend_at(fan, tangent)
        track[2, r], track[3, r] = length_at(fan, tangent)


@njit(cache=True, error_model="numpy")
def _split(steepest: Any, count: int) -> None:
    """Put two radials for each of the first `count`, a quarter of their spacing to either side, interpolated."""
    right = steepest[count - 1]
    for r in range(count - 1, -1, -1):
        own, left = steepest[r], steepest[max(r - 1, 0)]
        steepest[2 * r + 1] = 0.75 * own + 0.25 * right
        steepest[2 * r] = 0.75 * own + 0.25 * left
        right = own


@njit(cache=True, error_model="numpy")
def _add_samples(
    obstacle_m: Any,
    start: int,
    across: int,
    tower_minor: float,
    major: float,
    first: int,
    beyond: int,
    tangent: Any,
    bend: Any,
    length: Any,
    growth: Any,
    top_m: float,
    drop: float,
    steepest: Any,
) -> None:
    """Raise each radial's steepest slope by its sample on one grid line; once NaN it stays NaN."""
    from_pad = tower_minor + PAD
    next_cell = np.uint64(across)
    for number in range(first, beyond):
        # Unsigned indices spare the test for negative ones, a third of the time.
        r = np.uint64(number)
        y = from_pad + major * (tangent[r] + bend[r] * major)
        cell = np.int32(y)
        at = np.uint64(start + across * np.int64(cell))
        near = obstacle_m[at]
        z = near + np.float32(y - cell) * (obstacle_m[at + next_cell] - near)
        d = length[r] * major * (1 + growth[r] * major)
        slope = (z - top_m) / d - drop * d
        # Written so that a NaN on either side is kept.
        steepest[r] = slope if slope > steepest[r] or slope != slope else steepest[r]  # noqa: PLR0124


@njit(cache=True, error_model="numpy")
def _answer_line(
    lattice: Any,
    fan: Any,
    line: int,
    major: float,
    tangent_step: float,
    steepest: Any,
    top_m: float,
    receiver_m: float,
    drop: float,
    state: Any,
) -> None:
    # Fields are read once: the compiler cannot know that the states written are not the fan.
    table_line = fan.line_before + fan.line_step * line
    across, cell_across, by_column = fan.ground_across, fan.cell_across, fan.by_column
    ground_start = fan.ground_before + fan.ground_along * line + PAD * across
    cell_start = fan.cell_before + fan.cell_along * line
    tower, per_cell, per_tangent = fan.tower_minor, 1 / major, 1 / tangent_step
    first_radial = fan.first_tangent + 0.5 * tangent_step
    b0, b1, b2, b3 = fan.bend[0] * major, fan.bend[1] * major, fan.bend[2] * major, fan.bend[3] * major
    low, high = cells_of_line(fan, major)
    for cell in range(low, high + 1):
        way = haversine(lattice, by_column, table_line, cell)
        if way > lattice.farthest:
            continue
        tangent = (cell - tower) * per_cell
        tangent -= b0 + tangent * (b1 + tangent * (b2 + tangent * b3))
        between = (tangent - first_radial) * per_tangent
        r = np.int32(between)
        left, right = steepest[np.uint64(r)], steepest[np.uint64(r + 1)]
        slope = left + (between - r) * (right - left)
        d = distance_m(way)
        height = lattice.ground_m[np.uint64(ground_start + across * cell)] + receiver_m - top_m - drop * d * d
        least = slope * d
        # Without branches, for neighbours differ: SEEN, BLOCKED, or UNANSWERED where either is NaN.
        state[np.uint64(cell_start + cell_across * cell)] = UNANSWERED - (height >= least) - 2 * (height < least)
