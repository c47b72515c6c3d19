"""The ground and its cover: elevation mosaics, windows, profiles between points, slope, summits."""

from alcance.terrain.coarsen import coarsen
from alcance.terrain.cover import Cover
from alcance.terrain.grid import Grid
from alcance.terrain.mosaic import Mosaic
from alcance.terrain.profile import Profiles, profiles
from alcance.terrain.relief import relief
from alcance.terrain.sinks import Sinks, sinks
from alcance.terrain.slope import slope_deg
from alcance.terrain.sphere import EARTH_RADIUS_M, bearing_deg, great_circle_m, place_along
from alcance.terrain.summits import summits

__all__ = [
    "EARTH_RADIUS_M",
    "Cover",
    "Grid",
    "Mosaic",
    "Profiles",
    "Sinks",
    "bearing_deg",
    "coarsen",
    "great_circle_m",
    "place_along",
    "profiles",
    "relief",
    "sinks",
    "slope_deg",
    "summits",
]
