"""The standard air: Recommendation ITU-R P.835-6, Annex 1, mean annual global reference atmosphere."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from alcance.radio.limits import Limit, checked
from alcance.radio.p676 import vapour_pressure_hpa

# Of the earth in the definition of geopotential height [km]; not the radius that paths are measured on.
GEOPOTENTIAL_RADIUS_KM = 6356.766
LIMITS = {"altitude_m": Limit(-500.0, 11_000.0, "the standard air is known from -500 to 11,000 m above sea level")}


class StandardAir(NamedTuple):
    """Air at an altitude.

    Parameters
    ----------
    dry_pressure_hpa
        Pressure without the water vapour's [hPa].
    temperature_k
        Temperature [K].
    vapour_g_m3
        Density of water vapour [g/m³].
    """

    dry_pressure_hpa: NDArray[np.float64]
    temperature_k: NDArray[np.float64]
    vapour_g_m3: NDArray[np.float64]


def standard_air(altitude_m: ArrayLike) -> StandardAir:
    """Pressure, temperature and water vapour of the mean annual global atmosphere (P.835-6, eqs. 1a, 2a, 3a, 6).

    Parameters
    ----------
    altitude_m
        Height above sea level [m], -500 to 11,000.

    Raises
    ------
    InputError
        An altitude is out of the range.

    Examples
    --------
    >>> air = standard_air(2000.0)
    >>> round(float(air.temperature_k), 2), round(float(air.vapour_g_m3), 2)
    (275.15, 2.76)
    """
    (altitude,) = checked("P.835", LIMITS, altitude_m=altitude_m)
    height_km = altitude / 1000
    potential_km = GEOPOTENTIAL_RADIUS_KM * height_km / (GEOPOTENTIAL_RADIUS_KM + height_km)
    temperature = 288.15 - 6.5 * potential_km
    pressure = 1013.25 * (288.15 / temperature) ** (-34.1632 / 6.5)
    vapour: NDArray[np.float64] = 7.5 * np.exp(-height_km / 2)
    return StandardAir(pressure - vapour_pressure_hpa(vapour, temperature), temperature, vapour)
