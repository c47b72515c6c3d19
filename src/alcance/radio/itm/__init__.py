"""The Irregular Terrain Model (Longley–Rice), point to point, with the semantics of NTIA's version 1.4.

Source: G. A. Hufford, "The ITS Irregular Terrain Model, version 1.2.2: the algorithm", NTIA/ITS; cited as "Algorithm".
"""

from alcance.radio.itm.climate import Climate
from alcance.radio.itm.point_to_point import PointToPoint, Propagation, path_loss_db, point_to_point, point_to_point_db
from alcance.radio.itm.variability import (
    ACCIDENTAL,
    BROADCAST,
    MOBILE,
    SINGLE_MESSAGE,
    WITHOUT_LOCATION,
    WITHOUT_SITUATION,
)
from alcance.radio.itm.warning import WarningFlag, explain
from alcance.radio.spherical_earth import HORIZONTAL, VERTICAL

__all__ = [
    "ACCIDENTAL",
    "BROADCAST",
    "HORIZONTAL",
    "MOBILE",
    "SINGLE_MESSAGE",
    "VERTICAL",
    "WITHOUT_LOCATION",
    "WITHOUT_SITUATION",
    "Climate",
    "PointToPoint",
    "Propagation",
    "WarningFlag",
    "explain",
    "path_loss_db",
    "point_to_point",
    "point_to_point_db",
]
