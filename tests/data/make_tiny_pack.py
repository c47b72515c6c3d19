"""Make tests/data/tiny_pack: an invented district on a real patch of terrain, small enough to plan in a second.

python tests/data/make_tiny_pack.py --dem dem_popocatepetl_south_60m.tif

Only the terrain is real (USGS 3DEP, public domain, cut from the file given); every place, person and price is invented.
"""

from __future__ import annotations

import argparse
import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from rasterio.windows import from_bounds

OUT = Path(__file__).parent / "tiny_pack"
BOUNDS = (-98.83, 18.83, -98.64, 18.97)

# locality_id, name, lon, lat, people, urban, district
LOCALITIES = [
    ("T01", "Alba", -98.7757, 18.8777, 5373, True, "D1"),
    ("T02", "Brisa", -98.7452, 18.8797, 2942, True, "D1"),
    ("T03", "Cumbre", -98.7105, 18.8756, 3267, True, "D2"),
    ("T04", "Dalia", -98.6907, 18.8851, 7352, True, "D2"),
    ("T05", "Estrella", -98.6579, 18.8905, 1469, False, "D2"),
    ("T06", "Fuente", -98.7496, 18.9091, 1233, False, "D1"),
    ("T07", "Gruta", -98.7424, 18.9159, 1965, False, "D1"),
    ("T08", "Huerta", -98.7516, 18.9335, 1531, False, "D1"),
    ("T09", "Isla", -98.7845, 18.9382, 2081, False, "D1"),
    ("T10", "Joya", -98.7526, 18.9587, 8294, True, "D1"),
    ("T11", "Kiosco", -98.7350, 18.9575, 27, False, "D1"),
    ("T12", "Loma", -98.6563, 18.8459, 36, False, "D2"),
    ("T13", "Mirador", -98.6600, 18.9500, 9, False, "D2"),
]
# site_id, name, kind, lon, lat, district, locality, users
SPECIAL = [
    ("H01", "Hospital of Dalia", "hospital", -98.6921, 18.8868, "D2", "T04", 220),
    ("H02", "Hospital of Joya", "hospital", -98.7542, 18.9601, "D1", "T10", 180),
    ("S01", "School of Fuente", "school", -98.7489, 18.9082, "D1", "T06", 90),
    ("S02", "School of Loma", "school", -98.6571, 18.8467, "D2", "T12", ""),
]
NODES = [
    ("N1", "substation", -98.7780, 18.8740, "Alba", "false"),
    ("N2", "joint", -98.7300, 18.8700, "", "false"),
    ("N3", "substation", -98.6890, 18.8820, "Dalia", "false"),
]
LINES = [("L1", "N1", "N2", 230, 5300), ("L2", "N2", "N3", 230, 4700)]
ROADS = [
    ("R1", "primary", [(-98.7757, 18.8777), (-98.7600, 18.8810), (-98.7452, 18.8797), (-98.7280, 18.8760),
                       (-98.7105, 18.8756), (-98.7000, 18.8800), (-98.6907, 18.8851)]),
    ("R2", "secondary", [(-98.7452, 18.8797), (-98.7480, 18.8950), (-98.7496, 18.9091), (-98.7424, 18.9159),
                         (-98.7470, 18.9250), (-98.7516, 18.9335), (-98.7500, 18.9460), (-98.7526, 18.9587)]),
]  # fmt: skip
PROVIDERS = [("W1", "Illustrative WISP One", "wisp", "true"), ("W2", "Illustrative WISP Two", "wisp", "true")]
TOWERS = [  # not available: no plan may build on them
    ("W1-1", -98.7460, 18.9130, 15, "W1", "false", "sector", "", 2, "fibre", 100, 2),
    ("W1-2", -98.7000, 18.8805, 30, "W1", "false", "sector", "", "", "ptp", 6, 4),
    ("W2-1", -98.7540, 18.9520, 15, "W2", "false", "sector", "90 180", "", "", "", ""),
]
EXCLUSION = [(-98.7250, 18.9300), (-98.7050, 18.9300), (-98.7050, 18.9500), (-98.7250, 18.9500), (-98.7250, 18.9300)]
PRICES = [  # item, per, capex, opex_year, life_years; low and high are 70 % and 150 %
    ("satellite_terminal", "site", 700, 1400, 5), ("shared_gateway", "node", 2100, 4100, 5),
    ("fibre_lit", "km", 0, 180, 25), ("fibre_dark", "km", 700, 70, 10), ("fibre_new", "km", 7600, 105, 25),
    ("fibre_distribution", "km", 6800, 105, 25), ("fibre_road", "km", 8200, 120, 25),
    ("fibre_drop", "km", 3500, 60, 20), ("fibre_splice", "node", 3500, 180, 10),
    ("fibre_termination", "node", 350, 18, 8),
    ("pop_port", "node", 1500, 700, 8), ("relay_station", "node", 3200, 350, 10), ("mast_6", "node", 240, 6, 15),
    ("mast_15", "node", 2600, 53, 20),
    ("mast_30", "node", 8200, 165, 20), ("mast_45", "node", 15300, 305, 20), ("site_equipment", "site", 530, 350, 6),
]  # fmt: skip
EQUIPMENT = [
    ("ptp_long", "ptp", "fixed links", 5.8, 40, 24, 29, "", 120, "", 2200, 90, 6, "ptp_long"),
    ("ptp_short", "ptp", "fixed links", 5.8, 20, 13, 23, "", 60, 10, 530, 47, 6, "ptp_short"),
    ("sector", "sector", "sectors", 5.8, 20, 19, 17, 90, 25, 12, 530, 47, 6, "client"),
    ("client", "client", "sectors", 5.8, 20, 9, 27, "", 1, 12, 205, 47, 6, "sector"),
]
RATES = {
    "ptp_long": [("QPSK 1/2", -88, 40), ("16-QAM 1/2", -83, 80), ("64-QAM 5/6", -73, 200)],
    "ptp_short": [("QPSK 1/2", -91, 20), ("16-QAM 1/2", -86, 40), ("64-QAM 5/6", -76, 100)],
    "sector": [("QPSK 1/2", -91, 20), ("16-QAM 1/2", -86, 40), ("64-QAM 5/6", -76, 100)],
    "client": [("QPSK 1/2", -91, 20), ("16-QAM 1/2", -86, 40), ("64-QAM 5/6", -76, 100)],
}
BANDS = [("fixed links", 5.725, 5.85, 53, "exempt"), ("sectors", 5.725, 5.85, 36, "exempt")]
DEMAND = [("school", 20, 60), ("hospital", 50, 200), ("public_space", 10, 30)]
POLICY = [
    ("max_hops", 3, "hops"), ("horizon_years", 10, "years"), ("discount_rate", 0.1, "1/year"),
    ("min_people", 0, "people"), ("pop_min_fibre_accesses", 10, "accesses"), ("max_ptp_km", 30, "km"),
    ("fade_margin_db", 10, "dB"), ("availability_pct", 99.9, "%"),
    ("link_confidence", 0.7, ""), ("site_busy_mbps", 1.5, "Mbit/s"),
    ("k_factor", 1.333, ""), ("fresnel_clearance", 0.6, ""), ("max_inferred_span_km", 15, "km"),
    ("max_drop_km", 5, "km"), ("max_substation_tap_km", 5, "km"), ("relay_max_dependents", 120, "sites"),
    ("gateway_max_dependents", 25, "sites"), ("mast_max_ends", 12, "links"),
    ("client_candidates", 8, "links"), ("ptp_candidates", 8, "links"), ("moves_per_terminal", 300, "moves"),
    ("language", "en", ""),
]  # fmt: skip

PACK_TOML = """\
[pack]
format = 1
name = "tiny"
title = "Tiny district"
language = "en"
languages = ["en", "es"]
currency = "XTS"
minor_per_unit = 100
metric_crs = "EPSG:32614"
admin_levels = ["region", "district"]
vintage = "invented"
bounds = [-98.83, 18.83, -98.64, 18.97]
notes = [{ en = "Everything but the terrain is invented.", es = "Todo, salvo el terreno, es inventado." }]

[radio]
n0 = { value = 330, assumed = true, source = "invented" }
delta_n = { value = 45, assumed = true, source = "invented" }
rain_001_mm_h = { value = 50, assumed = true, source = "invented" }
itm_climate = { value = 2, assumed = true, source = "invented" }

[terrain]
resolution_arcsec = 2.013
error_sigma_m = { value = 5.2, source = "Root mean square error against 262 census altitudes" }
correlation_length_m = { value = 100, assumed = true, source = "invented" }
false_clear_pct = {}
false_clear_source = "not measured: this is the finest terrain at hand"
source = "USGS 3DEP at about 60 m"

[[sources]]
name = "USGS 3DEP, southern Popocatépetl, about 60 m"
licence = "public domain"
tables = ["terrain"]

[[sources]]
name = "Invented for tests"
licence = "Apache-2.0"
"""
PROVENANCE = """\
# Provenance of tiny_pack

Made by `tests/data/make_tiny_pack.py`. `terrain.tif` is cut from a 60 m model of the southern Popocatépetl (USGS 3DEP,
public domain). Every place, person, line and price is invented; the district does not exist.
"""


def write_csv(name: str, header: str, rows: list[tuple[Any, ...]]) -> None:
    with (OUT / name).open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header.split(","))
        writer.writerows(rows)


def write_geojson(name: str, features: list[tuple[dict[str, Any], str, Any]]) -> None:
    rows = [
        {"type": "Feature", "properties": properties, "geometry": {"type": kind, "coordinates": coordinates}}
        for properties, kind, coordinates in features
    ]
    text = json.dumps({"type": "FeatureCollection", "features": rows}, ensure_ascii=False, indent=1)
    (OUT / name).write_text(text + "\n", encoding="utf-8")


def write_terrain(dem: Path) -> None:
    west, south, east, north = BOUNDS
    with rasterio.open(dem) as raster:
        window = from_bounds(west - 0.01, south - 0.01, east + 0.01, north + 0.01, raster.transform)
        window = window.round_offsets().round_lengths()
        cells = raster.read(1, window=window).astype(np.int16)
        profile = {
            "driver": "GTiff", "dtype": "int16", "count": 1, "width": cells.shape[1], "height": cells.shape[0],
            "crs": raster.crs, "transform": raster.window_transform(window), "nodata": -32768, "compress": "deflate",
            "predictor": 2, "zlevel": 9, "tiled": True, "blockxsize": 256, "blockysize": 256,
        }  # fmt: skip
    with rasterio.open(OUT / "terrain.tif", "w", **profile) as out:
        out.write(cells, 1)


def box(west: float, south: float, east: float, north: float) -> list[list[list[float]]]:
    return [[[west, south], [east, south], [east, north], [west, north], [west, south]]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--dem", type=Path, required=True)
    given = parser.parse_args()
    OUT.mkdir(exist_ok=True)
    (OUT / "pack.toml").write_text(PACK_TOML, encoding="utf-8")
    (OUT / "PROVENANCE.md").write_text(PROVENANCE, encoding="utf-8")
    write_terrain(given.dem)
    header = "locality_id,name,lon,lat,people,urban,admin_id,electrified"
    write_csv("localities.csv", header, [(*row[:6], row[6], row[0] != "T13") for row in LOCALITIES])
    spaces = [("P" + k[1:], f"Square of {n}", "public_space", x, y, d, k, "") for k, n, x, y, _, _, d in LOCALITIES]
    write_csv("sites.csv", "site_id,name,kind,lon,lat,admin_id,locality_id,users", SPECIAL + spaces)
    middle = -98.73
    people = {key: sum(row[4] for row in LOCALITIES if row[6] == key) for key in ("D1", "D2")}
    west, south, east, north = BOUNDS
    units = [
        ({"admin_id": "R", "name": "Region", "parent_id": None, "level": 1, "people": sum(people.values()),
          "need_index": 0.5, "fibre_accesses": None}, "Polygon", box(west, south, east, north)),
        ({"admin_id": "D1", "name": "West", "parent_id": "R", "level": 2, "people": people["D1"],
          "need_index": 0.35, "fibre_accesses": 40}, "Polygon", box(west, south, middle, north)),
        ({"admin_id": "D2", "name": "East", "parent_id": "R", "level": 2, "people": people["D2"],
          "need_index": 0.7, "fibre_accesses": None}, "Polygon", box(middle, south, east, north)),
    ]  # fmt: skip
    write_geojson("admin.geojson", units)
    pop = ("POP1", "Alba", "locality", -98.7757, 18.8777, "T01", "", 40, "true")
    write_csv("pops.csv", "pop_id,name,kind,lon,lat,locality_id,node_id,fibre_accesses,assumed", [pop])
    write_csv("power_nodes.csv", "node_id,kind,lon,lat,name,pop", NODES)
    write_csv("providers.csv", "provider_id,name,kind,illustrative", PROVIDERS)
    header = "tower_id,lon,lat,height_m,provider_id,available,equipment_id,azimuths_deg,downtilt_deg,backhaul_kind,"
    write_csv("towers.csv", header + "backhaul_mbps,clients", TOWERS)
    place = {row[0]: [row[2], row[3]] for row in NODES}
    lines = [
        ({"line_id": key, "from_node": a, "to_node": b, "voltage_kv": kv, "length_m": length, "fibre_state": "dark",
          "fibre_state_assumed": True}, "LineString", [place[a], place[b]])
        for key, a, b, kv, length in LINES
    ]  # fmt: skip
    write_geojson("power_lines.geojson", lines)
    roads = [({"road_id": key, "road_class": kind}, "LineString", [list(p) for p in path]) for key, kind, path in ROADS]
    write_geojson("roads.geojson", roads)
    about = {"exclusion_id": "X1", "kind": "protected area", "forbids": "mast", "reason": "Invented crater reserve"}
    write_geojson("exclusions.geojson", [(about, "Polygon", [[list(p) for p in EXCLUSION]])])
    decision = ("O1", "P11", "", "", "satellite", "must", "The hamlet has bought a terminal")
    write_csv("overrides.csv", "override_id,site_id,from_id,to_id,technology,rule,reason", [decision])
    header = "item,per,capex,opex_year,life_years,capex_low,capex_high,opex_low,opex_high,source,assumed"
    prices = [
        (
            item,
            per,
            capex,
            opex,
            life,
            *(round(f * v, 2) for v in (capex, opex) for f in (0.7, 1.5)),
            "invented",
            "true",
        )
        for item, per, capex, opex, life in PRICES
    ]
    write_csv("prices.csv", header, prices)
    header = "equipment_id,kind,band,freq_ghz,channel_mhz,tx_power_dbm,antenna_gain_dbi,beamwidth_deg,"
    header += "max_dependents,max_range_km,capex,opex_year,life_years,pairs_with,source"
    write_csv("equipment.csv", header, [(*row, "invented") for row in EQUIPMENT])
    steps = [(key, *step) for key, own in RATES.items() for step in own]
    write_csv("rates.csv", "equipment_id,modulation,sensitivity_dbm,capacity_mbps", steps)
    header = "band,freq_min_ghz,freq_max_ghz,eirp_max_dbm,licence,source"
    write_csv("bands.csv", header, [(*row, "invented") for row in BANDS])
    write_csv("demand.csv", "kind,mbps,users_default,source", [(*row, "invented") for row in DEMAND])
    policy = [
        (name, value, unit, "text" if isinstance(value, str) else "number", "see the schema", "invented")
        for name, value, unit in POLICY
    ]
    write_csv("policy.csv", "name,value,unit,type,description,source", policy)


if __name__ == "__main__":
    main()
