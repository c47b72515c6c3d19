"""The steps of a site's life that need no more than a reason, each by the deed that makes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from ninja import P, PathEx

from alcance.office.accounts.refusals import Refused
from alcance.office.delivery.deeds import connections, nominations
from alcance.office.delivery.life import move

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from alcance.office.accounts.models import Person
    from alcance.office.delivery.models import Connection, Nomination
    from alcance.office.register.models import Site

    Step = Callable[[Site, Person, dt.datetime, str], object]


def _nomination(site: Site) -> Nomination:
    found = site.nominations.filter(closed_at=None).select_related("site").first()
    if found is None:
        raise Refused("the site is not nominated")
    return found


def _connection(site: Site, **which: Any) -> Connection:
    found = site.connections.filter(**which).select_related("site").order_by("-pk").first()
    if found is None:
        raise Refused("the site has no such connection")
    return found


def _closing(name: str) -> Step:
    return lambda site, person, at, reason: nominations.close(name, [_nomination(site)], person, at=at, reason=reason)


def _restore(site: Site, person: Person, at: dt.datetime, reason: str) -> None:
    if site.merged_into_id is not None:
        raise Refused("the site was merged into another; undo that")
    move([site], "restore", person, at=at, reason=reason)


STEPS: dict[str, Step] = {
    "nominate": lambda site, person, at, reason: nominations.nominate([site], person, at=at, reason=reason),
    "withdraw": _closing("withdraw"),
    "approve": _closing("approve"),
    "refuse": _closing("refuse"),
    "order": lambda site, person, at, _reason: connections.order([_connection(site, ended_on=None)], person, at=at),
    "reject": lambda site, person, at, reason: connections.reject(
        _connection(site, ended_on=None), person, at=at, reason=reason
    ),
    "operate": lambda site, person, at, _reason: connections.operate(_connection(site, ended_on=None), person, at=at),
    "reinstall": lambda site, person, at, reason: connections.reinstall(
        _connection(site), person, at=at, reason=reason
    ),
    "rescind": lambda site, person, at, reason: connections.rescind(
        _connection(site, ended_on=None), person, at=at, reason=reason
    ),
    "renew": lambda site, person, at, reason: connections.renew(_connection(site), person, at=at, reason=reason),
    "retire": lambda site, person, at, reason: connections.retire(site, person, at=at, reason=reason),
    "restore": _restore,
}

if TYPE_CHECKING:
    StepName = str
else:
    StepName = PathEx[Literal[tuple(STEPS)], P(description="what is done")]
