"""Availability as P.530 has it: examples of Working Party 3M, another program, and what an engineer expects."""

from __future__ import annotations

import doctest
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alcance.errors import InputError, TerrainGap
from alcance.radio import p530
from alcance.radio.p530 import Climate, Outside, climate, multipath, rain
from alcance.terrain import Grid

FOLDER = Path(__file__).parents[1] / "data" / "p530"
TROPICS = Climate(17.0, 75.0, dn1=-250.0, roughness_m=300.0)

links = st.tuples(
    st.floats(5.5, 38),  # km; past 39 km the law for light rain is no longer monotone by itself
    st.floats(2, 45),  # GHz
    st.floats(0, 3000),  # m above sea level
    st.floats(0, 500),  # m, difference of the two ends
)


def table(name: str) -> np.ndarray:
    return np.genfromtxt(FOLDER / name, delimiter=",", names=True)


def total(distance: float, freq: float, low: float, rise: float, margin: float, climate: Climate = TROPICS) -> float:
    return float(p530.unavailability(distance, freq, low, low + rise, margin, climate).total_percent)


class TestMultipath:
    def test_the_examples_of_working_party_3m_are_met(self) -> None:
        for row in table("wp3m_p530_14_multipath.csv"):
            factor = 10 ** float(Climate(45.0, 30.0, dn1=row["dn1"]).log10_k())
            assert factor == pytest.approx(row["factor_k"], rel=1e-3)
            for fade in (2, 5, 10, 30):
                printed = row[f"fade_{fade}_db"]
                if not np.isnan(printed):
                    ours = float(p530.exceeded_percent(fade, row["occurrence_percent"]))
                    last_digit = 0.06 if printed == 15.1 else 5.1e-4 * printed  # the third row's is cut short
                    assert ours == pytest.approx(printed, abs=last_digit)
            # Where they meet, the deep law and the shallow curve give the same.
            at = p530.exceeded_percent(row["meeting_db"] + np.array([-1e-3, 1e-3]), row["occurrence_percent"])
            assert at[0] == pytest.approx(at[1], rel=1e-3)

    def test_another_program_has_the_same_occurrence_and_time_by_the_newer_method(self) -> None:
        rows = table("crc_multipath.csv")
        climate = Climate(20.0, 50.0, log_k=rows["log_k"], dn75=rows["dn75"])
        places = (rows["distance_km"], rows["freq_ghz"], rows["altitude1_m"], rows["altitude2_m"])
        ours = p530.occurrence_percent(*places, climate, ground_m=rows["ground_m"])
        assert ours == pytest.approx(rows["occurrence_percent"], rel=1e-12)
        assert p530.exceeded_percent(rows["fade_db"], ours) == pytest.approx(rows["exceeded_percent"], rel=1e-6)

    @pytest.mark.parametrize(
        ("climate", "powers"),
        [(Climate(20.0, 50.0, dn1=-300.0), (3.1, -1.29, -0.00089)), (TROPICS, (3.4, -1.03, -0.00076))],
    )
    def test_both_methods_follow_the_powers_of_the_recommendation(
        self, climate: Climate, powers: tuple[float, float, float]
    ) -> None:
        length, slope, height = powers

        def occurrence(distance: float, freq: float, low: float, rise: float) -> float:
            return float(p530.occurrence_percent(distance, freq, low, low + rise, climate))

        start = occurrence(20.0, 7.0, 500.0, 0.0)
        assert start == pytest.approx(10 ** float(climate.log10_k()) * 20**length * 7**0.8 * 10 ** (height * 500))
        assert occurrence(40.0, 7.0, 500.0, 0.0) / start == pytest.approx(2**length)
        assert occurrence(20.0, 14.0, 500.0, 0.0) / start == pytest.approx(2**0.8)
        assert occurrence(20.0, 7.0, 1500.0, 0.0) / start == pytest.approx(10 ** (height * 1000))
        assert occurrence(20.0, 7.0, 500.0, 100.0) / start == pytest.approx(6**slope)  # 100 m in 20 km: 5 mrad

    def test_rougher_ground_fades_less_and_the_factor_is_that_of_a_published_link(self) -> None:
        smooth, rough = (Climate(50.0, 30.0, dn1=-156.59, roughness_m=sa).log10_k() for sa in (0.0, 38.3))
        assert rough < smooth
        assert 10 ** float(rough) == pytest.approx(1.7708e-5, rel=1e-4)

    def test_short_paths_do_not_fade(self) -> None:
        assert p530.occurrence_percent([0.5, 5.0, 5.01], 7.0, 100.0, 100.0, TROPICS)[:2].tolist() == [0.0, 0.0]
        assert p530.occurrence_percent(5.01, 7.0, 100.0, 100.0, TROPICS) > 0

    @given(st.floats(-9, 8), st.floats(0, 10.8))
    def test_deeper_fades_are_rarer_at_any_occurrence(self, log_occurrence: float, year_db: float) -> None:
        fades = np.linspace(0, 60, 241)
        times = p530.exceeded_year_percent(fades, 10**log_occurrence, year_db)
        assert np.all(np.diff(times) <= 0)
        assert np.all((times >= 0) & (times <= 100))

    def test_more_occurrence_takes_more_time_at_any_depth(self) -> None:
        times = p530.exceeded_percent(np.linspace(0, 50, 51)[:, None], 10 ** np.linspace(-4, 7, 400))
        assert np.all(np.diff(times, axis=1) >= 0)

    def test_the_year_is_kinder_than_its_worst_month(self) -> None:
        conversion = p530.year_conversion_db([6.0, 20.0, 60.0, 20.0], 100.0, 200.0, [5.0, 30.0, 45.0, -60.0])
        assert np.all((conversion > 0) & (conversion <= 10.8))
        # By hand: 10.5 − 5.6 log 2.1 − 2.7 log 20 + 1.7 log 1 on the equator.
        assert p530.year_conversion_db(20.0, 100.0, 100.0, 0.0) == pytest.approx(5.1827, abs=1e-4)
        assert p530.year_conversion_db(6.0, 0.0, 900.0, 60.0) == 10.8
        deep = p530.exceeded_percent(40.0, 50.0)
        assert p530.exceeded_year_percent(40.0, 50.0, 5.0) == pytest.approx(deep * 10**-0.5)


class TestRain:
    def test_another_program_has_the_same_attenuation(self) -> None:
        rows = table("crc_rain.csv")
        ours = p530.attenuation_db(
            rows["percent"], rows["distance_km"], rows["freq_ghz"], rows["rain_001_mm_h"], tilt_deg=rows["tilt_deg"]
        )
        assert len(rows) == 400
        assert ours == pytest.approx(rows["attenuation_db"], abs=1e-9)

    def test_the_law_gives_back_the_attenuation_of_a_hundredth_percent(self) -> None:
        # Below 10 GHz 0.12 p^−(0.546 + 0.043 log p) is 1 at 0.01 %, but for the rounding of its coefficients.
        at = p530.attenuation_db(0.01, 20.0, [6.0, 18.0, 38.0], 60.0)
        assert at == pytest.approx(p530.attenuation_001_db(20.0, [6.0, 18.0, 38.0], 60.0), rel=0.01)

    def test_the_effective_length_is_at_most_two_and_a_half_times_the_path(self) -> None:
        distance = np.array([0.1, 0.5, 1.0, 5.0, 20.0, 60.0])
        effective = p530.effective_length_km(distance, 23.0, 60.0)
        assert effective[0] == pytest.approx(0.25)
        assert np.all(effective <= 2.5 * distance)
        assert effective[-1] < 60

    def test_time_and_attenuation_are_each_others_inverse(self) -> None:
        percent = np.array([0.001, 0.003, 0.01, 0.1, 1.0])
        freq = np.array([6.0, 11.0, 23.0, 80.0])[:, None]
        loss = p530.attenuation_db(percent, 4.0, freq, 60.0)
        result = p530.unavailability(4.0, freq, 100.0, 100.0, loss, Climate(17.0, 60.0, dn1=-250.0))
        assert result.rain_percent == pytest.approx(np.broadcast_to(percent, loss.shape), rel=1e-9)
        assert np.all(result.multipath_percent == 0)

    def test_scaling_to_another_frequency_is_near_the_law_at_that_frequency(self) -> None:
        at_18, at_23 = p530.attenuation_001_db(10.0, [18.0, 23.0], 50.0)
        assert p530.scaled_attenuation_db(at_18, 18.0, 23.0) == pytest.approx(at_23, rel=0.1)
        assert p530.scaled_attenuation_db(20.0, 18.0, 18.0) == pytest.approx(20.0)

    def test_the_worst_month_of_rain_is_between_the_year_and_twelve_times_it(self) -> None:
        year = np.array([0.0, 1e-6, 0.001, 0.01, 1.0, 50.0, 100.0])
        month = p530.worst_month_percent(year)
        assert np.all((month >= year) & (month <= 12 * year))
        assert 0.30 * month[3] ** 1.15 == pytest.approx(year[3])


class TestUnavailability:
    @given(links, st.floats(5, 45))
    def test_a_longer_path_is_out_for_longer(self, link: tuple[float, ...], margin: float) -> None:
        distance, freq, low, _ = link
        assert total(distance, freq, low, 0.0, margin) <= total(distance * 1.02, freq, low, 0.0, margin) * (1 + 1e-12)

    @given(links, st.floats(0.1, 60))
    def test_more_margin_is_never_out_for_longer(self, link: tuple[float, ...], margin: float) -> None:
        assert total(*link, margin) >= total(*link, margin + 0.5)

    @given(links, st.floats(5, 45))
    def test_a_flat_path_is_worse_than_an_inclined_one(self, link: tuple[float, ...], margin: float) -> None:
        distance, freq, low, rise = link
        assert total(distance, freq, low, 0.0, margin) >= total(distance, freq, low, rise, margin) * (1 - 1e-12)

    @given(st.floats(0.5, 38), st.floats(10, 68), st.floats(5, 45))
    def test_a_higher_frequency_is_out_for_longer_in_rain(self, distance: float, freq: float, margin: float) -> None:
        lower, higher = p530.unavailability(distance, [freq, freq * 1.05], 10.0, 10.0, margin, TROPICS).rain_percent
        assert lower <= higher

    @given(links, st.floats(3, 60))
    def test_margin_and_availability_are_each_others_inverse(self, link: tuple[float, ...], margin: float) -> None:
        distance, freq, low, rise = link
        reached = p530.unavailability(distance, freq, low, low + rise, margin, TROPICS).availability_percent
        if not 50 <= reached <= 99.99999:
            return
        needed = float(p530.required_margin_db(distance, freq, low, low + rise, reached, TROPICS))
        assert needed <= margin + 1e-6
        assert total(*link, needed) <= (100 - reached) * (1 + 1e-6)
        # No smaller margin would do: just below it the link is out for longer than the target allows.
        assert total(*link, needed - 1e-3) > (100 - reached) * (1 - 1e-9)

    def test_a_batch_equals_its_links_one_by_one(self) -> None:
        rng = np.random.default_rng(5)
        distance, freq = rng.uniform(0.3, 70, 50), rng.uniform(0.7, 86, 50)
        low, high, margin = rng.uniform(0, 2500, 50), rng.uniform(0, 2500, 50), rng.uniform(-3, 60, 50)
        climate = Climate(rng.uniform(-60, 60, 50), rng.uniform(0, 120, 50), dn1=rng.uniform(-700, -60, 50))
        batch = p530.unavailability(distance, freq, low, high, margin, climate)
        for i in range(50):
            one = Climate(climate.latitude_deg[i], climate.rain_001_mm_h[i], dn1=climate.dn1[i])
            single = p530.unavailability(distance[i], freq[i], low[i], high[i], margin[i], one)
            assert single.total_percent.shape == ()
            assert single.total_percent == batch.total_percent[i]
            assert single.total_month_percent == batch.total_month_percent[i]
            assert single.outside == batch.outside[i]

    def test_the_parts_add_up_and_stay_below_a_hundred(self) -> None:
        margin = np.linspace(-5, 60, 131)
        result = p530.unavailability(30.0, 18.0, 100.0, 150.0, margin, TROPICS)
        expected = np.minimum(result.multipath_percent + result.rain_percent, 100)
        assert np.array_equal(result.total_percent, expected)
        assert np.all(result.total_percent[margin <= 0] == 100)
        assert np.all(result.total_month_percent >= result.total_percent)
        assert np.array_equal(result.availability_percent, 100 - result.total_percent)

    def test_rain_is_nothing_below_one_gigahertz_and_where_it_never_rains(self) -> None:
        low = p530.unavailability(20.0, 0.7, 100.0, 130.0, 20.0, TROPICS)
        dry = p530.unavailability(20.0, 23.0, 100.0, 130.0, 20.0, Climate(20.0, 0.0, dn1=-250.0))
        assert low.rain_percent == dry.rain_percent == 0
        # 15/d is 0.75 GHz on 20 km.
        assert Outside(int(low.outside)) == Outside.RAIN_FREQUENCY | Outside.MULTIPATH_FREQUENCY

    def test_what_lies_beyond_the_recommendation_is_flagged(self) -> None:
        near = p530.unavailability(10.0, 18.0, 100.0, 130.0, 15.0, TROPICS)
        long = p530.unavailability(75.0, 7.0, 100.0, 130.0, 8.0, TROPICS)
        high = p530.unavailability(6.0, 80.0, 100.0, 130.0, 30.0, TROPICS)
        assert near.outside == Outside.NOTHING
        assert Outside.RAIN_LENGTH in Outside(int(long.outside))
        assert Outside.MULTIPATH_FREQUENCY in Outside(int(high.outside))

    def test_a_target_that_no_margin_reaches_needs_an_infinite_one(self) -> None:
        margin = p530.required_margin_db(8.0, 80.0, 100.0, 100.0, [99.9, 99.99999], TROPICS)
        assert np.isfinite(margin[0])
        assert margin[1] == np.inf

    def test_both_polarisations_differ_in_rain_alone(self) -> None:
        flat, upright = (
            p530.unavailability(15.0, 18.0, 100.0, 130.0, 25.0, TROPICS, tilt_deg=tilt) for tilt in (0.0, 90.0)
        )
        assert flat.rain_percent > upright.rain_percent
        assert flat.multipath_percent == upright.multipath_percent


class TestClimate:
    def test_what_is_known_chooses_the_method(self) -> None:
        assert Climate(17.0, 60.0, dn1=-250.0).method is p530.Method.QUICK
        assert TROPICS.method is p530.Method.DETAILED
        assert Climate(17.0, 60.0, log_k=-5.2, dn75=12.0).method is p530.Method.MAPPED

    @pytest.mark.parametrize(
        "given_values",
        [{}, {"log_k": -5.2}, {"dn1": -250.0, "log_k": -5.2, "dn75": 12.0}, {"dn1": -250.0, "dn75": 12.0}],
    )
    def test_too_little_and_too_much_are_refused(self, given_values: dict[str, float]) -> None:
        with pytest.raises(InputError, match="give dn1"):
            Climate(17.0, 60.0, **given_values)

    def test_a_gradient_with_the_wrong_sign_is_refused(self) -> None:
        with pytest.raises(InputError, match="-1500 and 0"):
            Climate(17.0, 60.0, dn1=250.0)

    def test_the_newer_method_asks_for_the_ground(self) -> None:
        with pytest.raises(InputError, match="ground_m"):
            p530.unavailability(20.0, 7.0, 100.0, 130.0, 30.0, Climate(17.0, 60.0, log_k=-5.2, dn75=12.0))

    def test_a_steeper_lapse_gives_a_steeper_gradient(self) -> None:
        assert np.all(np.diff(p530.dn1_of_lapse([20.0, 40.0, 60.0])) < 0)
        with pytest.raises(InputError, match="delta_n"):
            p530.dn1_of_lapse(-40.0)

    def test_roughness_is_the_spread_of_heights_in_the_square(self) -> None:
        side, step = 300, 30 / 3600
        _, cols = np.mgrid[0:side, 0:side]
        waves = Grid((500 + 100 * np.sin(cols / 5.0)).astype(np.float32), 10.0, 1.0, step, step)
        middle = (10.0 + side / 2 * step, 1.0 - side / 2 * step)
        assert p530.terrain_roughness_m(waves, *middle) == pytest.approx(100 / np.sqrt(2), rel=0.03)
        level = Grid(np.full((side, side), 500, np.float32), 10.0, 1.0, step, step)
        assert p530.terrain_roughness_m(level, *middle) == 0
        with pytest.raises(TerrainGap, match="110 km"):
            p530.terrain_roughness_m(waves, 10.0, 1.0)

    def test_finer_ground_is_averaged_to_thirty_seconds_first(self) -> None:
        step = 10 / 3600
        rows, cols = np.mgrid[0:540, 0:540]
        chequers = Grid((((rows + cols) % 2) * 300).astype(np.float32), 10.0, 1.0, step, step)
        middle = (10.0 + 270 * step, 1.0 - 270 * step)
        assert p530.terrain_roughness_m(chequers, *middle) < 30


class TestBadInput:
    @pytest.mark.parametrize(
        ("values", "column"),
        [
            ((0.0, 18.0, 100.0, 130.0, 20.0), "distance_km"),
            ((20.0, 0.05, 100.0, 130.0, 20.0), "freq_ghz"),
            ((20.0, 120.0, 100.0, 130.0, 20.0), "freq_ghz"),
            ((20.0, 18.0, 10_000.0, 130.0, 20.0), "altitude1_m"),
            ((20.0, 18.0, 100.0, np.nan, 20.0), "altitude2_m"),
            ((20.0, 18.0, 100.0, 130.0, np.inf), "margin_db"),
        ],
    )
    def test_values_out_of_range_are_named(self, values: tuple[float, ...], column: str) -> None:
        with pytest.raises(InputError) as caught:
            p530.unavailability(*values, TROPICS)
        assert [problem.column for problem in caught.value.problems] == [column]

    @pytest.mark.parametrize("target", [100.0, 10.0, 0.9999])
    def test_a_target_that_is_none_is_refused(self, target: float) -> None:
        with pytest.raises(InputError, match="target"):
            p530.required_margin_db(20.0, 18.0, 100.0, 130.0, target, TROPICS)

    def test_rain_is_asked_for_known_shares_only(self) -> None:
        with pytest.raises(InputError, match=r"0\.001 to 1 %"):
            p530.attenuation_db(5.0, 20.0, 18.0, 60.0)
        with pytest.raises(InputError, match="60 km"):
            p530.attenuation_db(0.01, 61.0, 18.0, 60.0)
        with pytest.raises(InputError, match="7 and 50"):
            p530.scaled_attenuation_db(20.0, 5.0, 18.0)


@pytest.mark.parametrize("module", [climate, multipath, rain])
def test_the_examples_in_the_documentation_hold(module: ModuleType) -> None:
    result = doctest.testmod(module)
    assert result.attempted > 0
    assert result.failed == 0
