"""What was found for each address."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from alcance.radio.link_report import BLOCKED, CLEAR, GRAZING

QUALIFIES, WITH_MAST, TOO_WEAK, NO_SIGHT, NO_GROUND, TOO_FAR = (
    "qualifies", "with_mast", "too_weak", "no_sight", "no_ground", "too_far",
)  # fmt: skip
VERDICTS = (QUALIFIES, WITH_MAST, TOO_WEAK, NO_SIGHT, NO_GROUND, TOO_FAR)
STATES = (CLEAR, GRAZING, BLOCKED)


@dataclass(frozen=True, eq=False)
class Qualified:
    """The best that was found for n addresses; NaN or −1 where there is nothing to say.

    Parameters
    ----------
    verdict
        Index into `VERDICTS`.
    station
        Index of the best station; of the nearest where none is within range.
    distance_m
        To it [m].
    bearing_deg
        From the address to it [deg].
    state
        0 clear, 1 grazing, 2 blocked, with the antenna as it is; −1 unknown.
    required_m
        Lowest antenna at the address that clears the path [m].
    mast_m
        Lowest class of mast that does [m]; NaN where none does.
    height_m
        Antenna that the figures below are for: the address's own, or the mast of the verdict [m].
    loss_db
        Free space, diffraction and gases [dB].
    margin_db
        Margin of the weaker direction over its lowest rate [dB].
    rate_mbps
        Rate both ways with the fade margin kept, and the availability where it is asked for and known [Mbit/s].
    availability_pct, hours_year
        Share of the year in which that rate is there [%], and hours a year in which it is not; sight only.
    chance
        Chance that the path is clear on the true ground, with that antenna.
    """

    verdict: NDArray[np.int8]
    station: NDArray[np.int32]
    distance_m: NDArray[np.float64]
    bearing_deg: NDArray[np.float64]
    state: NDArray[np.int8]
    required_m: NDArray[np.float64]
    mast_m: NDArray[np.float64]
    height_m: NDArray[np.float64]
    loss_db: NDArray[np.float64]
    margin_db: NDArray[np.float64]
    rate_mbps: NDArray[np.float64]
    availability_pct: NDArray[np.float64]
    hours_year: NDArray[np.float64]
    chance: NDArray[np.float64]


def blank(count: int, height_m: NDArray[np.float64]) -> Qualified:
    """Say of every address that it is too far from any station."""
    none = [np.full(count, np.nan) for _ in range(10)]
    return Qualified(
        np.full(count, VERDICTS.index(TOO_FAR), np.int8), np.full(count, -1, np.int32), none[0], none[1],
        np.full(count, -1, np.int8), none[2], none[3], height_m.astype(np.float64).copy(), *none[4:],
    )  # fmt: skip


def keep(best: Qualified, found: Qualified, address_of_row: NDArray[np.int64]) -> None:
    """Let each address take its best pair, if that is better than what it has."""
    height = np.where(found.verdict == VERDICTS.index(WITH_MAST), found.height_m, 0.0)
    order = np.lexsort(
        (found.station, found.distance_m, -found.margin_db, -found.rate_mbps, height, found.verdict, address_of_row)
    )
    address = address_of_row[order]
    firsts = order[np.concatenate([[True], address[1:] != address[:-1]])]
    at = address_of_row[firsts]
    had = np.where(best.verdict == VERDICTS.index(WITH_MAST), best.height_m, 0.0)
    rank_new = (found.verdict[firsts], height[firsts], -found.rate_mbps[firsts], -found.margin_db[firsts])
    rank_old = (best.verdict[at], had[at], -np.nan_to_num(best.rate_mbps[at]), -np.nan_to_num(best.margin_db[at]))
    wins = np.zeros(firsts.size, bool)
    level = np.ones(firsts.size, bool)
    for new, old in zip(rank_new, rank_old, strict=True):
        wins |= level & (new < old)
        level &= new == old
    for field in fields(Qualified):
        getattr(best, field.name)[at[wins]] = getattr(found, field.name)[firsts[wins]]
