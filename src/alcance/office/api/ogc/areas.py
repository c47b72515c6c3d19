"""States and municipalities as features."""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar

import shapely
from django.db.models import Q

from alcance.office.api.ogc.features import Extent, Page, feature_text
from alcance.office.public.totals import kept
from alcance.office.register.areas import areas_digest
from alcance.office.register.models import Area, Level
from alcance.office.register.places import Outlines
from alcance.office.web.paging import keyset_page

if TYPE_CHECKING:
    from alcance.office.api.ogc.asked import Asked, Box

_TEXT = {"type": "string"}
OUTLINED = (Level.STATE, Level.MUNICIPALITY)


class ByKey(ABC):
    """Areas of some levels, by their keys. A layer of a GIS has one type of geometry, and so has a collection."""

    name: ClassVar[str]
    #: The areas that they are.
    which: ClassVar[Q]
    fields: ClassVar[dict[str, str]] = {
        "code": "code", "name": "name", "parent": "parent_id", "people": "people", "need": "need",
        "need_quintile": "need_quintile",
    }  # fmt: skip
    properties: ClassVar[dict[str, dict[str, Any]]] = {
        "code": _TEXT,
        "name": _TEXT,
        "parent": _TEXT,
        "people": {"type": "integer"},
        "need": {"type": "number"},
        "need_quintile": {"type": "integer", "minimum": 1, "maximum": 5},
    }
    filters: tuple[str, ...] = ("code", "parent", "need_quintile")
    #: What a geometry is made of.
    places: ClassVar[tuple[str, ...]]

    def page(self, asked: Asked) -> Page:
        """Areas by key."""
        wanted = self.which & Q(**{self.fields[name]: value for name, value in asked.filters.items()})
        if asked.bbox is not None:
            wanted &= self.inside(asked.bbox)
        areas = Area.objects.filter(wanted)
        matched = kept(("ogc", self.name, asked.key), areas.count)
        rows = areas.values_list(*self.places, *self.fields.values(), named=True)
        found = keyset_page(rows, "code", asked.after, asked.limit)
        return Page(",".join(map(self._feature, found.rows)), len(found.rows), matched, found.next)

    def one(self, feature: str) -> str | None:
        """An area by its key."""
        rows = Area.objects.filter(self.which, code=feature[:200])
        row = rows.values_list(*self.places, *self.fields.values()).first()
        return None if row is None else self._feature(row)

    def _feature(self, row: tuple[Any, ...]) -> str:
        places, values = row[: len(self.places)], row[len(self.places) :]
        properties = dict(zip(self.fields, values, strict=True))
        return feature_text(properties["code"], self.geometry(*places), properties)

    @abstractmethod
    def inside(self, box: Box) -> Q:
        """Those that meet a box."""

    @abstractmethod
    def geometry(self, *places: Any) -> str:
        """GeoJSON of what `places` hold."""


class Areas(ByKey):
    """States and municipalities with their outlines."""

    name = "areas"
    title = "Areas"
    description = "States and municipalities, with their people and need."
    which = Q(level__in=OUTLINED)
    fields: ClassVar[dict[str, str]] = {"level": "level", **ByKey.fields}
    properties: ClassVar[dict[str, dict[str, Any]]] = {
        "level": {"type": "string", "enum": [*map(str, OUTLINED)]},
        **ByKey.properties,
    }
    filters = ("level", *ByKey.filters)
    places = ("boundary",)

    def extent(self) -> Extent:
        """Where areas lie."""
        shapes = _outlines().shapes
        if not len(shapes):
            return Extent(None, None)
        west, south, east, north = shapely.total_bounds(shapes).tolist()
        return Extent((west, south, east, north), None)

    def inside(self, box: Box) -> Q:
        """Those whose outline meets a box."""
        west, south, east, north = box
        boxes = [(west, east)] if west <= east else [(west, 180.0), (-180.0, east)]
        outlines = _outlines()
        found = {
            str(outlines.codes[at])
            for left, right in boxes
            for at in outlines.tree.query(shapely.box(left, south, right, north), predicate="intersects")
        }
        return Q(code__in=sorted(found))

    def geometry(self, *places: Any) -> str:
        """The outline; one of a single part is told as one of many could be."""
        [boundary] = places
        if boundary is None:
            return "null"
        shape = shapely.from_wkb(bytes(boundary))
        told: str = shapely.to_geojson(shapely.multipolygons(shapely.get_parts(shape)))
        return told

    def page_of(self, feature: str) -> str | None:
        """The area's page."""
        return f"/areas/{feature}/"


def _outlines() -> Outlines:
    """The outlines of states and municipalities together; they change only when a country's areas are loaded anew."""
    return _outlines_of(kept(("areas digest",), areas_digest))


@lru_cache(maxsize=1)
def _outlines_of(_digest: str) -> Outlines:
    return Outlines.of(None)
