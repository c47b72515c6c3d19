"""Coverage as polygons by class of service."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from alcance.radio.coverage.area import Coverage
from alcance.radio.coverage.outline import outline_cells
from alcance.radio.vector import write_geopackage

if TYPE_CHECKING:
    import geopandas


def class_polygons(covered: Coverage) -> geopandas.GeoDataFrame:
    """Outline the cells of each service class.

    Returns
    -------
    One row per class that occurs, the lowest first, in EPSG:4326: service_class, min_mbps, area_km2 (on the sphere) and
    a MultiPolygon along cell edges; classes do not overlap. Cells below all classes have no row.
    """
    import geopandas

    west, _, _, north = covered.bounds
    areas = covered.area_km2()
    found = [k for k in range(1, len(covered.classes_mbps) + 1) if areas[k] > 0]
    steps = (covered.step_lon_deg, covered.step_lat_deg)
    return geopandas.GeoDataFrame(
        {
            "service_class": np.array(found, np.int64),
            "min_mbps": np.array([covered.classes_mbps[k - 1] for k in found], np.float64),
            "area_km2": np.round(areas[found], 4) if found else np.array([], np.float64),
        },
        geometry=[outline_cells(covered.service_class == k, west, north, *steps) for k in found],
        crs="EPSG:4326",
    )


def write_polygons(covered: Coverage, path: Path) -> None:
    """Write the classes as a GeoPackage of one layer, `coverage`; the same coverage gives the same bytes.

    Raises
    ------
    OutputError
        The file cannot be written.
    """
    write_geopackage(class_polygons(covered), path, "coverage", "MultiPolygon")
