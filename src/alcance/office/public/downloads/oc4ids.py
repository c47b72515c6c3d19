"""The programme as OC4IDS 0.9: each lot is a project, with its sites, its contract and how far it has come.

Source: https://standard.open-contracting.org/infrastructure/0.9/en/ (project package). Drafts of lots are left out.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils import timezone

from alcance.office.delivery.models import Connection, Contract, Lot, LotSite, LotState
from alcance.office.public.downloads.words import written_in
from alcance.office.register.models import SiteState
from alcance.office.register.models.kinds import CONNECTED, PROVEN

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from django.db.models import QuerySet

    from alcance.office.register.models import Site

VERSION = "0.9"
Json = dict[str, Any]
_PLACE = (
    "site_id", "site__name", "site__state", "site__lon", "site__lat", "site__municipality__name",
    "site__municipality__parent__name",
)  # fmt: skip


def oc4ids_pieces(
    sites: QuerySet[Site], uri: str, now: dt.datetime, *, everything: bool
) -> Iterator[tuple[str, int, int]]:
    """Yield the package as text, and with each piece how many sites it holds, twice: all are `oc4ids_count`ed.

    Lots without a site of the list are left out.

    Parameters
    ----------
    sites
        The list of sites.
    uri
        Address under which the package is published.
    now
        When it is made.
    everything
        Whether the list is the whole register.
    """
    package = {
        "uri": uri,
        "publishedDate": _time(now),
        "version": VERSION,
        "publisher": {"name": settings.PUBLISHER},
        "license": settings.LICENCE_URL,
    }
    yield json.dumps(package, ensure_ascii=False)[:-1] + ', "projects": [', 0, 0
    listed = None if everything else frozenset(sites.values_list("pk", flat=True).iterator())
    separator = ""
    for lot in Lot.objects.exclude(state=LotState.DRAFT).select_related("buyer").order_by("pk"):
        rows = LotSite.objects.filter(lot=lot, site__merged_into=None).order_by("site").values_list(*_PLACE, named=True)
        places = [row for row in rows.iterator() if listed is None or row.site_id in listed]
        if places:
            yield separator + json.dumps(_project(lot, places, now), ensure_ascii=False), len(places), len(places)
            separator = ",\n"
    yield "]}\n", 0, 0


def oc4ids_count(sites: QuerySet[Site], *, everything: bool) -> int:
    """How many sites of a list the package holds: a site counts once in each lot."""
    rows = LotSite.objects.filter(site__merged_into=None).exclude(lot__state=LotState.DRAFT)
    return (rows if everything else rows.filter(site__in=sites.values("pk"))).count()


def ocid(lot: Lot) -> str:
    """The contracting process of a lot, as OCDS names it."""
    return f"{settings.OCDS_PREFIX}-{lot.code}"


def _project(lot: Lot, places: list[Any], now: dt.datetime) -> Json:
    contract = Contract.objects.filter(lot=lot).select_related("provider").first()
    states = Counter(place.site__state for place in places)
    parties = [_party(lot.buyer, ["publicAuthority", "procuringEntity"])]
    project: Json = {
        "id": f"{settings.OC4IDS_PREFIX}-{lot.code}",
        "updated": _time(now),
        "title": lot.title,
        "description": lot.description or lot.title,
        "language": written_in(),
        "status": _status(lot, places),
        "type": "construction",
        "sector": ["communications"],
        "publicAuthority": {"id": lot.buyer.code, "name": lot.buyer.name},
        "locations": [_location(place) for place in places],
        "contractingProcesses": [{"id": ocid(lot), "summary": _summary(lot, contract)}],
        "forecasts": [_progress("planned", len(places), lot.decided_at or lot.published_at, contract)],
        "metrics": [_found(states, now)],
    }
    if contract is not None:
        parties.append(_party(contract.provider, ["supplier"]))
        project["period"] = _period(contract.signed_on, contract.ends_on)
        project["implementationPeriod"] = _period(contract.signed_on, contract.deliver_by)
        project["maintenancePeriod"] = _period(contract.deliver_by, contract.ends_on)
    return project | {"parties": parties}


def _status(lot: Lot, places: list[Any]) -> str:
    """How far a lot is; its work is done once each of its sites that are still in the programme was verified."""
    if lot.state == LotState.CANCELLED:
        return "cancelled"
    if lot.state != LotState.AWARDED:
        return "preparation"
    left = {place.site_id for place in places if place.site__state != SiteState.RETIRED}
    if not left:
        return "completed"
    verified = Connection.objects.filter(contract__lot=lot).exclude(verified_at=None)
    return "maintenance" if left <= set(verified.values_list("site", flat=True)) else "implementation"


def _summary(lot: Lot, contract: Contract | None) -> Json:
    made: Json = {
        "ocid": ocid(lot),
        "externalReference": lot.code,
        "nature": ["design", "construction"],
        "title": lot.title,
        "status": "active" if contract else "closed" if lot.state == LotState.CANCELLED else "pre-award",
        "tender": {"procurementMethod": "open", "procuringEntity": {"id": lot.buyer.code, "name": lot.buyer.name}},
    }
    if contract is None:
        return made
    return made | {
        "suppliers": [{"id": contract.provider.code, "name": contract.provider.name}],
        "contractValue": {"amount": float(contract.amount), "currency": contract.currency},
        "contractPeriod": _period(contract.signed_on, contract.ends_on),
    }


def _location(place: Any) -> Json:
    state = place.site__municipality__parent__name
    return {
        "id": f"site-{place.site_id}",
        "description": place.site__name,
        "geometry": {"type": "Point", "coordinates": [place.site__lon, place.site__lat]},
        "address": {"locality": place.site__municipality__name, **({"region": state} if state else {})},
    }


def _progress(name: str, sites: int, since: dt.datetime | None, contract: Contract | None) -> Json:
    period = {} if since is None else {"startDate": _time(since)}
    if contract is not None:
        period["endDate"] = f"{contract.deliver_by.isoformat()}T00:00:00Z"
    return _metric([_observation(name, sites, period)])


def _found(states: Counter[str], now: dt.datetime) -> Json:
    """Sites that the provider says are served, and those that somebody else has found to be."""
    period = {"endDate": _time(now)}
    claimed, proven = (sum(states[state] for state in which) for which in (CONNECTED, PROVEN))
    return _metric([_observation("claimed", claimed, period), _observation("verified", proven, period)])


def _metric(observations: list[Json]) -> Json:
    return {"id": "physicalProgress", "title": "Sites", "observations": observations}


def _observation(name: str, sites: int, period: Json) -> Json:
    made = {"id": name, "measure": sites, "unit": {"name": "sites"}, "notes": name}
    return made | ({"period": period} if period else {})


def _party(organisation: Any, roles: list[str]) -> Json:
    return {"id": organisation.code, "name": organisation.name, "roles": roles}


def _period(start: dt.date, end: dt.date) -> Json:
    return {"startDate": f"{start.isoformat()}T00:00:00Z", "endDate": f"{end.isoformat()}T00:00:00Z"}


def _time(moment: dt.datetime) -> str:
    return timezone.localtime(moment).isoformat(timespec="seconds")
