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
from alcance.radio.p530.climate import Climate, Method
from alcance.radio.p838 import VERTICAL_TILT_DEG

MOST_MARGIN_DB = 1000.0
MARGIN_STEP_DB = 1e-6

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
    links = _Links.of(
        distance_km, freq_ghz, altitude1_m, altitude2_m, margin_db, climate, tilt_deg, ground_m, "margin_db"
    )
    parts = np.empty((6, links.value.size))
    outside = np.empty(links.value.size, np.uint8)
    _unavailable_each(
        links.distance_km, links.freq_ghz, links.value, links.occurrence, links.year_db, links.a001_db, parts, outside
    )
    fading, storms, total, fading_month, storms_month, total_month = (part.reshape(links.shape) for part in parts)
    return Unavailability(fading, storms, total, fading_month, storms_month, total_month, outside.reshape(links.shape))


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
) -> NDArray[np.float64]:
    """Smallest fade margin with which links work for a target share of the average year.

    Parameters
    ----------
    distance_km, freq_ghz, altitude1_m, altitude2_m, climate, tilt_deg, ground_m
        As for `unavailability`.
    target_percent
        Availability wanted [% of the average year], 50 to 99.99999.

    Returns
    -------
    Margin [dB] in the broadcast shape, found to 1e-6 dB from above; +inf where the law for rain reaches no such share.

    Raises
    ------
    InputError
        A value lies outside its range.
    """
    links = _Links.of(
        distance_km, freq_ghz, altitude1_m, altitude2_m, target_percent, climate, tilt_deg, ground_m, "target_percent"
    )
    out = np.empty(links.value.size)
    _margin_each(links.freq_ghz, 100 - links.value, links.occurrence, links.year_db, links.a001_db, out)
    return out.reshape(links.shape)


@dataclass(frozen=True, eq=False)
class _Links:
    """Flat columns of the links and what does not depend on the margin."""

    distance_km: NDArray[np.float64]
    freq_ghz: NDArray[np.float64]
    value: NDArray[np.float64]
    occurrence: NDArray[np.float64]
    year_db: NDArray[np.float64]
    a001_db: NDArray[np.float64]
    shape: tuple[int, ...]

    @classmethod
    def of(
        cls,
        distance_km: ArrayLike,
        freq_ghz: ArrayLike,
        altitude1_m: ArrayLike,
        altitude2_m: ArrayLike,
        value: ArrayLike,
        climate: Climate,
        tilt_deg: ArrayLike,
        ground_m: ArrayLike | None,
        name: str,
    ) -> _Links:
        columns = checked(
            "P.530",
            LIMITS,
            distance_km=distance_km,
            freq_ghz=freq_ghz,
            altitude1_m=altitude1_m,
            altitude2_m=altitude2_m,
            latitude_deg=climate.latitude_deg,
            rain_001_mm_h=climate.rain_001_mm_h,
            tilt_deg=tilt_deg,
            ground_m=0.0 if ground_m is None else ground_m,
            log_k=climate.log10_k(),
            **{name: value},
        )
        distance, freq, first, second, latitude, rain_001, tilt, ground, _, wanted = columns
        mapped = ground if climate.method is Method.MAPPED and ground_m is not None else None
        occurrence = multipath.occurrence_percent(distance, freq, first, second, climate, ground_m=mapped)
        year = multipath.year_conversion_db(distance, first, second, latitude)
        a001 = np.empty(distance.size)
        _rain_each(distance.ravel(), freq.ravel(), rain_001.ravel(), tilt.ravel(), a001)
        return cls(
            distance_km=distance.ravel(),
            freq_ghz=freq.ravel(),
            value=wanted.ravel(),
            occurrence=occurrence.ravel(),
            year_db=year.ravel(),
            a001_db=a001,
            shape=distance.shape,
        )


@njit(cache=True)
def _year_total(margin_db: float, freq_ghz: float, occurrence: float, year_db: float, a001_db: float) -> float:
    if margin_db <= 0:
        return 100.0
    fading = multipath.exceeded(margin_db, occurrence, year_db)
    return min(fading + rain.rain_exceeded(margin_db, a001_db, freq_ghz), 100.0)


@njit(cache=True, parallel=True)
def _rain_each(distance_km: Any, freq_ghz: Any, rain_001_mm_h: Any, tilt_deg: Any, a001_db: Any) -> None:
    for i in prange(a001_db.size):
        _, a001_db[i] = rain.rain_001(distance_km[i], freq_ghz[i], rain_001_mm_h[i], tilt_deg[i])


@njit(cache=True, parallel=True)
def _unavailable_each(
    distance_km: Any,
    freq_ghz: Any,
    margin_db: Any,
    occurrence: Any,
    year_db: Any,
    a001_db: Any,
    parts: Any,
    outside: Any,
) -> None:
    for i in prange(margin_db.size):
        margin, d, f = margin_db[i], distance_km[i], freq_ghz[i]
        if margin > 0:
            parts[0, i] = multipath.exceeded(margin, occurrence[i], year_db[i])
            parts[1, i] = rain.rain_exceeded(margin, a001_db[i], f)
            parts[3, i] = multipath.exceeded(margin, occurrence[i], 0.0)
            parts[4, i] = rain.worst_month(parts[1, i])
        else:
            parts[0, i] = parts[1, i] = parts[3, i] = parts[4, i] = 100.0
        parts[2, i] = min(parts[0, i] + parts[1, i], 100.0)
        parts[5, i] = min(parts[3, i] + parts[4, i], 100.0)
        flags = 0
        if d > multipath.SHORTEST_KM and not 15 / d <= f <= 45:
            flags |= 1
        if d > 60:
            flags |= 2
        if f < rain.LOWEST_GHZ:
            flags |= 4
        if margin > 0 and a001_db[i] > 0 and not 0.001 <= parts[1, i] <= 1:
            flags |= 8
        outside[i] = flags


@njit(cache=True, parallel=True)
def _margin_each(freq_ghz: Any, target: Any, occurrence: Any, year_db: Any, a001_db: Any, out: Any) -> None:
    """Bisect the margin: more of it never takes a link for longer."""
    for i in prange(out.size):
        f, p0, year, a001 = freq_ghz[i], occurrence[i], year_db[i], a001_db[i]
        low, high = 0.0, 16.0
        while high < MOST_MARGIN_DB and _year_total(high, f, p0, year, a001) > target[i]:
            low, high = high, 2 * high
        if _year_total(high, f, p0, year, a001) > target[i]:
            out[i] = np.inf
            continue
        while high - low > MARGIN_STEP_DB:
            middle = (low + high) / 2
            if _year_total(middle, f, p0, year, a001) > target[i]:
                low = middle
            else:
                high = middle
        out[i] = high
