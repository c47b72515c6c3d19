"""The radial methods against one profile per receiver, and what must hold of them whatever the ground."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alcance.errors import InputError, TerrainGap
from alcance.radio.coverage import diffraction_disc, diffraction_model, line_of_sight_disc, per_receiver_disc
from alcance.radio.earth import bulge_m
from alcance.radio.p525 import wavelength_m
from alcance.terrain import Grid, Profiles, great_circle_m, summits

MAST_M, RECEIVER_M, GHZ = 30.0, 6.0, 5.8
# Three summits and three places as they come, far enough from the edge of the model.
TOWERS = {
    "summit 3,035 m": (-98.69904, 18.94381, 7_000.0),
    "summit 2,940 m": (-98.71693, 18.92815, 7_000.0),
    "summit 2,658 m": (-98.64366, 18.89572, 7_000.0),
    "slope": (-98.6536, 18.9795, 7_000.0),
    "ridge's flank": (-98.7101, 18.9253, 7_000.0),
    "valley": (-98.7152, 18.8779, 7_000.0),
}


def sight_model(paths: Profiles, height1_m: np.ndarray, height2_m: np.ndarray) -> np.ndarray:
    """1 where no sample between the ends is above the sight line over the bulge, written out plainly."""
    return clearance_model(0.0)(paths, height1_m, height2_m)


def clearance_model(clearance: float):
    def clear(paths: Profiles, height1_m: np.ndarray, height2_m: np.ndarray) -> np.ndarray:
        out = np.empty(len(paths))
        for i in range(len(paths)):
            d, z = paths.path(i)
            length = d[-1]
            top1, top2 = float(z[0]) + height1_m[i], float(z[-1]) + height2_m[i]
            near, far = d[1:-1], length - d[1:-1]
            line = (top1 * far + top2 * near) / length
            zone = clearance * np.sqrt(wavelength_m(GHZ) * near * far / length)
            out[i] = (z[1:-1] + bulge_m(near, far, 4 / 3) + zone <= line).all()
        return out

    return clear


@pytest.mark.parametrize("tower", TOWERS)
def test_radials_agree_with_one_profile_per_receiver_on_diffraction(volcano: Grid, tower: str) -> None:
    lon, lat, radius_m = TOWERS[tower]
    place = (lon, lat, MAST_M, RECEIVER_M, radius_m)
    for delta in (False, True):
        radial = diffraction_disc(volcano, *place, freq_ghz=GHZ, delta=delta)
        # Finely sampled, for at the grid's own cell a profile steps over crests that radials meet on the grid's lines.
        model = diffraction_model(GHZ, delta=delta)
        each = per_receiver_disc(volcano, *place, model, step_m=volcano.cell_m / 8)
        off = np.abs(radial.values - each.values)[radial.answered]
        assert (off <= 1).mean() >= 0.85
        assert (off <= 3).mean() >= 0.95


@pytest.mark.parametrize(
    ("tower", "radius_m"),
    [("summit 3,035 m", 12_000), ("summit 2,940 m", 12_000), ("summit 2,658 m", 10_500), ("slope", 9_000),
     ("valley", 9_500)],
)  # fmt: skip
def test_radials_agree_with_profiles_sampled_at_the_cell_too(volcano: Grid, tower: str, radius_m: float) -> None:
    lon, lat, _ = TOWERS[tower]
    place = (lon, lat, MAST_M, RECEIVER_M, radius_m)
    radial = diffraction_disc(volcano, *place, freq_ghz=GHZ)
    off = np.abs(radial.values - per_receiver_disc(volcano, *place, diffraction_model(GHZ)).values)[radial.answered]
    assert (off <= 1).mean() >= 0.85
    assert (off <= 3).mean() >= 0.95
    sight = line_of_sight_disc(volcano, *place)
    each = per_receiver_disc(volcano, *place, sight_model)
    assert (sight.values != (each.values > 0.5))[sight.answered].mean() <= 0.015


@pytest.mark.parametrize("tower", TOWERS)
def test_radials_agree_with_one_profile_per_receiver_on_sight(volcano: Grid, tower: str) -> None:
    lon, lat, _ = TOWERS[tower]
    place = (lon, lat, MAST_M, RECEIVER_M, 6_000.0)
    radial = line_of_sight_disc(volcano, *place)
    each = per_receiver_disc(volcano, *place, sight_model, step_m=volcano.cell_m / 4)
    assert 0.002 < radial.values[radial.answered].mean() < 0.9
    assert (radial.values != (each.values > 0.5))[radial.answered].mean() <= 0.015


def test_radials_agree_with_one_profile_per_receiver_on_clearance(volcano: Grid) -> None:
    lon, lat, _ = TOWERS["summit 2,940 m"]
    place = (lon, lat, MAST_M, RECEIVER_M, 6_000.0)
    radial = line_of_sight_disc(volcano, *place, clearance=0.6, freq_ghz=GHZ)
    each = per_receiver_disc(volcano, *place, clearance_model(0.6), step_m=volcano.cell_m / 4)
    assert (radial.values != (each.values > 0.5))[radial.answered].mean() <= 0.02
    bare = line_of_sight_disc(volcano, *place)
    assert radial.values.sum() < bare.values.sum()


def test_the_towers_called_summits_are(volcano: Grid) -> None:
    lons, lats, _ = summits(volcano, 1500, 30)
    for name, (lon, lat, _) in TOWERS.items():
        nearest = float(great_circle_m(lons, lats, lon, lat).min())
        assert (nearest < volcano.cell_m) == name.startswith("summit")


def test_closer_radials_come_nearer_to_the_profiles(volcano: Grid) -> None:
    lon, lat, _ = TOWERS["summit 3,035 m"]
    place = (lon, lat, MAST_M, RECEIVER_M, 6_000.0)
    each = per_receiver_disc(volcano, *place, diffraction_model(GHZ), step_m=volcano.cell_m / 8)
    mean_off = []
    for spacing in (1.0, 0.5, 0.1):
        radial = diffraction_disc(volcano, *place, freq_ghz=GHZ, spacing_cells=spacing)
        mean_off.append(np.abs(radial.values - each.values)[radial.answered].mean())
    assert mean_off[0] > mean_off[1] > mean_off[2]


@pytest.mark.parametrize("ground_m", [0.0, 2500.0])
@pytest.mark.parametrize("lat", [0.3, -33.0, 60.0])
def test_level_ground_is_seen_as_far_as_the_horizon(ground_m: float, lat: float) -> None:
    step = 0.004
    rows, cols = 320, int(330 / np.cos(np.radians(lat)))
    north, west = lat + rows / 2 * step, 10.0
    grid = Grid(np.full((rows, cols), ground_m, np.float32), west, north, step, step)
    lon, lat = west + cols / 2 * step + 0.001, lat + 0.0013
    disc = line_of_sight_disc(grid, lon, lat, 20.0, 5.0, 60_000.0)
    lons, lats = np.meshgrid(disc.lons, disc.lats)
    distance = great_circle_m(lon, lat, lons, lats)
    # √(2 k a h) from either end.
    horizon = np.sqrt(2 * 4 / 3 * 6_371_000 * 20.0) + np.sqrt(2 * 4 / 3 * 6_371_000 * 5.0)
    clearly = disc.answered & (np.abs(distance - horizon) > 300)
    assert (disc.answered == (distance <= 60_000.0)).all()
    assert (disc.values == (distance < horizon))[clearly].all()


def test_delta_over_level_ground_is_the_method_of_each_profile(plain: Grid) -> None:
    place = (10.5003, 0.0011, 25.0, 10.0, 40_000.0)
    radial = diffraction_disc(plain, *place, freq_ghz=0.7, delta=True)
    each = per_receiver_disc(plain, *place, diffraction_model(0.7, delta=True))
    assert np.nanmax(each.values) > 20
    assert np.nanmax(np.abs(radial.values - each.values)) < 0.2


def test_every_cell_of_the_disc_is_answered_and_no_other(volcano: Grid) -> None:
    rng = np.random.default_rng(3)
    for _ in range(12):
        lon, lat = rng.uniform(-98.79, -98.62), rng.uniform(18.87, 19.0)
        radius_m = rng.uniform(200, 7_000)
        sight = line_of_sight_disc(volcano, lon, lat, MAST_M, RECEIVER_M, radius_m)
        loss = diffraction_disc(volcano, lon, lat, MAST_M, RECEIVER_M, radius_m, freq_ghz=GHZ)
        lons, lats = np.meshgrid(sight.lons, sight.lats)
        inside = great_circle_m(lon, lat, lons, lats) <= radius_m
        assert (sight.answered == inside).all()
        assert (loss.answered == inside).all()
        assert (np.isfinite(loss.values) == inside).all()
        assert not sight.values[~inside].any()


def test_a_tower_on_a_cell_sees_that_cell_and_loses_nothing_there(volcano: Grid) -> None:
    lon, lat = volcano.west + 300 * volcano.step_lon_deg, volcano.north - 250 * volcano.step_lat_deg
    sight = line_of_sight_disc(volcano, lon, lat, MAST_M, RECEIVER_M, 3_000)
    loss = diffraction_disc(volcano, lon, lat, MAST_M, RECEIVER_M, 3_000, freq_ghz=GHZ)
    row, col = np.argmin(np.abs(sight.lats - lat)), np.argmin(np.abs(sight.lons - lon))
    assert sight.values[row, col]
    assert loss.values[row, col] == 0
    assert sight.answered.sum() == loss.answered.sum() == np.isfinite(loss.values).sum()


rough = st.integers(0, 10_000)


@given(seed=rough, low_m=st.floats(1, 60), more_m=st.floats(0.1, 60), ghz=st.floats(0.1, 20))
def test_a_higher_mast_never_adds_diffraction_loss(seed: int, low_m: float, more_m: float, ghz: float) -> None:
    rng = np.random.default_rng(seed)
    ground = rng.normal(300, 60, (90, 90)).astype(np.float32)
    grid = Grid(ground, 20.0, 40.0, 0.001, 0.0008)
    place = (20.0443, 39.9647)
    losses = [
        diffraction_disc(grid, *place, height, 5.0, 2_000, freq_ghz=ghz).values for height in (low_m, low_m + more_m)
    ]
    assert np.nanmax(losses[1] - losses[0]) <= 1e-3


@given(seed=rough, low_m=st.floats(1, 60), more_m=st.floats(0.1, 60))
def test_a_higher_mast_never_loses_sight(seed: int, low_m: float, more_m: float) -> None:
    ground = np.random.default_rng(seed).normal(300, 60, (90, 90)).astype(np.float32)
    grid = Grid(ground, 20.0, 40.0, 0.001, 0.0008)
    for clearance in (0.0, 0.6):
        masks = [
            line_of_sight_disc(
                grid, 20.0443, 39.9647, height, 5.0, 2_000, clearance=clearance, freq_ghz=GHZ
            ).values
            for height in (low_m, low_m + more_m)
        ]  # fmt: skip
        assert not (masks[0] & ~masks[1]).any()


def test_the_same_disc_twice_gives_the_same_bytes(volcano: Grid) -> None:
    place = (*TOWERS["slope"][:2], MAST_M, RECEIVER_M, 5_000.0)
    for _ in range(3):
        first, second = (diffraction_disc(volcano, *place, freq_ghz=GHZ, delta=True).values for _ in range(2))
        assert first.tobytes() == second.tobytes()


def test_ground_that_is_missing_is_named_or_left_without_data(volcano: Grid) -> None:
    ground = volcano.ground_m.copy()
    ground[240:243, 330:334] = np.nan
    grid = Grid(ground, volcano.west, volcano.north, volcano.step_lon_deg, volcano.step_lat_deg)
    lon, lat = volcano.west + 300.4 * volcano.step_lon_deg, volcano.north - 240.7 * volcano.step_lat_deg
    place = (lon, lat, MAST_M, RECEIVER_M, 5_000.0)
    hole = f"lon {volcano.west + 330 * volcano.step_lon_deg:.5f}, lat {volcano.north - 240 * volcano.step_lat_deg:.5f}"
    for compute in (
        lambda **gaps: line_of_sight_disc(grid, *place, **gaps),
        lambda **gaps: diffraction_disc(grid, *place, freq_ghz=GHZ, **gaps),
        lambda **gaps: per_receiver_disc(grid, *place, diffraction_model(GHZ), **gaps),
    ):
        with pytest.raises(TerrainGap, match=hole):
            compute()
        disc = compute(gaps="no_data")
        whole = diffraction_disc(volcano, *place, freq_ghz=GHZ)
        lost = whole.answered & ~disc.answered
        rows, cols = np.nonzero(lost)
        # The hole and its shadow to the east, nothing to the west.
        assert lost.sum() > 12
        assert disc.lons[cols].min() >= volcano.west + 328.9 * volcano.step_lon_deg
        assert np.abs(disc.lats[rows] - (volcano.north - 241 * volcano.step_lat_deg)).max() < 9 * volcano.step_lat_deg


def test_a_disc_beyond_the_ground_is_refused_or_left_without_data(volcano: Grid) -> None:
    west, _, _, north = volcano.bounds
    place = (west + 0.01, north - 0.012, MAST_M, RECEIVER_M, 4_000.0)
    with pytest.raises(TerrainGap, match="cell"):
        line_of_sight_disc(volcano, *place)
    with pytest.raises(TerrainGap):
        diffraction_disc(volcano, *place, freq_ghz=GHZ)
    with pytest.raises(TerrainGap):
        per_receiver_disc(volcano, *place, diffraction_model(GHZ))
    sight = line_of_sight_disc(volcano, *place, gaps="no_data")
    radial = diffraction_disc(volcano, *place, freq_ghz=GHZ, gaps="no_data")
    each = per_receiver_disc(volcano, *place, diffraction_model(GHZ), gaps="no_data")
    known = (sight.lons >= volcano.west)[None, :] & (sight.lats <= volcano.north)[:, None]
    assert not sight.answered[~known].any()
    assert not radial.answered[~known].any()
    # Radials and profiles may differ in the last cell that their interpolation reaches.
    assert (radial.answered != each.answered).mean() < 0.01
    assert (sight.answered != each.answered).mean() < 0.01
    with pytest.raises(TerrainGap):
        line_of_sight_disc(volcano, west - 0.1, north, MAST_M, RECEIVER_M, 4_000.0, gaps="no_data")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"height_m": 0.0}, "height_m"),
        ({"receiver_height_m": -2.0}, "receiver_height_m"),
        ({"height_m": float("nan")}, "height_m"),
        ({"radius_m": 0.0}, "radius_m"),
        ({"radius_m": 200_000.0}, "100,000"),
        ({"radius_m": 20.0}, "cell"),
        ({"lat": 80.0}, "70 degrees"),
        ({"lon": float("inf")}, "lon"),
        ({"freq_ghz": 0.01}, "0.03 to 100"),
        ({"freq_ghz": 200.0}, "0.03 to 100"),
        ({"k_factor": 0.0}, "k_factor"),
        ({"gaps": "ignore"}, "no_data"),
        ({"spacing_cells": 2.0}, "0.05 to 1"),
        ({"polarisation": 7, "delta": True}, "polarisation"),
        ({"sea_share": 1.5, "delta": True}, "sea"),
    ],
)
def test_what_is_out_of_range_is_named(volcano: Grid, change: dict[str, float], said: str) -> None:
    lon, lat = volcano.west + 300.5 * volcano.step_lon_deg, volcano.north - 240.5 * volcano.step_lat_deg
    given_ = {
        "lon": lon, "lat": lat, "height_m": 30.0, "receiver_height_m": 6.0, "radius_m": 3_000.0, "freq_ghz": GHZ,
    }  # fmt: skip
    with pytest.raises(InputError, match=said):
        diffraction_disc(volcano, **(given_ | change))


def test_a_clearance_needs_a_frequency(plain: Grid) -> None:
    with pytest.raises(InputError, match="frequency"):
        line_of_sight_disc(plain, 10.5, 0.0, 30, 6, 5_000, clearance=0.6)
    with pytest.raises(InputError, match="clearance"):
        line_of_sight_disc(plain, 10.5, 0.0, 30, 6, 5_000, clearance=-0.6, freq_ghz=GHZ)
