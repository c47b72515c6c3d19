"""Build a pack of Nepal from a folder of public tables.

python packs/build_nepal.py --data DIR --out PACK

Few data are open there: no roads, no distribution lines, no index of need, no fibre accesses. The pack says in BUILD.md
what stands in for each.
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from alcance.errors import AlcanceError
from alcance.pack import write_table
from nepal_terms import ASSUMPTIONS, FIELD_COLUMNS, METRIC_CRS, NOTES, PROVINCES, RADIO, SOURCES, TERRAIN
from packing import CATALOGUES, Notes, nearest_locality, toml, write_whole
from rasters import cut_elevation

POP_MIN_PEOPLE = 100_000
DARK_FROM_KV = 132.0
SAME_NODE_M = 300.0  # line ends this close to each other or to a substation are taken to meet
TERRAIN_MARGIN_DEG = 0.3


def admin_table(data: Path, notes: Notes) -> pd.DataFrame:
    """Provinces (level 1) and local units (level 2), protected areas among them."""
    units = gpd.read_parquet(data / "nepal_municipalities.parquet")
    index = units["indexKey"]
    protected = index.isna()
    number = np.where(protected, protected.cumsum(), index.fillna(0)).astype(int)
    key = [f"{'A' if area else 'M'}{n:04d}" for area, n in zip(protected, number, strict=True)]
    province = units["province_code"].fillna(units["Province"].map(PROVINCES))
    name = np.where(
        protected,
        units["GaPa_NaPa"].fillna("") + ", " + units["DISTRICT"].fillna("").str.title(),
        "District " + units["district_code"].fillna("") + ", unit " + index.fillna(0).astype(int).astype(str),
    )
    level2 = pd.DataFrame(
        {
            "admin_id": key, "name": name, "parent_id": "P" + province, "level": 2, "need_index": 0.5,
            "need_class": None, "fibre_accesses": None, "geometry": units.geometry.to_numpy(),
        }
    )  # fmt: skip
    names = units.dropna(subset="province_name_en").drop_duplicates("province_code")
    level1 = pd.DataFrame(
        {
            "admin_id": "P" + names["province_code"], "name": names["province_name_en"], "parent_id": None, "level": 1,
            "need_index": 0.5, "need_class": None, "fibre_accesses": None,
            "geometry": [
                shapely.make_valid(shapely.simplify(shapely.union_all(units.geometry[province == code]), 0.005))
                for code in names["province_code"]
            ],
        }
    )  # fmt: skip
    notes.counts["local units"] = int((~protected).sum())
    notes.counts["protected areas"] = int(protected.sum())
    return pd.concat([level1.astype(object), level2.astype(object)], ignore_index=True)


def exclusions_table(data: Path) -> pd.DataFrame:
    """Protected areas, in which no mast may be built."""
    areas = gpd.read_parquet(data / "nepal_municipalities.parquet")
    areas = areas[areas["indexKey"].isna() & (areas["Type_GN"] != "Development Area")]
    return pd.DataFrame(
        {
            "exclusion_id": [f"X{number:04d}" for number in range(1, len(areas) + 1)],
            "kind": "protected area",
            "forbids": "mast",
            "reason": areas["GaPa_NaPa"],
            "geometry": areas.geometry.to_numpy(),
        }
    )


def containing_unit(lon: Any, lat: Any, admin: pd.DataFrame, notes: Notes, keys: Any) -> list[str]:
    """Local unit of each point, the nearest one for those just outside the simplified boundary."""
    units = admin[admin["level"] == 2]
    shapes = gpd.GeoSeries(units["geometry"].to_numpy(), crs=4326).to_crs(METRIC_CRS)
    points = gpd.GeoSeries(gpd.points_from_xy(lon, lat), crs=4326).to_crs(METRIC_CRS)
    tree = shapely.STRtree(shapes.to_numpy())
    (point, unit), distance_m = tree.query_nearest(points.to_numpy(), return_distance=True, all_matches=False)
    for position in np.flatnonzero(distance_m > 0):
        doubt = f"its point lies {distance_m[position]:.0f} m outside the boundaries; kept with the nearest unit"
        notes.flagged.append(("sites", str(list(keys)[position]), doubt))
    return [str(key) for key in units["admin_id"].to_numpy(dtype=object)[unit[np.argsort(point)]]]


def place_tables(data: Path, admin: pd.DataFrame, notes: Notes) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Localities, sites and PoPs."""
    places = pd.read_parquet(data / "nepal_places_geonames.parquet").sort_values("geonameid")
    keys = "G" + places["geonameid"].astype(str)
    places = places.assign(key=keys, admin_id=containing_unit(places["lon"], places["lat"], admin, notes, keys))
    known = places["pop"] > 0
    localities = pd.DataFrame(
        {
            "locality_id": places["key"], "name": places["name"], "lon": places["lon"], "lat": places["lat"],
            "admin_id": places["admin_id"], "people": places["pop"], "electrified": True,
            "urban": places["pop"] >= POP_MIN_PEOPLE,
        }
    )[known]  # fmt: skip
    for key, name in zip(places.loc[~known, "key"], places.loc[~known, "name"], strict=True):
        notes.flagged.append(("sites", f"PS{key}", f"the population of {name} is unknown; a site without a locality"))
    spaces = pd.DataFrame(
        {
            "site_id": "PS" + places["key"], "name": "Public access, " + places["name"], "kind": "public_space",
            "lon": places["lon"], "lat": places["lat"], "admin_id": places["admin_id"],
            "locality_id": places["key"].where(known, None),
        }
    )  # fmt: skip
    mapped = gpd.read_parquet(data / "nepal_sites_osm_sample.parquet").sort_values("osm_id")
    keys = "O" + mapped["osm_id"].astype(str)
    lon, lat = mapped.geometry.x.round(6), mapped.geometry.y.round(6)
    buildings = pd.DataFrame(
        {
            "site_id": keys, "name": mapped["name"], "kind": mapped["site_type"], "lon": lon, "lat": lat,
            "admin_id": containing_unit(lon, lat, admin, notes, keys),
            "locality_id": nearest_locality(lon, lat, localities, METRIC_CRS),
        }
    )  # fmt: skip
    chosen = localities[localities["people"] >= POP_MIN_PEOPLE]
    pops = pd.DataFrame(
        {
            "pop_id": "POP" + chosen["locality_id"], "name": chosen["name"], "kind": "locality", "lon": chosen["lon"],
            "lat": chosen["lat"], "locality_id": chosen["locality_id"], "medium": "fibre", "assumed": True,
        }
    )  # fmt: skip
    sites = pd.concat([spaces.astype(object), buildings.astype(object)], ignore_index=True)
    sites["connected"] = False
    notes.counts["localities"] = len(localities)
    notes.counts["sites"] = len(sites)
    notes.counts["PoPs, all assumed"] = len(pops)
    return localities, sites.where(sites.notna(), None), pops


def power_tables(data: Path, notes: Notes) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Lines with their ends brought together at substations and joints."""
    lines = gpd.read_parquet(data / "nepal_power_lines_osm2025.parquet").sort_values("osmid", kind="stable")
    stations = gpd.read_parquet(data / "nepal_substations_osm2025.parquet").sort_values("osmid", kind="stable")
    metric = lines.to_crs(METRIC_CRS)
    ends = [shapely.get_coordinates(shapely.get_point(metric.geometry.to_numpy(), end)) for end in (0, -1)]
    spots = np.vstack([shapely.get_coordinates(stations.to_crs(METRIC_CRS).geometry.to_numpy()), *ends])
    pairs = cKDTree(spots).query_pairs(SAME_NODE_M, output_type="ndarray")
    graph = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(len(spots), len(spots)))
    _, label = connected_components(graph, directed=False)
    count = len(stations)
    spot = pd.DataFrame({"label": label, "x": spots[:, 0], "y": spots[:, 1], "station": np.arange(len(spots)) < count})
    # A node stands at the middle of its substations, or of the line ends that meet where there is none.
    rank = spot.groupby("label")["station"].transform("max")
    middle = spot[spot["station"] == rank].groupby("label")[["x", "y"]].mean()
    has_station = spot.groupby("label")["station"].max()
    points = gpd.GeoSeries(gpd.points_from_xy(middle["x"], middle["y"]), crs=METRIC_CRS).to_crs(4326)
    nodes = pd.DataFrame(
        {
            "node_id": [f"N{number:04d}" for number in middle.index],
            "kind": np.where(has_station.loc[middle.index], "substation", "joint"),
            "lon": points.x.round(6).to_numpy(),
            "lat": points.y.round(6).to_numpy(),
            "name": None,
            "pop": False,
        }
    )
    voltage = lines["voltage_kv"].astype(float).to_numpy()
    from_label, to_label = label[count : count + len(lines)], label[count + len(lines) :]
    rows = pd.DataFrame(
        {
            "line_id": "W" + lines["osmid"].str.removeprefix("way/").to_numpy(),
            "from_node": [f"N{number:04d}" for number in from_label],
            "to_node": [f"N{number:04d}" for number in to_label],
            "voltage_kv": voltage,
            "length_m": metric.length.round(1).to_numpy(),
            "fibre_state": np.where(voltage >= DARK_FROM_KV, "dark", "none"),
            "fibre_state_assumed": True,
            "geometry": lines.geometry.to_numpy(),
        }
    )
    inner = from_label == to_label
    reason = f"{int(inner.sum())} lines with {rows.loc[inner, 'length_m'].sum() / 1000:,.0f} km in all"
    notes.dropped.append(
        ("nepal_power_lines_osm2025", reason, f"both ends lie within {SAME_NODE_M:g} m chains: connections inside "
         "substations")
    )  # fmt: skip
    rows = rows[~inner]
    notes.counts["power lines"] = len(rows)
    notes.counts["power lines with fibre assumed dark"] = int((rows["fibre_state"] == "dark").sum())
    notes.counts["power nodes"] = len(nodes)
    return rows, nodes


def build(data: Path, folder: Path) -> None:
    """Write the pack into a folder."""
    notes = Notes(assumptions=list(ASSUMPTIONS))
    for table, rows in FIELD_COLUMNS.items():
        notes.came(table, rows)
    admin = admin_table(data, notes)
    localities, sites, pops = place_tables(data, admin, notes)
    lines, nodes = power_tables(data, notes)
    frames = {
        "admin": admin, "localities": localities, "sites": sites, "pops": pops, "power_lines": lines,
        "power_nodes": nodes, "exclusions": exclusions_table(data),
    }  # fmt: skip
    for name, frame in frames.items():
        write_table(frame, name, folder)
    for catalogue in sorted((CATALOGUES / "nepal").glob("*.csv")):
        shutil.copyfile(catalogue, folder / catalogue.name)
    edges = shapely.total_bounds(admin["geometry"].to_numpy())
    low, high = np.floor(edges[:2] * 100) / 100, np.ceil(edges[2:] * 100) / 100
    bounds = (float(low[0]), float(low[1]), float(high[0]), float(high[1]))
    cut = cut_elevation(data / "nepal_dem_globe30s.tif", folder / "terrain.tif", bounds, TERRAIN_MARGIN_DEG)
    head = {
        "pack": {
            "format": 1, "name": "nepal", "title": "Nepal", "language": "en", "languages": ["en", "es"],
            "currency": "NPR", "minor_per_unit": 100, "metric_crs": METRIC_CRS,
            "admin_levels": ["province", "local unit"], "vintage": "2025", "bounds": [round(b, 2) for b in bounds],
            "notes": NOTES,
        },
        "radio": RADIO,
        "terrain": {"resolution_arcsec": cut["resolution_arcsec"], **TERRAIN},
        "sources": SOURCES,
    }  # fmt: skip
    (folder / "pack.toml").write_text(toml(head), encoding="utf-8")
    command = "python packs/build_nepal.py --data nepal --out packs/nepal"
    (folder / "BUILD.md").write_text(notes.markdown("Nepal", command, SOURCES), encoding="utf-8")


def main() -> None:
    """Read the command line and build."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of the tables of Nepal")
    parser.add_argument("--out", type=Path, required=True, help="folder of the pack")
    given = parser.parse_args()
    try:
        write_whole(given.out, lambda folder: build(given.data, folder))
    except (AlcanceError, OSError) as error:
        raise SystemExit(f"error: {error}") from None


if __name__ == "__main__":
    main()
