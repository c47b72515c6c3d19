"""Pages that belong to no other room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language
from django.utils.translation import gettext as _

from alcance.office.web.errors import refusal

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


def language(request: HttpRequest) -> HttpResponse:
    """Remember the language asked for and go back to where one was."""
    onward = request.GET.get("next", "/")
    if not url_has_allowed_host_and_scheme(onward, {request.get_host()}, require_https=request.is_secure()):
        onward = "/"
    response = HttpResponseRedirect(onward)
    wanted = request.GET.get("language", "")
    if wanted in dict(settings.LANGUAGES) and check_for_language(wanted):
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, wanted, max_age=31_536_000, samesite="Lax")
    return response


def form_too_old(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    """Answer a form without the sign by which we know our own: mostly it was opened before its sender logged in."""
    words = _(
        "This form was opened before you last logged in or out, or your browser keeps no cookies. Nothing was changed. "
        "Go back, load the page anew and send the form again."
    )
    return refusal(request, [words], 403)
