"""What has happened to an object: who, when, what and why; told in one way, whatever it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import transaction

from alcance.office.web.shown import title_of, values_shown

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable

    from alcance.office.accounts.models import Person

MOST = 200


@dataclass(frozen=True)
class Event:
    """One thing that happened: when, who, why; that it was made, a step, or fields with values before and after.

    `key` names the object where a page tells of several.
    """

    at: dt.datetime
    who: str
    why: str
    step: str = ""
    made: bool = False
    changes: list[tuple[str, Any, Any]] = field(default_factory=list)
    key: str = ""


def changes_of(things: Iterable[Any], key: Callable[[Any], str] = lambda _thing: "") -> list[Event]:
    """The last changes of objects of one model that keeps its history, at most `MOST`, the newest first.

    Parameters
    ----------
    things
        The objects.
    key
        What each is called, where a page tells of several.
    """
    by_id = {thing.pk: thing for thing in things}
    if not by_id:
        return []
    model = next(iter(by_id.values()))._meta.model
    past = model.history.filter(**{f"{model._meta.pk.attname}__in": list(by_id)}).select_related("history_user")
    # The oldest that is read of each may lack the one before it, by which it would be told.
    records = list(past.order_by("-history_date", "-history_id")[: MOST + len(by_id)])
    names = [one.attname for one in model.history.model.tracked_fields]
    shown = values_shown(model, {name: [getattr(record, name) for record in records] for name in names})
    events: list[Event] = []
    before: dict[Any, Any] = {}
    for record in reversed(records):
        pk = getattr(record, model._meta.pk.attname)
        old = before.get(pk)
        before[pk] = record
        event = Event(
            at=record.history_date,
            who=str(record.history_user or ""),
            why=record.history_change_reason or "",
            made=record.history_type == "+",
            changes=[
                (title_of(model, name), shown(name, getattr(old, name)), shown(name, getattr(record, name)))
                for name in names
                if old is not None and getattr(old, name) != getattr(record, name)
            ],
            key=key(by_id[pk]),
        )
        # What was saved as it was, without a word, is nothing that happened.
        if event.made or event.changes or (event.why and old is not None):
            events.append(event)
    return events[: -MOST - 1 : -1]


def newest_first(*told: Iterable[Event]) -> list[Event]:
    """Events of several objects, the newest first."""
    return sorted((event for events in told for event in events), key=lambda event: event.at, reverse=True)


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
