"""How much of the time a link works with a margin, and the margin it needs: Recommendation ITU-R P.530-17, § 2."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import IntFlag
from typing import Any

import numpy as np
from numba import njit, prange
from numpy.typing import ArrayLike, NDArray

from alcance.radio.limits import Limit, checked
from alcance.radio.p530 import multipath, rain
from alcance.radio.p530.climate import Climate, require_ground
from alcance.radio.p838 import VERTICAL_TILT_DEG

MOST_MARGIN_DB = 1000.0
MARGIN_STEP_DB = 1e-6
FEW = 128  # links for which waking the threads costs more than the work

LIMITS = {
    **multipath.LIMITS,
    "margin_db": Limit(-math.inf, math.inf, "a margin is a finite number of dB"),
    "rain_001_mm_h": rain.LIMITS["rain_001_mm_h"],
    "tilt_deg": rain.LIMITS["tilt_deg"],
    "target_percent": Limit(50.0, 99.99999, "a target availability lies between 50 and 99.99999 % of the time"),
}


class Outside(IntFlag):
    """Which bounds of the Recommendation a result lies beyond: its number is then an extrapolation."""

    NOTHING = 0
    MULTIPATH_FREQUENCY = 1
    """On a path over 5 km the frequency is below 15/d GHz or above 45 GHz."""
    RAIN_LENGTH = 2
    """The path is longer than 60 km."""
    RAIN_FREQUENCY = 4
    """The frequency is below 1 GHz, where rain is taken as nought."""
    RAIN_PERCENT = 8
    """Rain takes the link for less than 0.001 % or more than 1 % of the year."""


@dataclass(frozen=True, eq=False)
class Unavailability:
    """Shares of time for which n links do not work [%], float64, in the broadcast shape of what was asked.

    Parameters
    ----------
    multipath_percent, rain_percent
        Of the average year, by each cause.
    total_percent
        Of the average year: the sum, for a fade in still air and one in a storm do not come together; at most 100.
    multipath_month_percent, rain_month_percent
        Of the average worst month of each cause.
    total_month_percent
        Their sum, at most 100: no less than the worst month of both, for the two months need not be one.
    outside
        Bounds that each link lies beyond, values of `Outside`, uint8.
    """

    multipath_percent: NDArray[np.float64]
    rain_percent: NDArray[np.float64]
    total_percent: NDArray[np.float64]
    multipath_month_percent: NDArray[np.float64]
    rain_month_percent: NDArray[np.float64]
    total_month_percent: NDArray[np.float64]
    outside: NDArray[np.uint8]

    @property
    def availability_percent(self) -> NDArray[np.float64]:
        """Share of the average year for which each link works [%]."""
        return 100 - self.total_percent


def unavailability(
    distance_km: ArrayLike,
    freq_ghz: ArrayLike,
    altitude1_m: ArrayLike,
    altitude2_m: ArrayLike,
    margin_db: ArrayLike,
    climate: Climate,
    *,
    tilt_deg: ArrayLike = VERTICAL_TILT_DEG,
    ground_m: ArrayLike | None = None,
) -> Unavailability:
    """How much of the time links with a given margin do not work, by multipath and by rain.

    Parameters
    ----------
    distance_km
        Length of the paths [km].
    freq_ghz
        Frequency [GHz].
    altitude1_m, altitude2_m
        Antennas above sea level [m]: ground and mast.
    margin_db
        Fade margin: what arrives in still, dry air, gases counted (`p676.path_loss_db`), over what is needed [dB]. A
        link with none, nought or less, never works.
    climate
        Refractivity, roughness, latitude and rain.
    tilt_deg
        Tilt of the polarisation from the horizontal [deg]: 0 horizontal (which rain hurts more), 90 vertical.
    ground_m
        Mean elevation of the ground along each path [m]; the method of P.530-18 needs it.

    Returns
    -------
    Unavailability in the broadcast shape. Only flat fading and rain are counted: not the distortion of wide channels by
    selective fading, nor cross-polar interference, nor failures of equipment or power.

    Raises
    ------
    InputError
        A value lies outside its range.
    """
    columns, shape = _columns(
        distance_km, freq_ghz, altitude1_m, altitude2_m, climate, tilt_deg, ground_m, margin_db=margin_db
    )
    size = columns[0].size
    parts, outside = np.empty((6, size)), np.empty(size, np.uint8)
    arguments: tuple[Any, ...] = (*columns, int(climate.method), parts, outside)
    if size <= FEW:
        _unavailable_some(0, size, *arguments)
    else:
        _unavailable_all(*arguments)
    fading, storms, total, fading_month, storms_month, total_month = (part.reshape(shape) for part in parts)
    return Unavailability(fading, storms, total, fading_month, storms_month, total_month, outside.reshape(shape))


def required_margin_db(
    distance_km: ArrayLike,
    freq_ghz: ArrayLike,
    altitude1_m: ArrayLike,
    altitude2_m: ArrayLike,
    target_percent: ArrayLike,
    climate: Climate,
    *,
    tilt_deg: ArrayLike = VERTICAL_TILT_DEG,
    ground_m: ArrayLike | None = None,
    least_db: float = 0.0,
    steps_per_db: float = 0.0,
) -> NDArray[np.float64]:
    """Smallest fade margin with which links work for a target share of the average year.

    Parameters
    ----------
    distance_km, freq_ghz, altitude1_m, altitude2_m, climate, tilt_deg, ground_m
        As for `unavailability`.
    target_percent
        Availability wanted [% of the average year], 50 to 99.99999.
    least_db
        Margin that is kept in any case [dB]; whether less would do is not looked for.
    steps_per_db
        Round the margin up to so many steps in a decibel, 100 for hundredths; nought does not round it.

    Returns
    -------
    Margin [dB] in the broadcast shape, found to 1e-6 dB from above; +inf where the law for rain reaches no such share.

    Raises
    ------
    InputError
        A value lies outside its range.
    """
    columns, shape = _columns(
        distance_km, freq_ghz, altitude1_m, altitude2_m, climate, tilt_deg, ground_m, target_percent=target_percent
    )
    out = np.empty(columns[0].size)
    arguments: tuple[Any, ...] = (*columns, int(climate.method), float(least_db), float(steps_per_db), out)
    if out.size <= FEW:
        _margin_some(0, out.size, *arguments)
    else:
        _margin_all(*arguments)
    return out.reshape(shape)


def _columns(
    distance_km: ArrayLike,
    freq_ghz: ArrayLike,
    altitude1_m: ArrayLike,
    altitude2_m: ArrayLike,
    climate: Climate,
    tilt_deg: ArrayLike,
    ground_m: ArrayLike | None,
    **wanted: ArrayLike,
) -> tuple[list[NDArray[np.float64]], tuple[int, ...]]:
    """Check and flatten what the kernels take, in their order, the margin or target last; and the shape of it."""
    require_ground(climate, ground_m)
    columns = checked(
        "P.530",
        LIMITS,
        distance_km=distance_km,
        freq_ghz=freq_ghz,
        altitude1_m=altitude1_m,
        altitude2_m=altitude2_m,
        ground_m=0.0 if ground_m is None else ground_m,
        log_k=climate.log10_k(),
        dn75=0.0 if climate.dn75 is None else climate.dn75,
        latitude_deg=climate.latitude_deg,
        rain_001_mm_h=climate.rain_001_mm_h,
        tilt_deg=tilt_deg,
        **wanted,
    )
    return [column.ravel() for column in columns], columns[0].shape


@njit(cache=True)
def _year_total(margin_db: float, freq_ghz: float, occurrence: float, year_db: float, a001_db: float) -> float:
    fading = multipath.exceeded(margin_db, occurrence, year_db)
    return min(fading + rain.rain_exceeded(margin_db, a001_db, freq_ghz), 100.0)


@njit(cache=True)
def _unavailable_some(
    first: int,
    last: int,
    distance_km: Any,
    freq_ghz: Any,
    altitude1_m: Any,
    altitude2_m: Any,
    ground_m: Any,
    log_k: Any,
    dn75: Any,
    latitude_deg: Any,
    rain_001_mm_h: Any,
    tilt_deg: Any,
    margin_db: Any,
    method: int,
    parts: Any,
    outside: Any,
) -> None:
    for i in range(first, last):
        d, f, margin = distance_km[i], freq_ghz[i], margin_db[i]
        occurrence = multipath.occurrence(d, f, altitude1_m[i], altitude2_m[i], ground_m[i], log_k[i], dn75[i], method)
        year_db = multipath.year_conversion(d, altitude1_m[i], altitude2_m[i], latitude_deg[i])
        _, a001_db = rain.rain_001(d, f, rain_001_mm_h[i], tilt_deg[i])
        parts[:, i] = 100.0
        if margin > 0:
            parts[0, i] = multipath.exceeded(margin, occurrence, year_db)
            parts[1, i] = rain.rain_exceeded(margin, a001_db, f)
            parts[2, i] = min(parts[0, i] + parts[1, i], 100.0)
            parts[3, i] = multipath.exceeded(margin, occurrence, 0.0)
            parts[4, i] = rain.worst_month(parts[1, i])
            parts[5, i] = min(parts[3, i] + parts[4, i], 100.0)
        flags = 0
        if d > multipath.SHORTEST_KM and not 15 / d <= f <= 45:
            flags |= 1
        if d > 60:
            flags |= 2
        if f < rain.LOWEST_GHZ:
            flags |= 4
        if margin > 0 and a001_db > 0 and not 0.001 <= parts[1, i] <= 1:
            flags |= 8
        outside[i] = flags


@njit(cache=True)
def _rounded_up(margin_db: float, steps_per_db: float) -> float:
    return math.ceil(margin_db * steps_per_db) / steps_per_db if steps_per_db > 0 else margin_db


@njit(cache=True)
def _margin_some(
    first: int,
    last: int,
    distance_km: Any,
    freq_ghz: Any,
    altitude1_m: Any,
    altitude2_m: Any,
    ground_m: Any,
    log_k: Any,
    dn75: Any,
    latitude_deg: Any,
    rain_001_mm_h: Any,
    tilt_deg: Any,
    target_percent: Any,
    method: int,
    least_db: float,
    steps_per_db: float,
    out: Any,
) -> None:
    """Bisect the margin: more of it never takes a link for longer."""
    for i in range(first, last):
        d, f, target = distance_km[i], freq_ghz[i], 100 - target_percent[i]
        p0 = multipath.occurrence(d, f, altitude1_m[i], altitude2_m[i], ground_m[i], log_k[i], dn75[i], method)
        year_db = multipath.year_conversion(d, altitude1_m[i], altitude2_m[i], latitude_deg[i])
        _, a001_db = rain.rain_001(d, f, rain_001_mm_h[i], tilt_deg[i])
        if least_db > 0 and _year_total(least_db, f, p0, year_db, a001_db) <= target:
            out[i] = _rounded_up(least_db, steps_per_db)
            continue
        low, high = 0.0, 16.0
        while high < MOST_MARGIN_DB and _year_total(high, f, p0, year_db, a001_db) > target:
            low, high = high, 2 * high
        if _year_total(high, f, p0, year_db, a001_db) > target:
            out[i] = np.inf
            continue
        while high - low > MARGIN_STEP_DB:
            # The margin lies above the lower end: once both ends are rounded to the same step, it is found.
            if steps_per_db > 0 and math.ceil((low + 1e-7) * steps_per_db) == math.ceil(high * steps_per_db):
                break
            middle = (low + high) / 2
            if middle <= least_db or _year_total(middle, f, p0, year_db, a001_db) > target:
                low = middle
            else:
                high = middle
        out[i] = _rounded_up(high, steps_per_db)


@njit(cache=True, parallel=True)
def _unavailable_all(
    distance_km: Any,
    freq_ghz: Any,
    altitude1_m: Any,
    altitude2_m: Any,
    ground_m: Any,
    log_k: Any,
    dn75: Any,
    latitude_deg: Any,
    rain_001_mm_h: Any,
    tilt_deg: Any,
    margin_db: Any,
    method: int,
    parts: Any,
    outside: Any,
) -> None:
    for i in prange(margin_db.size):
        _unavailable_some(
            i,
            i + 1,
            distance_km,
            freq_ghz,
            altitude1_m,
            altitude2_m,
            ground_m,
            log_k,
            dn75,
            latitude_deg,
            rain_001_mm_h,
            tilt_deg,
            margin_db,
            method,
            parts,
            outside,
        )


@njit(cache=True, parallel=True)
def _margin_all(
    distance_km: Any,
    freq_ghz: Any,
    altitude1_m: Any,
    altitude2_m: Any,
    ground_m: Any,
    log_k: Any,
    dn75: Any,
    latitude_deg: Any,
    rain_001_mm_h: Any,
    tilt_deg: Any,
    target_percent: Any,
    method: int,
    least_db: float,
    steps_per_db: float,
    out: Any,
) -> None:
    for i in prange(out.size):
        _margin_some(
            i,
            i + 1,
            distance_km,
            freq_ghz,
            altitude1_m,
            altitude2_m,
            ground_m,
            log_k,
            dn75,
            latitude_deg,
            rain_001_mm_h,
            tilt_deg,
            target_percent,
            method,
            least_db,
            steps_per_db,
            out,
        )
