"""How the mechanisms add up to the loss of a share of time (P.1812-6, § 4.3.5 and § 4.6)."""

from __future__ import annotations

import math

from numba import njit

from alcance.radio.p1812.location import inverse_normal


@njit(cache=True)
def angle_factor(angle_mrad: float) -> float:
    """Weight F_j of sight against diffraction by angular distance (eq. 57)."""
    return 1 - 0.5 * (1 + math.tanh(3 * 0.8 * (angle_mrad - 0.3) / 0.3))


@njit(cache=True)
def distance_factor(length_km: float) -> float:
    """Weight F_k of diffraction against ducting by length (eq. 58)."""
    return 1 - 0.5 * (1 + math.tanh(3 * 0.5 * (length_km - 20) / 20))


@njit(cache=True)
def time_factor(time_pct: float, anomaly_pct: float) -> float:
    """Interpolation factor F_i between the median and β₀ per cent of the time (eq. 40)."""
    if time_pct <= anomaly_pct:
        return 1.0
    return float(inverse_normal(time_pct / 100) / inverse_normal(anomaly_pct / 100))


@njit(cache=True)
def enhanced_db(ducting_db: float, sight_db: float) -> float:
    """Notional loss with enhancements of sight and ducting L_minbap (eq. 60), about the greater of the two.

    The greater is taken out of the sum so that nothing overflows.
    """
    greater = max(ducting_db, sight_db)
    return greater + 2.5 * math.log(math.exp((ducting_db - greater) / 2.5) + math.exp((sight_db - greater) / 2.5))


@njit(cache=True)
def with_scatter_db(scatter_db: float, other_db: float) -> float:
    """Troposcatter and everything else together L_bc (eq. 63)."""
    lesser = min(scatter_db, other_db)
    return lesser - 5 * math.log10(10 ** (-0.2 * (scatter_db - lesser)) + 10 ** (-0.2 * (other_db - lesser)))
