"""The roles, and the table of what each may do."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    """What an organisation is in the programme; its people act in that role. `PUBLIC` is whoever has not logged in."""

    MINISTRY = "ministry", _("ministry")
    COMMITTEE = "committee", _("state committee")
    INSTITUTION = "institution", _("institution")
    PROVIDER = "provider", _("provider")
    ASSOCIATION = "association", _("association")
    AUDITOR = "auditor", _("auditor")
    PUBLIC = "public", _("public")


class Scope(TextChoices):
    """On which objects a role may do something."""

    ALL = "all", _("all")
    STATE = "state", _("those of its state")
    OWN = "own", _("its own")
    NONE = "none", _("none")


@cache
def permissions() -> dict[tuple[str, str], dict[Role, Scope]]:
    """For each object and action the scope of every role, from `permissions.csv`."""
    table = files("alcance.office.accounts").joinpath("permissions.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(table.splitlines())
    return {(row["object"], row["action"]): {role: Scope(row[role.value]) for role in Role} for row in rows}


def role_of(person: object) -> Role:
    """The role in which a person acts; who is anonymous, or whose organisation is none or retired, is the public."""
    organisation = getattr(person, "organisation", None)
    if organisation is None or organisation.retired_on is not None:
        return Role.PUBLIC
    return Role(organisation.role)
