"""What a value of a row may be: words out of a list, and the numbers in addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from ninja import P, PathEx

from alcance.office.accounts.models import ORGANISATION_ROLES
from alcance.office.delivery.models import LotState
from alcance.office.register.models import Level, SiteKind, SiteState, Technology

# Larger ones lose their value in most programs.
BIGGEST = 2**53 - 1

if TYPE_CHECKING:
    Kind = str
    State = str
    Tech = str
    LevelName = str
    RoleName = str
    LotStateName = str
else:
    Kind = Literal[tuple(SiteKind.values)]
    State = Literal[tuple(SiteState.values)]
    Tech = Literal[tuple(Technology.values)]
    LevelName = Literal[tuple(Level.values)]
    RoleName = Literal[tuple(str(role) for role, _ in ORGANISATION_ROLES)]
    LotStateName = Literal[tuple(LotState.values)]

Number = PathEx[int, P(ge=1, le=BIGGEST, description="its number")]
Code = PathEx[str, P(max_length=40, description="its code")]
AreaCode = PathEx[str, P(max_length=16, description="its key")]
