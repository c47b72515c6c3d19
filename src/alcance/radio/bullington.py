"""One walk over a profile finds what diffraction and P.1812 need of it; the Bullington loss follows from its slopes.

Recommendations ITU-R P.526-15, § 4.5, and P.1812-6, § 4.3.1 and Attachment 1. Distances in km, heights in m above sea
level, slopes in m/km; `bend` is 500 divided by the effective earth radius in km, so that bend · d₁ · d₂ is the bulge.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numba import njit

WAVELENGTH_M_GHZ = 0.299792458


class Walk(NamedTuple):
    """What one walk over the samples of a profile finds.

    Slopes are of lines from an antenna to a sample between the ends: 1 from the first end, 2 from the last.
    """

    area: float  # Σ (dᵢ − dᵢ₋₁)(hᵢ + hᵢ₋₁): P.526-15 eq. 64a, P.1812-6 eq. 83
    moment: float  # P.526-15 eq. 64b, P.1812-6 eq. 84
    above_m: float  # highest ground over the straight line between the antennas: P.1812-6 eq. 87a
    flat1: float  # steepest slopes to the ground, without the earth's bulge
    flat2: float
    ground1: float  # steepest slopes to the ground on the median earth
    ground2: float
    horizon1: int  # samples that these two meet, the outermost of equals
    horizon2: int
    cover1: float  # steepest slopes to ground and cover on the median earth
    cover2: float
    bent1: float  # steepest slopes to ground and cover on the other earth
    bent2: float
    steps_sound: bool  # every step is positive
    cover_sound: bool  # no cover is negative or missing


@njit(cache=True, error_model="numpy")
def walk(
    distance_m: Any,
    ground_m: Any,
    cover_m: Any,
    first: int,
    last: int,
    h1: float,
    h2: float,
    bend: float,
    other_bend: float,
) -> Walk:
    """Walk over the samples first…last between antennas at h1 and h2; `cover_m` of one element is none."""
    covered = cover_m.size > 1
    length = distance_m[last] * 1e-3
    direct = (h2 - h1) / length
    area = moment = 0.0
    above = flat1 = flat2 = ground1 = ground2 = cover1 = cover2 = bent1 = bent2 = -np.inf
    horizon1, horizon2 = first + 1, last - 1
    steps_sound = cover_sound = True
    # In float64 from the first sum on: `float` of numba leaves a float32 as it is.
    before, z_before = 0.0, np.float64(ground_m[first])
    for i in range(first + 1, last):
        d, z = distance_m[i] * 1e-3, np.float64(ground_m[i])
        step = d - before
        area += step * (z + z_before)
        moment += step * (z * (2 * d + before) + z_before * (d + 2 * before))
        steps_sound &= step > 0
        before, z_before = d, z
        rest = length - d
        high = z - h1 - direct * d
        above = high if high > above else above
        share1, share2 = 1 / d, 1 / rest
        rise1, rise2 = (z - h1) * share1, (z - h2) * share2
        flat1 = rise1 if rise1 > flat1 else flat1
        flat2 = rise2 if rise2 > flat2 else flat2
        slope1, slope2 = rise1 + bend * rest, rise2 + bend * d
        if slope1 > ground1:
            ground1, horizon1 = slope1, i
        if slope2 >= ground2:
            ground2, horizon2 = slope2, i
        if covered:
            cover = np.float64(cover_m[i])
            cover_sound &= bool(0 <= cover < np.inf)
            rise1, rise2 = rise1 + cover * share1, rise2 + cover * share2
            slope1, slope2 = rise1 + bend * rest, rise2 + bend * d
            cover1 = slope1 if slope1 > cover1 else cover1
            cover2 = slope2 if slope2 > cover2 else cover2
        slope1, slope2 = rise1 + other_bend * rest, rise2 + other_bend * d
        bent1 = slope1 if slope1 > bent1 else bent1
        bent2 = slope2 if slope2 > bent2 else bent2
    z = np.float64(ground_m[last])
    step = length - before
    area += step * (z + z_before)
    moment += step * (z * (2 * length + before) + z_before * (length + 2 * before))
    steps_sound &= step > 0
    if not covered:
        cover1, cover2 = ground1, ground2
    return Walk(
        area, moment, above, flat1, flat2, ground1, ground2, horizon1, horizon2, cover1, cover2, bent1, bent2,
        steps_sound, cover_sound,
    )  # fmt: skip


@njit(cache=True)
def fitted_ends(found: Any, length: float) -> tuple[float, float]:
    """Heights at the ends of the straight line fitted to the ground (P.526-15, eq. 65; P.1812-6, eqs. 85, 86)."""
    end1 = (2 * found.area * length - found.moment) / length**2
    end2 = (found.moment - found.area * length) / length**2
    return end1, end2


@njit(cache=True)
def smooth_surface(found: Any, length: float, direct: float, z1: float, z2: float) -> tuple[float, float]:
    """Heights at the ends of the surface for the smooth path (P.526-15, eq. 66; P.1812-6, eqs. 87–89).

    `direct` is the slope of the line between the antennas, z1 and z2 the ground at the ends.
    """
    end1, end2 = fitted_ends(found, length)
    if found.above_m > 0:
        # Slopes over the sight line instead of the horizontal: P.1812-6, eqs. 87b, 87c.
        slope1, slope2 = found.flat1 - direct, found.flat2 + direct
        end1 -= found.above_m * slope1 / (slope1 + slope2)
        end2 -= found.above_m * slope2 / (slope1 + slope2)
    return min(end1, z1), min(end2, z2)


@njit(cache=True)
def knife_edge_db(v: float) -> float:
    """Loss over one knife edge, J(v) (P.526-15, eq. 31)."""
    if v <= -0.78:
        return 0.0
    return max(0.0, 6.9 + 20 * math.log10(math.sqrt((v - 0.1) ** 2 + 1) + v - 0.1))


@njit(cache=True)
def bullington_db(
    length: float, h1: float, h2: float, freq_ghz: float, slope1: float, slope2: float, edge: float
) -> float:
    """Bullington loss of a profile from its steepest slopes (P.526-15, § 4.5.1; P.1812-6, eqs. 13–21).

    `edge` is the highest of `highest_edges`, which counts where the antennas see each other.
    """
    if slope1 < (h2 - h1) / length:
        return _within_sight(length, freq_ghz, edge)
    return _behind_the_horizon(length, h1, h2, freq_ghz, slope1, slope2)


@njit(cache=True, error_model="numpy")
def highest_edges(
    found: Any,
    distance_m: Any,
    ground_m: Any,
    cover_m: Any,
    first: int,
    last: int,
    h1: float,
    h2: float,
    bend: float,
    other_bend: float,
) -> tuple[float, float, int]:
    """Greatest diffraction parameters between antennas in sight (P.526-15, eq. 55; P.1812-6, eq. 15).

    Gives h·|h| / (d₁ d₂), which is in the order of the parameter and needs no root, for ground and cover at the one
    and at the other bend; and the sample that has the greatest over bare ground at the one bend, the last of equals.
    Where `found`, the walk, shows that the antennas do not see each other, all of them mean nothing.
    """
    covered = cover_m.size > 1
    length = distance_m[last] * 1e-3
    direct = (h2 - h1) / length
    if found.ground1 > direct and found.bent1 >= direct:
        return -np.inf, -np.inf, first
    greatest = other = bare = -np.inf
    place = first
    for i in range(first + 1, last):
        d = distance_m[i] * 1e-3
        product = d * (length - d)
        share = 1 / product
        flat = ground_m[i] - h1 - direct * d
        high = flat + bend * product
        edge = high * abs(high) * share
        if edge >= bare:
            bare, place = edge, i
        if covered:
            flat += cover_m[i]
            high = flat + bend * product
            edge = high * abs(high) * share
            greatest = edge if edge > greatest else greatest
        high = flat + other_bend * product
        edge = high * abs(high) * share
        other = edge if edge > other else other
    return greatest if covered else bare, other, place


@njit(cache=True)
def smooth_bullington_db(
    distance_m: Any, first: int, last: int, h1: float, h2: float, bend: float, freq_ghz: float
) -> float:
    """Bullington loss over level ground at sea level, at the distances of a profile (P.526-15, § 4.5.4).

    On level ground the slopes and the diffraction parameter have one peak along the path, so the greatest sample is
    found by halving instead of a walk over all of them.
    """
    length = distance_m[last] * 1e-3
    if last - first < 2:
        return 0.0
    slope1 = _steepest_level(distance_m, first, last, h1, bend, 0.0, 1.0)
    if slope1 >= (h2 - h1) / length:
        slope2 = _steepest_level(distance_m, first, last, h2, bend, length, -1.0)
        return _behind_the_horizon(length, h1, h2, freq_ghz, slope1, slope2)
    low, high = first + 1, last - 1
    while low < high:
        middle = (low + high) // 2
        here = _level_edge(distance_m[middle] * 1e-3, length, h1, h2, bend)
        if here < _level_edge(distance_m[middle + 1] * 1e-3, length, h1, h2, bend):
            low = middle + 1
        else:
            high = middle
    edge = _level_edge(distance_m[low] * 1e-3, length, h1, h2, bend)
    return _within_sight(length, freq_ghz, edge)


@njit(cache=True)
def _within_sight(length: float, freq_ghz: float, edge: float) -> float:
    """Loss of a path in sight from its greatest h·|h| / (d₁ d₂) (P.526-15, eqs. 55, 56, 58)."""
    if edge <= 0:
        v = -math.sqrt(-edge * 0.002 * length * freq_ghz / WAVELENGTH_M_GHZ)
    else:
        v = math.sqrt(edge * 0.002 * length * freq_ghz / WAVELENGTH_M_GHZ)
    return _with_correction(knife_edge_db(v), length)


@njit(cache=True, error_model="numpy")
def _behind_the_horizon(length: float, h1: float, h2: float, freq_ghz: float, slope1: float, slope2: float) -> float:
    """Loss over the Bullington point, where the two steepest lines meet (P.526-15, eqs. 57, 58)."""
    point = (h2 - h1 + slope2 * length) / (slope1 + slope2)
    above = h1 + slope1 * point - (h1 * (length - point) + h2 * point) / length
    v = above * math.sqrt(0.002 * length * freq_ghz / (WAVELENGTH_M_GHZ * point * (length - point)))
    return _with_correction(knife_edge_db(v), length)


@njit(cache=True)
def _with_correction(loss_db: float, length: float) -> float:
    return loss_db + (1 - math.exp(-loss_db / 6)) * (10 + 0.02 * length)


@njit(cache=True, error_model="numpy")
def _steepest_level(distance_m: Any, first: int, last: int, h: float, bend: float, origin: float, sign: float) -> float:
    """Steepest slope over level ground from an antenna at `origin`, looking along (1) or back (-1)."""
    length = distance_m[last] * 1e-3
    # The slope bend · (length − d) − h / d is greatest at the root of h / bend: at the sample before or behind it.
    peak_m = (origin + sign * min(math.sqrt(h / bend), length)) * 1e3
    before = _sample_before(distance_m, first, last, peak_m)
    steepest = -np.inf
    for i in (max(before, first + 1), min(before + 1, last - 1)):
        d = sign * (distance_m[i] * 1e-3 - origin)
        steepest = max(steepest, bend * (length - d) - h / d)
    return steepest


@njit(cache=True)
def _sample_before(distance_m: Any, first: int, last: int, at_m: float) -> int:
    """Last sample not beyond a distance, last − 1 at most; the first guess is right where steps are equal."""
    low, high = first, last - 1
    guess = first + int(at_m / distance_m[last] * (last - first))
    if low <= guess < high:
        if distance_m[guess] <= at_m:
            low = guess
            if at_m < distance_m[guess + 1]:
                high = guess
        else:
            high = guess
    while low < high:
        middle = (low + high + 1) // 2
        if distance_m[middle] <= at_m:
            low = middle
        else:
            high = middle - 1
    return low


@njit(cache=True, error_model="numpy")
def _level_edge(d: float, length: float, h1: float, h2: float, bend: float) -> float:
    product = d * (length - d)
    high = bend * product - (h1 * (length - d) + h2 * d) / length
    return high * abs(high) / product
