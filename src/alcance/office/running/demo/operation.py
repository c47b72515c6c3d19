"""The fifth act: service, its faults, what is moved or retired, and what is paid."""

from __future__ import annotations

import functools
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils import timezone

from alcance.office.delivery.deeds import connections, payments
from alcance.office.register.models import Site, SiteState
from alcance.office.running.demo.story import DAY

if TYPE_CHECKING:
    import datetime as dt

    from alcance.office.delivery.models import Connection, Contract
    from alcance.office.running.demo.story import Story

# Within a year and a half of service.
FAULT, SLOW, MOVED, RETIRED = 0.10, 0.09, 0.03, 0.02
RECOVERS = 0.6
MONTH_DAYS = 30


def begin(story: Story, connection: Connection, at: dt.datetime) -> None:
    """Take into operation, and enter what will befall the connection."""
    connection.refresh_from_db()
    connections.operate(connection, story.cast["ministerio"], at=at)
    fate = story.chance.random()
    later = at + story.chance.uniform(5, 250) * DAY
    if fate < FAULT:
        story.calendar.at(later, functools.partial(_fault, story, connection, "fail", "sin servicio desde la tormenta"))
    elif fate < FAULT + SLOW:
        why = "menos de la mitad de lo contratado por las tardes"
        story.calendar.at(later, functools.partial(_fault, story, connection, "degrade", why))
    elif fate < FAULT + SLOW + MOVED:
        story.calendar.at(later, functools.partial(_move_elsewhere, story, connection))
    elif fate < FAULT + SLOW + MOVED + RETIRED:
        story.calendar.at(later, functools.partial(_retire, story, connection))


def _fault(story: Story, connection: Connection, name: str, why: str, at: dt.datetime) -> None:
    connection.refresh_from_db()
    seen = connections.inspect(
        connection, story.cast["comite"], at=at, works=name != "fail",
        down_mbps=None if name == "fail" else round(connection.mbps * 0.3, 1), up_mbps=None, latency_ms=None,
        photo=None, remark=why,
    )  # fmt: skip
    connections.watch(connection, name, story.cast["comite"], at=at, inspection=seen, reason=why)
    if story.chance.random() < RECOVERS:
        story.calendar.at(at + story.chance.uniform(2, 40) * DAY, functools.partial(_recover, story, connection))


def _recover(story: Story, connection: Connection, at: dt.datetime) -> None:
    connection.refresh_from_db()
    person = story.cast["comite"]
    seen = connections.inspect(
        connection, person, at=at, works=True, down_mbps=connection.mbps, up_mbps=round(connection.mbps / 4, 1),
        latency_ms=30.0, photo=None, remark="reparado por el proveedor",
    )  # fmt: skip
    connections.watch(connection, "recover", person, at=at, inspection=seen, reason="reparado")


def _move_elsewhere(story: Story, connection: Connection, at: dt.datetime) -> None:
    """To the nearest site that waits and stands in no lot."""
    connection.refresh_from_db()
    here = connection.site
    waiting = Site.objects.filter(state__in=(SiteState.APPROVED, SiteState.PLANNED), lot_lines=None)
    places = [
        ((lon - here.lon) ** 2 + (lat - here.lat) ** 2, pk) for pk, lon, lat in waiting.values_list("pk", "lon", "lat")
    ]
    if places:
        to = Site.objects.get(pk=min(places)[1])
        reason = "la escuela cerró; la comunidad pide el servicio en su plaza"
        connections.relocate(connection, to, story.cast["comite"], at=at, reason=reason)


def _retire(story: Story, connection: Connection, at: dt.datetime) -> None:
    connection.refresh_from_db()
    reason = "el edificio se demolió después del sismo"
    connections.retire(connection.site, story.cast["ministerio"], at=at, reason=reason)


def pay(story: Story, contract: Contract, ordered: dt.datetime) -> None:
    """Enter the monthly payments of a contract: installation once proven, service for each month in operation."""
    paid_for: set[int] = set()
    for month in range(1, 24):
        story.calendar.at(ordered + month * MONTH_DAYS * DAY, functools.partial(_pay, story, contract, month, paid_for))


def _pay(story: Story, contract: Contract, month: int, paid_for: set[int], at: dt.datetime) -> None:
    amount = Decimal(0)
    operating = contract.connections.filter(ended_on=None, site__state=SiteState.OPERATING).order_by("pk")
    for connection in operating:
        amount += connection.month_price
        if connection.pk not in paid_for:
            paid_for.add(connection.pk)
            amount += connection.install_price
    if amount:
        payments.record(
            contract,
            story.cast["ministerio"],
            amount=amount,
            paid_on=timezone.localdate(at),
            document=f"EJEMPLO-{contract.code.upper()}-{month:02d}",
            at=at,
        )
