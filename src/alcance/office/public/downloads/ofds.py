"""The programme's network as OFDS 0.4: what the imported plans would build, and the sites that have a connection.

Source: https://standard.ofds.info/en/0__4__0/ (network package). Networks of a plan are as
`alcance.publish.ofds` writes them; of a list of sites only those are kept that reach one of them.
"""

from __future__ import annotations

import itertools
import json
import logging
import uuid
from typing import TYPE_CHECKING, Any

from django.utils import translation
from django.utils.translation import gettext as _

from alcance.errors import AlcanceError
from alcance.office.delivery.deeds.plans import plans_folder
from alcance.office.delivery.models import Connection, Plan
from alcance.office.public.downloads.words import written_in
from alcance.office.register.models import Site, SiteState
from alcance.publish.folder import read_plan_folder
from alcance.publish.language import language
from alcance.publish.ofds import MAX_NETWORK_NODES, SCHEMA_URL, network_package

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from django.db.models import QuerySet

Json = dict[str, Any]
_NAMESPACE = uuid.UUID("0b0f8d0e-6f0c-5f5e-8a63-6c5a0d8f4b11")
_LINKS = [{"href": SCHEMA_URL, "rel": "describedby"}]
_STATUS = {
    SiteState.REGISTERED: "proposed", SiteState.NOMINATED: "proposed", SiteState.APPROVED: "proposed",
    SiteState.PLANNED: "planned", SiteState.CONTRACTED: "planned", SiteState.ORDERED: "underConstruction",
    SiteState.INSTALLED: "underConstruction", SiteState.VERIFIED: "operational", SiteState.OPERATING: "operational",
    SiteState.DEGRADED: "operational", SiteState.DOWN: "inactive", SiteState.RELOCATED: "decommissioned",
    SiteState.RETIRED: "decommissioned",
}  # fmt: skip

_log = logging.getLogger(__name__)


def ofds_pieces(sites: QuerySet[Site], *, everything: bool) -> Iterator[tuple[str, int, int]]:
    """Yield the package as text, with each piece how many nodes it holds, and how many of them are `ofds_count`ed.

    Parameters
    ----------
    sites
        The list of sites.
    everything
        Whether the list is the whole register, so that every network belongs to it.
    """
    yield '{"networks": [', 0, 0
    separator, written = "", 0
    keys = frozenset() if everything else frozenset(sites.values_list("key", flat=True).iterator())
    planned = ((network, 0) for network in _planned(keys, everything=everything))
    connected = ((network, len(network["nodes"])) for network in _connected(None if everything else sites))
    for network, counted in itertools.chain(planned, connected):
        yield separator + json.dumps(network, ensure_ascii=False, allow_nan=False), len(network["nodes"]), counted
        separator, written = ",\n", written + 1
    if not written:  # the standard asks for one network at least
        yield json.dumps({"id": str(uuid.uuid5(_NAMESPACE, "none")), "nodes": [], "links": _LINKS}), 0, 0
    yield "]}\n", 0, 0


def ofds_count(sites: QuerySet[Site], *, everything: bool) -> int:
    """How many sites of a list have a connection in force: as many nodes the package holds beside those of plans."""
    return _in_force(None if everything else sites).count()


def plan_folder(plan: Plan) -> Path:
    """Where our copy of a plan's folder lies."""
    return plans_folder() / plan.folder


def _planned(keys: frozenset[str], *, everything: bool) -> Iterator[Json]:
    words = language(written_in())
    for plan in Plan.objects.exclude(folder="").order_by("imported_at", "pk"):
        try:
            package = network_package(read_plan_folder(plan_folder(plan)), words)
        except (AlcanceError, OSError) as error:
            _log.error("plan %s is left out of the open network data: %s", plan.pk, error)
            continue
        for network in package["networks"]:
            if everything or any(node["id"].removeprefix("site:") in keys for node in network["nodes"]):
                yield network


def _connected(sites: QuerySet[Site] | None) -> Iterator[Json]:
    """Sites with a connection in force, in networks without spans, for how each is fed is known to the plan alone."""
    rows = (
        _in_force(sites)
        .order_by("site__state_code", "site")
        .values_list(
            "site__state_code", "site__municipality__parent__name", "site__key", "site__name", "site__lon", "site__lat",
            "site__state", "site__municipality__name", "provider__code", "provider__name", "site__electricity",
        )
        .iterator()
    )  # fmt: skip
    for _code, group in itertools.groupby(rows, key=lambda row: row[0]):
        number = 0
        while part := list(itertools.islice(group, MAX_NETWORK_NODES)):
            number += 1
            yield _network(part, number)


def _in_force(sites: QuerySet[Site] | None) -> QuerySet[Connection]:
    found = Connection.objects.filter(ended_on=None, site__merged_into=None)
    return found if sites is None else found.filter(site__in=sites.values("pk"))


def _network(rows: list[Any], number: int) -> Json:
    code, state = rows[0][0], rows[0][1] or rows[0][0]
    providers = {row[8]: row[9] for row in rows}
    with translation.override(written_in()):
        name = _("Sites with a connection, %(state)s, part %(number)s") % {"state": state, "number": number}
    return {
        "id": str(uuid.uuid5(_NAMESPACE, "\n".join([code, str(number), *(row[2] for row in rows)]))),
        "name": name,
        "language": written_in(),
        "crs": {"name": "urn:ogc:def:crs:OGC::CRS84", "uri": "http://www.opengis.net/def/crs/OGC/1.3/CRS84"},
        "nodes": [_node(row) for row in rows],
        "organisations": [
            {"id": code, "name": title, "roles": ["networkProvider"]} for code, title in sorted(providers.items())
        ],
        "links": _LINKS,
    }


def _node(row: tuple[Any, ...]) -> Json:
    _state_code, state, key, name, lon, lat, life, town, provider, title, power = row
    node: Json = {
        "id": f"site:{key}",
        "name": name,
        "status": _STATUS[SiteState(life)],
        "location": {"type": "Point", "coordinates": [lon, lat]},
        "address": {"locality": town} | ({"region": state} if state else {}),
        "accessPoint": True,
        "networkProviders": [{"id": provider, "name": title}],
    }
    return node if power is None else node | {"power": power}
