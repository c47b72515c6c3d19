"""Areas as features."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import shapely
from django.db.models import Max, Min, Q

from alcance.office.api.ogc.features import Extent, Page, feature_text
from alcance.office.api.ogc.sites import within
from alcance.office.public.totals import kept
from alcance.office.register.areas import areas_digest
from alcance.office.register.models import Area, Level
from alcance.office.register.places import Outlines
from alcance.office.web.paging import keyset_page

if TYPE_CHECKING:
    from alcance.office.api.ogc.asked import Asked, Box

_TEXT = {"type": "string"}
_FIELDS = {
    "code": "code", "level": "level", "name": "name", "parent": "parent_id", "people": "people", "need": "need",
    "need_quintile": "need_quintile",
}  # fmt: skip
_COLUMNS = ("code", "lon", "lat", "boundary", *_FIELDS.values())


class Areas:
    """States and municipalities with their outlines, localities as points; by their keys."""

    name = "areas"
    title = "Areas"
    description = "States, municipalities and localities, with their people and need."
    properties: ClassVar[dict[str, dict[str, Any]]] = {
        "code": _TEXT,
        "level": {"type": "string", "enum": Level.values},
        "name": _TEXT,
        "parent": _TEXT,
        "people": {"type": "integer"},
        "need": {"type": "number"},
        "need_quintile": {"type": "integer", "minimum": 1, "maximum": 5},
    }
    filters = ("code", "level", "parent", "need_quintile")

    def extent(self) -> Extent:
        """Where areas lie."""
        return Extent(kept(("ogc extent", self.name), _ends), None)

    def page(self, asked: Asked) -> Page:
        """Areas by key."""
        wanted = Q(**{_FIELDS[name]: value for name, value in asked.filters.items()})
        if asked.bbox is not None:
            wanted &= Q(code__in=_outlined_in(asked.bbox)) | (Q(boundary=None) & within(asked.bbox))
        areas = Area.objects.filter(wanted)
        matched = kept(("ogc", self.name, asked.key), areas.count)
        found = keyset_page(areas.values_list(*_COLUMNS, named=True), "code", asked.after, asked.limit)
        return Page(",".join(map(_feature, found.rows)), len(found.rows), matched, found.next)

    def one(self, feature: str) -> str | None:
        """An area by its key."""
        row = Area.objects.filter(code=feature[:200]).values_list(*_COLUMNS).first()
        return None if row is None else _feature(row)

    def page_of(self, feature: str) -> str | None:
        """The area's page; localities have none."""
        return f"/areas/{feature}/" if len(feature) < 9 else None


def _ends() -> Box | None:
    shapes = _outlines().shapes
    ends = Area.objects.filter(boundary=None).aggregate(
        west=Min("lon"), south=Min("lat"), east=Max("lon"), north=Max("lat")
    )
    boxes = [shapely.total_bounds(shapes)] if len(shapes) else []
    if ends["west"] is not None:
        boxes.append(np.array([ends["west"], ends["south"], ends["east"], ends["north"]]))
    if not boxes:
        return None
    all_boxes = np.array(boxes)
    west, south = all_boxes[:, :2].min(axis=0).tolist()
    east, north = all_boxes[:, 2:].max(axis=0).tolist()
    return west, south, east, north


def _outlines() -> Outlines:
    """The outlines of states and municipalities together; they change only when a country's areas are loaded anew."""
    return _outlines_of(kept(("areas digest",), areas_digest))


@lru_cache(maxsize=1)
def _outlines_of(_digest: str) -> Outlines:
    return Outlines.of(None)


def _outlined_in(box: Box) -> list[str]:
    west, south, east, north = box
    boxes = [(west, east)] if west <= east else [(west, 180.0), (-180.0, east)]
    outlines = _outlines()
    found = {
        str(outlines.codes[at])
        for left, right in boxes
        for at in outlines.tree.query(shapely.box(left, south, right, north), predicate="intersects")
    }
    return sorted(found)


def _feature(row: tuple[Any, ...]) -> str:
    code, lon, lat, boundary, *values = row
    geometry = "null"
    if boundary is not None:
        geometry = shapely.to_geojson(shapely.from_wkb(bytes(boundary)))
    elif lon is not None and lat is not None:
        geometry = f'{{"type":"Point","coordinates":[{lon!r},{lat!r}]}}'
    return feature_text(code, geometry, dict(zip(_FIELDS, values, strict=True)))
