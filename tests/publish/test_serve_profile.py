"""A hop's profile lies as the recommendations say: a bulge of d²/8ka in the middle, a zone of half the root of λd."""

from __future__ import annotations

import math

import numpy as np
import pytest

from alcance.publish.map_site import hop_profile


def level(length_m: float, samples: int, ground_m: float = 100.0) -> tuple[list[float], list[float]]:
    return np.linspace(0.0, length_m, samples).tolist(), [ground_m] * samples


def test_bulge_and_zone_in_the_middle_of_a_long_hop() -> None:
    along, ground = level(40_000.0, 5)
    found = hop_profile(along, ground, height_from_m=45.0, height_to_m=45.0, freq_ghz=5.8, k_factor=4 / 3)
    assert found["bulge_m"][2] == pytest.approx(40_000.0**2 / (8 * 4 / 3 * 6_371_000.0), abs=0.01)
    assert found["fresnel_m"][2] == pytest.approx(math.sqrt(0.299792458 / 5.8 * 40_000.0) / 2, abs=0.01)
    assert found["fresnel_m"][0] == found["fresnel_m"][-1] == 0.0
    assert found["sight_m"] == [145.0] * 5


def test_the_tightest_place_is_where_the_zone_is_least_free() -> None:
    along, ground = level(10_000.0, 11)
    ground[7] = 112.0
    found = hop_profile(along, ground, height_from_m=15.0, height_to_m=15.0, freq_ghz=5.8, k_factor=4 / 3)
    tight = found["tightest"]
    assert tight["sample"] == 7
    assert tight["clearance_m"] == pytest.approx(3.0 - found["bulge_m"][7], abs=0.02)
    assert tight["clearance"] == pytest.approx(tight["clearance_m"] / found["fresnel_m"][7], abs=0.01)


def test_a_blocked_hop_has_a_negative_clearance() -> None:
    along, ground = level(5_000.0, 6)
    ground[3] = 180.0
    found = hop_profile(along, ground, height_from_m=6.0, height_to_m=6.0, freq_ghz=5.8, k_factor=4 / 3)
    assert found["tightest"]["clearance"] < 0


def test_a_hop_without_inner_samples_claims_nothing() -> None:
    found = hop_profile([0.0, 300.0], [5.0, 6.0], height_from_m=6.0, height_to_m=6.0, freq_ghz=5.8, k_factor=4 / 3)
    assert found["tightest"] is None


def test_a_smaller_effective_earth_bulges_more() -> None:
    along, ground = level(20_000.0, 9)
    bulges = [
        hop_profile(along, ground, height_from_m=30.0, height_to_m=30.0, freq_ghz=5.8, k_factor=k)["bulge_m"][4]
        for k in (0.67, 1.0, 4 / 3)
    ]
    assert bulges == sorted(bulges, reverse=True)
