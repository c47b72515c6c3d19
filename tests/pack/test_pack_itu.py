"""Files of the ITU Connectivity Planning Platform are read as they are."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest
import rasterio
from affine import Affine

from alcance.pack import check_pack, read_pack
from conftest import DATA

BOUNDS = (6.4, -0.05, 7.5, 1.75)


@pytest.fixture
def islands(pack):
    """The platform's files beside the catalogues of the tiny pack, on flat ground."""
    for table in ("pois sites", "cellsites towers", "fibre_nodes pops", "coverage coverage"):
        source, target = table.split()
        shutil.copyfile(DATA / "itu_stp" / f"stp_{source}_itu.parquet", pack.path / f"{target}.parquet")
    for stem in (
        "sites.csv",
        "pops.csv",
        "overrides.csv",
        "exclusions.geojson",
        "roads.geojson",
        "power_lines.geojson",
        "towers.csv",
        "providers.csv",
    ):
        (pack.path / stem).unlink()
    (pack.path / "power_nodes.csv").unlink()
    west, south, east, north = BOUNDS
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    unit = {"admin_id": "ST", "name": "São Tomé and Príncipe", "level": 1, "people": 214_610, "need_index": 0.5}
    feature = {"type": "Feature", "properties": unit, "geometry": {"type": "Polygon", "coordinates": [ring]}}
    content = {"type": "FeatureCollection", "features": [feature]}
    (pack.path / "admin.geojson").write_text(json.dumps(content), encoding="utf-8")
    pack.write(
        "localities", [["locality_id", "name", "lon", "lat", "people"], ["C", "Capital", "6.73", "0.34", "71868"]]
    )
    pack.write(
        "demand", [*pack.rows("demand"), ["community_centre", "20", "60", "x"], ["government_office", "10", "9", "x"]]
    )
    pack.replace("pack.toml", "[-98.83, 18.83, -98.64, 18.97]", str(list(BOUNDS)))
    cells = np.full((180, 110), 100, np.int16)
    profile = {"driver": "GTiff", "dtype": "int16", "count": 1, "width": 110, "height": 180, "crs": "EPSG:4326"}
    with rasterio.open(
        pack.path / "terrain.tif", "w", transform=Affine(0.01, 0, west, 0, -0.01, north), **profile
    ) as raster:
        raster.write(cells, 1)
    return pack


def test_the_platforms_files_have_no_errors(islands):
    problems = check_pack(islands.path)
    assert [str(problem) for problem in problems if problem.severity == "error"] == []
    said = " ".join(str(problem) for problem in problems)
    assert "poi_subtype" in said
    assert "tower_height and antenna_height mean the same" in said
    assert "the table providers, which the pack does not have" in said


def test_every_row_arrives_under_our_names(islands):
    read = read_pack(islands.path)
    sites, towers, pops = read.table("sites"), read.table("towers"), read.table("pops")
    assert (len(sites), len(towers), len(pops)) == (408, 81, 40)
    assert sites["site_id"].iloc[0] == "STP_POI1"
    assert (sites["lon"].iloc[0], sites["lat"].iloc[0]) == pytest.approx((6.7313031, 0.3389242))
    assert sites["kind"].value_counts().to_dict() == {
        "community_centre": 153, "government_office": 76, "hospital": 64, "school": 64, "public_space": 51
    }  # fmt: skip
    assert (sites["admin_id"] == "ST").all()
    assert towers["height_m"].iloc[0] == 18
    assert towers["provider_id"].iloc[0] == "OPERATOR_B"
    assert (pops["medium"] == "fibre").all()
    assert (pops["kind"] == "exchange").all()
    assert read.table("coverage")["coverage_id"].tolist() == ["1"]


def test_the_names_of_the_platforms_tables_as_text(pack):
    """The column names of the platform's guide, in a CSV as its users hold it."""
    rows = pack.rows("sites")
    names = ["poi_id", "poi_name", "poi_type", "lon", "lat", "admin_id", "locality_id", "number_of_users"]
    more = ["is_connected", "connectivity_type", "has_electricity", "total_mbps"]
    filled = [[*row, "no", "", "yes", "12.5"] for row in rows[1:]]
    filled[0][8:10] = ["Yes", "4G"]
    pack.write("sites", [names + more, *filled])
    assert pack.problems() == []
    sites = read_pack(pack.path).table("sites")
    assert sites["connected"].tolist() == [True] + [False] * 16
    assert sites["technology"].iloc[0] == "cellular"
    assert sites["electricity"].all()
    assert (sites["mbps"] == 12.5).all()
