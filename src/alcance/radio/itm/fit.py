"""A straight line through evenly spaced heights by least squares, as the model draws it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit


@njit(cache=True, error_model="numpy")
def line_through(height_m: Any, first: int, low: int, high: int) -> tuple[float, float]:
    """Fit a line to the samples low…high of a run of heights.

    Heights between are weighted 1 and the two at the ends ½, so that the sums are those of the trapezoidal rule.

    Parameters
    ----------
    height_m
        Heights [m]; the run begins at `first`.
    first
        Index at which the run begins.
    low, high
        First and last sample of the fit, counted from `first`; low < high.

    Returns
    -------
    Height in the middle of the fit [m], and rise per sample [m].
    """
    steps = high - low
    start, end = np.float64(height_m[first + low]), np.float64(height_m[first + high])
    total = 0.5 * (start + end)
    moment = 0.5 * (end - start) * 0.5 * steps
    lever = -0.5 * steps
    for k in range(low + 1, high):
        lever += 1.0
        z = np.float64(height_m[first + k])
        total += z
        moment += z * lever
    slope = 12.0 * moment / ((steps * steps + 2.0) * steps)
    return total / steps, slope


@njit(cache=True, error_model="numpy")
def fit_between(
    height_m: Any, first: int, count: int, step_m: float, from_m: float, to_m: float
) -> tuple[float, float]:
    """Fit a line to the part of a profile between two distances and read it at both ends of the profile.

    The part is widened to whole steps, and by a step on either side where nothing is left of it.

    Parameters
    ----------
    height_m
        Heights [m]; the profile begins at `first`.
    first, count
        Index at which the profile begins, and its number of steps.
    step_m
        Length of a step [m].
    from_m, to_m
        Distances from the beginning [m].

    Returns
    -------
    Height of the line at the two ends of the profile [m].
    """
    low = int(max(from_m / step_m, 0.0))
    high = count - int(max(count - to_m / step_m, 0.0))
    if high <= low:
        low = max(low - 1, 0)
        high = min(high + 1, count)
    mean, slope = line_through(height_m, first, low, high)
    middle = 0.5 * (low + high)
    return mean - slope * middle, mean + slope * (count - middle)
