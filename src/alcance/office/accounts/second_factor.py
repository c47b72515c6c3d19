"""Roles that see or decide everything need a second factor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from alcance.office.accounts.history import note
from alcance.office.accounts.roles import role_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from alcance.office.accounts.models import Person

# Where somebody without one may go: to set one up, to leave, and to choose the language.
_OPEN = ("/accounts/", "/language", "/static/", "/health/")
# Remembered in the session, so that it costs no query.
_KNOWN = "second_factor_set"


def lacks_second_factor(person: Person) -> bool:
    """Whether somebody has a role that needs a second factor and has set none up."""
    return role_of(person) in settings.SECOND_FACTOR_ROLES and not is_mfa_enabled(person)


def remove_second_factor(person: Person) -> None:
    """Take away somebody's second factor and recovery codes, end their sessions, and say so in their history."""
    with transaction.atomic():
        Authenticator.objects.filter(user=person).delete()
        note(person, _("the second factor was taken away"))
        end_sessions(person)


def end_sessions(person: Person) -> None:
    """Log somebody out wherever they are logged in."""
    for session in UserSession.objects.filter(user=person):
        session.end()


def forget(request: HttpRequest, **_told: object) -> None:
    """Ask again whether somebody has a second factor: one was taken away in this session."""
    if request is not None:
        request.session.pop(_KNOWN, None)


class SecondFactorRequired:
    """Leads whoever needs a second factor and has none to where it is set up; nothing else opens before."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, or lead to the second factor."""
        if not settings.SECOND_FACTOR_ROLES or request.path.startswith(_OPEN) or request.path == reverse("account"):
            return self._get_response(request)
        person = request.user
        role = role_of(person)
        if not person.is_authenticated or role not in settings.SECOND_FACTOR_ROLES:
            return self._get_response(request)
        known = f"{person.pk} {role}"
        if request.session.get(_KNOWN) == known:
            return self._get_response(request)
        if is_mfa_enabled(person):
            request.session[_KNOWN] = known
            return self._get_response(request)
        messages.warning(request, _("Your role needs a second factor. Set it up and you can go on."))
        return redirect("mfa_activate_totp")
