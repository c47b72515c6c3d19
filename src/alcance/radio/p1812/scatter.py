"""Loss by troposcatter (P.1812-6, § 4.4).

P.1812-7 put another model in its place; the ITU's site, as crc-covlib quotes it, advises to return to this one.
"""

from __future__ import annotations

import math

from numba import njit


@njit(cache=True)
def scatter_db(length_km: float, angle_mrad: float, freq_ghz: float, time_pct: float, n0: float) -> float:
    """Basic transmission loss by troposcatter L_bs (eqs. 44, 45).

    Parameters
    ----------
    length_km
        Length of the path [km].
    angle_mrad
        Angular distance θ [mrad].
    freq_ghz
        Frequency [GHz].
    time_pct
        Share of time [%], 50 at most.
    n0
        Refractivity at sea level, path centre [N-units].
    """
    frequency_db = 25 * math.log10(freq_ghz) - 2.5 * math.log10(freq_ghz / 2) ** 2
    time_db = 10.125 * math.log10(50 / time_pct) ** 0.7
    return float(190.1 + frequency_db + 20 * math.log10(length_km) + 0.573 * angle_mrad - 0.15 * n0 - time_db)
