"""Trees count: between the ends of a path, never at them, in every method alike."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import reference
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import gaussian_filter

from alcance.errors import InputError, TerrainGap
from alcance.radio import p1812, required_height_m
from alcance.radio.confidence import sight_confidence
from alcance.radio.coverage import diffraction_disc, diffraction_model, line_of_sight_disc, per_receiver_disc
from alcance.radio.earth import bulge_m
from alcance.radio.p526 import bullington_loss_db, delta_bullington, delta_bullington_db
from alcance.terrain import Grid, Profiles, profiles

MAST_M, RECEIVER_M, GHZ = 30.0, 6.0, 5.8
AIR: dict[str, Any] = {"time_pct": 50, "n0": 330, "delta_n": 45, "latitude_deg": 17, "zone": p1812.INLAND}


def with_cover(grid: Grid, cover_m: np.ndarray) -> Grid:
    return Grid(grid.ground_m, grid.west, grid.north, grid.step_lon_deg, grid.step_lat_deg, cover_m.astype(np.float32))


def woods(grid: Grid, tall_m: float = 15.0, share: float = 0.4, across_cells: float = 6.0, seed: int = 1) -> Grid:
    """Woods in patches over a share of the ground."""
    noise = gaussian_filter(np.random.default_rng(seed).normal(size=grid.shape), across_cells)
    return with_cover(grid, np.where(noise > np.quantile(noise, 1 - share), tall_m, 0))


def places(count: int, seed: int) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    return [rng.uniform(*limits, count) for limits in ((-98.86, -98.54), (18.79, 19.09)) * 2]


@pytest.fixture(scope="module")
def strip(plain: Grid) -> Grid:
    """The plain with a wood of 25 m right across the middle of the path between the two masts of `ENDS`."""
    cover_m = np.zeros(plain.shape)
    cover_m[:, 48:52] = 25
    return with_cover(plain, cover_m)


ENDS = (10.08, 0.001, 10.12, 0.001)  # 4.4 km
AXIS = np.linspace(0, 1, 4)


def test_a_strip_of_wood_blocks_what_bare_ground_clears(plain, strip):
    needs = [required_height_m(grid, *ENDS, [15.0], freq_ghz=GHZ)[0, 0] for grid in (plain, strip)]
    assert needs[0] < 15
    assert needs[1] > 30
    bare, wooded = (profiles(grid, *ENDS) for grid in (plain, strip))
    assert wooded.cover_m.max() == 25
    assert bullington_loss_db(bare, 15, 15, GHZ)[0] == 0
    assert bullington_loss_db(wooded, 15, 15, GHZ)[0] > 15
    assert delta_bullington_db(wooded, 15, 15, GHZ)[0] > delta_bullington_db(bare, 15, 15, GHZ)[0] + 15
    losses = [p1812.basic_loss_db(paths, 15, 15, GHZ, **AIR)[0] for paths in (bare, wooded)]
    assert losses[1] > losses[0] + 15
    error = Profiles(bare.distance_m, np.full(bare.distance_m.size, 1, np.float32), bare.offsets)
    heights = np.array([15.0])
    sure = [
        sight_confidence(paths, error, heights, heights, freq_ghz=GHZ, correlation_length_m=500)[0]
        for paths in (bare, wooded)
    ]
    assert sure[0] > 0.95
    assert sure[1] < 0.05


def test_behind_a_strip_of_wood_there_is_shadow(plain, strip):
    place = (10.08, 0.001, 15.0, 6.0, 6_000.0)
    for clearance in (0.0, 0.6):
        seen = [line_of_sight_disc(grid, *place, clearance=clearance, freq_ghz=GHZ) for grid in (plain, strip)]
        behind, before = seen[0].lons > 10.104, seen[0].lons < 10.095
        assert not seen[1].values[:, behind].any()
        assert (seen[1].values == seen[0].values)[:, before].all()
        assert seen[0].values[:, behind].sum() > 300
    for delta in (False, True):
        losses = [diffraction_disc(grid, *place, freq_ghz=GHZ, delta=delta).values for grid in (plain, strip)]
        answered = ~np.isnan(losses[0]) & behind[None, :]
        assert (losses[1] - losses[0])[answered].min() > 8
        assert np.array_equal(losses[1][:, before], losses[0][:, before], equal_nan=True)


def test_a_mast_in_the_wood_stands_on_the_ground_in_the_open_of_its_cell(plain):
    wooded = with_cover(plain, np.full(plain.shape, 12.0))
    # At the default step the first sample lies at least half a cell away; a path within a cell meets no trees.
    assert required_height_m(wooded, 10.1, 0.1, 10.1015, 0.1, [5.0], freq_ghz=GHZ, clearance=0.0)[0, 0] <= 5
    needs = [
        required_height_m(wooded, *ENDS, [20.0], freq_ghz=GHZ, clearance=0.0, step_m=step)[0, 0] for step in (200, 1)
    ]
    bare = required_height_m(plain, *ENDS, [8.0], freq_ghz=GHZ, clearance=0.0, step_m=1)[0, 0]
    # Over trees of 12 m a mast of 20 m is one of 8 m over bare ground, however fine the step.
    assert needs[0] == pytest.approx(bare + 12, abs=1)
    assert needs[1] == pytest.approx(bare + 12, abs=1)
    fine = profiles(wooded, *ENDS, 1.0)
    tall = fine.cover_m > 0
    assert fine.distance_m[tall].min() == pytest.approx(wooded.cell_m / 2, abs=1)
    assert fine.distance_m[tall].max() == pytest.approx(fine.distance_m[-1] - wooded.cell_m / 2, abs=1)


def everything(grid: Grid) -> list[np.ndarray]:
    ends, place = places(300, 4), (-98.69904, 18.94381, MAST_M, RECEIVER_M, 3_000.0)
    paths = profiles(grid, *ends)
    delta = delta_bullington(paths, 20, 10, GHZ)
    error = Profiles(paths.distance_m, np.full(paths.distance_m.size, 9, np.float32), paths.offsets)
    high = np.full(len(paths), 20.0)
    return [
        required_height_m(grid, *ends, [6.0, 30.0], freq_ghz=GHZ),
        required_height_m(grid, *ends, [6.0, 30.0], freq_ghz=GHZ, step_m=13.0),
        paths.obstacle_m,
        bullington_loss_db(paths, 20, 10, GHZ),
        *(getattr(delta, name) for name in ("actual_db", "smooth_db", "total_db", "smooth1_m", "smooth2_m")),
        p1812.basic_loss_db(paths, 20, 10, GHZ, **AIR),
        sight_confidence(paths, error, high, high, freq_ghz=GHZ, correlation_length_m=500),
        line_of_sight_disc(grid, *place).values,
        line_of_sight_disc(grid, *place, clearance=0.6, freq_ghz=GHZ).values,
        *(diffraction_disc(grid, *place, freq_ghz=GHZ, delta=delta).values for delta in (False, True)),
        per_receiver_disc(grid, *place, diffraction_model(GHZ)).values,
    ]


def test_cover_of_nought_changes_no_bit(volcano):
    for bare, covered in zip(
        everything(volcano), everything(with_cover(volcano, np.zeros(volcano.shape))), strict=True
    ):
        assert bare.tobytes() == covered.tobytes()


def test_profiles_may_be_taken_bare(volcano):
    ends = places(50, 9)
    paths, bare = profiles(woods(volcano), *ends), profiles(volcano, *ends)
    for loss in (bullington_loss_db, delta_bullington_db):
        assert np.array_equal(loss(paths.bare(), 20, 10, GHZ), loss(bare, 20, 10, GHZ))
        assert (loss(paths, 20, 10, GHZ) - loss(bare, 20, 10, GHZ)).max() > 3


@pytest.mark.parametrize(
    ("freq_ghz", "k_factor", "clearance", "step_m"),
    [(5.8, 4 / 3, 0.6, 60.0), (0.7, 1.0, 1.0, 200.0), (23.0, 0.7, 0.0, 11.0)],
)
def test_agrees_with_a_plain_computation_sample_by_sample(volcano, freq_ghz, k_factor, clearance, step_m):
    grid, ends, heights = woods(volcano), places(120, 12), [6.0, 15.0, 30.0, 45.0]
    options = {"freq_ghz": freq_ghz, "k_factor": k_factor, "clearance": clearance, "step_m": step_m}
    ours = required_height_m(grid, *ends, heights, **options)
    plain = np.array(
        [reference.required_height_m(grid, *place, heights, **options) for place in zip(*ends, strict=True)]
    )
    bare = required_height_m(volcano, *ends, heights, **options)
    assert (ours > bare + 1).mean() > 0.2
    # Rounding to a centimetre, and a lever of up to the number of samples on float32 ground.
    assert np.abs(ours - plain).max() < 0.6
    assert np.median(np.abs(ours - plain)) < 0.006


def test_the_ends_of_a_profile_given_by_hand_count_no_cover(plain):
    bare = profiles(plain, *ENDS)
    trees = np.full(bare.distance_m.size, 40, np.float32)
    trees[1:-1] = 0
    paths = Profiles(bare.distance_m, bare.elevation_m, bare.offsets, trees)
    assert np.array_equal(paths.obstacle_m, bare.elevation_m)
    for loss in (bullington_loss_db, delta_bullington_db):
        assert np.array_equal(loss(paths, 15, 15, GHZ), loss(bare, 15, 15, GHZ))
    assert np.array_equal(p1812.basic_loss_db(paths, 15, 15, GHZ, **AIR), p1812.basic_loss_db(bare, 15, 15, GHZ, **AIR))


@given(seed=st.integers(0, 10_000), low_m=st.floats(0, 30), more_m=st.floats(0, 30), ghz=st.floats(0.1, 20))
@settings(max_examples=60)
def test_more_cover_never_lowers_a_mast_nor_a_loss(seed, low_m, more_m, ghz):
    rng = np.random.default_rng(seed)
    bare = Grid(rng.normal(300, 30, (90, 90)).astype(np.float32), 20.0, 40.0, 0.001, 0.0008)
    trees, own = rng.random((90, 90)) < 0.3, rng.random((90, 90))
    less = with_cover(bare, np.where(trees, low_m * own, 0))
    more = with_cover(bare, less.cover_m + more_m * rng.random((90, 90)))
    ends = [rng.uniform(20.001, 20.088, 20), rng.uniform(39.93, 39.999, 20)]
    ends += [end[::-1] for end in ends]
    needs = [required_height_m(grid, *ends, [6.0, 30.0], freq_ghz=ghz) for grid in (bare, less, more)]
    assert (needs[1] >= needs[0]).all()
    assert (needs[2] >= needs[1]).all()
    paths = [profiles(grid, *ends) for grid in (bare, less, more)]
    for loss in (bullington_loss_db, delta_bullington_db):
        losses = [loss(path, 12, 6, ghz) for path in paths]
        assert (losses[1] >= losses[0] - 1e-9).all()
        assert (losses[2] >= losses[1] - 1e-9).all()
    place = (20.0443, 39.9647, 20.0, 5.0, 2_000.0)
    for delta in (False, True):
        discs = [diffraction_disc(grid, *place, freq_ghz=ghz, delta=delta).values for grid in (bare, less, more)]
        assert np.nanmin(discs[1] - discs[0]) >= -1e-3
        assert np.nanmin(discs[2] - discs[1]) >= -1e-3
    seen = [line_of_sight_disc(grid, *place).values for grid in (bare, less, more)]
    assert not (seen[1] & ~seen[0]).any()
    assert not (seen[2] & ~seen[1]).any()


TOWERS = {
    "summit": (-98.69904, 18.94381, 7_000.0),
    "slope": (-98.6536, 18.9795, 7_000.0),
    "valley": (-98.7152, 18.8779, 7_000.0),
}


def own_cover(grid: Grid, disc: Any) -> np.ndarray:
    row = round((grid.north - disc.north) / grid.step_lat_deg)
    col = round((disc.west - grid.west) / grid.step_lon_deg)
    return grid.cover_m[row : row + disc.shape[0], col : col + disc.shape[1]]


@pytest.mark.parametrize("tower", TOWERS)
def test_radials_agree_with_one_profile_per_receiver_in_the_open(volcano, tower):
    """Receivers that stand among trees are another matter: how far the first tree is from them is not known."""
    grid, (lon, lat, radius_m) = woods(volcano), TOWERS[tower]
    place = (lon, lat, MAST_M, RECEIVER_M, radius_m)
    for delta in (False, True):
        radial = diffraction_disc(grid, *place, freq_ghz=GHZ, delta=delta)
        each = per_receiver_disc(grid, *place, diffraction_model(GHZ, delta=delta), step_m=grid.cell_m / 8)
        open_ground = radial.answered & (own_cover(grid, radial) == 0)
        off = np.abs(radial.values - each.values)[open_ground]
        bare = diffraction_disc(volcano, *place, freq_ghz=GHZ, delta=delta).values[open_ground]
        assert (np.abs(radial.values[open_ground] - bare) > 1).mean() > 0.1
        assert (off <= 1).mean() >= 0.85
        assert (off <= 3).mean() >= 0.95


@pytest.mark.parametrize(("tower", "radius_m"), [("slope", 9_000.0), ("valley", 9_500.0)])
def test_radials_agree_with_one_profile_per_receiver_among_trees_at_the_grids_own_step(volcano, tower, radius_m):
    grid, (lon, lat, _) = woods(volcano), TOWERS[tower]
    place = (lon, lat, MAST_M, RECEIVER_M, radius_m)
    radial = diffraction_disc(grid, *place, freq_ghz=GHZ)
    off = np.abs(radial.values - per_receiver_disc(grid, *place, diffraction_model(GHZ)).values)[radial.answered]
    assert (off <= 1).mean() >= 0.85
    assert (off <= 3).mean() >= 0.95


def sight_model(paths: Profiles, height1_m: np.ndarray, height2_m: np.ndarray) -> np.ndarray:
    """1 where nothing between the ends stands above the sight line over the bulge, written out plainly."""
    out = np.empty(len(paths))
    for i in range(len(paths)):
        d, z = paths.path(i)
        top = z + paths.cover_m[paths.offsets[i] : paths.offsets[i + 1]]
        near, far = d[1:-1], d[-1] - d[1:-1]
        line = ((z[0] + height1_m[i]) * far + (z[-1] + height2_m[i]) * near) / d[-1]
        out[i] = (top[1:-1] + bulge_m(near, far, 4 / 3) <= line).all()
    return out


@pytest.mark.parametrize("tower", TOWERS)
def test_the_mask_of_sight_agrees_with_one_profile_per_receiver(volcano, tower):
    grid, (lon, lat, _) = woods(volcano), TOWERS[tower]
    place = (lon, lat, MAST_M, RECEIVER_M, 7_000.0)
    radial, each = line_of_sight_disc(grid, *place), per_receiver_disc(grid, *place, sight_model)
    assert radial.values.sum() < 0.9 * line_of_sight_disc(volcano, *place).values.sum()
    assert (radial.values != (each.values > 0.5))[radial.answered].mean() <= 0.015


def test_unknown_cover_is_a_gap_that_is_named(volcano):
    trees = np.zeros(volcano.shape, np.float32)
    trees[200:240, 300:340] = np.nan
    holed = with_cover(volcano, trees)
    with pytest.raises(TerrainGap, match=r"the cover has no height at lon -98\.70\d+, lat 18\.97\d+ \(1 path"):
        required_height_m(holed, [-98.75, -98.75], 18.97, [-98.65, -98.72], 18.97, [15.0], freq_ghz=GHZ)
    place = (-98.69904, 18.94381, MAST_M, RECEIVER_M, 5_000.0)
    discs = [
        line_of_sight_disc(holed, *place, gaps="no_data"),
        diffraction_disc(holed, *place, freq_ghz=GHZ, gaps="no_data"),
        per_receiver_disc(holed, *place, diffraction_model(GHZ), gaps="no_data"),
    ]
    for disc in discs:
        assert 50 < (~disc.answered).sum() - (~line_of_sight_disc(volcano, *place).answered).sum() < 6_000
    for method in (line_of_sight_disc, lambda *a: diffraction_disc(*a, freq_ghz=GHZ)):
        with pytest.raises(TerrainGap, match=r"no height of cover at lon -98\.70\d+, lat 18\.98\d+: 1600 cell"):
            method(holed, *place)


def test_p1812_names_cover_that_cannot_be(plain):
    bare = profiles(plain, *ENDS)
    trees = np.zeros(bare.distance_m.size, np.float32)
    trees[3] = np.nan
    with pytest.raises(InputError, match="cover_m"):
        p1812.basic_loss_db(Profiles(bare.distance_m, bare.elevation_m, bare.offsets, trees), 15, 15, GHZ, **AIR)
