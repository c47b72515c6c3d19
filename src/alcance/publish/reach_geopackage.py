"""Areas of influence as one GeoPackage with styled layers, the same bytes for the same areas."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from alcance.files import whole_file
from alcance.publish.columns import columns
from alcance.publish.geopackage import finish_geopackage, fixed_date
from alcance.publish.language import Language
from alcance.publish.palette import REACH_CLASS_COLOURS
from alcance.publish.qgis import Style, Symbol

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

#: Layers from the bottom of the map to its top, with their geometry.
LAYERS: Final = (
    ("areas", "MultiPolygon"), ("overlaps", "MultiPolygon"), ("unreached", "Point"), ("localities", "Point"),
    ("sites", "Point"), ("next_sites", "Point"), ("strengthen", "Point"), ("towers", "Point"),
)  # fmt: skip


def write_reach_geopackage(
    tables: dict[str, pd.DataFrame], path: Path, lang: Language, currency: str, description: str
) -> None:
    """Write the tables that have places as layers.

    Parameters
    ----------
    tables
        As `reach_tables` gives them.
    path
        File to write; replaced whole.
    lang
        Language of titles, legends and field aliases.
    currency
        Code of the currency of every amount.
    description
        Put into the description of every layer: what is illustrative, what is for screening only.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    import pyogrio

    titles = {name: lang(f"reachlayer.{name}") for name, _ in LAYERS}
    with whole_file(path) as temporary:
        written: list[tuple[str, Style]] = []
        for name, geometry in LAYERS:
            frame = _placed(tables[name])
            with fixed_date():
                pyogrio.write_dataframe(
                    frame, temporary, layer=name, driver="GPKG", append=bool(written), geometry_type=geometry,
                    dataset_options={"VERSION": "1.2"} if not written else None,
                    layer_options={
                        "FID": "fid", "GEOMETRY_NAME": "geom", "SPATIAL_INDEX": "YES",
                        "IDENTIFIER": titles[name], "DESCRIPTION": description,
                    },
                )  # fmt: skip
            labels = {c.column: c.label(lang.code, currency) for c in columns(f"reach_{name}")}
            aliases = [("fid", ""), *((str(key), labels[str(key)]) for key in frame.columns if key != "geometry")]
            written.append((name, _style(name, geometry, frame, aliases, lang)))
        finish_geopackage(temporary, written, titles)


def _placed(frame: pd.DataFrame) -> gpd.GeoDataFrame:
    """A table with its geometry, points from its coordinates; numbers that may be unknown as plain ones."""
    import geopandas as gpd

    plain = frame.copy()
    for name in plain.columns:
        if str(plain[name].dtype) in {"Int64", "Float64"}:
            plain[name] = plain[name].astype(float)
    if "geometry" in plain.columns:
        return gpd.GeoDataFrame(plain, geometry="geometry", crs="EPSG:4326")
    return gpd.GeoDataFrame(plain, geometry=gpd.points_from_xy(plain["lon"], plain["lat"]), crs="EPSG:4326")


def _style(name: str, geometry: str, frame: gpd.GeoDataFrame, aliases: list[tuple[str, str]], lang: Language) -> Style:
    if name == "areas":
        rates = frame.drop_duplicates("service_class").sort_values("service_class")
        symbols = [
            Symbol(
                str(level), lang("influence.from_mbps", rate=lang.number(rate)),
                REACH_CLASS_COLOURS[int(level) - 1], 0.1, filled=True,
            )
            for level, rate in zip(rates["service_class"], rates["min_mbps"], strict=True)
        ]  # fmt: skip
        return Style("Polygon", "service_class", symbols, aliases)
    if geometry == "MultiPolygon":
        return Style("Polygon", "", [Symbol("", lang(f"reachlayer.{name}"), "#7a3b9a", 0.3)], aliases)
    colour, size, shape = {
        "unreached": ("#9aa5aa", 1.0, "circle"), "localities": ("#56666c", 1.2, "circle"),
        "sites": ("#0072b2", 1.6, "circle"), "next_sites": ("#d55e00", 2.4, "diamond"),
        "strengthen": ("#e69f00", 3.2, "square"), "towers": ("#17282d", 2.8, "triangle"),
    }[name]  # fmt: skip
    label = {"next_sites": "rank", "towers": "tower_id"}.get(name, "")
    symbol = Symbol("", lang(f"reachlayer.{name}"), colour, size, shape=shape)
    return Style("Point", "", [symbol], aliases, label, 250_000)
