"""A table says the same in every format, whatever the reference system of its file."""

from __future__ import annotations

import warnings

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
import shapely

from alcance.pack import check_pack, read_pack, write_table

GEO_DRIVERS = {".gpkg": "GPKG", ".geojson": "GeoJSON", ".kml": "KML", ".shp": "ESRI Shapefile"}


def save(frame: gpd.GeoDataFrame, path, layer: str | None = None) -> None:
    if path.suffix in {".parquet", ".geoparquet"}:
        frame.to_parquet(path)
    else:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a Shapefile cuts names, which is what is tested
            frame.to_file(path, driver=GEO_DRIVERS[path.suffix], layer=layer or path.stem, engine="pyogrio")


def as_read(pack, table: str) -> pd.DataFrame:
    frame = read_pack(pack.path).table(table)
    if "geometry" in frame:
        shapes = shapely.normalize(frame["geometry"].to_numpy(dtype=object))  # a Shapefile turns rings round
        frame["geometry"] = shapely.to_wkt(shapes, rounding_precision=6)
    return frame.round(6)


def points(pack, table: str = "sites") -> gpd.GeoDataFrame:
    frame = pd.read_csv(pack.path / f"{table}.csv")
    (pack.path / f"{table}.csv").unlink()
    lon, lat = frame.pop("lon"), frame.pop("lat")
    return gpd.GeoDataFrame(frame, geometry=gpd.points_from_xy(lon, lat), crs=4326)


@pytest.mark.parametrize("suffix", [".parquet", ".geoparquet", ".gpkg", ".geojson", ".kml", ".shp"])
@pytest.mark.parametrize("epsg", [4326, 32614])
def test_points_in_every_vector_format(pack, suffix, epsg):
    if epsg != 4326 and suffix in {".kml", ".geojson"}:
        pytest.skip("the format knows longitude and latitude only")
    before = as_read(pack, "sites")
    frame = points(pack).to_crs(epsg)
    if suffix == ".kml":
        frame = frame.rename(columns={"name": "Name"})
    if suffix == ".shp":
        frame["users"] = frame["users"].astype(float)
    save(frame, pack.path / f"sites{suffix}")
    assert check_pack(pack.path) == []
    after = as_read(pack, "sites")
    pd.testing.assert_frame_equal(before.drop(columns=["lon", "lat"]), after.drop(columns=["lon", "lat"]))
    assert (before[["lon", "lat"]] - after[["lon", "lat"]]).abs().to_numpy().max() < 2e-6


@pytest.mark.parametrize("suffix", [".parquet", ".gpkg", ".geojson", ".kml", ".shp"])
@pytest.mark.parametrize("table", ["power_lines", "admin"])
def test_lines_and_polygons_in_every_vector_format(pack, suffix, table):
    before = as_read(pack, table)
    frame = gpd.read_file(pack.path / f"{table}.geojson")
    (pack.path / f"{table}.geojson").unlink()
    if suffix == ".kml" and "name" in frame:
        frame = frame.rename(columns={"name": "Name"})
    save(frame, pack.path / f"{table}{suffix}")
    assert [problem for problem in check_pack(pack.path) if problem.severity == "error"] == []
    after = as_read(pack, table)
    pd.testing.assert_frame_equal(before, after)


def test_a_workbook_and_plain_parquet(pack):
    before = as_read(pack, "sites")
    frame = pd.read_csv(pack.path / "sites.csv")
    (pack.path / "sites.csv").unlink()
    frame.to_excel(pack.path / "sites.xlsx", index=False)
    pd.testing.assert_frame_equal(before, as_read(pack, "sites"))
    (pack.path / "sites.xlsx").unlink()
    frame.to_parquet(pack.path / "sites.parquet")
    pd.testing.assert_frame_equal(before, as_read(pack, "sites"))


def test_lines_as_text_in_csv(pack):
    before = as_read(pack, "roads")
    frame = gpd.read_file(pack.path / "roads.geojson")
    (pack.path / "roads.geojson").unlink()
    frame["wkt"] = frame.geometry.to_wkt()
    pd.DataFrame(frame.drop(columns="geometry")).to_csv(pack.path / "roads.csv", index=False)
    pd.testing.assert_frame_equal(before, as_read(pack, "roads"))
    frame["wkt"] = frame.geometry.to_wkb(hex=True)
    pd.DataFrame(frame.drop(columns="geometry")).to_csv(pack.path / "roads.csv", index=False)
    pd.testing.assert_frame_equal(before, as_read(pack, "roads"))


@pytest.mark.parametrize("separator", [";", "\t"])
def test_other_separators_and_a_byte_order_mark(pack, separator):
    before = as_read(pack, "sites")
    pd.read_csv(pack.path / "sites.csv").to_csv(
        pack.path / "sites.csv", sep=separator, index=False, encoding="utf-8-sig"
    )
    pd.testing.assert_frame_equal(before, as_read(pack, "sites"))


def test_several_tables_in_one_geopackage_and_one_workbook(pack):
    before = {table: as_read(pack, table) for table in ("sites", "power_lines", "prices", "demand")}
    save(points(pack), pack.path / "all.gpkg", "places")
    lines = gpd.read_file(pack.path / "power_lines.geojson")
    lines.to_file(pack.path / "all.gpkg", driver="GPKG", layer="lines", mode="a", engine="pyogrio")
    (pack.path / "power_lines.geojson").unlink()
    with pd.ExcelWriter(pack.path / "catalogues.xlsx") as book:
        for table in ("prices", "demand"):
            pd.read_csv(pack.path / f"{table}.csv").to_excel(book, sheet_name=table, index=False)
            (pack.path / f"{table}.csv").unlink()
    files = (
        '[files]\nsites = { path = "all.gpkg", layer = "places" }\n'
        'power_lines = { path = "all.gpkg", layer = "lines" }\n'
        'prices = "catalogues.xlsx"\ndemand = "catalogues.xlsx"\n[radio]'
    )
    pack.replace("pack.toml", "[radio]", files)
    for table, frame in before.items():
        pd.testing.assert_frame_equal(frame, as_read(pack, table))
    pack.replace("pack.toml", 'layer = "places"', 'layer = "castles"')
    assert "has no layer 'castles'; it has places, lines" in str(pack.errors()[0])


def test_rows_are_numbered_as_the_workbook_shows_them(pack):
    rows = pack.rows("demand")
    (pack.path / "demand.csv").unlink()
    book = openpyxl.Workbook()
    for row in [rows[0], ["# what follows is invented"], [], *rows[1:]]:
        book.active.append(row)
    book.active["B5"] = "much"
    book.save(pack.path / "demand.xlsx")
    error = pack.errors()[0]
    assert (error.file, error.row, error.column, error.value) == ("demand.xlsx", 5, "mbps", "much")


def test_text_keys_that_a_workbook_made_numbers(pack):
    """A key like 201 is read as the text 201, not as 201.0."""
    frame = pd.read_csv(pack.path / "power_nodes.csv")
    frame["node_id"] = [1, 2, 3]
    (pack.path / "power_nodes.csv").unlink()
    frame.to_excel(pack.path / "power_nodes.xlsx", index=False)

    def renumber(content):
        for feature in content["features"]:
            for end in ("from_node", "to_node"):
                feature["properties"][end] = float(feature["properties"][end][1:])

    pack.change_json("power_lines.geojson", renumber)
    assert pack.problems() == []
    assert read_pack(pack.path).table("power_lines")["to_node"].tolist() == ["2", "3"]


def test_names_that_a_shapefile_cut_short(pack):
    frame = points(pack)
    frame["electricity"] = "yes"
    save(frame, pack.path / "sites.shp")
    assert "electricit" in gpd.read_file(pack.path / "sites.shp").columns
    read = read_pack(pack.path).table("sites")
    assert read["electricity"].all()
    assert read["locality_id"].notna().all()


def test_an_absent_table_has_every_column(pack):
    read = read_pack(pack.path)
    areas = read.table("coverage")
    assert areas.empty
    assert list(areas.columns) == ["coverage_id", "provider_id", "radio_type", "geometry"]
    assert "coverage" not in read.present
    assert read.table("fibre").empty
    with pytest.raises(KeyError, match="castles"):
        read.table("castles")


def test_unknown_is_not_zero(pack):
    read = read_pack(pack.path)
    accesses = read.table("admin").set_index("admin_id")["fibre_accesses"]
    assert accesses["D1"] == 40
    assert accesses["D2"] is pd.NA
    assert read.table("sites")["users"].isna().sum() == 14


def test_defaults_stand_where_the_schema_says_so(pack):
    read = read_pack(pack.path)
    assert read.table("sites")["connected"].dtype == bool
    assert not read.table("sites")["connected"].any()
    assert (read.table("pops")["medium"] == "fibre").all()


def test_admin_units_lengths_and_people_are_found_where_their_columns_are_absent(pack):
    before = read_pack(pack.path)
    pack.drop_column("sites", "admin_id")
    pack.drop_column("localities", "admin_id")

    def thin(content):
        for feature in content["features"]:
            feature["properties"].pop("length_m", None)
            feature["properties"].pop("people", None)

    pack.change_json("power_lines.geojson", thin)
    pack.change_json("admin.geojson", thin)
    after = read_pack(pack.path)
    for table in ("sites", "localities"):
        assert after.table(table)["admin_id"].tolist() == before.table(table)["admin_id"].tolist()
    assert after.table("admin")["people"].tolist() == before.table("admin")["people"].tolist()
    assert after.table("power_lines")["length_m"].tolist() == pytest.approx([5077, 4520], abs=10)


def test_digests_change_with_any_file(pack):
    before = read_pack(pack.path).digests
    assert list(before) == sorted(before)
    assert {"pack.toml", "terrain.tif", "sites.csv"} <= set(before)
    pack.set("prices", 2, "capex", "701")
    after = read_pack(pack.path).digests
    assert {name for name in before if before[name] != after[name]} == {"prices.csv"}


def test_prices_and_policies_by_name(pack):
    read = read_pack(pack.path)
    assert read.price("mast_30").capex == 8200
    assert read.price("mast_30").assumed is True
    assert read.policy("max_hops") == 3
    assert read.policy("language") == "en"
    with pytest.raises(Exception, match="add a row"):
        read.price("castle")
    with pytest.raises(Exception, match="add a row"):
        read.policy("courage")


@pytest.mark.parametrize("table", ["sites", "admin", "power_lines", "roads", "pops", "prices", "policy"])
def test_a_written_table_reads_the_same_and_has_the_same_bytes(pack, tmp_path, table):
    before = as_read(pack, table)
    frame = read_pack(pack.path).table(table)
    first = write_table(frame, table, tmp_path)
    content = first.read_bytes()
    assert write_table(frame.iloc[::-1], table, tmp_path).read_bytes() == content
    for old in pack.path.glob(f"{table}.*"):
        old.unlink()
    write_table(frame, table, pack.path)
    key = before.columns[0]
    pd.testing.assert_frame_equal(before.sort_values(key).reset_index(drop=True), as_read(pack, table))
