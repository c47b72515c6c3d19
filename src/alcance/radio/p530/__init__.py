"""Availability of line-of-sight links: Recommendation ITU-R P.530-17 (and the multipath occurrence of P.530-18)."""

from alcance.radio.p530.availability import Outside, Unavailability, required_margin_db, unavailability
from alcance.radio.p530.climate import Climate, Method, dn1_of_lapse, terrain_roughness_m
from alcance.radio.p530.multipath import (
    exceeded_percent,
    exceeded_year_percent,
    occurrence_percent,
    year_conversion_db,
)
from alcance.radio.p530.rain import (
    attenuation_001_db,
    attenuation_db,
    effective_length_km,
    scaled_attenuation_db,
    worst_month_percent,
)

__all__ = [
    "Climate",
    "Method",
    "Outside",
    "Unavailability",
    "attenuation_001_db",
    "attenuation_db",
    "dn1_of_lapse",
    "effective_length_km",
    "exceeded_percent",
    "exceeded_year_percent",
    "occurrence_percent",
    "required_margin_db",
    "scaled_attenuation_db",
    "terrain_roughness_m",
    "unavailability",
    "worst_month_percent",
    "year_conversion_db",
]
