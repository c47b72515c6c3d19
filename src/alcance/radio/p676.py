"""Gases: attenuation by oxygen and water vapour line by line, Recommendation ITU-R P.676-13, Annex 1.

The spectroscopic lines (tables 1 and 2, the same in P.676-12 and P.676-13) are data/p676_oxygen.csv and
data/p676_water_vapour.csv.
"""

from __future__ import annotations

import math
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
from numba import njit, prange
from numpy.typing import ArrayLike, NDArray

from alcance.radio.limits import Limit, checked

FEW = 64  # values for which waking the threads costs more than the work

LIMITS = {
    "freq_ghz": Limit(1.0, 1000.0, "P.676-13, Annex 1 holds from 1 to 1000 GHz"),
    "dry_pressure_hpa": Limit(0.0, 1100.0, "the pressure of dry air lies between 0 and 1100 hPa; 1013.25 at the sea"),
    "temperature_k": Limit(150.0, 350.0, "a temperature in kelvin lies between 150 and 350; add 273.15 to Celsius"),
    "vapour_g_m3": Limit(0.0, 100.0, "water vapour lies between 0 and 100 g/m³; 7.5 is the standard"),
    "distance_km": Limit(0.0, math.inf, "a distance is nought or more"),
}


def specific_attenuation_parts_db_km(
    freq_ghz: ArrayLike, dry_pressure_hpa: ArrayLike, temperature_k: ArrayLike, vapour_g_m3: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Attenuation per kilometre by dry air (oxygen, nitrogen, Debye) and by water vapour (P.676-13, eqs. 1 to 9).

    Parameters
    ----------
    freq_ghz
        Frequency [GHz], 1 to 1000.
    dry_pressure_hpa
        Pressure of the dry air [hPa]: the barometer's less the vapour's, which `vapour_pressure_hpa` gives.
    temperature_k
        Temperature [K].
    vapour_g_m3
        Density of water vapour [g/m³].

    Returns
    -------
    γₒ and γw [dB/km] in the broadcast shape.

    Raises
    ------
    InputError
        A value lies outside its range.
    """
    freq, pressure, temperature, vapour = checked(
        "P.676",
        LIMITS,
        freq_ghz=freq_ghz,
        dry_pressure_hpa=dry_pressure_hpa,
        temperature_k=temperature_k,
        vapour_g_m3=vapour_g_m3,
    )
    dry, wet = np.empty(freq.size), np.empty(freq.size)
    oxygen, water = _lines("p676_oxygen.csv"), _lines("p676_water_vapour.csv")
    columns = (freq.ravel(), pressure.ravel(), temperature.ravel(), vapour.ravel(), oxygen, water, dry, wet)
    if freq.size <= FEW:
        _attenuate_some(0, freq.size, *columns)
    else:
        _attenuate_all(*columns)
    return dry.reshape(freq.shape), wet.reshape(freq.shape)


def specific_attenuation_db_km(
    freq_ghz: ArrayLike, dry_pressure_hpa: ArrayLike, temperature_k: ArrayLike, vapour_g_m3: ArrayLike
) -> NDArray[np.float64]:
    """Attenuation by all gases per kilometre, γ = γₒ + γw (P.676-13, eq. 1); parameters as for the parts.

    Examples
    --------
    >>> round(float(specific_attenuation_db_km(60.0, 1013.25, 288.15, 7.5)), 1)
    14.8
    """
    dry, wet = specific_attenuation_parts_db_km(freq_ghz, dry_pressure_hpa, temperature_k, vapour_g_m3)
    total: NDArray[np.float64] = dry + wet
    return total


def path_loss_db(
    distance_km: ArrayLike,
    freq_ghz: ArrayLike,
    dry_pressure_hpa: ArrayLike,
    temperature_k: ArrayLike,
    vapour_g_m3: ArrayLike,
) -> NDArray[np.float64]:
    """Attenuation by gases along a path near the ground (P.676-13, § 2.1: A = γ r₀).

    Parameters
    ----------
    distance_km
        Length of the path [km].
    freq_ghz, dry_pressure_hpa, temperature_k, vapour_g_m3
        As for `specific_attenuation_parts_db_km`; where they are single values the lines are summed once for all paths.

    Returns
    -------
    Loss [dB] in the broadcast shape.

    Raises
    ------
    InputError
        A value lies outside its range.
    """
    (distance,) = checked("P.676", LIMITS, distance_km=distance_km)
    gamma = specific_attenuation_db_km(freq_ghz, dry_pressure_hpa, temperature_k, vapour_g_m3)
    distance, gamma = checked("P.676", LIMITS, distance_km=distance, specific_db_km=gamma)
    loss: NDArray[np.float64] = distance * gamma
    return loss


def vapour_pressure_hpa(vapour_g_m3: ArrayLike, temperature_k: ArrayLike) -> NDArray[np.float64]:
    """Partial pressure of water vapour, e = ρT / 216.7 (P.676-13, eq. 4).

    Examples
    --------
    >>> round(float(vapour_pressure_hpa(7.5, 288.15)), 2)
    9.97
    """
    vapour, temperature = checked("P.676", LIMITS, vapour_g_m3=vapour_g_m3, temperature_k=temperature_k)
    pressure: NDArray[np.float64] = vapour * temperature / 216.7
    return pressure


@cache
def _lines(name: str) -> NDArray[np.float64]:
    """Spectroscopic lines: centre [GHz] and six coefficients, one row per line."""
    text = resources.files("alcance.radio").joinpath(f"data/{name}").read_text(encoding="utf-8")
    table = np.loadtxt(text.splitlines(), delimiter=",", skiprows=1, dtype=np.float64)
    table.flags.writeable = False
    return table


@njit(cache=True)
def _dry_refractivity(f: float, pressure: float, theta: float, vapour_hpa: float, lines: Any) -> float:
    """Imaginary part of the refractivity by oxygen, with the dry continuum (eq. 2a)."""
    log_theta = math.log(theta)
    theta_08 = math.exp(0.8 * log_theta)
    total = 0.0
    for i in range(lines.shape[0]):
        centre = lines[i, 0]
        strength = lines[i, 1] * 1e-7 * pressure * theta**3 * math.exp(lines[i, 2] * (1 - theta))  # eq. 3
        narrowed = theta_08 * math.exp(-lines[i, 4] * log_theta)
        width = lines[i, 3] * 1e-4 * (pressure * narrowed + 1.1 * vapour_hpa * theta)  # eq. 6a
        width = math.sqrt(width * width + 2.25e-6)  # eq. 6b, Zeeman splitting
        overlap = (lines[i, 5] + lines[i, 6] * theta) * 1e-4 * (pressure + vapour_hpa) * theta_08  # eq. 7
        total += strength * _shape(f, centre, width, overlap)
    debye = 5.6e-4 * (pressure + vapour_hpa) * theta_08  # eq. 9
    nitrogen = 1.4e-12 * pressure * theta**1.5 / (1 + 1.9e-5 * f**1.5)
    return float(total + f * pressure * theta**2 * (6.14e-5 / (debye * (1 + (f / debye) ** 2)) + nitrogen))  # eq. 8


@njit(cache=True)
def _wet_refractivity(f: float, pressure: float, theta: float, vapour_hpa: float, lines: Any) -> float:
    """Imaginary part of the refractivity by water vapour (eq. 2b)."""
    log_theta = math.log(theta)
    theta_35 = math.exp(3.5 * log_theta)
    total = 0.0
    for i in range(lines.shape[0]):
        centre = lines[i, 0]
        strength = lines[i, 1] * 0.1 * vapour_hpa * theta_35 * math.exp(lines[i, 2] * (1 - theta))  # eq. 3
        by_air = pressure * math.exp(lines[i, 4] * log_theta)
        by_itself = lines[i, 5] * vapour_hpa * math.exp(lines[i, 6] * log_theta)
        width = lines[i, 3] * 1e-4 * (by_air + by_itself)  # eq. 6a
        # eq. 6b, Doppler broadening
        width = 0.535 * width + math.sqrt(0.217 * width * width + 2.1316e-12 * centre * centre / theta)
        total += strength * _shape(f, centre, width, 0.0)
    return total


@njit(cache=True)
def _shape(f: float, centre: float, width: float, overlap: float) -> float:
    """Shape of a line (eq. 5)."""
    below, above = centre - f, centre + f
    near = (width - overlap * below) / (below * below + width * width)
    far = (width - overlap * above) / (above * above + width * width)
    return f / centre * (near + far)


@njit(cache=True)
def _attenuate_some(
    first: int,
    last: int,
    freq_ghz: Any,
    pressure: Any,
    temperature: Any,
    vapour: Any,
    oxygen: Any,
    water: Any,
    dry: Any,
    wet: Any,
) -> None:
    for i in range(first, last):
        f, theta = freq_ghz[i], 300.0 / temperature[i]
        vapour_hpa = vapour[i] * temperature[i] / 216.7
        # Without air there is nothing to absorb, and the Debye width would divide by nought.
        dry[i] = 0.182 * f * _dry_refractivity(f, pressure[i], theta, vapour_hpa, oxygen) if pressure[i] > 0 else 0.0
        wet[i] = 0.182 * f * _wet_refractivity(f, pressure[i], theta, vapour_hpa, water)


@njit(cache=True, parallel=True)
def _attenuate_all(
    freq_ghz: Any, pressure: Any, temperature: Any, vapour: Any, oxygen: Any, water: Any, dry: Any, wet: Any
) -> None:
    for i in prange(freq_ghz.size):
        _attenuate_some(i, i + 1, freq_ghz, pressure, temperature, vapour, oxygen, water, dry, wet)
