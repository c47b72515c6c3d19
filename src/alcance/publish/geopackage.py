"""The plan as one GeoPackage with styled layers, the same bytes for the same plan."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from alcance.files import whole_file
from alcance.publish import layers
from alcance.publish.columns import columns
from alcance.publish.folder import PlanFolder
from alcance.publish.language import Language
from alcance.publish.palette import (
    FIBRE_COLOURS,
    FIBRE_KINDS,
    RADIO_COLOURS,
    RADIO_KINDS,
    TECHNOLOGIES,
    TECHNOLOGY_COLOURS,
)
from alcance.publish.qgis import Style, Symbol, qml
from alcance.publish.screening import screened_title, screening_words

if TYPE_CHECKING:
    import geopandas as gpd

#: GeoPackage wants a date of last change; a fixed one keeps the bytes the same (the plan itself carries no clock).
FIXED_DATE: Final = "2000-01-01T00:00:00.000Z"

#: QGIS classifies fibre by this expression, so that inferred stretches are drawn dashed.
FIBRE_CLASS: Final = """if("inferred", "kind" || ' inferred', "kind")"""

#: Layers from the bottom of the map to its top; `admin` only where the folder has outlines.
LAYERS: Final = ("admin", "fibre", "radio_links", "equipment", "sites", "masts", "network")

_STYLES_TABLE: Final = """
CREATE TABLE layer_styles (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256), f_table_schema TEXT(256),
  f_table_name TEXT(256), f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT,
  useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30), update_time DATETIME
)"""


def write_geopackage(plan: PlanFolder, path: Path, lang: Language) -> Path:
    """Write sites, fibre, radio links, masts, network, equipment and areas as layers of one GeoPackage.

    Parameters
    ----------
    plan
        The plan.
    path
        File to write; replaced whole.
    lang
        Language of layer titles, legends and field aliases.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    import pyogrio

    words = screening_words(plan.summary, lang)
    titles = {name: screened_title(lang(f"layer.{name}"), plan.summary, lang) for name in LAYERS}
    with whole_file(path) as temporary:
        written: list[tuple[str, Style]] = []
        for name, table, geometry, frame, style in _layers(plan, lang):
            with fixed_date():
                pyogrio.write_dataframe(
                    frame,
                    temporary,
                    layer=name,
                    driver="GPKG",
                    append=bool(written),
                    geometry_type=geometry,
                    # The version that QGIS of the last five years reads without a warning.
                    dataset_options={"VERSION": "1.2"} if not written else None,
                    layer_options={
                        "FID": "fid",
                        "GEOMETRY_NAME": "geom",
                        "SPATIAL_INDEX": "YES",
                        "IDENTIFIER": titles[name],
                        "DESCRIPTION": words,
                    },
                    dataset_metadata={"SCREENING_ONLY": words} if words and not written else None,
                )
            names = [column for column in frame.columns if column != "geometry"]
            labels = {c.column: c.label(lang.code, plan.currency) for c in columns(table)}
            aliases = [("fid", ""), *((column, labels[column]) for column in names)]
            written.append(
                (
                    name,
                    Style(style.geometry, style.column, style.symbols, aliases, style.label_column, style.label_scale),
                )
            )
        finish_geopackage(temporary, written, titles)
    return path


def _layers(plan: PlanFolder, lang: Language) -> Iterator[tuple[str, str, str, gpd.GeoDataFrame, Style]]:
    """Layers from the bottom of the map to its top: name, column table, geometry type, frame, style."""
    admin = layers.admin_layer(plan)
    if admin is not None:
        area = Style("Polygon", "", [Symbol("", lang("layer.admin"), "#b4c0c5", 0.2)])
        yield "admin", "admin", "MultiPolygon", multi(admin), area
    fibre = layers.fibre_layer(plan)
    yield "fibre", "edges", "LineString", fibre, Style("LineString", FIBRE_CLASS, _fibre_symbols(fibre, lang))
    radio = [
        Symbol(kind, lang.name("kind", kind), RADIO_COLOURS[kind], 0.2 if kind == "client" else 0.4)
        for kind in RADIO_KINDS
    ]
    yield "radio_links", "edges", "LineString", layers.radio_layer(plan), Style("LineString", "kind", radio)
    equipment = layers.equipment_layer(plan)
    works = [Symbol(kind, lang.name("kind", kind), "#94a3b8", 1.0) for kind in sorted(equipment["kind"].unique())]
    yield "equipment", "edges", "Point", equipment, Style("Point", "kind", works)
    sites = layers.site_layer(plan)
    by_technology = Style("Point", "technology", _site_symbols(sites, lang), label_column="name", label_scale=60_000)
    yield "sites", "sites", "Point", sites, by_technology
    masts = layers.mast_layer(plan)
    steps = [
        Symbol(
            f"{height:g}", lang("mast.of", height=lang.number(height)), "#17282d", 1.9 + 0.4 * step, shape="triangle"
        )
        for step, height in enumerate(sorted(masts["height_m"].dropna().unique()))
    ]
    yield "masts", "masts", "Point", masts, Style("Point", "height_m", steps)
    entries = [
        Symbol("pop", lang.name("kind", "pop"), "#17282d", 3.4, shape="square"),
        Symbol("gateway", lang.name("kind", "gateway"), TECHNOLOGY_COLOURS["shared_satellite"], 2.6, shape="diamond"),
        Symbol("fibre_splice", lang.name("kind", "fibre_splice"), FIBRE_COLOURS["fibre_dark"], 2.2, shape="square"),
    ]
    named = Style("Point", "kind", entries, label_column="to_name", label_scale=1_000_000)
    yield "network", "edges", "Point", layers.network_layer(plan), named


def _fibre_symbols(fibre: gpd.GeoDataFrame, lang: Language) -> list[Symbol]:
    """One symbol per kind of fibre, and a dashed one where some of that kind is inferred."""
    symbols = []
    for kind in FIBRE_KINDS:
        width = 0.5 if kind == "fibre_drop" else 0.9
        symbols.append(Symbol(kind, lang.name("kind", kind), FIBRE_COLOURS[kind], width))
        if fibre.loc[fibre["kind"] == kind, "inferred"].any():
            label = lang("legend.inferred", kind=lang.name("kind", kind))
            symbols.append(Symbol(f"{kind} inferred", label, FIBRE_COLOURS[kind], width, dashed=True))
    return symbols


def _site_symbols(sites: gpd.GeoDataFrame, lang: Language) -> list[Symbol]:
    """One symbol per technology, those not known here included."""
    names = [*TECHNOLOGIES, *sorted(set(sites["technology"]) - set(TECHNOLOGIES))]
    return [
        Symbol(
            name,
            lang.name("technology", name),
            TECHNOLOGY_COLOURS.get(name, "#94a3a8"),
            1.6,
            shape="cross2" if name == "none" else "circle",
        )
        for name in names
    ]


def multi(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Give every area the same type of geometry, of several parts."""
    from shapely.geometry import MultiPolygon

    frame = frame.copy()
    frame["geometry"] = [MultiPolygon([g]) if g.geom_type == "Polygon" else g for g in frame.geometry]
    return frame


@contextlib.contextmanager
def fixed_date() -> Iterator[None]:
    """GDAL writes the date of this option instead of today's."""
    import pyogrio

    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": FIXED_DATE})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})


def finish_geopackage(path: Path, written: list[tuple[str, Style]], titles: Mapping[str, str]) -> None:
    """Add the styles, fix every date and rebuild the file so that its bytes depend on its contents alone."""
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.execute("PRAGMA trusted_schema = 1")
        connection.execute("BEGIN")
        connection.execute(_STYLES_TABLE)
        rows: list[tuple[Any, ...]] = [
            (
                "",
                "",
                name,
                "geom",
                titles[name],
                qml(style),
                "",
                1,
                titles[name],
                "",
                None,
                FIXED_DATE,
            )
            for name, style in written
        ]
        connection.executemany(
            "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName,"
            " styleQML, styleSLD, useAsDefault, description, owner, ui, update_time)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            rows,
        )
        connection.execute(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change, srs_id)"
            " VALUES ('layer_styles', 'attributes', 'layer_styles', '', ?, 0)",
            (FIXED_DATE,),
        )
        connection.execute("UPDATE gpkg_contents SET last_change = ?", (FIXED_DATE,))
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        if "gpkg_metadata_reference" in tables:
            connection.execute("UPDATE gpkg_metadata_reference SET timestamp = ?", (FIXED_DATE,))
        connection.execute("COMMIT")
        connection.execute("VACUUM")
    finally:
        connection.close()
