"""Elevation files become one ground, and what is wrong with a file is said."""

from __future__ import annotations

import numpy as np
import pytest
import rasterio
import rasterio.shutil
from rasterio.enums import Resampling
from rasterio.vrt import WarpedVRT

from alcance.errors import InputError, TerrainGap
from alcance.terrain import Mosaic


def test_cells_of_a_geotiff_arrive_unchanged(volcano_path):
    mosaic = Mosaic.open([volcano_path])
    grid = mosaic.window(*mosaic.bounds)
    with rasterio.open(volcano_path) as data:
        assert np.array_equal(grid.ground_m, data.read(1).astype(np.float32))
        assert mosaic.bounds == pytest.approx(tuple(data.bounds), abs=1e-12)
        assert grid.bounds == pytest.approx(tuple(data.bounds), abs=1e-9)
        lon, lat = data.xy(17, 42)
    assert grid.elevation_m(lon, lat) == grid.ground_m[17, 42]


def test_a_window_agrees_with_the_whole(volcano_path):
    mosaic = Mosaic.open([volcano_path])
    whole = mosaic.window(*mosaic.bounds)
    part = mosaic.window(-98.75, 18.9, -98.7, 18.95)
    assert part.ground_m.size < whole.ground_m.size / 20
    rng = np.random.default_rng(1)
    lon, lat = rng.uniform(-98.75, -98.7, 500), rng.uniform(18.9, 18.95, 500)
    assert part.elevation_m(lon, lat) == pytest.approx(whole.elevation_m(lon, lat), abs=2e-3)


def test_bilinear_sampling_agrees_with_rasterio(volcano_path):
    """GDAL's own bilinear warp, asked for cells centred on the places, is the other program."""
    mosaic = Mosaic.open([volcano_path])
    grid = mosaic.window(*mosaic.bounds)
    west, north, step = -98.81237, 19.05321, 0.00034567
    rows, cols = 300, 400
    transform = rasterio.Affine(step, 0, west, 0, -step, north)
    with (
        rasterio.open(volcano_path) as data,
        # Finer than the file, so that GDAL interpolates and does not average.
        WarpedVRT(
            data, crs=data.crs, transform=transform, height=rows, width=cols,
            resampling=Resampling.bilinear, dtype="float32",
        ) as warped,
    ):  # fmt: skip
        expected = warped.read(1)
    lon = west + (np.arange(cols) + 0.5) * step
    lat = north - (np.arange(rows) + 0.5) * step
    ours = grid.elevation_m(lon[None, :], lat[:, None])
    assert np.abs(ours - expected).max() < 0.05


def test_nearest_cells_agree_with_rasterio_sample(volcano_path):
    mosaic = Mosaic.open([volcano_path])
    grid = mosaic.window(*mosaic.bounds)
    rng = np.random.default_rng(3)
    rows, cols = rng.integers(0, 560, 200), rng.integers(0, 600, 200)
    with rasterio.open(volcano_path) as data:
        lon, lat = data.xy(rows, cols)
        expected = np.array([value[0] for value in data.sample(zip(lon, lat, strict=True))])
    assert grid.elevation_m(lon, lat) == pytest.approx(expected, abs=1e-3)


def test_tiles_beside_each_other_leave_no_seam(make_grid, write_tif):
    whole = make_grid(60, 80).ground_m
    left = write_tif("left.tif", whole[:, :33], -98.0, 19.0, 0.001)
    right = write_tif("right.tif", whole[:, 33:], -98.0 + 33 * 0.001, 19.0, 0.001)
    mosaic = Mosaic.open([right, left])
    assert np.array_equal(mosaic.window(*mosaic.bounds).ground_m, whole)


def test_the_finest_file_wins_and_the_next_fills_its_holes(write_tif):
    fine = np.full((20, 20), 100, np.float32)
    fine[5:8, 5:8] = -9999
    coarse = np.full((10, 10), 500, np.float32)
    paths = [
        write_tif("coarse.tif", coarse, -98.01, 19.01, 0.01),
        write_tif("fine.tif", fine, -98.0, 19.0, 0.001, nodata=-9999),
    ]
    mosaic = Mosaic.open(paths)
    assert mosaic.resolution_arcsec == pytest.approx(3.6)
    grid = mosaic.window(-98.0, 18.98, -97.98, 19.0)
    assert grid.step_lon_deg == pytest.approx(0.001)
    assert grid.elevation_m(-97.9905, 18.9905) == pytest.approx(100)
    assert grid.elevation_m(-97.9935, 18.9935) == pytest.approx(500)
    outside_the_fine_one = Mosaic.open(paths).window(-97.97, 18.93, -97.95, 18.95)
    assert outside_the_fine_one.step_lon_deg == pytest.approx(0.01)


def test_a_projected_file_is_reprojected(tmp_path, write_tif):
    """A plane in UTM metres is a plane in degrees, to the bend of the meridians."""
    east, north = np.meshgrid(641_500 + 2.5 + 5.0 * np.arange(200), 2_159_000 - 2.5 - 5.0 * np.arange(200))
    plane = ((east - 641_500) * 0.5 + (2_159_000 - north) * 0.25 + 1000).astype(np.float32)
    path = write_tif("utm.tif", plane, 641_500, 2_159_000, 5.0, crs="EPSG:32613")
    mosaic = Mosaic.open([path])
    grid = mosaic.window(*mosaic.bounds)
    from rasterio.warp import transform

    rng = np.random.default_rng(2)
    x, y = rng.uniform(641_600, 642_400, 100), rng.uniform(2_158_100, 2_158_900, 100)
    lon, lat = transform("EPSG:32613", "EPSG:4326", x, y)
    expected = (x - 641_500) * 0.5 + (2_159_000 - y) * 0.25 + 1000
    assert grid.elevation_m(lon, lat) == pytest.approx(expected, abs=0.1)
    assert grid.cell_m == pytest.approx(5.0, rel=0.1)


@pytest.mark.parametrize("size", [1201, 3601])
def test_srtm_tiles_of_both_resolutions(write_hgt, size):
    row, col = np.mgrid[0:size, 0:size]
    ground = (row // 8 + col // 4).astype(np.int16)
    mosaic = Mosaic.open([write_hgt("N17W097.hgt", ground)])
    assert mosaic.resolution_arcsec == pytest.approx(3600 / (size - 1))
    # The first post of a tile stands on its north-west corner.
    grid = mosaic.window(-97.0, 17.9, -96.9, 18.0)
    assert grid.elevation_m(-97.0, 18.0) == ground[0, 0]
    step = 1 / (size - 1)
    assert grid.elevation_m(-97.0 + 40 * step, 18.0 - 24 * step) == pytest.approx(ground[24, 40], abs=1e-3)


def test_neighbouring_srtm_tiles_share_their_edge(write_hgt):
    west = np.full((1201, 1201), 10, np.int16)
    east = np.full((1201, 1201), 10, np.int16)
    west[:, -1] = east[:, 0] = 77
    mosaic = Mosaic.open([write_hgt("N17W098.hgt", west), write_hgt("N17W097.hgt", east)])
    grid = mosaic.window(-97.01, 17.4, -96.99, 17.6)
    assert grid.elevation_m(-97.0, 17.5) == 77
    assert grid.elevation_m([-97.005, -96.995], 17.5) == pytest.approx([10, 10])


def test_four_tiles_around_a_corner_are_one_ground(write_hgt):
    whole = np.random.default_rng(3).integers(0, 3000, (2401, 2401)).astype(np.int16)
    corners = {"N18W098": (0, 0), "N18W097": (0, 1200), "N17W098": (1200, 0), "N17W097": (1200, 1200)}
    paths = [
        write_hgt(f"{name}.hgt", whole[top : top + 1201, left : left + 1201]) for name, (top, left) in corners.items()
    ]
    for order in (paths, paths[::-1]):
        mosaic = Mosaic.open(order)
        assert np.array_equal(mosaic.window(*mosaic.bounds).ground_m, whole)
        part = mosaic.window(-97.3, 17.6, -96.8, 18.2)
        assert np.array_equal(part.ground_m, whole[960:1681, 840:1441])


def test_a_void_in_an_srtm_tile_is_missing_not_minus_32768(write_hgt):
    ground = np.full((1201, 1201), 200, np.int16)
    ground[600, 600] = -32768
    grid = Mosaic.open([write_hgt("S01E010.hgt", ground)]).window(10.45, -0.55, 10.55, -0.45)
    assert np.isnan(grid.ground_m).sum() == 1
    with pytest.raises(TerrainGap, match=r"lon 10\.50000, lat -0\.50000 \(1 place"):
        grid.elevation_m([10.46, 10.5], [-0.5, -0.5])


def test_a_cloud_optimised_geotiff_and_a_folder(tmp_path, make_grid):
    ground = make_grid(300, 300).ground_m
    path = tmp_path / "terrain" / "cog.tif"
    path.parent.mkdir()
    transform = rasterio.Affine(0.001, 0, -98, 0, -0.001, 19)
    memory = tmp_path / "plain.tif"
    with rasterio.open(
        memory,
        "w",
        driver="GTiff",
        dtype="float32",
        height=300,
        width=300,
        count=1,
        crs="EPSG:4326",
        transform=transform,
    ) as data:
        data.write(ground, 1)
    rasterio.shutil.copy(memory, path, driver="COG", overview_resampling="average")
    (path.parent / "notes.txt").write_text("not a raster")
    mosaic = Mosaic.open([path.parent])
    assert np.array_equal(mosaic.window(*mosaic.bounds).ground_m, ground)


def test_every_bad_file_is_named_at_once(tmp_path, write_tif, write_hgt):
    flat = np.zeros((10, 10), np.float32)
    (tmp_path / "text.tif").write_text("these are not the hills you are looking for")
    unplaced = write_tif("unplaced.tif", flat, -98, 19, 0.01, crs=None)
    paths = [
        tmp_path / "absent.tif",
        tmp_path / "text.tif",
        unplaced,
        write_tif("metres.tif", flat, 641_500, 2_159_000, 5.0),
        write_tif("three.tif", np.stack([flat] * 3), -98, 19, 0.01),
        write_tif("local.tif", flat, 5, 5, 2, crs='LOCAL_CS["site",UNIT["metre",1]]'),
        write_hgt("Popocatepetl.hgt", np.zeros((1201, 1201))),
        write_hgt("N17W097.hgt", np.zeros((1000, 1201))),
    ]
    with pytest.raises(InputError) as caught:
        Mosaic.open(paths)
    found = {problem.file: problem.message for problem in caught.value.problems}
    expected = {
        "absent.tif": "does not exist",
        "text.tif": "cannot be read as a raster",
        "unplaced.tif": "no coordinate reference system",
        "metres.tif": "not the one it states",
        "three.tif": "one band",
        "local.tif": "neither geographic nor projected",
        "Popocatepetl.hgt": "N17W097.hgt",
        "N17W097.hgt": "25934402 bytes",
    }
    assert found.keys() == expected.keys()
    for name, words in expected.items():
        assert words in found[name], name


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
def test_a_file_with_a_reference_system_and_no_place_is_refused(write_tif):
    path = write_tif("nowhere.tif", np.zeros((10, 10), np.float32), 0, 0, 1)
    with rasterio.open(path, "r+") as data:
        data.transform = rasterio.Affine.identity()
    with pytest.raises(InputError, match="where its corner lies"):
        Mosaic.open([path])


def test_elevations_in_feet_are_refused(write_tif):
    path = write_tif("feet.tif", np.zeros((4, 4), np.float32), -98, 19, 0.01)
    with rasterio.open(path, "r+") as data:
        data.units = ("ft",)
    with pytest.raises(InputError, match="metres"):
        Mosaic.open([path])


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, -32768.0, 65535.0])
def test_a_cell_that_is_no_elevation_is_refused_with_its_place(write_tif, value):
    ground = np.full((10, 10), 5, np.float32)
    ground[3, 4] = value
    mosaic = Mosaic.open([write_tif("bad.tif", ground, -98, 19, 0.01)])
    with pytest.raises(InputError, match=r"1 cell\(s\) hold no elevation.*x -97\.95500, y 18\.96500"):
        mosaic.window(*mosaic.bounds)


def test_a_declared_no_data_value_is_missing_and_named_when_needed(write_tif):
    ground = np.full((10, 10), 5, np.float32)
    ground[3, 4] = np.nan
    mosaic = Mosaic.open([write_tif("holes.tif", ground, -98, 19, 0.01, nodata=np.nan)])
    grid = mosaic.window(*mosaic.bounds)
    assert np.isnan(grid.ground_m).sum() == 1
    with pytest.raises(TerrainGap, match=r"lon -97\.95600, lat 18\.96600 \(2 place"):
        grid.elevation_m([-97.995, -97.956, -97.951], [18.995, 18.966, 18.961])


def test_a_file_cut_short_is_named(tmp_path, write_tif):
    rng = np.random.default_rng(0)
    path = write_tif("short.tif", rng.uniform(0, 100, (400, 400)).astype(np.float32), -98, 19, 0.001)
    path.write_bytes(path.read_bytes()[:200_000])
    mosaic = Mosaic.open([path])
    with pytest.raises(InputError, match=r"short\.tif: cannot be read.*cut short"):
        mosaic.window(*mosaic.bounds)


def test_a_window_without_files_is_a_gap_and_nonsense_is_an_error(volcano_path):
    mosaic = Mosaic.open([volcano_path])
    with pytest.raises(TerrainGap, match=r"lon 10\.00000…11\.00000"):
        mosaic.window(10, 10, 11, 11)
    with pytest.raises(InputError, match="west ≤ east"):
        mosaic.window(-98.5, 18.8, -98.6, 18.9)
    with pytest.raises(InputError, match="finite"):
        mosaic.window(float("nan"), 18.8, -98.6, 18.9)
    with pytest.raises(InputError, match="no elevation file"):
        Mosaic.open([])


def test_a_file_with_rows_from_south_to_north_is_turned(tmp_path, make_grid):
    ground = make_grid(30, 30).ground_m
    path = tmp_path / "upside.tif"
    transform = rasterio.Affine(0.001, 0, -98.0, 0, 0.001, 18.97)
    with rasterio.open(
        path, "w", driver="GTiff", dtype="float32", height=30, width=30, count=1, crs="EPSG:4326", transform=transform
    ) as data:
        data.write(ground[::-1], 1)
    mosaic = Mosaic.open([path])
    grid = mosaic.window(*mosaic.bounds)
    assert grid.elevation_m(-97.9895, 18.9895) == pytest.approx(ground[10, 10], abs=0.5)


def test_scale_and_offset_are_applied(write_tif):
    path = write_tif("packed.tif", np.full((4, 4), 1000, np.int16), -98, 19, 0.01)
    with rasterio.open(path, "r+") as data:
        data.scales, data.offsets = (0.1,), (50.0,)
    assert Mosaic.open([path]).window(-98, 18.97, -97.97, 19).elevation_m(-97.98, 18.98) == pytest.approx(150)
