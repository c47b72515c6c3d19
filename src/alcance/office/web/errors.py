"""What we refuse, said to people: our own errors become clear pages, each with a way on, instead of faults."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import is_valid_path
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from alcance.errors import AlcanceError
from alcance.office.accounts.models import Person
from alcance.office.accounts.permissions import may
from alcance.office.accounts.refusals import NotAllowed
from alcance.office.web.problems import error_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from django.http import HttpRequest, HttpResponse

_READS = ("GET", "HEAD")
# Programs ask there: they are told the status, and led nowhere.
_OF_PROGRAMS = ("/api/", "/ogc")


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


def only_with_account(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let a page open only where somebody is logged in."""

    @wraps(view)
    def opened(request: HttpRequest, **parts: object) -> HttpResponse:
        acting(request)
        return view(request, **parts)

    return opened


class TooOften(AlcanceError):
    """Somebody has tried too often in a short time."""


class Busy(AlcanceError):
    """The office has its hands full; who comes again later is served."""


_STATUS: tuple[tuple[type[AlcanceError], int], ...] = ((NotAllowed, 403), (TooOften, 429), (Busy, 503))


class ClearErrors:
    """Leads on whoever would stand before a bare refusal.

    Our own errors become a page that says what is wrong, with the status of `_STATUS`, 400 otherwise, and a link back.
    Where nobody is logged in, what is not open to all leads to the login and back. An address that only takes forms
    leads, opened as a page, to the page above it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer."""
        response = self._get_response(request)
        if response.status_code == 405 and request.method in _READS and not request.path.startswith(_OF_PROGRAMS):
            return HttpResponseRedirect(page_above(request.path))
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Turn an error of ours into a page."""
        if isinstance(exception, (PermissionDenied, NotAllowed)) and not request.user.is_authenticated:
            return _to_login(request)
        if not isinstance(exception, AlcanceError):
            return None
        status = next((status for kind, status in _STATUS if isinstance(exception, kind)), 400)
        return refusal(request, error_lines(exception), status)


def refusal(request: HttpRequest, lines: Sequence[str], status: int) -> HttpResponse:
    """A page that says why something is not done, and leads back to where it was asked for."""
    title = _("You may not do this") if status == 403 else _("That cannot be done")
    context = {"title": title, "lines": lines, "back": back_of(request)}
    return render(request, "office/message.html", context, status=status)


def back_of(request: HttpRequest) -> str:
    """The page of ours from which somebody came, as the browser says, or the one that belongs to the address."""
    reads = request.method in _READS
    came = urlsplit(request.META.get("HTTP_REFERER", ""))
    page = f"{came.path}?{came.query}" if came.query else came.path
    if (
        came.netloc == request.get_host()
        and url_has_allowed_host_and_scheme(page, None)
        and not (reads and page == request.get_full_path())
    ):
        return page
    return page_above(request.path) if reads and not request.GET else request.path


def page_above(path: str) -> str:
    """The nearest page in whose folder an address lies."""
    while path != "/":
        path = f"{path.rstrip('/').rpartition('/')[0]}/"
        if is_valid_path(path):
            return path
    return path


def _to_login(request: HttpRequest) -> HttpResponse:
    if request.method in _READS:
        return redirect_to_login(request.get_full_path())
    words = _("What you sent was not taken: nobody was logged in, or the session had ended. Log in and send it again.")
    messages.error(request, words)
    return redirect_to_login(back_of(request))
