"""Areas of influence of providers: where their towers serve, whom they reach, and what would carry them further."""

from alcance.network.reach.area import Rules
from alcance.network.reach.places import EDUCATION, HEALTH
from alcance.network.reach.reach import CLIENT_HEIGHT_M, MODELS, Reach, areas_of_influence
from alcance.network.reach.stations import Provider, Station
from alcance.network.reach.strengthen import OPTIONS

__all__ = [
    "CLIENT_HEIGHT_M",
    "EDUCATION",
    "HEALTH",
    "MODELS",
    "OPTIONS",
    "Provider",
    "Reach",
    "Rules",
    "Station",
    "areas_of_influence",
]
