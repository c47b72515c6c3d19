"""Sites as features."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.db.models import CharField, F, Max, Min, Q
from django.db.models.functions import Cast

from alcance.office.api.answers import dumps, utc
from alcance.office.api.ogc.features import Extent, Page
from alcance.office.api.pages import rows_of
from alcance.office.delivery.in_force import in_force
from alcance.office.public.totals import kept
from alcance.office.register.models import Site, SiteKind, SiteState, Technology
from alcance.office.web.paging import keyset_page

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from alcance.office.api.ogc.asked import Asked, Box

_TEXT = {"type": "string"}
_FIELDS = {
    "key": "key", "key_scheme": "key_scheme", "name": "name", "kind": "kind", "state": "state",
    "state_code": "state_code", "state_name": "municipality__parent__name", "municipality_code": "municipality_id",
    "municipality": "municipality__name", "need_quintile": "municipality__need_quintile",
    "locality_code": "locality_id", "locality": "locality__name", "host": "host__name", "users": "users",
    "electricity": "electricity", "technology": "technology_now", "speed_mbps": "speed_now", "retired_on": "retired_on",
    "version": "version", "changed_at": "changed_at",
}  # fmt: skip
# Days and moments come as the database writes them, in UTC: making objects of them only to write them down again takes
# a quarter of the time.
_COLUMNS = (
    "id", "lon", "lat", *(
        Cast(field, CharField()) if field in ("retired_on", "changed_at") else F(field) for field in _FIELDS.values()
    ),
)  # fmt: skip


def within(box: Box, lon: str = "lon", lat: str = "lat") -> Q:
    """Points in a box, edges and all; one that crosses the antimeridian is two."""
    west, south, east, north = box
    between = Q(**{f"{lat}__gte": south, f"{lat}__lte": north})
    beyond, before = Q(**{f"{lon}__gte": west}), Q(**{f"{lon}__lte": east})
    return between & (beyond & before if west <= east else beyond | before)


class Sites:
    """Sites of the register, by number; those that were merged into another are not among them."""

    name = "sites"
    title = "Sites"
    description = "Public buildings and spaces of the programme; a moment is that of their last change."
    properties: ClassVar[dict[str, dict[str, Any]]] = {
        "key": _TEXT,
        "key_scheme": _TEXT,
        "name": _TEXT,
        "kind": {"type": "string", "enum": SiteKind.values},
        "state": {"type": "string", "enum": SiteState.values},
        "state_code": _TEXT,
        "state_name": _TEXT,
        "municipality_code": _TEXT,
        "municipality": _TEXT,
        "need_quintile": {"type": "integer", "minimum": 1, "maximum": 5},
        "locality_code": _TEXT,
        "locality": _TEXT,
        "host": _TEXT,
        "users": {"type": "integer"},
        "electricity": {"type": "boolean"},
        "technology": {"type": "string", "enum": Technology.values},
        "speed_mbps": {"type": "number"},
        "retired_on": {"type": "string", "format": "date"},
        "version": {"type": "integer"},
        "changed_at": {"type": "string", "format": "date-time"},
    }
    filters = (
        "key", "kind", "state", "state_code", "municipality_code", "locality_code", "need_quintile", "technology",
    )  # fmt: skip

    def extent(self) -> Extent:
        """Where sites stand, and since when they have been as they are."""
        ends = kept(("ogc extent", self.name), self._ends)
        if ends["west"] is None:
            return Extent(None, None)
        return Extent((ends["west"], ends["south"], ends["east"], ends["north"]), utc(ends["since"]))

    @staticmethod
    def _ends() -> dict[str, Any]:
        return Site.objects.filter(merged_into=None).aggregate(
            west=Min("lon"), south=Min("lat"), east=Max("lon"), north=Max("lat"), since=Min("changed_at")
        )

    def page(self, asked: Asked) -> Page:
        """Sites by number."""
        sites = self._sites(asked)
        matched = kept(("ogc", self.name, asked.key), sites.count)
        # Numbers first, which an index holds; the rest is read for one page alone.
        found = keyset_page(sites.values_list("id", named=True), "id", asked.after, asked.limit)
        rows = in_force(rows_of(sites, [row.id for row in found.rows])).values_list(*_COLUMNS)
        features = [_feature(row) for row in rows]
        return Page(dumps(features)[1:-1], len(features), matched, found.next)

    def _sites(self, asked: Asked) -> QuerySet[Site]:
        wanted = Q(merged_into=None)
        for name, value in asked.filters.items():
            wanted &= Q(**{_FIELDS[name]: value})
        if asked.bbox is not None:
            wanted &= within(asked.bbox)
        if asked.since is not None:
            wanted &= Q(changed_at__gte=asked.since)
        if asked.until is not None:
            wanted &= Q(changed_at__lt=asked.until)
        return in_force(Site.objects.all()).filter(wanted)

    def one(self, feature: str) -> str | None:
        """A site by its number."""
        if not (feature.isascii() and feature.isdigit() and len(feature) <= 15):
            return None
        row = in_force(Site.objects.filter(pk=int(feature), merged_into=None)).values_list(*_COLUMNS).first()
        return None if row is None else dumps(_feature(row))

    def page_of(self, feature: str) -> str | None:
        """The site's page."""
        return f"/sites/{feature}/"


def _feature(row: tuple[Any, ...]) -> dict[str, Any]:
    properties = dict(zip(_FIELDS, row[3:], strict=True))
    properties["technology"] = properties["technology"] or None
    changed = properties["changed_at"]
    properties["changed_at"] = f"{changed[:10]}T{changed[11:19]}Z"
    return {
        "type": "Feature",
        "id": row[0],
        "geometry": {"type": "Point", "coordinates": row[1:3]},
        "properties": properties,
    }
