"""Cover is read onto the cells of the ground from classes, heights and surface models, and profiles carry it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rasterio.warp import transform

from alcance.errors import InputError, TerrainGap
from alcance.terrain import Cover, Grid, coarsen, cover, profiles

WEST, NORTH, STEP = -98.0, 19.0, 0.001
TABLE = {10: 15.0, 30: 0.0, 50: 8.0}


@pytest.fixture
def ground(make_grid) -> Grid:
    return make_grid()


@pytest.fixture
def edge(ground) -> tuple[float, float]:
    """Outer north-west corner of the ground."""
    return ground.bounds[0], ground.bounds[3]


def classes(rows: int, cols: int, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).choice([10, 30, 50], (rows, cols)).astype(np.uint8)


def heights_of(codes: np.ndarray) -> np.ndarray:
    return np.vectorize(TABLE.get)(codes).astype(np.float32)


def test_classes_in_the_cells_of_the_ground_are_its_heights(ground, edge, write_tif):
    codes = classes(*ground.shape)
    covered = Cover.open([write_tif("c.tif", codes, *edge, STEP)], "classes", TABLE).over(ground)
    assert np.array_equal(covered.cover_m, heights_of(codes))
    assert np.array_equal(covered.obstacle_m, ground.ground_m + heights_of(codes))
    assert covered.ground_m is ground.ground_m
    assert covered.bare().cover_m is None


def test_a_part_of_the_ground_gets_its_part_of_the_cover(ground, edge, write_tif):
    codes = classes(*ground.shape)
    cover = Cover.open([write_tif("c.tif", codes, *edge, STEP)], "classes", TABLE)
    part = Grid(ground.ground_m[7:25, 11:40], WEST + 11 * STEP, NORTH - 7 * STEP, STEP, STEP)
    assert np.array_equal(cover.over(part).cover_m, heights_of(codes)[7:25, 11:40])


def test_coarser_classes_are_taken_from_the_nearest_place(ground, edge, write_tif):
    codes = classes(16, 20)
    covered = Cover.open([write_tif("c.tif", codes, *edge, 2.5 * STEP)], "classes", TABLE).over(ground)
    rows, cols = (np.floor((np.arange(count) + 0.5) / 2.5).astype(int) for count in ground.shape)
    assert np.array_equal(covered.cover_m, heights_of(codes)[np.ix_(rows, cols)])


def test_of_finer_classes_the_height_of_most_of_the_cell_is_taken(ground, edge, write_tif):
    rows, cols = ground.shape
    codes = np.full((5 * rows, 5 * cols), 30, np.uint8)
    forest = np.random.default_rng(4).random((rows, cols)) < 0.4
    cells = codes.reshape(rows, 5, cols, 5)
    cells[:, :3][np.repeat(forest[:, None, :, None], 3, axis=1).repeat(5, axis=3)] = 10  # 15 of 25 cells
    cells[:, 4, :, 0] = 50
    covered = Cover.open([write_tif("c.tif", codes, *edge, STEP / 5)], "classes", TABLE).over(ground)
    assert np.array_equal(covered.cover_m, np.where(forest, 15, 0))


def test_classes_in_a_projection_fall_where_they_lie(ground, write_tif):
    """A projected raster of stripes: every cell of the ground has the stripe under its centre."""
    x, y = transform("EPSG:4326", "EPSG:32614", [WEST, WEST + 0.05], [NORTH, NORTH - 0.04])
    west, north = min(x) - 500, max(y) + 500
    codes = np.where(np.arange(400) // 10 % 2, 10, 30).astype(np.uint8)[None, :].repeat(400, axis=0)
    path = write_tif("utm.tif", codes, west, north, 20.0, crs="EPSG:32614")
    covered = Cover.open([path], "classes", TABLE).over(ground)
    lons = ground.west + np.arange(ground.shape[1]) * STEP
    lats = ground.north - np.arange(ground.shape[0]) * STEP
    lon, lat = (part.ravel() for part in np.meshgrid(lons, lats))
    east, _ = transform("EPSG:4326", "EPSG:32614", lon, lat)
    at = (np.array(east) - west) / 200
    inside = np.abs(at - np.round(at)) > 0.3  # the cells of 100 m straddle the borders of the stripes
    expected = np.where(np.floor(at).astype(int) % 2, 15, 0)
    assert (covered.cover_m.ravel() == expected)[inside].all()
    assert inside.mean() > 0.3


def test_a_surface_model_counts_what_it_is_above_the_ground(ground, edge, write_tif):
    above = np.random.default_rng(5).normal(5, 10, ground.shape).astype(np.float32)
    model = Cover.open([write_tif("m.tif", ground.ground_m + above, *edge, STEP)], "model")
    covered = model.over(ground)
    assert np.allclose(covered.cover_m, np.maximum(above, 0), atol=1e-3)
    assert model.below_share(ground, 2.0) == pytest.approx((above < -2).mean(), abs=0.002)


def test_a_finer_surface_model_is_averaged(edge, write_tif):
    level = Grid(np.full((20, 20), 100, np.float32), WEST, NORTH, STEP, STEP)
    fine = np.full((200, 200), 100, np.float32)
    fine[:, ::2] += 20
    covered = Cover.open([write_tif("m.tif", fine, WEST - STEP / 2, NORTH + STEP / 2, STEP / 10)], "model").over(level)
    assert np.allclose(covered.cover_m, 10, atol=1.01)


def test_heights_above_the_ground_are_taken_as_they_are(ground, edge, write_tif):
    trees = np.random.default_rng(6).uniform(0, 30, ground.shape).astype(np.float32)
    covered = Cover.open([write_tif("h.tif", trees, *edge, STEP)], "heights").over(ground)
    assert np.array_equal(covered.cover_m, trees)
    trees[3, 4] = -2
    with pytest.raises(InputError, match=r"h\.tif.*-2\.0.*1 cell\(s\) hold no height of cover.*x -97\.996"):
        Cover.open([write_tif("h.tif", trees, *edge, STEP)], "heights").over(ground)


@pytest.mark.parametrize("kind", ["classes", "heights", "model"])
def test_no_data_is_unknown_unless_it_is_said_what_stands_there(ground, edge, write_tif, kind):
    values = {"classes": classes(*ground.shape), "heights": ground.ground_m * 0 + 9, "model": ground.ground_m + 9}[kind]
    table = TABLE if kind == "classes" else None
    nodata = 0 if kind == "classes" else -9999
    values[10:14, 20:25] = nodata
    path = write_tif("c.tif", values[:, :45], *edge, STEP, nodata=nodata)
    hole, beyond = (slice(10, 14), slice(20, 25)), (slice(None), slice(45, None))
    unknown = np.zeros(ground.shape, bool)
    unknown[hole] = unknown[beyond] = True
    assert np.array_equal(np.isnan(Cover.open([path], kind, table).over(ground).cover_m), unknown)
    told = Cover.open([path], kind, table, nodata_m=3.0).over(ground).cover_m
    assert (told[hole] == 3).all()
    assert np.isnan(told[beyond]).all()
    assert not np.isnan(told[:, :45]).any()


def test_the_table_of_classes_may_name_the_value_of_no_data(ground, edge, write_tif):
    codes = classes(*ground.shape)
    codes[5, 6] = 0
    path = write_tif("c.tif", codes, *edge, STEP, nodata=0)
    assert Cover.open([path], "classes", {**TABLE, 0: 2.5}).over(ground).cover_m[5, 6] == 2.5


def test_where_rasters_overlap_the_finest_counts_and_the_next_fills_up(ground, edge, write_tif):
    fine = write_tif("fine.tif", np.full((40, 20), 50, np.uint8), *edge, STEP)
    coarse = write_tif("coarse.tif", np.full((10, 13), 10, np.uint8), *edge, 4 * STEP)
    covered = Cover.open([coarse, fine], "classes", TABLE).over(ground)
    assert (covered.cover_m[:, :20] == 8).all()
    assert (covered.cover_m[:, 20:] == 15).all()


def test_reading_in_strips_changes_nothing(ground, edge, write_tif, monkeypatch):
    codes, surface = classes(400, 500), np.repeat(np.repeat(ground.ground_m, 10, axis=0), 10, axis=1) + 7
    paths = write_tif("c.tif", codes, *edge, STEP / 10), write_tif("m.tif", surface, *edge, STEP / 10)

    def both() -> list[np.ndarray]:
        rasters = Cover.open([paths[0]], "classes", TABLE), Cover.open([paths[1]], "model")
        return [raster.over(ground).cover_m for raster in rasters]

    whole = both()
    monkeypatch.setattr(cover, "AT_ONCE", 20_000)
    strips = both()
    assert np.array_equal(whole[0], strips[0])
    assert np.abs(whole[1] - strips[1]).max() < 1e-3


def test_a_class_without_a_height_is_named_with_its_place(ground, edge, write_tif):
    codes = classes(*ground.shape)
    codes[2, 3] = 95
    raster = Cover.open([write_tif("c.tif", codes, *edge, STEP)], "classes", TABLE)
    with pytest.raises(InputError, match=r"c\.tif.*'95'.*1 cell.*x -97\.99700, y 18\.99800; known are 10, 30, 50"):
        raster.over(ground)


@pytest.mark.parametrize(
    ("kind", "table", "nodata_m", "said"),
    [
        ("clases", None, None, "must be one of classes, heights, model"),
        ("classes", None, None, "needs heights_m"),
        ("classes", {10: -1.0}, None, "the height of class 10 is -1 and must be 0 to 1000"),
        ("classes", {10: float("nan")}, None, "class 10 is nan"),
        ("model", {10: 1.0}, None, "is for a raster of classes"),
        ("heights", None, -3.0, "nodata_m is -3"),
    ],
)
def test_a_description_that_cannot_be_is_refused(kind, table, nodata_m, said):
    with pytest.raises(InputError, match=said):
        Cover.open([], kind, table, nodata_m=nodata_m)


def test_classes_are_whole_numbers(ground, edge, write_tif):
    path = write_tif("c.tif", classes(*ground.shape).astype(np.float32), *edge, STEP)
    with pytest.raises(InputError, match="whole numbers"):
        Cover.open([path], "classes", TABLE)


def test_a_grid_refuses_cover_that_cannot_be(ground):
    for wrong in (np.zeros((2, 2), np.float32), np.full(ground.shape, -1.0), np.full(ground.shape, np.inf)):
        with pytest.raises(ValueError, match="cover"):
            Grid(ground.ground_m, WEST, NORTH, STEP, STEP, wrong)


def covered_grid(ground: Grid, seed: int = 2) -> Grid:
    trees = np.random.default_rng(seed).choice([0, 12], ground.shape).astype(np.float32)
    return Grid(ground.ground_m, WEST, NORTH, STEP, STEP, trees)


def test_profiles_carry_ground_and_cover_and_nothing_stands_at_the_ends(ground):
    covered = covered_grid(ground)
    rng = np.random.default_rng(3)
    ends = [rng.uniform(*limits, 200) for limits in ((-97.999, -97.952), (18.962, 18.999)) * 2]
    paths, bare = profiles(covered, *ends), profiles(ground, *ends)
    trees = profiles(Grid(covered.cover_m, WEST, NORTH, STEP, STEP), *ends)
    assert np.array_equal(paths.elevation_m, bare.elevation_m)
    assert bare.cover_m is None
    assert bare.obstacle_m is bare.elevation_m
    first, last = paths.offsets[:-1], paths.offsets[1:] - 1
    assert not paths.cover_m[first].any()
    assert not paths.cover_m[last].any()
    assert trees.elevation_m[first].max() > 5
    inner = np.ones(paths.distance_m.size, bool)
    inner[first] = inner[last] = False
    assert np.array_equal(paths.cover_m[inner], trees.elevation_m[inner])
    assert np.array_equal(paths.obstacle_m, paths.elevation_m + paths.cover_m)
    assert paths.bare().cover_m is None


def test_unknown_cover_is_a_gap_between_the_ends_only(ground):
    trees = np.zeros(ground.shape, np.float32)
    trees[:, 25] = np.nan
    covered = Grid(ground.ground_m, WEST, NORTH, STEP, STEP, trees)
    with pytest.raises(TerrainGap, match=r"the cover has no height at lon -97\.97\d+, lat 18\.98\d+ \(1 path"):
        profiles(covered, [-97.99, -97.99], 18.98, [-97.96, -97.98], 18.98)
    # The end itself lies in the unknown column: nothing counts there.
    assert profiles(covered, -97.98, 18.98, -97.975, 18.98, 300).cover_m is not None
    holed = ground.ground_m.copy()
    holed[:, 25] = np.nan
    with pytest.raises(TerrainGap, match="the terrain has no elevation"):
        profiles(Grid(holed, WEST, NORTH, STEP, STEP, trees), -97.99, 18.98, -97.96, 18.98)


@given(seed=st.integers(0, 1000), ratio=st.floats(1, 6))
def test_coarsening_averages_the_cover_too(seed, ratio):
    rng = np.random.default_rng(seed)
    trees = rng.uniform(0, 20, (30, 30)).astype(np.float32)
    covered = Grid(rng.normal(0, 1, (30, 30)).astype(np.float32), WEST, NORTH, STEP, STEP, trees)
    coarse = coarsen(covered, STEP * ratio)
    alone = coarsen(Grid(trees, WEST, NORTH, STEP, STEP), STEP * ratio)
    assert np.array_equal(coarse.cover_m, alone.ground_m)
    assert coarsen(covered.bare(), STEP * ratio).cover_m is None
