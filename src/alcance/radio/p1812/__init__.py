"""Recommendation ITU-R P.1812: loss from a transmitter to places around it, 30 MHz to 6 GHz, by time and location."""

from alcance.radio.p1812.location import location_sigma_db
from alcance.radio.p1812.loss import BasicLoss, basic_loss, basic_loss_db, field_strength_dbuv_m, path_loss_db
from alcance.radio.p1812.zone import COASTAL, INLAND, SEA
from alcance.radio.spherical_earth import HORIZONTAL, VERTICAL

__all__ = [
    "COASTAL",
    "HORIZONTAL",
    "INLAND",
    "SEA",
    "VERTICAL",
    "BasicLoss",
    "basic_loss",
    "basic_loss_db",
    "field_strength_dbuv_m",
    "location_sigma_db",
    "path_loss_db",
]
