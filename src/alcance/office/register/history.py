"""What has happened to a site: changes of its facts and steps of its life, the newest first."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from alcance.office.register.shown import title_of, values_shown

if TYPE_CHECKING:
    import datetime as dt

    from alcance.office.register.models import Site


@dataclass(frozen=True)
class Event:
    """One thing that happened: when, who, why; a step of the life, or fields with their values before and after."""

    at: dt.datetime
    who: str
    why: str
    step: str = ""
    changes: list[tuple[str, Any, Any]] = field(default_factory=list)
    key: str = ""


def history_of(site: Site) -> list[Event]:
    """All events of a site and of those merged into it, the newest first."""
    events: list[Event] = []
    for one in (site, *site.merged.all()):
        key = "" if one.pk == site.pk else one.key
        events += [
            Event(
                step.at,
                step.actor_name,
                step.reason,
                f"{step.get_before_display()} → {step.get_after_display()}",
                key=key,
            )
            for step in one.transitions.order_by("at", "pk")
        ]
        events += _changes(one, key)
    return sorted(events, key=lambda event: event.at, reverse=True)


def _changes(site: Site, key: str) -> list[Event]:
    rows = list(site.history.select_related("history_user").order_by("history_date", "history_id"))
    names = [one.attname for one in site.history.model.tracked_fields]
    shown = values_shown({name: [getattr(row, name) for row in rows] for name in names})
    events = []
    before: Any = None
    for row in rows:
        values = {name: getattr(row, name) for name in names}
        changes = []
        if before is not None:
            changes = [
                (title_of(name), shown(name, before[name]), shown(name, value))
                for name, value in values.items()
                if before[name] != value
            ]
        if before is None or changes:
            who = str(row.history_user or "")
            events.append(Event(row.history_date, who, row.history_change_reason or "", "", changes, key))
        before = values
    return events
