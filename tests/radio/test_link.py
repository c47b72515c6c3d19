"""A close look at one link says what the screen says, and where the trouble stands."""

from __future__ import annotations

import json

import numpy as np
import pytest
import reference
from hypothesis import given, settings
from hypothesis import strategies as st
from test_budget import RATES, ROW

from alcance.errors import InputError, OutputError, TerrainGap
from alcance.radio import Equipment, design, required_height_m
from alcance.radio.picture import profile_png
from alcance.radio.words import words
from alcance.terrain import Grid

BLOCKED = (-98.82, 18.85, 15.0, -98.60, 18.98, 30.0, 5.8)
CLEAR = (-98.70, 18.90, 30.0, -98.66, 18.80, 15.0, 0.7)


@pytest.fixture(scope="module")
def wall() -> Grid:
    """Level ground of 100 m with a wall of 180 m across it, 10 km east of the meridian."""
    ground = np.full((101, 301), 100, np.float32)
    ground[:, 90] = 180
    return Grid(ground, 0.0, 0.05, 0.001, 0.001)


def test_the_obstruction_is_where_the_wall_stands(wall):
    report = design(wall, 0.0, 0.0, 20.0, 0.2, 0.0, 20.0, 5.8)
    assert report.state == "blocked"
    worst = report.obstructions[0]
    assert worst.lon == pytest.approx(0.09, abs=0.001)
    assert worst.distance_m == pytest.approx(np.radians(0.09) * 6_371_000, abs=60)
    assert worst.ground_m == pytest.approx(180, abs=1)
    assert worst.start_m <= worst.distance_m <= worst.end_m
    assert worst.clear_m == pytest.approx(-60 - 7.3, abs=1)  # the wall over the line, and the bulge at 9 of 20 km
    assert report.near.bearing_deg == pytest.approx(90)
    assert report.far.bearing_deg == pytest.approx(270)
    # A mast of the height it names does clear it.
    raised = design(wall, 0.0, 0.0, 20.0, 0.2, 0.0, report.far.required_height_m, 5.8)
    assert raised.state == "clear"
    assert raised.obstructions == ()
    lower = design(wall, 0.0, 0.0, 20.0, 0.2, 0.0, report.far.required_height_m - 1, 5.8)
    assert lower.state == "grazing"


def test_grazing_is_between_clear_and_blocked(plain):
    """Over a plain, as the masts grow, the link is blocked, then grazing, then clear."""
    states = [design(plain, 10.1, 0.0, height, 10.35, 0.0, height, 2.4).state for height in (5, 20, 60)]
    assert states == ["blocked", "grazing", "clear"]


@given(st.integers(0, 100_000), st.sampled_from([6.0, 15.0, 30.0, 45.0]), st.sampled_from([6.0, 15.0, 30.0, 45.0]))
@settings(max_examples=40)
def test_a_close_look_never_disagrees_with_the_screen(volcano, seed, height1, height2):
    rng = np.random.default_rng(seed)
    lon, lat = rng.uniform(-98.86, -98.54, 2), rng.uniform(18.79, 19.09, 2)
    report = design(volcano, lon[0], lat[0], height1, lon[1], lat[1], height2, 5.8)
    needed = required_height_m(volcano, lon[0], lat[0], lon[1], lat[1], [height1], freq_ghz=5.8)[0, 0]
    assert (report.state == "clear") == (needed <= height2)
    assert report.far.required_height_m == pytest.approx(max(0.0, needed), abs=0.02)
    assert (report.state == "clear") == (not report.obstructions)
    plain = reference.required_height_m(
        volcano, lon[0], lat[0], lon[1], lat[1], [height1], freq_ghz=5.8, k_factor=4 / 3, clearance=0.6,
        step_m=volcano.cell_m,
    )[0]  # fmt: skip
    if abs(plain - height2) > 0.3:
        assert (report.state == "clear") == (plain <= height2)


def test_the_lowest_classes_are_the_lowest(volcano):
    found = 0
    rng = np.random.default_rng(12)
    for _ in range(60):
        lon, lat = rng.uniform(-98.86, -98.54, 2), rng.uniform(18.79, 19.09, 2)
        report = design(volcano, lon[0], lat[0], 6, lon[1], lat[1], 6, 5.8)
        clears = {
            (near, far)
            for near in report.classes_m
            for far in report.classes_m
            if design(volcano, lon[0], lat[0], near, lon[1], lat[1], far, 5.8).state == "clear"
        }
        minimal = {
            (near, far)
            for near, far in clears
            if not any(n <= near and f <= far and (n, f) != (near, far) for n, f in clears)
        }
        assert set(report.lowest_classes_m) == minimal
        found += bool(minimal)
    assert found > 5


def test_a_mosaic_gives_what_its_grid_gives(volcano, volcano_mosaic):
    of_grid, of_mosaic = design(volcano, *BLOCKED).as_dict(), design(volcano_mosaic, *BLOCKED).as_dict()
    assert of_grid.keys() == of_mosaic.keys()
    assert of_grid["state"] == of_mosaic["state"]
    assert of_mosaic["loss_db"] == pytest.approx(of_grid["loss_db"], abs=0.3)
    assert of_mosaic["length_m"] == of_grid["length_m"]


def test_the_report_is_plain_json_and_the_same_twice(volcano):
    report = design(volcano, *BLOCKED)
    text = json.dumps(report.as_dict(), allow_nan=False)
    assert text == json.dumps(design(volcano, *BLOCKED).as_dict(), allow_nan=False)
    values = json.loads(text)
    assert values["state"] == "blocked"
    assert values["loss_db"] == pytest.approx(values["free_space_db"] + values["diffraction_db"] + values["gas_db"])
    assert len(values["profile"]["ground_m"]) == len(values["profile"]["distance_m"]) > 100
    assert values["budget"] is None


def test_the_budget_of_a_link(volcano):
    radio = Equipment.from_row(ROW, RATES)
    report = design(volcano, *CLEAR[:6], 5.8, near=radio, far=radio, fade_margin_db=15.0)
    assert report.budget is not None
    assert report.budget.margin_db == pytest.approx(20 + 58 + 70 - report.loss_db, abs=0.02)
    assert report.budget.closes
    assert "closes" in report.text("en")
    assert not design(volcano, *BLOCKED, near=radio, far=radio, fade_margin_db=15.0).budget.closes
    with pytest.raises(InputError, match="both radios"):
        design(volcano, *CLEAR, near=radio)


def test_the_words_of_a_blocked_link(volcano):
    report = design(volcano, *BLOCKED)
    english, spanish = report.text("en"), report.text("es")
    worst = report.obstructions[0]
    assert "blocked" in english
    assert f"Obstruction 1 at {worst.distance_m / 1e3:.2f} km" in english
    assert "bloqueado" in spanish
    assert f"lon {worst.lon:.5f}, lat {worst.lat:.5f}" in spanish
    assert len(english.splitlines()) == len(spanish.splitlines())
    with pytest.raises(InputError, match="en, es"):
        report.text("fr")


def test_both_languages_have_the_same_phrases():
    english, spanish = words("en").texts, words("es").texts
    import string

    def fields(phrase: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(phrase) if name}

    for key, phrase in english.items():
        assert phrase, key
        assert spanish[key], key
        assert fields(phrase) == fields(spanish[key]), key


@pytest.mark.parametrize(
    ("index", "value", "message"),
    [
        (0, 18.85, "LON LAT HEIGHT"),
        (1, -98.82, "LON LAT HEIGHT"),
        (0, float("nan"), "longitude"),
        (2, -1.0, "metres above ground"),
        (5, float("inf"), "metres above ground"),
        (6, 0.0, "0.03 to 100"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(volcano, index, value, message):
    question = list(BLOCKED)
    question[index] = value
    # Swapped coordinates that are possible ones lie where there is no terrain.
    with pytest.raises((InputError, TerrainGap), match=f"{message}|no elevation"):
        design(volcano, *question)


def test_one_place_is_no_link(volcano):
    with pytest.raises(InputError, match="same place"):
        design(volcano, -98.7, 18.9, 15, -98.7, 18.9, 15, 5.8)


@pytest.mark.parametrize("lang", ["es", "en"])
@pytest.mark.parametrize("question", [BLOCKED, CLEAR])
def test_the_picture_is_drawn_whole_and_the_same_twice(volcano, tmp_path, lang, question):
    report = design(volcano, *question)
    first, second = tmp_path / "one.png", tmp_path / "two.png"
    profile_png(report, first, lang)
    profile_png(report, second, lang)
    assert first.read_bytes() == second.read_bytes()
    assert first.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one.png", "two.png"]
    from matplotlib.image import imread

    picture = imread(first)
    assert picture.shape[:2] == (840, 1500)
    red = (picture[..., 0] > 0.7) & (picture[..., 1] < 0.3) & (picture[..., 2] < 0.3)
    # Ground in the way is red, and only there is red.
    assert (red.mean() > 0.005) == (report.state == "blocked")


def test_a_picture_that_cannot_be_written_leaves_nothing(volcano, tmp_path):
    (tmp_path / "taken").touch()
    with pytest.raises(OutputError, match="cannot be written"):
        profile_png(design(volcano, *CLEAR), tmp_path / "taken" / "link.png", "en")
    blocked = tmp_path / "taken.png"
    blocked.mkdir()
    with pytest.raises(OutputError, match="cannot be written"):
        profile_png(design(volcano, *CLEAR), blocked, "en")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["taken", "taken.png"]
