"""Fading by multipath in clear air: Recommendation ITU-R P.530-17, § 2.3 (and the occurrence of P.530-18, § 2.3.1).

Percentages of time are of the average worst month unless said to be of the year.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

from alcance.radio.limits import Limit, checked
from alcance.radio.p530.climate import Climate, require_ground

SHORTEST_KM = 5.0  # multipath can be taken as nought on shorter paths (§ 2.3)
# Beyond this occurrence, which no figure of the Recommendation draws, the shallow curve turns upwards with the fade.
LARGEST_OCCURRENCE_PERCENT = 2000.0
ALWAYS_PERCENT = 100 * (1 - math.exp(-1))  # time below the median of a faded signal: the shallow curve at 0 dB
CONVERSION_CEILING_DB = 10.8

LIMITS = {
    "distance_km": Limit(0.001, 500.0, "a path is between 1 m and 500 km long"),
    "freq_ghz": Limit(0.1, 100.0, "P.530 is used between 0.1 and 100 GHz"),
    "altitude1_m": Limit(-450.0, 9000.0, "an antenna is between -450 and 9000 m above sea level"),
    "altitude2_m": Limit(-450.0, 9000.0, "an antenna is between -450 and 9000 m above sea level"),
    "ground_m": Limit(-450.0, 9000.0, "the ground is between -450 and 9000 m above sea level"),
    "occurrence_percent": Limit(0.0, math.inf, "an occurrence is nought or more"),
    "fade_db": Limit(0.0, 1000.0, "a fade is nought or more; without margin there is no link"),
    "latitude_deg": Limit(-90.0, 90.0, "a latitude lies between -90 and 90 degrees"),
}


def occurrence_percent(
    distance_km: ArrayLike,
    freq_ghz: ArrayLike,
    altitude1_m: ArrayLike,
    altitude2_m: ArrayLike,
    climate: Climate,
    *,
    ground_m: ArrayLike | None = None,
) -> NDArray[np.float64]:
    """Multipath occurrence factor p₀ of the average worst month (P.530-17, § 2.3.2, step 1; P.530-18, § 2.3.1).

    Parameters
    ----------
    distance_km
        Length of the paths [km]; 5 km and less fade by no multipath.
    freq_ghz
        Frequency [GHz].
    altitude1_m, altitude2_m
        Antennas above sea level [m].
    climate
        Refractivity and roughness; they choose the method.
    ground_m
        Mean elevation of the ground along each path [m], which only the method of P.530-18 uses and needs.

    Returns
    -------
    p₀ [%] in the broadcast shape: where the deep-fading law meets 0 dB; it may exceed 100.

    Raises
    ------
    InputError
        A value lies outside its range, or the ground is missing.
    """
    require_ground(climate, ground_m)
    dn75 = 0.0 if climate.dn75 is None else climate.dn75
    columns = checked(
        "P.530",
        LIMITS,
        distance_km=distance_km,
        freq_ghz=freq_ghz,
        altitude1_m=altitude1_m,
        altitude2_m=altitude2_m,
        ground_m=0.0 if ground_m is None else ground_m,
        log_k=climate.log10_k(),
        dn75=dn75,
    )
    out = np.empty(columns[0].size)
    distance, freq, first, second, ground, log_k, dn = (column.ravel() for column in columns)
    _occurrence_each(distance, freq, first, second, ground, log_k, dn, int(climate.method), out)
    return out.reshape(columns[0].shape)


def exceeded_percent(fade_db: ArrayLike, occurrence_percent: ArrayLike) -> NDArray[np.float64]:
    """Time for which a fade is exceeded in the average worst month, at all depths (P.530-17, § 2.3.2).

    Parameters
    ----------
    fade_db
        Depth of the fade [dB], 0 or more.
    occurrence_percent
        Occurrence factor p₀ [%].

    Returns
    -------
    Time [%] in the broadcast shape.

    Raises
    ------
    InputError
        A value lies outside its range.

    Examples
    --------
    >>> round(float(exceeded_percent(10.0, 138.7)), 2)
    4.84
    """
    fade, occurrence = checked("P.530", LIMITS, fade_db=fade_db, occurrence_percent=occurrence_percent)
    out = np.empty(fade.size)
    _exceeded_each(fade.ravel(), occurrence.ravel(), np.zeros(fade.size), out)
    return out.reshape(fade.shape)


def exceeded_year_percent(fade_db: ArrayLike, occurrence_percent: ArrayLike, year_db: ArrayLike) -> NDArray[np.float64]:
    """Time for which a fade is exceeded in the average year, at all depths (P.530-17, § 2.3.4).

    Parameters
    ----------
    fade_db, occurrence_percent
        As for `exceeded_percent`; p₀ is the worst month's.
    year_db
        Logarithmic conversion ΔG of `year_conversion_db` [dB].

    Returns
    -------
    Time [%] in the broadcast shape.
    """
    fade, occurrence, year = checked(
        "P.530", LIMITS, fade_db=fade_db, occurrence_percent=occurrence_percent, year_db=year_db
    )
    out = np.empty(fade.size)
    _exceeded_each(fade.ravel(), occurrence.ravel(), year.ravel(), out)
    return out.reshape(fade.shape)


def year_conversion_db(
    distance_km: ArrayLike, altitude1_m: ArrayLike, altitude2_m: ArrayLike, latitude_deg: ArrayLike
) -> NDArray[np.float64]:
    """Logarithmic conversion ΔG from the average worst month to the average year (P.530-17, § 2.3.4, step 2).

    Parameters
    ----------
    distance_km
        Length of the paths [km].
    altitude1_m, altitude2_m
        Antennas above sea level [m].
    latitude_deg
        Latitude [deg].

    Returns
    -------
    ΔG [dB], at most 10.8: the year's share is the worst month's times 10^(−ΔG/10).
    """
    columns = checked(
        "P.530",
        LIMITS,
        distance_km=distance_km,
        altitude1_m=altitude1_m,
        altitude2_m=altitude2_m,
        latitude_deg=latitude_deg,
    )
    distance, first, second, latitude = (column.ravel() for column in columns)
    out = np.empty(distance.size)
    _year_conversion_each(distance, first, second, latitude, out)
    return out.reshape(columns[0].shape)


@njit(cache=True)
def occurrence(
    distance_km: float,
    freq_ghz: float,
    altitude1_m: float,
    altitude2_m: float,
    ground_m: float,
    log_k: float,
    dn75: float,
    method: int,
) -> float:
    """Occurrence factor of one path [%], for other kernels."""
    if distance_km <= SHORTEST_KM:
        return 0.0
    inclination = abs(altitude1_m - altitude2_m) / distance_km  # [mrad], step 2
    lower = min(altitude1_m, altitude2_m)
    k = 10.0**log_k
    if method == 1:  # quick planning
        return float(k * distance_km**3.1 * (1 + inclination) ** -1.29 * freq_ghz**0.8 * 10 ** (-0.00089 * lower))
    if method == 2:  # detailed design
        return float(k * distance_km**3.4 * (1 + inclination) ** -1.03 * freq_ghz**0.8 * 10 ** (-0.00076 * lower))
    # P.530-18: height of the path over the ground less a share of the bulge, and the variation of surface refractivity
    above = (altitude1_m + altitude2_m) / 2 - distance_km**2 / 102 - ground_m
    variation = 0.0
    if dn75 > 0:
        most = dn75 * distance_km**1.5 * math.sqrt(freq_ghz) / 24730
        variation = min((dn75 / 50) ** 1.8 * math.exp(-above / (2.5 * math.sqrt(distance_km))), most)
    power = -0.376 * math.tanh((above - 147) / 125) - 0.334 * inclination**0.39 - 0.00027 * lower + 17.85 * variation
    return float(k * distance_km**3.51 * (freq_ghz**2 + 13) ** 0.447 * 10**power)


@njit(cache=True)
def year_conversion(distance_km: float, altitude1_m: float, altitude2_m: float, latitude_deg: float) -> float:
    """Conversion ΔG of one path [dB], for other kernels (§ 2.3.4, step 2)."""
    turn = abs(math.cos(2 * math.radians(latitude_deg))) ** 0.7
    if abs(latitude_deg) > 45:
        turn = -turn
    inclination = abs(altitude1_m - altitude2_m) / distance_km
    gain = 10.5 - 5.6 * math.log10(1.1 + turn) - 2.7 * math.log10(distance_km) + 1.7 * math.log10(1 + inclination)
    return float(min(gain, CONVERSION_CEILING_DB))


@njit(cache=True)
def exceeded(fade_db: float, occurrence_percent: float, year_db: float) -> float:
    """Time for which one path's fade is exceeded [%]; a conversion of nought dB is the worst month."""
    if occurrence_percent <= LARGEST_OCCURRENCE_PERCENT:
        return _all_depths(fade_db, occurrence_percent, year_db)
    # A straight line in log p from 0 dB to where the deep law takes over, but nothing less than the largest occurrence.
    meeting_db = 25 + 1.2 * math.log10(occurrence_percent)
    meeting = _deep(meeting_db, occurrence_percent, year_db)
    line = _deep(fade_db, occurrence_percent, year_db)
    if fade_db < meeting_db:
        start = max(ALWAYS_PERCENT, meeting)
        line = start * (meeting / start) ** (fade_db / meeting_db)
    return float(max(line, _all_depths(fade_db, LARGEST_OCCURRENCE_PERCENT, year_db)))


@njit(cache=True)
def _deep(fade_db: float, occurrence_percent: float, year_db: float) -> float:
    """Law of deep fades: ten decibels deeper, ten times rarer (§ 2.3.1)."""
    return min(occurrence_percent * 10 ** (-(fade_db + year_db) / 10), 100.0)


@njit(cache=True)
def _all_depths(fade_db: float, occurrence_percent: float, year_db: float) -> float:
    """Deep law and shallow curve of § 2.3.2; the year's share enters where they meet (§ 2.3.4, step 4)."""
    if occurrence_percent <= 0:
        return 0.0
    meeting_db = max(25 + 1.2 * math.log10(occurrence_percent), 1.0)  # step 2
    if fade_db >= meeting_db:  # step 3a
        return _deep(fade_db, occurrence_percent, year_db)
    meeting = _deep(meeting_db, occurrence_percent, year_db)  # step 3b
    root = -20 * math.log10(-math.log1p(-meeting / 100)) / meeting_db
    wide = 10 ** (-meeting_db / 20)
    shape = (root - 2) / ((1 + 0.3 * wide) * 10 ** (-0.016 * meeting_db)) - 4.3 * (wide + meeting_db / 800)
    narrow = 10 ** (-fade_db / 20)
    slope = 2 + (1 + 0.3 * narrow) * 10 ** (-0.016 * fade_db) * (shape + 4.3 * (narrow + fade_db / 800))
    return float(100 * -math.expm1(-(10 ** (-slope * fade_db / 20))))


@njit(cache=True)
def _occurrence_each(
    distance_km: Any,
    freq_ghz: Any,
    altitude1_m: Any,
    altitude2_m: Any,
    ground_m: Any,
    log_k: Any,
    dn75: Any,
    method: int,
    out: Any,
) -> None:
    for i in range(out.size):
        out[i] = occurrence(
            distance_km[i], freq_ghz[i], altitude1_m[i], altitude2_m[i], ground_m[i], log_k[i], dn75[i], method
        )


@njit(cache=True)
def _exceeded_each(fade_db: Any, occurrence_percent: Any, year_db: Any, out: Any) -> None:
    for i in range(out.size):
        out[i] = exceeded(fade_db[i], occurrence_percent[i], year_db[i])


@njit(cache=True)
def _year_conversion_each(distance_km: Any, altitude1_m: Any, altitude2_m: Any, latitude_deg: Any, out: Any) -> None:
    for i in range(out.size):
        out[i] = year_conversion(distance_km[i], altitude1_m[i], altitude2_m[i], latitude_deg[i])
