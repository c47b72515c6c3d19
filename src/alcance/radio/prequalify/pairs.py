"""Which towers are worth a look from which address."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from alcance.terrain import great_circle_m

BEST_FEW = 3
ROWS_AT_A_TIME = 2_000  # addresses whose distances to all towers are held at once
PAIRS_AT_A_TIME = 100_000  # paths whose samples are held at once


@dataclass(frozen=True, eq=False)
class Pairs:
    """Pairs of an address and a station with one kind of radio."""

    address: NDArray[np.int64]
    station: NDArray[np.int64]
    distance_m: NDArray[np.float64]
    required_m: NDArray[np.float64]

    def take(self, which: NDArray[np.int64] | NDArray[np.bool_]) -> Pairs:
        """Give some of the pairs."""
        return Pairs(*(getattr(self, field.name)[which] for field in fields(self)))


def nearest_station(
    lon: NDArray[np.float64], lat: NDArray[np.float64], places: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Give the index of the station nearest to each address, and how far it is [m]."""
    index, length = np.empty(lon.size, np.int64), np.empty(lon.size)
    for start in range(0, lon.size, ROWS_AT_A_TIME):
        part = slice(start, start + ROWS_AT_A_TIME)
        all_m = np.round(great_circle_m(lon[part, None], lat[part, None], places[:, 0], places[:, 1]), 2)
        index[part] = np.argmin(all_m, axis=1)
        length[part] = all_m.min(axis=1)
    return index, length


def near(
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    standing: NDArray[np.int64],
    places: NDArray[np.float64],
    members: NDArray[np.int64],
    reach_m: float,
) -> Pairs:
    """Pairs of an address and one of some stations that are within reach, and not at one place."""
    parts = []
    for start in range(0, standing.size, ROWS_AT_A_TIME):
        rows = standing[start : start + ROWS_AT_A_TIME]
        all_m = great_circle_m(lon[rows, None], lat[rows, None], places[members, 0], places[members, 1])
        all_m = np.round(all_m, 2)
        row, col = np.nonzero((all_m <= reach_m) & (all_m >= 1.0))
        parts.append((rows[row], members[col], all_m[row, col]))
    if not parts:
        return Pairs(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0), np.empty(0))
    address, station = (np.concatenate([part[k] for part in parts]).astype(np.int64) for k in (0, 1))
    distance_m = np.concatenate([part[2] for part in parts])
    return Pairs(address, station, distance_m, np.full(address.size, np.nan))


def best_few(pairs: Pairs, height_m: NDArray[np.float64], needs_sight: bool) -> NDArray[np.int64]:  # noqa: FBT001
    """Choose the pairs of each address that are worth a closer look."""
    lacking_m = np.maximum(pairs.required_m - height_m[pairs.address], 0.0)
    # Where diffraction only counts as loss, the nearest is as good a guess as the least obstructed.
    first = lacking_m if needs_sight else np.zeros_like(lacking_m)
    order = np.lexsort((pairs.station, pairs.distance_m, first, pairs.address))
    address = pairs.address[order]
    starts = np.flatnonzero(np.concatenate([[True], address[1:] != address[:-1]]))
    rank = np.arange(address.size) - np.repeat(starts, np.diff(np.append(starts, address.size)))
    few = order[rank < BEST_FEW]
    if not needs_sight:
        clear = np.lexsort((pairs.station, pairs.distance_m, lacking_m, pairs.address))
        few = np.concatenate([few, clear[rank < BEST_FEW]])
    return np.unique(few)
