"""Every bad pack gives a clear message that names file, row, column and value, and never a traceback."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
from affine import Affine

from alcance.errors import InputError
from alcance.pack import check_pack, read_pack


def test_the_tiny_pack_has_nothing_wrong(pack):
    assert pack.problems() == []


def test_a_pack_that_is_no_folder(tmp_path):
    (problem,) = check_pack(tmp_path / "nowhere")
    assert "is not a folder" in problem.message


def test_read_pack_raises_every_problem_at_once(pack):
    pack.set("prices", 2, "capex", "-5")
    pack.set("sites", 3, "kind", "castle")
    with pytest.raises(InputError) as caught:
        read_pack(pack.path)
    assert {problem.file for problem in caught.value.problems} == {"prices.csv", "sites.csv"}


@pytest.mark.parametrize(
    ("table", "row", "column", "value", "said"),
    [
        ("prices", 2, "capex", "-5", "negative"),
        ("prices", 3, "opex_year", "nan", "not a finite number"),
        ("prices", 3, "opex_year", "inf", "not a finite number"),
        ("prices", 3, "life_years", "0", "must be more than 0"),
        ("prices", 4, "capex", "1,200", "is not a number"),
        ("prices", 2, "per", "km", "must be site"),
        ("prices", 3, "capex_low", "99999", "is above capex"),
        ("prices", 3, "opex_high", "1", "is below opex_year"),
        ("sites", 3, "kind", "castle", "allowed are school | hospital"),
        ("sites", 4, "lon", "", "is empty"),
        ("sites", 4, "lon", "west", "is not a number"),
        ("sites", 2, "users", "2.5", "is not a whole number"),
        ("sites", 5, "admin_id", "D9", "is not in admin.geojson"),
        ("sites", 5, "locality_id", "T99", "is not in localities.csv"),
        ("sites", 4, "site_id", "H01", "stands already in row 2"),
        ("localities", 3, "people", "-1", "negative"),
        ("localities", 3, "urban", "perhaps", "neither true nor false"),
        ("localities", 2, "lon", "inf", "not a finite number"),
        ("power_nodes", 2, "kind", "pole", "allowed are substation | joint | plant"),
        ("pops", 2, "node_id", "N9", "is not in power_nodes.csv"),
        ("equipment", 2, "freq_ghz", "0", "must be 0.03 to 100 in GHz"),
        ("equipment", 4, "pairs_with", "", "other end"),
        ("equipment", 4, "pairs_with", "ptp_long", "is no client"),
        ("equipment", 4, "freq_ghz", "5.6", "outside its band, 5.725 to 5.85 GHz"),
        ("bands", 2, "freq_min_ghz", "5.9", "above the upper edge"),
        ("equipment", 4, "tx_power_dbm", "20", "its band allows 36 dBm"),
        ("equipment", 4, "band", "no such band", "is not in bands.csv"),
        ("rates", 3, "capacity_mbps", "20", "carries no more than a weaker signal"),
        ("rates", 3, "equipment_id", "no such radio", "is not in equipment.csv"),
        ("equipment", 4, "pairs_with", "sector", "is no client"),
        ("equipment", 4, "beamwidth_deg", "", "how many sectors"),
        ("equipment", 4, "beamwidth_deg", "0", "makes no antenna"),
        ("equipment", 4, "beamwidth_deg", "200", "horizontal_beamwidth_deg is 60 to 120"),
        ("equipment", 2, "freq_ghz", "0.05", "where how often a clear path fades is not known"),
        ("policy", 9, "value", "100", "availability_pct must be 50 to 99.99999"),
        ("policy", 2, "value", "four", "max_hops must be a number"),
        ("policy", 2, "value", "99", "max_hops must be 0 to 12"),
        ("policy", 3, "value", "10.5", "whole number"),
        ("policy", 2, "unit", "km", "max_hops is in hops"),
        ("policy", 23, "value", "fr", "not among the languages of pack.toml: en, es"),
        ("overrides", 2, "site_id", "P99", "is not in sites.csv"),
        ("overrides", 2, "technology", "pigeon", "allowed are fibre"),
        ("overrides", 2, "technology", "", "say which technology"),
        ("overrides", 2, "rule", "may", "allowed are must | must_not"),
        ("overrides", 2, "from_id", "T01", "names a site and a link"),
    ],
)
def test_a_wrong_cell_is_told_with_its_place(pack, table, row, column, value, said):
    pack.set(table, row, column, value)
    hits = [p for p in pack.errors() if p.file == f"{table}.csv" and p.row == row and said in p.message]
    assert hits, "\n".join(map(str, pack.errors()))
    if value and "names a site" not in said:
        assert hits[0].column == column or hits[0].value == value


def test_swapped_coordinates_are_named_as_such(pack):
    rows = pack.rows("sites")
    lon, lat = rows[2][3], rows[2][4]
    pack.set("sites", 3, "lon", lat)
    pack.set("sites", 3, "lat", lon.replace("-98", "-88"))
    pack.set("sites", 3, "lat", lon)
    error = pack.errors()[0]
    assert error.row == 3
    assert "lon" in error.message or error.column == "lat"


def test_swapped_coordinates_in_a_country_where_both_are_valid_degrees(pack):
    pack.replace("pack.toml", "[-98.83, 18.83, -98.64, 18.97]", "[78.83, 18.83, 78.98, 18.97]")
    pack.set("sites", 3, "lon", "18.9")
    pack.set("sites", 3, "lat", "78.9")
    hits = [p for p in pack.errors() if p.message == "lon and lat look swapped"]
    assert [(p.file, p.row, p.value) for p in hits] == [("sites.csv", 3, "18.90000, 78.90000")]


def test_a_point_outside_the_bounds(pack):
    pack.set("sites", 3, "lon", "-90.5")
    error = pack.only_error()
    assert (error.file, error.row, error.column) == ("sites.csv", 3, "lon, lat")
    assert "outside the bounds" in error.message


def test_a_point_at_null_island(pack):
    pack.set("sites", 3, "lon", "0")
    pack.set("sites", 3, "lat", "0")
    assert "0, 0" in pack.only_error().message


@pytest.mark.parametrize("table", ["sites", "localities", "prices", "equipment", "demand", "policy"])
def test_a_missing_required_table(pack, table):
    (pack.path / f"{table}.csv").unlink()
    assert any(p.file == f"{table}.csv" and "is missing" in p.message for p in pack.errors())


@pytest.mark.parametrize("file", ["sites.csv", "admin.geojson", "terrain.tif"])
def test_an_unreadable_file(pack, file):
    (pack.path / file).write_bytes(b"\x00\xff\xfe rubbish")
    hits = [problem for problem in pack.errors() if problem.file == file]
    assert hits
    assert "Traceback" not in str(hits[0])


@pytest.mark.parametrize("suffix", [".parquet", ".gpkg", ".xlsx", ".kml", ".shp", ".geojson"])
def test_rubbish_under_any_suffix_is_one_message(pack, suffix):
    (pack.path / "sites.csv").unlink()
    (pack.path / f"sites{suffix}").write_bytes(b"not what it says")
    hits = [problem for problem in pack.errors() if problem.file == f"sites{suffix}"]
    assert len(hits) == 1
    assert "cannot be read" in hits[0].message


def test_text_that_is_not_utf8(pack):
    text = (pack.path / "sites.csv").read_text(encoding="utf-8").replace("Alba", "Albéa")
    (pack.path / "sites.csv").write_bytes(text.encode("latin-1"))
    hits = [problem for problem in pack.errors() if problem.file == "sites.csv"]
    assert hits[0].row == 6
    assert "UTF-8" in hits[0].message


def test_a_row_with_too_many_cells(pack):
    pack.append("demand", ["clinic", "20", "20", "a source", "with a comma"])
    assert any(p.row == 5 and "put quotes around commas" in p.message for p in pack.errors())


def test_a_missing_required_column(pack):
    pack.drop_column("sites", "kind")
    error = pack.errors()[0]
    assert (error.file, error.row, error.column) == ("sites.csv", 1, "kind")
    assert "missing" in error.message


def test_an_unknown_column_is_a_warning(pack):
    rows = pack.rows("sites")
    pack.write("sites", [[*rows[0], "colour"], *([*row, "red"] for row in rows[1:])])
    assert pack.errors() == []
    assert ["colour" in p.message for p in pack.warnings()] == [True]


def test_an_unknown_file_is_a_warning(pack):
    (pack.path / "localitys.csv").write_text("a\n1\n", encoding="utf-8")
    assert [p.file for p in pack.warnings()] == ["localitys.csv"]


def test_a_table_in_two_files(pack):
    (pack.path / "sites.xlsx").write_bytes((pack.path / "sites.csv").read_bytes())
    assert any("several files" in problem.message for problem in pack.errors())


def test_an_empty_required_table(pack):
    pack.write("sites", pack.rows("sites")[:1])
    assert any(p.file == "sites.csv" and p.message == "has no rows" for p in pack.errors())


def test_a_pack_without_pops(pack):
    (pack.path / "pops.csv").unlink()
    assert "no PoP" in pack.only_error().message
    pack.set("power_nodes", 2, "pop", "true")
    assert pack.errors() == []


def test_a_pop_that_only_microwave_reaches_is_none(pack):
    rows = pack.rows("pops")
    pack.write("pops", [[*rows[0], "medium"], [*rows[1], "microwave"]])
    assert "no PoP" in pack.only_error().message


def test_a_missing_price_policy_and_demand(pack):
    for table, position in (("prices", 3), ("policy", 2), ("demand", 1)):
        rows = pack.rows(table)
        pack.write(table, rows[:position] + rows[position + 1 :])
    said = {(p.file, p.value) for p in pack.errors()}
    assert said == {("prices.csv", "fibre_lit"), ("policy.csv", "horizon_years"), ("demand.csv", "school")}


def test_a_radio_named_like_a_priced_item(pack):
    """Its price would be taken for the mast's."""
    for column in ("equipment_id", "pairs_with"):
        pack.set("equipment", 3, column, "mast_6")
    for row in (5, 6, 7):
        pack.set("rates", row, "equipment_id", "mast_6")
    assert pack.only_error().value == "mast_6"


@pytest.mark.parametrize("kind", ["ptp", "sector"])
def test_no_radio_for_clear_paths_of_a_kind(pack, kind):
    """A plan would silently have no radio at all."""
    header, *rows = pack.rows("equipment")
    pack.write("equipment", [[*header, "sight"], *([*row, str(row[1] != kind).lower()] for row in rows)])
    error = pack.only_error()
    assert error.value == kind
    assert "clear paths" in error.message


def with_pattern(pack, name: str) -> None:
    """Let the sector, row 4, have a measured pattern."""
    header, *rows = pack.rows("equipment")
    pack.write("equipment", [[*header, "pattern"], *([*row, name if row[1] == "sector" else ""] for row in rows)])


MSI = ["NAME panel", "GAIN 17 dBi"] + [
    line for cut in ("HORIZONTAL", "VERTICAL") for line in (f"{cut} 360", *(f"{angle} 0.0" for angle in range(360)))
]


@pytest.mark.parametrize(
    ("name", "lines", "said"),
    [
        ("nowhere.msi", None, "cannot be read"),
        (".", None, "cannot be read"),
        ("bands.csv", None, "is no antenna pattern"),
        ("terrain.tif", None, "is no antenna pattern"),
        ("../outside.msi", None, "outside the pack"),
        ("/outside.msi", None, "outside the pack"),
        ("panel.msi", MSI[:200], "lacks VERTICAL"),
        ("panel.msi", [line.replace("17 dBi", "20 dBi") for line in MSI], "gain of 20 dBi, and antenna_gain_dbi is 17"),
    ],
)
def test_a_pattern_that_is_not_one(pack, name, lines, said):
    if lines is not None:
        (pack.path / name).write_text("\n".join(lines), encoding="utf-8")
    with_pattern(pack, name)
    error = pack.only_error()
    assert (error.file, error.row, error.column, error.value) == ("equipment.csv", 4, "pattern", name)
    assert said in error.message


def test_a_measured_pattern_is_among_what_the_pack_was_read_from(pack):
    (pack.path / "panel.msi").write_text("\n".join(MSI), encoding="utf-8")
    with_pattern(pack, "panel.msi")
    read = read_pack(pack.path)
    assert "panel.msi" in read.digests
    assert [antenna.peak_dbi for antenna in read.antennas("sector")] == [17.0] * 4


def test_a_line_whose_end_is_missing(pack):
    pack.write("power_nodes", pack.rows("power_nodes")[:-1])
    error = pack.only_error()
    assert (error.file, error.column, error.value) == ("power_lines.geojson", "to_node", "N3")
    assert "end of the line is missing" in error.message


def test_lines_in_several_components_are_a_warning_with_kilometres(pack):
    pack.append("power_nodes", ["N8", "joint", "-98.70", "18.85", "", "false"])
    pack.append("power_nodes", ["N9", "joint", "-98.70", "18.86", "", "false"])

    def add(content):
        line = json.loads(json.dumps(content["features"][0]))
        line["properties"] |= {"line_id": "L9", "from_node": "N8", "to_node": "N9", "length_m": 12_000}
        content["features"].append(line)

    pack.change_json("power_lines.geojson", add)
    assert pack.errors() == []
    (warning,) = pack.warnings()
    assert "2 components" in warning.message
    assert "12 km" in warning.message


def test_a_line_shorter_than_its_chord_is_a_warning(pack):
    pack.change_json(
        "power_lines.geojson", lambda content: content["features"][0]["properties"].update({"length_m": 1000})
    )
    (warning,) = pack.warnings()
    assert (warning.row, warning.column) == (2, "length_m")


def test_a_boundary_that_crosses_itself(pack):
    bow = [[[-98.8, 18.84], [-98.7, 18.9], [-98.7, 18.84], [-98.8, 18.9], [-98.8, 18.84]]]
    pack.change_json(
        "exclusions.geojson", lambda content: content["features"][0]["geometry"].update({"coordinates": bow})
    )
    assert "not a valid shape" in pack.only_error().message


def test_a_line_where_a_polygon_is_needed(pack):
    line = {"type": "LineString", "coordinates": [[-98.8, 18.84], [-98.7, 18.9]]}
    pack.change_json("exclusions.geojson", lambda content: content["features"][0].update({"geometry": line}))
    assert any("needs Polygon or MultiPolygon" in problem.message for problem in pack.errors())


def test_swapped_shapes(pack):
    turned = [[[18.84, -98.8], [18.9, -98.7], [18.84, -98.7], [18.84, -98.8]]]
    pack.replace("pack.toml", "[-98.83, 18.83, -98.64, 18.97]", "[-79.83, 18.83, -78.64, 18.97]")
    turned = [[[18.84, -78.8], [18.9, -78.7], [18.84, -78.7], [18.84, -78.8]]]
    pack.change_json(
        "exclusions.geojson", lambda content: content["features"][0]["geometry"].update({"coordinates": turned})
    )
    hits = [p for p in pack.errors() if p.file == "exclusions.geojson"]
    assert [p.message for p in hits] == ["lon and lat look swapped in every shape"]


def points(pack) -> gpd.GeoDataFrame:
    frame = pd.read_csv(pack.path / "sites.csv", dtype=str, keep_default_na=False)
    (pack.path / "sites.csv").unlink()
    lon, lat = frame.pop("lon").astype(float), frame.pop("lat").astype(float)
    return gpd.GeoDataFrame(frame, geometry=gpd.points_from_xy(lon, lat), crs=4326)


def test_a_file_without_reference_system(pack):
    points(pack).set_crs(None, allow_override=True).to_parquet(pack.path / "sites.parquet")
    assert "no coordinate reference system" in pack.only_error().message


def test_a_wrong_reference_system(pack):
    points(pack).set_crs(32614, allow_override=True).to_parquet(pack.path / "sites.parquet")
    errors = pack.errors()
    assert len(errors) == 17
    assert all("coordinate reference system of the file may be wrong" in error.message for error in errors)


def test_metres_under_the_name_of_degrees(pack):
    frame = points(pack).to_crs(32614)
    frame.set_crs(4326, allow_override=True).to_parquet(pack.path / "sites.parquet")
    errors = pack.errors()
    assert errors
    assert all(error.column in {"lon", "lat"} and "must be -" in error.message for error in errors)


def test_nan_and_infinity_in_parquet_are_not_empty_cells(pack):
    frame = pd.read_csv(pack.path / "localities.csv")
    (pack.path / "localities.csv").unlink()
    import pyarrow as pa
    import pyarrow.parquet as pq

    elevation = [np.nan, np.inf, None] + [1900.0] * (len(frame) - 3)
    table = pa.Table.from_pandas(frame, preserve_index=False)
    table = table.append_column("elevation_m", pa.array(elevation, pa.float64(), from_pandas=False))
    pq.write_table(table, pack.path / "localities.parquet")
    said = [(p.row, p.message[:24]) for p in pack.errors()]
    assert said == [(2, "is not a finite number; "), (3, "is not a finite number; ")]


def test_a_flood_of_errors_is_cut_short(pack):
    rows = pack.rows("sites")
    extra = [[f"Q{n}", "x", "castle", "-98.7", "18.9", "D1", "", ""] for n in range(500)]
    pack.write("sites", rows + extra)
    hits = [p for p in pack.errors() if "is not allowed" in p.message]
    assert len(hits) == 21
    assert "480 more rows (500 in all)" in hits[-1].message


def test_a_site_without_terrain_is_named(pack):
    with rasterio.open(pack.path / "terrain.tif") as raster:
        cells, profile = raster.read(1), raster.profile
        row, col = raster.index(-98.6921, 18.8868)
    cells[row, col] = -32768
    with rasterio.open(pack.path / "terrain.tif", "w", **profile) as raster:
        raster.write(cells, 1)
    error = pack.only_error()
    assert (error.file, error.row) == ("sites.csv", 2)
    assert error.value.startswith("H01 at -98.69210, 18.88680")
    assert "terrain.tif has no elevation" in error.message


def test_a_hole_in_the_terrain_is_a_warning_with_a_count(pack):
    with rasterio.open(pack.path / "terrain.tif") as raster:
        cells, profile = raster.read(1), raster.profile
    cells[100, 100] -= 900
    cells[20, 30] -= 900
    with rasterio.open(pack.path / "terrain.tif", "w", **profile) as raster:
        raster.write(cells, 1)
    (warning,) = pack.warnings()
    assert warning.file == "terrain.tif"
    assert warning.message.startswith("2 cells")


def test_a_census_elevation_far_from_the_terrain_is_a_warning(pack):
    rows = pack.rows("localities")
    pack.write(
        "localities",
        [[*rows[0], "elevation_m"], *([*row, "1910"] for row in rows[1:2]), *([*row, ""] for row in rows[2:])],
    )
    assert pack.problems() == []
    pack.set("localities", 2, "elevation_m", "2910")
    (warning,) = pack.warnings()
    assert (warning.row, warning.column) == (2, "elevation_m")


def test_terrain_in_tiles_of_a_folder(pack):
    with rasterio.open(pack.path / "terrain.tif") as raster:
        cells, profile = raster.read(1), raster.profile
    (pack.path / "terrain.tif").unlink()
    (pack.path / "terrain").mkdir()
    half = cells.shape[1] // 2
    for name, first, part in (("a.tif", 0, cells[:, : half + 2]), ("b.tif", half, cells[:, half:])):
        moved = Affine(
            profile["transform"].a, 0, profile["transform"].c + first * profile["transform"].a,
            0, profile["transform"].e, profile["transform"].f,
        )  # fmt: skip
        tile = {**profile, "width": part.shape[1], "transform": moved}
        with rasterio.open(pack.path / "terrain" / name, "w", **tile) as raster:
            raster.write(part, 1)
    assert pack.problems() == []
    assert {"terrain/a.tif", "terrain/b.tif"} <= set(read_pack(pack.path).digests)
    (pack.path / "terrain" / "b.tif").unlink()
    hits = [problem for problem in pack.errors() if "has no elevation" in problem.message]
    assert {problem.file for problem in hits} == {"sites.csv", "localities.csv", "towers.csv"}


def test_a_missing_terrain(pack):
    (pack.path / "terrain.tif").unlink()
    error = pack.only_error()
    assert error.file == "terrain.tif"
    assert "is missing" in error.message


def test_two_decisions_that_contradict(pack):
    pack.append("overrides", ["O2", "P11", "", "", "fibre", "must", "why not"])
    pack.append("overrides", ["O3", "P11", "", "", "satellite", "must_not", "why not"])
    assert [(p.row, p.column) for p in pack.errors()] == [(3, "technology"), (4, "technology")]


def test_a_forced_link_between_places_that_are_not_there(pack):
    pack.append("overrides", ["O2", "", "T01", "T99", "ptp", "must", "a tower stands there"])
    error = pack.only_error()
    assert (error.row, error.column, error.value) == (3, "to_id", "T99")


@pytest.mark.parametrize(
    ("old", "new", "column", "said"),
    [
        ('name = "tiny"', 'name = "Tiny Pack"', "pack.name", "pattern"),
        ('currency = "XTS"', "", "pack.currency", "is missing"),
        ('currency = "XTS"', 'currency = "pesos"', "pack.currency", "pattern"),
        ('currency = "XTS"', 'currency = "XTS"\ncolour = "red"', "pack.colour", "is not a name"),
        ("[-98.83, 18.83, -98.64, 18.97]", "[18.83, -98.83, 18.97, -98.64]", "pack.bounds", "west, south, east, north"),
        ("[-98.83, 18.83, -98.64, 18.97]", "[-98.83, 18.83]", "pack.bounds", "west, south, east, north"),
        ('"EPSG:32614"', '"EPSG:4326"', "pack.metric_crs", "projected"),
        ('"EPSG:32614"', '"the usual one"', "pack.metric_crs", "EPSG:32614"),
        ("value = 330,", "value = nan,", "radio.n0.value", "finite"),
        ("value = 330,", "value = 3300,", "radio", "n0 is 3300 and must be 150 to 500"),
        ("value = 330,", "", "radio.n0.value", "is missing"),
        ("value = 45,", "value = 180,", "radio", "delta_n is 180 and must be 1 to 150"),
        ("itm_climate = { value = 2,", "itm_climate = { value = 2.5,", "radio", "whole number"),
        ("value = 5.2,", "value = -5.2,", "terrain.error_sigma_m", "more than 0"),
        ("value = 100,", "value = 0,", "terrain.correlation_length_m", "more than 0"),
        ("resolution_arcsec = 2.013", "resolution_arcsec = -2", "terrain.resolution_arcsec", "greater than 0"),
        ("false_clear_pct = {}", "false_clear_pct = { 10 = 139 }", "terrain.false_clear_pct", "0 to 100"),
        ("[radio]", "[radio", "", "not valid TOML"),
        ("[pack]", "[packs]", "", "no section [pack]"),
        ('language = "en"', 'language = "fr"', "[pack]", "not among languages"),
        ("[radio]", '[identifiers]\n"sites.key" = "isbn"\n[radio]', "identifiers", "known are"),
        ("[radio]", '[files]\nsites = "nowhere.csv"\n[radio]', "files.sites", "does not exist"),
        ("[radio]", '[files]\ncastles = "sites.csv"\n[radio]', "files.castles", "not a table"),
    ],
)
def test_a_wrong_pack_toml_is_told_in_words(pack, old, new, column, said):
    pack.replace("pack.toml", old, new)
    hits = [problem for problem in pack.errors() if problem.file == "pack.toml"]
    assert any(p.column == column and said in p.message for p in hits), "\n".join(map(str, pack.errors()))


def test_a_missing_pack_toml(pack):
    (pack.path / "pack.toml").unlink()
    assert "is missing" in pack.only_error().message


def test_keys_against_their_scheme(pack):
    pack.replace("pack.toml", "[radio]", '[identifiers]\n"localities.locality_id" = "cvegeo_locality"\n[radio]')
    errors = [p for p in pack.errors() if p.column == "locality_id"]
    assert len(errors) == 13
    assert "scheme cvegeo_locality" in errors[0].message


def test_site_keys_against_the_scheme_they_name(pack):
    rows = pack.rows("sites")
    extra = [["OCSSA000013", "clues"], ["OCSSA00001", "clues"], ["", "clues"], ["X1", "isbn"]]
    filled = [[*row, *more] for row, more in zip(rows[1:5], extra, strict=True)]
    pack.write("sites", [[*rows[0], "key", "key_scheme"], *filled, *([*row, "", ""] for row in rows[5:])])
    assert sorted((p.row, p.column) for p in pack.errors()) == [(3, "key"), (4, "key"), (5, "key_scheme")]


def test_nothing_a_check_says_names_the_machine(pack, tmp_path):
    pack.set("prices", 2, "capex", "-5")
    (pack.path / "admin.geojson").write_bytes(b"rubbish")
    (pack.path / "terrain.tif").write_bytes(b"rubbish")
    assert not any(str(tmp_path) in str(Path(str(problem))) for problem in pack.problems())
