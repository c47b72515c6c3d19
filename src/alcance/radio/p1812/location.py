"""How the loss varies from place to place within one cell of a prediction (P.1812-6, § 4.7 and § 4.9)."""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

from alcance.radio.limits import Limit, checked

SIGMA_LIMITS = {
    "freq_ghz": Limit(0.03, 6, "P.1812 holds from 0.03 to 6 GHz"),
    "cell_m": Limit(1, 10_000, "the cell of a prediction is 1 to 10,000 m wide"),
    "height_m": Limit(0, 3000, "an antenna stands 0 to 3000 m above ground"),
    "cover_m": Limit(0, 500, "what stands on the ground is 0 to 500 m high"),
}


def location_sigma_db(
    freq_ghz: ArrayLike, cell_m: ArrayLike, height_m: ArrayLike, cover_m: ArrayLike
) -> NDArray[np.float64]:
    """Standard deviation of the loss by location at an outdoor receiver on land (P.1812-6, § 4.7, eq. 66).

    Parameters
    ----------
    freq_ghz
        Frequency [GHz].
    cell_m
        Width of the square area over which the loss varies: the cell of the prediction [m].
    height_m
        Receiving antenna above ground [m].
    cover_m
        Representative height of what stands on the ground at the receiver [m].

    Returns
    -------
    (0.52 + 0.024 f) w^0.28, falling to nought from the top of the cover to 10 m over it [dB]; the four broadcast.

    Raises
    ------
    InputError
        A value is out of its range.

    Examples
    --------
    >>> round(float(location_sigma_db(0.7, 100.0, 5.0, 10.0)), 2)
    1.95
    """
    freq, cell, height, cover = checked(
        "P.1812", SIGMA_LIMITS, freq_ghz=freq_ghz, cell_m=cell_m, height_m=height_m, cover_m=cover_m
    )
    share = np.clip(1 - (height - cover) / 10, 0, 1)
    sigma: NDArray[np.float64] = share * (0.52 + 0.024 * freq) * cell**0.28
    return sigma


@njit(cache=True)
def inverse_normal(share: float) -> float:
    """Inverse complementary cumulative normal distribution (P.1812-6, Attachment 2 to Annex 1, eqs. 96, 97)."""
    x = min(max(share, 1e-6), 1 - 1e-6)
    tail = x if x <= 0.5 else 1 - x
    t = math.sqrt(-2 * math.log(tail))
    bottom = ((0.001308 * t + 0.189269) * t + 1.432788) * t + 1
    value = t - ((0.010328 * t + 0.802853) * t + 2.515516698) / bottom
    return value if x <= 0.5 else -value
