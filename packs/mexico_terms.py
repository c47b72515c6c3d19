"""The words and figures of a pack of Mexico: sources, assumptions, and which column became which."""

from __future__ import annotations

from typing import Any

METRIC_CRS = "EPSG:6372"  # Mexico ITRF2008 / LCC, the conformal projection of the whole country
IDENTIFIERS = {
    "admin.admin_id": "cvegeo",
    "localities.locality_id": "cvegeo_locality",
    "sites.locality_id": "cvegeo_locality",
}

NOTES = [
    {
        "es": "PoP supuestos: localidades urbanas de municipios con al menos 10 accesos fijos de fibra en 2019.",
        "en": "PoPs are assumed: urban localities of municipalities with at least 10 fixed fibre accesses in 2019.",
    },
    {
        "es": "La fibra oscura en líneas de 230 y 400 kV es un supuesto, no un inventario.",
        "en": "Dark fibre on 230 and 400 kV lines is an assumption, not an inventory.",
    },
    {
        "es": "Un punto de acceso público por localidad habitada representa «internet en todos los rincones».",
        "en": "One public access point per inhabited locality stands for internet to every corner.",
    },
]

# Share [%] of links called clear on such terrain that finer terrain blocks, by mast height [m].
# Measured with bench/coarse_terrain.py on the 60 m model of Popocatépetl; update the figures and the text together.
FALSE_CLEAR_15_ARCSEC = {"6": 52.6, "15": 40.2, "30": 30.2, "45": 23.7}
FALSE_CLEAR_1_ARCMIN = {"6": 73.2, "15": 61.8, "30": 50.1, "45": 41.9}
FALSE_CLEAR_SOURCE = (
    "python -m bench.coarse_terrain: of 200,000 links of 1 to 15 km clear on the USGS 60 m model of the southern "
    "Popocatépetl averaged to this resolution, the share that is not clear on the 60 m model itself; steep ground"
)

TERRAIN_FINE: dict[str, Any] = {
    "error_sigma_m": {
        "value": 76.0,
        "source": "Root mean square error against 1,067 census altitudes held out of the model (bias +9 m)",
    },
    "error_by_relief": {
        "floor_m": 3.0,
        "share": 0.16,
        "relief_radius_m": 2000.0,
        "source": "The law of the 1′ model (3 m + 0.4 of the relief), its share scaled so that the mean square over "
        "the localities is that of the held-out altitudes",
    },
    "correlation_length_m": {
        "value": 2000.0,
        "assumed": True,
        "source": "Assumed: between two contours of 400 m the surface errs in one direction, and such bands are about "
        "2 km wide in these mountains",
    },
    "false_clear_pct": FALSE_CLEAR_15_ARCSEC,
    "false_clear_source": FALSE_CLEAR_SOURCE,
    "source": "Linear surface through INEGI/CONABIO 1:250,000 contours every 400 m, census altitudes and SRTM30; "
    "summits between contours are cut flat",
}
TERRAIN_NATIONAL: dict[str, Any] = {
    "error_sigma_m": {
        "value": 89.0,
        "source": "Root mean square error against 189,409 census altitudes (bias +22 m)",
    },
    "error_by_relief": {
        "floor_m": 3.0,
        "share": 0.4,
        "relief_radius_m": 2000.0,
        "source": "Fitted to 189,406 census altitudes: spread of the error by the relief of the model around them",
    },
    "correlation_length_m": {
        "value": 2500.0,
        "assumed": True,
        "source": "Assumed: somewhat more than one cell of 1.8 km, within which ridges are smoothed by 100 to 300 m",
    },
    "false_clear_pct": FALSE_CLEAR_1_ARCMIN,
    "false_clear_source": FALSE_CLEAR_SOURCE,
    "source": "SRTM30_PLUS land heights at 1 arc-minute; for national screening only",
}
RADIO: dict[str, Any] = {
    "n0": {"value": 350.0, "assumed": True, "source": "Assumed: humid tropics; ITU-R P.453 maps are not redistributed"},
    "delta_n": {"value": 50.0, "assumed": True, "source": "Assumed: near the median gradient of ITU-R P.453"},
    "rain_001_mm_h": {
        "value": 65.0,
        "assumed": True,
        "source": "Assumed: tropical rain, the former zone M (63 mm/h) of ITU-R P.837; its maps are not redistributed",
    },
    "itm_climate": {"value": 2, "assumed": True, "source": "Assumed: continental subtropical"},
}

INEGI_TERMS = "INEGI, free use with attribution (Términos de libre uso de la información del INEGI)"
OPEN_DATA = "Mexican federal open data, with attribution"
SOURCES: list[dict[str, Any]] = [
    {
        "name": "INEGI, Censo de Población y Vivienda 2020: localities, municipalities and states",
        "licence": INEGI_TERMS,
        "publisher": "INEGI, via fdzul/rgeomex @7a99fad6, Marcony1/2020_mexico_census @bb918cb9 and "
        "cuentadesanti/pobreza-marginacion @28ce4e5f",
        "vintage": "2020",
        "tables": ["localities", "admin", "sites"],
    },
    {
        "name": "CONAPO, Índice de marginación 2020 by municipality and urban block",
        "licence": OPEN_DATA,
        "publisher": "CONAPO, via IndiceMx/IMx2020 @f230713b",
        "vintage": "2020",
        "tables": ["admin", "localities", "pops"],
    },
    {
        "name": "IFT, fixed broadband accesses by municipality",
        "licence": OPEN_DATA,
        "publisher": "IFT, via czammar/BandaAnchaFija @751623de",
        "vintage": "June 2019",
        "tables": ["admin", "pops"],
    },
    {
        "name": "Secretaría de Salud, CLUES: hospitals of IMSS-Bienestar",
        "licence": OPEN_DATA,
        "publisher": "Secretaría de Salud, via JesusSamuelHernandez/Mapa_Hospitales_GH_01 @ad92d882",
        "vintage": "2026",
        "tables": ["sites"],
    },
    {
        "name": "Secretaría de Agricultura, Escuelas de Campo",
        "licence": OPEN_DATA,
        "publisher": "Secretaría de Agricultura, via mexjsa/esccampo @f026f0ed",
        "vintage": "2026",
        "tables": ["sites"],
    },
    {
        "name": "© OpenStreetMap contributors: high-voltage lines and substations",
        "licence": "ODbL 1.0",
        "publisher": "OpenStreetMap, January 2017, via ComplexNetTSP/Power_grids @86f942c0",
        "url": "https://www.openstreetmap.org/copyright",
        "vintage": "2017",
        "tables": ["power_lines", "power_nodes"],
    },
    {
        "name": "INEGI/CONABIO 1:250,000: paved roads",
        "licence": INEGI_TERMS,
        "publisher": "INEGI/CONABIO, via vicenteMdz/SIG-Oaxaca @abb490ab",
        "vintage": "about 2003",
        "tables": ["roads"],
    },
]
SOURCE_FINE_TERRAIN = {
    "name": "Elevation at 15 arc-seconds derived from INEGI/CONABIO 1:250,000 contours, census altitudes and SRTM30",
    "licence": f"{INEGI_TERMS}; USGS SRTM30 public domain",
    "publisher": "derived product; contours via vicenteMdz/SIG-Oaxaca @abb490ab",
    "vintage": "contours about 2003",
    "tables": ["terrain"],
}
SOURCE_NATIONAL_TERRAIN = {
    "name": "SRTM30_PLUS land heights at 1 arc-minute (cite Becker et al. 2009)",
    "licence": "USGS SRTM30, public domain",
    "publisher": "Scripps/USGS, via jaanga/terrain-srtm30-plus-data-tms-1-7 @192e31ed",
    "vintage": "2009",
    "tables": ["terrain"],
}

ROAD_CLASSES = {
    "Carretera Federal Cuota (pav.) 4 carriles": "motorway",
    "Carretera Federal Cuota (pav.) 2 carriles": "motorway",
    "Carretera Federal Libre (pav.) 4 carriles": "primary",
    "Carretera Federal Libre (pav.) 2 carriles": "primary",
    "Carretera Estatal Libre (pav.) 4 carriles": "secondary",
    "Carretera Estatal LIbre (pav.) 2 carriles": "secondary",
    "Carretera Estatal Libre (pav.) 2 carriles": "secondary",
    "Caminos Rurales (pav.) 2 carriles": "tertiary",
}

ASSUMPTIONS = [
    "Every inhabited locality is taken as electrified: no_elec_pct and dwell_elec_2020 show that nearly all are. "
    "Distribution lines themselves are absent from the data, so their routes must be inferred.",
    "PoPs: localities with urban blocks (urban_ageb_2020) in municipalities with baf_fibre_2019 of 10 or more. "
    "Accesses are known by municipality only, so every PoP is flagged as assumed; a municipality that is missing from "
    "the table is unknown and never 0.",
    "fibre_state of power lines: dark at 220 kV and above, none below and where the voltage is unknown; nothing is "
    "lit. All are flagged as assumed. Basis: the 2020 proposal of internet over an electric network that crosses 95 % "
    "of the country with an optical fibre cable, and the 22,897 km of fibre that the successor programme had on it at "
    "the end of 2025; neither says which lines.",
    "Drawn geometry of power lines is the straight segment between their ends; length_m is the true length.",
    "Power lines and nodes are those that touch the area, their ends outside it included.",
    "One public_space per inhabited locality, at the census point of the place, stands for internet to every corner.",
    "locality_id of hospitals and schools is the nearest locality within 5 km.",
    "Users, prices, radios and policies are typical values; each row of the catalogues says where it is from.",
]

LOCALITIES, MUNICIPALITIES = "localities_2020", "municipalities_2020"
HOSPITALS, SCHOOLS = "sites_hospitals_imssb_2026", "sites_field_schools_2026"
LINES, NODES, URBAN = "power_lines_osm2016", "power_nodes_osm2016", "urban_ageb_2020"
FIELD_COLUMNS: dict[str, list[tuple[str, str, str, str]]] = {
    "admin": [
        ("admin_id", MUNICIPALITIES, "cve_mun", "level 2; states_2020.cve_ent for level 1"),
        ("name", MUNICIPALITIES, "nom_mun", "states_2020.nom_ent for level 1"),
        ("parent_id", MUNICIPALITIES, "cve_ent", "as is"),
        ("people", MUNICIPALITIES, "pop_2020", "as is"),
        ("need_index", MUNICIPALITIES, "imn_2020", "turned round and scaled to 0..1, see the assumptions"),
        ("need_class", MUNICIPALITIES, "gm_2020", "as is"),
        ("fibre_accesses", MUNICIPALITIES, "baf_fibre_2019", "as is; empty is unknown"),
        ("geometry", MUNICIPALITIES, "geometry", "as is; states simplified by 0.003°"),
    ],
    "localities": [
        ("locality_id", LOCALITIES, "cvegeo", "as is"),
        ("name", LOCALITIES, "nom_loc", "as is"),
        ("lon, lat", LOCALITIES, "lon, lat", "rounded to 6 decimals"),
        ("admin_id", LOCALITIES, "cve_mun", "as is"),
        ("people", LOCALITIES, "pop_2020", "as is"),
        ("elevation_m", LOCALITIES, "alt_m", "as is; only compared with the terrain"),
        ("electrified", "–", "–", "true, assumed"),
        ("urban", URBAN, "cvegeo_loc", "true where the locality has urban blocks"),
    ],
    "sites": [
        ("site_id", LOCALITIES, "cvegeo", "public_space: PS + cvegeo"),
        ("site_id, key", HOSPITALS, "clues", "hospital"),
        ("site_id", SCHOOLS, "site_uid", "school"),
        ("name", HOSPITALS, "name", "as is; public spaces and schools are named after place and crop"),
        ("lon, lat", "all three", "lon, lat or geometry", "rounded to 6 decimals"),
        ("admin_id", "all three", "cve_mun", "nearest municipality where the source has none"),
        ("locality_id", LOCALITIES, "cvegeo", "own locality, or the nearest within 5 km"),
    ],
    "pops": [
        ("pop_id, locality_id", LOCALITIES, "cvegeo", "POP + cvegeo"),
        ("fibre_accesses", MUNICIPALITIES, "baf_fibre_2019", "of the whole municipality"),
    ],
    "power_lines": [
        ("line_id, from_node, to_node", LINES, "line_id, from_node, to_node", "L and N before five digits"),
        ("voltage_kv", LINES, "voltage_kv", "as is; empty is unknown"),
        ("length_m", LINES, "length_m", "as is"),
        ("fibre_state", LINES, "voltage_kv", "dark from 220 kV, otherwise none; assumed"),
        ("geometry", LINES, "geometry", "as is"),
    ],
    "power_nodes": [
        ("node_id", NODES, "node_id", "N before five digits"),
        ("kind", NODES, "node_type", "station, sub_station: substation; merge: joint; generators: plant"),
        ("name", NODES, "name", "empty and n/a become empty"),
    ],
    "roads": [
        ("road_id", "roads", "–", "numbered in the order of the geometry's bytes"),
        (
            "road_class",
            "roads",
            "road_class",
            "toll: motorway; free federal: primary; state: secondary; rural: tertiary",
        ),
    ],
}
