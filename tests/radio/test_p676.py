"""Gases as P.676 has them: the examples of Study Group 3, another program, and what physics expects."""

from __future__ import annotations

import doctest
from pathlib import Path

import numpy as np
import pytest

from alcance.errors import InputError
from alcance.radio import p676

FOLDER = Path(__file__).parents[1] / "data" / "p676"
STANDARD = (1013.25, 288.15, 7.5)


@pytest.mark.parametrize(
    ("name", "rows", "tolerance"), [("ITURP676-12_gamma.csv", 177, 1e-8), ("ITURP676-13_gamma.csv", 175, 1e-12)]
)
def test_the_examples_of_study_group_3_are_met(name: str, rows: int, tolerance: float) -> None:
    table = np.loadtxt(FOLDER / name, delimiter=",", skiprows=2)
    freq, pressure, temperature, vapour, dry, wet, total = table.T
    our_dry, our_wet = p676.specific_attenuation_parts_db_km(freq, pressure, temperature, vapour)
    assert len(table) == rows
    # 0.1 % or the last printed digit, whichever is looser: the tables of P.676-12 print 1e-9 dB/km.
    assert our_dry == pytest.approx(dry, abs=tolerance, rel=1e-7)
    assert our_wet == pytest.approx(wet, abs=tolerance, rel=1e-7)
    assert our_dry + our_wet == pytest.approx(total, abs=tolerance, rel=1e-7)


def test_another_program_sums_the_same_lines_to_the_same_figures() -> None:
    table = np.loadtxt(FOLDER / "crc_p676_validation.csv", delimiter=",", skiprows=1)
    freq, pressure, vapour, temperature, dry, wet = table.T
    our_dry, our_wet = p676.specific_attenuation_parts_db_km(freq, pressure, temperature, vapour)
    assert len(table) == 2498
    assert our_dry == pytest.approx(dry, rel=1e-12)
    assert our_wet == pytest.approx(wet, rel=1e-12)


def test_oxygen_peaks_at_60_ghz_and_vapour_at_22_and_183() -> None:
    freq = np.arange(10.0, 200.0, 0.05)
    dry, wet = p676.specific_attenuation_parts_db_km(freq, *STANDARD)
    assert 58 < freq[np.argmax(dry)] < 62
    assert 182.5 < freq[np.argmax(wet)] < 184
    near_22 = (freq > 15) & (freq < 30)
    assert 21.5 < freq[near_22][np.argmax(wet[near_22])] < 23


def test_without_vapour_only_dry_air_attenuates_and_without_air_nothing_does() -> None:
    dry, wet = p676.specific_attenuation_parts_db_km(23.0, 1013.25, 288.15, 0.0)
    assert dry > 0
    assert wet == 0
    assert p676.specific_attenuation_db_km(23.0, 0.0, 220.0, 0.0) == 0


def test_a_path_loses_in_proportion_to_its_length() -> None:
    one = p676.path_loss_db(1.0, 23.0, *STANDARD)
    assert p676.path_loss_db([0.0, 7.0, 30.0], 23.0, *STANDARD) == pytest.approx(one * np.array([0.0, 7.0, 30.0]))
    assert p676.path_loss_db([1.0, 2.0], [23.0, 60.0], *STANDARD) == pytest.approx(
        [1.0, 2.0] * p676.specific_attenuation_db_km([23.0, 60.0], *STANDARD)
    )


@pytest.mark.parametrize(
    ("values", "column"),
    [
        ((0.7, 1013.25, 288.15, 7.5), "freq_ghz"),
        ((23.0, -1.0, 288.15, 7.5), "dry_pressure_hpa"),
        ((23.0, 1013.25, 15.0, 7.5), "temperature_k"),
        ((23.0, 1013.25, 288.15, np.nan), "vapour_g_m3"),
    ],
)
def test_air_that_cannot_be_is_refused(values: tuple[float, ...], column: str) -> None:
    with pytest.raises(InputError) as caught:
        p676.specific_attenuation_db_km(*values)
    assert [problem.column for problem in caught.value.problems] == [column]


def test_a_negative_distance_is_refused() -> None:
    with pytest.raises(InputError, match="distance_km"):
        p676.path_loss_db(-1.0, 23.0, *STANDARD)


def test_the_examples_in_the_documentation_hold() -> None:
    result = doctest.testmod(p676)
    assert result.attempted > 0
    assert result.failed == 0
