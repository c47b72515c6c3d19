"""What an office needs before it can serve: its folder, its key, its database's layout, its static files, a person."""

from __future__ import annotations

import io
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.utils.text import slugify
from django.utils.translation import gettext, override

from alcance.errors import AlcanceError
from alcance.office.accounts.invitations import invite, one_time_path
from alcance.office.accounts.models import Organisation, Person
from alcance.office.accounts.roles import Role


def bring_up() -> list[str]:
    """Bring database and static files to this version; return the migrations that were applied."""
    from alcance.office.running.health import unapplied_migrations

    Path(settings.MEDIA_ROOT).mkdir(parents=True, exist_ok=True)
    applied = unapplied_migrations()
    call_command("migrate", verbosity=0, interactive=False)
    collect_static()
    return applied


def collect_static() -> None:
    """Put styles, scripts and pictures where they are served from, compressed."""
    call_command("collectstatic", verbosity=0, interactive=False, stdout=io.StringIO())


def add_person(email: str, name: str, role: str, organisation: str, state_code: str = "") -> Person:
    """Add somebody to an organisation, which is made where there is none of that code.

    Raises
    ------
    AlcanceError
        Where the role is none, or the organisation has another.
    """
    if role not in Role.values or role == Role.PUBLIC:
        known = ", ".join(value for value in Role.values if value != Role.PUBLIC)
        raise AlcanceError(f"{role}: no such role; there are {known}")
    code = slugify(organisation)[:40].strip("-")
    if not code:
        raise AlcanceError(f"{organisation!r}: an organisation needs a name with letters or digits")
    found = Organisation.objects.filter(code=code).first()
    if found is None:
        if role == Role.COMMITTEE and not state_code:
            raise AlcanceError("a state committee needs its state: --state")
        found = Organisation.objects.create(
            code=code, name=organisation, role=role, state_code=state_code if role == Role.COMMITTEE else ""
        )
    elif found.role != role:
        raise AlcanceError(f"{found}: is there already, as {found.role}, not {role}")
    with override(settings.LANGUAGE_CODE):
        why = gettext("by the command line")
    return invite(name or email.split("@", maxsplit=1)[0], email, found, why=why)


def address_of(person: Person) -> str:
    """The address where somebody sets their password, at the first of our names or on this machine."""
    base = f"https://{settings.HOSTS[0]}" if settings.HOSTS else "http://127.0.0.1:8000"
    return f"{base}{one_time_path(person)}"
