"""The upper hull of a growing profile: what a receiver beyond its end can see of it.

Points come in order of distance. The hull is a stack of two arrays, distances and heights; a new point pops what it
hides (each point is popped once), and the tangent from beyond the end is found from the top in O(log n), mostly in a
few steps.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

WALK = 6  # steps from the top before halving: tangents mostly touch near the end


@njit(cache=True, error_model="numpy")
def push(hull_d: Any, hull_h: Any, size: int, d: float, h: float) -> int:
    """Add a point farther than all others; give the new size."""
    while size >= 2:
        # Unsigned indices spare the test for negative ones.
        last, before = np.uint64(size - 1), np.uint64(size - 2)
        d0, h0 = hull_d[before], hull_h[before]
        if (hull_h[last] - h0) * (d - d0) > (h - h0) * (hull_d[last] - d0):
            break
        size -= 1
    hull_d[np.uint64(size)] = d
    hull_h[np.uint64(size)] = h
    return size + 1


@njit(cache=True, error_model="numpy")
def _deeper_is_steeper(hull_d: Any, hull_h: Any, k: int, d: float, h: float) -> bool:
    """Whether from (d, h), beyond the hull, point k − 1 appears above point k."""
    own, deeper = np.uint64(k), np.uint64(k - 1)
    return bool((hull_h[deeper] - h) * (d - hull_d[own]) > (hull_h[own] - h) * (d - hull_d[deeper]))


@njit(cache=True, error_model="numpy")
def tangent(hull_d: Any, hull_h: Any, size: int, d: float, h: float) -> float:
    """Steepest slope up from (d, h), beyond the hull, back to a point of it."""
    k = size - 1
    steps = 0
    while k > 0 and steps < WALK and _deeper_is_steeper(hull_d, hull_h, k, d, h):
        k -= 1
        steps += 1
    if steps == WALK:
        # Towards the start slopes rise up to the tangent's point and fall beyond it.
        low, high = 0, k
        while low < high:
            middle = (low + high + 1) // 2
            if _deeper_is_steeper(hull_d, hull_h, middle, d, h):
                high = middle - 1
            else:
                low = middle
        k = low
    return float((hull_h[k] - h) / (d - hull_d[k]))


@njit(cache=True, error_model="numpy")
def highest_above(hull_d: Any, hull_h: Any, size: int, h: float, slope: float) -> float:
    """Greatest height of the hull above the line that starts at height h and climbs at a slope."""
    low, high = 0, size - 1
    while low < high:
        middle = (low + high) // 2
        if hull_h[middle + 1] - hull_h[middle] > slope * (hull_d[middle + 1] - hull_d[middle]):
            low = middle + 1
        else:
            high = middle
    return float(hull_h[low] - h - slope * hull_d[low])
