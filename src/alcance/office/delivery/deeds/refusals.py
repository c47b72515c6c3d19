"""Why a deed is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from alcance.errors import AlcanceError
from alcance.office.accounts.permissions import may
from alcance.office.delivery.life import NotAllowed

if TYPE_CHECKING:
    from alcance.office.accounts.models import Person


class Refused(AlcanceError):
    """A deed that cannot be done as things stand; the message says why and what would be right."""


def allow(person: Person, kind: str, action: str, thing: object = None) -> None:
    """Go on only where the table of permissions lets somebody do this.

    Raises
    ------
    NotAllowed
        Where it does not.
    """
    if not may(person, kind, action, thing):
        raise NotAllowed(_("%(person)s may not do this there") % {"person": person})
