"""The Irregular Terrain Model agrees with NTIA's program, warns when it does, and behaves like a model of loss."""

from __future__ import annotations

import doctest
import importlib
import re
from pathlib import Path

import itm_vectors as vectors
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from alcance.errors import InputError
from alcance.radio import free_space_loss_db, itm
from alcance.radio.itm.fit import fit_between
from alcance.radio.itm.rank import two_of_rank
from alcance.radio.itm.roughness import interdecile_range
from alcance.radio.itm.variability import deviate
from alcance.terrain import Profiles

TOLERANCE_DB = 0.01
HALF = {"time_pct": 50.0, "location_pct": 50.0, "situation_pct": 50.0}
AIR = {"n0": 320.0, "climate": itm.Climate.CONTINENTAL_SUBTROPICAL, "mode": itm.BROADCAST}
USUAL = AIR | HALF
Flag = itm.WarningFlag


def together(grounds, steps) -> Profiles:
    distances = [np.arange(len(ground)) * step for ground, step in zip(grounds, steps, strict=True)]
    offsets = np.concatenate([[0], np.cumsum([len(ground) for ground in grounds])]).astype(np.int64)
    return Profiles(np.concatenate(distances), np.concatenate(grounds).astype(np.float32), offsets)


def level(points=101, height_m=100.0) -> np.ndarray:
    return np.full(points, height_m)


def rough(seed: int, points: int = 200, tall_m: float = 12.0) -> np.ndarray:
    return 800 + np.cumsum(np.random.default_rng(seed).normal(0, tall_m, points))


@pytest.mark.parametrize("example", vectors.examples(), ids=lambda example: f"{example[0]['f__mhz']}MHz")
def test_ntia_examples_agree_to_the_digits_printed(example):
    row, distance, ground = example
    asked, inputs = vectors.question(row)
    loss, _ = itm.path_loss_db(distance, ground, *asked, **inputs)
    assert loss == pytest.approx(float(row["A__db"]), abs=TOLERANCE_DB)


@pytest.mark.parametrize("name", ["p2ptls", "p2pcr"])
def test_command_examples_agree_in_every_line_of_the_report(name):
    distance, ground = vectors.profile((vectors.FOLDER / "pfl.txt").read_text(encoding="utf-8").strip().split(","))
    asked, inputs = vectors.question({"location": "50"} | vectors.command_inputs(name))
    if "confidence_pct" in inputs:
        del inputs["location_pct"]
    found = itm.point_to_point(together([ground], [distance[1]]), *asked, **inputs)
    values = {
        "Basic Transmission Loss": (found.loss_db, 0.05),
        "Free Space ": (found.free_space_db, 0.05),
        "theta_hzn_tx": (found.horizon_rad[0] * 1e3, 0.0006),
        "theta_hzn_rx": (found.horizon_rad[1] * 1e3, 0.0006),
        "d_hzn_tx__meter": (found.horizon_m[0], 0.51),
        "d_hzn_rx__meter": (found.horizon_m[1], 0.51),
        "h_e_tx__meter": (found.effective_m[0], 0.05),
        "h_e_rx__meter": (found.effective_m[1], 0.05),
        "N_s": (found.refractivity, 0.05),
        "delta_h__meter": (found.delta_h_m, 0.05),
        "A_ref__db": (found.reference_db, 0.05),
        "Mode of Propagation": (found.propagation, 0),
        "ITM Warning Flags": (found.warnings, 0),
    }
    report = vectors.command_report(name)
    for words, (value, rounding) in values.items():
        (line,) = (line for line in report if line.startswith(words))
        printed = line[len(words) :].split()[0]
        expected = int(printed, 16) if printed.startswith("0x") else float(printed)
        assert value[0] == pytest.approx(expected, abs=rounding + 1e-9), words


def test_command_table_of_confidence_and_reliability_agrees():
    distance, ground = vectors.profile((vectors.FOLDER / "pfl.txt").read_text(encoding="utf-8").strip().split(","))
    row = vectors.command_inputs("p2pcr_tbl")
    confidences, reliabilities = (
        [float(x) for x in row.pop(name).split(",")] for name in ("confidence", "reliability")
    )
    asked, inputs = vectors.question(row)
    report = vectors.command_report("p2pcr_tbl")
    start = next(i for i, line in enumerate(report) if line.startswith("Reliability")) + 2
    table = np.array([[float(cell) for cell in line.split()] for line in report[start : start + len(reliabilities)]])
    assert table[:, 0].tolist() == reliabilities
    for j, confidence in enumerate(confidences):
        for i, reliability in enumerate(reliabilities):
            shares = {"confidence_pct": confidence, "reliability_pct": reliability}
            loss, warnings = itm.path_loss_db(distance, ground, *asked, **inputs, **shares)
            assert loss == pytest.approx(table[i, j + 1], abs=0.0501)
            assert warnings == Flag(0)


GENERATED = vectors.generated()


def test_generated_paths_agree_in_loss_warnings_and_every_value_between():
    found = itm.point_to_point(
        together([ground for _, _, ground in GENERATED], [distance[1] for _, distance, _ in GENERATED]),
        *np.array([vectors.question(row)[0] for row, _, _ in GENERATED]).T,
        **{
            name: np.array([vectors.question(row)[1][name] for row, _, _ in GENERATED])
            for name in vectors.question(GENERATED[0][0])[1]
        },
    )

    def theirs(*names):
        return np.squeeze(np.array([[float(row[name]) for row, _, _ in GENERATED] for name in names]))

    assert found.loss_db == pytest.approx(theirs("A__db"), abs=TOLERANCE_DB)
    assert found.warnings.tolist() == theirs("warnings").tolist()
    assert found.propagation.tolist() == theirs("mode").tolist()
    assert found.reference_db == pytest.approx(theirs("A_ref__db"), abs=TOLERANCE_DB)
    assert found.free_space_db == pytest.approx(theirs("A_fs__db"), abs=1e-5)
    assert found.delta_h_m == pytest.approx(theirs("delta_h__meter"), abs=2e-3)
    assert found.refractivity == pytest.approx(theirs("N_s"), abs=1e-4)
    assert found.horizon_rad == pytest.approx(theirs("theta_tx", "theta_rx"), abs=1e-5, rel=1e-5)
    assert found.horizon_m == pytest.approx(theirs("d_hzn_tx__meter", "d_hzn_rx__meter"), rel=1e-4)
    assert found.effective_m == pytest.approx(theirs("h_e_tx__meter", "h_e_rx__meter"), rel=1e-4)


def test_one_path_in_full_precision_agrees_to_a_millionth():
    for row, distance, ground in GENERATED:
        asked, inputs = vectors.question(row)
        loss, warnings = itm.path_loss_db(distance, ground, *asked, **inputs)
        assert loss == pytest.approx(float(row["A__db"]), abs=2e-6)
        assert int(warnings) == int(row["warnings"])


def test_generated_paths_raise_every_warning_and_know_every_mechanism():
    raised = np.bitwise_or.reduce([int(row["warnings"]) for row, _, _ in GENERATED])
    assert raised == sum(Flag)
    assert {int(row["mode"]) for row, _, _ in GENERATED} == set(itm.Propagation)


@pytest.mark.parametrize(
    ("flag", "change"),
    [
        (Flag(0), {}),
        (Flag.TX_TERMINAL_HEIGHT, {"height1_m": 0.9}),
        (Flag.TX_TERMINAL_HEIGHT, {"height1_m": 1001.0}),
        (Flag.RX_TERMINAL_HEIGHT, {"height2_m": 0.9}),
        (Flag.FREQUENCY, {"freq_ghz": 0.039}),
        (Flag.FREQUENCY, {"freq_ghz": 10.1}),
        (Flag.PATH_DISTANCE_TOO_SMALL_1, {"height1_m": 900.0, "step_m": 40.0}),
        (Flag.PATH_DISTANCE_TOO_SMALL_2, {"step_m": 9.9}),
        (Flag.PATH_DISTANCE_TOO_BIG_1, {"step_m": 10_001.0}),
        (Flag.PATH_DISTANCE_TOO_BIG_1 | Flag.PATH_DISTANCE_TOO_BIG_2, {"step_m": 20_001.0}),
        (Flag.EXTREME_VARIABILITIES, {"time_pct": 99.95}),
        (Flag.EXTREME_VARIABILITIES, {"location_pct": 0.05}),
        (Flag.SURFACE_REFRACTIVITY, {"height_m": 2500.0}),
    ],
)
def test_what_is_doubtful_is_flagged_and_nothing_else(flag, change):
    given = {"height1_m": 30.0, "height2_m": 20.0, "freq_ghz": 0.7, "step_m": 100.0, "height_m": 100.0} | change
    ground = level(101, given.pop("height_m"))
    distance = np.arange(101) * given.pop("step_m")
    loss, warnings = itm.path_loss_db(distance, ground, **(USUAL | given))
    assert np.isfinite(loss)
    assert warnings == flag


def test_warnings_are_explained_one_by_one():
    every = sum(Flag)
    assert len(itm.explain(every)) == len(Flag) == 15
    assert itm.explain(0) == []
    assert "1000 km" in itm.explain(Flag.PATH_DISTANCE_TOO_BIG_1)[0]
    for flag in Flag:
        assert len(itm.explain(flag)) == 1


@pytest.mark.parametrize(
    ("code", "change"),
    [
        (1000, {"height1_m": 0.4}),
        (1000, {"height1_m": -10.0}),
        (1001, {"height2_m": 3000.5}),
        (1001, {"height2_m": 0.0}),
        (1002, {"climate": 0}),
        (1002, {"climate": 8}),
        (1002, {"climate": 2.5}),
        (1003, {"time_pct": 0.0}),
        (1004, {"location_pct": 100.0}),
        (1005, {"situation_pct": np.nan}),
        (1008, {"n0": 249.0}),
        (1008, {"n0": 401.0}),
        (1009, {"freq_ghz": 0.019}),
        (1009, {"freq_ghz": 20.1}),
        (1010, {"polarisation": 0}),
        (1010, {"polarisation": 3}),
        (1011, {"permittivity": 0.9}),
        (1012, {"conductivity_s_m": 0.0}),
        (1013, {"permittivity": 1.0, "polarisation": itm.HORIZONTAL}),
        (1014, {"mode": 4}),
        (1014, {"mode": -1}),
        (1014, {"mode": 34}),
        (1021, {"height_m": 8000.0}),
        (1022, {"n0": 399.0, "height_m": -100.0}),
    ],
)
def test_what_cannot_be_answered_is_refused_by_its_name_and_number(code, change):
    given = {"height1_m": 30.0, "height2_m": 20.0, "freq_ghz": 0.7, "height_m": 100.0} | change
    ground = level(101, given.pop("height_m"))
    with pytest.raises(InputError, match=f"ITM error {code}") as refusal:
        itm.path_loss_db(np.arange(101) * 100.0, ground, **(USUAL | given))
    name = next(iter(change))
    assert name in str(refusal.value) or code >= 1021


@pytest.mark.parametrize(("code", "name"), [(1006, "confidence_pct"), (1007, "reliability_pct")])
def test_confidence_and_reliability_are_refused_by_their_own_names(code, name):
    shares = {"confidence_pct": 50.0, "reliability_pct": 50.0} | {name: 100.0}
    with pytest.raises(InputError, match=f"{name}.*ITM error {code}"):
        itm.path_loss_db(np.arange(101) * 100.0, level(), 30, 20, 0.7, **AIR, **shares)


def test_every_wrong_input_is_named_at_once():
    with pytest.raises(InputError) as refusal:
        itm.path_loss_db(np.arange(101) * 100.0, level(), 0, 5000, 99, **(USUAL | {"n0": 0}))
    assert {problem.column for problem in refusal.value.problems} == {"height1_m", "height2_m", "freq_ghz", "n0"}


@pytest.mark.parametrize(
    "shares",
    [
        {},
        {"time_pct": 50},
        {"time_pct": 50, "location_pct": 50},
        {"confidence_pct": 50},
        HALF | {"confidence_pct": 50},
        HALF | {"confidence_pct": 50, "reliability_pct": 50},
    ],
)
def test_percentages_are_one_whole_set(shares):
    with pytest.raises(InputError, match="all, and no others"):
        itm.path_loss_db(np.arange(101) * 100.0, level(), 30, 20, 0.7, **AIR, **shares)


def test_profiles_that_are_none_are_refused_with_the_place():
    def refused(distance, ground):
        with pytest.raises(InputError) as refusal:
            itm.path_loss_db(distance, ground, 30, 20, 0.7, **USUAL)
        return str(refusal.value)

    even = np.arange(101) * 100.0
    assert "3 points" in refused([0, 1000], [100, 100])
    assert "3 points" in refused([], [])
    assert "same place" in refused(np.zeros(101), level())
    assert "same place" in refused(-even, level())
    gap = level()
    gap[17] = np.nan
    assert "point 17" in refused(even, gap)
    gap[17] = np.inf
    assert "no gaps" in refused(even, gap)
    bent = even.copy()
    bent[40] += 30
    assert "point 40" in refused(bent, level())
    bent[40] = np.nan
    assert "evenly" in refused(bent, level())
    assert "one distance for each" in refused(even, level(100))


def test_one_bad_path_among_many_is_found_and_counted():
    grounds = [level() for _ in range(20)]
    for path in (3, 11):
        grounds[path] = grounds[path].copy()
        grounds[path][50] = np.nan
    with pytest.raises(InputError, match=r"path 3, point 50.*2 such paths"):
        itm.point_to_point_db(together(grounds, [100.0] * 20), 30, 20, 0.7, **USUAL)
    with pytest.raises(InputError, match="20 paths"):
        itm.point_to_point_db(together([level()] * 20, [100.0] * 20), np.full(7, 30.0), 20, 0.7, **USUAL)


def test_a_formula_outside_its_range_is_refused_not_taken_for_free_space():
    # NTIA's program says 0 dB above free space here: it takes the logarithm of a negative number, and that for nought.
    ground = [0.0, 900.0, 300.0, 700.0, 0.0]
    sea = {"permittivity": 80.0, "conductivity_s_m": 5.0, "polarisation": itm.VERTICAL}
    with pytest.raises(InputError, match="do not hold"):
        itm.path_loss_db(np.arange(5) * 60.0, ground, 11, 48, 0.039, **USUAL, **sea)


def test_spacing_within_a_hundredth_of_a_step_is_even():
    ground = rough(1)
    even = np.arange(200) * 90.0
    nearly = even + np.random.default_rng(2).uniform(-0.5, 0.5, 200)
    nearly[[0, -1]] = even[[0, -1]]
    exact, _ = itm.path_loss_db(even, ground, 30, 20, 0.7, **USUAL)
    assert itm.path_loss_db(nearly, ground, 30, 20, 0.7, **USUAL)[0] == pytest.approx(exact, abs=0.05)


def test_many_paths_at_once_equal_one_at_a_time_and_come_out_the_same_twice():
    grounds = [rough(seed, points=60 + 7 * seed).astype(np.float32) for seed in range(30)]
    paths = together(grounds, [90.0] * 30)
    heights = np.linspace(2, 90, 30)
    loss, warnings = itm.point_to_point_db(paths, heights, 10.0, 0.7, **USUAL)
    again, _ = itm.point_to_point_db(paths, heights, 10.0, 0.7, **USUAL)
    assert loss.tobytes() == again.tobytes()
    for index, ground in enumerate(grounds):
        single = itm.path_loss_db(np.arange(ground.size) * 90.0, ground, heights[index], 10, 0.7, **USUAL)
        assert single == (loss[index], warnings[index])


def test_confidence_and_reliability_are_situation_and_time_with_half_of_the_places():
    distance, ground = np.arange(200) * 90.0, rough(4)
    by_shares = itm.path_loss_db(distance, ground, 30, 10, 0.7, **AIR, time_pct=90, location_pct=50, situation_pct=70)
    by_names = itm.path_loss_db(distance, ground, 30, 10, 0.7, **AIR, confidence_pct=70, reliability_pct=90)
    assert by_shares == by_names


@settings(max_examples=60)
@given(seed=st.integers(0, 10_000), h1=st.floats(1, 100), h2=st.floats(1, 100), freq=st.sampled_from([0.1, 0.7, 5.8]))
def test_loss_is_the_same_seen_from_the_other_end(seed, h1, h2, freq):
    ground = rough(seed)
    distance = np.arange(ground.size) * 90.0
    there, flags = itm.path_loss_db(distance, ground, h1, h2, freq, **USUAL)
    back, swapped = itm.path_loss_db(distance, ground[::-1], h2, h1, freq, **USUAL)
    assert back == pytest.approx(there, abs=1e-6)
    assert len(itm.explain(flags)) == len(itm.explain(swapped))


@settings(max_examples=60)
@given(
    seed=st.integers(0, 10_000),
    climate=st.sampled_from(list(itm.Climate)),
    mode=st.sampled_from([itm.ACCIDENTAL, itm.MOBILE, itm.BROADCAST]),
    shares=st.lists(st.floats(0.1, 99.9), min_size=2, max_size=2),
)
def test_what_holds_for_more_of_the_time_loses_no_less(seed, climate, mode, shares):
    distance, ground = np.arange(200) * 150.0, rough(seed)
    inputs = {"n0": 320.0, "climate": climate, "mode": mode, "confidence_pct": 50.0}
    losses = [
        itm.path_loss_db(distance, ground, 30, 10, 0.7, **inputs, reliability_pct=share)[0] for share in sorted(shares)
    ]
    # Hastings' deviate of 50 % is not quite nought, and the residual situation variability feels it.
    assert losses[0] <= losses[1] + 1e-3


@settings(max_examples=60)
@given(seed=st.integers(0, 10_000), shares=st.lists(st.floats(0.1, 99.9), min_size=2, max_size=2))
def test_more_confidence_loses_no_less(seed, shares):
    distance, ground = np.arange(200) * 150.0, rough(seed)
    losses = [
        itm.path_loss_db(distance, ground, 30, 10, 0.7, **AIR, confidence_pct=share, reliability_pct=50)[0]
        for share in sorted(shares)
    ]
    assert losses[0] <= losses[1] + 1e-9


def test_places_and_situations_that_do_not_vary_do_not_matter():
    distance, ground = np.arange(200) * 150.0, rough(9)

    def loss(mode, **shares):
        return itm.path_loss_db(distance, ground, 30, 10, 0.7, **(USUAL | {"mode": mode} | shares))[0]

    without = itm.BROADCAST + itm.WITHOUT_LOCATION
    assert loss(without, location_pct=99) == loss(without, location_pct=1)
    assert loss(itm.BROADCAST, location_pct=99) > loss(itm.BROADCAST, location_pct=1)
    # Of situations a small rest stays, as the Algorithm says.
    whole = loss(itm.BROADCAST, situation_pct=99) - loss(itm.BROADCAST, situation_pct=1)
    rest = itm.BROADCAST + itm.WITHOUT_SITUATION
    assert 0 <= loss(rest, situation_pct=99) - loss(rest, situation_pct=1) < 0.1 * whole


@settings(max_examples=40)
@given(seed=st.integers(0, 10_000), freq=st.floats(0.03, 9), step=st.floats(20, 400))
def test_median_loss_is_free_space_and_what_stands_in_the_way(seed, freq, step):
    found = itm.point_to_point(together([rough(seed)], [step]), 30, 10, freq, **USUAL)
    free = free_space_loss_db(199 * step / 1000, freq)
    # The model rounds the constant of free space to 32.45 dB.
    assert found.free_space_db[0] == pytest.approx(float(free), abs=0.003)
    assert found.reference_db[0] >= 0


def test_free_space_part_grows_with_frequency_and_distance():
    paths = together([level()] * 40, np.linspace(50, 2000, 40))
    found = itm.point_to_point(paths, 30, 10, 0.7, **USUAL)
    assert (np.diff(found.free_space_db) > 0).all()
    found = itm.point_to_point(together([level()] * 40, [100.0] * 40), 30, 10, np.linspace(0.05, 19, 40), **USUAL)
    assert (np.diff(found.free_space_db) > 0).all()


def test_loss_over_level_ground_grows_with_distance_through_all_three_mechanisms():
    paths = together([level(201)] * 60, np.geomspace(10, 4500, 60))
    found = itm.point_to_point(paths, 30, 10, 0.7, **(USUAL | {"climate": itm.Climate.CONTINENTAL_TEMPERATE}))
    assert found.propagation[0] == itm.Propagation.LINE_OF_SIGHT
    assert (np.diff(found.propagation) >= 0).all()
    assert found.propagation[-1] == itm.Propagation.TROPOSCATTER
    assert itm.Propagation.DIFFRACTION in found.propagation
    assert (np.diff(found.reference_db) >= -1e-9).all()
    assert (np.diff(found.loss_db) > 0).all()


def test_a_ridge_in_the_way_costs_more_the_higher_it_is():
    along = np.linspace(-1, 1, 201)
    ridges = [100 + height * np.exp(-((along / 0.02) ** 2)) for height in (0, 100, 200, 400, 800)]
    found = itm.point_to_point(together(ridges, [250.0] * 5), 30, 10, 0.7, **USUAL)
    assert (np.diff(found.reference_db) > 0).all()


def test_level_ground_has_no_roughness_and_a_slope_neither():
    found = itm.point_to_point(together([level(), np.linspace(0, 500, 101)], [100.0] * 2), 30, 10, 0.7, **USUAL)
    assert found.delta_h_m == pytest.approx([0, 0], abs=1e-3)


def test_roughness_is_the_interdecile_range_about_the_trend():
    height = np.random.default_rng(3).normal(0, 30, 235)  # as many points as the model takes of so many
    line = np.linspace(0, 900, 235)
    found = interdecile_range(height + line, 0, 234, 100.0, 0.0, 23400.0)
    inverse = 1 - 0.8 * np.exp(-23400 / 50e3)
    straight = height - np.polyval(np.polyfit(np.arange(235), height, 1), np.arange(235))
    expected = (np.percentile(straight, 90) - np.percentile(straight, 10)) / inverse
    assert found == pytest.approx(expected, rel=0.02)


@settings(max_examples=100)
@given(st.lists(st.floats(-1e3, 1e3) | st.sampled_from([0.0, 1.0]), min_size=1, max_size=245), st.data())
def test_values_of_a_rank_are_those_of_sorting(values, data):
    low, high = (data.draw(st.integers(0, len(values) - 1)) for _ in range(2))
    ordered = sorted(values)
    assert two_of_rank(np.array(values), low, high) == (ordered[low], ordered[high])


def test_a_fit_through_a_line_is_the_line_wherever_it_looks():
    line = 40 + 3.0 * np.arange(101)
    for begin, end in ((0.0, 1000.0), (153.0, 870.0), (400.0, 401.0), (990.0, 1000.0)):
        assert fit_between(line, 0, 100, 10.0, begin, end) == pytest.approx((40, 340), abs=1e-9)


def test_the_deviate_is_the_normal_one_within_its_stated_error():
    percent = np.linspace(0.05, 99.95, 401)
    found = np.array([deviate(share) for share in percent])
    assert np.abs(found - stats.norm.isf(percent / 100)).max() < 4.5e-4


def test_the_example_of_the_documentation_says_what_it_says(capsys):
    page = (Path(__file__).parents[2] / "docs" / "radio.md").read_text(encoding="utf-8")
    section = page[page.index("## ITM") :]
    code, after = re.match(r".*?```python\n(.*?)```\n\n(.*?)\n", section, re.DOTALL).groups()
    exec(code, {})
    said = capsys.readouterr().out
    assert f"says {said.split()[0]} dB" in after
    assert said.count("nearer than a tenth") == 2


@pytest.mark.parametrize("name", ["point_to_point", "warning"])
def test_examples_in_docstrings_run(name):
    result = doctest.testmod(importlib.import_module(f"alcance.radio.itm.{name}"))
    assert result.attempted > 0
    assert result.failed == 0
