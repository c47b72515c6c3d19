"""A plan folder as the map asks for it: layers as GeoJSON, the sites as a searchable table."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alcance.errors import InputError, Problem
from alcance.publish.folder import read_plan_folder
from alcance.publish.language import LANGUAGES, language
from alcance.publish.map_search import Wording, fold, sort_key

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

Row = dict[str, Any]

PAGE_ROWS_MAX = 500
COORDINATE_DECIMALS = 5  # about a metre, finer than any position in a plan
SITE_LAYER_COLUMNS = ("site_id", "name", "technology", "people")
TABLE_COLUMNS = (
    "site_id",
    "name",
    "kind",
    "key",
    "admin_name",
    "locality_name",
    "technology",
    "people",
    "users",
    "hops",
    "cost_share",
    "lon",
    "lat",
)
SORTABLE = ("name", "admin_name", "technology", "people", "hops", "cost_share")
ENTRY_KINDS = ("pop", "gateway")  # the works where traffic enters, marked on the map beside the relay masts
PROFILE_COLUMNS = ("edge_id", "distance_m", "ground_m")
CONTEXT_COLUMNS = ("kind", "name", "geometry")
NEAR_DEG = 0.01  # about a kilometre
SEAM_DEG = 0.003  # thinned outlines of neighbours leave slits of this order between them
NAME_GROUPS = ("technology", "kind", "site_kind", "item")


@dataclass(frozen=True)
class MapData:
    """A plan folder held in memory for the map.

    Parameters
    ----------
    summary
        `summary.json`, with the key `map` added: sites, lines and places counted by kind, the names of kinds by
        language, and what the map shows first.
    sites, edges
        One dict per row by identifier, in the order of the files; missing values are None, geometry is kept apart.
    masts
        One dict per relay: place_id, name, lon, lat, height_m of its highest mast, sites_below, people_below.
    geometry
        GeoJSON geometry by edge_id (dict with type and coordinates [lon, lat in degrees]).
    profiles
        distance_m and ground_m by edge_id, for radio hops.
    context
        Boundaries, water and the like as a GeoJSON FeatureCollection, or None.
    weight_below
        Sum of the weights of the sites behind each edge (see `weight`).
    wordings
        Per site in the order of `sites`: the texts by which it is found.
    orders
        Numbers of the sites sorted by a column of the table, filled as they are asked for.
    """

    summary: Row
    sites: dict[str, Row]
    edges: dict[str, Row]
    masts: list[Row]
    geometry: dict[str, Row]
    profiles: dict[str, tuple[list[float], list[float]]]
    context: Row | None
    weight_below: dict[str, int]
    wordings: list[Wording]
    orders: dict[str, list[int]] = field(default_factory=dict)

    @classmethod
    def open(cls, folder: Path) -> MapData:
        """Read what the map needs from a plan folder.

        Raises
        ------
        InputError
            Naming every file that is missing or unreadable and every column that is absent.
        """
        plan = read_plan_folder(folder)
        if plan.sites.empty:
            raise InputError([Problem("sites.parquet", None, "", "", "holds no site, so there is nothing to show")])
        sites, edges = _rows(plan.sites, "site_id"), _rows(plan.edges, "edge_id")
        masts = _masts(plan.nodes)
        geometry = dict(zip(edges, _geojson(plan.edges.geometry.to_numpy()), strict=True))
        context = _context(plan.path)
        seen = _counts(sites, edges, geometry, masts) | {"context": context is not None, "names": _names()}
        return cls(
            summary=_plain(plan.summary) | {"map": seen},
            sites=sites,
            edges=edges,
            masts=masts,
            geometry=geometry,
            profiles=_profiles(plan.path),
            context=context,
            weight_below=_weight_below(sites.values()),
            wordings=[Wording.of(row) for row in sites.values()],
        )

    @staticmethod
    def weight(site: Row) -> int:
        """Return the part that a site has in the price of an edge: its people, or its users where it counts none."""
        return max(1, int(site["people"] or site["users"] or 1))

    def site_layer(self) -> Row:
        """Return the sites as a GeoJSON FeatureCollection of points, people last so that towns lie on top."""
        rows = sorted(self.sites.values(), key=lambda row: (row["people"] or 0, row["site_id"]))
        pops = {_cell(*_first_position(self.geometry[key])) for key, row in self.edges.items() if row["kind"] == "pop"}
        return _collection(
            _feature(
                _point(row["lon"], row["lat"]),
                {name: row[name] for name in SITE_LAYER_COLUMNS}
                | {"label": "" if row["technology"] == "existing" and _near(row, pops) else _label(row)},
            )
            for row in rows
        )

    def line_layer(self) -> Row:
        """Return fibre spans and radio hops as a GeoJSON FeatureCollection of lines."""
        return _collection(
            _feature(
                self.geometry[edge_id],
                {"edge_id": edge_id, "kind": row["kind"], "inferred": bool(row["inferred"])},
            )
            for edge_id, row in self.edges.items()
            if self.geometry[edge_id]["type"] == "LineString"
        )

    def place_layer(self) -> Row:
        """Return PoPs, shared gateways and relay masts as a GeoJSON FeatureCollection of points."""
        entries = [
            _feature(
                _point(*_first_position(self.geometry[edge_id])),
                {"edge_id": edge_id, "kind": row["kind"], "name": row["to_name"] or row["from_name"] or ""},
            )
            for edge_id, row in self.edges.items()
            if row["kind"] in ENTRY_KINDS
        ]
        shown = ("name", "height_m", "sites_below", "people_below")
        masts = [
            _feature(_point(row["lon"], row["lat"]), {"kind": "mast"} | {name: row[name] for name in shown})
            for row in self.masts
        ]
        return _collection([*entries, *masts])

    def search(self, text: str, limit: int) -> list[Row]:
        """Return the sites whose name, key or place holds every word of the text, best match first.

        Among equals the site with more people comes first. Accents and case do not matter.
        """
        found = self._matches(text)
        people = [row["people"] or 0 for row in self.sites.values()]
        found.sort(key=lambda pair: (pair[0], -people[pair[1]], self.wordings[pair[1]]))
        rows = list(self.sites.values())
        return [_table_row(rows[number]) for _, number in found[:limit]]

    def page(self, *, text: str, technology: str, sort: str, descending: bool, start: int, limit: int) -> Row:
        """Return one page of the table of sites: `total` matches and `rows` from `start` on.

        Raises
        ------
        ValueError
            When the column to sort by, the start or the limit is not one that the table knows.
        """
        if sort not in SORTABLE:
            raise ValueError(f"sort must be one of {', '.join(SORTABLE)}")
        if start < 0 or not 1 <= limit <= PAGE_ROWS_MAX:
            raise ValueError(f"start must be 0 or more, limit 1 to {PAGE_ROWS_MAX}")
        rows = list(self.sites.values())
        numbers = self._order(sort)
        if descending:
            numbers = numbers[::-1]
        if text.strip():
            found = {number for _, number in self._matches(text)}
            numbers = [number for number in numbers if number in found]
        if technology:
            numbers = [number for number in numbers if rows[number]["technology"] == technology]
        shown = numbers[start : start + limit]
        return {
            "total": len(numbers),
            "start": start,
            "rows": [_table_row(rows[number]) for number in shown],
        }

    def _order(self, sort: str) -> list[int]:
        """Numbers of the sites, sorted by a column; sorted once and kept, for a table is paged through."""
        if sort not in self.orders:
            keys = [
                sort_key(row[sort], wording) for row, wording in zip(self.sites.values(), self.wordings, strict=True)
            ]
            self.orders[sort] = sorted(range(len(keys)), key=keys.__getitem__)
        return self.orders[sort]

    def _matches(self, text: str) -> list[tuple[int, int]]:
        """Rank and number of every site that holds every word of the text."""
        wanted = fold(text).strip()
        ranks = ((wording.rank(wanted), number) for number, wording in enumerate(self.wordings))
        return [(rank, number) for rank, number in ranks if rank is not None]


def _label(site: Row) -> str:
    """What the map writes beside a site: the site that stands for a locality's people bears the locality's name."""
    return str((site.get("locality_name") if site["people"] else None) or site["name"] or "")


def _cell(lon: float, lat: float) -> tuple[int, int]:
    return round(lon / NEAR_DEG), round(lat / NEAR_DEG)


def _near(site: Row, cells: set[tuple[int, int]]) -> bool:
    """Whether a PoP stands so near that its name serves for the site too."""
    east, north = _cell(site["lon"], site["lat"])
    return any((east + i, north + j) in cells for i in (-1, 0, 1) for j in (-1, 0, 1))


def _table_row(site: Row) -> Row:
    return {name: site.get(name) for name in TABLE_COLUMNS}


def _rows(frame: pd.DataFrame, key: str) -> dict[str, Row]:
    plain = frame.drop(columns="geometry", errors="ignore")
    names = [str(name) for name in plain.columns]
    rows = (dict(zip(names, row, strict=True)) for row in zip(*(_values(plain[name]) for name in names), strict=True))
    return {row[key]: row for row in rows}


def _values(column: pd.Series[Any]) -> list[Any]:
    """Plain values of a column, None where one is missing or not finite."""
    import numpy as np
    import pandas as pd

    if pd.api.types.is_float_dtype(column.dtype):
        numbers = column.to_numpy(dtype=np.float64, na_value=np.nan)
        values: list[Any] = numbers.tolist()
        for row in np.flatnonzero(~np.isfinite(numbers)).tolist():
            values[row] = None
        return values
    missing = column.isna().tolist()
    pairs = zip(column.tolist(), missing, strict=True)
    return [None if lost else value.tolist() if isinstance(value, np.ndarray) else value for value, lost in pairs]


def _plain(value: Any) -> Any:
    """What JSON can hold: an infinite number becomes null, for a browser refuses a whole answer over one."""
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _masts(nodes: pd.DataFrame) -> list[Row]:
    """One row per place with relay masts: the highest mast, and all that hangs from the place."""
    masts = nodes[nodes["kind"] == "mast"].sort_values(["place_id", "height_m", "node_id"])
    below = masts.groupby("place_id")[["sites_below", "people_below"]].max()
    highest = masts.drop_duplicates("place_id", keep="last").set_index("place_id")
    highest[["sites_below", "people_below"]] = below
    return list(_rows(highest.reset_index(), "place_id").values())


def _geojson(shapes: NDArray[np.object_]) -> list[Row]:
    import numpy as np
    import shapely

    rounded = shapely.transform(shapes, lambda positions: np.round(positions, COORDINATE_DECIMALS))
    return [json.loads(text) for text in shapely.to_geojson(rounded)]


def _profiles(folder: Path) -> dict[str, tuple[list[float], list[float]]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    name = "profiles.parquet"
    try:
        table = pq.read_table(folder / name, columns=list(PROFILE_COLUMNS))
    except FileNotFoundError as error:
        raise InputError(
            [Problem(name, None, "", "", "missing; this is not a whole plan folder, plan again")]
        ) from error
    except (pa.ArrowException, OSError) as error:
        raise InputError([Problem(name, None, "", "", f"cannot be read ({error}); plan again")]) from error
    columns = [table[column].to_pylist() for column in PROFILE_COLUMNS]
    return {edge_id: (distance_m, ground_m) for edge_id, distance_m, ground_m in zip(*columns, strict=True)}


def _context(folder: Path) -> Row | None:
    """Read the outlines to draw beneath the plan; the folder may do without."""
    import geopandas as gpd
    import pyarrow as pa
    import shapely

    name = "context.parquet"
    if not (folder / name).is_file():
        return None
    try:
        frame = gpd.read_parquet(folder / name, columns=list(CONTEXT_COLUMNS))
    except (pa.ArrowException, OSError, ValueError) as error:
        raise InputError([Problem(name, None, "", "", f"cannot be read ({error}); plan again")]) from error
    if frame.empty:
        return None
    shapes, kinds = frame.geometry.to_numpy(), frame["kind"].tolist()
    outlines = [_feature(shape, {"kind": kind}) for shape, kind in zip(_geojson(shapes), kinds, strict=True)]
    admin = shapes[frame["kind"].eq("admin").to_numpy()]
    # The land as one piece, without the slits between thinned neighbours.
    land = shapely.buffer(shapely.union_all(shapely.buffer(admin, SEAM_DEG, quad_segs=1)), -SEAM_DEG, quad_segs=1)
    pieces = [_feature(shape, {"kind": "land"}) for shape in _geojson(shapely.get_parts(land))]
    # A label on a multi-polygon repeats on each part, so it gets one point of its own.
    labels = [
        _feature(_point(spot.x, spot.y), {"kind": f"{kind}_label", "name": label})
        for spot, kind, label in zip(shapely.point_on_surface(shapes), kinds, frame["name"].tolist(), strict=True)
        if label and not spot.is_empty
    ]
    return _collection([*pieces, *outlines, *labels])


def _counts(sites: dict[str, Row], edges: dict[str, Row], geometry: dict[str, Row], masts: list[Row]) -> Row:
    technologies: dict[str, int] = {}
    for row in sites.values():
        technologies[row["technology"]] = technologies.get(row["technology"], 0) + 1
    lines: dict[str, Row] = {}
    places: dict[str, int] = {"mast": len(masts)} if masts else {}
    for edge_id, row in edges.items():
        if geometry[edge_id]["type"] == "LineString":
            line = lines.setdefault(row["kind"], {"count": 0, "km": 0.0, "inferred_km": 0.0})
            km = (row["length_m"] or 0.0) / 1000
            line["count"] += 1
            line["km"] += km
            line["inferred_km"] += km if row["inferred"] else 0.0
        elif row["kind"] in ENTRY_KINDS:
            places[row["kind"]] = places.get(row["kind"], 0) + 1
    return {
        "technologies": dict(sorted(technologies.items())),
        "lines": {kind: {name: round(value, 3) for name, value in lines[kind].items()} for kind in sorted(lines)},
        "places": dict(sorted(places.items())),
        "bounds": _extent(sites.values()),
    }


def _names() -> Row:
    """Names of technologies, works and kinds of site by language, as every other output has them."""
    found: Row = {}
    for code in LANGUAGES:
        groups: dict[str, dict[str, str]] = {group: {} for group in NAME_GROUPS}
        for key, text in language(code).texts.items():
            group, _, kind = key.partition(".")
            if group in groups:
                groups[group][kind] = text
        found[code] = groups
    return found


def _extent(sites: Iterable[Row]) -> list[float]:
    """West, south, east and north of the sites [degrees]: what the map shows first."""
    lons, lats = zip(*((row["lon"], row["lat"]) for row in sites), strict=True)
    return [min(lons), min(lats), max(lons), max(lats)]


def _weight_below(sites: Iterable[Row]) -> dict[str, int]:
    weights: dict[str, int] = {}
    for site in sites:
        for edge_id in site["upstream"] or []:
            weights[edge_id] = weights.get(edge_id, 0) + MapData.weight(site)
    return weights


def _collection(features: Iterable[Row]) -> Row:
    return {"type": "FeatureCollection", "features": list(features)}


def _feature(geometry: Row, properties: Row) -> Row:
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def _point(lon: float, lat: float) -> Row:
    return {"type": "Point", "coordinates": [round(lon, COORDINATE_DECIMALS), round(lat, COORDINATE_DECIMALS)]}


def _first_position(geometry: Row) -> tuple[float, float]:
    position = geometry["coordinates"] if geometry["type"] == "Point" else geometry["coordinates"][0]
    return position[0], position[1]
