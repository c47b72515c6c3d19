"""Rays bend in the air: over an earth of a larger, effective radius they run straight."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

from alcance.errors import InputError, Problem
from alcance.terrain.sphere import EARTH_RADIUS_M

EARTH_RADIUS_KM = EARTH_RADIUS_M / 1000
MEDIAN_K_FACTOR = 4 / 3


def effective_radius_km(k_factor: float) -> float:
    """Effective earth radius for a radius factor.

    Parameters
    ----------
    k_factor
        Ratio of the effective to the true radius: 4/3 in a standard atmosphere (Recommendation ITU-R P.834).

    Returns
    -------
    Radius [km].

    Examples
    --------
    >>> round(effective_radius_km(4 / 3), 1)
    8494.7
    """
    if not 0 < k_factor < float("inf"):
        message = "the radius factor is positive and finite; 4/3 is a standard atmosphere"
        raise InputError([Problem("link", None, "k_factor", str(k_factor), message)])
    return k_factor * EARTH_RADIUS_KM


def k_factor_of(delta_n: float) -> float:
    """Median effective radius factor for a refractivity lapse rate (Recommendation ITU-R P.1812-6, eq. 6).

    Parameters
    ----------
    delta_n
        Average lapse of refractivity through the lowest kilometre [N-units/km], positive, below 157.

    Examples
    --------
    >>> round(k_factor_of(45.0), 4)
    1.4018
    """
    if not delta_n < 157:
        message = "a refractivity lapse rate is below 157 N-units/km; 39 is a standard atmosphere"
        raise InputError([Problem("link", None, "delta_n", str(delta_n), message)])
    return float(median_k_factor(delta_n))


@njit(cache=True)
def median_k_factor(delta_n: float) -> float:
    """Median effective radius factor, unchecked, for kernels (P.1812-6, eq. 6)."""
    return 157 / (157 - delta_n)


def bulge_m(near_m: ArrayLike, far_m: ArrayLike, k_factor: float) -> NDArray[Any]:
    """Height of the earth's bulge above the chord between the ends of a path.

    Parameters
    ----------
    near_m, far_m
        Distances to the two ends [m].
    k_factor
        Effective radius factor.

    Returns
    -------
    Height [m]: d₁ d₂ / (2 k a), the parabola that P.526 § 4.5.1 takes for the sphere.
    """
    return np.asarray(near_m, np.float64) * np.asarray(far_m, np.float64) / (2000 * effective_radius_km(k_factor))


def elevation_deg(rise_m: ArrayLike, distance_m: ArrayLike, k_factor: float) -> NDArray[np.float64]:
    """Angle above the horizontal at which one antenna sees another, over the effective earth.

    Parameters
    ----------
    rise_m
        Antenna that is seen above the one that sees, both above sea level [m].
    distance_m
        Between the two [m], more than 0.
    k_factor
        Effective radius factor.

    Returns
    -------
    Angle [deg]: the earth falls away from the tangent by d² / (2 k a), four times the bulge at the middle.

    Examples
    --------
    >>> round(float(elevation_deg(0.0, 17_000.0, 4 / 3)), 4)
    -0.0573
    """
    distance = np.asarray(distance_m, np.float64)
    drop_m = 4 * bulge_m(distance / 2, distance / 2, k_factor)
    angle: NDArray[np.float64] = np.degrees(np.arctan2(np.asarray(rise_m, np.float64) - drop_m, distance))
    return angle
