"""The air over a region, as Recommendation ITU-R P.530 takes it: how often the ray splits and how hard it rains.

All values come from the caller: the maps of P.453, P.530 and P.837 are not the project's to pass on.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from alcance.errors import InputError, Problem, TerrainGap
from alcance.radio.limits import Limit, checked
from alcance.terrain import EARTH_RADIUS_M, Grid, coarsen

LIMITS = {
    "latitude_deg": Limit(-90.0, 90.0, "a latitude lies between -90 and 90 degrees"),
    "rain_001_mm_h": Limit(0.0, 300.0, "the rain rate of 0.01 % of a year lies between 0 and 300 mm/h"),
    "dn1": Limit(-1500.0, 0.0, "a gradient dN1 lies between -1500 and 0 N-units/km; -100 to -700 is usual"),
    "roughness_m": Limit(0.0, 4000.0, "the roughness of the terrain lies between 0 and 4000 m"),
    "log_k": Limit(-10.0, 0.0, "the logarithm of the geoclimatic factor lies between -10 and 0; -4 to -6 is usual"),
    "dn75": Limit(-50.0, 500.0, "dN75 lies between -50 and 500 N-units"),
    "delta_n": Limit(0.0, 157.0, "a lapse lies between 0 and 157 N-units/km; 39 is a standard atmosphere"),
}

AREA_M, CELL_DEG = 110_000.0, 30 / 3600
FULL_SHARE = 0.95


class Method(IntEnum):
    """Which form of the occurrence of multipath is used, by what is known."""

    QUICK = 1
    """P.530-17, initial planning: dN1 alone."""
    DETAILED = 2
    """P.530-17, detailed design: dN1 and the roughness of the terrain."""
    MAPPED = 3
    """P.530-18: the geoclimatic factor and dN75 of its maps."""


@dataclass(frozen=True, eq=False)
class Climate:
    """What P.530 needs to know of the air and the ground, one value for all links or one per link.

    Parameters
    ----------
    latitude_deg
        Latitude of the links [deg], for the year's share of the worst month.
    rain_001_mm_h
        Rain rate exceeded for 0.01 % of an average year, at one minute's integration [mm/h] (P.837).
    dn1
        Point refractivity gradient in the lowest 65 m that is not exceeded for 1 % of an average year [N-units/km],
        negative (P.453). Where only the lapse of the first kilometre is known, `dn1_of_lapse` estimates it.
    roughness_m
        Standard deviation of the terrain's height in a square of 110 km [m]; `terrain_roughness_m` measures it. With it
        the detailed method is used, without it the quick one.
    log_k, dn75
        Logarithm of the geoclimatic factor and dN75 [N-units] from the maps of P.530-18; instead of `dn1`.

    Raises
    ------
    InputError
        A value lies outside its range, or neither `dn1` nor `log_k` with `dn75` is given, or both are.
    """

    latitude_deg: ArrayLike
    rain_001_mm_h: ArrayLike
    dn1: ArrayLike | None = None
    roughness_m: ArrayLike | None = None
    log_k: ArrayLike | None = None
    dn75: ArrayLike | None = None

    def __post_init__(self) -> None:
        mapped = self.log_k is not None and self.dn75 is not None
        half_mapped = self.log_k is not None or self.dn75 is not None
        if (
            mapped == (self.dn1 is not None)
            or (half_mapped and not mapped)
            or (mapped and self.roughness_m is not None)
        ):
            message = "give dn1 (and roughness_m for the detailed method), or else log_k with dn75"
            raise InputError([Problem("climate", None, "dn1", "", message)])
        checked("climate", LIMITS, **self._given())

    @property
    def method(self) -> Method:
        """Form of the occurrence of multipath that these values allow."""
        if self.dn1 is None:
            return Method.MAPPED
        return Method.QUICK if self.roughness_m is None else Method.DETAILED

    def log10_k(self) -> NDArray[np.float64]:
        """Logarithm of the geoclimatic factor K (P.530-17, § 2.3.1, step 1; P.530-18, § 1.1)."""
        if self.dn1 is None:
            return np.asarray(self.log_k, np.float64)
        dn1 = np.asarray(self.dn1, np.float64)
        if self.roughness_m is None:
            return np.asarray(-4.6 - 0.0027 * dn1)
        return np.asarray(-4.4 - 0.0027 * dn1 - 0.46 * np.log10(10 + np.asarray(self.roughness_m, np.float64)))

    def _given(self) -> dict[str, ArrayLike]:
        values = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {name: value for name, value in values.items() if value is not None}


def require_ground(climate: Climate, ground_m: ArrayLike | None) -> None:
    """Refuse to go on without the ground's mean elevation where the climate's method needs it."""
    if climate.method is Method.MAPPED and ground_m is None:
        message = "the method of P.530-18 needs the mean elevation of the ground along each path"
        raise InputError([Problem("P.530", None, "ground_m", "", message)])


def dn1_of_lapse(delta_n: ArrayLike) -> NDArray[np.float64]:
    """Estimate the gradient dN1 from the median lapse of the first kilometre, where nothing better is known.

    No Recommendation relates the two. This is the straight line, −80 − 3.4 ΔN, through the values of P.453's two maps
    over land within 60° of the equator; it errs by 63 N-units/km (root mean square, half of the places within 31),
    which multiplies the time lost to multipath by up to 1.36 either way in two places of three, by 2.2 in one of 20.

    Parameters
    ----------
    delta_n
        Median lapse of refractivity through the lowest kilometre [N-units/km], positive, as in a pack.

    Returns
    -------
    DN1 [N-units/km], negative.

    Raises
    ------
    InputError
        A lapse is not between 0 and 157.

    Examples
    --------
    >>> round(float(dn1_of_lapse(40.0)), 1)
    -216.0
    """
    (lapse,) = checked("climate", LIMITS, delta_n=delta_n)
    gradient: NDArray[np.float64] = -80 - 3.4 * lapse
    return gradient


def terrain_roughness_m(grid: Grid, lon: float, lat: float) -> float:
    """Roughness of the terrain around a place: standard deviation of heights at 30″ in a square of 110 km (§ 2.3.1).

    Parameters
    ----------
    grid
        Ground that covers the square; cells finer than 30″ are averaged to it, coarser ones taken as they are and then
        the roughness is somewhat too small.
    lon, lat
        Middle of the path or of the region [deg].

    Returns
    -------
    Standard deviation [m].

    Raises
    ------
    TerrainGap
        Less than 95 % of the square has ground.
    """
    north_south = math.degrees(AREA_M / 2 / EARTH_RADIUS_M)
    east_west = north_south / max(math.cos(math.radians(lat)), 1e-3)
    ground = grid
    if max(grid.step_lon_deg, grid.step_lat_deg) < CELL_DEG * (1 - 1e-9):
        ground = coarsen(grid, CELL_DEG)
    rows, cols = ground.shape
    lats = ground.north - np.arange(rows) * ground.step_lat_deg
    lons = ground.west + np.arange(cols) * ground.step_lon_deg
    inside = np.ix_(np.abs(lats - lat) <= north_south, np.abs(lons - lon) <= east_west)
    heights = ground.ground_m[inside].astype(np.float64)
    wanted = 4 * north_south * east_west / (ground.step_lat_deg * ground.step_lon_deg)
    found = int(np.isfinite(heights).sum())
    if found < FULL_SHARE * wanted - 2 * sum(heights.shape):
        raise TerrainGap(
            f"only {100 * found / wanted:.0f} % of the 110 km square around lon {lon:.4f}, lat {lat:.4f} has an "
            "elevation; its roughness needs all of it"
        )
    return float(np.nanstd(heights))
