"""Free-space loss: Recommendation ITU-R P.525-4."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

LIGHT_M_S = 299_792_458.0


def wavelength_m(freq_ghz: float) -> float:
    """Wavelength of a frequency.

    Examples
    --------
    >>> round(wavelength_m(5.8), 5)
    0.05169
    """
    return LIGHT_M_S / (freq_ghz * 1e9)


def free_space_loss_db(distance_km: ArrayLike, freq_ghz: ArrayLike) -> NDArray[np.float64]:
    """Compute the basic transmission loss between isotropic antennas in free space (P.525-4, eq. 3).

    Parameters
    ----------
    distance_km
        Length of the path [km], positive.
    freq_ghz
        Frequency [GHz]; broadcasts with the distance.

    Returns
    -------
    Loss [dB], 20 log₁₀(4 π d / λ).

    Examples
    --------
    >>> round(float(free_space_loss_db(10.0, 5.8)), 2)
    127.72
    """
    distance_m = np.asarray(distance_km, np.float64) * 1e3
    freq_hz = np.asarray(freq_ghz, np.float64) * 1e9
    loss: NDArray[np.float64] = 20 * np.log10(4 * np.pi * distance_m * freq_hz / LIGHT_M_S)
    return loss


def free_space_range_km(loss_db: ArrayLike, freq_ghz: ArrayLike) -> NDArray[np.float64]:
    """Distance at which free space loses a given amount: the inverse of `free_space_loss_db`.

    Examples
    --------
    >>> round(float(free_space_range_km(127.716, 5.8)), 2)
    10.0
    """
    freq_hz = np.asarray(freq_ghz, np.float64) * 1e9
    distance_m: NDArray[np.float64] = 10 ** (np.asarray(loss_db, np.float64) / 20) * LIGHT_M_S / (4 * np.pi * freq_hz)
    return distance_m / 1e3
