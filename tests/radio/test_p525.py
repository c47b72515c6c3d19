"""Free space, the effective earth and the Fresnel zone have their published values."""

from __future__ import annotations

import doctest
import importlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alcance.errors import InputError
from alcance.radio import effective_radius_km, free_space_loss_db, free_space_range_km, fresnel_radius_m, k_factor_of
from alcance.radio.earth import bulge_m
from alcance.radio.p526 import knife_edge_loss_db


@pytest.mark.parametrize("name", ["earth", "p525", "p526"])
def test_the_examples_in_the_docstrings_hold(name):
    module = importlib.import_module(f"alcance.radio.{name}")
    result = doctest.testmod(module)
    assert result.attempted > 0
    assert result.failed == 0


def test_free_space_loss_agrees_with_the_rounded_formula_of_the_recommendation():
    distance, freq = np.array([0.1, 1, 30, 235.1])[:, None], np.array([0.0953, 0.7, 5.8, 80])[None, :]
    assert free_space_loss_db(distance, freq) == pytest.approx(92.45 + 20 * np.log10(distance * freq), abs=0.01)


@given(st.floats(0.01, 1000), st.floats(0.03, 100))
def test_range_is_the_inverse_of_loss(distance_km, freq_ghz):
    assert free_space_range_km(free_space_loss_db(distance_km, freq_ghz), freq_ghz) == pytest.approx(distance_km)


def test_the_bulge_is_that_of_a_circle():
    """Of a 30 km path over k = 4/3 the middle stands 13.2 m high; the parabola is exact to a millimetre."""
    radius = effective_radius_km(4 / 3) * 1e3
    exact = radius - np.sqrt(radius**2 - 15_000**2)
    assert bulge_m(15_000, 15_000, 4 / 3) == pytest.approx(exact, abs=1e-3)
    assert bulge_m(0, 30_000, 4 / 3) == 0


def test_the_fresnel_zone_is_the_locus_of_half_a_wavelength():
    near, far, freq = 7_000.0, 3_000.0, 5.8
    radius = float(fresnel_radius_m(near, far, freq))
    detour = np.hypot(near, radius) + np.hypot(far, radius) - near - far
    assert detour == pytest.approx(0.299792458 / freq / 2, rel=1e-3)
    assert fresnel_radius_m(near, far, freq, zone=4) == pytest.approx(2 * radius)


def test_knife_edge_loss_against_the_fresnel_integral():
    """J(v) of equation 31 is within 0.13 dB of the integral it approximates."""
    from scipy.special import fresnel

    v = np.linspace(-0.7, 5, 60)
    s, c = fresnel(v)
    exact = -20 * np.log10(np.sqrt((1 - c - s) ** 2 + (c - s) ** 2) / 2)
    assert knife_edge_loss_db(v) == pytest.approx(exact, abs=0.13)
    assert knife_edge_loss_db([-3.0, -0.78]) == pytest.approx([0, 0])


@pytest.mark.parametrize("k_factor", [0.0, -1.0, float("nan"), float("inf")])
def test_an_impossible_radius_factor_is_refused(k_factor):
    with pytest.raises(InputError, match="4/3 is a standard atmosphere"):
        effective_radius_km(k_factor)


def test_a_lapse_rate_that_would_flatten_the_earth_is_refused():
    with pytest.raises(InputError, match="below 157"):
        k_factor_of(157.0)
