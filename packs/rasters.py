"""Cutting elevation for a pack."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import rasterio
from rasterio.windows import Window


def cut_elevation(
    source: Path, target: Path, bounds: tuple[float, float, float, float], margin_deg: float
) -> dict[str, float | int | list[float]]:
    """Cut an elevation raster to bounds plus a margin and write it as a compressed GeoTIFF.

    Parameters
    ----------
    source
        GeoTIFF in longitude and latitude, int16 metres.
    target
        File to write; the same cells always give the same bytes.
    bounds
        West, south, east, north [deg].
    margin_deg
        Margin on each side [deg], as far as the source reaches.

    Returns
    -------
    What was written: rows, cols, resolution_arcsec, bounds, nodata_cells, sea_cells.
    """
    with rasterio.open(source) as raster:
        west, south, east, north = bounds
        corner = raster.transform
        col0, col1 = ((edge - corner.c) / corner.a for edge in (west - margin_deg, east + margin_deg))
        row0, row1 = ((edge - corner.f) / corner.e for edge in (north + margin_deg, south - margin_deg))
        left, top = max(0, math.floor(col0)), max(0, math.floor(row0))
        right, bottom = min(raster.width, math.ceil(col1)), min(raster.height, math.ceil(row1))
        window = Window(left, top, right - left, bottom - top)
        cells = raster.read(1, window=window)
        transform = raster.window_transform(window)
        nodata = raster.nodata
        profile = {
            "driver": "GTiff", "dtype": "int16", "count": 1, "width": right - left, "height": bottom - top,
            "crs": raster.crs, "transform": transform, "nodata": -32768, "compress": "deflate", "predictor": 2,
            "zlevel": 9, "tiled": True, "blockxsize": 256, "blockysize": 256,
        }  # fmt: skip
    missing = cells == nodata if nodata is not None else np.zeros(cells.shape, bool)
    cells = np.where(missing, -32768, cells).astype(np.int16)
    with rasterio.open(target, "w", **profile) as out:
        out.write(cells, 1)
    return {
        "rows": int(cells.shape[0]),
        "cols": int(cells.shape[1]),
        "resolution_arcsec": round(abs(transform.a) * 3600, 3),
        "bounds": [round(float(edge), 6) for edge in rasterio.transform.array_bounds(*cells.shape, transform)],
        "nodata_cells": int(missing.sum()),
        "sea_cells": int((cells == 0).sum()),
    }
