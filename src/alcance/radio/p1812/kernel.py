"""The whole of P.1812 for one path, and for many: each step in the order of the Recommendation."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit, prange

from alcance.radio.bullington import fitted_ends, highest_edges, smooth_surface, walk
from alcance.radio.earth import EARTH_RADIUS_KM, median_k_factor
from alcance.radio.p526 import diffraction_parts_db
from alcance.radio.p1812.combination import (
    angle_factor,
    distance_factor,
    enhanced_db,
    time_factor,
    with_scatter_db,
)
from alcance.radio.p1812.ducting import ducting_db
from alcance.radio.p1812.horizon import horizons, roughness_m
from alcance.radio.p1812.location import inverse_normal
from alcance.radio.p1812.refraction import BENT_RADIUS_KM, anomaly_pct
from alcance.radio.p1812.scatter import scatter_db
from alcance.radio.p1812.sight import focusing_db, free_space_db
from alcance.radio.p1812.zone import SEA, zone_lengths

# Columns of `radio`: what is asked of each path.
QUESTION = (
    "height1_m",
    "height2_m",
    "freq_ghz",
    "time_pct",
    "location_pct",
    "n0",
    "delta_n",
    "latitude_deg",
    "location_sigma_db",
)
PART_COUNT = 38
CHUNK = 64  # paths that one thread takes at a time

SOUND, BAD_DISTANCE, BAD_GROUND, BAD_COVER, BAD_ZONE = 0, 1, 2, 3, 4


@njit(cache=True)
def path_loss(
    distance_m: Any,
    ground_m: Any,
    cover_m: Any,
    zone: Any,
    first: int,
    last: int,
    radio: Any,
    polarisation: int,
    parts: Any,
) -> int:
    """Fill `parts` for the samples first…last, `radio` being the column of QUESTION; give what is wrong, or SOUND."""
    length = distance_m[last] * 1e-3
    f, time_pct = radio[2], radio[3]
    z1, z2 = np.float64(ground_m[first]), np.float64(ground_m[last])
    h1, h2 = z1 + radio[0], z2 + radio[1]

    # What the ground, the zones and the air are like: § 3.6, § 3.7, § 4.1 and Attachment 1.
    radius_km = EARTH_RADIUS_KM * median_k_factor(radio[6])
    profile = (distance_m, ground_m, cover_m, first, last, h1, h2, 500 / radius_km, 500 / BENT_RADIUS_KM)
    found = walk(*profile)
    sea_share, land_km, inland_km, coast1_km, coast2_km, zones_known = zone_lengths(distance_m, zone, first, last)
    if not (found.steps_sound and distance_m[first] == 0):
        return BAD_DISTANCE
    if not np.isfinite(found.area):
        return BAD_GROUND
    if not found.cover_sound:
        return BAD_COVER
    if not zones_known:
        return BAD_ZONE
    direct = (h2 - h1) / length
    rare_pct = anomaly_pct(radio[7], land_km, inland_km)
    edge, bent_edge, place = highest_edges(found, *profile)
    angle1, angle2, place1, place2 = horizons(found, length, direct, place, radius_km)
    horizon1_km, horizon2_km = distance_m[place1] * 1e-3, length - distance_m[place2] * 1e-3
    angle = 1000 * length / radius_km + angle1 + angle2  # eq. 82
    smooth1, smooth2 = smooth_surface(found, length, direct, z1, z2)
    fitted1, fitted2 = fitted_ends(found, length)
    duct1, duct2 = min(fitted1, z1), min(fitted2, z2)  # eqs. 90a, 90b
    rough = roughness_m(distance_m, ground_m, place1, place2, last, duct1, duct2)

    # In sight: § 4.2, eqs. 8–11.
    free = free_space_db(length, h1, h2, f)
    sight = free + focusing_db(horizon1_km, horizon2_km, time_pct)
    sight_rare = free + focusing_db(horizon1_km, horizon2_km, rare_pct)

    # Diffraction: § 4.3, at the median radius and at the one exceeded for β₀ per cent of the time.
    ends = (h1, h2, h1 - smooth1, h2 - smooth2)
    _, _, _, median = diffraction_parts_db(
        distance_m, first, last, *ends, radius_km, f, sea_share, polarisation, found.cover1, found.cover2, edge
    )
    actual, smooth, spherical, rare = diffraction_parts_db(
        distance_m, first, last, *ends, BENT_RADIUS_KM, f, sea_share, polarisation, found.bent1, found.bent2, bent_edge
    )
    by_time = time_factor(time_pct, rare_pct)
    diffraction = median + by_time * (rare - median)  # eq. 41
    by_diffraction50 = free + median  # eq. 42
    by_diffraction = sight + diffraction  # eq. 43

    # Scatter and ducts: § 4.4, § 4.5.
    scatter = scatter_db(length, angle, f, time_pct, radio[5])
    ducting = ducting_db(
        length, horizon1_km, horizon2_km, angle1, angle2, coast1_km, coast2_km, h1, h2, h1 - duct1, h2 - duct2, rough,
        inland_km, sea_share, radius_km, rare_pct, f, time_pct,
    )  # fmt: skip

    # All together: § 4.6.
    by_angle, by_distance = angle_factor(angle), distance_factor(length)
    if time_pct < rare_pct:
        least = sight + (1 - sea_share) * diffraction
    else:
        least = by_diffraction50 + (sight_rare + (1 - sea_share) * diffraction - by_diffraction50) * by_time  # eq. 59
    enhanced = enhanced_db(ducting, sight)
    mixed = by_diffraction
    if enhanced <= by_diffraction:
        mixed = enhanced + (by_diffraction - enhanced) * by_distance  # eq. 61
    modified = mixed + (least - mixed) * by_angle  # eq. 62
    half = with_scatter_db(scatter, modified)

    # From half of the places to the share asked for, of an end on land: § 4.7, § 4.9, eq. 69.
    at_sea = zone[0 if zone.size == 1 else last] == SEA
    location = 0.0 if at_sea else -inverse_normal(radio[4] / 100) * radio[8]
    total = max(sight, half + location)

    values = (
        total,
        length, sea_share, land_km, inland_km, radius_km, rare_pct,
        horizon1_km, horizon2_km, angle1, angle2, angle,
        smooth1, smooth2, h1 - duct1, h2 - duct2, rough,
        by_time, by_angle, by_distance,
        free, sight, sight_rare,
        actual, smooth, spherical, median, rare, diffraction, by_diffraction50, by_diffraction,
        least, ducting, enhanced, mixed, modified, scatter, half,
    )  # fmt: skip
    for k in range(len(values)):
        parts[k] = values[k]
    return SOUND


@njit(cache=True)
def some_losses(
    begin: int,
    end: int,
    distance_m: Any,
    ground_m: Any,
    cover_m: Any,
    zone: Any,
    offsets: Any,
    radio: Any,
    polarisation: int,
    total_db: Any,
    parts: Any,
    faults: Any,
) -> None:
    """Losses of the paths begin…end; `parts` of no rows keeps the total alone."""
    scratch = np.empty(PART_COUNT, np.float64)
    for i in range(begin, end):
        row = parts[i] if parts.shape[0] > 0 else scratch
        first, last = offsets[i], offsets[i + 1] - 1
        faults[i] = path_loss(distance_m, ground_m, cover_m, zone, first, last, radio[i], polarisation, row)
        total_db[i] = row[0]


@njit(cache=True, parallel=True)
def all_losses(
    distance_m: Any,
    ground_m: Any,
    cover_m: Any,
    zone: Any,
    offsets: Any,
    radio: Any,
    polarisation: int,
    total_db: Any,
    parts: Any,
    faults: Any,
) -> None:
    """Losses of all paths, chunk by chunk on all threads."""
    count = offsets.size - 1
    for chunk in prange((count + CHUNK - 1) // CHUNK):
        begin = chunk * CHUNK
        some_losses(
            begin, min(begin + CHUNK, count), distance_m, ground_m, cover_m, zone, offsets, radio, polarisation,
            total_db, parts, faults,
        )  # fmt: skip
