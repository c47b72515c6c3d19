"""What people do with single sites: add, change, share a building, merge and part again; each with its history."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from alcance.office.accounts.history import save_as
from alcance.office.accounts.refusals import Refused, allow
from alcance.office.delivery.deeds.leaving import leave
from alcance.office.delivery.life import move
from alcance.office.register.imports.apply import cell_of
from alcance.office.register.models import Building, Site, SiteState
from alcance.office.service import placing

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from alcance.office.accounts.models import Person

EDITED = (
    "key", "key_scheme", "name", "kind", "host", "lon", "lat", "municipality", "locality", "users", "electricity",
    "technology", "speed_mbps", "contact",
)  # fmt: skip


def add(values: Mapping[str, Any], person: Person, *, reason: str) -> Site:
    """Add a site to the register.

    Raises
    ------
    NotAllowed
        Where it is not the person's to add: a committee adds in its state, an institution what it hosts.
    Refused
        Where the key is taken.
    """
    site = Site()
    _set(site, values)
    allow(person, "site", "add", site)
    _check_key(site)
    with transaction.atomic():
        _save(site, person, reason)
    return site


def change(site: Site, values: Mapping[str, Any], person: Person, *, seen_version: int, reason: str) -> Site:
    """Change a site as the person saw it.

    Raises
    ------
    Refused
        Where no reason is given, the key is taken, or somebody else has changed it meanwhile.
    """
    if not reason.strip():
        raise Refused(_("say why it is changed"))
    allow(person, "site", "change", site)
    with transaction.atomic():
        standing = Site.objects.select_for_update().get(pk=site.pk)
        if standing.version != seen_version:
            raise Refused(_("the site has been changed by somebody else meanwhile; look again"))
        if standing.merged_into_id is not None:
            raise Refused(_("the site was merged into another; change that one"))
        state_code = standing.state_code
        _set(standing, values)
        if standing.state_code != state_code and standing.nominations.filter(closed_at=None).exists():
            raise Refused(_("the site is nominated in its state; close that before it is moved to another"))
        # Nobody hands a site over to where they may not change it.
        allow(person, "site", "change", standing)
        _check_key(standing)
        standing.version += 1
        _save(standing, person, reason)
    return standing


def merge(site: Site, into: Site, person: Person, *, at: dt.datetime, reason: str) -> None:
    """Merge a duplicate into the site that stays; its own history stays with it, and is shown there.

    Its probes belong to the site that stays from now on; what they measured before is evidence of the duplicate alone.

    Raises
    ------
    Refused
        Where both are the same, one is merged already, or the duplicate has a connection that stands.
    """
    allow(person, "site", "merge", site)
    allow(person, "site", "merge", into)
    if not reason.strip():
        raise Refused(_("say why they are the same"))
    with transaction.atomic():
        standing = _as_they_stand((site, into))
        site, into = standing[site.pk], standing[into.pk]
        if site.pk == into.pk or site.merged_into_id is not None or into.merged_into_id is not None:
            raise Refused(_("choose two different sites, neither of them merged already"))
        if site.connections.filter(ended_on=None).exists():
            raise Refused(_("the duplicate has a connection; move it first, or merge the other way round"))
        if site.state != SiteState.RETIRED:
            move([site], "retire", person, at=at, reason=f"merged into {into.key}: {reason}")
            leave([site], at=at)
        site.merged_into = into
        site.version += 1
        _save(site, person, reason)
        placing.join(site, into, person, at=at, reason=reason)
        if into.state == SiteState.RETIRED:
            placing.retire(into.probes.all(), person, at=at, reason=reason)
        # What had been merged into the duplicate goes along.
        for other in Site.objects.filter(merged_into=site):
            other.merged_into = into
            other.version += 1
            _save(other, person, reason)


def part(site: Site, person: Person, *, at: dt.datetime, reason: str) -> None:
    """Undo a merge: the site is in the register again, as registered."""
    allow(person, "site", "merge", site)
    with transaction.atomic():
        site = _as_they_stand([site])[site.pk]
        if site.merged_into_id is None:
            raise Refused(_("this site is merged into no other"))
        site.merged_into = None
        _check_key(site)
        site.version += 1
        _save(site, person, reason)
        move([site], "restore", person, at=at, reason=reason)
        placing.part(site, person, reason=reason)


def share_building(sites: Sequence[Site], person: Person, *, name: str, reason: str) -> Building:
    """Put sites into one building, that of the first that has one, else a new one at the first's point."""
    if len({site.pk for site in sites}) < 2:
        raise Refused(_("a shared building holds at least two sites"))
    for site in sites:
        allow(person, "site", "change", site)
    with transaction.atomic():
        standing = _as_they_stand(sites)
        sites = [standing[pk] for pk in dict.fromkeys(site.pk for site in sites)]
        if any(site.merged_into_id is not None for site in sites):
            raise Refused(_("the site was merged into another; change that one"))
        building = next((site.building for site in sites if site.building_id is not None), None)
        if building is None:
            first = sites[0]
            building = Building.objects.create(name=name or first.name, lon=first.lon, lat=first.lat)
        for site in sites:
            site.building = building
            site.version += 1
            _save(site, person, reason)
    return building


def leave_building(site: Site, person: Person, *, reason: str) -> None:
    """Take a site out of the building that it shares."""
    allow(person, "site", "change", site)
    with transaction.atomic():
        site = _as_they_stand([site])[site.pk]
        if site.building_id is None:
            raise Refused(_("the site shares no building"))
        site.building = None
        site.version += 1
        _save(site, person, reason)


def _set(site: Site, values: Mapping[str, Any]) -> None:
    for name in EDITED:
        if name in values:
            setattr(site, name, values[name])
    site.state_code = str(site.municipality.parent_id)
    site.cell = cell_of(site.lon, site.lat)


def _as_they_stand(sites: Sequence[Site]) -> dict[int, Site]:
    """The sites as they are now, kept from others until the end of the transaction; always locked in one order."""
    locked = Site.objects.select_for_update().filter(pk__in=[site.pk for site in sites]).order_by("pk")
    return {site.pk: site for site in locked}


def _check_key(site: Site) -> None:
    same = Site.objects.filter(key_scheme=site.key_scheme, key=site.key, merged_into=None).exclude(pk=site.pk)
    if same.exists():
        raise Refused(_("the key %(key)s belongs to another site") % {"key": site.key})


def _save(site: Site, person: Person, reason: str) -> None:
    try:
        with transaction.atomic():
            save_as(site, person, reason)
    except IntegrityError as error:
        # Somebody has taken the key since it was looked for.
        raise Refused(_("the key %(key)s belongs to another site") % {"key": site.key}) from error
