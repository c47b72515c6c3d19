"""The folder of areas of influence says what is illustrative, in every file, and is the same every time."""

from __future__ import annotations

import csv
import json
import sqlite3
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pytest

from alcance.errors import InputError, OutputError
from alcance.network.reach import Reach, areas_of_influence
from alcance.pack import read_pack
from alcance.publish.columns import columns
from alcance.publish.reach_folder import check_reach_place, write_reach
from alcance.publish.reach_pages import page_name
from alcance.publish.reach_tables import TABLES


@pytest.fixture(scope="module")
def reach(tiny_pack: Path) -> Reach:
    return areas_of_influence(read_pack(tiny_pack))


@pytest.fixture(scope="module")
def folder(reach: Reach, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("reach") / "out"
    write_reach(reach, out)
    return out


def files(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def test_the_same_areas_give_the_same_bytes(reach: Reach, folder: Path, tmp_path: Path, tiny_pack: Path) -> None:
    again = tmp_path / "again"
    write_reach(areas_of_influence(read_pack(tiny_pack)), again)
    assert files(again) == files(folder)


def test_what_lies_in_the_folder(folder: Path) -> None:
    named = set(files(folder))
    assert {"summary.json", "index.html", "reach.gpkg", "csv/columns.csv"} <= named
    assert {f"csv/{name}.csv" for name in TABLES} <= named
    assert {"providers/W1.html", "providers/W2.html"} <= named


def test_every_table_says_what_is_illustrative(folder: Path) -> None:
    for name in TABLES:
        found = rows(folder / "csv" / f"{name}.csv")
        if name != "overlaps":
            assert found, name
        assert all(row["illustrative"] == "true" for row in found), name
        assert all(row["screening_only"] == "false" for row in found), name
    for page in ("index.html", "providers/W1.html"):
        assert "Illustrative:" in (folder / page).read_text(encoding="utf-8")
    with sqlite3.connect(folder / "reach.gpkg") as connection:
        told = connection.execute("SELECT description FROM gpkg_contents WHERE data_type = 'features'").fetchall()
    connection.close()
    assert len(told) == 8
    assert all("Illustrative:" in words for (words,) in told)
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    assert summary["illustrative"] is True
    assert summary["screening_only"] is False


def test_a_real_provider_is_not_called_illustrative(reach: Reach, tmp_path: Path) -> None:
    real = replace(
        reach,
        providers=tuple(replace(p, illustrative=False) for p in reach.providers),
        **{
            name: getattr(reach, name).assign(illustrative=False)
            for name in ("facts", "towers", "areas", "sites", "localities", "next_sites", "strengthen")
        },
    )
    write_reach(real, tmp_path / "out")
    for name, data in files(tmp_path / "out").items():
        if name.endswith(".html"):
            assert b"Illustrative: th" not in data, name
    assert all(row["illustrative"] == "false" for row in rows(tmp_path / "out" / "csv" / "towers.csv"))


def test_coarse_terrain_is_for_screening_only_in_every_output(reach: Reach, tmp_path: Path) -> None:
    terrain = reach.pack.meta.terrain.model_copy(update={"resolution_arcsec": 60.0})
    meta = reach.pack.meta.model_copy(update={"terrain": terrain})
    write_reach(replace(reach, pack=replace(reach.pack, meta=meta)), tmp_path / "out", "es")
    for name in ("index.html", "providers/W1.html"):
        assert "Solo para sondeo" in (tmp_path / "out" / name).read_text(encoding="utf-8")
    for name in TABLES:
        assert all(row["screening_only"] == "true" for row in rows(tmp_path / "out" / "csv" / f"{name}.csv"))
    assert json.loads((tmp_path / "out" / "summary.json").read_text(encoding="utf-8"))["screening_only"] is True
    with sqlite3.connect(tmp_path / "out" / "reach.gpkg") as connection:
        told = connection.execute("SELECT description FROM gpkg_contents WHERE data_type = 'features'").fetchall()
    connection.close()
    assert all("Solo para sondeo" in words for (words,) in told)


def test_the_geopackage_holds_every_layer_with_its_rows(folder: Path, reach: Reach) -> None:
    counts = {
        "areas": len(reach.areas), "overlaps": len(reach.overlaps), "unreached": len(reach.unreached),
        "localities": len(reach.localities), "sites": len(reach.sites), "next_sites": len(reach.next_sites),
        "strengthen": len(reach.strengthen), "towers": len(reach.towers),
    }  # fmt: skip
    for layer, count in counts.items():
        frame = gpd.read_file(folder / "reach.gpkg", layer=layer)
        assert len(frame) == count, layer
        assert frame.crs.to_epsg() == 4326
    areas = gpd.read_file(folder / "reach.gpkg", layer="areas")
    assert areas.geometry.is_valid.all()


def test_every_column_is_documented(folder: Path) -> None:
    documented = {(row["table"], row["column"]) for row in rows(folder / "csv" / "columns.csv")}
    for name in TABLES:
        with (folder / "csv" / f"{name}.csv").open(encoding="utf-8-sig") as stream:
            header = next(csv.reader(stream))
        assert {(name, column) for column in header} <= documented
        assert [column.column for column in columns(f"reach_{name}")] == header


def test_what_is_unknown_stays_empty(folder: Path) -> None:
    towers = {row["tower_id"]: row for row in rows(folder / "csv" / "towers.csv")}
    assert towers["W2-1"]["backhaul_mbps"] == towers["W2-1"]["room"] == towers["W2-1"]["clients"] == ""
    assert "unknown" in (folder / "providers" / "W2.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("lang", ["en", "es"])
def test_pages_ask_nothing_of_any_host(reach: Reach, tmp_path: Path, lang: str) -> None:
    write_reach(reach, tmp_path / "out", lang)
    for name, data in files(tmp_path / "out").items():
        if name.endswith(".html"):
            page = data.decode()
            assert f'<html lang="{lang}">' in page
            assert "http" not in page.replace("http-equiv", ""), name
            assert 'src="data:image/png;base64,' in page


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path, reach: Reach) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "dear.txt").write_text("friend", encoding="utf-8")
    with pytest.raises(OutputError, match="not a reach folder"):
        check_reach_place(tmp_path / "mine")
    with pytest.raises(InputError, match="no words"):
        write_reach(reach, tmp_path / "out", "xx")
    assert not (tmp_path / "out").exists()


def test_a_key_that_no_file_system_takes_becomes_one_that_all_take() -> None:
    assert page_name("W1") == "W1.html"
    assert page_name("../x") == "~2e~~2e~~2f~x.html"
    assert page_name("ñ") != page_name("n")
