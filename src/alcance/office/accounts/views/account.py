"""One's own account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.mfa.utils import is_mfa_enabled
from django.http import Http404
from django.shortcuts import render

from alcance.office.accounts.second_factor import lacks_second_factor
from alcance.office.web.errors import only_with_account

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@only_with_account
def account(request: HttpRequest) -> HttpResponse:
    """Who one is, in which role, and where password, second factor and sessions are kept."""
    person = request.user
    context = {"second_factor": is_mfa_enabled(person), "lacking": lacks_second_factor(person)}  # type: ignore[arg-type]
    return render(request, "accounts/account.html", context)


def closed(request: HttpRequest, **_parts: str) -> HttpResponse:
    """A page of allauth that the office does not have: nobody signs up, addresses are changed by who invites."""
    raise Http404(request.path)
