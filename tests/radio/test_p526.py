"""Diffraction agrees with the logs of Study Group 3 and behaves like diffraction."""

from __future__ import annotations

import numpy as np
import p1812
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alcance.errors import InputError
from alcance.radio import bullington_loss_db, delta_bullington, delta_bullington_db
from alcance.radio.spherical_earth import HORIZONTAL, VERTICAL
from alcance.terrain import Profiles

# The logs were made with a wavelength of 0.2998/f, and give ten digits.
TOLERANCE_DB = 3e-4


def one_path(distance_m, ground_m) -> Profiles:
    distance, ground = np.asarray(distance_m, np.float64), np.asarray(ground_m, np.float32)
    return Profiles(distance, ground, np.array([0, distance.size]))


@pytest.mark.parametrize("log_path", p1812.cases(), ids=lambda path: path.stem)
def test_every_part_agrees_with_the_official_logs(log_path):
    log = p1812.read_log(log_path)
    paths, cover = p1812.read_profile(log_path)
    question = (paths, log["htg (m)"], log["hrg (m)"], log["f (GHz)"])
    options = {"polarisation": int(log["pol"]), "sea_share": log["w Table 5"], "cover_m": cover}
    # The log's last columns are those of the time for which refraction is exceeded: three times the radius.
    bent = delta_bullington(*question, k_factor=3.0, **options)
    assert bent.actual_db[0] == pytest.approx(log["Lbulla (dB) Eq (21)"], abs=TOLERANCE_DB)
    assert bent.smooth_db[0] == pytest.approx(log["Lbulls (dB) Eq (21)"], abs=TOLERANCE_DB)
    assert bent.spherical_db[0] == pytest.approx(log["Ldsph (dB) Eq (27)"], abs=TOLERANCE_DB)
    assert bent.total_db[0] == pytest.approx(log["Ldb (dB) Eq (39)"], abs=TOLERANCE_DB)
    assert bent.smooth1_m[0] == pytest.approx(log["hstd (m) Eq (89)"], abs=1e-3)
    assert bent.smooth2_m[0] == pytest.approx(log["hsrd (m) Eq (89)"], abs=1e-3)
    median = delta_bullington(*question, k_factor=log["ae (km) Eq (7a)"] / 6371, **options)
    assert median.total_db[0] == pytest.approx(log["Ld50 (dB) Eq (39)"], abs=TOLERANCE_DB)


def test_bullington_alone_is_the_same_as_within_delta():
    paths, _ = p1812.read_profile(p1812.cases()[0])
    whole = delta_bullington(paths, 60, 7, 0.6)
    assert bullington_loss_db(paths, 60, 7, 0.6) == pytest.approx(whole.actual_db)
    assert delta_bullington_db(paths, 60, 7, 0.6) == pytest.approx(whole.total_db)


def test_many_paths_at_once_equal_one_at_a_time():
    every = [p1812.read_profile(path)[0] for path in p1812.cases()]
    lengths = [paths.distance_m.size for paths in every]
    together = Profiles(
        np.concatenate([paths.distance_m for paths in every]),
        np.concatenate([paths.elevation_m for paths in every]),
        np.concatenate([[0], np.cumsum(lengths)]),
    )
    height = np.linspace(5, 60, len(every))
    batch = delta_bullington_db(together, height, 20.0, 2.4)
    single = [delta_bullington_db(paths, h, 20.0, 2.4)[0] for paths, h in zip(every, height, strict=True)]
    assert np.array_equal(batch, single)


def test_a_single_knife_edge_is_its_own_bullington_point():
    """One sharp hill on a short path: the loss is J(v) and the correction of equation 58."""
    distance = np.linspace(0, 10_000, 101)
    ground = np.zeros(101)
    ground[40] = 60.0
    loss = bullington_loss_db(one_path(distance, ground), 20, 20, 1.0, k_factor=1e6)[0]
    v = 40 * np.sqrt(2 * 10_000 / (0.299792458 * 4_000 * 6_000))
    edge = 6.9 + 20 * np.log10(np.sqrt((v - 0.1) ** 2 + 1) + v - 0.1)
    assert loss == pytest.approx(edge + (1 - np.exp(-edge / 6)) * (10 + 0.02 * 10), abs=1e-6)


@given(st.integers(0, 10_000), st.floats(2, 80), st.floats(2, 80), st.sampled_from([0.7, 2.4, 5.8]))
@settings(max_examples=60)
def test_loss_is_the_same_both_ways(seed, height1, height2, freq):
    rng = np.random.default_rng(seed)
    distance = np.linspace(0, 20_000, 120)
    ground = rng.normal(0, 15, 120).cumsum() + 500
    there = delta_bullington_db(one_path(distance, ground), height1, height2, freq)[0]
    back = delta_bullington_db(one_path(distance, ground[::-1]), height2, height1, freq)[0]
    assert there == pytest.approx(back, abs=1e-3)


@given(st.integers(0, 10_000), st.floats(2, 60), st.floats(0.1, 40))
@settings(max_examples=60)
def test_bullington_never_grows_with_a_higher_mast(seed, height, more):
    rng = np.random.default_rng(seed)
    paths = one_path(np.linspace(0, 15_000, 90), rng.normal(0, 20, 90).cumsum() + 900)
    lower, higher = bullington_loss_db(paths, height, 10, 5.8)[0], bullington_loss_db(paths, height + more, 10, 5.8)[0]
    assert higher <= lower + 1e-6


def test_masts_high_above_a_plain_lose_nothing():
    paths = one_path(np.linspace(0, 10_000, 101), np.zeros(101))
    assert delta_bullington_db(paths, 200, 200, 5.8)[0] == 0


def test_over_the_sea_polarisation_matters():
    paths = one_path(np.linspace(0, 80_000, 401), np.zeros(401))
    over_sea = [
        delta_bullington_db(paths, 10, 10, 0.1, polarisation=p, sea_share=1.0)[0] for p in (HORIZONTAL, VERTICAL)
    ]
    over_land = [delta_bullington_db(paths, 10, 10, 0.1, polarisation=p)[0] for p in (HORIZONTAL, VERTICAL)]
    assert over_sea[1] < over_sea[0] - 5
    assert abs(over_land[1] - over_land[0]) < abs(over_sea[1] - over_sea[0])


def test_a_path_of_no_length_loses_nothing():
    assert delta_bullington_db(one_path([0, 0, 0], [5, 5, 5]), 10, 10, 5.8)[0] == 0


def test_what_cannot_be_is_refused():
    paths = one_path(np.linspace(0, 10_000, 101), np.zeros(101))
    with pytest.raises(InputError, match="height1_m"):
        delta_bullington_db(paths, -1, 10, 5.8)
    with pytest.raises(InputError, match="freq_ghz"):
        delta_bullington_db(paths, 10, 10, 0)
    with pytest.raises(InputError, match="vertical"):
        delta_bullington_db(paths, 10, 10, 5.8, polarisation=3)
