"""Deployment and operation: a connection is ordered, installed, verified, operated, watched, moved and ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from alcance.office.delivery.deeds.leaving import leave
from alcance.office.delivery.deeds.refusals import Refused, allow
from alcance.office.delivery.life import ImpossibleTransition, move
from alcance.office.delivery.models import Connection, Inspection, Photo
from alcance.office.register.models import SiteState

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from alcance.office.accounts.models import Person
    from alcance.office.register.models import Site


@transaction.atomic
def order(connections: Sequence[Connection], person: Person, *, at: dt.datetime) -> None:
    """Order contracted connections: the provider's time runs."""
    for connection in connections:
        _check_standing(connection)
        connection.ordered_on = timezone.localdate(at)
        connection.save()
    _move(connections, "order", person, at)


@transaction.atomic
def install(
    connection: Connection,
    person: Person,
    *,
    at: dt.datetime,
    installed_on: dt.date,
    photo: Photo | None,
    technology: str | None = None,
    mbps: float | None = None,
) -> None:
    """The provider claims an installation, with its date and a photo."""
    _check_standing(connection)
    if installed_on > timezone.localdate(at):
        raise Refused(_("an installation cannot lie in the future"))
    if connection.ordered_on is not None and installed_on < connection.ordered_on:
        raise Refused(_("the installation lies before its order (%(day)s)") % {"day": connection.ordered_on})
    connection.installed_on = installed_on
    connection.technology = technology or connection.technology
    connection.mbps = mbps or connection.mbps
    connection.save()
    _move([connection], "install", person, at, evidence={"photo": photo.pk if photo else None})


@transaction.atomic
def reject(connection: Connection, person: Person, *, at: dt.datetime, reason: str) -> None:
    """A claimed installation is not as it should be: back to the provider."""
    _check_standing(connection)
    connection.installed_on = None
    connection.save()
    _move([connection], "reject", person, at, reason=reason)


@transaction.atomic
def verify(
    connection: Connection,
    person: Person,
    *,
    at: dt.datetime,
    inspection: Inspection | None = None,
    measurements: dict[str, object] | None = None,
) -> None:
    """An installation is proven, by an inspection that found it working or by what a probe measured since.

    Raises
    ------
    Refused
        Where the inspection is of another connection, is older than the installation, or did not find it working.
    """
    _check_standing(connection)
    if inspection is not None:
        if inspection.connection_id != connection.pk:
            raise Refused(_("the inspection is of another connection"))
        if not inspection.works:
            raise Refused(_("the inspection did not find it working"))
        if connection.installed_on and timezone.localdate(inspection.at) < connection.installed_on:
            raise Refused(_("the inspection is older than the installation"))
    connection.verified_at = at
    connection.save()
    evidence: dict[str, object] = {"inspection": inspection.pk if inspection else None, "measurements": measurements}
    _move([connection], "verify", person, at, evidence=evidence)


@transaction.atomic
def operate(connection: Connection, person: Person, *, at: dt.datetime) -> None:
    """A verified connection is taken into operation; from here on it is paid for."""
    _check_standing(connection)
    connection.operating_since = timezone.localdate(at)
    connection.save()
    _move([connection], "operate", person, at)


@transaction.atomic
def watch(
    connection: Connection,
    name: str,
    person: Person,
    *,
    at: dt.datetime,
    inspection: Inspection | None = None,
    measurements: dict[str, object] | None = None,
    reason: str = "",
) -> None:
    """Tell that a connection is degraded ("degrade"), down ("fail") or well again ("recover"), on evidence."""
    if name not in ("degrade", "fail", "recover"):
        raise ValueError(name)
    _check_standing(connection)
    if inspection is not None:
        if inspection.connection_id != connection.pk:
            raise Refused(_("the inspection is of another connection"))
        if name == "recover" and not inspection.works:
            raise Refused(_("the inspection did not find it working"))
    evidence: dict[str, object] = {"inspection": inspection.pk if inspection else None, "measurements": measurements}
    _move([connection], name, person, at, evidence=evidence, reason=reason)


@transaction.atomic
def relocate(connection: Connection, new_site: Site, person: Person, *, at: dt.datetime, reason: str) -> Connection:
    """Move a connection to another site under the same contract; at the old one it ends with the reason.

    Raises
    ------
    Refused
        Where the sites are the same.
    """
    _check_standing(connection)
    if new_site.pk == connection.site_id:
        raise Refused(_("choose another site than the one it is at"))
    _move([connection], "relocate", person, at, reason=reason)
    _end(connection, at, reason)
    moved = Connection.objects.create(
        site=new_site, contract=connection.contract, provider=connection.provider, technology=connection.technology,
        mbps=connection.mbps, install_price=connection.install_price, month_price=connection.month_price,
        ordered_on=timezone.localdate(at), moved_from=connection,
    )  # fmt: skip
    moved.site = new_site
    allow(person, "connection", "relocate", new_site)
    move(
        [new_site], "receive", person, at=at, evidence={"connection": connection.pk}, reason=reason,
        connections={new_site.pk: moved},
    )  # fmt: skip
    leave([new_site], at=at)
    return moved


@transaction.atomic
def reinstall(connection: Connection, person: Person, *, at: dt.datetime, reason: str) -> Connection:
    """Order a service anew at a site whose connection is degraded, down or was moved away, under the same contract."""
    if connection.site.state not in (SiteState.DEGRADED, SiteState.DOWN, SiteState.RELOCATED):
        raise ImpossibleTransition(_("%(site)s: nothing to reinstall") % {"site": connection.site})
    if not reason.strip():
        raise ImpossibleTransition(_("say why it is reinstalled"))
    if connection.site.connections.filter(pk__gt=connection.pk).exists():
        raise Refused(_("the site has a newer connection; look there"))
    if connection.ended_on is None:
        _end(connection, at, reason)
    fresh = Connection.objects.create(
        site=connection.site, contract=connection.contract, provider=connection.provider,
        technology=connection.technology, mbps=connection.mbps, install_price=connection.install_price,
        month_price=connection.month_price, ordered_on=timezone.localdate(at),
    )  # fmt: skip
    _move([fresh], "reinstall", person, at, reason=reason)
    return fresh


@transaction.atomic
def retire(site: Site, person: Person, *, at: dt.datetime, reason: str) -> None:
    """Retire a site: its connection ends, its nomination is closed, and it leaves the lot that it stands in."""
    standing = site.connections.filter(ended_on=None).first()
    move([site], "retire", person, at=at, reason=reason, connections={site.pk: standing} if standing else None)
    if standing is not None:
        _end(standing, at, reason)
    leave([site], at=at)


def inspect(
    connection: Connection,
    person: Person,
    *,
    at: dt.datetime,
    works: bool,
    down_mbps: float | None,
    up_mbps: float | None,
    latency_ms: float | None,
    photo: Photo | None,
    remark: str = "",
) -> Inspection:
    """Record what somebody saw and measured at a site."""
    allow(person, "inspection", "add", connection)
    _check_standing(connection)
    return Inspection.objects.create(
        site=connection.site, connection=connection, inspector=person, at=at, works=works, down_mbps=down_mbps,
        up_mbps=up_mbps, latency_ms=latency_ms, photo=photo, remark=remark,
    )  # fmt: skip


def _end(connection: Connection, at: dt.datetime, reason: str) -> None:
    connection.ended_on, connection.ended_why = timezone.localdate(at), reason
    connection.save(update_fields=["ended_on", "ended_why"])


def _check_standing(connection: Connection) -> None:
    if connection.ended_on is not None:
        raise Refused(_("this connection ended on %(day)s") % {"day": connection.ended_on})


def _move(
    connections: Sequence[Connection],
    name: str,
    person: Person,
    at: dt.datetime,
    *,
    evidence: dict[str, object] | None = None,
    reason: str = "",
) -> None:
    by_site = {connection.site_id: connection for connection in connections}
    sites = [connection.site for connection in connections]
    move(sites, name, person, at=at, evidence=evidence, reason=reason, connections=by_site)
