"""Diffraction from a tower to every cell of a disc: Bullington's method along radials (P.526-15, § 4.5)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

from alcance.errors import InputError, Problem
from alcance.radio.coverage.disc import PAD, Box, Disc, box_around, check_heights
from alcance.radio.coverage.edge import NO_LOSS_V, edge_loss_db, edge_parameter
from alcance.radio.coverage.fan import bend_at, distance_m, fans_of, haversine, lattice_of, length_at, owns
from alcance.radio.coverage.hull import push
from alcance.radio.coverage.smooth import delta_db
from alcance.radio.earth import MEDIAN_K_FACTOR, effective_radius_km
from alcance.radio.p525 import wavelength_m
from alcance.radio.spherical_earth import HORIZONTAL, VERTICAL
from alcance.terrain import Grid

SPACING_CELLS = 0.5  # costs a third more than 1 and halves the way from a receiver to its radial
CHUNK = 32  # radials that one thread takes at a time
FREQ_GHZ = (0.03, 100.0)
EDGE, BULLINGTON, DELTA_BULLINGTON = 0, 1, 2


def diffraction_disc(
    grid: Grid,
    lon: float,
    lat: float,
    height_m: float,
    receiver_height_m: float,
    radius_m: float,
    *,
    freq_ghz: float,
    k_factor: float = MEDIAN_K_FACTOR,
    delta: bool = False,
    polarisation: int = VERTICAL,
    sea_share: float = 0.0,
    spacing_cells: float = SPACING_CELLS,
    gaps: str = "raise",
) -> Disc:
    """Diffraction loss from a tower to every cell of a disc, by the radial method.

    Parameters
    ----------
    grid
        The ground, with its cover where that is known; the smooth surface of delta-Bullington is fitted to the ground.
    lon, lat
        The tower [deg].
    height_m, receiver_height_m
        Antennas above ground [m], positive.
    radius_m
        Radius [m].
    freq_ghz
        Frequency [GHz], 0.03 to 100.
    k_factor
        Effective earth radius factor.
    delta
        Whether to add what a smooth earth takes beyond the profile (delta-Bullington, § 4.5.4); Bullington alone
        (§ 4.5.1) otherwise.
    polarisation, sea_share
        Of the smooth earth: `HORIZONTAL` or `VERTICAL`, and the share of each path over sea.
    spacing_cells
        Distance between radials at the rim [cells], 0.05 to 1; the closer, the nearer to one profile per receiver.
    gaps
        "raise", or "no_data" to leave unanswered what lacks ground.

    Returns
    -------
    Disc whose values are losses beyond free space [dB], float32; NaN where not answered.

    Raises
    ------
    InputError
        A parameter is out of its range.
    TerrainGap
        Ground or cover is missing in the disc, or the tower stands beyond the grid.
    """
    check_heights(height_m, receiver_height_m)
    check_frequency(freq_ghz)
    _check_smooth(polarisation, sea_share)
    box = box_around(grid, lon, lat, radius_m, gaps)
    method = DELTA_BULLINGTON if delta else BULLINGTON
    smooth = (polarisation, sea_share)
    loss = diffraction_db(box, height_m, receiver_height_m, k_factor, freq_ghz, method, smooth, spacing_cells)
    answered = ~np.isnan(loss)
    return box.disc(loss, answered, int(answered.sum()) < box.inside_count(), gaps)


def diffraction_db(
    box: Box,
    height_m: float,
    receiver_height_m: float,
    k_factor: float,
    freq_ghz: float,
    method: int,
    smooth: tuple[int, float] = (VERTICAL, 0.0),
    spacing_cells: float = SPACING_CELLS,
    *,
    alone: bool = False,
) -> NDArray[np.float32]:
    """Loss at every cell of a box [dB], NaN where not answered; `alone` on the caller's thread, without the GIL."""
    loss = _sweep_box(
        box, height_m, receiver_height_m, k_factor, freq_ghz, method, NO_LOSS_V, *smooth, spacing_cells, alone=alone
    )
    if box.tower_cell is not None:
        loss[box.tower_cell] = 0.0
    return loss


def clear_cells(
    box: Box,
    height_m: float,
    receiver_height_m: float,
    k_factor: float,
    clearance: float,
    freq_ghz: float | None,
    spacing_cells: float,
) -> tuple[NDArray[np.bool_], NDArray[np.bool_], bool]:
    """Cells whose path keeps a share of the first Fresnel zone free, cells answered, and whether any lacks its answer.

    A clearance of c radii everywhere is ν ≤ −c √2 everywhere.
    """
    if not 0 < clearance < math.inf:
        message = "the clearance is a share of the first Fresnel zone's radius, nought or more"
        raise InputError([Problem("coverage", None, "clearance", str(clearance), message)])
    if freq_ghz is None:
        message = "a clearance needs the frequency, for the Fresnel zone depends on it"
        raise InputError([Problem("coverage", None, "freq_ghz", "", message)])
    check_frequency(freq_ghz)
    least = -clearance * math.sqrt(2)
    edge = _sweep_box(box, height_m, receiver_height_m, k_factor, freq_ghz, EDGE, least, VERTICAL, 0.0, spacing_cells)
    if box.tower_cell is not None:
        edge[box.tower_cell] = -np.inf
    answered = ~np.isnan(edge)
    # In the type of what is compared, so that ν of exactly the limit is clear.
    clear = answered & (edge <= np.float32(least))
    return clear, answered, int(answered.sum()) < box.inside_count()


def check_frequency(freq_ghz: float) -> None:
    """Refuse a frequency outside the range of the Recommendation."""
    if not FREQ_GHZ[0] <= freq_ghz <= FREQ_GHZ[1]:
        message = f"the frequency is {FREQ_GHZ[0]:g} to {FREQ_GHZ[1]:g} GHz"
        raise InputError([Problem("coverage", None, "freq_ghz", str(freq_ghz), message)])


def _check_smooth(polarisation: int, sea_share: float) -> None:
    problems = []
    if polarisation not in (HORIZONTAL, VERTICAL):
        message = "1 is horizontal, 2 is vertical"
        problems.append(Problem("coverage", None, "polarisation", str(polarisation), message))
    if not 0 <= sea_share <= 1:
        message = "the share of a path over sea is 0 to 1"
        problems.append(Problem("coverage", None, "sea_share", str(sea_share), message))
    if problems:
        raise InputError(problems)


def _sweep_box(
    box: Box,
    height_m: float,
    receiver_height_m: float,
    k_factor: float,
    freq_ghz: float,
    method: int,
    least: float,
    polarisation: int,
    sea_share: float,
    spacing_cells: float,
    *,
    alone: bool = False,
) -> NDArray[np.float32]:
    fans = fans_of(box, spacing_cells)
    chunks = [
        (kind, first, min(first + CHUNK, int(fans[kind].radials)))
        for kind in range(4)
        for first in range(0, int(fans[kind].radials), CHUNK)
    ]
    out = np.full((box.rows, box.cols), np.nan, np.float32)
    radio = (
        box.tower_ground_m, box.tower_ground_m + height_m, receiver_height_m, effective_radius_km(k_factor),
        wavelength_m(freq_ghz), freq_ghz, method, least, polarisation, sea_share,
    )  # fmt: skip
    sweep = _sweep_alone if alone else _sweep_both
    sweep(lattice_of(box), fans, np.array(chunks, np.int64), radio, out.reshape(-1))
    return out


@njit(cache=True, nogil=True, error_model="numpy")
def _sweep_alone(lattice: Any, fans: Any, chunks: Any, radio: Any, out: Any) -> None:
    for c in range(chunks.shape[0]):
        _sweep_some(lattice, fans[chunks[c, 0]], chunks[c, 1], chunks[c, 2], radio, out)


@njit(cache=True, parallel=True, error_model="numpy")
def _sweep_both(lattice: Any, fans: Any, chunks: Any, radio: Any, out: Any) -> None:
    for c in prange(chunks.shape[0]):
        _sweep_some(lattice, fans[chunks[c, 0]], chunks[c, 1], chunks[c, 2], radio, out)


@njit(cache=True, error_model="numpy")
def _sweep_some(lattice: Any, fan: Any, first: int, beyond: int, radio: Any, out: Any) -> None:
    """Sweep some radials of a fan one after another."""
    most = fan.lines + 1
    method = radio[6]
    samples = np.empty((2, most))
    hull = np.empty((2, most))
    bare = np.empty((2, most if method == DELTA_BULLINGTON else 1))
    for r in range(first, beyond):
        _sweep_radial(lattice, fan, r, radio, samples, hull, bare, out)


@njit(cache=True, error_model="numpy")
def _sweep_radial(
    lattice: Any, fan: Any, radial: int, radio: Any, samples: Any, hull: Any, bare: Any, out: Any
) -> None:
    ground0, top, receiver, radius_km, wavelength, freq, method, least, polarisation, sea = radio
    ground_m, obstacle_m = lattice.ground_m, lattice.obstacle_m
    drop = 1 / (2000 * radius_km)
    tangent0 = fan.first_tangent + radial * fan.tangent_step
    tangent1 = fan.first_tangent + (radial + 0.5) * fan.tangent_step
    tangent2 = fan.first_tangent + (radial + 1) * fan.tangent_step
    bend0, bend1, bend2 = bend_at(fan, tangent0), bend_at(fan, tangent1), bend_at(fan, tangent2)
    length, growth = length_at(fan, tangent1)
    # Fields are read once: the compiler cannot know that the losses written are not the fan.
    tower, first_major, by_column = fan.tower_minor, fan.first_major, fan.by_column
    line_before, line_step, across_count = fan.line_before, fan.line_step, fan.across_count
    ground_before, ground_along, ground_across = fan.ground_before, fan.ground_along, fan.ground_across
    cell_before, cell_along, cell_across = fan.cell_before, fan.cell_along, fan.cell_across
    bare_lines = fan.bare_lines
    lines = min(fan.lines, int(1.01 * fan.reach_m / length + 2))
    sample_d, sample_h, hull_d, hull_h, bare_d, bare_h = (
        samples[0], samples[1], hull[0], hull[1], bare[0], bare[1]
    )  # fmt: skip
    size = bare_size = count = 0
    slope = bare_slope = -np.inf
    area = moment = last_d = 0.0
    last_z = ground0
    for line in range(1, lines + 1):
        major = first_major + (line - 1)
        ground_start = ground_before + ground_along * line
        # Cells between the borders half-way to the next radials.
        cell = math.ceil(tower + major * (tangent0 + bend0 * major))
        border = tower + major * (tangent2 + bend2 * major)
        while cell < border:
            answered = cell
            cell += 1
            if not owns(by_column, across_count, tower, major, answered):
                continue
            way = haversine(lattice, by_column, line_before + line_step * line, answered)
            z = float(ground_m[ground_start + ground_across * (answered + PAD)])
            if way > lattice.farthest or np.isnan(z):
                continue
            d = distance_m(way)
            antenna = z + receiver
            v = least
            if count > 0:
                v = edge_parameter(
                    sample_d, sample_h, count, hull_d, hull_h, size, slope, top, d, antenna - drop * d * d,
                    wavelength, least,
                )  # fmt: skip
            value = v
            if method != EDGE:
                value = edge_loss_db(v, d)
            if method == DELTA_BULLINGTON and count > 0:
                value += delta_db(
                    bare_d, bare_h, bare_size, bare_slope,
                    area + (d - last_d) * (z + last_z),
                    moment + (d - last_d) * (z * (2 * d + last_d) + last_z * (d + 2 * last_d)),
                    ground0, top, d, z, antenna, length, radius_km, freq, polarisation, sea,
                )  # fmt: skip
            out[cell_before + cell_along * line + cell_across * answered] = value
        y = tower + PAD + major * (tangent1 + bend1 * major)
        cell = int(y)
        at = ground_start + ground_across * cell
        if line > bare_lines:
            near, following = obstacle_m[np.uint64(at)], obstacle_m[np.uint64(at + ground_across)]
        else:
            near, following = ground_m[np.uint64(at)], ground_m[np.uint64(at + ground_across)]
        z = float(near + np.float32(y - cell) * (following - near))
        if np.isnan(z):
            break
        d = length * major * (1 + growth * major)
        h = z - drop * d * d
        sample_d[count], sample_h[count] = d, h
        count += 1
        size = push(hull_d, hull_h, size, d, h)
        slope = max(slope, (h - top) / d)
        if method == DELTA_BULLINGTON:
            near = ground_m[np.uint64(at)]
            z = float(near + np.float32(y - cell) * (ground_m[np.uint64(at + ground_across)] - near))
            bare_size = push(bare_d, bare_h, bare_size, d, z)
            bare_slope = max(bare_slope, (z - top) / d)
            area += (d - last_d) * (z + last_z)
            moment += (d - last_d) * (z * (2 * d + last_d) + last_z * (d + 2 * last_d))
            last_d, last_z = d, z
