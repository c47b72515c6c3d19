"""Every model stands beside the others on one link; what one cannot say it says why; radios are judged both ways."""

from __future__ import annotations

import json

import numpy as np
import pytest

from alcance.errors import InputError
from alcance.radio import Air, Doubt, Equipment, design, p530
from alcance.radio.comparison import warning_names
from alcance.radio.describe import as_dict
from alcance.radio.itm import WarningFlag, path_loss_db
from alcance.radio.p676 import specific_attenuation_db_km
from alcance.radio.p835 import standard_air
from alcance.radio.p1812 import path_loss_db as p1812_path_loss_db
from alcance.radio.rates import RateTable
from alcance.radio.words import words
from alcance.terrain import Grid, profiles

AIR = Air(330.0, 45.0, 50.0, 2)
CLEAR = (-98.70, 18.90, 30.0, -98.66, 18.80, 15.0)
BLOCKED = (-98.82, 18.85, 15.0, -98.60, 18.98, 30.0)
LOUD = Equipment("loud", "ptp", 5.8, 24.0, 29.0, RateTable([-88.0, -73.0], [40.0, 200.0]), 1)
QUIET = Equipment("quiet", "ptp", 5.8, 0.0, 20.0, RateTable([-90.0, -80.0, -60.0], [10.0, 40.0, 90.0]), 1)


def of(report, model, time_pct=None):
    (found,) = [each for each in report.models if (each.model, each.time_pct) == (model, time_pct)]
    return found


def test_each_model_says_what_it_says_alone(volcano):
    report = design(volcano, *BLOCKED, 2.4, air=AIR)
    assert of(report, "free_space").loss_db == report.free_space_db
    assert of(report, "delta_bullington").loss_db == pytest.approx(report.free_space_db + report.diffraction_db)
    paths = profiles(volcano, *(BLOCKED[i] for i in (0, 1, 3, 4)))
    distance, ground = paths.path(0)
    for time_pct in (50.0, 1.0):
        alone = p1812_path_loss_db(
            distance, ground, 15.0, 30.0, 2.4, time_pct=time_pct, n0=330.0, delta_n=45.0, latitude_deg=18.915, zone=4
        )
        assert of(report, "p1812", time_pct).loss_db == pytest.approx(alone, abs=0.02)
    for time_pct in (50.0, 99.0):
        alone, flags = path_loss_db(
            distance, ground, 15.0, 30.0, 2.4, n0=330.0, climate=2, mode=3, time_pct=time_pct, location_pct=50.0,
            situation_pct=50.0,
        )  # fmt: skip
        found = of(report, "itm", time_pct)
        assert found.loss_db == pytest.approx(alone, abs=0.02)
        assert found.warnings == warning_names(int(flags))
        assert found.warnings, "over this mountain the model has doubts, and they are not swallowed"
    assert of(report, "itm", 99.0).loss_db > of(report, "itm", 50.0).loss_db
    assert of(report, "p1812", 1.0).loss_db < of(report, "p1812", 50.0).loss_db


@pytest.mark.parametrize(
    ("freq_ghz", "silent"),
    [(0.1, {"gases"}), (5.8, set()), (7.0, {"p1812"}), (23.0, {"p1812", "itm"}), (80.0, {"p1812", "itm"})],
)
def test_a_model_outside_its_range_is_shown_with_the_reason(volcano, freq_ghz, silent):
    report = design(volcano, *CLEAR, freq_ghz, air=AIR)
    assert {model.model for model in report.models if model.loss_db is None} == silent
    for model in report.models:
        assert (model.loss_db is None) == (model.reason is not None)
        if model.reason is not None:
            assert model.reason.quantity == "freq_ghz"
            assert f"{freq_ghz:g}" in model.reason.text(words("es"))
    if silent:
        assert "queda fuera de" in report.text("es")
        assert "is outside" in report.text("en")


def test_a_short_path_is_outside_one_model_and_in_doubt_in_another(volcano):
    report = design(volcano, -98.70, 18.90, 10.0, -98.7018, 18.90, 10.0, 2.4, air=AIR)
    assert report.length_m < 250
    reason = of(report, "p1812", 50.0).reason
    assert (reason.quantity, reason.low) == ("length_km", 0.25)
    assert "path_distance_too_small_2" in of(report, "itm", 50.0).warnings
    # A path of 0.3 km has few cells; the models are given more points.
    assert of(design(volcano, -98.70, 18.90, 10, -98.7030, 18.90, 10, 2.4, air=AIR), "p1812", 50.0).loss_db is not None


def test_what_is_not_known_is_asked_for_and_not_assumed(volcano):
    report = design(volcano, *CLEAR, 2.4, air=Air(n0=330.0))
    assert of(report, "p1812", 50.0).reason.needs == ("delta_n",)
    assert of(report, "itm", 50.0).reason.needs == ("itm_climate",)
    bare = design(volcano, *CLEAR, 5.8, near=LOUD, far=QUIET, fade_margin_db=10.0)
    assert bare.budget.reason.needs == ("delta_n", "rain_001_mm_h")
    assert "--rain" in bare.text("en")
    assert all(step.availability is None for step in bare.budget.outward.rates)


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"n0": 0.0}, "n0"),
        ({"delta_n": -45.0}, "delta_n"),
        ({"rain_001_mm_h": 999.0}, "rain"),
        ({"itm_climate": 8}, "climate"),
    ],
)
def test_air_that_is_none_is_refused(values, named):
    with pytest.raises(InputError, match=named):
        Air(**values)


def test_gases_are_those_of_the_standard_air_at_the_height_of_the_path(volcano):
    report = design(volcano, *CLEAR, 22.235, air=AIR)
    altitude_m = (report.sight_m[0] + report.sight_m[-1]) / 2
    expected = specific_attenuation_db_km(22.235, *standard_air(altitude_m)) * report.length_m / 1e3
    assert report.gas_db == pytest.approx(float(expected), abs=0.01) and report.gas_db > 0.5  # noqa: PT018
    assert report.loss_db == pytest.approx(report.free_space_db + report.diffraction_db + report.gas_db)


def test_the_standard_air_is_that_of_the_recommendation():
    """P.835-6, Annex 1: 288.15 K and 1013.25 hPa at the sea, 6.5 K lost per km, vapour halved in 1.39 km."""
    sea = standard_air(0.0)
    assert float(sea.temperature_k) == pytest.approx(288.15)
    assert float(sea.dry_pressure_hpa) == pytest.approx(1013.25 - 7.5 * 288.15 / 216.7)
    five = standard_air(5000.0)
    # The tables of the Standard Atmosphere of 1976: 540.48 hPa and 255.676 K at 5,000 m.
    assert float(five.temperature_k) == pytest.approx(255.68, abs=0.01)
    assert float(five.dry_pressure_hpa) + float(five.vapour_g_m3) * 255.68 / 216.7 == pytest.approx(540.48, abs=0.05)
    with pytest.raises(InputError, match="altitude_m"):
        standard_air(20_000.0)


def test_each_direction_has_its_own_signal_margin_and_rate(volcano):
    report = design(volcano, *CLEAR, 5.8, near=LOUD, far=QUIET, fade_margin_db=10.0, air=AIR, target_pct=99.9)
    out, back = report.budget.outward, report.budget.inward
    assert out.received_dbm == pytest.approx(24 + 29 + 20 - report.loss_db, abs=0.01)
    assert back.received_dbm == pytest.approx(0 + 29 + 20 - report.loss_db, abs=0.01)
    assert (out.eirp_dbm, back.eirp_dbm) == (53.0, 20.0)
    assert [step.margin_db for step in out.rates] == pytest.approx([out.received_dbm + s for s in (90, 80, 60)])
    assert out.best.rate_mbps == 40.0
    assert back.best is None
    assert report.budget.margin_db == pytest.approx(min(out.margin_db, back.margin_db))
    assert not report.budget.closes
    assert "does not close" in report.text("en")


def test_availability_is_that_of_p530(volcano):
    report = design(volcano, *CLEAR, 5.8, near=LOUD, far=LOUD, fade_margin_db=10.0, air=AIR, target_pct=99.9)
    step = report.budget.outward.rates[-1]
    climate = p530.Climate(latitude_deg=18.85, rain_001_mm_h=50.0, dn1=p530.dn1_of_lapse(45.0))
    alone = p530.unavailability(
        report.length_m / 1e3, 5.8, report.sight_m[0], report.sight_m[-1], step.margin_db, climate
    )
    assert step.availability.total_pct == pytest.approx(float(alone.total_percent), abs=2e-6)
    assert step.availability.hours_year == pytest.approx(float(alone.total_percent) / 100 * 8766, abs=0.01)
    # More is lost at a higher rate, and at a higher frequency it rains.
    shares = [each.availability.availability_pct for each in report.budget.outward.rates]
    assert shares == sorted(shares, reverse=True)
    high = Equipment("high", "ptp", 23.0, 20.0, 38.0, RateTable([-80.0, -60.0], [40.0, 300.0]), 1)
    wet = design(volcano, *CLEAR, 23.0, near=high, far=high, fade_margin_db=10.0, air=AIR, target_pct=99.99)
    lost = wet.budget.outward.rates[-1].availability
    assert lost.rain_pct > 10 * lost.multipath_pct
    assert wet.budget.outward.best.rate_mbps == 300.0
    assert wet.budget.outward.available(99.9).rate_mbps == 40.0
    assert wet.budget.outward.available(99.9999) is None


def test_a_blocked_path_has_no_availability(volcano):
    report = design(volcano, *BLOCKED, 5.8, near=LOUD, far=LOUD, fade_margin_db=10.0, air=AIR)
    assert report.budget.reason.code == "no_sight"
    assert "do not see each other" in report.text("en")


def test_the_chance_of_a_clear_path(volcano):
    sure, likely = (design(volcano, *CLEAR, 5.8, doubt=Doubt(sigma, 100.0)).chances.asked for sigma in (0.1, 5.2))
    assert sure > 0.999
    assert 0.5 < likely < sure
    assert design(volcano, *BLOCKED, 5.8, doubt=Doubt(5.2, 100.0)).chances.asked < 0.01
    report = design(volcano, *CLEAR, 5.8, doubt=Doubt(5.2, 100.0))
    assert len(report.chances.classes) == len(report.lowest_classes_m) > 0
    # The lowest masts that clear are never surer than higher ones.
    assert max(report.chances.classes) <= likely
    assert "% sure" in report.text("en")
    assert design(volcano, *CLEAR, 5.8).chances is None


def test_trees_take_clearance(plain):
    bare = Grid(plain.ground_m, plain.west, plain.north, plain.step_lon_deg, plain.step_lat_deg)
    cover = np.zeros_like(plain.ground_m)
    cover[:, 60:70] = 25.0
    wooded = Grid(plain.ground_m, plain.west, plain.north, plain.step_lon_deg, plain.step_lat_deg, cover)
    ends = (10.1, 0.0, 30.0, 10.2, 0.0, 30.0)
    treeless = design(bare, *ends, 5.8)
    assert treeless.state == "clear"
    assert "Bare ground" in treeless.text("en")
    report = design(wooded, *ends, 5.8)
    assert "Trees and buildings are counted" in report.text("en")
    assert report.state == "grazing"
    assert report.obstructions[0].cover_m == pytest.approx(25.0)
    assert report.obstructions[0].ground_m == pytest.approx(100.0)
    assert "25 m on it" in report.text("en")
    assert design(wooded, *ends[:5], report.far.required_height_m, 5.8).state == "clear"


def test_all_of_it_is_plain_json(volcano):
    report = design(
        volcano, *CLEAR, 5.8, near=LOUD, far=QUIET, fade_margin_db=10.0, air=AIR, target_pct=99.9, doubt=Doubt(5.2, 100)
    )
    values = json.loads(json.dumps(as_dict(report), allow_nan=False))
    assert [model["model"] for model in values["models"]] == [
        "free_space", "delta_bullington", "p1812", "p1812", "itm", "itm", "gases",
    ]  # fmt: skip
    assert values["budget"]["outward"]["best_mbps"] == 40.0
    assert values["budget"]["inward"]["best_mbps"] == 0.0
    assert len(values["budget"]["outward"]["rates"]) == 3
    assert values["chances"]["asked"] == report.chances.asked


def test_every_doubt_of_the_model_has_words():
    every = warning_names(sum(WarningFlag))
    assert len(every) == len(WarningFlag)
    for lang in ("en", "es"):
        assert all(words(lang)(f"itm.{name}") for name in every)


@pytest.mark.parametrize("height", [0.0, -5.0, 1001.0])
def test_a_height_that_is_none_is_refused(volcano, height):
    with pytest.raises(InputError, match="more than 0"):
        design(volcano, *CLEAR[:2], height, *CLEAR[3:], 5.8)
    with pytest.raises(InputError, match="more than 0"):
        design(volcano, *CLEAR[:5], height, 5.8)


def test_no_chance_is_ever_called_certain_and_one_obstruction_is_one(volcano):
    from dataclasses import replace

    report = design(volcano, *CLEAR, 5.8, doubt=Doubt(0.01, 100.0))
    assert report.chances.asked == 1
    assert "on the true ground: 99%" in report.text("en")
    blocked = next(
        found
        for lat in (18.80, 18.82, 18.84, 18.86)
        if len((found := design(volcano, -98.75, 18.90, 6, -98.62, lat, 6, 5.8)).obstructions) >= 4
    )
    four = replace(blocked, obstructions=blocked.obstructions[:4])
    assert "and a smaller obstruction\n" in four.text("en")
    assert "and 1 " not in four.text("en")
