"""The short way to the page of a site for who has not logged in, past all that only people with accounts need.

It is read from the database every time, so it is never stale; what is saved is sessions, messages and Django's way from
a query to its SQL. Whoever has a session, or asks for anything else, takes the usual way and gets the same page.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpResponse, HttpResponseNotModified
from django.utils import timezone, translation

from alcance.office.public.rendering import framed
from alcance.office.public.site_facts import site_facts
from alcance.office.public.site_page import site_content

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

_SITE = re.compile(r"/sites/([0-9]{1,18})/\Z")


class PublicReader:
    """Answers for the page of a site at once where nobody is logged in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, or hand on."""
        found = _SITE.match(request.path_info)
        if found is None or request.method not in ("GET", "HEAD") or not _is_plain(request):
            return self._get_response(request)
        request.get_host()  # refuses a host that is not ours
        facts = site_facts(int(found[1]))
        if facts is None or facts.site.merged_into_id is not None:
            return self._get_response(request)
        language = translation.get_language_from_request(request)
        with translation.override(language):
            inside = site_content(facts, timezone.now())
            page = framed(f"{facts.site.name} · {facts.site.key}", inside, request.get_full_path(), "/sites/").encode()
        return revalidated(request, page, language)


def revalidated(request: HttpRequest, page: bytes, language: str) -> HttpResponse:
    """Return a page, or 304 where the reader has exactly this one; it must be asked for again every time."""
    etag = f'"{hashlib.blake2b(page, digest_size=12).hexdigest()}"'
    known = request.META.get("HTTP_IF_NONE_MATCH", "")
    response: HttpResponse
    if known in (etag, f"W/{etag}"):
        response = HttpResponseNotModified()
    else:
        response = HttpResponse(page)
        response["Content-Length"] = str(len(page))
        response["Content-Language"] = language
    response["ETag"] = etag
    response["Cache-Control"] = "no-cache"
    response["Vary"] = "Accept-Language, Cookie"
    response["X-Frame-Options"] = settings.X_FRAME_OPTIONS
    return response


def _is_plain(request: HttpRequest) -> bool:
    """Whether there is neither a session nor a message waiting to be shown."""
    cookies = request.META.get("HTTP_COOKIE")
    if not cookies:
        return True
    return settings.SESSION_COOKIE_NAME not in request.COOKIES and "messages" not in request.COOKIES
