"""Where probes stand: they are added, moved and retired, alone or together with what they measure.

What a probe measured counts for the site at which it stood at that time, and for none where it stood at none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from alcance.office.accounts.history import save_as
from alcance.office.accounts.refusals import Refused, allow, refused_if_taken
from alcance.office.service.models import Placement, Probe

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from alcance.office.accounts.models import Person
    from alcance.office.register.models import Site


@transaction.atomic
def add(code: str, site: Site, public_key: str, person: Person, *, at: dt.datetime) -> Probe:
    """Add a probe that stands at a site from now on; what it measured before is evidence of no place.

    Raises
    ------
    Refused
        Where its code is taken, or another probe in service has its key.
    """
    allow(person, "probe", "add")
    probe = Probe(code=code, site=site, public_key=public_key, added_at=at)
    with refused_if_taken(_("Somebody has added a probe of this code or key meanwhile.")):
        save_as(probe, person, "")
    Placement.objects.create(probe=probe, site=site, since=at)
    return probe


@transaction.atomic
def move(probe: Probe, site: Site, person: Person, *, at: dt.datetime, reason: str) -> None:
    """Move a probe to another site, or let one that is on its way stand at its own.

    Raises
    ------
    Refused
        Where it is retired, or stands there already.
    """
    allow(person, "probe", "add", probe)
    [standing] = _held([probe])
    if standing.retired_at is not None:
        raise Refused(_("this probe is retired"))
    if standing.placements.filter(site=site, until=None).exists():
        raise Refused(_("the probe stands there already"))
    _leave(standing, at)
    _send(standing, site, person, reason)
    Placement.objects.create(probe=standing, site=site, since=at)


@transaction.atomic
def retire(probes: Iterable[Probe], person: Person, *, at: dt.datetime, reason: str) -> None:
    """Take probes out of service: what they sign is no longer taken; what they measured stays."""
    for probe in _held(probes):
        if probe.retired_at is None:
            _leave(probe, at)
            probe.retired_at = at
            save_as(probe, person, reason, ["retired_at"])


def depart(old: Site, new: Site, person: Person, *, at: dt.datetime, reason: str) -> None:
    """The connection of a site was moved to another: its probes are on their way there, and stand nowhere meanwhile."""
    for probe in _in_service(old):
        _leave(probe, at)
        _send(probe, new, person, reason)


def arrive(site: Site, *, at: dt.datetime) -> None:
    """A connection that was moved to a site has been installed there, and so have the probes that came with it."""
    waiting = [probe for probe in _in_service(site) if not probe.placements.filter(until=None).exists()]
    Placement.objects.bulk_create([Placement(probe=probe, site=site, since=at) for probe in waiting])


def join(duplicate: Site, into: Site, person: Person, *, at: dt.datetime, reason: str) -> None:
    """A duplicate was merged: its probes belong to the site that stays, and what they measure from now on does too."""
    for probe in _in_service(duplicate):
        for stood in probe.placements.filter(until=None):
            _leave(probe, at)
            origin = stood.instead_of_id or duplicate.pk
            Placement.objects.create(probe=probe, site=into, since=at, instead_of_id=origin)
        _send(probe, into, person, reason)


def part(duplicate: Site, person: Person, *, reason: str) -> None:
    """A merge was undone: what probes measured meanwhile at the duplicate's place was measured there after all."""
    for probe in _held(Probe.objects.filter(placements__instead_of=duplicate).distinct()):
        mistaken = probe.placements.filter(instead_of=duplicate)
        stands = mistaken.filter(until=None).exists()
        mistaken.update(site=duplicate, instead_of=None)
        if stands:
            _send(probe, duplicate, person, reason)


def _in_service(site: Site) -> list[Probe]:
    return _held(Probe.objects.filter(site=site, retired_at=None))


def _held(probes: Iterable[Probe]) -> list[Probe]:
    """Probes as they stand, kept from others until the end of the transaction; always locked in one order."""
    ids = sorted({probe.pk for probe in probes})
    return list(Probe.objects.select_for_update().filter(pk__in=ids).order_by("pk"))


def _leave(probe: Probe, at: dt.datetime) -> None:
    probe.placements.filter(until=None).update(until=at)


def _send(probe: Probe, site: Site, person: Person, reason: str) -> None:
    probe.site = site
    save_as(probe, person, reason, ["site"])
