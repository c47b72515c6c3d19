"""Diffraction over a smooth spherical earth: Recommendation ITU-R P.526-15, § 3 and § 4.5.3."""

from __future__ import annotations

import math

from numba import njit

HORIZONTAL, VERTICAL = 1, 2

# Relative permittivity and conductivity [S/m] of average land and of sea (P.526-15, § 4.5.3; P.1812-6, § 4.3.3).
LAND_PERMITTIVITY, LAND_CONDUCTIVITY = 22.0, 0.003
SEA_PERMITTIVITY, SEA_CONDUCTIVITY = 80.0, 5.0


@njit(cache=True)
def spherical_earth_db(
    length_km: float, h1: float, h2: float, radius_km: float, freq_ghz: float, sea_share: float, polarisation: int
) -> float:
    """Compute the diffraction loss over a smooth spherical earth (P.526-15, § 3.2).

    Parameters
    ----------
    length_km
        Length of the path [km].
    h1, h2
        Heights of the antennas above the smooth earth [m].
    radius_km
        Effective earth radius [km].
    freq_ghz
        Frequency [GHz].
    sea_share
        Share of the path over sea.
    polarisation
        `HORIZONTAL` or `VERTICAL`.

    Returns
    -------
    Loss [dB], nought or more.
    """
    h1, h2 = max(h1, 0.0), max(h2, 0.0)
    horizon_km = math.sqrt(2 * radius_km) * (math.sqrt(0.001 * h1) + math.sqrt(0.001 * h2))
    if length_km >= horizon_km:
        return max(0.0, _first_term_db(length_km, h1, h2, radius_km, freq_ghz, sea_share, polarisation))
    # Within the horizon: the smallest clearance of the sight line over the sphere, against the one that is enough.
    c = (h1 - h2) / (h1 + h2)
    m = 250 * length_km**2 / (radius_km * (h1 + h2))
    cosine = min(1.0, max(-1.0, 1.5 * c * math.sqrt(3 * m / (m + 1) ** 3)))
    b = 2 * math.sqrt((m + 1) / (3 * m)) * math.cos(math.pi / 3 + math.acos(cosine) / 3)
    d1 = length_km / 2 * (1 + b)
    d2 = length_km - d1
    clear = ((h1 - 500 * d1**2 / radius_km) * d2 + (h2 - 500 * d2**2 / radius_km) * d1) / length_km
    enough = 17.456 * math.sqrt(d1 * d2 * 0.299792458 / freq_ghz / length_km)
    if clear > enough:
        return 0.0
    grazing_radius = 500 * (length_km / (math.sqrt(h1) + math.sqrt(h2))) ** 2
    loss = _first_term_db(length_km, h1, h2, grazing_radius, freq_ghz, sea_share, polarisation)
    return max(0.0, (1 - clear / enough) * max(loss, 0.0))


@njit(cache=True)
def _first_term_db(
    length: float, h1: float, h2: float, radius: float, f: float, sea_share: float, polarisation: int
) -> float:
    """Mix the first term over land and over sea by their shares of the path."""
    loss = 0.0
    if sea_share < 1:
        land = _first_term_over_db(length, h1, h2, radius, f, LAND_PERMITTIVITY, LAND_CONDUCTIVITY, polarisation)
        loss += (1 - sea_share) * land
    if sea_share > 0:
        sea = _first_term_over_db(length, h1, h2, radius, f, SEA_PERMITTIVITY, SEA_CONDUCTIVITY, polarisation)
        loss += sea_share * sea
    return loss


@njit(cache=True)
def _first_term_over_db(
    length: float,
    h1: float,
    h2: float,
    radius: float,
    f: float,
    permittivity: float,
    conductivity: float,
    polarisation: int,
) -> float:
    """Compute the first term of the residue series over one kind of ground (P.526-15, eqs. 13–18)."""
    loss_tangent = 18 * conductivity / f
    k = 0.036 * (radius * f) ** (-1 / 3) * ((permittivity - 1) ** 2 + loss_tangent**2) ** -0.25
    if polarisation == VERTICAL:
        k *= math.sqrt(permittivity**2 + loss_tangent**2)
    beta = (1 + 1.6 * k**2 + 0.67 * k**4) / (1 + 4.5 * k**2 + 1.53 * k**4)
    x = 21.88 * beta * (f / radius**2) ** (1 / 3) * length
    y = 0.9575 * beta * (f**2 / radius) ** (1 / 3)
    distance_db = 11 + 10 * math.log10(x) - 17.6 * x if x >= 1.6 else -20 * math.log10(x) - 5.6488 * x**1.425
    return float(-distance_db - _height_gain_db(beta * y * h1, k) - _height_gain_db(beta * y * h2, k))


@njit(cache=True)
def _height_gain_db(b: float, k: float) -> float:
    """Compute the height gain of an antenna at normalised height b (P.526-15, eq. 18)."""
    lowest = 2 + 20 * math.log10(k)
    if b > 2:
        gain = 17.6 * math.sqrt(b - 1.1) - 5 * math.log10(b - 1.1) - 8
    elif b > 0:
        gain = 20 * math.log10(b + 0.1 * b**3)
    else:
        return lowest
    return max(gain, lowest)
