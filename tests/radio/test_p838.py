"""Rain as P.838-3 has it: the examples of Study Group 3 and what physics expects."""

from __future__ import annotations

import doctest
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alcance.errors import InputError
from alcance.radio import p838

TABLE = Path(__file__).parents[1] / "data" / "p838" / "ITURP838-3_rain_specific_attenuation.csv"


@pytest.fixture(scope="module")
def examples() -> np.ndarray:
    return np.loadtxt(TABLE, delimiter=",", skiprows=2, encoding="latin-1")


def test_the_examples_of_study_group_3_are_met(examples: np.ndarray) -> None:
    elevation, freq, rain, tilt, k, alpha, gamma = examples.T
    our_k, our_alpha = p838.coefficients(freq, tilt_deg=tilt, elevation_deg=elevation)
    ours = p838.specific_attenuation_db_km(rain, freq, tilt_deg=tilt, elevation_deg=elevation)
    assert len(examples) == 32
    assert our_k == pytest.approx(k, rel=1e-6)
    assert our_alpha == pytest.approx(alpha, rel=1e-7)
    assert ours == pytest.approx(gamma, abs=1e-7)


# Table 5 of P.838-3 prints the coefficients at round frequencies.
@pytest.mark.parametrize(
    ("freq", "k_h", "alpha_h", "k_v", "alpha_v"),
    [
        (1.0, 0.0000259, 0.9691, 0.0000308, 0.8592),
        (10.0, 0.01217, 1.2571, 0.01129, 1.2156),
        (20.0, 0.09164, 1.0568, 0.09611, 0.9847),
        (80.0, 1.1704, 0.7115, 1.1668, 0.7021),
        (1000.0, 1.3795, 0.6396, 1.3822, 0.6365),
    ],
)
def test_the_printed_coefficients_are_met(freq: float, k_h: float, alpha_h: float, k_v: float, alpha_v: float) -> None:
    horizontal, vertical = p838.coefficients(freq, tilt_deg=0.0), p838.coefficients(freq, tilt_deg=90.0)
    assert [float(value) for value in (*horizontal, *vertical)] == pytest.approx([k_h, alpha_h, k_v, alpha_v], rel=3e-3)


@given(st.floats(1, 1000), st.floats(0.1, 200), st.floats(0, 90))
def test_more_rain_attenuates_more(freq: float, rain: float, tilt: float) -> None:
    light, heavy = p838.specific_attenuation_db_km([rain, rain * 1.01], freq, tilt_deg=tilt)
    assert 0 < light < heavy


def test_no_rain_attenuates_nothing_and_a_scalar_stays_one() -> None:
    dry = p838.specific_attenuation_db_km(0.0, 18.0)
    assert dry.shape == ()
    assert dry == 0


def test_circular_polarisation_lies_between_the_linear_ones() -> None:
    freq = np.array([6.0, 18.0, 38.0, 80.0])
    vertical, circular, horizontal = (
        p838.specific_attenuation_db_km(60.0, freq, tilt_deg=tilt) for tilt in (90.0, 45.0, 0.0)
    )
    assert np.all((vertical < circular) & (circular < horizontal))


def test_a_path_straight_up_knows_no_polarisation() -> None:
    along = p838.specific_attenuation_db_km(60.0, 18.0, tilt_deg=[0.0, 45.0, 90.0], elevation_deg=90.0)
    assert along == pytest.approx(along[0], rel=1e-12)


def test_values_out_of_range_are_named_all_at_once() -> None:
    with pytest.raises(InputError) as caught:
        p838.specific_attenuation_db_km([10.0, -5.0], 0.7)
    assert [(problem.row, problem.column, problem.value) for problem in caught.value.problems] == [
        (2, "rain_mm_h", "-5.0"),
        (1, "freq_ghz", "0.7"),
    ]
    assert "1 to 1000 GHz" in str(caught.value)


@pytest.mark.parametrize("wrong", [np.nan, np.inf, 1001.0])
def test_a_frequency_that_is_none_is_refused(wrong: float) -> None:
    with pytest.raises(InputError, match="freq_ghz"):
        p838.coefficients(wrong)


def test_shapes_that_do_not_fit_are_refused() -> None:
    with pytest.raises(InputError, match="broadcast"):
        p838.specific_attenuation_db_km([1.0, 2.0, 3.0], [10.0, 20.0])


def test_the_examples_in_the_documentation_hold() -> None:
    result = doctest.testmod(p838)
    assert result.attempted > 0
    assert result.failed == 0
