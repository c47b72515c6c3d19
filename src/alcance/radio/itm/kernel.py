"""The loss of one path from beginning to end, and of many at once."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit, prange

from alcance.radio.itm import limits
from alcance.radio.itm.geometry import path_geometry, smooth_horizon
from alcance.radio.itm.reference import reference_db
from alcance.radio.itm.surface import effective_curvature, ground_impedance, surface_refractivity
from alcance.radio.itm.variability import loss_not_exceeded_db
from alcance.radio.itm.warning import WarningFlag

_TX_HEIGHT, _RX_HEIGHT = int(WarningFlag.TX_TERMINAL_HEIGHT), int(WarningFlag.RX_TERMINAL_HEIGHT)
_FREQUENCY = int(WarningFlag.FREQUENCY)
_LONG, _VERY_LONG = int(WarningFlag.PATH_DISTANCE_TOO_BIG_1), int(WarningFlag.PATH_DISTANCE_TOO_BIG_2)
_STEEP, _SHORT = int(WarningFlag.PATH_DISTANCE_TOO_SMALL_1), int(WarningFlag.PATH_DISTANCE_TOO_SMALL_2)
_EXTREME, _THIN_AIR = int(WarningFlag.EXTREME_VARIABILITIES), int(WarningFlag.SURFACE_REFRACTIVITY)
# Of the first antenna; those of the second are the next bits.
_ANGLE, _NEAR = int(WarningFlag.TX_HORIZON_ANGLE), int(WarningFlag.TX_HORIZON_DISTANCE_1)
_FAR = int(WarningFlag.TX_HORIZON_DISTANCE_2)


@njit(cache=True, parallel=True, error_model="numpy")
def each(
    distance_m: Any,
    ground_m: Any,
    offsets: Any,
    real: Any,
    whole: Any,
    found: Any,
    flags: Any,
    propagation: Any,
    status: Any,
) -> None:
    """Do every path, on all threads; arrays as of `one`."""
    for i in prange(offsets.size - 1):
        one(np.int64(i), distance_m, ground_m, offsets, real, whole, found, flags, propagation, status)


@njit(cache=True, error_model="numpy")
def one(
    i: Any,
    distance_m: Any,
    ground_m: Any,
    offsets: Any,
    real: Any,
    whole: Any,
    found: Any,
    flags: Any,
    propagation: Any,
    status: Any,
) -> None:
    """Do path i: write what is found, or in `status` what is wrong with it.

    Parameters
    ----------
    i
        Index of the path.
    distance_m, ground_m, offsets
        The arrays of `Profiles`; the ground in either precision.
    real
        9 × n: heights 1 and 2 [m], frequency [GHz], refractivity at sea level, relative permittivity, conductivity
        [S/m], and the shares of time, places and situations [%].
    whole
        3 × n: climate, mode of variability, polarisation.
    found
        11 × n, written: loss, free space and reference [dB], Δh [m], angles [rad] and distances [m] of the horizons,
        effective heights [m], refractivity at the ground.
    flags, propagation, status
        Written: `WarningFlag`, mechanism, and a fault of `limits`, 0 for none.
    """
    found[:, i] = np.nan
    first, count = offsets[i], offsets[i + 1] - offsets[i] - 1
    status[i], step_m = _check_profile(distance_m, ground_m, first, count)
    if status[i]:
        return
    height1, height2, freq_mhz = real[0, i], real[1, i], real[2, i] * 1000
    refractivity = surface_refractivity(real[3, i], _system_height(ground_m, first, count))
    curvature = effective_curvature(refractivity)
    found[10, i] = refractivity
    impedance = ground_impedance(freq_mhz, real[4, i], real[5, i], whole[2, i])
    status[i] = _check_surface(refractivity, curvature, impedance)
    if status[i]:
        return
    theta1, theta2, horizon1, horizon2, effective1, effective2, delta_h = path_geometry(
        ground_m, first, count, step_m, height1, height2, curvature
    )
    length = count * step_m
    median, propagation[i] = reference_db(
        length,
        theta1 + theta2,
        horizon1,
        horizon2,
        effective1,
        effective2,
        height1,
        height2,
        delta_h,
        refractivity,
        curvature,
        impedance,
        freq_mhz,
    )
    above, extreme = loss_not_exceeded_db(
        median,
        length,
        effective1,
        effective2,
        delta_h,
        freq_mhz,
        whole[0, i],
        whole[1, i],
        real[6, i],
        real[7, i],
        real[8, i],
    )
    # 32.45 dB is the model's own rounding of free space at 1 km and 1 MHz.
    free_space = 32.45 + 20 * math.log10(freq_mhz) + 20 * math.log10(length / 1000)
    flags[i] = (
        _doubt_inputs(height1, height2, freq_mhz, length, effective1, effective2)
        | _doubt_horizons(theta1, horizon1, smooth_horizon(effective1, curvature), 0)
        | _doubt_horizons(theta2, horizon2, smooth_horizon(effective2, curvature), 1)
        | (_EXTREME if extreme else 0)
        | (_THIN_AIR if refractivity < 250 else 0)
    )
    found[0, i], found[1, i], found[2, i], found[3, i] = above + free_space, free_space, median, delta_h
    found[4, i], found[5, i], found[6, i], found[7, i] = theta1, theta2, horizon1, horizon2
    found[8, i], found[9, i] = effective1, effective2
    if not math.isfinite(found[0, i]):
        status[i] = limits.NO_ANSWER


@njit(cache=True, error_model="numpy")
def _check_profile(distance_m: Any, ground_m: Any, first: int, count: int) -> tuple[int, float]:
    """What is wrong with a profile, nought if nothing, and the length of its steps [m]."""
    if count < 2:
        return limits.TOO_FEW, 0.0
    begin = distance_m[first]
    length = distance_m[first + count] - begin
    if not (math.isfinite(length) and length > 0):
        return limits.NO_LENGTH, 0.0
    even = length / count
    gaps = crooked = 0  # counted, for a count can be vectorised and an early exit cannot
    for k in range(count + 1):
        gaps += not math.isfinite(ground_m[first + k])
        crooked += not abs(distance_m[first + k] - begin - k * even) <= limits.EVEN_WITHIN * even
    if gaps:
        return limits.GAP, 0.0
    if crooked:
        return limits.UNEVEN, 0.0
    # The length of a step to the last digit, where it is given: that decides where fits begin and end.
    step_m = distance_m[first + 1] - begin
    return 0, step_m if abs(step_m * count - length) <= 1e-9 * length else even


@njit(cache=True, error_model="numpy")
def _check_surface(refractivity: float, curvature: float, impedance: complex) -> int:
    if refractivity < 150:
        return limits.REFRACTIVITY_LOW
    if refractivity > 400:
        return limits.REFRACTIVITY_HIGH
    radius = 1 / curvature
    if radius < 4e6 or radius > 13333333:
        return limits.CURVATURE
    if impedance.real <= abs(impedance.imag) * (1 + 1e-12):  # equal but for the last digit of a square root
        return limits.IMPEDANCE
    return 0


@njit(cache=True, error_model="numpy")
def _system_height(ground_m: Any, first: int, count: int) -> float:
    """Mean ground but for the tenth at either end: the height at which refractivity is taken [m]."""
    tenth = int(0.1 * count)
    total = 0.0
    for k in range(tenth, count - tenth + 1):
        total += ground_m[first + k]
    return total / (count - 2 * tenth + 1)


@njit(cache=True, error_model="numpy")
def _doubt_inputs(
    height1: float, height2: float, freq_mhz: float, length: float, effective1: float, effective2: float
) -> int:
    flags = 0
    if height1 < 1 or height1 > 1000:
        flags |= _TX_HEIGHT
    if height2 < 1 or height2 > 1000:
        flags |= _RX_HEIGHT
    if freq_mhz < 40 or freq_mhz > 10000:
        flags |= _FREQUENCY
    if length < abs(effective1 - effective2) / 0.2:
        flags |= _STEEP
    if length < 1e3:
        flags |= _SHORT
    if length > 1000e3:
        flags |= _LONG
    if length > 2000e3:
        flags |= _VERY_LONG
    return flags


@njit(cache=True, error_model="numpy")
def _doubt_horizons(theta: float, horizon: float, smooth: float, end: int) -> int:
    flags = 0
    if abs(theta) > 0.2:
        flags |= _ANGLE
    if horizon < 0.1 * smooth:
        flags |= _NEAR
    if horizon > 3 * smooth:
        flags |= _FAR
    return flags << end
