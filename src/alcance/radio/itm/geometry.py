"""Where the horizons of a path lie, and how high the antennas stand above the ground that matters to them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit

from alcance.radio.itm.fit import fit_between
from alcance.radio.itm.roughness import interdecile_range

LOW_ANTENNA_M = 5.0  # Algorithm, eq. 3.3
NEAR_HEIGHTS = 15.0  # ground within so many antenna heights is left out of fits (TR-82-100, § 4)


@njit(cache=True, error_model="numpy")
def path_geometry(
    ground_m: Any, first: int, count: int, step_m: float, height1: float, height2: float, curvature: float
) -> tuple[float, float, float, float, float, float, float]:
    """Horizons, effective heights and roughness of a path.

    Where the horizons are a real obstacle's, each antenna's effective height is measured from a line through the
    ground before its horizon. Well within sight there is no obstacle: one line through all the ground gives the
    heights, and the horizons are those to be expected of ground so rough (Algorithm, eqs. 3.3 and 3.4).

    Parameters
    ----------
    ground_m
        Ground [m]; the profile begins at `first`.
    first, count
        Index at which the profile begins, and its number of steps.
    step_m
        Length of a step [m].
    height1, height2
        Antennas above ground [m].
    curvature
        Of the effective earth [1/m].

    Returns
    -------
    Angles of the two horizons above the level [rad], their distances [m], effective heights [m], Δh [m].
    """
    length = count * step_m
    theta1, theta2, horizon1, horizon2 = _horizons(ground_m, first, count, step_m, height1, height2, curvature)
    begin = min(NEAR_HEIGHTS * height1, 0.1 * horizon1)
    end = length - min(NEAR_HEIGHTS * height2, 0.1 * horizon2)
    delta_h = interdecile_range(ground_m, first, count, step_m, begin, end)
    if horizon1 + horizon2 > 1.5 * length:
        line1, line2 = fit_between(ground_m, first, count, step_m, begin, end)
    else:
        line1, _ = fit_between(ground_m, first, count, step_m, begin, 0.9 * horizon1)
        _, line2 = fit_between(ground_m, first, count, step_m, length - 0.9 * horizon2, end)
    effective1 = height1 + max(ground_m[first] - line1, 0.0)
    effective2 = height2 + max(ground_m[first + count] - line2, 0.0)
    if horizon1 + horizon2 > 1.5 * length:
        horizon1 = _expected_horizon(effective1, delta_h, curvature)
        horizon2 = _expected_horizon(effective2, delta_h, curvature)
        if horizon1 + horizon2 <= length:
            # The expectation must not contradict that the antennas see each other.
            raised = (length / (horizon1 + horizon2)) ** 2
            effective1 *= raised
            effective2 *= raised
            horizon1 = _expected_horizon(effective1, delta_h, curvature)
            horizon2 = _expected_horizon(effective2, delta_h, curvature)
        theta1 = _expected_angle(effective1, horizon1, delta_h, curvature)
        theta2 = _expected_angle(effective2, horizon2, delta_h, curvature)
    return theta1, theta2, horizon1, horizon2, effective1, effective2, delta_h


@njit(cache=True, error_model="numpy")
def _horizons(
    ground_m: Any, first: int, count: int, step_m: float, height1: float, height2: float, curvature: float
) -> tuple[float, float, float, float]:
    """Steepest sight from either antenna and how far away it touches; each other where nothing stands higher."""
    length = count * step_m
    bend = 0.5 * curvature
    # float() would leave the single precision of the ground as it is.
    antenna1 = np.float64(ground_m[first]) + height1
    antenna2 = np.float64(ground_m[first + count]) + height2
    theta1 = (antenna2 - antenna1) / length - length * bend
    theta2 = (antenna1 - antenna2) / length - length * bend
    horizon1 = horizon2 = length
    # Distances are summed step by step, as every version of the model does: where a fit ends turns on the last digit.
    from1, from2 = 0.0, length
    for k in range(first + 1, first + count):
        from1 += step_m
        from2 -= step_m
        z = np.float64(ground_m[k])
        steep1 = (z - antenna1) / from1 - from1 * bend
        steep2 = (z - antenna2) / from2 - from2 * bend
        if steep1 > theta1:
            theta1, horizon1 = steep1, from1
        if steep2 > theta2:
            theta2, horizon2 = steep2, from2
    return theta1, theta2, horizon1, horizon2


@njit(cache=True, error_model="numpy")
def smooth_horizon(effective_m: float, curvature: float) -> float:
    """Distance of the horizon over a smooth earth [m] (Algorithm, eq. 3.5)."""
    return math.sqrt(2 * effective_m / curvature)


@njit(cache=True, error_model="numpy")
def _expected_horizon(effective_m: float, delta_h: float, curvature: float) -> float:
    """Distance at which the horizon is to be expected over rough ground [m] (Algorithm, eq. 3.3)."""
    return smooth_horizon(effective_m, curvature) * math.exp(
        -0.07 * math.sqrt(delta_h / max(effective_m, LOW_ANTENNA_M))
    )


@njit(cache=True, error_model="numpy")
def _expected_angle(effective_m: float, horizon_m: float, delta_h: float, curvature: float) -> float:
    """Angle of that horizon [rad] (Algorithm, eq. 3.4)."""
    smooth = smooth_horizon(effective_m, curvature)
    return (0.65 * delta_h * (smooth / horizon_m - 1) - 2 * effective_m) / smooth
