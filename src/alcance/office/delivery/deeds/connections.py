"""Deployment and operation: a connection is ordered, installed, verified, operated, watched, moved and ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from simple_history.utils import bulk_update_with_history

from alcance.office.accounts.refusals import Refused, allow, refused_if_taken
from alcance.office.delivery.deeds.leaving import leave
from alcance.office.delivery.deeds.proof import check, last_step_at
from alcance.office.delivery.life import ImpossibleTransition, move
from alcance.office.delivery.models import Connection, Inspection, Photo, Transition
from alcance.office.register.models import Site, SiteState
from alcance.office.service import placing

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from alcance.office.accounts.models import Person

_AT_ONCE = 500


@transaction.atomic
def order(connections: Sequence[Connection], person: Person, *, at: dt.datetime) -> None:
    """Order contracted connections: the provider's time runs."""
    for connection in connections:
        _check_standing(connection)
        connection.ordered_on = timezone.localdate(at)
    bulk_update_with_history(connections, Connection, ["ordered_on"], batch_size=_AT_ONCE, default_user=person)
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
    """The provider claims an installation, with its date and a photo; what was agreed stays as it is.

    Parameters
    ----------
    technology, mbps
        What the provider says that was installed; as agreed where nothing is said. Less than agreed can be claimed, and
        is shown so: what verifies is measured by what was agreed.

    Raises
    ------
    Refused
        Where the day lies in the future or before the order, or the photo is evidence already.
    """
    _check_standing(connection)
    if installed_on > timezone.localdate(at):
        raise Refused(_("an installation cannot lie in the future"))
    if connection.ordered_on is not None and installed_on < connection.ordered_on:
        raise Refused(_("the installation lies before its order (%(day)s)") % {"day": connection.ordered_on})
    _check_photo(photo)
    connection.installed_on = installed_on
    connection.claimed_technology = technology or connection.technology
    connection.claimed_mbps = mbps or connection.mbps
    connection.save(update_fields=["installed_on", "claimed_technology", "claimed_mbps"])
    _move([connection], "install", person, at, evidence={"photo": photo.pk if photo else None})
    if connection.moved_from_id is not None:
        placing.arrive(connection.site, at=at)


@transaction.atomic
def reject(connection: Connection, person: Person, *, at: dt.datetime, reason: str) -> None:
    """An installation is not as it should be, though claimed or verified: back to the provider."""
    _check_standing(connection)
    connection.installed_on, connection.verified_at = None, None
    connection.claimed_technology, connection.claimed_mbps = "", None
    connection.save(update_fields=["installed_on", "verified_at", "claimed_technology", "claimed_mbps"])
    _move([connection], "reject", person, at, reason=reason)


@transaction.atomic
def verify(
    connection: Connection,
    person: Person,
    *,
    at: dt.datetime,
    inspection: Inspection | None = None,
    measurements: dict[str, Any] | None = None,
) -> None:
    """An installation is proven, by an inspection with a photo and a speed test, or by what a probe measured since.

    Raises
    ------
    Refused
        Where the evidence is none of this installation, or does not find it working at the speed agreed (`proof`).
    """
    _check_standing(connection)
    check("verify", connection, inspection, measurements, last_step_at(connection))
    connection.verified_at = at
    connection.save(update_fields=["verified_at"])
    evidence: dict[str, object] = {"inspection": inspection.pk if inspection else None, "measurements": measurements}
    _move([connection], "verify", person, at, evidence=evidence)


@transaction.atomic
def operate(connection: Connection, person: Person, *, at: dt.datetime) -> None:
    """A verified connection is taken into operation; from here on it is paid for."""
    _check_standing(connection)
    connection.operating_since = timezone.localdate(at)
    connection.save(update_fields=["operating_since"])
    _move([connection], "operate", person, at)


@transaction.atomic
def watch(
    connection: Connection,
    name: str,
    person: Person,
    *,
    at: dt.datetime,
    inspection: Inspection | None = None,
    measurements: dict[str, Any] | None = None,
    reason: str = "",
) -> None:
    """Tell that a connection is degraded ("degrade"), down ("fail") or well again ("recover"), on evidence of it.

    Raises
    ------
    Refused
        Where the evidence is older than the site's last step, or shows something else (`proof`).
    """
    if name not in ("degrade", "fail", "recover"):
        raise ValueError(name)
    _check_standing(connection)
    check(name, connection, inspection, measurements, last_step_at(connection))
    evidence: dict[str, object] = {"inspection": inspection.pk if inspection else None, "measurements": measurements}
    _move([connection], name, person, at, evidence=evidence, reason=reason)


@transaction.atomic
def relocate(connection: Connection, new_site: Site, person: Person, *, at: dt.datetime, reason: str) -> Connection:
    """Move a connection to another site under the same contract; at the old one it ends with the reason.

    The probes that watch it go along, and stand at the new site once it is installed there.

    Raises
    ------
    Refused
        Where the sites are the same, or the new one has a connection.
    """
    _check_standing(connection)
    if new_site.pk == connection.site_id:
        raise Refused(_("choose another site than the one it is at"))
    _hold([connection.site, new_site])
    if new_site.connections.filter(ended_on=None).exists():
        raise Refused(_("%(site)s has a connection already") % {"site": new_site})
    _move([connection], "relocate", person, at, reason=reason)
    _end(connection, at, reason)
    with refused_if_taken(_("%(site)s has a connection already") % {"site": new_site}):
        moved = Connection.objects.create(
            site=new_site, contract=connection.contract, provider=connection.provider,
            technology=connection.technology, mbps=connection.mbps, install_price=connection.install_price,
            month_price=connection.month_price, ordered_on=timezone.localdate(at), moved_from=connection,
        )  # fmt: skip
    moved.site = new_site
    allow(person, "connection", "relocate", new_site)
    move(
        [new_site], "receive", person, at=at, evidence={"connection": connection.pk}, reason=reason,
        connections={new_site.pk: moved},
    )  # fmt: skip
    leave([new_site], at=at)
    placing.depart(connection.site, new_site, person, at=at, reason=reason)
    return moved


@transaction.atomic
def reinstall(connection: Connection, person: Person, *, at: dt.datetime, reason: str) -> Connection:
    """Order a service anew at a site whose connection is degraded, down or was moved away, under the same contract."""
    _hold([connection.site])
    if connection.site.state not in (SiteState.DEGRADED, SiteState.DOWN, SiteState.RELOCATED):
        raise ImpossibleTransition(_("%(site)s: nothing to reinstall") % {"site": connection.site})
    if not reason.strip():
        raise ImpossibleTransition(_("say why it is reinstalled"))
    _check_latest(connection)
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
def rescind(connection: Connection, person: Person, *, at: dt.datetime, reason: str) -> None:
    """Take a site out of a contract that was not fulfilled: the connection ends, the site is to be tendered anew."""
    _check_standing(connection)
    _move([connection], "rescind", person, at, reason=reason)
    _end(connection, at, reason)


@transaction.atomic
def renew(connection: Connection, person: Person, *, at: dt.datetime, reason: str) -> None:
    """The contract's time is over, or the service is given up: the connection ends, the site is to be planned anew."""
    _check_latest(connection)
    _move([connection], "renew", person, at, reason=reason)
    if connection.ended_on is None:
        _end(connection, at, reason)


@transaction.atomic
def retire(site: Site, person: Person, *, at: dt.datetime, reason: str) -> None:
    """Retire a site: its connection ends, its nomination is closed, it leaves its lot, and its probes are retired."""
    standing = site.connections.filter(ended_on=None).first()
    move([site], "retire", person, at=at, reason=reason, connections={site.pk: standing} if standing else None)
    if standing is not None:
        _end(standing, at, reason)
    leave([site], at=at)
    placing.retire(site.probes.all(), person, at=at, reason=reason)


@transaction.atomic
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
    """Record what somebody saw and measured at a site.

    Raises
    ------
    Refused
        Where the photo is evidence already: the provider's own proves nothing to who inspects.
    """
    allow(person, "inspection", "add", connection)
    _check_standing(connection)
    _check_photo(photo)
    return Inspection.objects.create(
        site=connection.site, connection=connection, inspector=person, at=at, works=works, down_mbps=down_mbps,
        up_mbps=up_mbps, latency_ms=latency_ms, photo=photo, remark=remark,
    )  # fmt: skip


def _end(connection: Connection, at: dt.datetime, reason: str) -> None:
    connection.ended_on, connection.ended_why = timezone.localdate(at), reason
    connection.save(update_fields=["ended_on", "ended_why"])


def _hold(sites: Sequence[Site]) -> None:
    """Keep sites from others until the end of the transaction; refused where one has gone on since it was read."""
    held = Site.objects.select_for_update().filter(pk__in=[site.pk for site in sites]).order_by("pk")
    states = dict(held.values_list("pk", "state"))
    for site in sites:
        if states[site.pk] != site.state:
            raise Refused(_("%(site)s has changed meanwhile; look again") % {"site": site})


def _check_photo(photo: Photo | None) -> None:
    """Refuse a photo that is evidence already, of a claim or an inspection, here or elsewhere."""
    if photo is None:
        return
    # Kept from others until the end: who shows it at the same time comes second.
    Photo.objects.select_for_update().get(pk=photo.pk)
    # Nothing was shown before it was brought.
    claims = Transition.objects.filter(after=SiteState.INSTALLED, at__gte=photo.uploaded_at, evidence__photo=photo.pk)
    if claims.exists() or photo.inspections.exists():
        raise Refused(_("this photo has been shown as evidence before; take a new one"))


def _check_latest(connection: Connection) -> None:
    if connection.site.connections.filter(pk__gt=connection.pk).exists():
        raise Refused(_("the site has a newer connection; look there"))


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
