"""The screen tells the height each mast needs, as a plain computation does, and obeys the laws of sight."""

from __future__ import annotations

import numpy as np
import pytest
import reference
from hypothesis import given, settings
from hypothesis import strategies as st

from alcance.errors import InputError, TerrainGap
from alcance.radio import lowest_classes, required_height_m
from alcance.radio.earth import bulge_m
from alcance.radio.false_clear import false_clear_share
from alcance.terrain import Grid

LON, LAT = st.floats(-98.86, -98.54), st.floats(18.79, 19.09)
HEIGHT = st.sampled_from([6.0, 15.0, 30.0, 45.0])


def places(count: int, seed: int) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    return [rng.uniform(*limits, count) for limits in ((-98.86, -98.54), (18.79, 19.09)) * 2]


@pytest.mark.parametrize(
    ("freq_ghz", "k_factor", "clearance", "step_m"),
    [(5.8, 4 / 3, 0.6, 60.0), (0.7, 1.0, 1.0, 200.0), (23.0, 0.7, 0.0, 31.0)],
)
def test_agrees_with_a_plain_computation_sample_by_sample(volcano, freq_ghz, k_factor, clearance, step_m):
    ends = places(150, 11)
    options = {"freq_ghz": freq_ghz, "k_factor": k_factor, "clearance": clearance, "step_m": step_m}
    heights = [6.0, 15.0, 30.0, 45.0]
    ours = required_height_m(volcano, *ends, heights, **options)
    plain = np.array(
        [reference.required_height_m(volcano, *place, heights, **options) for place in zip(*ends, strict=True)]
    )
    # Rounding to a centimetre, and a lever of up to the number of samples on float32 ground.
    assert np.abs(ours - plain).max() < 0.25
    assert np.median(np.abs(ours - plain)) < 0.006
    assert ((ours <= 30) == (plain <= 30)).mean() > 0.999


@given(LON, LAT, LON, LAT, HEIGHT, HEIGHT)
@settings(max_examples=150)
def test_sight_is_mutual(volcano, lon1, lat1, lon2, lat2, height1, height2):
    there = required_height_m(volcano, lon1, lat1, lon2, lat2, [height1], freq_ghz=5.8)[0, 0]
    back = required_height_m(volcano, lon2, lat2, lon1, lat1, [height2], freq_ghz=5.8)[0, 0]
    if abs(there - height2) > 0.05 and abs(back - height1) > 0.05:
        assert (there <= height2) == (back <= height1)


@given(LON, LAT, LON, LAT, st.floats(0, 60), st.floats(0, 60))
@settings(max_examples=100)
def test_a_higher_mast_never_blocks(volcano, lon1, lat1, lon2, lat2, height, more):
    needed = required_height_m(volcano, lon1, lat1, lon2, lat2, [height, height + more], freq_ghz=5.8)[0]
    assert needed[1] <= needed[0]


@given(LON, LAT, LON, LAT, st.floats(0, 1), st.floats(0, 1))
@settings(max_examples=60)
def test_asking_for_more_clearance_never_lowers_a_mast(volcano, lon1, lat1, lon2, lat2, clearance, more):
    options = {"freq_ghz": 2.4, "step_m": 60.0}
    less = required_height_m(volcano, lon1, lat1, lon2, lat2, [15.0], clearance=clearance, **options)
    greater = required_height_m(volcano, lon1, lat1, lon2, lat2, [15.0], clearance=clearance + more, **options)
    assert greater[0, 0] >= less[0, 0]


def test_a_mast_of_the_required_height_just_clears(volcano):
    """Putting the answer into the definition: the least clearance along the path is the one asked for."""
    from alcance.radio import fresnel_radius_m
    from alcance.terrain import profiles

    ends = places(40, 3)
    needed = required_height_m(volcano, *ends, [15.0], freq_ghz=5.8, step_m=60.0)[:, 0]
    paths = profiles(volcano, *ends, 60.0)
    for index in range(40):
        distance, ground = paths.path(index)
        share = distance / distance[-1]
        line = (ground[0] + 15.0) * (1 - share) + (ground[-1] + float(needed[index])) * share
        left = line - ground - bulge_m(distance, distance[-1] - distance, 4 / 3)
        spare = left - 0.6 * fresnel_radius_m(distance, distance[-1] - distance, 5.8)
        assert spare[1:-1].min() == pytest.approx(0, abs=0.03)


def test_on_a_plain_two_masts_share_the_bulge_and_the_zone(plain):
    """At 20 km over level ground the middle needs the bulge and 0.6 of the zone: twice that from the far mast alone."""
    needed = required_height_m(plain, 10.1, 0.0, 10.28, 0.0, [0.0, 15.0], freq_ghz=5.8, step_m=20.0)[0]
    length = np.radians(0.18) * 6_371_000
    share = np.linspace(0.001, 0.999, 999)
    near, far = share * length, (1 - share) * length
    top = bulge_m(near, far, 4 / 3) + 0.6 * np.sqrt(0.299792458 / 5.8 * near * far / length)
    assert needed[0] == pytest.approx((top / share).max(), rel=0.02)
    assert needed[1] == pytest.approx(((top - 15 * (1 - share)) / share).max(), abs=0.1)


def test_each_path_may_have_its_own_near_heights(volcano):
    ends = places(20, 5)
    heights = np.linspace(5, 45, 40).reshape(20, 2)
    together = required_height_m(volcano, *ends, heights, freq_ghz=5.8)
    for index in range(20):
        alone = required_height_m(volcano, *(end[index] for end in ends), heights[index], freq_ghz=5.8)
        assert np.array_equal(alone[0], together[index])
    with pytest.raises(ValueError, match="rows"):
        required_height_m(volcano, *ends, heights[:3], freq_ghz=5.8)


def test_a_place_sees_itself(volcano):
    assert required_height_m(volcano, -98.7, 18.9, -98.7, 18.9, [15.0], freq_ghz=5.8)[0, 0] <= 0


def test_the_same_bytes_twice_and_progress_reaches_the_end(volcano, monkeypatch):
    from alcance.radio import screen

    ends = places(3000, 8)
    first = required_height_m(volcano, *ends, [6.0, 30.0], freq_ghz=5.8)
    monkeypatch.setattr(screen, "BLOCK", 700)
    seen: list[tuple[str, float]] = []
    second = required_height_m(volcano, *ends, [6.0, 30.0], freq_ghz=5.8, progress=lambda *told: seen.append(told))
    assert first.tobytes() == second.tobytes()
    assert [stage for stage, _ in seen] == ["screen"] * 5
    assert [done for _, done in seen] == sorted(done for _, done in seen)
    assert seen[-1][1] == 1.0


def test_missing_ground_is_named(volcano):
    ground = volcano.ground_m.copy()
    ground[200:240, 300:340] = np.nan
    holed = Grid(ground, volcano.west, volcano.north, volcano.step_lon_deg, volcano.step_lat_deg)
    with pytest.raises(TerrainGap, match=r"lon -98\.70\d+, lat 18\.97\d+ \(1 path"):
        required_height_m(holed, [-98.75, -98.75], 18.97, [-98.65, -98.72], 18.97, [15.0], freq_ghz=5.8)
    with pytest.raises(TerrainGap, match=r"lon -98\.52000"):
        required_height_m(volcano, -98.6, 18.9, -98.52, 18.9, [15.0], freq_ghz=5.8, step_m=1e6)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"freq_ghz": 0.0}, "positive number of GHz"),
        ({"freq_ghz": float("nan")}, "positive number of GHz"),
        ({"clearance": -0.1}, "nought or more"),
        ({"k_factor": 0.0}, "standard atmosphere"),
        ({"step_m": float("inf")}, "positive number of metres"),
    ],
)
def test_what_cannot_be_is_refused(volcano, change, message):
    options = {"freq_ghz": 5.8, **change}
    with pytest.raises(InputError, match=message):
        required_height_m(volcano, -98.7, 18.9, -98.6, 18.9, [15.0], **options)
    with pytest.raises(InputError, match="finite"):
        required_height_m(volcano, -98.7, 18.9, -98.6, 18.9, [float("nan")], freq_ghz=5.8)


def test_the_lowest_class_that_clears():
    required = np.array([[-20.0, 6.0, 6.01], [45.0, 45.01, np.inf]], np.float32)
    assert lowest_classes(required, [6, 15, 30, 45]).tolist() == [[0, 0, 1], [3, -1, -1]]
    with pytest.raises(ValueError, match="ascend"):
        lowest_classes(required, [15, 6])


def test_averaged_terrain_calls_blocked_links_clear_and_more_so_the_coarser(volcano):
    heights = [6.0, 30.0]
    fine, coarse = (
        false_clear_share(volcano, arcsec, heights, np.random.default_rng(1), links=4000) for arcsec in (15.0, 60.0)
    )
    for found in (fine, coarse):
        assert (found.no_sight_fine <= found.blocked_fine).all()
        assert (found.blocked_fine <= found.clear_coarse).all()
        assert (found.share > found.missed_share).all()
        assert found.share[0] > found.share[1]
    assert (coarse.share > fine.share).all()


def test_unaveraged_terrain_never_lies(volcano):
    found = false_clear_share(volcano, volcano.step_lon_deg * 3600, [15.0], np.random.default_rng(2), links=2000)
    assert found.clear_coarse[0] > 100
    assert found.share[0] < 0.01
