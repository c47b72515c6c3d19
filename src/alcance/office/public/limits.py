"""Slowing who asks too often, without keeping who they are."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from alcance.office.public.models import Attempt
from alcance.office.web.addresses import address_of
from alcance.office.web.errors import TooOften

if TYPE_CHECKING:
    from django.http import HttpRequest

PERIOD = dt.timedelta(hours=1)
# Long enough to look back a period, short enough that nothing is kept.
_FORGET_AFTER = dt.timedelta(days=1)


def slow(request: HttpRequest, what: str, at_most: int, *, now: dt.datetime) -> None:
    """Note that a visitor tries something, and refuse where they have tried it too often within the hour.

    Raises
    ------
    TooOften
        From the attempt after `at_most` on.
    """
    visitor = visitor_of(request, now)
    Attempt.objects.filter(at__lt=now - _FORGET_AFTER).delete()
    if Attempt.objects.filter(what=what, visitor=visitor, at__gte=now - PERIOD).count() >= at_most:
        raise TooOften(_("You have done this too often in the last hour; come back later."))
    Attempt.objects.create(what=what, visitor=visitor, at=now)


def visitor_of(request: HttpRequest, now: dt.datetime) -> str:
    """A name for a visitor that tells nobody who they are and is another one tomorrow."""
    return salted_hmac(f"visitor {now:%Y-%m-%d}", address_of(request), algorithm="sha256").hexdigest()[:32]
