from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio.transform import Affine

from alcance.terrain import Grid

DATA = Path(__file__).parents[1] / "data" / "terrain"


@pytest.fixture(scope="session")
def volcano_path() -> Path:
    return DATA / "dem_popocatepetl_south_60m.tif"


@pytest.fixture
def make_grid() -> Callable[..., Grid]:
    def make(rows: int = 40, cols: int = 50, seed: int = 0, step: float = 0.001) -> Grid:
        rng = np.random.default_rng(seed)
        ground = rng.normal(0, 40, (rows, cols)).cumsum(axis=0).cumsum(axis=1) / 20 + 1000
        return Grid(ground.astype(np.float32), -98.0, 19.0, step, step)

    return make


@pytest.fixture
def write_tif(tmp_path: Path) -> Callable[..., Path]:
    def write(name: str, ground, west: float, north: float, step: float, **options) -> Path:
        """A raster whose outer north-west corner is (west, north)."""
        path = tmp_path / name
        ground = np.asarray(ground)
        profile = {
            "driver": "GTiff",
            "dtype": ground.dtype.name,
            "height": ground.shape[-2],
            "width": ground.shape[-1],
            "count": 1 if ground.ndim == 2 else ground.shape[0],
            "crs": "EPSG:4326",
            "transform": Affine(step, 0, west, 0, -step, north),
            **options,
        }
        with rasterio.open(path, "w", **profile) as data:
            data.write(ground, 1) if ground.ndim == 2 else data.write(ground)
        return path

    return write


@pytest.fixture
def write_hgt(tmp_path: Path) -> Callable[..., Path]:
    def write(name: str, ground) -> Path:
        path = tmp_path / name
        path.write_bytes(np.asarray(ground).astype(">i2").tobytes())
        return path

    return write
