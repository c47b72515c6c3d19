"""How sure a clear path is: the chance that it stays clear when the elevation errs as it is known to err.

The error of an elevation model is taken as a normal field of known standard deviation, correlated over a stated length
(exponentially). Antennas stand on the ground, so what matters at a share t of the way is the error against the chord
between the errors at the two ends; its standard deviation follows from the correlation. Within one correlation length
the ground errs as one, so the path is cut into stretches of that length, each judged at its most doubtful sample, and
the chances of the stretches are multiplied.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

from alcance.errors import InputError, Problem
from alcance.radio.earth import MEDIAN_K_FACTOR, effective_radius_km
from alcance.radio.p525 import wavelength_m
from alcance.terrain import Profiles

CERTAIN = 8.5  # so many standard deviations away a chance is 1 to the last bit


def sight_confidence(
    ground: Profiles,
    error_sigma: Profiles,
    near_height_m: NDArray[np.floating],
    far_height_m: NDArray[np.floating],
    *,
    freq_ghz: float,
    correlation_length_m: float,
    k_factor: float = MEDIAN_K_FACTOR,
    clearance: float = 0.6,
) -> NDArray[np.float64]:
    """Chance that each path keeps its clearance, given the error of the elevation model.

    Parameters
    ----------
    ground
        Ground along n paths, with its cover where that is known: it counts between the ends and errs with the ground.
    error_sigma
        Standard deviation of the elevation error along the same paths, at the same samples [m].
    near_height_m, far_height_m
        Antennas above ground, n each [m].
    freq_ghz
        Frequency [GHz].
    correlation_length_m
        Distance over which the error stays alike [m].
    k_factor
        Effective earth radius factor.
    clearance
        Share of the first Fresnel zone's radius that must be free.

    Returns
    -------
    NDArray[np.float64]
        n chances from 0 to 1, rounded to 1e-4.

    Raises
    ------
    InputError
        A parameter is not usable.
    """
    curvature, zone = _constants(freq_ghz, k_factor, clearance, correlation_length_m)
    out = np.empty(len(ground), dtype=np.float64)
    _confidences(
        ground.distance_m,
        ground.obstacle_m,
        error_sigma.elevation_m,
        ground.offsets,
        np.asarray(near_height_m, dtype=np.float64),
        np.asarray(far_height_m, dtype=np.float64),
        curvature,
        zone,
        correlation_length_m,
        out,
    )
    return out


def confident_classes(
    ground: Profiles,
    error_sigma: Profiles,
    classes_m: NDArray[np.floating],
    far_class: NDArray[np.uint8],
    *,
    confidence: float,
    freq_ghz: float,
    correlation_length_m: float,
    k_factor: float = MEDIAN_K_FACTOR,
    clearance: float = 0.6,
) -> NDArray[np.uint8]:
    """Lowest far height class at which each path is clear with a confidence.

    Parameters
    ----------
    ground, error_sigma
        Ground and its error along n paths, as for `sight_confidence`.
    classes_m
        c height classes, ascending [m].
    far_class
        n × c: for each near class the lowest far class that clears the ground as it stands, c where none does.
    confidence
        Chance that must be reached, from 0 to below 1.
    freq_ghz, correlation_length_m, k_factor, clearance
        As for `sight_confidence`.

    Returns
    -------
    NDArray[np.uint8]
        n × c: the same with confidence; never below what was given.
    """
    curvature, zone = _constants(freq_ghz, k_factor, clearance, correlation_length_m)
    if not 0 <= confidence < 1:
        message = "the confidence is a chance from 0 to below 1"
        raise InputError([Problem("sight", None, "confidence", str(confidence), message)])
    out = np.empty_like(far_class)
    _raise_classes(
        ground.distance_m,
        ground.obstacle_m,
        error_sigma.elevation_m,
        ground.offsets,
        np.asarray(classes_m, dtype=np.float64),
        far_class,
        confidence,
        curvature,
        zone,
        correlation_length_m,
        out,
    )
    return out


def _constants(freq_ghz: float, k_factor: float, clearance: float, correlation_length_m: float) -> tuple[float, float]:
    """Check the parameters; give the curvature of the bulge [1/m] and the factor of the zone's radius."""
    problems = [
        Problem("sight", None, name, str(value), "must be a positive number")
        for name, value in (("freq_ghz", freq_ghz), ("correlation_length_m", correlation_length_m))
        if not 0 < value < math.inf
    ]
    if not 0 <= clearance < math.inf:
        problems.append(Problem("sight", None, "clearance", str(clearance), "must be a share, nought or more"))
    if problems:
        raise InputError(problems)
    return 1 / (2000 * effective_radius_km(k_factor)), clearance * math.sqrt(wavelength_m(freq_ghz))


@njit(cache=True, nogil=True, error_model="numpy")
def _doubts(
    distance_m: Any,
    ground_m: Any,
    sigma_m: Any,
    curvature: float,
    zone: float,
    correlation_m: float,
    blocked_m: Any,
    spread_m: Any,
) -> None:
    """Fill, for each sample of a path, the height that must be free and the spread of its error against the chord."""
    last = distance_m.size - 1
    length = distance_m[last]
    sigma_near, sigma_far = sigma_m[0], sigma_m[last]
    ends_alike = math.exp(-length / correlation_m)
    for i in range(1, last):
        d = distance_m[i]
        t = d / length
        blocked_m[i] = ground_m[i] + curvature * d * (length - d) + zone * math.sqrt(d * (length - d) / length)
        like_near = math.exp(-d / correlation_m)
        like_far = math.exp(-(length - d) / correlation_m)
        here, near, far = sigma_m[i], (1 - t) * sigma_near, t * sigma_far
        variance = here * here + near * near + far * far
        variance += 2 * (near * far * ends_alike - here * near * like_near - here * far * like_far)
        spread_m[i] = math.sqrt(max(variance, 1e-6))


@njit(cache=True, nogil=True, error_model="numpy")
def _chance(
    distance_m: Any,
    blocked_m: Any,
    spread_m: Any,
    near_end: float,
    far_end: float,
    correlation_m: float,
    least: float,
) -> float:
    """Chance that one path keeps its clearance; once it is below the least that counts, no more is looked at."""
    last = distance_m.size - 1
    length = distance_m[last]
    stretches = max(1, math.ceil(length / correlation_m))
    chance = 1.0
    worst, stretch = math.inf, 0
    for i in range(1, last + 1):
        t = distance_m[i] / length
        now = min(stretches - 1, int(t * stretches)) if i < last else -1
        if now != stretch:
            if worst < CERTAIN:
                chance *= 0.5 * math.erfc(-worst / math.sqrt(2.0))
                if np.rint(chance * 1e4) / 1e4 < least:
                    break
            worst, stretch = math.inf, now
        if i < last:
            left = near_end * (1 - t) + far_end * t
            left -= blocked_m[i]
            worst = min(worst, left / spread_m[i])
    return float(np.rint(chance * 1e4) / 1e4)


@njit(cache=True, parallel=True, error_model="numpy")
def _confidences(
    distance_m: Any,
    ground_m: Any,
    sigma_m: Any,
    offsets: Any,
    near_m: Any,
    far_m: Any,
    curvature: float,
    zone: float,
    correlation_m: float,
    out: Any,
) -> None:
    for path in prange(out.size):
        a, b = offsets[path], offsets[path + 1]
        blocked_m, spread_m = np.empty(b - a), np.empty(b - a)
        _doubts(distance_m[a:b], ground_m[a:b], sigma_m[a:b], curvature, zone, correlation_m, blocked_m, spread_m)
        near_end, far_end = ground_m[a] + near_m[path], ground_m[b - 1] + far_m[path]
        out[path] = _chance(distance_m[a:b], blocked_m, spread_m, near_end, far_end, correlation_m, 0.0)


@njit(cache=True, parallel=True, error_model="numpy")
def _raise_classes(
    distance_m: Any,
    ground_m: Any,
    sigma_m: Any,
    offsets: Any,
    classes_m: Any,
    far_class: Any,
    confidence: float,
    curvature: float,
    zone: float,
    correlation_m: float,
    out: Any,
) -> None:
    count = classes_m.size
    for path in prange(far_class.shape[0]):
        a, b = offsets[path], offsets[path + 1]
        blocked_m, spread_m = np.empty(b - a), np.empty(b - a)
        _doubts(distance_m[a:b], ground_m[a:b], sigma_m[a:b], curvature, zone, correlation_m, blocked_m, spread_m)
        highest_needed = count
        for near in range(count):
            # A higher near end never needs a higher far end: what sufficed below need not be exceeded.
            far = int(far_class[path, near])
            near_end = ground_m[a] + classes_m[near]
            while far < highest_needed:
                far_end = ground_m[b - 1] + classes_m[far]
                chance = _chance(distance_m[a:b], blocked_m, spread_m, near_end, far_end, correlation_m, confidence)
                if chance >= confidence:
                    break
                far += 1
            out[path, near] = far
            highest_needed = far
