"""Building entry loss agrees with the table of Study Group 3, and behaves like a loss that varies by place."""

from __future__ import annotations

import doctest
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alcance.errors import InputError
from alcance.radio import p2109
from alcance.radio.p2109 import THERMALLY_EFFICIENT, TRADITIONAL, building_entry_loss_db

TABLE = Path(__file__).parents[1] / "data" / "p2109" / "validation.csv"
FREQ, SHARE, KIND = st.floats(0.08, 100), st.floats(0.1, 99.9), st.sampled_from([TRADITIONAL, THERMALLY_EFFICIENT])


def test_every_row_of_the_official_table():
    freq, probability, kind, elevation, expected = np.loadtxt(TABLE, delimiter=",", skiprows=1, unpack=True)
    loss = building_entry_loss_db(freq, probability, kind.astype(int), elevation_deg=elevation)
    assert freq.size > 4000
    assert np.abs(loss - expected).max() < 1e-6


@given(FREQ, SHARE, SHARE, KIND)
def test_more_places_are_kept_to_by_more_loss(freq, share, other, kind):
    less, greater = building_entry_loss_db(freq, sorted((share, other)), kind)
    assert greater >= less


@given(FREQ, SHARE, KIND, st.floats(0, 90))
def test_steep_paths_lose_more_and_alike_from_above_and_below(freq, share, kind, angle):
    level, above, below = building_entry_loss_db(freq, share, kind, elevation_deg=[0.0, angle, -angle])
    assert above == below
    assert above >= level


@given(FREQ)
def test_metallised_glass_keeps_more_out_in_half_of_the_places(freq):
    usual, efficient = building_entry_loss_db(freq, 50, [TRADITIONAL, THERMALLY_EFFICIENT])
    assert efficient > usual


def test_one_value_in_one_value_out():
    loss = building_entry_loss_db(2.4, 50, TRADITIONAL)
    assert loss.shape == ()
    assert np.isfinite(loss)


def test_the_example_in_the_docstring_holds():
    result = doctest.testmod(p2109)
    assert result.attempted > 0
    assert result.failed == 0


@pytest.mark.parametrize(
    ("freq", "probability", "kind", "angle", "message"),
    [
        (0.05, 50, TRADITIONAL, 0, "freq_ghz.*0.05.*0.08 to 100 GHz"),
        (2.4, 0, TRADITIONAL, 0, "probability_pct"),
        (2.4, 100, TRADITIONAL, 0, "probability_pct"),
        (2.4, 50, 3, 0, "building.*'3'.*traditional"),
        (2.4, 50, TRADITIONAL, 100, "elevation_deg"),
        (np.nan, 50, TRADITIONAL, 0, "freq_ghz.*nan"),
    ],
)
def test_what_the_model_does_not_hold_for_is_refused(freq, probability, kind, angle, message):
    with pytest.raises(InputError, match=message):
        building_entry_loss_db(freq, probability, kind, elevation_deg=angle)
