"""Distances and directions on the sphere that the radio Recommendations assume."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

# The mean radius of Recommendation ITU-R P.1812 and P.526: lengths here and effective radii there must agree.
EARTH_RADIUS_M = 6_371_000.0


def great_circle_m(lon1: ArrayLike, lat1: ArrayLike, lon2: ArrayLike, lat2: ArrayLike) -> NDArray[np.float64]:
    """Length of the great circle between places.

    Parameters
    ----------
    lon1, lat1, lon2, lat2
        Geographic coordinates [deg]; any shapes that broadcast.

    Returns
    -------
    Length [m], float64, in the broadcast shape; the haversine formula on a sphere of `EARTH_RADIUS_M`.
    """
    phi1, phi2 = np.radians(np.asarray(lat1, np.float64)), np.radians(np.asarray(lat2, np.float64))
    half_lon = np.radians(np.asarray(lon2, np.float64) - np.asarray(lon1, np.float64)) / 2
    squared = np.sin((phi2 - phi1) / 2) ** 2 + np.cos(phi1) * np.cos(phi2) * np.sin(half_lon) ** 2
    length: NDArray[np.float64] = 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.minimum(squared, 1.0)))
    return length


def bearing_deg(lon1: ArrayLike, lat1: ArrayLike, lon2: ArrayLike, lat2: ArrayLike) -> NDArray[np.float64]:
    """Compute the initial bearing of the great circle from the first place to the second.

    Parameters
    ----------
    lon1, lat1, lon2, lat2
        Geographic coordinates [deg]; any shapes that broadcast.

    Returns
    -------
    Bearing [deg], clockwise from true north, 0 ≤ bearing < 360.
    """
    phi1, phi2 = np.radians(np.asarray(lat1, np.float64)), np.radians(np.asarray(lat2, np.float64))
    delta = np.radians(np.asarray(lon2, np.float64) - np.asarray(lon1, np.float64))
    east = np.sin(delta) * np.cos(phi2)
    north = np.cos(phi1) * np.sin(phi2) - np.sin(phi1) * np.cos(phi2) * np.cos(delta)
    bearing: NDArray[np.float64] = np.degrees(np.arctan2(east, north)) % 360.0
    return bearing


def place_along(
    lon1: float, lat1: float, lon2: float, lat2: float, fraction: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Places on the great circle between two places.

    Parameters
    ----------
    lon1, lat1, lon2, lat2
        The ends [deg].
    fraction
        Shares of the way, 0 at the first end and 1 at the second.

    Returns
    -------
    lon, lat
        Coordinates [deg], lon within 180 degrees of `lon1` so that a path across the antimeridian is unbroken.
    """
    share = np.asarray(fraction, np.float64)
    start, end = _unit(lon1, lat1), _unit(lon2, lat2)
    angle = 2 * np.arcsin(min(1.0, float(np.linalg.norm(end - start)) / 2))
    if angle < 1e-12:
        return np.full(share.shape, float(lon1)), np.full(share.shape, float(lat1))
    weight1 = np.sin((1 - share) * angle) / np.sin(angle)
    weight2 = np.sin(share * angle) / np.sin(angle)
    point = weight1[..., None] * start + weight2[..., None] * end
    lat = np.degrees(np.arctan2(point[..., 2], np.hypot(point[..., 0], point[..., 1])))
    lon = np.degrees(np.arctan2(point[..., 1], point[..., 0]))
    return lon1 + (lon - lon1 + 180.0) % 360.0 - 180.0, lat


def _unit(lon: float, lat: float) -> NDArray[np.float64]:
    """Turn a place into a unit vector."""
    lam, phi = np.radians(float(lon)), np.radians(float(lat))
    return np.array([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)])
