"""The sites of a pack of Mexico: public spaces, hospitals, field schools, and the official catalogues where given."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from alcance.pack.identifiers import check_key, parse_cct, parse_clues
from mexico_sources import Tables
from mexico_terms import METRIC_CRS
from packing import Notes, nearest_locality

BORDER_TOLERANCE_M = 3_000.0  # the boundaries are simplified: a point this close may well be inside


@dataclass(frozen=True)
class Catalogues:
    """Official catalogues that are read beside the tables, where they are given.

    Parameters
    ----------
    schools
        Schools with their CCT in a column `cct` or `clavecct`.
    clinics
        Health establishments with their CLUES in a column `clues`, with `est_type`, `institution` and `status` as in
        the national file.
    """

    schools: Path | None = None
    clinics: Path | None = None


def read_cct(path: Path, notes: Notes) -> pd.DataFrame:
    """Schools of a catalogue with CCT keys; rows whose key is wrong are left out and noted."""
    rows = _catalogue(path, ("cct", "clavecct"), "cct", notes)
    return rows.assign(kind="school", state=[parse_cct(key).state for key in rows["key"]])


def read_clues(path: Path, notes: Notes) -> pd.DataFrame:
    """Public hospitals and clinics in operation of a catalogue with CLUES keys."""
    rows = _catalogue(path, ("clues",), "clues", notes)
    kinds = {"DE CONSULTA EXTERNA": "clinic", "DE HOSPITALIZACIÓN": "hospital", "DE HOSPITALIZACION": "hospital"}
    kind = rows["est_type"].map(kinds)
    for mask, reason in (
        (rows["status"] != "EN OPERACION", "establishments are not in operation"),
        (rows["institution"] == "SERVICIOS MEDICOS PRIVADOS", "establishments are private"),
        (kind.isna(), "establishments neither treat nor house patients"),
    ):
        notes.dropped.append((path.stem, f"{int(mask.sum()):,} rows", reason))
    wanted = (rows["status"] == "EN OPERACION") & (rows["institution"] != "SERVICIOS MEDICOS PRIVADOS") & kind.notna()
    states = [parse_clues(key).state for key in rows["key"]]
    return rows.assign(kind=kind, state=states)[wanted]


def _catalogue(path: Path, names: tuple[str, ...], scheme: str, notes: Notes) -> pd.DataFrame:
    """Rows of a catalogue with `key`, `name`, `lon` and `lat`, in the order of their keys."""
    readers = {".csv": pd.read_csv, ".xlsx": pd.read_excel}
    if path.suffix == ".parquet":
        rows = pd.DataFrame(gpd.read_parquet(path).assign(lon=lambda f: f.geometry.x, lat=lambda f: f.geometry.y))
    else:
        rows = readers[path.suffix](path, dtype=str)
    rows.columns = rows.columns.str.lower()
    column = next((name for name in names if name in rows.columns), None)
    missing = [name for name in ("name", "lon", "lat") if name not in rows.columns]
    if column is None or missing:
        raise SystemExit(
            f"error: {path.name} lacks the columns {', '.join([*missing, *([] if column else names[:1])])}"
        )
    rows = rows.rename(columns={column: "key"})
    rows["key"] = rows["key"].astype(str).str.strip().str.upper()
    rows[["lon", "lat"]] = rows[["lon", "lat"]].astype(float).round(6)
    faults = pd.Series([check_key(scheme, key) for key in rows["key"]], index=rows.index, dtype=object)
    faults = faults.mask(faults.isna() & rows["key"].duplicated(), "stands twice")
    for key, fault in zip(rows.loc[faults.notna(), "key"], faults.dropna(), strict=True):
        notes.dropped.append((path.stem, key, str(fault)))
    rows = rows[faults.isna()].sort_values("key")
    return rows.assign(site_id=rows["key"], key_scheme=scheme)


def _in_the_area(rows: pd.DataFrame, tables: Tables, file: str, notes: Notes) -> pd.DataFrame:
    """Rows of the pack's states with their municipality; those whose point lies outside their state are noted."""
    shapes = tables.municipalities.to_crs(METRIC_CRS)
    rows = rows[rows["state"].isin(list(shapes["cve_ent"]))].reset_index(drop=True)
    points = gpd.GeoSeries(gpd.points_from_xy(rows["lon"], rows["lat"]), crs=4326).to_crs(METRIC_CRS).to_numpy()
    unit = np.full(len(rows), -1)
    for state in sorted(set(rows["state"])):
        own = np.flatnonzero(shapes["cve_ent"] == state)
        mine = np.flatnonzero(rows["state"] == state)
        tree = shapely.STRtree(shapes.geometry.to_numpy()[own])
        found = tree.query_nearest(points[mine], max_distance=BORDER_TOLERANCE_M, all_matches=False)
        unit[mine[found[0]]] = own[found[1]]
    for key in rows.loc[unit < 0, "key"]:
        notes.dropped.append((file, key, f"lies more than {BORDER_TOLERANCE_M / 1000:g} km outside its state"))
    rows = rows.assign(admin_id=shapes["cve_mun"].to_numpy(dtype=object)[unit])[unit >= 0]
    wanted = ["site_id", "name", "kind", "lon", "lat", "admin_id", "key", "key_scheme"]
    return rows[wanted].reset_index(drop=True)


def sites_table(tables: Tables, localities: pd.DataFrame, notes: Notes, catalogues: Catalogues) -> pd.DataFrame:
    """One public access point per locality, the hospitals, the field schools and what the catalogues add."""
    spaces = pd.DataFrame(
        {
            "site_id": "PS" + localities["locality_id"],
            "name": "Acceso público, " + localities["name"],
            "kind": "public_space",
            "lon": localities["lon"],
            "lat": localities["lat"],
            "admin_id": localities["admin_id"],
            "locality_id": localities["locality_id"],
        }
    )
    parts = [spaces, _hospitals(tables, localities, notes), _schools(tables, localities, notes)]
    known = {str(key) for part in parts if len(part) for key in part["site_id"]}
    for path, read in ((catalogues.schools, read_cct), (catalogues.clinics, read_clues)):
        if path is not None:
            rows = read(path, notes)
            rows = rows[~rows["site_id"].isin(known)]
            parts.append(_with_locality(_in_the_area(rows, tables, path.stem, notes), localities))
    sites = pd.concat([part.astype(object) for part in parts if len(part)], ignore_index=True)
    sites["connected"] = False
    for kind, count in sites["kind"].value_counts().sort_index().items():
        notes.counts[f"sites of kind {kind}"] = int(count)
    notes.counts["sites"] = len(sites)
    return sites.where(sites.notna(), None)


def _hospitals(tables: Tables, localities: pd.DataFrame, notes: Notes) -> pd.DataFrame:
    """Hospitals whose point lies in their state, or so close that the simplified boundary may be what is wrong."""
    kept: list[dict[str, Any]] = []
    metric = tables.municipalities.to_crs(METRIC_CRS)
    points = tables.hospitals.to_crs(METRIC_CRS).geometry
    for position, (_, row) in enumerate(tables.hospitals.iterrows()):
        admin_id, point = row["cve_mun"], points.iloc[position]
        if not row["state_agrees"] or admin_id is None:
            own = metric[metric["cve_ent"] == row["cve_ent"]]
            distance_m = own.geometry.distance(point)
            if distance_m.min() > BORDER_TOLERANCE_M:
                reason = f"lies {distance_m.min() / 1000:.1f} km outside its state; no better point is known"
                notes.dropped.append(("sites_hospitals_imssb_2026", str(row["clues"]), reason))
                continue
            admin_id = own.loc[distance_m.idxmin(), "cve_mun"]
            notes.flagged.append(
                ("sites", str(row["clues"]), f"its point lies {distance_m.min():.0f} m outside the simplified "
                 f"boundaries of its state; kept with the nearest municipality, {admin_id}")
            )  # fmt: skip
        kept.append(
            {
                "site_id": row["clues"], "name": row["name"], "kind": "hospital", "lon": round(row.geometry.x, 6),
                "lat": round(row.geometry.y, 6), "admin_id": admin_id, "key": row["clues"], "key_scheme": "clues",
            }
        )  # fmt: skip
    return _with_locality(pd.DataFrame(kept), localities)


def _schools(tables: Tables, localities: pd.DataFrame, notes: Notes) -> pd.DataFrame:
    """Field schools, by the municipality of their point."""
    source = tables.schools
    odd = source[~source["mun_name_agrees"]]
    for uid, named, key in zip(odd["site_uid"], odd["nom_mun"], odd["cve_mun"], strict=True):
        notes.flagged.append(("sites", str(uid), f"its source names the municipality {named}, its point is in {key}"))
    crop = source["crop"].str.replace("CAFÉÉ", "CAFÉ").str.lower()
    schools = pd.DataFrame(
        {
            "site_id": source["site_uid"],
            "name": "Escuela de campo " + source["site_uid"] + ", " + crop,
            "kind": "school",
            "lon": source.geometry.x.round(6),
            "lat": source.geometry.y.round(6),
            "admin_id": source["cve_mun"],
        }
    )
    return _with_locality(schools, localities)


def _with_locality(sites: pd.DataFrame, localities: pd.DataFrame) -> pd.DataFrame:
    """Sites with the nearest locality, empty where none is near."""
    if sites.empty:
        return sites
    return sites.assign(locality_id=nearest_locality(sites["lon"], sites["lat"], localities, METRIC_CRS))
