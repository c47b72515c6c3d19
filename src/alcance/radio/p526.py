"""Diffraction over ground: Recommendation ITU-R P.526-15, the delta-Bullington method of § 4.5.

The kernels work in the Recommendation's own units: distances in km, heights and ground in m above sea level.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit, prange
from numpy.typing import ArrayLike, NDArray

from alcance.errors import InputError, Problem
from alcance.radio.bullington import bullington_db, highest_edges, smooth_bullington_db, smooth_surface, walk
from alcance.radio.earth import MEDIAN_K_FACTOR, effective_radius_km
from alcance.radio.p525 import wavelength_m
from alcance.radio.spherical_earth import HORIZONTAL, VERTICAL, spherical_earth_db
from alcance.terrain.profile import Profiles

FEW = 8  # paths for which waking the threads costs more than the work


@dataclass(frozen=True, eq=False)
class DiffractionLoss:
    """Parts of the delta-Bullington loss of n paths, each [dB], float64.

    Parameters
    ----------
    actual_db
        Bullington loss of the profile (§ 4.5.1).
    smooth_db
        Bullington loss of the smooth surface fitted to it (§ 4.5.4).
    spherical_db
        Loss over a smooth spherical earth between the effective heights (§ 4.5.3).
    total_db
        actual + max(spherical − smooth, 0): equation 63.
    smooth1_m, smooth2_m
        Heights of the fitted smooth surface at the two ends, above sea level [m].
    """

    actual_db: NDArray[np.float64]
    smooth_db: NDArray[np.float64]
    spherical_db: NDArray[np.float64]
    total_db: NDArray[np.float64]
    smooth1_m: NDArray[np.float64]
    smooth2_m: NDArray[np.float64]


def fresnel_radius_m(near_m: ArrayLike, far_m: ArrayLike, freq_ghz: float, zone: int = 1) -> NDArray[np.float64]:
    """Radius of a Fresnel zone (P.526-15, eq. 2).

    Parameters
    ----------
    near_m, far_m
        Distances to the two ends [m].
    freq_ghz
        Frequency [GHz].
    zone
        Number of the zone.

    Returns
    -------
    Radius [m].

    Examples
    --------
    >>> round(float(fresnel_radius_m(5000, 5000, 5.8)), 2)
    11.37
    """
    near, far = np.asarray(near_m, np.float64), np.asarray(far_m, np.float64)
    radius: NDArray[np.float64] = np.sqrt(zone * wavelength_m(freq_ghz) * near * far / (near + far))
    return radius


def knife_edge_loss_db(v: ArrayLike) -> NDArray[np.float64]:
    """Loss over one knife edge, J(v) (P.526-15, eq. 31), nought for v of −0.78 or less.

    Examples
    --------
    >>> round(float(knife_edge_loss_db(0.0)), 2)
    6.03
    """
    x = np.maximum(np.asarray(v, np.float64), -0.78)
    loss = 6.9 + 20 * np.log10(np.sqrt((x - 0.1) ** 2 + 1) + x - 0.1)
    return np.where(x > -0.78, np.maximum(loss, 0.0), 0.0)


def bullington_loss_db(
    paths: Profiles,
    height1_m: ArrayLike,
    height2_m: ArrayLike,
    freq_ghz: ArrayLike,
    *,
    k_factor: float = MEDIAN_K_FACTOR,
) -> NDArray[np.float64]:
    """Bullington loss of paths over their profile alone (P.526-15, § 4.5.1).

    Parameters
    ----------
    paths
        n ground profiles; their cover, where they have some, counts between the ends.
    height1_m, height2_m
        Antennas above ground [m], one or n.
    freq_ghz
        Frequency [GHz], one or n.
    k_factor
        Effective earth radius factor.

    Returns
    -------
    Loss [dB], n.
    """
    height1, height2, freq = _columns(paths, height1_m, height2_m, freq_ghz)
    out = np.empty(len(paths), np.float64)
    # Cover counts as ground here: it is nought at the ends, on which the antennas stand.
    _bullington_each(
        paths.distance_m, paths.obstacle_m, paths.offsets, height1, height2, freq, effective_radius_km(k_factor), out
    )
    return out


def delta_bullington(
    paths: Profiles,
    height1_m: ArrayLike,
    height2_m: ArrayLike,
    freq_ghz: ArrayLike,
    *,
    k_factor: float = MEDIAN_K_FACTOR,
    polarisation: int = VERTICAL,
    sea_share: ArrayLike = 0.0,
    cover_m: ArrayLike | None = None,
) -> DiffractionLoss:
    """Delta-Bullington loss of paths with its parts (P.526-15, § 4.5.4).

    Parameters
    ----------
    paths
        n ground profiles.
    height1_m, height2_m
        Antennas above ground [m], one or n.
    freq_ghz
        Frequency [GHz], one or n.
    k_factor
        Effective earth radius factor.
    polarisation
        `HORIZONTAL` or `VERTICAL`.
    sea_share
        Share of each path that is over sea, 0 to 1, one or n; the rest is average land (εr 22, σ 0.003 S/m).
    cover_m
        Height of what stands on the ground at each sample [m], in the flat order of `paths`; None takes the cover that
        the profiles carry, if any. It counts in the profile and not in the fitted smooth surface, and not at the ends
        (P.1812-6, § 3.2.1).

    Returns
    -------
    DiffractionLoss of n paths.
    """
    height1, height2, freq, sea = _columns(paths, height1_m, height2_m, freq_ghz, sea_share)
    if polarisation not in (HORIZONTAL, VERTICAL):
        message = "1 is horizontal, 2 is vertical"
        raise InputError([Problem("link", None, "polarisation", str(polarisation), message)])
    cover_m = paths.cover_m if cover_m is None else cover_m
    cover = np.zeros(1, np.float32) if cover_m is None else np.ascontiguousarray(cover_m, np.float32)
    if cover_m is not None and cover.shape != paths.elevation_m.shape:
        raise ValueError("cover_m has one value per sample of the profiles")
    parts = np.empty((6, len(paths)), np.float64)
    radio = (height1, height2, freq, sea, effective_radius_km(k_factor), polarisation)
    arrays: tuple[Any, ...] = (paths.distance_m, paths.elevation_m, cover, paths.offsets, *radio, parts)
    if len(paths) <= FEW:
        for index in range(len(paths)):
            _delta_bullington_one(index, *arrays)
    else:
        _delta_bullington_each(*arrays)
    return DiffractionLoss(*parts)


def delta_bullington_db(
    paths: Profiles,
    height1_m: ArrayLike,
    height2_m: ArrayLike,
    freq_ghz: ArrayLike,
    *,
    k_factor: float = MEDIAN_K_FACTOR,
    polarisation: int = VERTICAL,
    sea_share: ArrayLike = 0.0,
) -> NDArray[np.float64]:
    """Delta-Bullington loss of n paths [dB]; the total of `delta_bullington`, whose parameters it takes."""
    loss = delta_bullington(
        paths, height1_m, height2_m, freq_ghz, k_factor=k_factor, polarisation=polarisation, sea_share=sea_share
    )
    return loss.total_db


def _columns(paths: Profiles, *values: ArrayLike) -> list[NDArray[np.float64]]:
    """Spread each value over the paths; InputError where one is not finite."""
    columns = []
    for name, value in zip(("height1_m", "height2_m", "freq_ghz", "sea_share"), values, strict=False):
        column = np.ascontiguousarray(np.broadcast_to(np.asarray(value, np.float64), (len(paths),)))
        lowest = 0.0 if name != "freq_ghz" else 1e-9
        wrong = ~(np.isfinite(column) & (column >= lowest))
        if wrong.any():
            shown = str(column[int(np.argmax(wrong))])
            message = "must be a finite number, nought or more (a frequency: more)"
            raise InputError([Problem("link", None, name, shown, message)])
        columns.append(column)
    return columns


@njit(cache=True, parallel=True)
def _bullington_each(
    distance_m: Any, ground_m: Any, offsets: Any, height1: Any, height2: Any, freq: Any, radius_km: float, out: Any
) -> None:
    bare = np.zeros(1, np.float32)
    for i in prange(offsets.size - 1):
        first, last = offsets[i], offsets[i + 1] - 1
        h1, h2 = ground_m[first] + height1[i], ground_m[last] + height2[i]
        out[i] = 0.0
        if distance_m[last] > 0:
            length, bend = distance_m[last] * 1e-3, 500 / radius_km
            profile = (distance_m, ground_m, bare, first, last, h1, h2, bend, bend)
            found = walk(*profile)
            edge, _, _ = highest_edges(found, *profile)
            out[i] = bullington_db(length, h1, h2, freq[i], found.cover1, found.cover2, edge)


@njit(cache=True, parallel=True)
def _delta_bullington_each(
    distance_m: Any,
    ground_m: Any,
    cover_m: Any,
    offsets: Any,
    height1: Any,
    height2: Any,
    freq: Any,
    sea: Any,
    radius_km: float,
    polarisation: int,
    parts: Any,
) -> None:
    for i in prange(offsets.size - 1):
        _delta_bullington_one(
            np.int64(i),
            distance_m,
            ground_m,
            cover_m,
            offsets,
            height1,
            height2,
            freq,
            sea,
            radius_km,
            polarisation,
            parts,
        )


@njit(cache=True)
def _delta_bullington_one(
    i: Any,
    distance_m: Any,
    ground_m: Any,
    cover_m: Any,
    offsets: Any,
    height1: Any,
    height2: Any,
    freq: Any,
    sea: Any,
    radius_km: float,
    polarisation: int,
    parts: Any,
) -> None:
    first, last = offsets[i], offsets[i + 1] - 1
    h1, h2 = ground_m[first] + height1[i], ground_m[last] + height2[i]
    parts[:, i] = 0.0
    parts[4, i], parts[5, i] = ground_m[first], ground_m[last]
    if distance_m[last] <= 0:
        return
    length, bend, f = distance_m[last] * 1e-3, 500 / radius_km, freq[i]
    profile = (distance_m, ground_m, cover_m, first, last, h1, h2, bend, bend)
    found = walk(*profile)
    edge, _, _ = highest_edges(found, *profile)
    direct = (h2 - h1) / length
    smooth1, smooth2 = smooth_surface(found, length, direct, np.float64(ground_m[first]), np.float64(ground_m[last]))
    ends = (h1, h2, h1 - smooth1, h2 - smooth2)
    actual, smooth, spherical, total = diffraction_parts_db(
        distance_m, first, last, *ends, radius_km, f, sea[i], polarisation, found.cover1, found.cover2, edge
    )
    parts[0, i], parts[1, i], parts[2, i], parts[3, i] = actual, smooth, spherical, total
    parts[4, i], parts[5, i] = smooth1, smooth2


@njit(cache=True)
def diffraction_parts_db(
    distance_m: Any,
    first: int,
    last: int,
    h1: float,
    h2: float,
    effective1: float,
    effective2: float,
    radius_km: float,
    freq_ghz: float,
    sea_share: float,
    polarisation: int,
    slope1: float,
    slope2: float,
    edge: float,
) -> tuple[float, float, float, float]:
    """Losses of the profile, of its smooth surface, of a spherical earth, and together (§ 4.5.4, eqs. 60–63).

    h1 and h2 are above sea level, the effective heights above the smooth surface; the steepest slopes and the highest
    edge are those of the walk over the profile at this earth radius.
    """
    length = distance_m[last] * 1e-3
    actual = bullington_db(length, h1, h2, freq_ghz, slope1, slope2, edge)
    smooth = smooth_bullington_db(distance_m, first, last, effective1, effective2, 500 / radius_km, freq_ghz)
    spherical = spherical_earth_db(length, effective1, effective2, radius_km, freq_ghz, sea_share, polarisation)
    return actual, smooth, spherical, actual + max(spherical - smooth, 0.0)
