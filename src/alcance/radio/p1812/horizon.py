"""What a path looks like from its ends: horizons, effective heights, roughness (P.1812-6, Attachment 1 to Annex 1)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit


@njit(cache=True)
def horizons(found: Any, length: float, direct: float, place: int, radius_km: float) -> tuple[float, float, int, int]:
    """Horizons of both ends over the bare ground of the median earth (§ 4 and § 5 of the attachment, eqs. 76–83).

    Parameters
    ----------
    found
        The walk over the profile.
    length, direct
        Length [km]; slope of the line between the antennas [m/km].
    place
        Sample of the greatest diffraction parameter between antennas in sight.
    radius_km
        Median effective earth radius [km].

    Returns
    -------
    Elevation angles of the horizons θ_t and θ_r [mrad], and the samples where they are. Of a path in sight the angles
    are those of the other antenna, and both samples are `place`.
    """
    # The walk's slopes count from the chord between the ends, which rises from the local horizontal by the dip.
    dip = 500 * length / radius_km
    if found.ground1 > direct:
        angle1 = 1000 * math.atan(1e-3 * (found.ground1 - dip))
        angle2 = 1000 * math.atan(1e-3 * (found.ground2 - dip))
        return angle1, angle2, found.horizon1, found.horizon2
    angle1 = 1000 * math.atan(1e-3 * (direct - dip))
    angle2 = 1000 * math.atan(1e-3 * (-direct - dip))
    return angle1, angle2, place, place


@njit(cache=True)
def roughness_m(distance_m: Any, ground_m: Any, place1: int, place2: int, last: int, end1: float, end2: float) -> float:
    """Height of the highest ground over the smooth earth between the horizons, h_m [m] (eqs. 91, 93)."""
    slope = (end2 - end1) / distance_m[last]
    highest = -np.inf
    for i in range(min(place1, place2), max(place1, place2) + 1):
        high = ground_m[i] - slope * distance_m[i]
        highest = high if high > highest else highest
    return float(highest - end1)
