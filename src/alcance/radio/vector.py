"""Tables with geometry as GeoPackage files that are the same bytes every time."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from alcance.errors import OutputError
from alcance.files import whole_file

if TYPE_CHECKING:
    import geopandas

FIXED_DATE = "2000-01-01T00:00:00.000Z"  # GeoPackage wants a date of last change


def write_geopackage(frame: geopandas.GeoDataFrame, path: Path, layer: str, geometry_type: str) -> None:
    """Write one layer to a new GeoPackage.

    Parameters
    ----------
    frame
        Rows in EPSG:4326.
    path
        File to write; it appears whole or not at all.
    layer
        Name of the layer.
    geometry_type
        "Point", "MultiPolygon" and so on, also for a layer without rows.

    Raises
    ------
    OutputError
        The file cannot be written.
    """
    import pyogrio
    from pyogrio.errors import DataSourceError

    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": FIXED_DATE})
    try:
        with whole_file(path) as temporary:
            pyogrio.write_dataframe(
                frame, temporary, layer=layer, driver="GPKG", geometry_type=geometry_type,
                dataset_options={"VERSION": "1.2"}, layer_options={"FID": "fid", "GEOMETRY_NAME": "geom"},
            )  # fmt: skip
    except DataSourceError as error:
        raise OutputError(f"{path}: it cannot be written ({error})") from error
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})
