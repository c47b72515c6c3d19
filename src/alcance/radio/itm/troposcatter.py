"""Loss far beyond the horizon, where the air itself scatters the wave (after Technical Note 101, chapter 9)."""

from __future__ import annotations

import math

from numba import njit

from alcance.radio.itm.surface import WAVENUMBER_MHZ

UNDEFINED_DB = 1001.0  # the model's word for "no scatter can be computed" (Algorithm, eq. 4.56)
NONE_YET = -1.0


@njit(cache=True, error_model="numpy")
def troposcatter_db(
    distance: float,
    theta: float,
    sight_angle: float,
    horizon1: float,
    horizon2: float,
    effective1: float,
    effective2: float,
    refractivity: float,
    curvature: float,
    freq_mhz: float,
    gain_before: float,
) -> tuple[float, float]:
    """Loss by troposcatter at a distance, above free space (Algorithm, eqs. 4.60–4.67).

    Parameters
    ----------
    distance
        Length of the path [m].
    theta
        Sum of the horizons' angles [rad].
    sight_angle
        Angle at the earth's centre over which there is sight [rad].
    horizon1, horizon2
        Distances of the horizons [m].
    effective1, effective2
        Effective heights of the antennas [m].
    refractivity
        At the ground [N-units].
    curvature
        Of the effective earth [1/m].
    freq_mhz
        Frequency [MHz].
    gain_before
        Frequency gain found at the farther distance, or `NONE_YET`: it stands in for one beyond 15 dB.

    Returns
    -------
    Loss [dB], `UNDEFINED_DB` where there is none, and the frequency gain [dB].
    """
    wavenumber = freq_mhz / WAVENUMBER_MHZ
    gain = gain_before
    if gain_before <= 15:
        bend = theta + distance * curvature
        r1 = 2 * wavenumber * bend * effective1
        r2 = 2 * wavenumber * bend * effective2
        if r1 < 0.2 and r2 < 0.2:
            return UNDEFINED_DB, gain_before
        gain = _frequency_gain_db(
            distance, bend, r1, r2, abs(horizon1 - horizon2), _height_ratio(horizon1, horizon2, r1, r2), refractivity
        )
        if gain > 15 and gain_before >= 0:
            gain = gain_before
    angle = distance * curvature - sight_angle
    reach = angle * distance
    loss = _scatter_db(reach) + 10 * math.log10(wavenumber * 47.7 * angle**4)
    return loss - 0.1 * (refractivity - 301) * math.exp(-reach / 40e3) + gain, gain


@njit(cache=True, error_model="numpy")
def _height_ratio(horizon1: float, horizon2: float, r1: float, r2: float) -> float:
    """Height of the antenna with the nearer horizon, in those of the other."""
    return r1 / r2 if horizon1 < horizon2 else r2 / r1


@njit(cache=True, error_model="numpy")
def _scatter_db(reach: float) -> float:
    """Attenuation function of angle times distance [m] (Algorithm, eq. 6.9)."""
    if reach <= 10e3:
        return 133.4 + 0.332e-3 * reach - 10 * math.log10(reach)
    if reach <= 70e3:
        return 104.6 + 0.212e-3 * reach - 2.5 * math.log10(reach)
    return 71.8 + 0.157e-3 * reach + 5 * math.log10(reach)


@njit(cache=True, error_model="numpy")
def _frequency_gain_db(
    distance: float, bend: float, r1: float, r2: float, difference: float, ratio: float, refractivity: float
) -> float:
    """Frequency gain H₀ (Algorithm, eqs. 4.64–4.67 and 6.10–6.14)."""
    asymmetry = (distance - difference) / (distance + difference)
    q = min(max(0.1, ratio / asymmetry), 10.0)
    asymmetry = max(0.1, asymmetry)
    crossing_m = (distance - difference) * (distance + difference) * bend * 0.25 / distance
    falling = math.exp(-(min(1.7, crossing_m / 8e3) ** 6))
    efficiency = crossing_m / 1.7556e3 * (1 + (0.031 - refractivity * 2.32e-3 + refractivity**2 * 5.67e-6) * falling)
    gain = 0.5 * (_gain_curve_db(r1, efficiency) + _gain_curve_db(r2, efficiency))
    correction = 6 * (0.6 - math.log10(max(efficiency, 1.0))) * math.log10(asymmetry) * math.log10(q)
    gain = max(gain + min(gain, correction), 0.0)
    if efficiency < 1:
        root = math.sqrt(2)
        low = ((1 + root / r1) * (1 + root / r2)) ** 2 * (r1 + r2) / (r1 + r2 + 2 * root)
        gain = efficiency * gain + (1 - efficiency) * 10 * math.log10(low)
    return gain


_CURVES = ((25.0, 24.0), (80.0, 45.0), (177.0, 68.0), (395.0, 80.0), (705.0, 105.0))


@njit(cache=True, error_model="numpy")
def _gain_curve_db(r: float, efficiency: float) -> float:
    """Gain of one antenna, between the curves for whole efficiencies from 1 to 5 (Algorithm, eq. 6.13)."""
    efficiency = min(max(efficiency, 1.0), 5.0)
    low = int(efficiency)
    share = efficiency - low
    inverse = 1 / (r * r)
    a, b = _CURVES[low - 1]
    gain = 10 * math.log10(1 + (a * inverse + b) * inverse)
    if share > 0:
        a, b = _CURVES[low]
        gain = (1 - share) * gain + share * 10 * math.log10(1 + (a * inverse + b) * inverse)
    return gain
