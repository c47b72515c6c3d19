"""Coverage of towers: line of sight, diffraction, signal and service over discs, by radials or by any model."""

from alcance.radio.coverage.area import Coverage, Tower, coverage
from alcance.radio.coverage.diffraction import diffraction_disc
from alcance.radio.coverage.disc import Disc
from alcance.radio.coverage.models import ItmModel, P1812Model
from alcance.radio.coverage.picture import coverage_png
from alcance.radio.coverage.polygons import class_polygons, write_polygons
from alcance.radio.coverage.raster import write_cog
from alcance.radio.coverage.receivers import Model, diffraction_model, free_space_model, per_receiver_disc
from alcance.radio.coverage.sight import line_of_sight_disc

__all__ = [
    "Coverage",
    "Disc",
    "ItmModel",
    "Model",
    "P1812Model",
    "Tower",
    "class_polygons",
    "coverage",
    "coverage_png",
    "diffraction_disc",
    "diffraction_model",
    "free_space_model",
    "line_of_sight_disc",
    "per_receiver_disc",
    "write_cog",
    "write_polygons",
]
