"""What we refuse, said to people: our own errors become clear pages instead of faults."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.shortcuts import render
from django.utils.translation import gettext as _

from alcance.errors import AlcanceError
from alcance.office.accounts.models import Person
from alcance.office.accounts.permissions import may
from alcance.office.delivery.life import NotAllowed

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse


def require(request: HttpRequest, kind: str, action: str, thing: object = None) -> None:
    """Go on only where who asks may do this; the table of permissions says.

    Raises
    ------
    PermissionDenied
        Where they may not.
    """
    if not may(request.user, kind, action, thing):
        raise PermissionDenied


def acting(request: HttpRequest) -> Person:
    """Who is logged in, for a deed.

    Raises
    ------
    PermissionDenied
        Where nobody is.
    """
    if not isinstance(request.user, Person):
        raise PermissionDenied
    return request.user


class TooOften(AlcanceError):
    """Somebody has tried too often in a short time."""


class Busy(AlcanceError):
    """The office has its hands full; who comes again later is served."""


_STATUS: tuple[tuple[type[AlcanceError], int], ...] = ((NotAllowed, 403), (TooOften, 429), (Busy, 503))


class ClearErrors:
    """Answers our own errors with a page that says what is wrong, with the status of `_STATUS`, 400 otherwise."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer."""
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Turn an error of ours into a page."""
        if not isinstance(exception, AlcanceError):
            return None
        status = next((status for kind, status in _STATUS if isinstance(exception, kind)), 400)
        title = _("You may not do this") if status == 403 else _("That cannot be done")
        context = {"title": title, "text": str(exception)}
        return render(request, "office/message.html", context, status=status)
