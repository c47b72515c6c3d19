"""Can two masts talk, and how well: free space, diffraction, line of sight, equipment and link budget."""

from alcance.radio.air import Air
from alcance.radio.budget import allowed_loss_db, margin_db, max_range_km, received_dbm
from alcance.radio.earth import effective_radius_km, k_factor_of
from alcance.radio.equipment import Equipment
from alcance.radio.link import design
from alcance.radio.link_report import Doubt, LinkReport
from alcance.radio.obstruction import Obstruction
from alcance.radio.p525 import free_space_loss_db, free_space_range_km
from alcance.radio.p526 import bullington_loss_db, delta_bullington, delta_bullington_db, fresnel_radius_m
from alcance.radio.picture import profile_png
from alcance.radio.screen import lowest_classes, required_height_m

__all__ = [
    "Air",
    "Doubt",
    "Equipment",
    "LinkReport",
    "Obstruction",
    "allowed_loss_db",
    "bullington_loss_db",
    "delta_bullington",
    "delta_bullington_db",
    "design",
    "effective_radius_km",
    "free_space_loss_db",
    "free_space_range_km",
    "fresnel_radius_m",
    "k_factor_of",
    "lowest_classes",
    "margin_db",
    "max_range_km",
    "profile_png",
    "received_dbm",
    "required_height_m",
]
