"""A plan folder as the map asks for it: layers as GeoJSON, the sites as a searchable table."""

from __future__ import annotations

import json
import math
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alcance.errors import InputError, Problem

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

Row = dict[str, Any]

PAGE_ROWS_MAX = 500
COORDINATE_DECIMALS = 5  # about a metre, finer than any position in a plan
SITE_LAYER_COLUMNS = ("site_id", "name", "technology", "kind", "people")
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
SITE_COLUMNS = (
    *TABLE_COLUMNS,
    "upstream",
    "pop_id",
    "cost_alone",
    "capex_share",
    "opex_year_share",
    "runner_up",
    "runner_up_price",
    "reason",
)
EDGE_COLUMNS = (
    "edge_id",
    "kind",
    "from_name",
    "to_name",
    "from_place",
    "to_place",
    "length_m",
    "inferred",
    "price_minor",
    "sites_below",
    "people_below",
)
PLACE_KINDS = ("pop", "gateway", "mast")  # the edges at one place that deserve a mark of their own


@dataclass(frozen=True)
class MapData:
    """A plan folder held in memory for the map.

    Parameters
    ----------
    summary
        `summary.json`, with the key `map` added: lines and places counted by kind.
    sites, edges, nodes
        One dict per row, keyed by identifier, in the order of the files; geometry is kept apart.
    edge_geometry
        GeoJSON geometry by edge_id (dict with type and coordinates [lon, lat in degrees]).
    profiles
        distance_m and ground_m by edge_id, for radio hops.
    context
        Boundaries, water and the like as a GeoJSON FeatureCollection, or None.
    weight_below
        Sum of the weights of the sites behind each edge (see `weight`).
    folded
        Per site in the order of `sites`: name, key and places without accents or case, for searching.
    """

    summary: Row
    sites: dict[str, Row]
    edges: dict[str, Row]
    nodes: dict[str, Row]
    edge_geometry: dict[str, Row]
    profiles: dict[str, tuple[list[float], list[float]]]
    context: Row | None
    weight_below: dict[str, int]
    folded: list[tuple[str, str, str]]

    @classmethod
    def open(cls, folder: Path) -> MapData:
        """Read what the map needs from a plan folder.

        Raises
        ------
        InputError
            Naming every file that is missing or unreadable and every column that is absent.
        """
        summary, tables = _read_folder(folder)
        sites = _rows(tables["sites"], "site_id")
        edges = _rows(tables["edges"], "edge_id")
        geometry = _geometries(tables["edges"], "edge_id")
        context = _context(folder / "context.parquet")
        return cls(
            summary=summary | {"map": _counts(sites, edges, geometry, context)},
            sites=sites,
            edges=edges,
            nodes=_rows(tables["nodes"], "node_id"),
            edge_geometry=geometry,
            profiles={row["edge_id"]: (row["distance_m"], row["ground_m"]) for row in tables["profiles"].to_pylist()},
            context=context,
            weight_below=_weight_below(sites.values()),
            folded=[
                (
                    fold(str(row["name"] or "")),
                    fold(str(row["key"] or "")),
                    fold(f"{row['site_id']} {row['locality_name'] or ''} {row['admin_name'] or ''}"),
                )
                for row in sites.values()
            ],
        )

    @staticmethod
    def weight(site: Row) -> int:
        """Return the part that a site has in the price of an edge: its people, and one where nobody is counted."""
        return max(1, site["people"] or 0)

    def site_layer(self) -> Row:
        """Return the sites as a GeoJSON FeatureCollection of points, people last so that towns lie on top."""
        rows = sorted(self.sites.values(), key=lambda row: (row["people"] or 0, row["site_id"]))
        return _collection(
            _feature(_point(row["lon"], row["lat"]), {name: row[name] for name in SITE_LAYER_COLUMNS}, number)
            for number, row in enumerate(rows)
        )

    def line_layer(self) -> Row:
        """Return fibre spans and radio hops as a GeoJSON FeatureCollection of lines."""
        return _collection(
            _feature(
                self.edge_geometry[edge_id],
                {"edge_id": edge_id, "kind": row["kind"], "inferred": bool(row["inferred"])},
                number,
            )
            for number, (edge_id, row) in enumerate(self.edges.items())
            if self.edge_geometry[edge_id]["type"] == "LineString"
        )

    def place_layer(self) -> Row:
        """Return PoPs, shared gateways and relay masts as a GeoJSON FeatureCollection of points."""
        chosen = {edge_id: row for edge_id, row in self.edges.items() if row["kind"] in PLACE_KINDS}
        return _collection(
            _feature(
                _point(*_first_position(self.edge_geometry[edge_id])),
                {"edge_id": edge_id, "kind": row["kind"], "name": row["to_name"] or row["from_name"]},
                number,
            )
            for number, (edge_id, row) in enumerate(chosen.items())
        )

    def search(self, text: str, limit: int) -> list[Row]:
        """Return the sites whose name, key or place holds every word of the text, best match first.

        A key or name equal to the text comes first, then names that begin with it, then names with the words,
        then places; among equals, the site with more people. Accents and case do not matter.
        """
        found = self._matches(text)
        people = [row["people"] or 0 for row in self.sites.values()]
        found.sort(key=lambda pair: (pair[0], -people[pair[1]], self.folded[pair[1]]))
        rows = list(self.sites.values())
        return [{name: rows[number][name] for name in TABLE_COLUMNS} for _, number in found[:limit]]

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
        numbers = [number for _, number in self._matches(text)] if text.strip() else list(range(len(rows)))
        if technology:
            numbers = [number for number in numbers if rows[number]["technology"] == technology]
        numbers.sort(key=lambda number: _sort_key(rows[number][sort], self.folded[number]), reverse=descending)
        shown = numbers[start : start + limit]
        return {
            "total": len(numbers),
            "start": start,
            "rows": [{name: rows[number][name] for name in TABLE_COLUMNS} for number in shown],
        }

    def _matches(self, text: str) -> list[tuple[int, int]]:
        wanted = fold(text).strip()
        words = wanted.split()
        if not words:
            return []
        return [
            (_rank(wanted, words, name, key, place), number)
            for number, (name, key, place) in enumerate(self.folded)
            if all(word in name or word in key or word in place for word in words)
        ]


def fold(text: str) -> str:
    """Return text without accents and case, so that «Santa María» is found by "santa maria".

    >>> fold("Santa María Ñumí")
    'santa maria numi'
    """
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter)).casefold()


def _rank(wanted: str, words: Sequence[str], name: str, key: str, place: str) -> int:
    if wanted in (name, key):
        return 0
    if name.startswith(wanted) or (key and key.startswith(wanted)):
        return 1
    if all(word in name for word in words):
        return 2
    return 3 if any(word in name for word in words) or wanted in place else 4


def _sort_key(value: Any, folded: tuple[str, str, str]) -> tuple[bool, Any, tuple[str, str, str]]:
    missing = value is None or (isinstance(value, float) and math.isnan(value))
    if missing:
        return (False, 0, folded)
    return (True, fold(value) if isinstance(value, str) else value, folded)


def _read_folder(folder: Path) -> tuple[Row, dict[str, pa.Table]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    if not folder.is_dir():
        raise InputError([Problem(str(folder), None, "", "", "is not a folder; name the folder of a finished plan")])
    problems: list[Problem] = []
    summary: Row = {}
    try:
        summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        problems.append(Problem(str(folder / "summary.json"), None, "", "", "is missing; is this a plan folder?"))
    except (OSError, ValueError) as error:
        problems.append(Problem(str(folder / "summary.json"), None, "", "", f"cannot be read: {error}"))
    columns = {
        "sites": SITE_COLUMNS,
        "edges": EDGE_COLUMNS,
        "nodes": ("node_id", "name", "lon", "lat", "ground_m", "height_m"),
        "profiles": ("edge_id", "distance_m", "ground_m"),
    }
    tables: dict[str, pa.Table] = {}
    for name, needed in columns.items():
        path = folder / f"{name}.parquet"
        try:
            tables[name] = pq.read_table(path)
        except FileNotFoundError:
            problems.append(Problem(str(path), None, "", "", "is missing; make the plan again"))
            continue
        except (OSError, pa.ArrowException) as error:
            problems.append(Problem(str(path), None, "", "", f"cannot be read: {error}"))
            continue
        absent = [column for column in needed if column not in tables[name].column_names]
        problems += [
            Problem(str(path), None, column, "", "this column is absent; make the plan again") for column in absent
        ]
    if problems:
        raise InputError(problems)
    return summary, tables


def _rows(table: pa.Table, key: str) -> dict[str, Row]:
    plain = table.drop_columns(["geometry"]) if "geometry" in table.column_names else table
    return {row[key]: {name: _finite(value) for name, value in row.items()} for row in plain.to_pylist()}


def _finite(value: Any) -> Any:
    # JSON has no NaN and no infinity; a browser that meets one refuses the whole answer.
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _geometries(table: pa.Table, key: str) -> dict[str, Row]:
    import shapely

    shapes = shapely.from_wkb(table["geometry"].to_numpy(zero_copy_only=False))
    return dict(zip(table[key].to_pylist(), _geojson(shapes), strict=True))


def _geojson(shapes: NDArray[np.object_]) -> list[Row]:
    import numpy as np
    import shapely

    rounded = shapely.transform(shapes, lambda positions: np.round(positions, COORDINATE_DECIMALS))
    return [json.loads(text) for text in shapely.to_geojson(rounded)]


def _context(path: Path) -> Row | None:
    if not path.is_file():
        return None
    import pyarrow.parquet as pq
    import shapely

    table = pq.read_table(path)
    shapes = shapely.from_wkb(table["geometry"].to_numpy(zero_copy_only=False))
    kinds, names = table["kind"].to_pylist(), table["name"].to_pylist()
    outlines = [_feature(shape, {"kind": kind}, None) for shape, kind in zip(_geojson(shapes), kinds, strict=True)]
    # A label on a multi-polygon repeats on each part, so it gets one point of its own.
    spots = shapely.point_on_surface(shapes)
    labels = [
        _feature(_point(spot.x, spot.y), {"kind": f"{kind}_label", "name": name}, None)
        for spot, kind, name in zip(spots, kinds, names, strict=True)
        if name and not spot.is_empty
    ]
    return _collection([*outlines, *labels])


def _counts(sites: dict[str, Row], edges: dict[str, Row], geometry: dict[str, Row], context: Row | None) -> Row:
    technologies: dict[str, int] = {}
    for row in sites.values():
        technologies[row["technology"]] = technologies.get(row["technology"], 0) + 1
    lines: dict[str, Row] = {}
    places: dict[str, int] = {}
    for edge_id, row in edges.items():
        if geometry[edge_id]["type"] == "LineString":
            line = lines.setdefault(row["kind"], {"count": 0, "km": 0.0, "inferred_km": 0.0})
            km = (row["length_m"] or 0.0) / 1000
            line["count"] += 1
            line["km"] += km
            line["inferred_km"] += km if row["inferred"] else 0.0
        elif row["kind"] in PLACE_KINDS:
            places[row["kind"]] = places.get(row["kind"], 0) + 1
    return {
        "technologies": dict(sorted(technologies.items())),
        "lines": {kind: {name: round(value, 3) for name, value in lines[kind].items()} for kind in sorted(lines)},
        "places": dict(sorted(places.items())),
        "bounds": _extent(sites.values()),
        "context": context is not None,
    }


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


def _feature(geometry: Row, properties: Row, number: int | None) -> Row:
    feature: Row = {"type": "Feature", "geometry": geometry, "properties": properties}
    return feature if number is None else feature | {"id": number}


def _point(lon: float, lat: float) -> Row:
    return {"type": "Point", "coordinates": [round(lon, COORDINATE_DECIMALS), round(lat, COORDINATE_DECIMALS)]}


def _first_position(geometry: Row) -> tuple[float, float]:
    position = geometry["coordinates"] if geometry["type"] == "Point" else geometry["coordinates"][0]
    return position[0], position[1]
