"""Loss beyond the horizon by diffraction: two knife edges and a smooth earth, weighed by roughness, and clutter."""

from __future__ import annotations

import math

from numba import njit

from alcance.radio.itm.roughness import height_spread, roughness_within
from alcance.radio.itm.surface import WAVENUMBER_MHZ

EARTH_RADIUS_M = 6370e3  # of Vogler's nomograms
LOW_ANTENNAS_M2 = 10.0  # added to the product of heights where the path is known (Algorithm, eq. 4.9)


@njit(cache=True, error_model="numpy")
def diffraction_db(
    distance: float,
    sight_angle: float,
    horizon1: float,
    horizon2: float,
    effective1: float,
    effective2: float,
    height1: float,
    height2: float,
    smooth_sight: float,
    delta_h: float,
    curvature: float,
    impedance: float,
    freq_mhz: float,
) -> float:
    """Loss by diffraction at a distance beyond the horizons, above free space (Algorithm, eqs. 4.9–4.11).

    Parameters
    ----------
    distance
        Length of the path [m].
    sight_angle
        Angle at the earth's centre over which there is sight [rad].
    horizon1, horizon2
        Distances of the horizons [m].
    effective1, effective2
        Effective heights of the antennas [m].
    height1, height2
        Heights above ground [m].
    smooth_sight
        Longest sight over a smooth earth [m].
    delta_h
        Terrain irregularity Δh [m].
    curvature
        Of the effective earth [1/m].
    impedance
        Magnitude of the ground's transfer impedance.
    freq_mhz
        Frequency [MHz].

    Returns
    -------
    Loss [dB].
    """
    sight = horizon1 + horizon2
    edges = _knife_edges_db(distance, sight_angle, horizon1, horizon2, curvature, freq_mhz)
    smooth = _smooth_earth_db(
        distance, sight_angle, horizon1, horizon2, effective1, effective2, curvature, impedance, freq_mhz
    )
    product = height1 * height2
    # Eq. 4.10: the clutter that stands around low antennas.
    spread = height_spread(roughness_within(smooth_sight, delta_h))
    clutter = min(15.0, 5 * math.log10(1 + 1e-5 * product * freq_mhz * spread))
    # Eq. 4.9: the rougher the ground in wavelengths and the lower the antennas, the more the path is one over edges.
    lowness = math.sqrt(1 + (effective1 * effective2 - product) / (product + LOW_ANTENNAS_M2))
    rough = min(roughness_within(distance, delta_h) * freq_mhz / WAVENUMBER_MHZ, 6283.2)
    weight = 25.1 / (25.1 + math.sqrt((lowness + (sight - sight_angle / curvature) / distance) * rough))
    return weight * smooth + (1 - weight) * edges + clutter


@njit(cache=True, error_model="numpy")
def _knife_edges_db(
    distance: float, sight_angle: float, horizon1: float, horizon2: float, curvature: float, freq_mhz: float
) -> float:
    """Loss over two knife edges at the horizons (Algorithm, eqs. 4.12–4.14)."""
    angle = distance * curvature - sight_angle
    beyond = distance - (horizon1 + horizon2)
    square = 0.0795775 * (freq_mhz / WAVENUMBER_MHZ) * angle * angle * beyond  # 1/4π
    return _edge_db(square * horizon1 / (beyond + horizon1)) + _edge_db(square * horizon2 / (beyond + horizon2))


@njit(cache=True, error_model="numpy")
def _edge_db(v_squared: float) -> float:
    """Loss over one knife edge, of the square of Fresnel's parameter (Algorithm, eqs. 4.21 and 6.1)."""
    if v_squared < 5.76:
        return 6.02 + 9.11 * math.sqrt(v_squared) - 1.27 * v_squared
    return 12.953 + 10 * math.log10(v_squared)


@njit(cache=True, error_model="numpy")
def _smooth_earth_db(
    distance: float,
    sight_angle: float,
    horizon1: float,
    horizon2: float,
    effective1: float,
    effective2: float,
    curvature: float,
    impedance: float,
    freq_mhz: float,
) -> float:
    """Loss over a rounded earth by Vogler's method of three radii (Algorithm, eqs. 4.15–4.20)."""
    angle = distance * curvature - sight_angle
    beyond = distance - (horizon1 + horizon2)
    cube_root = freq_mhz ** (1 / 3)
    between, _ = _numbers(beyond / angle, beyond, cube_root, impedance)
    before, k1 = _numbers(0.5 * horizon1 * horizon1 / effective1, horizon1, cube_root, impedance)
    after, k2 = _numbers(0.5 * horizon2 * horizon2 / effective2, horizon2, cube_root, impedance)
    x = between + before + after
    return 0.05751 * x - 10 * math.log10(x) - _height_gain_db(before, k1) - _height_gain_db(after, k2) - 20


@njit(cache=True, error_model="numpy")
def _numbers(radius: float, arc: float, cube_root: float, impedance: float) -> tuple[float, float]:
    """Vogler's numerical distance x of an arc [m] over a sphere of a radius [m], and K (Algorithm, eqs. 4.16–4.19)."""
    ratio = (4 / 3 * EARTH_RADIUS_M / radius) ** (1 / 3)
    k = 0.017778 * ratio / (cube_root * impedance)
    return (1.607 - k) * ratio * ratio * cube_root * arc / 1000, k


@njit(cache=True, error_model="numpy")
def _height_gain_db(x: float, k: float) -> float:
    """Height gain over a smooth sphere (Algorithm, eqs. 6.2–6.6, with the model's own turning points)."""
    if x < 200:
        depth = -math.log(k)
        if k < 1e-5 or x * depth**3 > 5495:
            return 17.372 * math.log(x) - 117 if x > 1 else -117.0
        return 2.5e-5 * x * x / k - 8.686 * depth - 15
    gain = 0.05751 * x - 4.343 * math.log(x)
    if x < 2000:
        blend = 0.0134 * x * math.exp(-0.005 * x)
        gain = (1 - blend) * gain + blend * (17.372 * math.log(x) - 117)
    return gain
