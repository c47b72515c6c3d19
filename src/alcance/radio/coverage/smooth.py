"""What the smooth earth takes beyond the profile: the delta part of the delta-Bullington method along a radial."""

from __future__ import annotations

import math
from typing import Any

from numba import njit

from alcance.radio.coverage.edge import NO_LOSS_V, edge_loss_db
from alcance.radio.coverage.hull import highest_above, tangent
from alcance.radio.spherical_earth import spherical_earth_db

HALVINGS = 40


@njit(cache=True, error_model="numpy")
def delta_db(
    hull_d: Any,
    hull_h: Any,
    size: int,
    transmitter_slope: float,
    area: float,
    moment: float,
    first_ground: float,
    top_m: float,
    d: float,
    ground: float,
    antenna_m: float,
    step_m: float,
    radius_km: float,
    freq_ghz: float,
    polarisation: int,
    sea_share: float,
) -> float:
    """Compute max(spherical − smooth, 0) of P.526-15, § 4.5.4, for a receiver at distance d.

    Parameters
    ----------
    hull_d, hull_h, size
        Upper hull of the bare ground before the receiver (no bulge).
    transmitter_slope
        Steepest slope from the tower's antenna to that ground.
    area, moment
        Sums of equations 64 and 65 up to the receiver.
    first_ground, top_m
        Ground and antenna at the tower, above sea level [m].
    d, ground, antenna_m
        Distance, ground and antenna of the receiver.
    step_m
        Distance between samples.
    """
    end1 = (2 * area * d - moment) / (d * d)
    end2 = (moment - area * d) / (d * d)
    direct = (antenna_m - top_m) / d
    above = highest_above(hull_d, hull_h, size, top_m, direct)
    if above > 0:
        slope1 = transmitter_slope - direct
        slope2 = tangent(hull_d, hull_h, size, d, antenna_m) + direct
        end1 -= above * slope1 / (slope1 + slope2)
        end2 -= above * slope2 / (slope1 + slope2)
    effective1, effective2 = top_m - min(end1, first_ground), antenna_m - min(end2, ground)
    spherical = spherical_earth_db(d * 1e-3, effective1, effective2, radius_km, freq_ghz, sea_share, polarisation)
    if spherical <= 0:
        return 0.0
    drop = 1 / (2000 * radius_km)
    smooth = edge_loss_db(_smooth_parameter(d, effective1, effective2, drop, step_m, 0.299792458 / freq_ghz), d)
    return float(max(spherical - smooth, 0.0))


@njit(cache=True, error_model="numpy")
def _smooth_parameter(d: float, h1: float, h2: float, drop: float, step_m: float, wavelength: float) -> float:
    """Compute ν of level ground between antennas at h1 and h2: the bulge's tangents in closed form."""
    shortest, longest = min(step_m, d / 2), max(d - step_m, d / 2)
    direct = (h2 - h1) / d
    touch1 = min(max(math.sqrt(h1 / drop), shortest), longest)
    touch2 = min(max(math.sqrt(h2 / drop), shortest), longest)
    over1 = drop * (d - touch1) - h1 / touch1 - direct
    over2 = drop * (d - touch2) - h2 / touch2 + direct
    scale = 2 * d / wavelength
    if over1 >= 0:
        return math.sqrt(max(scale * over1 * over2, 0.0))
    if scale * over1 * over2 >= NO_LOSS_V * NO_LOSS_V:
        return NO_LOSS_V
    # With 1 / (1 + e^(−2x)) the share of the way, ν ∝ bulge / 2 cosh x − h1 e^(−x) − h2 e^x: concave where in sight.
    bulge = drop * d * d
    high = 0.5 * math.log((d - shortest) / shortest)
    low = -high
    for _ in range(HALVINGS):
        x = 0.5 * (low + high)
        rise, fall = math.exp(x), math.exp(-x)
        cosh2 = rise + fall
        if -bulge * (rise - fall) / (cosh2 * cosh2) + h1 * fall - h2 * rise > 0:
            low = x
        else:
            high = x
    rise, fall = math.exp(low), math.exp(-low)
    return float(math.sqrt(2 / (wavelength * d)) * (bulge / (rise + fall) - h1 * fall - h2 * rise))
