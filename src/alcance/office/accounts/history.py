"""What has changed about an object: who, when, what and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction

if TYPE_CHECKING:
    import datetime as dt

    from alcance.office.accounts.models import Person


@dataclass(frozen=True)
class Difference:
    """One field that changed, in words."""

    field: str
    before: str
    after: str


@dataclass(frozen=True)
class Change:
    """One change of an object; `made` where it came into being."""

    at: dt.datetime
    who: str
    why: str
    made: bool
    differences: list[Difference]


def changes(thing: Any, most: int = 200) -> list[Change]:
    """What has changed about an object that keeps its history, the latest first, at most so many."""
    records = list(thing.history.select_related("history_user").order_by("-history_date", "-history_id")[: most + 1])
    told = []
    for record, before in zip(records, [*records[1:], None], strict=True):
        told.append(
            Change(
                at=record.history_date,
                who=str(record.history_user or ""),
                why=record.history_change_reason or "",
                made=record.history_type == "+",
                differences=[] if before is None else _differences(thing, before, record),
            )
        )
    return told[:most]


def save_as(thing: Any, person: Person, why: str, fields: list[str] | None = None) -> None:
    """Save something that keeps its history, all of it or some fields, with who did it and why."""
    thing._history_user = person
    thing._change_reason = why
    thing.save(update_fields=fields)


def note(person: Person, why: str) -> None:
    """Write to somebody's history that something happened with them, and change nothing else about them."""
    with transaction.atomic():
        standing = type(person).objects.select_for_update().get(pk=person.pk)
        standing._change_reason = why
        standing.save(update_fields=["version"])


def _differences(thing: Any, before: Any, after: Any) -> list[Difference]:
    found = []
    for change in after.diff_against(before, foreign_keys_are_objs=True).changes:
        field = thing._meta.get_field(change.field)
        found.append(Difference(str(field.verbose_name), _shown(field, change.old), _shown(field, change.new)))
    return found


def _shown(field: Any, value: Any) -> str:
    choices = dict(field.flatchoices or ())
    return "" if value is None else str(choices.get(value, value))
