"""A pack may tell what stands on its ground, and is checked for it at the door."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio.transform import Affine

from alcance.network import pack_grid
from alcance.pack import read_pack

CLASSES = """
[surface]
kind = "classes"
heights_m = { "10" = 15.0, "30" = 0.0, "50" = 8.0 }
source = "invented"
assumed = true
"""
MODEL = """
[surface]
kind = "model"
source = "invented"
"""


@pytest.fixture
def lay(pack) -> Callable[..., Path]:
    """Write a raster of cover over the pack's ground, and its section into pack.toml."""

    def write(section: str, values: np.ndarray | None = None, name: str = "surface.tif", **options: object) -> Path:
        with rasterio.open(pack.path / "terrain.tif") as raster:
            profile, shape = raster.profile, raster.shape
        if values is None:
            values = np.where(np.indices(shape).sum(axis=0) // 40 % 2, 10, 30).astype(np.uint8)
        path = pack.path / name
        path.parent.mkdir(exist_ok=True)
        given = {
            "driver": "GTiff", "crs": profile["crs"], "transform": profile["transform"], "count": 1,
            "dtype": values.dtype.name, "height": values.shape[0], "width": values.shape[1], **options,
        }  # fmt: skip
        with rasterio.open(path, "w", **given) as raster:
            raster.write(values, 1)
        toml = pack.path / "pack.toml"
        toml.write_text(toml.read_text(encoding="utf-8") + section, encoding="utf-8")
        return path

    return write


def terrain(pack) -> np.ndarray:
    with rasterio.open(pack.path / "terrain.tif") as raster:
        values: np.ndarray = raster.read(1).astype(np.float32)
        return values


def test_a_pack_without_surface_has_bare_ground(pack):
    read = read_pack(pack.path)
    assert read.meta.surface is None
    assert read.surface() is None
    assert pack_grid(read).cover_m is None


def test_classes_with_their_heights_stand_on_the_ground(pack, lay):
    lay(CLASSES)
    assert pack.problems() == []
    read = read_pack(pack.path)
    assert (read.meta.surface.kind, read.meta.surface.source, read.meta.surface.assumed) == (
        "classes",
        "invented",
        True,
    )
    assert read.meta.surface.heights_m == {10: 15.0, 30: 0.0, 50: 8.0}
    assert "surface.tif" in read.digests
    grid = pack_grid(read)
    assert sorted(np.unique(grid.cover_m)) == [0, 15]
    window = read.terrain().window(-98.75, 18.88, -98.70, 18.92)
    assert window.cover_m.shape == window.shape
    bare = read.terrain().under(None).window(-98.75, 18.88, -98.70, 18.92)
    assert bare.cover_m is None
    assert np.array_equal(window.ground_m, bare.ground_m)


def test_a_surface_model_in_tiles_of_a_folder(pack, lay):
    lay(MODEL, terrain(pack) + 9, name="surface/a.tif")
    assert pack.problems() == []
    read = read_pack(pack.path)
    assert np.allclose(pack_grid(read).cover_m, 9, atol=1e-3)
    assert "surface/a.tif" in read.digests


def test_the_surface_may_lie_in_another_file(pack, lay):
    lay(CLASSES + '[files]\nsurface = "landcover.tif"\n', name="landcover.tif")
    assert pack.problems() == []
    assert pack_grid(read_pack(pack.path)).cover_m.max() == 15


def test_a_raster_without_a_section_is_told(pack, lay):
    lay("")
    error = pack.only_error()
    assert error.file == "surface.tif"
    assert "section [surface]" in error.message


def test_a_section_without_a_raster_is_told(pack, lay):
    lay(CLASSES).unlink()
    error = pack.only_error()
    assert (error.file, error.column) == ("pack.toml", "surface")
    assert "not there" in error.message


def test_a_class_without_a_height_is_told_with_its_place(pack, lay):
    values = np.full(terrain(pack).shape, 10, np.uint8)
    values[200, 100] = 95
    lay(CLASSES, values)
    error = pack.only_error()
    assert (error.file, error.value) == ("surface.tif", "95")
    assert "1 cell(s) hold a class without a height, the first at x -98." in error.message
    assert "known are 10, 30, 50" in error.message


@pytest.mark.parametrize(
    ("old", "new", "column", "said"),
    [
        ('"10" = 15.0', '"10" = -15.0', "surface", "the height of class 10 is -15 and must be 0 to 1000 m"),
        ('"10" = 15.0', '"wood" = 15.0', "surface.heights_m.wood", "integer"),
        ('kind = "classes"', 'kind = "trees"', "surface", "must be one of classes, heights, model"),
        ('kind = "classes"', 'kind = "model"', "surface", "is for a raster of classes"),
        ("heights_m = {", "heights = {", "surface.heights", "is not a name"),
        ('source = "invented"\nassumed', "assumed", "surface.source", "is missing"),
        ("assumed = true", "nodata_m = nan", "surface", "nodata_m is nan"),
    ],
)
def test_a_wrong_section_is_told_in_words(pack, lay, old, new, column, said):
    assert old in CLASSES
    lay(CLASSES.replace(old, new))
    hits = [problem for problem in pack.errors() if problem.file == "pack.toml"]
    assert any(p.column.startswith(column) and said in p.message for p in hits), "\n".join(map(str, pack.errors()))


def test_sites_beyond_the_raster_are_named(pack, lay):
    values = np.full(terrain(pack).shape, 10, np.uint8)
    lay(CLASSES, values[:, : values.shape[1] // 2])
    errors = pack.errors()
    assert {error.file for error in errors} <= {"sites.csv", "towers.csv"}
    sites = [error for error in errors if error.file == "sites.csv"]
    assert 0 < len(sites) < len(pack.rows("sites")) - 1
    assert all("surface.tif does not tell what stands there" in error.message for error in sites)
    assert all(float(error.value.split(" at ")[1].split(",")[0]) > -98.75 for error in sites)


def test_no_data_under_a_site_is_told_unless_the_section_says_what_stands_there(pack, lay):
    values = np.full(terrain(pack).shape, 0, np.uint8)
    lay(CLASSES, values, nodata=0)
    assert any("nodata_m" in error.message for error in pack.errors())
    pack.replace("pack.toml", 'kind = "classes"', 'kind = "classes"\nnodata_m = 2.0')
    assert pack.problems() == []
    assert np.all(pack_grid(read_pack(pack.path)).cover_m == 2)


def test_a_model_over_another_datum_is_a_warning(pack, lay):
    lay(MODEL, terrain(pack) - 40)
    (warning,) = pack.problems()
    assert (warning.file, warning.severity) == ("surface.tif", "warning")
    assert "100% of the cells" in warning.message


def test_a_raster_that_is_none_is_told_without_the_way_to_it(pack, lay, tmp_path):
    lay(CLASSES).write_bytes(b"rubbish")
    error = pack.only_error()
    assert error.file == "surface.tif"
    assert not any(str(tmp_path) in str(problem) for problem in pack.problems())


def test_metres_of_classes_are_refused(pack, lay):
    lay(CLASSES, terrain(pack))
    assert "whole numbers" in pack.only_error().message


def test_a_projected_raster_is_laid_over_the_ground(pack, lay):
    size = 30.0
    values = np.full((1500, 1500), 50, np.uint8)
    lay(CLASSES, values, crs="EPSG:32614", transform=Affine(size, 0, 505_000, 0, -size, 2_115_000))
    grid = pack_grid(read_pack(pack.path))
    known = ~np.isnan(grid.cover_m)
    assert known.mean() > 0.5
    assert (grid.cover_m[known] == 8).all()
