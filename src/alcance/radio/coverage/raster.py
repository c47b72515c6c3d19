"""Coverage as a cloud-optimised GeoTIFF."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import rasterio
from rasterio.errors import RasterioError
from rasterio.transform import Affine

from alcance.errors import OutputError
from alcance.files import whole_file
from alcance.radio.coverage.area import NOBODY, Coverage
from alcance.radio.coverage.service import NO_DATA

BANDS = (
    ("received_dbm", "dBm"),
    ("rate_mbps", "Mbit/s"),
    ("service_class", ""),
    ("server", ""),
)


def write_cog(covered: Coverage, path: Path) -> None:
    """Write coverage as a cloud-optimised GeoTIFF of four float32 bands; NaN where there is no data.

    Bands: signal [dBm], rate [Mbit/s], service class (0 below all) and index of the tower heard best. The same coverage
    gives the same bytes with the same version of GDAL.

    Raises
    ------
    OutputError
        The file cannot be written.
    """
    rows, cols = covered.received_dbm.shape
    classes = np.where(covered.service_class == NO_DATA, np.nan, covered.service_class)
    server = np.where(covered.server == NOBODY, np.nan, covered.server)
    west, _, _, north = covered.bounds
    try:
        with (
            whole_file(path) as temporary,
            rasterio.open(
                temporary, "w", driver="COG", width=cols, height=rows, count=len(BANDS), dtype="float32",
                crs="EPSG:4326", nodata=np.nan, compress="DEFLATE", predictor="YES", level=6, blocksize=256,
                overview_resampling="NEAREST", num_threads=1,
                transform=Affine(covered.step_lon_deg, 0, west, 0, -covered.step_lat_deg, north),
            ) as raster,
        ):  # fmt: skip
            bands = (covered.received_dbm, covered.rate_mbps, classes, server)
            for index, ((name, unit), values) in enumerate(zip(BANDS, bands, strict=True), start=1):
                raster.write(values.astype(np.float32), index)
                raster.set_band_description(index, name)
                raster.set_band_unit(index, unit)
            raster.update_tags(
                model=covered.model,
                freq_ghz=f"{covered.freq_ghz:g}",
                classes_mbps=" ".join(f"{rate:g}" for rate in covered.classes_mbps),
            )
    except RasterioError as error:
        raise OutputError(f"{path}: the raster cannot be written ({error})") from error
