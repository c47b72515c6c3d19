"""Rain: specific attenuation from the rain rate, Recommendation ITU-R P.838-3."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

from alcance.radio.limits import Limit, checked

HORIZONTAL_TILT_DEG, CIRCULAR_TILT_DEG, VERTICAL_TILT_DEG = 0.0, 45.0, 90.0

LIMITS = {
    "freq_ghz": Limit(1.0, 1000.0, "P.838-3 holds from 1 to 1000 GHz"),
    "rain_mm_h": Limit(0.0, 500.0, "a rain rate lies between 0 and 500 mm/h"),
    "elevation_deg": Limit(-90.0, 90.0, "a path's elevation lies between -90 and 90 degrees"),
    "tilt_deg": Limit(-180.0, 180.0, "a tilt is 0 (horizontal), 90 (vertical) or 45 (circular) degrees, at most 180"),
}

# Tables 1 to 4: a_j, b_j, c_j of each Gaussian in log10 f, then the straight line m, c.
_K_HORIZONTAL = np.array(
    [
        [-5.33980, -0.10008, 1.13098],
        [-0.35351, 1.26970, 0.45400],
        [-0.23789, 0.86036, 0.15354],
        [-0.94158, 0.64552, 0.16817],
    ]
)
_K_HORIZONTAL_LINE = (-0.18961, 0.71147)
_K_VERTICAL = np.array(
    [
        [-3.80595, 0.56934, 0.81061],
        [-3.44965, -0.22911, 0.51059],
        [-0.39902, 0.73042, 0.11899],
        [0.50167, 1.07319, 0.27195],
    ]
)
_K_VERTICAL_LINE = (-0.16398, 0.63297)
_ALPHA_HORIZONTAL = np.array(
    [
        [-0.14318, 1.82442, -0.55187],
        [0.29591, 0.77564, 0.19822],
        [0.32177, 0.63773, 0.13164],
        [-5.37610, -0.96230, 1.47828],
        [16.1721, -3.29980, 3.43990],
    ]
)
_ALPHA_HORIZONTAL_LINE = (0.67849, -1.95537)
_ALPHA_VERTICAL = np.array(
    [
        [-0.07771, 2.33840, -0.76284],
        [0.56727, 0.95545, 0.54039],
        [-0.20238, 1.14520, 0.26809],
        [-48.2991, 0.791669, 0.116226],
        [48.5833, 0.791459, 0.116479],
    ]
)
_ALPHA_VERTICAL_LINE = (-0.053739, 0.83433)


def coefficients(
    freq_ghz: ArrayLike, *, tilt_deg: ArrayLike = VERTICAL_TILT_DEG, elevation_deg: ArrayLike = 0.0
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Coefficients k and α of the power law γ = k Rᵅ (P.838-3, eqs. 2 to 5).

    Parameters
    ----------
    freq_ghz
        Frequency [GHz], 1 to 1000.
    tilt_deg
        Tilt of the polarisation from the horizontal [deg]: 0 horizontal, 90 vertical, 45 circular.
    elevation_deg
        Elevation of the path above the horizontal [deg]; nought for a link along the ground.

    Returns
    -------
    k and α in the broadcast shape.

    Raises
    ------
    InputError
        A value lies outside its range.
    """
    freq, tilt, elevation = checked("P.838", LIMITS, freq_ghz=freq_ghz, tilt_deg=tilt_deg, elevation_deg=elevation_deg)
    k, alpha = np.empty(freq.size), np.empty(freq.size)
    _coefficients_each(freq.ravel(), tilt.ravel(), elevation.ravel(), k, alpha)
    return k.reshape(freq.shape), alpha.reshape(freq.shape)


def specific_attenuation_db_km(
    rain_mm_h: ArrayLike,
    freq_ghz: ArrayLike,
    *,
    tilt_deg: ArrayLike = VERTICAL_TILT_DEG,
    elevation_deg: ArrayLike = 0.0,
) -> NDArray[np.float64]:
    """Attenuation by rain per kilometre (P.838-3, eq. 1).

    Parameters
    ----------
    rain_mm_h
        Rain rate [mm/h], 0 or more.
    freq_ghz, tilt_deg, elevation_deg
        As for `coefficients`; all broadcast.

    Returns
    -------
    Specific attenuation [dB/km].

    Raises
    ------
    InputError
        A value lies outside its range.

    Examples
    --------
    >>> round(float(specific_attenuation_db_km(60.0, 18.0)), 2)
    4.67
    """
    rain, freq, tilt, elevation = checked(
        "P.838", LIMITS, rain_mm_h=rain_mm_h, freq_ghz=freq_ghz, tilt_deg=tilt_deg, elevation_deg=elevation_deg
    )
    k, alpha = coefficients(freq, tilt_deg=tilt, elevation_deg=elevation)
    attenuation: NDArray[np.float64] = k * rain**alpha
    return attenuation


@njit(cache=True)
def _curve(log_freq: float, bells: Any, slope: float, offset: float) -> float:
    """Sum of Gaussians and a straight line in log10 f: log10 k (eq. 2) or α (eq. 3)."""
    total = slope * log_freq + offset
    for j in range(bells.shape[0]):
        total += bells[j, 0] * math.exp(-(((log_freq - bells[j, 1]) / bells[j, 2]) ** 2))
    return total


@njit(cache=True)
def rain_coefficients(freq_ghz: float, tilt_deg: float, elevation_deg: float) -> tuple[float, float]:
    """Coefficients k and α of one link, for other kernels; the arguments must be within range."""
    log_freq = math.log10(freq_ghz)
    k_h = 10 ** _curve(log_freq, _K_HORIZONTAL, _K_HORIZONTAL_LINE[0], _K_HORIZONTAL_LINE[1])
    k_v = 10 ** _curve(log_freq, _K_VERTICAL, _K_VERTICAL_LINE[0], _K_VERTICAL_LINE[1])
    alpha_h = _curve(log_freq, _ALPHA_HORIZONTAL, _ALPHA_HORIZONTAL_LINE[0], _ALPHA_HORIZONTAL_LINE[1])
    alpha_v = _curve(log_freq, _ALPHA_VERTICAL, _ALPHA_VERTICAL_LINE[0], _ALPHA_VERTICAL_LINE[1])
    mix = math.cos(math.radians(elevation_deg)) ** 2 * math.cos(2 * math.radians(tilt_deg))
    k = (k_h + k_v + (k_h - k_v) * mix) / 2  # eq. 4
    alpha = (k_h * alpha_h + k_v * alpha_v + (k_h * alpha_h - k_v * alpha_v) * mix) / (2 * k)  # eq. 5
    return k, alpha


@njit(cache=True)
def _coefficients_each(freq_ghz: Any, tilt_deg: Any, elevation_deg: Any, k: Any, alpha: Any) -> None:
    for i in range(freq_ghz.size):
        k[i], alpha[i] = rain_coefficients(freq_ghz[i], tilt_deg[i], elevation_deg[i])
