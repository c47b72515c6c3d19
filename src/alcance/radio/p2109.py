"""Loss on the way into a building: Recommendation ITU-R P.2109-1 (and -2, whose equations are the same)."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from alcance.errors import InputError, Problem
from alcance.radio.limits import Limit, checked

TRADITIONAL, THERMALLY_EFFICIENT = 1, 2

# Table 1: r, s, t of the median, u, v and y, z of the deviations, w, x of the second median.
COEFFICIENTS = {
    TRADITIONAL: (12.64, 3.72, 0.96, 9.6, 2.0, 9.1, -3.0, 4.5, -2.0),
    THERMALLY_EFFICIENT: (28.19, -3.00, 8.48, 13.5, 3.8, 27.8, -2.9, 9.4, -2.1),
}
FLOOR_DB = -3.0

LIMITS = {
    "freq_ghz": Limit(0.08, 100, "P.2109 holds from 0.08 to 100 GHz"),
    "probability_pct": Limit(1e-6, 100 - 1e-6, "a probability lies between 0 and 100 %, exclusive"),
    "elevation_deg": Limit(-90, 90, "an elevation angle is -90 to 90 degrees"),
}


def building_entry_loss_db(
    freq_ghz: ArrayLike, probability_pct: ArrayLike, building: ArrayLike, *, elevation_deg: ArrayLike = 0.0
) -> NDArray[np.float64]:
    """Building entry loss not exceeded with a probability (P.2109-1, eqs. 1–11).

    Parameters
    ----------
    freq_ghz
        Frequency [GHz], 0.08 to 100.
    probability_pct
        Share of places in buildings of the kind at which the loss is not exceeded [%], between 0 and 100.
    building
        `TRADITIONAL`, or `THERMALLY_EFFICIENT`: metallised glass, foil-backed panels.
    elevation_deg
        Elevation angle of the path at the façade [deg]; nought is level.

    Returns
    -------
    Loss [dB]; the four broadcast. It can be negative: some places indoors receive more.

    Raises
    ------
    InputError
        A value is out of its range, or a building of no known kind.

    Examples
    --------
    >>> round(float(building_entry_loss_db(0.7, 50, TRADITIONAL)), 2)
    14.1
    """
    from scipy.special import ndtri

    freq, probability, elevation = checked(
        "P.2109", LIMITS, freq_ghz=freq_ghz, probability_pct=probability_pct, elevation_deg=elevation_deg
    )
    kind = np.asarray(building)
    unknown = ~np.isin(kind, list(COEFFICIENTS))
    if unknown.any():
        message = "a building is traditional (1) or thermally efficient (2)"
        raise InputError([Problem("P.2109", None, "building", str(kind[unknown].flat[0]), message)])
    r, s, t, u, v, w, x, y, z = (
        np.where(kind == TRADITIONAL, usual, efficient)
        for usual, efficient in zip(COEFFICIENTS[TRADITIONAL], COEFFICIENTS[THERMALLY_EFFICIENT], strict=True)
    )
    log_freq = np.log10(freq)
    median = r + s * log_freq + t * log_freq**2 + 0.212 * np.abs(elevation)  # eqs. 5, 9, 10
    deviate = ndtri(probability / 100)
    a_db = deviate * (u + v * log_freq) + median  # eqs. 2, 7
    b_db = deviate * (y + z * log_freq) + w + x * log_freq  # eqs. 3, 6, 8
    loss: NDArray[np.float64] = 10 * np.log10(10 ** (0.1 * a_db) + 10 ** (0.1 * b_db) + 10 ** (0.1 * FLOOR_DB))
    return loss
