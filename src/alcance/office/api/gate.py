"""The API's own way through the office, past what only pages need.

Who sends a key, or nothing that tells who they are, is answered without sessions, messages, languages and frames: that
is a good half of the time that a row takes. Who has a session goes the usual way, so that it is checked as on any page.
Whatever comes of it leaves as JSON, and every refusal as a problem.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpResponse
from django.urls import resolve
from django.utils import translation

from alcance.office.api.callers import allowance_of, by_key, charge
from alcance.office.api.faults import answer_to, as_problem
from alcance.office.api.problems import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

API, OGC = "/api/", "/ogc"
# A page like any other.
DOCS = "/api/docs"
_ROOM = "alcance.office.api.urls"
_HEADERS = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    # What everybody may read, a page of anybody may show; it never gets what a cookie would open.
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Link, RateLimit, RateLimit-Policy, Retry-After",
}


class ApiGate:
    """Answers for `/api/` and `/ogc`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, or hand on."""
        path = request.path_info
        if (path != OGC and not path.startswith((API, f"{OGC}/"))) or path == DOCS:
            return self._get_response(request)
        head = request.method == "HEAD"
        if head:
            request.method = "GET"
        as_page = path.startswith(API) and _has_session(request)
        response = self._usual(request) if as_page else _straight(request)
        return _finished(request, response, head=head)

    def _usual(self, request: HttpRequest) -> HttpResponse:
        try:
            _check_address(request)
        except Exception as error:
            return answer_to(request, error)
        response = as_problem(self._get_response(request))
        # Addresses that there are not have no operation that charges for them.
        if allowance_of(request) is None:
            try:
                charge(request)
            except Refusal as error:
                return answer_to(request, error)
        return response


def _has_session(request: HttpRequest) -> bool:
    if "HTTP_AUTHORIZATION" in request.META or "HTTP_COOKIE" not in request.META:
        return False
    return settings.SESSION_COOKIE_NAME in request.COOKIES


def _straight(request: HttpRequest) -> HttpResponse:
    # A thread still speaks the language of the page that it made last.
    with translation.override("en"):
        try:
            _check_address(request)
            by_key(request)
            if request.method == "OPTIONS" and "HTTP_ACCESS_CONTROL_REQUEST_METHOD" in request.META:
                return _preflight()
            match = resolve(request.path_info, _ROOM)
            request.resolver_match = match
            return as_problem(match.func(request, *match.args, **match.kwargs))
        except Exception as error:
            return answer_to(request, error)


def _check_address(request: HttpRequest) -> None:
    request.get_host()  # refuses a host that is not ours
    if "%00" in request.META.get("QUERY_STRING", "") or "\0" in request.path_info:
        raise Refusal(400, "the address holds a NUL")


def _preflight() -> HttpResponse:
    """What a browser asks before it lets a page of somebody else's read with headers of its own."""
    headers = {
        "Access-Control-Allow-Methods": "GET",
        "Access-Control-Allow-Headers": "Authorization, If-None-Match",
        "Access-Control-Max-Age": "86400",
    }
    return HttpResponse(status=204, headers=headers)


def _finished(request: HttpRequest, response: HttpResponse, *, head: bool) -> HttpResponse:
    headers = response.headers
    for name, value in _HEADERS.items():
        headers.setdefault(name, value)
    headers["Vary"] = "Authorization, Cookie"
    allowance = allowance_of(request)
    if allowance is not None:
        for name, value in allowance.headers:
            headers[name] = value
    headers.setdefault("Content-Length", str(len(response.content)))
    if head:
        response.content = b""
    return response
