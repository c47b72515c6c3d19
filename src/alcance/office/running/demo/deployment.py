"""The fourth act: what was contracted is ordered, claimed as installed, proven, and taken into operation."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from django.utils import timezone

from alcance.office.delivery.deeds import connections
from alcance.office.delivery.deeds.photos import keep_photo
from alcance.office.running.demo import measuring, operation
from alcance.office.running.demo.photos import drawn_photo
from alcance.office.running.demo.story import DAY

if TYPE_CHECKING:
    import datetime as dt

    from alcance.office.accounts.models import Person
    from alcance.office.delivery.models import Connection, Contract
    from alcance.office.running.demo.story import Story

ORDERED_AFTER_DAYS = 12
# Of those that are claimed some are late, some are sent back once, and a few never come.
NEVER, SENT_BACK = 0.04, 0.05
FASTEST_DAYS, USUAL_DAYS, SLOWEST_DAYS = 15, 70, 210
# One of so many is proven by what a probe measures, the others by somebody who goes there.
MEASURED_OF = 8


def deploy(story: Story, contract: Contract, at: dt.datetime) -> None:
    """Enter a contract's deliveries into the calendar."""
    standing = list(contract.connections.select_related("site", "provider").order_by("pk"))
    person = next(one for one in story.cast.providers if one.organisation_id == contract.provider_id)
    ordered = at + ORDERED_AFTER_DAYS * DAY
    story.calendar.at(ordered, lambda later: connections.order(standing, story.cast["ministerio"], at=later))
    for connection in standing:
        if story.chance.random() < NEVER:
            continue
        days = story.chance.triangular(FASTEST_DAYS, SLOWEST_DAYS, USUAL_DAYS)
        story.calendar.at(ordered + days * DAY, functools.partial(_install, story, connection, person, "instalación"))
    operation.pay(story, contract, ordered)


def _install(story: Story, connection: Connection, person: Person, words: str, at: dt.datetime) -> None:
    connection.refresh_from_db()
    day = timezone.localdate(at)
    photo = keep_photo(drawn_photo(connection.site.key, f"{words} {day}"), person, at=at)
    connections.install(connection, person, at=at, installed_on=day, photo=photo)
    after = story.chance.uniform(4, 45)
    if words == "instalación" and story.chance.random() < SENT_BACK:
        story.calendar.at(at + after * DAY, functools.partial(_send_back, story, connection, person))
    else:
        story.calendar.at(at + after * DAY, functools.partial(_verify, story, connection))


def _send_back(story: Story, connection: Connection, person: Person, at: dt.datetime) -> None:
    connection.refresh_from_db()
    reason = "la antena apunta a otro lado; no hay servicio"
    connections.reject(connection, story.cast["comite"], at=at, reason=reason)
    story.calendar.at(at + 20 * DAY, functools.partial(_install, story, connection, person, "corrección"))


def _verify(story: Story, connection: Connection, at: dt.datetime) -> None:
    connection.refresh_from_db()
    person = story.cast["comite"]
    down = round(connection.mbps * story.chance.uniform(0.85, 1.1), 1)
    story.proven += 1
    evidence = measuring.proof(story, connection, at) if story.proven % MEASURED_OF == 1 else None
    if evidence is not None:
        connections.verify(connection, person, at=at, measurements=evidence)
    else:
        seen = connections.inspect(
            connection, person, at=at, works=True, down_mbps=down, up_mbps=round(down / 4, 1),
            latency_ms=round(story.chance.uniform(15, 60), 1),
            photo=keep_photo(drawn_photo(connection.site.key, f"inspección {timezone.localdate(at)}"), person, at=at),
            remark="ejemplo: inspección inventada",
        )  # fmt: skip
        connections.verify(connection, person, at=at, inspection=seen)
    story.calendar.at(at + 3 * DAY, functools.partial(operation.begin, story, connection))
