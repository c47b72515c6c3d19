"""How rough the ground is: the interdecile range of heights about their trend, Δh, and what follows from it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit

from alcance.radio.itm.fit import line_through
from alcance.radio.itm.rank import two_of_rank

ROUGHNESS_SCALE_M = 50e3  # Algorithm, eq. 3.9


@njit(cache=True, error_model="numpy")
def roughness_within(distance_m: float, delta_h_m: float) -> float:
    """Interdecile range within a distance, Δh(s) [m], from that over endless ground (Algorithm, eq. 3.9)."""
    return delta_h_m * (1 - 0.8 * math.exp(-distance_m / ROUGHNESS_SCALE_M))


@njit(cache=True, error_model="numpy")
def height_spread(delta_h_m: float) -> float:
    """Deviation of heights within the first Fresnel zone, σh [m] (Algorithm, eq. 3.10; its 16 m to the ¼ is 2)."""
    return 0.78 * delta_h_m * math.exp(-0.5 * math.sqrt(math.sqrt(delta_h_m)))


@njit(cache=True, error_model="numpy")
def interdecile_range(ground_m: Any, first: int, count: int, step_m: float, from_m: float, to_m: float) -> float:
    """Terrain irregularity parameter Δh of the ground between two distances (the inverse of Algorithm, eq. 3.9).

    The ground is resampled at 35 to 245 even places, of which a tenth lies above and a tenth below the range.

    Parameters
    ----------
    ground_m
        Ground [m]; the profile begins at `first`.
    first, count
        Index at which the profile begins, and its number of steps.
    step_m
        Length of a step [m].
    from_m, to_m
        Distances from the beginning [m].

    Returns
    -------
    Δh [m], nought where the part is shorter than two steps.
    """
    begin, end = from_m / step_m, to_m / step_m
    if end - begin < 2:
        return 0.0
    tenth = min(max(4, int(0.1 * (end - begin + 8))), 25)
    size = 10 * tenth - 5
    stride = (end - begin) / (size - 1)
    height = np.empty(size, np.float64)
    for j in range(size):
        place = begin + j * stride
        k = min(int(place), count - 1)
        z = np.float64(ground_m[first + k])
        height[j] = z + (np.float64(ground_m[first + k + 1]) - z) * (place - k)
    mean, slope = line_through(height, 0, 0, size - 1)
    trend = mean - slope * 0.5 * (size - 1)
    for j in range(size):
        height[j] -= trend + slope * j
    low, high = two_of_rank(height, tenth - 1, size - tenth)
    return (high - low) / (1 - 0.8 * math.exp(-(to_m - from_m) / ROUGHNESS_SCALE_M))
