"""How sure a clear path is, against errors drawn by chance and against what must hold."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alcance.errors import InputError
from alcance.radio.confidence import confident_classes, sight_confidence
from alcance.radio.earth import MEDIAN_K_FACTOR, effective_radius_km
from alcance.radio.p525 import wavelength_m
from alcance.terrain import Profiles

FREQ_GHZ = 5.6


def path(ground_m: np.ndarray, step_m: float) -> Profiles:
    distance = np.arange(len(ground_m)) * step_m
    return Profiles(distance, ground_m.astype(np.float32), np.array([0, len(ground_m)]))


def chance(ground: Profiles, sigma_m: float, near: float, far: float, correlation_m: float = 2000.0) -> float:
    error = Profiles(ground.distance_m, np.full(len(ground.distance_m), sigma_m, np.float32), ground.offsets)
    found = sight_confidence(
        ground, error, np.array([near]), np.array([far]), freq_ghz=FREQ_GHZ, correlation_length_m=correlation_m
    )
    return float(found[0])


def drawn(ground: Profiles, sigma_m: float, near: float, far: float, correlation_m: float, draws: int) -> float:
    """Share of error fields, drawn with exponential correlation, that leave the path clear."""
    d = ground.distance_m
    length = d[-1]
    covariance = sigma_m**2 * np.exp(-np.abs(d[:, None] - d[None, :]) / correlation_m)
    rng = np.random.default_rng(7)
    errors = rng.multivariate_normal(np.zeros(len(d)), covariance, size=draws, method="cholesky")
    z = ground.elevation_m.astype(float) + errors
    t = d / length
    line = (z[:, :1] + near) * (1 - t) + (z[:, -1:] + far) * t
    bulge = d * (length - d) / (2000 * effective_radius_km(MEDIAN_K_FACTOR))
    zone = 0.6 * np.sqrt(wavelength_m(FREQ_GHZ) * d * (length - d) / length)
    return float((line - z - bulge - zone)[:, 1:-1].min(axis=1).__ge__(0).mean())


def valley(points: int, depth_m: float) -> np.ndarray:
    t = np.linspace(0, 1, points)
    return 1000.0 - 4 * depth_m * t * (1 - t)


@pytest.mark.parametrize("depth_m", [20.0, 60.0, 150.0, 400.0])
@pytest.mark.parametrize("sigma_m", [5.0, 30.0, 76.0])
def test_near_the_share_of_drawn_error_fields_that_stay_clear(depth_m: float, sigma_m: float) -> None:
    ground = path(valley(31, depth_m), 400.0)
    expected = drawn(ground, sigma_m, 15.0, 15.0, 2000.0, 4000)
    # Stretches that err as one, and independently of each other, are a coarse picture of a correlated field: it is
    # asked to be right where plans decide, within a tenth or two.
    assert abs(chance(ground, sigma_m, 15.0, 15.0) - expected) < 0.2


def test_without_error_a_path_is_surely_clear_or_surely_blocked() -> None:
    assert chance(path(valley(21, 100.0), 400.0), 0.0, 15.0, 15.0) == 1.0
    assert chance(path(1000 + (1000 - valley(21, 100.0)), 400.0), 0.0, 15.0, 15.0) == 0.0


@settings(max_examples=60)
@given(
    st.lists(st.floats(0, 300), min_size=5, max_size=40),
    st.floats(0, 100),
    st.floats(2, 60),
    st.floats(2, 60),
    st.floats(0, 60),
)
def test_a_higher_mast_is_never_less_sure(
    heights: list[float], sigma_m: float, near: float, far: float, more: float
) -> None:
    ground = path(np.array(heights), 300.0)
    assert chance(ground, sigma_m, near, far + more) >= chance(ground, sigma_m, near, far)
    assert chance(ground, sigma_m, near + more, far) >= chance(ground, sigma_m, near, far)


@settings(max_examples=60)
@given(st.lists(st.floats(0, 300), min_size=5, max_size=40), st.floats(0, 100), st.floats(2, 60), st.floats(2, 60))
def test_both_directions_are_equally_sure(heights: list[float], sigma_m: float, near: float, far: float) -> None:
    there, back = path(np.array(heights), 300.0), path(np.array(heights[::-1]), 300.0)
    # A sample on the border of two stretches falls to one or the other, seen from either end.
    assert abs(chance(there, sigma_m, near, far) - chance(back, sigma_m, far, near)) < 0.35


@settings(max_examples=40)
@given(st.lists(st.floats(0, 200), min_size=5, max_size=30), st.floats(0, 60), st.sampled_from([0.5, 0.7, 0.9]))
def test_classes_are_the_lowest_that_reach_the_confidence(
    heights: list[float], sigma_m: float, confidence: float
) -> None:
    classes = np.array([6.0, 15.0, 30.0, 45.0])
    ground = path(np.array(heights), 300.0)
    error = Profiles(ground.distance_m, np.full(len(heights), sigma_m, np.float32), ground.offsets)
    found = confident_classes(
        ground,
        error,
        classes,
        np.zeros((1, 4), dtype=np.uint8),
        confidence=confidence,
        freq_ghz=FREQ_GHZ,
        correlation_length_m=2000.0,
    )[0]
    for near, far in enumerate(found):
        sure = [chance(ground, sigma_m, classes[near], height) >= confidence for height in classes]
        assert far == (sure.index(True) if any(sure) else 4)


@pytest.mark.parametrize(("name", "value"), [("freq_ghz", 0.0), ("correlation_length_m", -1.0), ("clearance", -0.1)])
def test_a_parameter_that_is_not_usable_is_named(name: str, value: float) -> None:
    ground = path(valley(9, 50.0), 300.0)
    given = {"freq_ghz": FREQ_GHZ, "correlation_length_m": 2000.0, name: value}
    with pytest.raises(InputError, match=name):
        sight_confidence(ground, ground, np.array([10.0]), np.array([10.0]), **given)
