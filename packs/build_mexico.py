"""Build a pack of Mexico, or of one of its 32 states, from a folder of public tables.

python packs/build_mexico.py --data DIR [--finer DIR] [--state EE] [--schools FILE] [--clinics FILE] [--illustrative]
    --out PACK

DIR holds the national tables (localities_2020.parquet and its companions, listed in packs/README.md); --finer holds a
finer elevation model and roads of one state; --schools and --clinics are official catalogues with CCT and CLUES keys,
whose public establishments become sites. The pack says in BUILD.md which source column became which, every
assumption, and every row that was dropped or flagged.
"""

from __future__ import annotations

import argparse
import shutil
import unicodedata
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from alcance.errors import AlcanceError
from alcance.pack import write_table
from illustrative import NOTE, SOURCE, illustrative_tables
from mexico_sites import Catalogues, sites_table
from mexico_sources import Tables, read_tables
from mexico_terms import (
    ASSUMPTIONS,
    FIELD_COLUMNS,
    IDENTIFIERS,
    METRIC_CRS,
    NOTES,
    RADIO,
    ROAD_CLASSES,
    SOURCE_FINE_TERRAIN,
    SOURCE_NATIONAL_TERRAIN,
    SOURCES,
    TERRAIN_FINE,
    TERRAIN_NATIONAL,
)
from packing import CATALOGUES, Notes, toml, write_whole
from rasters import cut_elevation

POP_MIN_FIBRE_ACCESSES = 10
DARK_FROM_KV = 220.0
TERRAIN_MARGIN_DEG = 0.3
NODE_KINDS = {
    "substation": "substation", "sub_station": "substation", "station": "substation", "joint": "joint",
    "merge": "joint", "generator": "plant", "plant": "plant", "merged_generator": "plant",
}  # fmt: skip


def admin_table(tables: Tables, notes: Notes) -> pd.DataFrame:
    """States (level 1) and municipalities (level 2)."""
    low, high = tables.imn_range
    source = tables.municipalities
    imn = source["imn_2020"].astype(float)
    units = pd.DataFrame(
        {
            "admin_id": source["cve_mun"],
            "name": source["nom_mun"],
            "parent_id": source["cve_ent"],
            "level": 2,
            "people": source["pop_2020"],
            "need_index": ((high - imn) / (high - low)).round(4),
            "need_class": source["gm_2020"],
            "fibre_accesses": source["baf_fibre_2019"],
            "geometry": source.geometry.to_numpy(),
        }
    )
    weighted = (units["need_index"] * units["people"].astype(float)).groupby(units["parent_id"]).sum()
    people = units["people"].astype(float).groupby(units["parent_id"]).sum()
    shapes = tables.states.geometry.simplify(0.003)
    level1 = pd.DataFrame(
        {
            "admin_id": tables.states["cve_ent"],
            "name": tables.states["nom_ent"],
            "parent_id": None,
            "level": 1,
            "people": tables.states["pop_2020"],
            "need_index": (weighted / people).reindex(tables.states["cve_ent"]).round(4).to_numpy(),
            "need_class": None,
            "fibre_accesses": None,
            "geometry": shapely.make_valid(shapes.to_numpy()),
        }
    )
    notes.counts["municipalities"] = len(units)
    notes.counts["municipalities whose fibre accesses are unknown"] = int(source["baf_fibre_2019"].isna().sum())
    notes.assumptions.append(
        f"need_index = (max − imn_2020) / (max − min) with the national extremes of imn_2020 over all municipalities, "
        f"{low:.6f} and {high:.6f}: 0 is the best-off municipality of the country and 1 the needy end; a state's value "
        "is the mean of its municipalities weighted by people."
    )
    return pd.concat([level1.astype(object), units.astype(object)], ignore_index=True)


def localities_table(tables: Tables, notes: Notes) -> pd.DataFrame:
    """Every inhabited locality of the census."""
    source = tables.localities
    notes.counts["localities"] = len(source)
    notes.counts["people"] = int(source["pop_2020"].sum())
    return pd.DataFrame(
        {
            "locality_id": source["cvegeo"],
            "name": source["nom_loc"],
            "lon": source["lon"].round(6),
            "lat": source["lat"].round(6),
            "admin_id": source["cve_mun"],
            "people": source["pop_2020"],
            "elevation_m": source["alt_m"],
            "electrified": True,
            "urban": source["cvegeo"].isin(tables.urban),
        }
    )


def pops_table(tables: Tables, localities: pd.DataFrame, notes: Notes) -> pd.DataFrame:
    """Localities with urban blocks in municipalities with enough fibre accesses."""
    fibre = tables.municipalities.set_index("cve_mun")["baf_fibre_2019"]
    accesses = localities["admin_id"].map(fibre)
    chosen = localities[localities["urban"] & (accesses >= POP_MIN_FIBRE_ACCESSES).fillna(value=False)]
    if chosen.empty:  # a state whose municipalities are all unknown still needs an entrance
        chosen = localities.loc[[localities["people"].astype(int).idxmax()]]
        notes.flagged.append(
            ("pops", str(chosen["locality_id"].iloc[0]), "no municipality of this area is known to have fibre "
             "accesses; its largest locality is taken as the one PoP")
        )  # fmt: skip
    notes.counts["PoPs, all assumed"] = len(chosen)
    return pd.DataFrame(
        {
            "pop_id": "POP" + chosen["locality_id"],
            "name": chosen["name"],
            "kind": "locality",
            "lon": chosen["lon"],
            "lat": chosen["lat"],
            "locality_id": chosen["locality_id"],
            "fibre_accesses": accesses.loc[chosen.index],
            "medium": "fibre",
            "assumed": True,
        }
    )


def power_tables(tables: Tables, notes: Notes) -> tuple[pd.DataFrame, pd.DataFrame]:
    """High-voltage lines and their ends."""
    lines, nodes = tables.lines, tables.nodes
    voltage = lines["voltage_kv"].astype(float)
    name = nodes["name"].where(~nodes["name"].fillna("").str.fullmatch(r"(n/a;?)*"), None)
    line_rows = pd.DataFrame(
        {
            "line_id": "L" + lines["line_id"].astype(str).str.zfill(5),
            "from_node": "N" + lines["from_node"].astype(str).str.zfill(5),
            "to_node": "N" + lines["to_node"].astype(str).str.zfill(5),
            "voltage_kv": voltage,
            "length_m": lines["length_m"].astype(float).round(1),
            "fibre_state": np.where(voltage >= DARK_FROM_KV, "dark", "none"),
            "fibre_state_assumed": True,
            "geometry": lines.geometry.to_numpy(),
        }
    )
    node_rows = pd.DataFrame(
        {
            "node_id": "N" + nodes["node_id"].astype(str).str.zfill(5),
            "kind": nodes["node_type"].map(NODE_KINDS),
            "lon": nodes.geometry.x.round(6),
            "lat": nodes.geometry.y.round(6),
            "name": name,
            "pop": False,
        }
    )
    notes.counts["power lines"] = len(line_rows)
    notes.counts["power lines with fibre assumed dark"] = int((line_rows["fibre_state"] == "dark").sum())
    notes.counts["power nodes"] = len(node_rows)
    return line_rows, node_rows


def roads_table(finer: Path | None, notes: Notes) -> pd.DataFrame | None:
    """Paved roads, where the finer folder has them."""
    found = sorted(finer.glob("*roads*.parquet")) if finer else []
    if not found:
        notes.assumptions.append("No roads are given, so no fibre can follow roads in this pack.")
        return None
    roads = gpd.read_parquet(found[0])
    roads = roads.assign(wkb=roads.geometry.to_wkb()).sort_values(["wkb", "road_class"], kind="stable")
    classes = roads["road_class"].map(ROAD_CLASSES)
    if classes.isna().any():
        unknown = ", ".join(sorted(roads.loc[classes.isna(), "road_class"].unique()))
        raise SystemExit(f"{found[0].name}: no class of roads is known for {unknown}; add it to ROAD_CLASSES")
    notes.counts["roads"] = len(roads)
    return pd.DataFrame(
        {
            "road_id": [f"R{number:06d}" for number in range(1, len(roads) + 1)],
            "road_class": classes.to_numpy(),
            "geometry": roads.geometry.to_numpy(),
        }
    )


def elevation_file(data: Path, finer: Path | None) -> tuple[Path, dict[str, Any], dict[str, Any]]:
    """The elevation model to cut, what is known of it, and its source."""
    found = [path for path in sorted(finer.glob("*dem*.tif")) if "1min" not in path.name] if finer else []
    if found:
        return found[0], TERRAIN_FINE, SOURCE_FINE_TERRAIN
    return data / "dem_mexico_1min.tif", TERRAIN_NATIONAL, SOURCE_NATIONAL_TERRAIN


def area_bounds(tables: Tables, sites: pd.DataFrame) -> tuple[float, float, float, float]:
    """Bounds of the boundaries and of every site, rounded outwards to 0.01 degrees."""
    west, south, east, north = tables.municipalities.total_bounds
    lon, lat = sites["lon"].astype(float), sites["lat"].astype(float)
    edges = (min(west, lon.min()), min(south, lat.min()), max(east, lon.max()), max(north, lat.max()))
    low = [float(np.floor(edge * 100) / 100) for edge in edges[:2]]
    high = [float(np.ceil(edge * 100) / 100) for edge in edges[2:]]
    return round(low[0], 2), round(low[1], 2), round(high[0], 2), round(high[1], 2)


def slug(title: str) -> str:
    """A title as a short ASCII name."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return "-".join("".join(c if c.isalnum() else " " for c in plain).split())


def sector_radio() -> str:
    """The first sector of the catalogue."""
    radios = pd.read_csv(CATALOGUES / "mexico" / "equipment.csv")
    return str(radios.loc[radios["kind"] == "sector", "equipment_id"].iloc[0])


def build(
    data: Path, finer: Path | None, state: str | None, catalogues: Catalogues, folder: Path, *, illustrative: bool
) -> None:
    """Write the pack into a folder."""
    notes = Notes()
    tables = read_tables(data, state)
    for table, rows in FIELD_COLUMNS.items():
        notes.came(table, rows)
    notes.assumptions += ASSUMPTIONS
    localities = localities_table(tables, notes)
    sites = sites_table(tables, localities, notes, catalogues)
    lines, nodes = power_tables(tables, notes)
    frames = {
        "admin": admin_table(tables, notes),
        "localities": localities,
        "sites": sites,
        "pops": pops_table(tables, localities, notes),
        "power_lines": lines,
        "power_nodes": nodes,
        "roads": roads_table(finer, notes),
    }
    written = {name for name, frame in frames.items() if frame is not None and len(frame)}
    for name, frame in frames.items():
        if frame is not None and name in written:
            write_table(frame, name, folder)
    for catalogue in sorted((CATALOGUES / "mexico").glob("*.csv")):
        shutil.copyfile(catalogue, folder / catalogue.name)
    bounds = area_bounds(tables, sites)
    raster, terrain, terrain_source = elevation_file(data, finer)
    cut = cut_elevation(raster, folder / "terrain.tif", bounds, TERRAIN_MARGIN_DEG)
    notes.counts["terrain cells"] = int(cut["rows"]) * int(cut["cols"])
    notes.counts["terrain cells without data"] = int(cut["nodata_cells"])
    invented = [SOURCE] if illustrative else []
    if illustrative:
        given = (frames["localities"], frames["admin"], frames["pops"], sector_radio())
        providers, towers = illustrative_tables(folder / "terrain.tif", bounds, *given, notes)
        write_table(providers, "providers", folder)
        write_table(towers, "towers", folder)
    notes.assumptions.append(
        f"Terrain: {raster.name} cut to the bounds and {TERRAIN_MARGIN_DEG}° around them as far as it reaches "
        f"({cut['bounds']}); cells of 0 m are sea or lagoon and are kept as elevations."
    )
    name = "mexico" if state is None else slug(tables.title)
    head = {
        "pack": {
            "format": 1, "name": name, "title": tables.title, "language": "es", "languages": ["es", "en"],
            "currency": "MXN", "minor_per_unit": 100, "metric_crs": METRIC_CRS,
            "admin_levels": ["estado", "municipio"], "vintage": "2016–2026", "bounds": list(bounds),
            "notes": [*NOTES, NOTE] if illustrative else NOTES,
        },
        "identifiers": IDENTIFIERS,
        "radio": RADIO,
        "terrain": {"resolution_arcsec": cut["resolution_arcsec"], **terrain},
        "sources": [*(source for source in SOURCES if written & set(source["tables"])), terrain_source, *invented],
    }  # fmt: skip
    (folder / "pack.toml").write_text(toml(head), encoding="utf-8")
    command = "python packs/build_mexico.py --data mexico"
    command += f" --finer {finer.name}" if finer else ""
    command += f" --state {state}" if state else ""
    command += f" --schools {catalogues.schools.name}" if catalogues.schools else ""
    command += f" --clinics {catalogues.clinics.name}" if catalogues.clinics else ""
    command += " --illustrative" if illustrative else ""
    text = notes.markdown(tables.title, f"{command} --out packs/{name}", head["sources"])
    (folder / "BUILD.md").write_text(text, encoding="utf-8")


def main() -> None:
    """Read the command line and build."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of the national tables")
    parser.add_argument("--finer", type=Path, help="folder with finer layers of the state")
    parser.add_argument("--state", help="two digits, 01 to 32; the whole country where absent")
    parser.add_argument("--schools", type=Path, help="catalogue of schools with CCT keys (parquet, csv, xlsx)")
    parser.add_argument("--clinics", type=Path, help="catalogue of clinics with CLUES keys (parquet, csv, xlsx)")
    parser.add_argument(
        "--illustrative", action="store_true", help="invent providers and towers by a rule, marked as such everywhere"
    )
    parser.add_argument("--out", type=Path, required=True, help="folder of the pack")
    given = parser.parse_args()
    state = given.state.zfill(2) if given.state else None
    try:
        catalogues = Catalogues(given.schools, given.clinics)
        write_whole(
            given.out,
            lambda folder: build(given.data, given.finer, state, catalogues, folder, illustrative=given.illustrative),
        )
    except (AlcanceError, OSError) as error:
        raise SystemExit(f"error: {error}") from None


if __name__ == "__main__":
    main()
