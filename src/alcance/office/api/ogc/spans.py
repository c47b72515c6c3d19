"""Spans of the plan that holds, as features."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import shapely

from alcance.office.api.ogc.features import Extent, Page, feature_text
from alcance.office.delivery.deeds.plans import plans_folder
from alcance.office.delivery.models import Plan
from alcance.office.web.paging import read_token, write_token

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from alcance.office.api.ogc.asked import Asked, Box

_TEXT, _NUMBER, _WHOLE = {"type": "string"}, {"type": "number"}, {"type": "integer"}
MEDIA = ("fibre", "microwave")


@dataclass(frozen=True)
class _Spans:
    """The spans of one plan in the order of their ids: geometries with a tree over them, and columns."""

    ids: NDArray[Any]
    shapes: NDArray[Any]
    tree: shapely.STRtree
    columns: dict[str, list[Any]]


class Spans:
    """Stretches of fibre and radio links that the plan which was taken in last would build."""

    name = "spans"
    title = "Spans"
    description = "Stretches of fibre and radio links of the plan that was taken in last, with what each would cost."
    properties: ClassVar[dict[str, dict[str, Any]]] = {
        "plan": {"type": "string", "description": "digest of the plan"},
        "kind": _TEXT,
        "medium": {"type": "string", "enum": list(MEDIA)},
        "from_place": _TEXT,
        "to_place": _TEXT,
        "from_name": _TEXT,
        "to_name": _TEXT,
        "length_m": _NUMBER,
        "inferred": {"type": "boolean"},
        "freq_ghz": _NUMBER,
        "rate_mbps": _NUMBER,
        "availability_pct": _NUMBER,
        "capex": _NUMBER,
        "opex_year": _NUMBER,
        "sites_below": _WHOLE,
        "people_below": _WHOLE,
        "hop": _WHOLE,
    }
    filters = ("kind", "medium", "from_place", "to_place", "hop")

    def extent(self) -> Extent:
        """Where the plan builds."""
        shapes = _spans()[1].shapes
        if not len(shapes):
            return Extent(None, None)
        west, south, east, north = shapely.total_bounds(shapes).tolist()
        return Extent((west, south, east, north), None)

    def page(self, asked: Asked) -> Page:
        """Spans by id."""
        digest, spans = _spans()
        at = _inside(spans, asked.bbox)
        for name, value in asked.filters.items():
            column = np.array(spans.columns[name], dtype=object)
            at = at[column[at] == value]
        matched = len(at)
        if asked.after:
            at = at[spans.ids[at] > str(read_token(asked.after))]
        some = at[: asked.limit]
        onward = write_token(str(spans.ids[some[-1]])) if len(at) > len(some) else None
        return Page(",".join(_feature(spans, digest, row) for row in some.tolist()), len(some), matched, onward)

    def one(self, feature: str) -> str | None:
        """A span by its id."""
        digest, spans = _spans()
        row = int(np.searchsorted(spans.ids, feature)) if len(spans.ids) else 0
        if row == len(spans.ids) or spans.ids[row] != feature:
            return None
        return _feature(spans, digest, row)

    def page_of(self, feature: str) -> str | None:  # noqa: ARG002
        """None: a span has no page."""
        return None


def _spans() -> tuple[str, _Spans]:
    """The digest of the plan that was taken in last, and its spans."""
    found = Plan.objects.order_by("-imported_at", "-pk").values_list("digest", "folder").first()
    digest, folder = found or ("", "")
    file = plans_folder() / folder / "edges.parquet"
    return digest, _read(file if folder and file.is_file() else None)


@functools.lru_cache(maxsize=1)
def _read(file: Path | None) -> _Spans:
    # A folder is named by its digest, so that what was read once stays true.
    if file is None:
        none = np.array([], dtype=object)
        return _Spans(none, none, shapely.STRtree([]), {name: [] for name in Spans.properties})
    import geopandas as gpd

    edges = gpd.read_parquet(file)
    edges = edges[edges.geometry.geom_type == "LineString"].to_crs("OGC:CRS84")
    edges = edges.sort_values("edge_id", ignore_index=True)
    edges["medium"] = np.where(edges["freq_ghz"].isna(), *MEDIA)
    shapes = edges.geometry.to_numpy()
    columns = {name: _plain(edges[name]) for name in Spans.properties if name != "plan"}
    return _Spans(edges["edge_id"].to_numpy(dtype=object), shapes, shapely.STRtree(shapes), columns)


def _plain(column: Any) -> list[Any]:
    """A column's values as JSON has them, None where there is none."""
    return list(column.astype(object).where(column.notna(), None))


def _inside(spans: _Spans, box: Box | None) -> NDArray[np.int64]:
    if box is None:
        return np.arange(len(spans.ids))
    west, south, east, north = box
    parts = [(west, east)] if west <= east else [(west, 180.0), (-180.0, east)]
    found = [spans.tree.query(shapely.box(left, south, right, north), predicate="intersects") for left, right in parts]
    return np.unique(np.concatenate(found))


def _feature(spans: _Spans, digest: str, row: int) -> str:
    properties = {name: spans.columns[name][row] for name in Spans.properties if name != "plan"}
    return feature_text(spans.ids[row], shapely.to_geojson(spans.shapes[row]), {"plan": digest, **properties})
