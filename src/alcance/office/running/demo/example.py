"""An example office that stands: who can log in to it, and with which password."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password

from alcance.errors import AlcanceError
from alcance.office.accounts.models import Person
from alcance.office.folder import EXAMPLE
from alcance.office.running.start import bring_up

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable


@dataclass(frozen=True)
class Example:
    """Who can log in to an example, by the one password that all of them have."""

    people: list[Person]
    password: str


def keep(people: Iterable[Person], password: str, now: dt.datetime) -> None:
    """Note beside the database that all of it is invented, and how to log in."""
    emails = [person.email for person in people]
    told = {"illustrative": True, "made_at": now.isoformat(), "password": password, "people": emails}
    _write(told)


def take_up(password: str | None) -> Example:
    """Bring an example that was made before to this version of Alcance, its people with their password.

    Parameters
    ----------
    password
        A new one for all of them; as it was where none is given.

    Raises
    ------
    AlcanceError
        Where what is noted beside the database cannot be read.
    """
    file = Path(settings.OFFICE_DIR) / EXAMPLE
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
        emails, kept = list(told["people"]), str(told["password"])
    except (OSError, ValueError, KeyError, TypeError):
        raise AlcanceError(f"{file}: cannot be read; remove the folder and make the example anew") from None
    bring_up()
    people = list(Person.objects.filter(email__in=emails).select_related("organisation"))
    people.sort(key=lambda person: emails.index(person.email))
    password = password or kept
    # Somebody may have changed theirs, and what is printed must let one in. Hashing is slow on purpose: each hash once.
    others = [hashed for hashed in {person.password for person in people} if not check_password(password, hashed)]
    if others:
        Person.objects.filter(email__in=emails, password__in=others).update(password=make_password(password))
    if password != kept:
        _write({**told, "password": password})
    return Example(people, password)


def _write(told: dict[str, object]) -> None:
    file = Path(settings.OFFICE_DIR) / EXAMPLE
    file.touch(mode=0o600)
    file.write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")
