"""One's own account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.shortcuts import render

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@login_required
def account(request: HttpRequest) -> HttpResponse:
    """Who one is, in which role, and where password, second factor and sessions are kept."""
    return render(request, "accounts/account.html")
