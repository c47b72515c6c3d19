"""Rain on a line-of-sight path: Recommendation ITU-R P.530-17, § 2.4 (unchanged in P.530-18)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

from alcance.radio.limits import Limit, checked
from alcance.radio.p838 import VERTICAL_TILT_DEG, rain_coefficients

LOWEST_GHZ = 1.0  # P.838 begins here; below, even a cloudburst takes less than 0.03 dB/km
LARGEST_FACTOR = 2.5

LIMITS = {
    "distance_km": Limit(0.001, 60.0, "rain on a path is known up to 60 km (P.530-17, § 2.4.1)"),
    "freq_ghz": Limit(1.0, 100.0, "rain on a path is known from 1 to 100 GHz (P.530-17, § 2.4.1)"),
    "rain_001_mm_h": Limit(0.0, 300.0, "the rain rate of 0.01 % of a year lies between 0 and 300 mm/h"),
    "tilt_deg": Limit(-180.0, 180.0, "a tilt is 0 (horizontal), 90 (vertical) or 45 (circular) degrees, at most 180"),
    "percent": Limit(0.001, 1.0, "attenuation by rain is known from 0.001 to 1 % of a year"),
    "attenuation_db": Limit(0.0, math.inf, "an attenuation is nought or more"),
    "from_ghz": Limit(7.0, 50.0, "rain is scaled between 7 and 50 GHz (P.530-17, § 2.4.3)"),
    "to_ghz": Limit(7.0, 50.0, "rain is scaled between 7 and 50 GHz (P.530-17, § 2.4.3)"),
    "year_percent": Limit(0.0, 100.0, "a share of time lies between 0 and 100 %"),
}


def effective_length_km(
    distance_km: ArrayLike,
    freq_ghz: ArrayLike,
    rain_001_mm_h: ArrayLike,
    *,
    tilt_deg: ArrayLike = VERTICAL_TILT_DEG,
) -> NDArray[np.float64]:
    """Length of path under rain of the rate R₀.₀₁ that would weaken the signal as much (P.530-17, § 2.4.1, step 3)."""
    lengths, _, shape = _a001(distance_km, freq_ghz, rain_001_mm_h, tilt_deg)
    return lengths.reshape(shape)


def attenuation_001_db(
    distance_km: ArrayLike,
    freq_ghz: ArrayLike,
    rain_001_mm_h: ArrayLike,
    *,
    tilt_deg: ArrayLike = VERTICAL_TILT_DEG,
) -> NDArray[np.float64]:
    """Attenuation by rain exceeded for 0.01 % of an average year (P.530-17, § 2.4.1, steps 1 to 4).

    Parameters
    ----------
    distance_km
        Length of the paths [km], up to 60.
    freq_ghz
        Frequency [GHz], 1 to 100.
    rain_001_mm_h
        Rain rate exceeded for 0.01 % of an average year [mm/h].
    tilt_deg
        Tilt of the polarisation from the horizontal [deg]: 0 horizontal, 90 vertical.

    Returns
    -------
    A₀.₀₁ [dB] in the broadcast shape.

    Raises
    ------
    InputError
        A value lies outside its range.
    """
    _, attenuations, shape = _a001(distance_km, freq_ghz, rain_001_mm_h, tilt_deg)
    return attenuations.reshape(shape)


def attenuation_db(
    percent: ArrayLike,
    distance_km: ArrayLike,
    freq_ghz: ArrayLike,
    rain_001_mm_h: ArrayLike,
    *,
    tilt_deg: ArrayLike = VERTICAL_TILT_DEG,
) -> NDArray[np.float64]:
    """Attenuation by rain exceeded for a share of an average year (P.530-17, § 2.4.1, step 5).

    Parameters
    ----------
    percent
        Share of the year [%], 0.001 to 1.
    distance_km, freq_ghz, rain_001_mm_h, tilt_deg
        As for `attenuation_001_db`.

    Returns
    -------
    Attenuation [dB] in the broadcast shape.

    Raises
    ------
    InputError
        A value lies outside its range.
    """
    share, freq, a001 = checked(
        "P.530",
        LIMITS,
        percent=percent,
        freq_ghz=freq_ghz,
        a001_db=attenuation_001_db(distance_km, freq_ghz, rain_001_mm_h, tilt_deg=tilt_deg),
    )
    out = np.empty(share.size)
    _attenuation_each(share.ravel(), freq.ravel(), a001.ravel(), out)
    return out.reshape(share.shape)


def scaled_attenuation_db(attenuation_db: ArrayLike, from_ghz: ArrayLike, to_ghz: ArrayLike) -> NDArray[np.float64]:
    """Attenuation by rain at another frequency on the same path, at the same share of time (P.530-17, § 2.4.3).

    Parameters
    ----------
    attenuation_db
        Attenuation known from measurement [dB].
    from_ghz, to_ghz
        Frequency it was measured at and the one it is wanted at [GHz], 7 to 50.

    Returns
    -------
    Attenuation [dB] in the broadcast shape.

    Raises
    ------
    InputError
        A value lies outside its range.

    Examples
    --------
    >>> round(float(scaled_attenuation_db(20.0, 18.0, 23.0)), 2)
    29.5
    """
    known, low, high = checked("P.530", LIMITS, attenuation_db=attenuation_db, from_ghz=from_ghz, to_ghz=to_ghz)
    weight1, weight2 = (freq**2 / (1 + 1e-4 * freq**2) for freq in (low, high))
    bend = 1.12e-3 * np.sqrt(weight2 / weight1) * (weight1 * known) ** 0.55
    scaled: NDArray[np.float64] = known * (weight2 / weight1) ** (1 - bend)
    return scaled


def worst_month_percent(year_percent: ArrayLike) -> NDArray[np.float64]:
    """Share of the average worst month from the share of the average year, for rain (P.841: p = 0.30 pw^1.15).

    Parameters
    ----------
    year_percent
        Share of the year [%].

    Returns
    -------
    Share of the worst month [%]: at most 12 times the year's, and never less than it.
    """
    (year,) = checked("P.841", LIMITS, year_percent=year_percent)
    out = np.empty(year.size)
    _worst_month_each(year.ravel(), out)
    return out.reshape(year.shape)


def _a001(
    distance_km: ArrayLike, freq_ghz: ArrayLike, rain_001_mm_h: ArrayLike, tilt_deg: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64], tuple[int, ...]]:
    columns = checked(
        "P.530", LIMITS, distance_km=distance_km, freq_ghz=freq_ghz, rain_001_mm_h=rain_001_mm_h, tilt_deg=tilt_deg
    )
    lengths, attenuations = np.empty(columns[0].size), np.empty(columns[0].size)
    distance, freq, rain, tilt = (column.ravel() for column in columns)
    _a001_each(distance, freq, rain, tilt, lengths, attenuations)
    return lengths, attenuations, columns[0].shape


@njit(cache=True)
def rain_001(distance_km: float, freq_ghz: float, rain_001_mm_h: float, tilt_deg: float) -> tuple[float, float]:
    """Effective length [km] and attenuation exceeded for 0.01 % of the year [dB] of one path, for other kernels."""
    if rain_001_mm_h <= 0 or freq_ghz < LOWEST_GHZ:
        return 0.0, 0.0
    k, alpha = rain_coefficients(freq_ghz, tilt_deg, 0.0)
    inverse = 0.477 * distance_km**0.633 * rain_001_mm_h ** (0.073 * alpha) * freq_ghz**0.123 - 10.579 * (
        1 - math.exp(-0.024 * distance_km)
    )
    length = distance_km / max(inverse, 1 / LARGEST_FACTOR)
    return length, float(k * rain_001_mm_h**alpha * length)


@njit(cache=True)
def _law(freq_ghz: float) -> tuple[float, float, float]:
    """log10 C₁, C₂ and C₃ of the law A = A₀.₀₁ C₁ p^−(C₂ + C₃ log10 p) (step 5)."""
    c0 = 0.12 + 0.32 * math.log10(freq_ghz / 10) if freq_ghz >= 10 else 0.12
    log_c1 = c0 * math.log10(0.07) + (1 - c0) * math.log10(0.12)
    return log_c1, 0.855 * c0 + 0.546 * (1 - c0), 0.139 * c0 + 0.043 * (1 - c0)


@njit(cache=True)
def rain_exceeded(margin_db: float, a001_db: float, freq_ghz: float) -> float:
    """Share of the year for which rain exceeds a margin [%]: step 5 turned round, continued on both sides.

    The law is a parabola in log p. Past its vertex, far below 0.001 %, no share of time would have a larger
    attenuation: the vertex's share is the least that is ever stated.
    """
    if a001_db <= 0:
        return 0.0
    if margin_db <= 0:
        return 100.0
    log_c1, c2, c3 = _law(freq_ghz)
    ratio = math.log10(margin_db / a001_db) - log_c1
    inside = c2 * c2 - 4 * c3 * ratio
    power = (-c2 + math.sqrt(inside)) / (2 * c3) if inside > 0 else -c2 / (2 * c3)
    return float(10 ** min(power, 2.0))


@njit(cache=True)
def worst_month(year_percent: float) -> float:
    """Worst month's share from the year's, for other kernels."""
    month = (year_percent / 0.30) ** (1 / 1.15)
    return float(max(min(month, 12 * year_percent), year_percent))


@njit(cache=True)
def _a001_each(distance_km: Any, freq_ghz: Any, rain: Any, tilt: Any, lengths: Any, attenuations: Any) -> None:
    for i in range(lengths.size):
        lengths[i], attenuations[i] = rain_001(distance_km[i], freq_ghz[i], rain[i], tilt[i])


@njit(cache=True)
def _attenuation_each(percent: Any, freq_ghz: Any, a001_db: Any, out: Any) -> None:
    for i in range(out.size):
        log_c1, c2, c3 = _law(freq_ghz[i])
        log_p = math.log10(percent[i])
        out[i] = a001_db[i] * 10 ** (log_c1 - (c2 + c3 * log_p) * log_p)


@njit(cache=True)
def _worst_month_each(year_percent: Any, out: Any) -> None:
    for i in range(out.size):
        out[i] = worst_month(year_percent[i])
