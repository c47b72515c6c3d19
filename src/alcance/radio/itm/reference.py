"""The reference attenuation: the median loss above free space, as one curve of distance through three regions."""

from __future__ import annotations

import math

from numba import njit

from alcance.radio.itm.diffraction import diffraction_db
from alcance.radio.itm.geometry import smooth_horizon
from alcance.radio.itm.line_of_sight import line_of_sight_db
from alcance.radio.itm.troposcatter import NONE_YET, troposcatter_db

LINE_OF_SIGHT, DIFFRACTION, TROPOSCATTER = 1, 2, 3


@njit(cache=True, error_model="numpy")
def reference_db(
    distance: float,
    theta: float,
    horizon1: float,
    horizon2: float,
    effective1: float,
    effective2: float,
    height1: float,
    height2: float,
    delta_h: float,
    refractivity: float,
    curvature: float,
    impedance: complex,
    freq_mhz: float,
) -> tuple[float, int]:
    """Loss above free space by the mechanism that rules at this distance (Algorithm, eq. 4.1).

    Parameters
    ----------
    distance
        Length of the path [m].
    theta
        Sum of the horizons' angles [rad].
    horizon1, horizon2
        Distances of the horizons [m].
    effective1, effective2
        Effective heights of the antennas [m].
    height1, height2
        Heights above ground [m].
    delta_h
        Terrain irregularity Δh [m].
    refractivity
        At the ground [N-units].
    curvature
        Of the effective earth [1/m].
    impedance
        Transfer impedance of the ground.
    freq_mhz
        Frequency [MHz].

    Returns
    -------
    Loss [dB], nought or more, and `LINE_OF_SIGHT`, `DIFFRACTION` or `TROPOSCATTER`.
    """
    smooth_sight = smooth_horizon(effective1, curvature) + smooth_horizon(effective2, curvature)  # eq. 3.6
    sight = horizon1 + horizon2  # eq. 3.7
    sight_angle = min(-theta, sight * curvature)  # eq. 3.8, with its sign turned
    # Eqs. 4.2–4.8: diffraction is a line through its values at two distances far beyond the horizon.
    unit = (1 / (curvature * curvature * freq_mhz)) ** (1 / 3)
    magnitude = abs(impedance)
    third = max(smooth_sight, sight + 5 * unit)
    fourth = third + 10 * unit
    heights = (horizon1, horizon2, effective1, effective2, height1, height2)
    ground = (smooth_sight, delta_h, curvature, magnitude, freq_mhz)
    third_db = diffraction_db(third, sight_angle, *heights, *ground)
    fourth_db = diffraction_db(fourth, sight_angle, *heights, *ground)
    slope = (fourth_db - third_db) / (fourth - third)
    intercept = third_db - slope * third
    if distance < smooth_sight:
        loss = line_of_sight_db(
            distance, sight, smooth_sight, effective1, effective2, impedance, delta_h, slope, intercept, freq_mhz
        )
        return max(loss, 0.0), LINE_OF_SIGHT
    # Eqs. 4.52–4.59: and so is troposcatter; it takes over where the lines cross.
    fifth, sixth = sight + 200e3, sight + 400e3
    antennas = (horizon1, horizon2, effective1, effective2)
    air = (refractivity, curvature, freq_mhz)
    sixth_db, gain = troposcatter_db(sixth, theta, sight_angle, *antennas, *air, NONE_YET)
    fifth_db, _ = troposcatter_db(fifth, theta, sight_angle, *antennas, *air, gain)
    if fifth_db < 1000:
        scatter_slope = (sixth_db - fifth_db) / 200e3
        crossing = max(
            smooth_sight,
            sight + 1.088 * unit * math.log(freq_mhz),
            (fifth_db - intercept - scatter_slope * fifth) / (slope - scatter_slope),
        )
        if distance > crossing:
            loss = (slope - scatter_slope) * crossing + intercept + scatter_slope * distance
            return max(loss, 0.0), TROPOSCATTER
    elif distance > 10e6:
        # Nothing scatters: diffraction goes on under the name of scatter (eq. 4.56).
        return max(slope * distance + intercept, 0.0), TROPOSCATTER
    return max(slope * distance + intercept, 0.0), DIFFRACTION
