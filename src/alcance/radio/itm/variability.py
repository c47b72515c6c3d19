"""How the loss varies with time, place and situation, and what share of them an answer is to hold for."""

from __future__ import annotations

import math
from typing import Any

from numba import njit

from alcance.radio.itm.climate import (
    CONSTANTS,
    DUCTING,
    MEDIAN,
    STRONGER,
    STRONGER_FREQUENCY,
    WEAKER,
    WEAKER_FREQUENCY,
)
from alcance.radio.itm.roughness import roughness_within
from alcance.radio.itm.surface import WAVENUMBER_MHZ

# Modes: how the three kinds of variability are joined (TR-82-100, § 7).
SINGLE_MESSAGE, ACCIDENTAL, MOBILE, BROADCAST = 0, 1, 2, 3
# Added to a mode: places, or situations, are not to vary (a fixed link; a study of interference).
WITHOUT_LOCATION, WITHOUT_SITUATION = 10, 20

EXTREME_DEVIATE = 3.10


@njit(cache=True, error_model="numpy")
def deviate(percent: float) -> float:
    """Normal deviate that a percentage of cases exceeds, within 4.5e-4 (the model's: Hastings' approximation)."""
    share = percent / 100
    tail = 1 - share if share > 0.5 else share
    t = math.sqrt(-2 * math.log(tail))
    top = 2.515516 + t * (0.802853 + t * 0.010328)
    bottom = 1 + t * (1.432788 + t * (0.189269 + t * 0.001308))
    z = t - top / bottom
    return -z if share > 0.5 else z


@njit(cache=True, error_model="numpy")
def _curve(row: Any, begin: int, distance_km: float) -> float:
    """Curve over distance by which Technical Note 101's figures are fitted (Algorithm, eq. 5.5)."""
    peak = (distance_km - row[begin + 3]) / row[begin + 4]
    rise = (distance_km / row[begin + 2]) ** 2
    return float((row[begin] + row[begin + 1] / (1 + peak * peak)) * rise / (1 + rise))


@njit(cache=True, error_model="numpy")
def _frequency_factor(row: Any, begin: int, q: float) -> float:
    """How the spread depends on frequency (Algorithm, eq. 5.7)."""
    return float(row[begin] + row[begin + 1] / ((row[begin + 2] * q) ** 2 + 1))


@njit(cache=True, error_model="numpy")
def loss_not_exceeded_db(
    reference: float,
    distance: float,
    effective1: float,
    effective2: float,
    delta_h: float,
    freq_mhz: float,
    climate: int,
    mode: int,
    time_pct: float,
    location_pct: float,
    situation_pct: float,
) -> tuple[float, bool]:
    """Loss above free space that is not exceeded in the given shares of time, places and situations (Algorithm, § 5).

    Parameters
    ----------
    reference
        Reference attenuation [dB].
    distance
        Length of the path [m].
    effective1, effective2
        Effective heights of the antennas [m].
    delta_h
        Terrain irregularity Δh [m].
    freq_mhz
        Frequency [MHz].
    climate
        A `Climate`.
    mode
        Mode of variability, with `WITHOUT_LOCATION` and `WITHOUT_SITUATION` added as wanted.
    time_pct, location_pct, situation_pct
        Shares [%].

    Returns
    -------
    Loss [dB], and whether a share lies in the far tail, where nobody measured.
    """
    row = CONSTANTS[climate - 1]
    time, location, situation = deviate(time_pct), deviate(location_pct), deviate(situation_pct)
    places_vary, situations_vary = (mode // WITHOUT_LOCATION) % 2 == 0, mode < WITHOUT_SITUATION
    mode %= 10
    if mode == SINGLE_MESSAGE:
        time = location = situation
    elif mode == ACCIDENTAL:
        location = situation
    elif mode == MOBILE:
        location = time
    extreme = max(abs(time), abs(location), abs(situation)) > EXTREME_DEVIATE

    wavenumber = freq_mhz / WAVENUMBER_MHZ
    effective_km = _effective_distance_km(distance, effective1, effective2, wavenumber)
    spread_time = _time_spread(row, effective_km, time, wavenumber)
    spread_location = 0.0
    if places_vary:  # eq. 5.9
        rough = wavenumber * roughness_within(distance, delta_h)
        spread_location = 10 * rough / (rough + 13)
    by_time, by_location = spread_time * time, spread_location * location
    squares = by_time**2 / (7.8 + situation**2) + by_location**2 / (24 + situation**2)  # eq. 5.11
    if situations_vary:  # eq. 5.10
        squares += (5 + 3 * math.exp(-effective_km / 100)) ** 2
    gain = 0.0
    if mode == SINGLE_MESSAGE:
        squares += spread_time**2 + spread_location**2
    elif mode == ACCIDENTAL:
        squares += spread_location**2
        gain = by_time
    elif mode == MOBILE:
        gain = math.sqrt(spread_time**2 + spread_location**2) * time
    else:
        gain = by_time + by_location
    # Eqs. 5.1 and 5.2: and a gain over free space is held back.
    loss = reference - _curve(row, MEDIAN, effective_km) - gain - math.sqrt(squares) * situation
    if loss < 0:
        loss = loss * (29 - loss) / (29 - 10 * loss)
    return loss, extreme


@njit(cache=True, error_model="numpy")
def _effective_distance_km(distance: float, effective1: float, effective2: float, wavenumber: float) -> float:
    """Distance measured in what the horizons leave of it [km] (Algorithm, eqs. 5.3 and 5.4)."""
    radius = 9000e3
    beyond = float((575.7e12 / wavenumber) ** (1 / 3))
    usual = math.sqrt(2 * radius * effective1) + math.sqrt(2 * radius * effective2) + beyond
    if distance < usual:
        return 130 * distance / usual
    return 130 + (distance - usual) / 1000


@njit(cache=True, error_model="numpy")
def _time_spread(row: Any, effective_km: float, time: float, wavenumber: float) -> float:
    """Deviation over time [dB], on the side of the median where the deviate lies (Algorithm, eqs. 5.6–5.8)."""
    q = math.log(0.133 * wavenumber)
    if time < 0:
        return float(_curve(row, WEAKER, effective_km) * _frequency_factor(row, WEAKER_FREQUENCY, q))
    stronger = _curve(row, STRONGER, effective_km) * _frequency_factor(row, STRONGER_FREQUENCY, q)
    ducting, begins = row[DUCTING], row[DUCTING + 1]
    if time <= begins:
        return float(stronger)
    return float(stronger * ducting + stronger * (1 - ducting) * begins / time)
