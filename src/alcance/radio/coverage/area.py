"""Coverage: what arrives from towers at every cell around them, and the service that is."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import get_num_threads, njit
from numpy.typing import NDArray

from alcance.errors import InputError, Problem
from alcance.radio.antenna import Pattern
from alcance.radio.budget import received_dbm
from alcance.radio.coverage.diffraction import BULLINGTON, DELTA_BULLINGTON, check_frequency, diffraction_db
from alcance.radio.coverage.disc import Box, box_around, check_heights
from alcance.radio.coverage.fan import distance_m
from alcance.radio.coverage.receivers import Model, free_space_model, per_receiver_disc
from alcance.radio.coverage.service import check_classes, service_class
from alcance.radio.earth import MEDIAN_K_FACTOR, effective_radius_km
from alcance.radio.equipment import Equipment
from alcance.radio.p525 import free_space_loss_db
from alcance.terrain import EARTH_RADIUS_M, Grid

RADIAL_MODELS = ("free_space", "bullington", "delta_bullington")
NOBODY = -1


@dataclass(frozen=True)
class Tower:
    """A place from which a radio serves.

    Parameters
    ----------
    lon, lat
        Place [deg].
    height_m
        Antenna above ground [m].
    pattern
        Its antenna; see `alcance.radio.antenna`.
    """

    lon: float
    lat: float
    height_m: float
    pattern: Pattern


@dataclass(frozen=True, eq=False)
class Coverage:
    """What arrives at every cell of a region from the tower that is heard best there.

    Parameters
    ----------
    received_dbm
        Signal [dBm], float32, rounded to 0.01, rows north to south; NaN outside all discs and where ground is missing.
    rate_mbps
        Best rate with the fade margin kept [Mbit/s], float32; nought where none.
    service_class
        uint8: 0 below all classes, k from the k-th rate of `classes_mbps` on, 255 no data.
    server
        Index of the tower heard best, int32; −1 where none.
    west, north, step_lon_deg, step_lat_deg
        Centre of the first cell and distances between cell centres [deg].
    classes_mbps
        Least rate of each service class [Mbit/s].
    towers, radius_m, freq_ghz, model
        What was computed.
    """

    received_dbm: NDArray[np.float32]
    rate_mbps: NDArray[np.float32]
    service_class: NDArray[np.uint8]
    server: NDArray[np.int32]
    west: float
    north: float
    step_lon_deg: float
    step_lat_deg: float
    classes_mbps: tuple[float, ...]
    towers: tuple[Tower, ...]
    radius_m: float
    freq_ghz: float
    model: str

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north of the outer cell edges [deg]."""
        rows, cols = self.received_dbm.shape
        west, north = self.west - self.step_lon_deg / 2, self.north + self.step_lat_deg / 2
        return west, north - rows * self.step_lat_deg, west + cols * self.step_lon_deg, north

    @property
    def row_km2(self) -> NDArray[np.float64]:
        """Area of a cell of each row [km²], on the sphere."""
        rows = self.received_dbm.shape[0]
        _, _, _, north = self.bounds
        edges = np.sin(np.radians(north - np.arange(rows + 1) * self.step_lat_deg))
        area: NDArray[np.float64] = (EARTH_RADIUS_M / 1e3) ** 2 * math.radians(self.step_lon_deg) * -np.diff(edges)
        return area

    def area_km2(self) -> NDArray[np.float64]:
        """Area below all classes, then of each class [km²]; what has no data counts nowhere."""
        return np.array(
            [
                float((self.row_km2 * (self.service_class == k).sum(axis=1)).sum())
                for k in range(len(self.classes_mbps) + 1)
            ]
        )


def coverage(
    grid: Grid,
    towers: Tower | Sequence[Tower],
    transmitter: Equipment,
    receiver: Equipment,
    *,
    receiver_height_m: float,
    radius_m: float,
    classes_mbps: Sequence[float],
    fade_margin_db: float,
    model: str | Model = "bullington",
    model_nearest_m: float = 0.0,
    k_factor: float = MEDIAN_K_FACTOR,
    gaps: str = "raise",
    progress: Callable[[str, float], None] | None = None,
) -> Coverage:
    """Signal, rate and class of service around towers, each cell from the tower that it hears best.

    Parameters
    ----------
    grid
        The ground.
    towers
        One or several, with the same radio.
    transmitter, receiver
        Radio of the towers and of those who are served. The gain of the tower's pattern takes the place of the
        transmitter's; the receiver's antenna points at the tower. From the tower to the receiver only, at the
        receiver's rates.
    receiver_height_m
        Receiving antenna above ground [m].
    radius_m
        Radius of each disc [m]; beyond a radio's own `max_range_km` no rate is given.
    classes_mbps
        Least rate of each service class, ascending [Mbit/s].
    fade_margin_db
        Margin to keep against fading [dB].
    model
        "bullington", "delta_bullington" (with free space, by the radial method), "free_space", or a function that gives
        the basic transmission loss [dB] of profiles, one per receiver (`alcance.radio.coverage.Model`).
    model_nearest_m
        Shortest path that such a function knows [m]; receivers nearer to the tower are in free space.
    k_factor
        Effective earth radius factor of the radial method and of elevation angles.
    gaps
        "raise", or "no_data" to leave without data what lacks ground.
    progress
        Called with "coverage" and the share of towers done.

    Raises
    ------
    InputError
        A parameter is out of its range.
    TerrainGap
        Ground is missing in a disc.
    """
    stations = (towers,) if isinstance(towers, Tower) else tuple(towers)
    classes = check_classes(classes_mbps)
    _check(stations, transmitter.freq_ghz, fade_margin_db, receiver_height_m, model)
    boxes = [box_around(grid, tower.lon, tower.lat, radius_m, gaps) for tower in stations]
    row0, col0 = min(box.lattice_row for box in boxes), min(box.lattice_col for box in boxes)
    shape = (
        max(box.lattice_row + box.rows for box in boxes) - row0,
        max(box.lattice_col + box.cols for box in boxes) - col0,
    )
    signal = np.full(shape, np.nan, np.float32)
    rate = np.full(shape, np.nan, np.float32)
    server = np.full(shape, NOBODY, np.int32)
    limits_km = [radio.max_range_km for radio in (transmitter, receiver) if radio.max_range_km is not None]
    limit_m = 1e3 * min(limits_km, default=math.inf)
    # What arrives over no loss from an antenna without gain, and over a metre of free space: the pattern knows the gain
    # in each direction better than the catalogue.
    bare_dbm = float(received_dbm(transmitter, receiver, 0.0)) - transmitter.antenna_gain_dbi
    budget = np.array([bare_dbm, float(free_space_loss_db(1e-3, transmitter.freq_ghz))])
    need_dbm, steps_mbps = receiver.rates.thresholds(fade_margin_db)

    def hear(index: int) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float64]]:
        """Loss, slant distance and gain of one tower."""
        tower, box = stations[index], boxes[index]
        loss = _losses(tower, box, receiver_height_m, transmitter.freq_ghz, model, model_nearest_m, k_factor, gaps)
        view = view_of(box, tower.height_m, receiver_height_m, k_factor)
        return loss, view.slant_m, tower.pattern.gain_dbi(view.azimuth_deg, view.elevation_deg)

    for index, (loss_db, slant_m, gain_dbi) in enumerate(_in_turn(hear, len(stations), alone=callable(model))):
        box = boxes[index]
        top, left = box.lattice_row - row0, box.lattice_col - col0
        place = (slice(top, top + box.rows), slice(left, left + box.cols))
        _serve(
            loss_db, not callable(model), slant_m, gain_dbi, budget, need_dbm, steps_mbps, limit_m, index,
            signal[place], rate[place], server[place],
        )  # fmt: skip
        if progress is not None:
            progress("coverage", (index + 1) / len(stations))
    return Coverage(
        signal, rate, service_class(rate, classes), server,
        grid.west + col0 * grid.step_lon_deg, grid.north - row0 * grid.step_lat_deg, grid.step_lon_deg,
        grid.step_lat_deg, classes, stations, radius_m, transmitter.freq_ghz,
        model if isinstance(model, str) else getattr(model, "__name__", "model"),
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class View:
    """How a tower's antenna looks at the cells of a box: azimuth (−180 to 180), elevation [deg], slant distance [m]."""

    azimuth_deg: NDArray[np.float32]
    elevation_deg: NDArray[np.float32]
    slant_m: NDArray[np.float32]


def view_of(box: Box, height_m: float, receiver_height_m: float, k_factor: float) -> View:
    """Directions and distances from a tower's antenna to the antennas of a disc; NaN outside the disc.

    The elevation is that of the straight line over an earth of effective radius.
    """
    parts = np.full((3, box.rows, box.cols), np.nan, np.float32)
    lats = np.radians(box.grid.north - (box.lattice_row + np.arange(box.rows)) * box.grid.step_lat_deg)
    lons = np.radians(box.grid.west + (box.lattice_col + np.arange(box.cols)) * box.grid.step_lon_deg - box.lon)
    _look(
        box.cells_m(), box.from_row, box.cos_row, box.from_col, box.farthest, math.radians(box.lat), lats, lons,
        box.tower_ground_m + height_m, receiver_height_m, 1 / (2000 * effective_radius_km(k_factor)), parts,
    )  # fmt: skip
    return View(*parts)


@njit(cache=True, nogil=True, error_model="numpy")
def _look(
    ground_m: Any,
    from_row: Any,
    cos_row: Any,
    from_col: Any,
    farthest: float,
    tower_lat: float,
    lats: Any,
    lons: Any,
    top_m: float,
    receiver_m: float,
    drop: float,
    parts: Any,
) -> None:
    sin0, cos0 = math.sin(tower_lat), math.cos(tower_lat)
    sines, cosines = np.sin(lons), np.cos(lons)
    for row in range(lats.size):
        sin1, cos1 = math.sin(lats[row]), math.cos(lats[row])
        for col in range(lons.size):
            way = from_row[row] + cos_row[row] * from_col[col]
            if way > farthest:
                continue
            # The initial bearing of the great circle.
            east, north = sines[col] * cos1, cos0 * sin1 - sin0 * cos1 * cosines[col]
            d = max(distance_m(way), 1.0)
            rise = ground_m[row, col] + receiver_m - top_m
            parts[0, row, col] = math.degrees(math.atan2(east, north))
            parts[1, row, col] = math.degrees(math.atan((rise - drop * d * d) / d))
            parts[2, row, col] = math.sqrt(d * d + rise * rise)


@njit(cache=True, nogil=True, error_model="numpy")
def _serve(
    loss_db: Any,
    beyond_free_space: bool,  # noqa: FBT001
    slant_m: Any,
    gain_dbi: Any,
    budget: Any,
    need_dbm: Any,
    steps_mbps: Any,
    limit_m: float,
    index: int,
    signal: Any,
    rate: Any,
    server: Any,
) -> None:
    """Let a tower take the cells that hear it better than any before, with the best rate that its signal carries."""
    rows, cols = loss_db.shape
    for row in range(rows):
        for col in range(cols):
            loss = loss_db[row, col]
            if np.isnan(loss):
                continue
            value = budget[0] + gain_dbi[row, col] - loss
            if beyond_free_space:
                value -= budget[1] + 20 * math.log10(slant_m[row, col])
            value = np.float32(np.rint(value * 100) / 100)
            if value > signal[row, col] or np.isnan(signal[row, col]):
                signal[row, col] = value
                server[row, col] = index
                step = 0
                if slant_m[row, col] <= limit_m:
                    while step < need_dbm.size and value >= need_dbm[step]:
                        step += 1
                rate[row, col] = steps_mbps[step]


def _in_turn(work: Callable[[int], Any], count: int, *, alone: bool) -> Iterator[Any]:
    """Do numbered work on all cores and hand it on in order, never far ahead of who takes it."""
    workers = 1 if alone else min(get_num_threads(), count)
    if workers == 1:
        yield from map(work, range(count))
        return
    with ThreadPoolExecutor(workers) as pool:
        waiting = deque(pool.submit(work, index) for index in range(min(2 * workers, count)))
        for index in range(len(waiting), count + len(waiting)):
            done = waiting.popleft().result()
            if index < count:
                waiting.append(pool.submit(work, index))
            yield done


def _losses(
    tower: Tower,
    box: Box,
    receiver_height_m: float,
    freq_ghz: float,
    model: str | Model,
    nearest_m: float,
    k_factor: float,
    gaps: str,
) -> NDArray[np.float32]:
    """Loss of the model: beyond free space for the radial ones, the basic transmission loss for a function."""
    if callable(model):
        near = free_space_model(freq_ghz)
        ends = (tower.lon, tower.lat, tower.height_m, receiver_height_m, box.radius_m)
        values: NDArray[np.float32] = per_receiver_disc(
            box.grid, *ends, model, near=near, nearest_m=nearest_m, gaps=gaps
        ).values
        return values
    if model == "free_space":
        loss = np.where(box.inside() & ~np.isnan(box.cells_m()), np.float32(0), np.float32(np.nan))
    else:
        method = DELTA_BULLINGTON if model == "delta_bullington" else BULLINGTON
        loss = diffraction_db(box, tower.height_m, receiver_height_m, k_factor, freq_ghz, method, alone=True)
    answered = ~np.isnan(loss)
    box.disc(loss, answered, int(answered.sum()) < box.inside_count(), gaps)
    return loss


def _check(
    towers: Sequence[Tower], freq_ghz: float, fade_margin_db: float, receiver_height_m: float, model: str | Model
) -> None:
    problems = []
    if not towers:
        problems.append(Problem("coverage", None, "towers", "", "give at least one tower"))
    if not math.isfinite(fade_margin_db):
        message = "the fade margin is a finite number of dB"
        problems.append(Problem("coverage", None, "fade_margin_db", str(fade_margin_db), message))
    if not callable(model) and model not in RADIAL_MODELS:
        message = f"a model is {', '.join(RADIAL_MODELS)}, or a function of profiles"
        problems.append(Problem("coverage", None, "model", str(model), message))
    if problems:
        raise InputError(problems)
    check_frequency(freq_ghz)
    for tower in towers:
        check_heights(tower.height_m, receiver_height_m)
