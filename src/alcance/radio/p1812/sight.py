"""Loss of a path in sight, with what multipath and focusing add to the signal for short times (P.1812-6, § 4.2)."""

from __future__ import annotations

import math

from numba import njit


@njit(cache=True)
def free_space_db(length_km: float, h1: float, h2: float, freq_ghz: float) -> float:
    """Free-space loss over the slant distance (eqs. 8, 8a).

    The Recommendation's constant is 92.4 where P.525 gives 92.45: its published results rest on it.
    """
    return 92.4 + 20 * math.log10(freq_ghz) + 10 * math.log10(length_km**2 + (1e-3 * (h1 - h2)) ** 2)


@njit(cache=True)
def focusing_db(horizon1_km: float, horizon2_km: float, time_pct: float) -> float:
    """Correction for multipath and focusing at a share of time, nought or less (eqs. 9a, 9b)."""
    return 2.6 * (1 - math.exp(-0.1 * (horizon1_km + horizon2_km))) * math.log10(time_pct / 50)
