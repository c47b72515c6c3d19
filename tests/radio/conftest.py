from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from alcance.terrain import Grid, Mosaic

DEM = Path(__file__).parents[1] / "data" / "terrain" / "dem_popocatepetl_south_60m.tif"


@pytest.fixture(scope="session")
def volcano() -> Grid:
    mosaic = Mosaic.open([DEM])
    return mosaic.window(*mosaic.bounds)


@pytest.fixture(scope="session")
def volcano_mosaic() -> Mosaic:
    return Mosaic.open([DEM])


@pytest.fixture(scope="session")
def plain() -> Grid:
    """Level ground of 100 m around the equator, about 220 m to a cell."""
    return Grid(np.full((500, 500), 100, np.float32), 10.0, 0.5, 0.002, 0.002)
