"""Towers that could serve, and what an address needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from alcance.errors import InputError, Problem
from alcance.radio.antenna import Pattern
from alcance.radio.earth import MEDIAN_K_FACTOR
from alcance.radio.equipment import Equipment


@dataclass(frozen=True)
class Station:
    """A tower with a radio that serves, and the radio that it serves.

    Parameters
    ----------
    station_id
        Its name.
    lon, lat, height_m
        Place [deg] and antenna above ground [m].
    radio, client
        Radio on the tower and at the addresses.
    pattern
        Antennas of the tower; None where one is turned to each address.
    needs_sight
        Whether the path must be clear; otherwise diffraction only counts as loss.
    """

    station_id: str
    lon: float
    lat: float
    height_m: float
    radio: Equipment
    client: Equipment
    pattern: Pattern | None = None
    needs_sight: bool = True


@dataclass(frozen=True)
class Demand:
    """What an address needs.

    Parameters
    ----------
    fade_margin_db
        Margin to keep against fading [dB].
    least_mbps
        Rate that must be carried both ways [Mbit/s]; nought for the lowest there is.
    target_pct
        Availability of that rate [% of the average year], or None; without rain and refractivity it is not looked at.
    classes_m
        Heights of masts that may be put up, ascending [m].
    k_factor, clearance
        Effective earth radius factor, share of the first Fresnel zone that must be free.
    """

    fade_margin_db: float
    least_mbps: float = 0.0
    target_pct: float | None = None
    classes_m: tuple[float, ...] = (6.0, 15.0, 30.0, 45.0)
    k_factor: float = MEDIAN_K_FACTOR
    clearance: float = 0.6


def kinds(stations: Sequence[Station]) -> list[list[int]]:
    """Stations by the radios they have, in the order in which these are met."""
    found: dict[tuple[str, str, bool], list[int]] = {}
    for index, station in enumerate(stations):
        key = (station.radio.equipment_id, station.client.equipment_id, station.needs_sight)
        found.setdefault(key, []).append(index)
    return list(found.values())


def check(height_m: NDArray[np.float64], stations: Sequence[Station], demand: Demand) -> None:
    """Raise InputError with everything that is wrong with the question."""
    problems = []
    if not stations:
        problems.append(Problem("links", None, "towers", "", "there is no tower to link to"))
    for station in stations:
        if not 0 < station.height_m <= 1000:
            message = f"{station.station_id}: an antenna stands more than 0, up to 1000 metres above ground"
            problems.append(Problem("towers", None, "height_m", str(station.height_m), message))
    wrong = ~((height_m > 0) & (height_m <= 1000))
    if wrong.any():
        message = f"an antenna stands more than 0, up to 1000 metres above ground ({int(wrong.sum())} address(es))"
        problems.append(Problem("addresses", None, "height_m", str(height_m[wrong][0]), message))
    if list(demand.classes_m) != sorted(set(demand.classes_m)) or not demand.classes_m or demand.classes_m[0] <= 0:
        message = "heights of masts are positive and ascend"
        problems.append(Problem("links", None, "classes_m", str(demand.classes_m), message))
    if not (np.isfinite(demand.least_mbps) and demand.least_mbps >= 0):
        problems.append(Problem("links", None, "least_mbps", str(demand.least_mbps), "a rate is nought or more"))
    if demand.target_pct is not None and not 50 <= demand.target_pct <= 99.99999:
        message = "an availability is 50 to 99.99999 % of the year"
        problems.append(Problem("links", None, "target_pct", str(demand.target_pct), message))
    if problems:
        raise InputError(problems)
