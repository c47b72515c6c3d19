"""How the air bends rays, and how often it ducts them (P.1812-6, § 3.6 and § 3.7)."""

from __future__ import annotations

import math

from numba import njit

from alcance.radio.earth import EARTH_RADIUS_KM

# Effective earth radius exceeded for β₀ per cent of the time: three times the true one (eq. 7b).
BENT_RADIUS_KM = 3 * EARTH_RADIUS_KM


@njit(cache=True)
def continental_factor(inland_km: float) -> float:
    """Degree τ to which a path is inland, from its longest inland stretch (eq. 3)."""
    return 1 - math.exp(-4.12e-4 * inland_km**2.41)


@njit(cache=True)
def anomaly_pct(latitude_deg: float, land_km: float, inland_km: float) -> float:
    """Share of time β₀ with lapses over 100 N-units/km in the lowest 100 m [%] (eqs. 2–5).

    Parameters
    ----------
    latitude_deg
        Latitude of the path's centre [deg].
    land_km, inland_km
        Longest stretches over land and inland [km].
    """
    tau = continental_factor(inland_km)
    mu1 = 10 ** (-land_km / (16 - 6.6 * tau)) + 10 ** (-5 * (0.496 + 0.354 * tau))
    mu1 = min(1.0, mu1**0.2)
    latitude = abs(latitude_deg)
    if latitude <= 70:
        return float(10 ** (-0.015 * latitude + 1.67) * mu1 * mu1 ** (-0.935 + 0.0176 * latitude))
    return float(4.17 * mu1 * mu1**0.3)
