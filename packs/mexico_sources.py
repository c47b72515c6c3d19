"""The public tables of Mexico as their publishers made them, cut to a state or not."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely

from alcance.pack.identifiers import parse_clues


@dataclass
class Tables:
    """The source tables, cut to the area of the pack."""

    state: str | None
    title: str
    localities: pd.DataFrame
    municipalities: gpd.GeoDataFrame
    states: gpd.GeoDataFrame
    urban: set[str]
    hospitals: gpd.GeoDataFrame
    schools: gpd.GeoDataFrame
    lines: gpd.GeoDataFrame
    nodes: gpd.GeoDataFrame
    imn_range: tuple[float, float]


def read_tables(data: Path, state: str | None) -> Tables:
    """Read the national tables and cut them to a state, or not."""
    localities = pd.read_parquet(data / "localities_2020.parquet")
    municipalities = gpd.read_parquet(data / "municipalities_2020.parquet")
    states = gpd.read_parquet(data / "states_2020.parquet")
    hospitals = gpd.read_parquet(data / "sites_hospitals_imssb_2026.parquet")
    schools = gpd.read_parquet(data / "sites_field_schools_2026.parquet")
    lines = gpd.read_parquet(data / "power_lines_osm2016.parquet")
    nodes = gpd.read_parquet(data / "power_nodes_osm2016.parquet")
    urban = pd.read_parquet(data / "urban_ageb_2020.parquet", columns=["cvegeo_loc"])["cvegeo_loc"]
    imn = municipalities["imn_2020"].astype(float)
    imn_range = (float(imn.min()), float(imn.max()))
    hospitals["cve_ent"] = [parse_clues(key).state for key in hospitals["clues"]]
    title = "México"
    if state is not None:
        states = states[states["cve_ent"] == state]
        if states.empty:
            raise SystemExit(f"no state {state}; states are 01 to 32")
        title = str(states["nom_ent"].iloc[0])
        localities = localities[localities["cve_ent"] == state]
        municipalities = municipalities[municipalities["cve_ent"] == state]
        hospitals = hospitals[hospitals["cve_ent"] == state]
        schools = schools[schools["cve_mun"].str[:2] == state]
        area = states.geometry.iloc[0]
        inside = nodes["node_id"][shapely.intersects(area, nodes.geometry.to_numpy())]
        crosses = shapely.intersects(area, lines.geometry.to_numpy())
        lines = lines[crosses | lines["from_node"].isin(inside) | lines["to_node"].isin(inside)]
        ends = set(lines["from_node"]) | set(lines["to_node"]) | set(inside)
        nodes = nodes[nodes["node_id"].isin(ends)]
    return Tables(
        state, title, localities, municipalities, states, set(urban), hospitals, schools, lines, nodes, imn_range
    )
