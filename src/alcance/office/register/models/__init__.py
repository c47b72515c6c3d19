"""What the register holds."""

from alcance.office.register.models.area import Area, AreaLoad, Level
from alcance.office.register.models.batch import OPEN, BatchState, ImportBatch
from alcance.office.register.models.building import Building
from alcance.office.register.models.kinds import SiteKind, SiteState, Technology
from alcance.office.register.models.site import Site

__all__ = [
    "OPEN",
    "Area",
    "AreaLoad",
    "BatchState",
    "Building",
    "ImportBatch",
    "Level",
    "Site",
    "SiteKind",
    "SiteState",
    "Technology",
]
