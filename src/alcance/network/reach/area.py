"""The area of influence of a provider: what its towers together serve, cell by cell and place by place."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from alcance.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from alcance.network.reach.stations import Station
    from alcance.radio.coverage import Coverage
    from alcance.radio.rates import RateTable
    from alcance.terrain import Grid

HIGHEST_CLIENT_M = 100.0
BLOCK_DEG = 1.0  # towers are computed together within such squares: what lies between far ones is never held
NOBODY = -1


@dataclass(frozen=True)
class Rules:
    """How areas of influence are computed.

    Parameters
    ----------
    client_height_m
        Antenna of those who are served, above ground [m].
    fade_margin_db
        Margin that every service keeps [dB].
    k_factor
        Effective earth radius factor.
    classes_mbps
        Least rate of each service class, ascending [Mbit/s].
    model
        A radial model of `alcance.radio.coverage`.
    """

    client_height_m: float
    fade_margin_db: float
    k_factor: float
    classes_mbps: tuple[float, ...]
    model: str

    def __post_init__(self) -> None:
        if not 0 < self.client_height_m <= HIGHEST_CLIENT_M:
            message = f"the client's antenna hangs at more than 0 m and at most {HIGHEST_CLIENT_M:g} m above ground"
            raise InputError([Problem("reach", None, "client_height_m", str(self.client_height_m), message)])


@dataclass(frozen=True, eq=False)
class Heard:
    """What arrives at n places from the tower that serves each best.

    Parameters
    ----------
    station
        Number of the station among those given, int32; −1 where none serves.
    rate_mbps
        Rate with the fade margin kept [Mbit/s], nought where none.
    margin_db
        Signal beyond what the lowest rate needs with its fade margin, both ways [dB]; NaN where not served.
    """

    station: NDArray[np.int32]
    rate_mbps: NDArray[np.float32]
    margin_db: NDArray[np.float32]

    @property
    def served(self) -> NDArray[np.bool_]:
        """Whether each place is served."""
        served: NDArray[np.bool_] = self.station != NOBODY
        return served

    def first(self, count: int) -> Heard:
        """Give the first places alone."""
        return Heard(self.station[:count], self.rate_mbps[:count], self.margin_db[:count])


@dataclass(frozen=True, eq=False)
class Area:
    """What a provider serves.

    Parameters
    ----------
    service_class
        uint8 by cell, rows north to south: 0 where not served, k from the k-th class on.
    row0, col0
        Cell of the ground's lattice that is the first here; may be negative.
    heard
        What arrives at the places.
    towers_without_ground
        Number of towers whose discs reach where the ground is missing; nothing is served there.
    """

    service_class: NDArray[np.uint8]
    row0: int
    col0: int
    heard: Heard
    towers_without_ground: int


def two_way_rates(station: Station) -> RateTable:
    """Rates towards the client, without those at which the tower could not hear it answer.

    A client's radio is weaker than a sector's. Where the signal to the client is S, that to the tower is S plus the
    difference of their powers, so the lowest rate needs that the tower's own weakest signal arrives, too.
    """
    from alcance.radio.rates import RateTable

    sector, client = station.transmitter, station.receiver
    least_dbm = sector.rates.weakest_dbm() + sector.tx_power_dbm - client.tx_power_dbm
    sensitivity, rate = client.rates.sensitivity_dbm, client.rates.rate_mbps
    below = np.flatnonzero(sensitivity <= least_dbm)
    if below.size == 0:
        return client.rates
    above = np.flatnonzero(sensitivity > least_dbm)
    return RateTable(
        np.concatenate([[least_dbm], sensitivity[above]]), np.concatenate([[rate[below[-1]]], rate[above]])
    )


def radius_m(station: Station, fade_margin_db: float) -> float:
    """Distance beyond which a station's signal is too weak even in free space [m]; nothing is computed there."""
    from alcance.radio import max_range_km
    from alcance.radio.coverage.disc import MAX_RADIUS_M

    reach_km = max_range_km(station.transmitter, fade_margin_db, partner=station.receiver)
    return min(math.ceil(1e3 * reach_km), MAX_RADIUS_M)


def serve(
    grid: Grid, stations: list[Station], numbers: list[int], rules: Rules, progress: Callable[[float], None] | None
) -> tuple[Coverage, float]:
    """Coverage of stations of one radio, and the weakest signal that they serve with [dBm].

    Parameters
    ----------
    grid
        The ground.
    stations
        All stations.
    numbers
        Those to compute.
    rules
        How.
    progress
        Told the share done.
    """
    from alcance.radio.coverage import coverage

    first = stations[numbers[0]]
    receiver = replace(first.receiver, rates=two_way_rates(first))
    covered = coverage(
        grid,
        [stations[number].tower for number in numbers],
        first.transmitter,
        receiver,
        receiver_height_m=rules.client_height_m,
        radius_m=radius_m(first, rules.fade_margin_db),
        classes_mbps=rules.classes_mbps,
        fade_margin_db=rules.fade_margin_db,
        model=rules.model,
        k_factor=rules.k_factor,
        gaps="no_data",
        progress=None if progress is None else lambda _, share: progress(share),
    )
    return covered, float(receiver.rates.thresholds(rules.fade_margin_db)[0][0])


def area_of(
    grid: Grid,
    stations: list[Station],
    numbers: list[int],
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    rules: Rules,
    progress: Callable[[float], None] | None = None,
) -> Area:
    """Compute what some stations serve together; each disc once.

    Parameters
    ----------
    grid
        The ground.
    stations
        All stations.
    numbers
        Those of the provider.
    lon, lat
        Places at which to tell what arrives [deg]; a place hears what its cell does.
    rules
        How.
    progress
        Told the share done.

    Raises
    ------
    TerrainGap
        A tower stands beyond the terrain.
    """
    from alcance.radio.coverage.service import NO_DATA

    heard = Heard(
        np.full(lon.size, NOBODY, np.int32), np.zeros(lon.size, np.float32), np.full(lon.size, np.nan, np.float32)
    )
    pieces: list[tuple[int, int, NDArray[np.uint8]]] = []
    done, missing = 0, 0
    for own in blocks(stations, numbers):

        def tell(share: float, done: int = done, count: int = len(own)) -> None:
            if progress is not None:
                progress((done + share * count) / len(numbers))

        covered, need_dbm = serve(grid, stations, own, rules, tell)
        done += len(own)
        listen(covered, need_dbm, own, lon, lat, heard)
        row0 = round((grid.north - covered.north) / grid.step_lat_deg)
        col0 = round((covered.west - grid.west) / grid.step_lon_deg)
        covered.service_class[covered.service_class == NO_DATA] = 0
        pieces.append((row0, col0, covered.service_class))
        missing += sum(_lacks_ground(grid, stations[number], rules) for number in own)
    service, row0, col0 = _join(pieces)
    return Area(service, row0, col0, heard, missing)


def blocks(stations: list[Station], numbers: list[int]) -> list[list[int]]:
    """Stations that are computed together: of one radio, and within one square of `BLOCK_DEG`."""
    groups: dict[tuple[str, int, int], list[int]] = {}
    for number in numbers:
        tower = stations[number].tower
        square = (math.floor(tower.lat / BLOCK_DEG), math.floor(tower.lon / BLOCK_DEG))
        groups.setdefault((stations[number].transmitter.equipment_id, *square), []).append(number)
    return [groups[key] for key in sorted(groups)]


def listen(
    covered: Coverage,
    need_dbm: float,
    numbers: list[int],
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    heard: Heard,
) -> None:
    """Let a coverage take the places that it serves better than what they heard before: by rate, then by margin."""
    row, col, inside = cells_of(covered, lon, lat)
    at = np.flatnonzero(inside)
    row, col = row[at], col[at]
    rate = np.nan_to_num(covered.rate_mbps[row, col])
    margin = np.round(covered.received_dbm[row, col] - np.float32(need_dbm), 2)
    served = rate >= covered.classes_mbps[0]
    at, row, col, rate, margin = at[served], row[served], col[served], rate[served], margin[served]
    before = np.where(np.isnan(heard.margin_db[at]), np.float32(-np.inf), heard.margin_db[at])
    better = (rate > heard.rate_mbps[at]) | ((rate == heard.rate_mbps[at]) & (margin > before))
    at = at[better]
    heard.station[at] = np.asarray(numbers, np.int32)[covered.server[row[better], col[better]]]
    heard.rate_mbps[at] = rate[better]
    heard.margin_db[at] = margin[better]


def cells_of(
    covered: Coverage, lon: NDArray[np.float64], lat: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    """Row and column of the cell in which each place lies, and whether it is one of the coverage's."""
    rows, cols = covered.received_dbm.shape
    row = np.floor((covered.north - lat) / covered.step_lat_deg + 0.5).astype(np.int64)
    col = np.floor((lon - covered.west) / covered.step_lon_deg + 0.5).astype(np.int64)
    return row, col, (row >= 0) & (row < rows) & (col >= 0) & (col < cols)


def _join(pieces: list[tuple[int, int, NDArray[np.uint8]]]) -> tuple[NDArray[np.uint8], int, int]:
    """Lay rasters of classes over each other; the best class of each cell counts."""
    row0, col0 = min(piece[0] for piece in pieces), min(piece[1] for piece in pieces)
    if len(pieces) == 1:
        return pieces[0][2].astype(np.uint8), row0, col0
    rows = max(row + cells.shape[0] for row, _, cells in pieces) - row0
    cols = max(col + cells.shape[1] for _, col, cells in pieces) - col0
    whole = np.zeros((rows, cols), np.uint8)
    for row, col, cells in pieces:
        part = whole[row - row0 : row - row0 + cells.shape[0], col - col0 : col - col0 + cells.shape[1]]
        np.maximum(part, cells, out=part)
    return whole, row0, col0


def _lacks_ground(grid: Grid, station: Station, rules: Rules) -> bool:
    """Whether a station's disc reaches beyond the ground or over a hole in it."""
    from alcance.radio.coverage.disc import box_around

    tower = station.tower
    box = box_around(grid, tower.lon, tower.lat, radius_m(station, rules.fade_margin_db), "no_data")
    return bool((box.inside() & np.isnan(box.cells_m())).any())
