"""Loss within sight: a direct and a reflected ray, mixed with diffraction carried in from beyond the horizon."""

from __future__ import annotations

import math

from numba import njit

from alcance.radio.itm.roughness import height_spread, roughness_within
from alcance.radio.itm.surface import WAVENUMBER_MHZ


@njit(cache=True, error_model="numpy")
def two_ray_db(
    distance: float,
    effective1: float,
    effective2: float,
    impedance: complex,
    delta_h: float,
    smooth_sight: float,
    slope: float,
    intercept: float,
    freq_mhz: float,
) -> float:
    """Loss at a distance within sight, above free space (Algorithm, eqs. 4.43–4.51).

    Parameters
    ----------
    distance
        Length of the path [m].
    effective1, effective2
        Effective heights of the antennas [m].
    impedance
        Transfer impedance of the ground.
    delta_h
        Terrain irregularity Δh [m].
    smooth_sight
        Longest sight over a smooth earth [m].
    slope, intercept
        Line of the diffraction loss [dB/m], [dB].
    freq_mhz
        Frequency [MHz].

    Returns
    -------
    Loss [dB].
    """
    wavenumber = freq_mhz / WAVENUMBER_MHZ
    spread = height_spread(roughness_within(distance, delta_h))
    heights = effective1 + effective2
    grazing = heights / math.sqrt(distance * distance + heights * heights)
    reflection = (grazing - impedance) / (grazing + impedance) * math.exp(-min(10.0, wavenumber * spread * grazing))
    power = reflection.real**2 + reflection.imag**2
    if power < 0.25 or power < grazing:
        reflection *= math.sqrt(grazing / power)
    phase = wavenumber * 2 * effective1 * effective2 / distance
    if phase > math.pi / 2:
        # Beyond the first lobe the ripple is smoothed away.
        phase = math.pi - (math.pi / 2) ** 2 / phase
    real = math.cos(phase) + reflection.real
    imaginary = reflection.imag - math.sin(phase)
    two_rays = -10 * math.log10(real * real + imaginary * imaginary)
    diffraction = slope * distance + intercept
    weight = 1 / (1 + freq_mhz * delta_h / max(10e3, smooth_sight))
    return weight * two_rays + (1 - weight) * diffraction


@njit(cache=True, error_model="numpy")
def line_of_sight_db(
    distance: float,
    sight: float,
    smooth_sight: float,
    effective1: float,
    effective2: float,
    impedance: complex,
    delta_h: float,
    slope: float,
    intercept: float,
    freq_mhz: float,
) -> float:
    """Reference attenuation of a path shorter than smooth-earth sight (Algorithm, eqs. 4.1 and 4.26–4.42).

    A curve of a constant, a linear and a logarithmic term goes through the two-ray loss at two distances and the
    diffraction loss at the horizon, and never falls with distance.

    Parameters
    ----------
    distance
        Length of the path [m], less than `smooth_sight`.
    sight
        Sum of the horizons' distances [m].
    smooth_sight, effective1, effective2, impedance, delta_h, slope, intercept, freq_mhz
        As of `two_ray_db`.

    Returns
    -------
    Loss above free space [dB]; may be negative.
    """
    fixed = (effective1, effective2, impedance, delta_h, smooth_sight, slope, intercept, freq_mhz)
    last_db = smooth_sight * slope + intercept
    near = 0.04 * freq_mhz * effective1 * effective2
    if intercept >= 0:
        near = min(near, 0.5 * sight)
        middle = near + 0.25 * (sight - near)
    else:
        middle = max(-intercept / slope, 0.25 * sight)
    middle_db = two_ray_db(middle, *fixed)
    linear = logarithmic = 0.0
    through_three = False
    if near < middle:
        near_db = two_ray_db(near, *fixed)
        ratio = math.log(smooth_sight / near)
        rest, part = smooth_sight - near, middle - near
        logarithmic = max(
            0.0,
            (rest * (middle_db - near_db) - part * (last_db - near_db))
            / (rest * math.log(middle / near) - part * ratio),
        )
        through_three = intercept > 0 or logarithmic > 0
        if through_three:
            linear = (last_db - near_db - logarithmic * ratio) / rest
            if linear < 0:
                linear = 0.0
                logarithmic = max(last_db - near_db, 0.0) / ratio
                if logarithmic == 0:
                    linear = slope
    if not through_three:
        logarithmic = 0.0
        linear = max(last_db - middle_db, 0.0) / (smooth_sight - middle)
        if linear == 0:
            linear = slope
    constant = last_db - linear * smooth_sight - logarithmic * math.log(smooth_sight)
    return constant + linear * distance + logarithmic * math.log(distance)
