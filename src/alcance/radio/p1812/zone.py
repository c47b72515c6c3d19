"""Radio-climatic zones along a path: sea, coastal land and inland (P.1812-6, § 3.3, § 3.6 and § 4.1)."""

from __future__ import annotations

from typing import Any

from numba import njit

# The codes of the profiles of Study Group 3.
SEA, COASTAL, INLAND = 1, 3, 4
ZONES = {SEA: "sea", COASTAL: "coastal land", INLAND: "inland"}

FAR_FROM_COAST_KM = 500.0


@njit(cache=True, error_model="numpy")
def zone_lengths(distance_m: Any, zone: Any, first: int, last: int) -> tuple[float, float, float, float, float, bool]:
    """Share and stretches of a path by zone; `zone` of one element holds for the whole path.

    A sample stands for the ground half-way to its neighbours.

    Returns
    -------
    Share over sea ω (eq. 1); longest stretches over land d_tm and inland d_lm [km] (§ 3.6); distances over land from
    the first and from the last end to the sea [km], nought at sea, 500 where the path meets none (§ 4.5); whether every
    code is a zone.
    """
    length = distance_m[last] * 1e-3
    if zone.size == 1:
        code = zone[0]
        sound = code in (SEA, COASTAL, INLAND)
        if code == SEA:
            return 1.0, 0.0, 0.0, 0.0, 0.0, sound
        return 0.0, length, length if code == INLAND else 0.0, FAR_FROM_COAST_KM, FAR_FROM_COAST_KM, sound
    sea = land = inland = longest_land = longest_inland = 0.0
    coast1, coast2 = -1.0, FAR_FROM_COAST_KM
    sound = True
    begin = 0.0
    for i in range(first, last + 1):
        end = length if i == last else 0.5e-3 * (distance_m[i] + distance_m[i + 1])
        stretch, code = end - begin, zone[i]
        inland = inland + stretch if code == INLAND else 0.0
        longest_inland = inland if inland > longest_inland else longest_inland
        land = 0.0 if code == SEA else land + stretch
        longest_land = land if land > longest_land else longest_land
        if code == SEA:
            sea += stretch
            coast2 = length - end
            if coast1 < 0:
                coast1 = begin
        sound &= code in (SEA, COASTAL, INLAND)
        begin = end
    if coast1 < 0:
        coast1 = FAR_FROM_COAST_KM
    return sea / length, longest_land, longest_inland, coast1, coast2, sound
