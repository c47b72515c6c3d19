"""What an office needs before it can serve: its folder, its key, its database's layout, its static files, a person."""

from __future__ import annotations

import io
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import transaction
from django.db.models import Q
from django.utils.text import slugify
from django.utils.translation import gettext, override

from alcance.errors import AlcanceError
from alcance.office.accounts.forms import InvitationForm
from alcance.office.accounts.invitations import invite, one_time_path
from alcance.office.accounts.models import Organisation, Person
from alcance.office.accounts.roles import Role
from alcance.office.register.models import Area, Level


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


def add_first_person(email: str, name: str, organisation: str) -> Person:
    """Add somebody of the ministry, which is made where there is none yet.

    Raises
    ------
    AlcanceError
        As `add_person` does.
    """
    is_new = not Organisation.objects.filter(role=Role.MINISTRY).exists()
    return add_person(email, name, Role.MINISTRY, organisation, new_organisation=is_new)


@transaction.atomic
def add_person(
    email: str, name: str, role: str, organisation: str, state_code: str = "", *, new_organisation: bool = False
) -> Person:
    """Add somebody to an organisation.

    Parameters
    ----------
    organisation
        Its name or code.
    state_code
        Of a state committee that is new.
    new_organisation
        Whether it is made where there is none of that name: else a slip of the pen would make a second ministry.

    Raises
    ------
    AlcanceError
        Where the address, the role or the state is none, or the organisation is not there, retired or of another role.
    """
    email = valid_email(email)
    if role not in Role.values or role == Role.PUBLIC:
        known = ", ".join(value for value in Role.values if value != Role.PUBLIC)
        raise AlcanceError(f"{role}: no such role; there are {known}")
    found = _organisation(organisation)
    if found is None:
        if not new_organisation:
            raise AlcanceError(_not_found(organisation, role))
        found = _new_organisation(organisation, role, state_code)
    elif found.role != role:
        raise AlcanceError(f"{found}: is there already, as {found.role}, not {role}")
    elif found.retired_on is not None:
        raise AlcanceError(f"{found}: has retired; its people would act as the public")
    elif state_code and state_code != found.state_code:
        raise AlcanceError(f"{found}: is of the state {found.state_code or 'none'}, not {state_code}")
    with override(settings.LANGUAGE_CODE):
        why = gettext("by the command line")
    return invite(name or email.split("@", maxsplit=1)[0], email, found, why=why)


def valid_email(email: str) -> str:
    """An address as a form of the pages takes it.

    Raises
    ------
    AlcanceError
        Where it is none.
    """
    try:
        return str(InvitationForm.base_fields["email"].clean(email))
    except ValidationError:
        raise AlcanceError(f"{email}: is no email address; nobody could log in with it") from None


def _organisation(name: str) -> Organisation | None:
    return Organisation.objects.filter(Q(code=_code(name)) | Q(name__iexact=name.strip())).order_by("pk").first()


def _code(name: str) -> str:
    code = slugify(name)[:40].strip("-")
    if not code:
        raise AlcanceError(f"{name!r}: an organisation needs a name with letters or digits")
    return code


def _not_found(name: str, role: str) -> str:
    """What there is of that role, for who has mistyped."""
    there = Organisation.objects.filter(role=role, retired_on=None).order_by("name")[:20]
    known = ", ".join(f"{one.name} ({one.code})" for one in there)
    return (
        f"{name}: no organisation has this name or code; of the role {role} there "
        + (f"are {known}" if known else "is none")
        + "; --new-organisation makes it"
    )


def _new_organisation(name: str, role: str, state_code: str) -> Organisation:
    states = dict(Area.objects.filter(level=Level.STATE).order_by("code").values_list("code", "name"))
    if role != Role.COMMITTEE and state_code:
        raise AlcanceError(f"--state {state_code}: only a state committee has a state, not one of the role {role}")
    if role == Role.COMMITTEE and state_code not in states:
        if not states:
            raise AlcanceError("a state committee needs its state, and no areas are there; first: alcance office areas")
        known = ", ".join(f"{code} {name}" for code, name in states.items())
        raise AlcanceError(f"--state {state_code}: a state committee needs the key of its state; there are {known}")
    return Organisation.objects.create(code=_code(name), name=name.strip(), role=role, state_code=state_code)


def address_of(person: Person) -> str:
    """The address where somebody sets their password, at the first of our names or on this machine."""
    base = f"https://{settings.HOSTS[0]}" if settings.HOSTS else "http://127.0.0.1:8000"
    return f"{base}{one_time_path(person)}"
