"""The tiles of the map as one file: layers are made by DuckDB and packed as PMTiles."""

from __future__ import annotations

import gzip
from collections import defaultdict
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
import pandas as pd

from alcance.office.public.map.register_rows import area_rows, plan_edges, site_rows
from alcance.office.register.models import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb

    Tiles = dict[tuple[int, int, int], bytes]

MIN_ZOOM, MAX_ZOOM = 2, 12
#: Cells of the grid along the side of a tile, by zoom; 0 leaves every site. A tile is 512 pixels wide on the screen.
GRID = {2: 16, 3: 16, 4: 16, 5: 16, 6: 32, 7: 64, 8: 64, 9: 64, 10: 128, 11: 128, 12: 0}
# Names are a burden where nobody can read them.
NAMED_FROM = 9
#: First and last zoom of each file. Outlines are drawn to their last one; nearer than that they are enlarged.
ZOOMS = {"land": (MIN_ZOOM, 8), "areas": (4, 8), "sites": (MIN_ZOOM, MAX_ZOOM)}
# The land is drawn by states from afar.
_STATES_TO = 6
_WORLD = (-180.0, -60.0, 180.0, 75.0)
# Places of a border in one piece.
_PIECE = 64
_LINE_KINDS = (
    "fibre_lit", "fibre_dark", "fibre_new", "fibre_distribution", "fibre_road", "fibre_drop", "ptp", "client",
)  # fmt: skip
_RADIO = ("ptp", "client")


def build_land(handle: BinaryIO) -> dict[str, Any]:
    """Write the tiles of the states; return how many there are and the states' bounds. Same areas, same bytes."""
    tiles: Tiles = defaultdict(bytes)
    states = area_rows(Level.STATE)
    with _database() as database:
        _areas(database, tiles, states, "states", (MIN_ZOOM, _STATES_TO))
        if len(states):
            _borders(database, tiles, states)
        _names(database, tiles, states, "state_names", (3, ZOOMS["land"][1]))
    bounds = _bounds(states)
    _pack(handle, tiles, bounds, ("states", "borders", "state_names"))
    return {"tiles": len(tiles), "bounds": bounds}


def build_areas(handle: BinaryIO) -> dict[str, Any]:
    """Write the tiles of the municipalities; return how many there are. Same areas, same bytes."""
    tiles: Tiles = defaultdict(bytes)
    towns = area_rows(Level.MUNICIPALITY)
    with _database() as database:
        _areas(database, tiles, towns, "areas", ZOOMS["areas"])
        _names(database, tiles, towns, "area_names", (7, ZOOMS["areas"][1]))
    _pack(handle, tiles, _bounds(towns), ("areas", "area_names"))
    return {"tiles": len(tiles)}


def build_sites(handle: BinaryIO) -> dict[str, Any]:
    """Write the tiles of the sites and of the plan's lines; return how many they show. Same register, same bytes."""
    tiles: Tiles = defaultdict(bytes)
    sites, edges = site_rows(), plan_edges()
    with _database() as database:
        if edges is not None:
            _lines(database, tiles, edges)
        _sites(database, tiles, sites)
    bounds = _bounds_of_points(sites)
    _pack(handle, tiles, bounds, ("coverage", "sites"))
    return {"tiles": len(tiles), "bounds": bounds, "sites": len(sites), "lines": edges is not None}


@contextmanager
def _database() -> Iterator[duckdb.DuckDBPyConnection]:
    import duckdb
    import duckdb_extension_spatial  # type: ignore[import-untyped]

    [extension] = Path(duckdb_extension_spatial.__file__).parent.rglob("spatial.duckdb_extension")
    with duckdb.connect(":memory:") as database:
        database.load_extension(str(extension))
        # Geometries of files are read as the bytes that they are there: what else they become depends on their CRS.
        database.execute("SET threads = 2; SET memory_limit = '1500MB'; SET enable_geoparquet_conversion = false")
        yield database


def _sites(database: duckdb.DuckDBPyConnection, tiles: Tiles, sites: pd.DataFrame) -> None:
    if sites.empty:
        return
    database.register("site_rows", sites)
    database.execute("CREATE OR REPLACE TABLE sites AS SELECT * FROM site_rows")
    text = _query("sites")
    # One zoom after the other, for each must be held whole.
    for zoom, cells in GRID.items():
        values = {"zoom": zoom, "tiles": 1 << zoom, "cells": cells, "named": zoom >= NAMED_FROM}
        _take(tiles, database.execute(text, values).fetchall())


def _areas(
    database: duckdb.DuckDBPyConnection, tiles: Tiles, rows: pd.DataFrame, layer: str, zooms: tuple[int, int]
) -> None:
    if rows.empty:
        return
    database.register("area_rows", rows.reset_index(names="number"))
    database.execute(
        "CREATE OR REPLACE TABLE shapes AS SELECT number, code, name, need, quintile, sites, verified, 0 AS first_zoom,"
        " 0.0 AS extent_m, ST_Transform(ST_GeomFromWKB(outline), 'EPSG:4326', 'EPSG:3857', always_xy := true)"
        " AS geometry FROM area_rows"
    )
    _shapes(database, tiles, layer, zooms, ("code", "name", "need", "quintile", "sites", "verified"))


def _borders(database: duckdb.DuckDBPyConnection, tiles: Tiles, states: pd.DataFrame) -> None:
    """Outlines of the states in short pieces: a whole one would be cut anew for each of a thousand tiles."""
    import shapely

    # Holes are slivers between municipalities that were simplified one by one.
    rings = shapely.get_exterior_ring(shapely.get_parts(shapely.from_wkb(states["outline"].to_numpy())))
    pieces = [
        shapely.to_wkb(shapely.LineString(places[first : first + _PIECE + 1]))
        for places in (shapely.get_coordinates(ring) for ring in rings)
        for first in range(0, len(places) - 1, _PIECE)
    ]
    database.register("pieces", pd.DataFrame({"number": np.arange(len(pieces)), "outline": pieces}))
    database.execute(
        "CREATE OR REPLACE TABLE shapes AS SELECT number, 'state' AS level, 0 AS first_zoom, 0.0 AS extent_m,"
        " ST_Transform(ST_GeomFromWKB(outline), 'EPSG:4326', 'EPSG:3857', always_xy := true) AS geometry FROM pieces"
    )
    _shapes(database, tiles, "borders", ZOOMS["land"], ("level",))


def _lines(database: duckdb.DuckDBPyConnection, tiles: Tiles, edges: Path) -> None:
    database.execute(
        "CREATE OR REPLACE TABLE shapes AS SELECT row_number() OVER (ORDER BY edge_id) AS number, kind, inferred,"
        " CASE WHEN list_contains($radio, kind) THEN 'radio' ELSE 'fibre' END AS medium,"
        " CASE WHEN kind IN ('client', 'fibre_drop') THEN 7 ELSE 0 END AS first_zoom, length_m AS extent_m,"
        " ST_Transform(ST_GeomFromWKB(geometry), 'EPSG:4326', 'EPSG:3857', always_xy := true) AS geometry"
        " FROM read_parquet($edges) WHERE list_contains($kinds, kind)",
        {"radio": list(_RADIO), "kinds": list(_LINE_KINDS), "edges": str(edges)},
    )
    # A line that is shorter than a pixel only makes the tile heavier.
    _shapes(database, tiles, "coverage", (3, MAX_ZOOM), ("kind", "medium", "inferred"), whole=True)


def _shapes(
    database: duckdb.DuckDBPyConnection,
    tiles: Tiles,
    layer: str,
    zooms: tuple[int, int],
    properties: tuple[str, ...],
    *,
    whole: bool = False,
) -> None:
    text = _query("shapes").replace("PROPERTIES", ", ".join(f"'{name}': {name}" for name in properties))
    values = {"first": zooms[0], "last": zooms[1], "layer": layer, "whole": whole}
    _take(tiles, database.execute(text, values).fetchall())


def _names(
    database: duckdb.DuckDBPyConnection, tiles: Tiles, areas: pd.DataFrame, layer: str, zooms: tuple[int, int]
) -> None:
    """Names stand on points: on the parts of an outline they would stand again and again."""
    placed = areas.dropna(subset=["lon", "lat"])
    if placed.empty:
        return
    points = placed[["code", "name", "sites"]].reset_index(names="number")
    points["lon"], points["lat"] = placed["lon"].to_numpy(), placed["lat"].to_numpy()
    database.register("name_rows", points)
    database.execute(
        "CREATE OR REPLACE TABLE shapes AS SELECT number, code, name, sites, 0 AS first_zoom, 0.0 AS extent_m,"
        " ST_Transform(ST_Point(lon, lat), 'EPSG:4326', 'EPSG:3857', always_xy := true) AS geometry FROM name_rows"
    )
    _shapes(database, tiles, layer, zooms, ("code", "name", "sites"))


def _query(name: str) -> str:
    return files("alcance.office.public.map.layers").joinpath(f"{name}.sql").read_text(encoding="utf-8")


def _take(tiles: Tiles, rows: list[tuple[int, int, int, bytes]]) -> None:
    """A tile is the sequence of its layers."""
    for zoom, x, y, layer in rows:
        tiles[zoom, x, y] += bytes(layer)


def _bounds(states: pd.DataFrame) -> list[float]:
    """West, south, east and north of the states' main lands [degrees]; of the world where there is none.

    An island far out at sea, a hundredth of its state, would make the country small.
    """
    import shapely

    boxes = []
    for outline in shapely.from_wkb(states["outline"].to_numpy()):
        parts = shapely.get_parts(outline)
        areas = shapely.area(parts)
        boxes.append(shapely.total_bounds(parts[areas > areas.max() / 100]))
    if not boxes:
        return list(_WORLD)
    west, south, east, north = np.array(boxes).T
    return [round(float(value), 5) for value in (west.min(), south.min(), east.max(), north.max())]


def _bounds_of_points(sites: pd.DataFrame) -> list[float]:
    if sites.empty:
        return list(_WORLD)
    lon, lat = sites["lon"], sites["lat"]
    return [round(float(value), 5) for value in (lon.min(), lat.min(), lon.max(), lat.max())]


def _pack(handle: BinaryIO, tiles: Tiles, bounds: list[float], layers: tuple[str, ...]) -> None:
    from pmtiles.tile import Compression, TileType, zxy_to_tileid
    from pmtiles.writer import Writer

    writer: Any = Writer(handle)  # type: ignore[no-untyped-call]
    numbered = sorted((zxy_to_tileid(*place), place) for place in tiles)
    for number, place in numbered:
        writer.write_tile(number, gzip.compress(tiles[place], compresslevel=6, mtime=0))
    if not numbered:
        writer.write_tile(0, gzip.compress(b"", mtime=0))
    west, south, east, north = bounds
    header = {
        "version": 3, "tile_type": TileType.MVT, "tile_compression": Compression.GZIP,
        "min_lon_e7": round(west * 1e7), "min_lat_e7": round(south * 1e7),
        "max_lon_e7": round(east * 1e7), "max_lat_e7": round(north * 1e7),
        "center_zoom": MIN_ZOOM + 2, "center_lon_e7": round((west + east) * 5e6),
        "center_lat_e7": round((south + north) * 5e6),
    }  # fmt: skip
    writer.finalize(header, {"name": "Alcance", "vector_layers": [{"id": layer, "fields": {}} for layer in layers]})
