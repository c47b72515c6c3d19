"""Why a deed is refused: who asks may not do it, or nobody could as things stand."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from alcance.errors import AlcanceError
from alcance.office.accounts.permissions import may

if TYPE_CHECKING:
    from collections.abc import Iterator

    from alcance.office.accounts.models import Person


class NotAllowed(AlcanceError):
    """Who asks may not do this."""


class Refused(AlcanceError):
    """A deed that cannot be done as things stand; the message says why and what would be right."""


@contextmanager
def refused_if_taken(why: str) -> Iterator[None]:
    """Refuse where what is written within stands already, though nobody saw it a moment before."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise Refused(why) from error


def allow(person: Person, kind: str, action: str, thing: object = None) -> None:
    """Go on only where the table of permissions lets somebody do this.

    Raises
    ------
    NotAllowed
        Where it does not.
    """
    if not may(person, kind, action, thing):
        raise NotAllowed(_("%(person)s may not do this there") % {"person": person})
