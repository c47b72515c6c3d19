"""Ground that is missing: an address there, or a path across it, is told of and not computed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from alcance.radio.prequalify.pairs import PAIRS_AT_A_TIME, Pairs
from alcance.radio.prequalify.qualified import NO_GROUND, VERDICTS, Qualified
from alcance.terrain import Grid, profiles


def holes_of(grid: Grid) -> Grid:
    """Give a grid of 1 where the ground or what stands on it is not known and 0 elsewhere."""
    missing = np.isnan(grid.obstacle_m)
    return Grid(missing.astype(np.float32), grid.west, grid.north, grid.step_lon_deg, grid.step_lat_deg)


def in_hole(holes: Grid, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Tell which places lie beyond the grid or near to missing ground."""
    west, south, east, north = holes.bounds
    inside = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
    hole: NDArray[np.bool_] = ~inside
    hole[inside] = holes.elevation_m(lon[inside], lat[inside]) > 0
    return hole


def drop_holes(
    best: Qualified,
    holes: Grid,
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    places: NDArray[np.float64],
    pairs: Pairs,
) -> Pairs:
    """Leave out the pairs whose path crosses missing ground; an address that had no others is told of."""
    at_tower = in_hole(holes, places[:, 0], places[:, 1])
    whole = ~at_tower[pairs.station]
    if holes.ground_m.any():
        candidates = np.flatnonzero(whole)
        for start in range(0, candidates.size, PAIRS_AT_A_TIME):
            part = candidates[start : start + PAIRS_AT_A_TIME]
            a, s = pairs.address[part], pairs.station[part]
            walked = profiles(holes, places[s, 0], places[s, 1], lon[a], lat[a])
            whole[part] = np.maximum.reduceat(walked.elevation_m, walked.offsets[:-1]) == 0
    lost = pairs.address[~whole]
    best.verdict[lost] = np.minimum(best.verdict[lost], VERDICTS.index(NO_GROUND))
    return pairs.take(whole)
