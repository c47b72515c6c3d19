"""The commands on radio as a user meets them: answers, files, and clear refusals of what makes no sense."""

from __future__ import annotations

import csv
import shutil
import subprocess
from pathlib import Path

import geopandas
import pytest
import rasterio
from test_cli_contract import strict
from typer.testing import CliRunner

DEM = Path(__file__).parents[1] / "data" / "terrain" / "dem_popocatepetl_south_60m.tif"
ENDS = (-98.70, 18.90, 30, -98.66, 18.80, 15)
TOWER = (-98.71693, 18.92815, 30)
FIGURES = ("--ghz", 5.8, "--eirp", 36, "--gain", 17, "--receiver-gain", 23, "--rate", "-90=13", "--fade", 10)
HAND = ("--power", 24, "--gain", 29, "--rate", "-88=40", "--rate", "-73=200", "--fade", 10)
AIR = ("--n0", 330, "--delta-n", 45, "--rain", 50, "--climate", 2)


@pytest.fixture(scope="module")
def inside(alcance):
    """Run `alcance` in this process, for the many questions that are refused."""
    from alcance.cli import app

    kind = type(alcance("--version"))

    def run(*arguments):
        done = CliRunner().invoke(app, [*map(str, arguments)], env={"COLUMNS": "200", "NO_COLOR": "1"})
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return kind(subprocess.CompletedProcess(arguments, done.exit_code, done.stdout, done.stderr))

    return run


@pytest.fixture(scope="module")
def addresses(tmp_path_factory):
    path = tmp_path_factory.mktemp("links") / "addresses.csv"
    path.write_text(
        "id;name;longitude;latitude;antenna_height\na;Uno;-98.70;18.90;6\nb;Dos;-98.75;18.92;6\nc;Far;-98.66;18.80;\n",
        encoding="utf-8",
    )
    return path


def test_a_link_by_hand_compares_the_models_and_judges_both_ways(alcance):
    ran = alcance("link", "--dem", DEM, *ENDS, "--ghz", 5.8, *HAND, *AIR, "--availability", 99.9, "--json")
    assert ran.code == 0, ran.err
    answer = strict(ran.out)
    assert answer["state"] == "clear"
    assert all(model["loss_db"] is not None for model in answer["models"])
    assert answer["budget"]["closes"] is True
    assert answer["budget"]["outward"]["best_mbps"] == answer["budget"]["inward"]["available_mbps"] == 200
    assert answer["chances"] is None
    assert 99 < answer["budget"]["outward"]["rates"][0]["availability"]["availability_pct"] <= 100


def test_a_link_without_air_says_what_it_lacks(alcance):
    ran = alcance("link", "--dem", DEM, *ENDS, "--ghz", 5.8, "--lang", "es")
    assert ran.code == 0, ran.err
    assert "necesita la refractividad" in ran.out
    assert ran.out.count("no se da") == 4
    high = alcance("link", "--dem", DEM, *ENDS, "--ghz", 80, *AIR)
    assert high.out.count("is outside") == 4


def test_a_link_of_a_pack_takes_everything_from_it(alcance, tiny_pack, work):
    ends = (-98.70, 18.8805, 30, -98.72, 18.87, 15)
    files = [work / name for name in ("link.png", "link.html")]
    ran = alcance(
        "link", "--pack", tiny_pack, *ends, "--radio", "sector", "--png", files[0], "--html", files[1], "--json"
    )
    assert ran.code == 0, ran.err
    answer = strict(ran.out)
    assert answer["air"] == {"n0": 330, "delta_n": 45, "rain_001_mm_h": 50, "itm_climate": 2}
    assert (answer["budget"]["near_id"], answer["budget"]["far_id"]) == ("sector", "client")
    assert answer["k_factor"] == pytest.approx(1.333)
    assert answer["chances"]["sigma_m"] == 5.2
    assert files[0].read_bytes()[:4] == b"\x89PNG"
    assert "<svg" in files[1].read_text(encoding="utf-8")
    assert sorted(path.name for path in work.iterdir()) == ["link.html", "link.png"]


def test_radios_of_ones_own(inside, tiny_pack, work):
    shutil.copy(tiny_pack / "rates.csv", work / "rates.csv")
    shutil.copy(tiny_pack / "equipment.csv", work / "mine.csv")
    asked = ("link", "--dem", DEM, *ENDS, "--radios", work / "mine.csv", "--fade", 10, "--json")
    answer = strict(inside(*asked, "--radio", "sector").out)
    assert answer["freq_ghz"] == pytest.approx(5.6, abs=0.3)
    assert answer["budget"]["far_id"] == "client"
    inside(*asked, "--radio", "none").refused("'none'", "sector")
    (work / "rates.csv").unlink()
    inside(*asked, "--radio", "sector").refused("rates.csv")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((*ENDS, "--ghz", 0), "0.03 to 100"),
        ((*ENDS, "--ghz", -5.8), "0.03 to 100"),
        ((*ENDS, "--ghz", 300), "0.03 to 100"),
        ((-98.70, 18.90, 0, *ENDS[3:], "--ghz", 5.8), "more than 0"),
        ((-98.70, 18.90, -5, *ENDS[3:], "--ghz", 5.8), "more than 0"),
        ((*ENDS[:5], 0, "--ghz", 5.8), "more than 0"),
        ((*ENDS[:3], *ENDS[:3], "--ghz", 5.8), "same place"),
        ((18.90, -98.70, 30, *ENDS[3:], "--ghz", 5.8), "LON LAT HEIGHT"),
        ((*ENDS, "--ghz", 5.8, "--n0", 0), "150 to 500"),
        ((*ENDS, "--ghz", 5.8, "--climate", 9), "1 to 7"),
        ((*ENDS, "--ghz", 5.8, "--sigma", 5), "--correlation"),
        ((*ENDS, "--ghz", 5.8, "--sigma", -5, "--correlation", 100), "positive"),
        ((*ENDS, "--ghz", 5.8, *HAND, "--availability", 101), "99.99999"),
        ((*ENDS, "--ghz", 5.8, "--power", 24, "--gain", 29, "--fade", 1, "--rate", "strong"), "DBM=MBPS"),
        ((*ENDS, "--ghz", 5.8, *HAND[:-1], -50), "0 to 100 dB"),
        ((*ENDS, "--ghz", 5.8, "--power", 2400, *HAND[2:]), "power of the radio ('2400'): is -30 to 60 dBm"),
        ((*ENDS, "--ghz", 5.8, *HAND[:3], 290, *HAND[4:]), "gain of the radio ('290'): is -10 to 60 dBi"),
        ((*ENDS, "--ghz", 5.8, *HAND, "--rate", "80=40"), "sensitivity of the radio ('80'): is -130 to 0 dBm"),
        ((*ENDS, "--ghz", 5.8, "--lang", "fr"), "en, es"),
        ((-98.70, 18.90, 30, -97.0, 18.80, 15, "--ghz", 5.8), "no elevation"),
    ],
)
def test_a_link_that_makes_no_sense(inside, arguments, said):
    inside("link", "--dem", DEM, *arguments).refused(said)


@pytest.mark.parametrize(
    "arguments",
    [
        ("link", *ENDS, "--ghz", 5.8),
        ("link", "--dem", DEM, "--pack", "p", *ENDS, "--ghz", 5.8),
        ("link", "--dem", DEM, *ENDS),
        ("link", "--dem", DEM, *ENDS, "--ghz", 5.8, "--power", 20),
        ("link", "--dem", DEM, *ENDS, "--ghz", 5.8, *HAND, "--radio", "x"),
        ("link", "--dem", DEM, *ENDS, "--ghz", 5.8, "--radio-far", "x"),
        ("links", "file.csv", "--dem", DEM),
        ("links",),
        ("coverage", "--dem", DEM, *FIGURES),
        ("coverage", "--dem", DEM, -98.7, 18.9, *FIGURES),
        ("coverage", "--dem", DEM, *TOWER, "--ghz", 5.8, "--fade", 10),
        ("coverage", "--dem", DEM, "--tower", "T", *FIGURES),
        ("coverage", "--dem", DEM, *TOWER, *FIGURES, "--azimuth", 90),
    ],
)
def test_wrong_usage_ends_with_2(inside, arguments):
    ran = inside(*arguments)
    assert ran.code == 2, ran.out + ran.err
    assert "Traceback" not in ran.err


def test_ground_without_data_inside_a_path(inside, work):
    with rasterio.open(DEM) as source:
        profile, ground = source.profile, source.read(1)
    profile.update(nodata=-32768, dtype="float32")
    ground = ground.astype("float32")
    ground[400:410, :] = -32768
    with rasterio.open(work / "holed.tif", "w", **profile) as target:
        target.write(ground, 1)
    inside("link", "--dem", work / "holed.tif", *ENDS, "--ghz", 5.8).refused("no elevation at lon")
    inside("coverage", "--dem", work / "holed.tif", *TOWER, *FIGURES, "--radius", 10).refused("no elevation at lon")
    ran = inside(
        "coverage", "--dem", work / "holed.tif", *TOWER, *FIGURES, "--radius", 10, "--gaps", "no_data", "--json"
    )
    assert ran.code == 0, ran.err
    whole = strict(inside("coverage", "--dem", DEM, *TOWER, *FIGURES, "--radius", 10, "--json").out)
    assert 0 < strict(ran.out)["served_km2"] < whole["served_km2"]


def test_addresses_are_prequalified_into_a_table(alcance, tiny_pack, addresses, work):
    out = work / "answers.csv"
    ran = alcance("links", addresses, "--pack", tiny_pack, "--height", 6, "--out", out, "--lang", "es")
    assert ran.code == 0, ran.err
    assert ran.err == "", "nobody watches: no progress"
    with out.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    from alcance.network.prequalified import COLUMNS

    assert tuple(rows[0]) == COLUMNS
    assert [row["address_id"] for row in rows] == ["a", "b", "c"]
    qualified = [row for row in rows if row["verdict"] == "qualifies"]
    assert qualified
    for row in qualified:
        assert row["tower_id"] in row["reason"]
        assert "desde" in row["reason"]
        assert float(row["rate_mbps"]) > 0
        assert row["state"] == "clear"
    second = work / "again.csv"
    alcance("links", addresses, "--pack", tiny_pack, "--height", 6, "--out", second, "--lang", "es")
    assert second.read_bytes() == out.read_bytes()


def test_addresses_from_places_of_ones_own(inside, tiny_pack, addresses, work):
    asked = ("links", addresses, "--dem", DEM, "--height", 6, "--from", "-98.717,18.928,30", "--fade", 10)
    radios = ("--radios", tiny_pack / "equipment.csv", "--radio", "sector")
    ran = inside(*asked, *radios, "--out", work / "a.gpkg", "--json")
    assert ran.code == 0, ran.err
    answer = strict(ran.out)
    assert sum(answer["counts"].values()) == 3 == len(answer["addresses"])
    frame = geopandas.read_file(work / "a.gpkg")
    assert frame["verdict"].tolist() == [row["verdict"] for row in answer["addresses"]]
    inside(*asked, *radios, "--out", work / "b.gpkg", "--json")
    assert (work / "a.gpkg").read_bytes() == (work / "b.gpkg").read_bytes()
    inside(*asked[:-4], "--from", "18.9", *asked[-2:], *radios, "--json").refused("LON,LAT,HEIGHT")
    inside(*asked[:-4], "--from", "-98.7,18.9,0", *asked[-2:], *radios, "--json").refused("more than 0")


def test_wrong_addresses_are_told_all_at_once(inside, tiny_pack, work):
    path = work / "bad.csv"
    path.write_text(
        "id,lon,lat,height_m\na,-98.7,18.9,6\nb,x,18.9,6\nc,-98.7,95,6\nd,-98.7,18.9,-1\n", encoding="utf-8"
    )
    asked = ("links", path, "--pack", tiny_pack, "--out", work / "out.csv")
    inside(*asked).refused("row 3, column lon ('x')", "row 4, column lat ('95')", "row 5, column height_m ('-1')")
    assert not (work / "out.csv").exists()
    ran = inside(*asked, "--skip-bad")
    assert ran.code == 0, ran.err
    assert ran.err.count("left out") == 3
    assert (work / "out.csv").read_text(encoding="utf-8").count("\n") == 2
    inside("links", path, "--pack", tiny_pack, "--out", work / "out.docx").refused(".csv or .gpkg")
    inside("links", work / "absent.csv", "--pack", tiny_pack, "--out", work / "out.csv").refused("no such file")
    inside(*asked, "--skip-bad", "--radio", "none").refused("'none'")


def test_a_row_with_a_mast_that_cannot_be_is_told_and_left_out(inside, tiny_pack, work):
    path = work / "tall.csv"
    path.write_text("id,lon,lat,height_m\na,-98.7,18.9,6\nb,-98.7,18.9,5000\n", encoding="utf-8")
    asked = ("links", path, "--pack", tiny_pack, "--out", work / "out.csv")
    inside(*asked).refused("row 3, column height_m ('5000')")
    ran = inside(*asked, "--skip-bad")
    assert ran.code == 0, ran.err
    assert "row 3" in ran.err


def test_swapped_longitudes_and_latitudes_are_asked_about(inside, tiny_pack, work):
    path = work / "swapped.csv"
    path.write_text("id,lon,lat\na,18.9,-98.7\n", encoding="utf-8")
    inside("links", path, "--pack", tiny_pack, "--height", 6, "--json").refused("row 2", "swapped?")


def test_answers_do_not_replace_the_addresses(inside, tiny_pack, addresses):
    before = addresses.read_bytes()
    inside("links", addresses, "--pack", tiny_pack, "--height", 6, "--out", addresses).refused(
        "the file of the addresses"
    )
    assert addresses.read_bytes() == before


def test_batches_and_areas_say_whether_trees_count(inside, tiny_pack, addresses, work):
    bare = "Bare ground: trees and buildings are not counted"
    pack = work / "pack"
    shutil.copytree(tiny_pack, pack)
    with rasterio.open(pack / "terrain.tif") as dem:
        options = {**dem.profile, "dtype": "uint8", "nodata": None}
        woods = dem.read(1).astype("uint8") * 0 + 10
    with rasterio.open(pack / "surface.tif", "w", **options) as raster:
        raster.write(woods, 1)
    with (pack / "pack.toml").open("a", encoding="utf-8") as meta:
        meta.write('\n[surface]\nkind = "classes"\nheights_m = { 10 = 20 }\nassumed = true\nsource = "invented"\n')
    for folder, said in ((tiny_pack, bare), (pack, "Trees and buildings are counted")):
        ran = inside("links", addresses, "--pack", folder, "--height", 6, "--out", work / "a.csv")
        assert said in ran.out, ran.err
        asked = ("coverage", "--pack", folder, "--tower", "W1-1", "--radius", 2)
        assert said in inside(*asked).out
        assert strict(inside(*asked, "--json").out)["cover_counted"] is (folder == pack)
        assert bare in inside(*asked, "--model", "itm").out, "the Irregular Terrain Model knows no trees"


def test_the_error_of_the_ground_is_that_of_a_plan(inside, tiny_pack, work):
    import numpy as np

    from alcance.network.sight import SightRule
    from alcance.pack import read_pack
    from alcance.radio.confidence import sight_confidence
    from alcance.terrain import profiles

    pack = work / "pack"
    shutil.copytree(tiny_pack, pack)
    law = 'error_by_relief = { floor_m = 1, share = 0.05, relief_radius_m = 600, source = "invented" }'
    text = (pack / "pack.toml").read_text(encoding="utf-8")
    (pack / "pack.toml").write_text(
        text.replace("correlation_length_m", f"{law}\ncorrelation_length_m"), encoding="utf-8"
    )
    ends = (-98.70, 18.8805, -98.72, 18.87)
    address = work / "one.csv"
    address.write_text(f"lon,lat\n{ends[2]},{ends[3]}\n", encoding="utf-8")
    batch = ("links", address, "--pack", pack, "--from", f"{ends[0]},{ends[1]},30", "--radio", "sector", "--height", 15)
    row = strict(inside(*batch, "--json").out)["addresses"][0]
    assert row["verdict"] == "with_mast"
    read = read_pack(pack)
    grid = read.terrain().window(*read.terrain().bounds)
    sure = sight_confidence(
        profiles(grid, *ends), profiles(SightRule.of(read, grid, 5.8).error_sigma, *ends), np.array([30.0]),
        np.array([row["design_height_m"]]), freq_ghz=5.8, correlation_length_m=100.0, k_factor=1.333,
    )[0]  # fmt: skip
    assert 0 < sure < 0.7
    assert row["clear_chance"] == pytest.approx(sure, abs=2e-4)
    assert "1 of those with a link are less than 70% sure" in inside(*batch, "--out", work / "out.csv").out
    asked = ("link", "--pack", pack, *ends[:2], 30, *ends[2:], row["design_height_m"], "--ghz", 5.8)
    chances = strict(inside(*asked, "--json").out)["chances"]
    assert chances["asked"] == pytest.approx(sure, abs=2e-4)
    assert 1 < chances["sigma_along_m"][0] < chances["sigma_along_m"][1]
    assert "elevation error {:.0f} to {:.0f} m".format(*chances["sigma_along_m"]) in inside(*asked).out
    assert strict(inside(*asked, "--sigma", 5, "--json").out)["chances"]["sigma_along_m"] == [5, 5]


def test_coverage_by_hand_writes_raster_polygons_and_picture(alcance, work):
    files = {kind: work / f"c.{kind}" for kind in ("tif", "gpkg", "png")}
    options = [part for kind, path in files.items() for part in (f"--{kind}", path)]
    asked = ("coverage", "--dem", DEM, *TOWER, *FIGURES, "--radius", 5, "--rate", "-80=39", "--rate", "-72=65")
    ran = alcance(*asked, *options, "--json")
    assert ran.code == 0, ran.err
    answer = strict(ran.out)
    assert answer["classes_mbps"] == [13, 39, 65]
    assert answer["served_km2"] + answer["below_km2"] == pytest.approx(3.14159 * 25, rel=0.01)
    with rasterio.open(files["tif"]) as raster:
        assert raster.count == 4
    polygons = geopandas.read_file(files["gpkg"])
    assert polygons["area_km2"].sum() == pytest.approx(answer["served_km2"], abs=0.01)
    assert files["png"].read_bytes()[:4] == b"\x89PNG"
    before = {kind: path.read_bytes() for kind, path in files.items()}
    alcance(*asked, *options)
    assert before == {kind: path.read_bytes() for kind, path in files.items()}
    assert sorted(path.name for path in work.iterdir()) == ["c.gpkg", "c.png", "c.tif"]


def test_coverage_by_every_model(inside, tiny_pack):
    areas = {}
    for model in ("free_space", "bullington", "delta_bullington", "p1812", "itm"):
        ran = inside("coverage", "--pack", tiny_pack, "--tower", "W1-1", "--radius", 3, "--model", model, "--json")
        assert ran.code == 0, ran.err
        answer = strict(ran.out)
        areas[model] = answer["served_km2"]
        assert bool(answer["doubts"]) == (model == "itm")
    assert areas["free_space"] > areas["bullington"] >= areas["delta_bullington"]
    assert areas["p1812"] == pytest.approx(areas["delta_bullington"], rel=0.1)
    said = inside("coverage", "--pack", tiny_pack, "--tower", "W1-1", "--radius", 3, "--model", "itm", "--lang", "es")
    assert "el modelo duda" in said.out


def test_a_sector_covers_where_it_points(inside):
    asked = ("coverage", "--dem", DEM, *TOWER, *FIGURES, "--radius", 5, "--json")
    around = strict(inside(*asked).out)["served_km2"]
    sector = strict(inside(*asked, "--azimuth", 195, "--beamwidth", 65).out)["served_km2"]
    assert 0.1 * around < sector < 0.9 * around


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--radius", 0), "radius"),
        (("--radius", 500), "100 km"),
        (("--model", "magic"), "delta_bullington"),
        (("--model", "p1812"), "P.1812 needs it"),
        (("--model", "itm"), "ITM needs it"),
        (("--model", "p1812", *AIR[:4], "--time", 99), "1 to 50"),
        (("--receiver", 0), "more than 0"),
        (("--classes", "50,25"), "ascending"),
        (("--classes", "fast"), "10,25,50"),
        (("--fade", "nan"), "0 to 100 dB"),
        (("--fade", -30), "0 to 100 dB"),
        (("--model", "p1812", *AIR[:4], "--time", 0), "column time ('0')"),
        (("--model", "itm", *AIR[:2], *AIR[6:], "--time", 100), "99.99"),
        (("--azimuth", 90, "--beamwidth", 10), "60 to 120"),
        (("--pattern", DEM), "no antenna pattern"),
        (("--gaps", "fill"), "no_data"),
    ],
)
def test_coverage_that_makes_no_sense(inside, arguments, said):
    inside("coverage", "--dem", DEM, *TOWER, *FIGURES, *arguments).refused(said)


@pytest.mark.parametrize(
    ("place", "figures", "said"),
    [
        ((-98.7, 18.9, 0), FIGURES, "more than 0"),
        ((-98.7, 18.9, -3), FIGURES, "more than 0"),
        ((18.9, -98.7, 30), FIGURES, "LON LAT HEIGHT"),
        (TOWER, ("--ghz", 0, *FIGURES[2:]), "freq_ghz"),
        (TOWER, ("--ghz", 300, *FIGURES[2:]), "300"),
        (TOWER, ("--ghz", 7, *FIGURES[2:], "--model", "p1812", *AIR[:4]), "0.03 to 6 GHz"),
        (TOWER, ("--ghz", 25, *FIGURES[2:], "--model", "itm", *AIR[:2], *AIR[6:]), "0.02 to 20 GHz"),
    ],
)
def test_a_tower_that_makes_no_sense(inside, place, figures, said):
    inside("coverage", "--dem", DEM, *place, *figures, "--radius", 2).refused(said)


def test_coarse_ground_and_invented_towers_are_told_of_first(inside, tiny_pack, addresses, work):
    coarse = Path(shutil.copytree(tiny_pack, work / "coarse"))
    notes = (coarse / "pack.toml").read_text(encoding="utf-8")
    coarsened = notes.replace("resolution_arcsec = 2.013", "resolution_arcsec = 60.0")
    assert coarsened != notes
    (coarse / "pack.toml").write_text(coarsened, encoding="utf-8")
    tower = (coarse / "towers.csv").read_text(encoding="utf-8").splitlines()[1].split(",")[0]
    picture, page = work / "coarse.png", work / "coarse.html"
    told = inside("coverage", "--pack", coarse, "--tower", tower, "--radius", 3, "--png", picture, "--lang", "en")
    assert told.out.startswith("Screening only: ")
    assert f"of no real company: {tower}" in told.out
    told = inside(
        "link", -98.70, 18.90, 30, -98.66, 18.85, 15, "--pack", coarse, "--ghz", 5.8, "--html", page, "--lang", "en"
    )
    assert told.out.startswith("Screening only: ")
    assert "Screening only: " in page.read_text(encoding="utf-8")
    out = work / "coarse.csv"
    told = inside("links", addresses, "--pack", coarse, "--height", 6, "--mbps", 10, "--out", out, "--lang", "en")
    assert "Screening only: " in told.out
    assert "Illustrative: " in told.out
    rows = list(csv.DictReader(out.read_text(encoding="utf-8").splitlines()))
    assert {row["screening_only"] for row in rows} == {"True"}
    assert {row["illustrative"] for row in rows} == {"True"}


def test_a_tower_that_the_pack_does_not_have(inside, tiny_pack):
    inside("coverage", "--pack", tiny_pack, "--tower", "none").refused("'none'", "W1-1")


def test_a_file_that_cannot_be_written(inside, work):
    (work / "taken").write_text("", encoding="utf-8")
    for option, name in (("--png", "a.png"), ("--html", "a.html")):
        inside("link", "--dem", DEM, *ENDS, "--ghz", 5.8, option, work / "taken" / name).refused("written")
    for option, name in (("--png", "a.png"), ("--tif", "a.tif"), ("--gpkg", "a.gpkg")):
        ran = inside("coverage", "--dem", DEM, *TOWER, *FIGURES, "--radius", 1, option, work / "taken" / name)
        ran.refused("written")
