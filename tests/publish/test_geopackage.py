"""The GeoPackage holds every layer with a style that QGIS can read, and its bytes depend on the plan alone."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from xml.etree import ElementTree as ET

import geopandas as gpd
import pyogrio
import pytest

from alcance.publish.folder import PlanFolder, read_plan_folder
from alcance.publish.geopackage import FIBRE_CLASS, FIXED_DATE, write_geopackage
from alcance.publish.language import language

LAYERS = ["fibre", "radio_links", "equipment", "sites", "masts", "network"]


@pytest.fixture(scope="module")
def plan(pristine_plan: Path) -> PlanFolder:
    return read_plan_folder(pristine_plan)


@pytest.fixture(scope="module")
def package(plan: PlanFolder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_geopackage(plan, tmp_path_factory.mktemp("gpkg") / "plan.gpkg", language("es"))


@pytest.fixture
def database(package: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(package)) as connection:
        yield connection


def _styles(database: sqlite3.Connection) -> dict[str, ET.Element]:
    rows = database.execute("SELECT f_table_name, styleQML FROM layer_styles WHERE useAsDefault = 1").fetchall()
    return {name: ET.fromstring(text) for name, text in rows}


def test_the_layers_hold_the_plan(plan: PlanFolder, package: Path) -> None:
    assert [name for name, geometry in pyogrio.list_layers(package) if geometry is not None] == LAYERS
    frames = {name: gpd.read_file(package, layer=name) for name in LAYERS}
    assert all(frame.crs.to_epsg() == 4326 for frame in frames.values())
    assert frames["sites"]["site_id"].tolist() == plan.sites["site_id"].tolist()
    drawn = sum(len(frames[name]) for name in ("fibre", "radio_links", "equipment", "network"))
    on_masts = int(plan.edges["kind"].isin(["mast", "mast_up"]).sum())
    assert drawn + on_masts == len(plan.edges)
    assert frames["fibre"]["inferred"].sum() == plan.edges["inferred"].sum()
    assert set(frames["masts"]["height_m"]) == {15.0, 30.0}


def test_every_value_on_the_map_has_a_symbol(package: Path, database: sqlite3.Connection) -> None:
    styles = _styles(database)
    assert sorted(styles) == sorted(LAYERS)
    for name, style in styles.items():
        renderer = style.find("renderer-v2")
        assert renderer is not None
        column = renderer.get("attr")
        categories = {category.get("value"): category.get("symbol") for category in renderer.iter("category")}
        symbols = {symbol.get("name") for symbol in renderer.iter("symbol")}
        assert set(categories.values()) <= symbols
        assert column is not None
        assert _classes(gpd.read_file(package, layer=name), column) <= set(categories)


def _classes(frame: gpd.GeoDataFrame, column: str) -> set[str]:
    if column == FIBRE_CLASS:
        return {
            f"{kind} inferred" if inferred else kind
            for kind, inferred in zip(frame["kind"], frame["inferred"], strict=True)
        }
    return {f"{value:g}" if isinstance(value, float) else str(value) for value in frame[column]}


def test_inferred_fibre_is_dashed(database: sqlite3.Connection) -> None:
    style = _styles(database)["fibre"]
    symbol = {category.get("value"): category.get("symbol") for category in style.iter("category")}
    for kind, expected in (("fibre_distribution inferred", "dash"), ("fibre_new", "solid")):
        drawn = next(s for s in style.iter("symbol") if s.get("name") == symbol[kind])
        assert [o.get("value") for o in drawn.iter("Option") if o.get("name") == "line_style"] == [expected]
    assert "fibre_new inferred" not in symbol


def test_every_field_has_an_alias_at_its_place(package: Path, database: sqlite3.Connection) -> None:
    for name, style in _styles(database).items():
        fields = [row[1] for row in database.execute(f"PRAGMA table_info({name})") if row[1] != "geom"]
        aliases = [(int(alias.get("index", -1)), alias.get("field")) for alias in style.iter("alias")]
        assert aliases == list(enumerate(fields))
    alias = next(a for a in _styles(database)["sites"].iter("alias") if a.get("field") == "cost_share")
    assert alias.get("name") == "Parte del costo descontado [EUR]"


def test_the_file_is_sound_and_tells_no_time(database: sqlite3.Connection) -> None:
    assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert database.execute("SELECT DISTINCT last_change FROM gpkg_contents").fetchall() == [(FIXED_DATE,)]
    assert database.execute("SELECT DISTINCT update_time FROM layer_styles").fetchall() == [(FIXED_DATE,)]
    assert database.execute("PRAGMA application_id").fetchone() == (0x47504B47,)
    assert database.execute("PRAGMA foreign_key_check").fetchall() == []


def test_the_same_plan_gives_the_same_bytes(plan: PlanFolder, package: Path, tmp_path: Path) -> None:
    again = write_geopackage(plan, tmp_path / "again.gpkg", language("es"))
    assert again.read_bytes() == package.read_bytes()
    assert list(tmp_path.iterdir()) == [again]


def test_outlines_become_a_layer_where_the_folder_has_them(copy_plan: Callable[[str], Path]) -> None:
    folder = copy_plan("outlined")
    gpd.read_parquet(folder / "admin.parquet").assign(kind="admin").to_parquet(folder / "context.parquet")
    path = write_geopackage(read_plan_folder(folder), folder / "plan.gpkg", language("en"))
    assert len(gpd.read_file(path, layer="admin")) == 6
    with closing(sqlite3.connect(path)) as database:
        renderer = _styles(database)["admin"].find("renderer-v2")
    assert renderer is not None
    assert renderer.get("type") == "singleSymbol"
