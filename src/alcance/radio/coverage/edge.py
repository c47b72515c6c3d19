"""The one knife edge that stands for a profile: Bullington's construction from slopes alone.

Heights are those over the plane that touches the effective earth at the tower: ground less d² / 2 k a. Shearing the
picture so leaves sight lines straight and makes one hull serve every receiver of a radial. With A and B the slopes of
the tangents from the transmitter and the receiver over the direct line, the edge of P.526-15 § 4.5.1 has
ν² = 2 L A B / λ.
Where both ends see each other A and B are negative, and −√(2 L A B / λ) is an upper bound of ν over all the ground.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit

from alcance.radio.coverage.hull import tangent

NO_LOSS_V = -0.78  # P.526-15, eq. 31: nothing is lost at this ν and below


@njit(cache=True, error_model="numpy")
def edge_parameter(
    sample_d: Any,
    sample_h: Any,
    count: int,
    hull_d: Any,
    hull_h: Any,
    size: int,
    transmitter_slope: float,
    top_h: float,
    d: float,
    h: float,
    wavelength: float,
    least: float,
) -> float:
    """Compute ν of the path from the tower to an antenna at (d, h): exact above `least`, else anything not above it.

    Parameters
    ----------
    sample_d, sample_h, count
        The radial's samples before the receiver.
    hull_d, hull_h, size
        Their upper hull.
    transmitter_slope
        Steepest slope from the tower to any of them.
    top_h, d, h
        Height of the tower's antenna; distance and height of the receiver's.
    wavelength
        [m]
    least
        ν, negative, below which the caller does not care.
    """
    direct = (h - top_h) / d
    over1 = transmitter_slope - direct
    over2 = tangent(hull_d, hull_h, size, d, h) + direct
    scale = 2 * d / wavelength
    if over1 >= 0:
        return math.sqrt(max(scale * over1 * over2, 0.0))
    # Samples are above the bound of `least` from both ends only in between: nearer to the tower than …, farther than ….
    bound = scale * over1 * over2
    if bound >= least * least:
        return least
    share1 = least * least / (scale * over1 * over1)
    share2 = least * least / (scale * over2 * over2)
    nearest, farthest = d / (1 + share2), d * share1 / (1 + share1)
    first = max(0, int(nearest / d * count) - 2)
    while first > 0 and sample_d[first] > nearest:
        first -= 1
    # ν is −√(2 L / λ) times the square root of the smallest clearance² / (d₁ d₂).
    smallest = np.inf
    for number in range(first, count):
        i = np.uint64(number)
        di = sample_d[i]
        if di > farthest * (1 + 1e-9):
            break
        clear = top_h + direct * di - sample_h[i]
        smallest = min(smallest, clear * clear / (di * (d - di)))
    return float(-math.sqrt(scale * smallest))


@njit(cache=True, error_model="numpy")
def edge_loss_db(v: float, length_m: float) -> float:
    """Bullington loss of ν: the knife edge's (P.526-15, eq. 31) and the correction for the length (eq. 60)."""
    if v <= NO_LOSS_V:
        return 0.0
    x = v - 0.1
    edge = max(0.0, 6.9 + 20 * math.log10(math.sqrt(x * x + 1) + x))
    return edge + (1 - math.exp(-edge / 6)) * (10 + 2e-5 * length_m)
