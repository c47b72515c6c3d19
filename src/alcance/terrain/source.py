"""One elevation file: what it must be, and reading a part of it."""

from __future__ import annotations

import math
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.crs import CRS
from rasterio.enums import Resampling
from rasterio.errors import NotGeoreferencedWarning, RasterioError, RasterioIOError
from rasterio.transform import Affine
from rasterio.warp import reproject, transform_bounds
from rasterio.windows import Window

from alcance.errors import InputError, Problem

WGS84 = CRS.from_epsg(4326)
# The shore of the Dead Sea and the summit of Everest, with room for error: what lies beyond is a code for "no data".
LOWEST_M, HIGHEST_M = -600.0, 9_100.0
HGT_NAME = re.compile(r"^[NS]\d{2}[EW]\d{3}$", re.IGNORECASE)
HGT_BYTES = {3601 * 3601 * 2: "1 arc-second", 1201 * 1201 * 2: "3 arc-seconds"}
METRE_UNITS = {"", "m", "metre", "metres", "meter", "meters"}


@dataclass(frozen=True)
class Lattice:
    """The cell centres of a grid of longitude and latitude that has no edge [deg]."""

    west: float
    north: float
    step_lon_deg: float
    step_lat_deg: float

    def affine(self, row: int, col: int) -> Affine:
        """Transform of the cells from a row and column on."""
        left = self.west + (col - 0.5) * self.step_lon_deg
        top = self.north - (row - 0.5) * self.step_lat_deg
        return Affine(self.step_lon_deg, 0.0, left, 0.0, -self.step_lat_deg, top)


@dataclass(frozen=True)
class Source:
    """One elevation raster, described but not held open, so that it can be handed to another process.

    Parameters
    ----------
    path
        The file.
    bounds
        West, south, east, north of its outer edges [deg].
    lattice
        Its cell centres, or the lattice that suits it best where it is projected, rotated or on another datum.
    copied
        True where its cells are cells of the lattice and are read as they are; False where they are reprojected.
    rows, cols
        Size of the raster.
    """

    path: Path
    bounds: tuple[float, float, float, float]
    lattice: Lattice
    copied: bool
    rows: int
    cols: int

    @property
    def resolution_deg(self) -> float:
        """The finer of the two steps [deg]."""
        return min(self.lattice.step_lon_deg, self.lattice.step_lat_deg)

    @classmethod
    def open(cls, path: Path) -> Source:
        """Describe a file; InputError where it cannot be an elevation raster on the earth."""
        _check_hgt(path)
        with _dataset(path) as data:
            _check_bands(path, data)
            _check_crs(path, data)
            bounds = _bounds_of(path, data)
            _check_bounds(path, bounds)
            west, south, east, north = bounds
            step_lon, step_lat = (east - west) / data.width, (north - south) / data.height
            lattice = Lattice(west + step_lon / 2, north - step_lat / 2, step_lon, step_lat)
            transform = data.transform
            straight = transform.b == 0 and transform.d == 0 and transform.a > 0 and transform.e < 0
            copied = data.crs == WGS84 and straight
            return cls(path, bounds, lattice, copied, data.height, data.width)

    def fill(self, out: NDArray[np.float32], lattice: Lattice, row: int, col: int) -> None:
        """Fill the NaN cells of `out`, whose first cell is (row, col) of `lattice`, with what this file holds there."""
        with _dataset(self.path) as data:
            if self.copied and self._shares(lattice):
                self._copy(data, out, lattice, row, col)
            else:
                self._warp(data, out, lattice, row, col)

    def _shares(self, lattice: Lattice) -> bool:
        """Whether the cell centres are the same, to a hundredth of a cell over the whole file."""
        own = self.lattice
        drift = max(
            abs(own.step_lon_deg / lattice.step_lon_deg - 1) * self.cols,
            abs(own.step_lat_deg / lattice.step_lat_deg - 1) * self.rows,
        )
        shift_lon = (own.west - lattice.west) / lattice.step_lon_deg
        shift_lat = (own.north - lattice.north) / lattice.step_lat_deg
        return max(drift, abs(shift_lon - round(shift_lon)), abs(shift_lat - round(shift_lat))) < 0.01

    def _copy(self, data: Any, out: NDArray[np.float32], lattice: Lattice, row: int, col: int) -> None:
        top = round((lattice.north - self.lattice.north) / lattice.step_lat_deg) + row
        left = round((self.lattice.west - lattice.west) / lattice.step_lon_deg)
        left = col - left
        row0, row1 = max(0, top), min(self.rows, top + out.shape[0])
        col0, col1 = max(0, left), min(self.cols, left + out.shape[1])
        if row0 >= row1 or col0 >= col1:
            return
        values = self._read(data, Window(col0, row0, col1 - col0, row1 - row0))
        part = out[row0 - top : row1 - top, col0 - left : col1 - left]
        np.copyto(part, values, where=np.isnan(part))

    def _warp(self, data: Any, out: NDArray[np.float32], lattice: Lattice, row: int, col: int) -> None:
        affine = lattice.affine(row, col)
        east, south = affine.c + out.shape[1] * affine.a, affine.f + out.shape[0] * affine.e
        window = _covering_window(data, transform_bounds(WGS84, data.crs, affine.c, south, east, affine.f))
        if window is None:
            return
        values = np.full(out.shape, np.nan, np.float32)
        reproject(
            self._read(data, window),
            values,
            src_transform=_shifted(data.transform, window.col_off, window.row_off),
            src_crs=data.crs,
            src_nodata=np.nan,
            dst_transform=affine,
            dst_crs=WGS84,
            dst_nodata=np.nan,
            resampling=Resampling.bilinear,
        )
        np.copyto(out, values, where=np.isnan(out))

    def _read(self, data: Any, window: Window) -> NDArray[np.float32]:
        """Elevations of a window [m], NaN where the file declares no data; InputError where a value cannot be one."""
        try:
            raw = data.read(1, window=window, masked=True)
        except (RasterioError, OSError) as error:
            raise _refusal(self.path, f"cannot be read ({error}); the file may be cut short") from error
        values = raw.astype(np.float32).filled(np.nan) * np.float32(data.scales[0]) + np.float32(data.offsets[0])
        declared = np.ma.getmaskarray(raw)
        wrong = ~declared & ~((values >= LOWEST_M) & (values <= HIGHEST_M))
        if wrong.any():
            at_row, at_col = np.unravel_index(int(np.argmax(wrong)), wrong.shape)
            centre = _shifted(data.transform, window.col_off + at_col + 0.5, window.row_off + at_row + 0.5)
            raise _refusal(
                self.path,
                f"{int(wrong.sum())} cell(s) hold no elevation on earth, the first at x {centre.c:.5f}, "
                f"y {centre.f:.5f}; declare the file's no-data value or mend the cells",
                str(values[at_row, at_col]),
            )
        result: NDArray[np.float32] = values
        return result


@contextmanager
def _dataset(path: Path) -> Iterator[Any]:
    """Hold a raster open for a moment."""
    try:
        with warnings.catch_warnings():
            # A raster without a place is refused below, in our own words.
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            data = rasterio.open(path)
    except (RasterioIOError, OSError) as error:
        why = "does not exist" if not path.exists() else f"cannot be read as a raster ({error})"
        raise _refusal(path, f"{why}; give a GeoTIFF, a COG or an SRTM .hgt tile") from error
    try:
        yield data
    finally:
        data.close()


def _refusal(path: Path, message: str, value: str = "") -> InputError:
    return InputError([Problem(path.name, None, "", value, message)])


def _check_hgt(path: Path) -> None:
    """Refuse an HGT tile whose name is no place or whose size is no resolution: it has no other header."""
    if path.suffix.lower() != ".hgt" or not path.is_file():
        return
    if not HGT_NAME.match(path.stem):
        raise _refusal(path, "an SRTM tile is named by its south-west corner, like N17W097.hgt")
    size = path.stat().st_size
    if size not in HGT_BYTES:
        sizes = " or ".join(f"{count} bytes ({name})" for count, name in HGT_BYTES.items())
        raise _refusal(path, f"an SRTM tile holds {sizes}; fetch it again", str(size))


def _check_bands(path: Path, data: Any) -> None:
    kinds = [kind.name for kind in data.colorinterp]
    if data.count > 1 and not (data.count == 2 and kinds[1] == "alpha"):
        raise _refusal(path, "a terrain file has one band of elevations", f"{data.count} bands")
    if np.dtype(data.dtypes[0]).kind not in "iuf":
        raise _refusal(path, "elevations are whole or decimal numbers", str(data.dtypes[0]))
    unit = (data.units[0] or "").strip().lower()
    if unit not in METRE_UNITS:
        raise _refusal(path, "elevations are in metres; convert the file", unit)


def _check_crs(path: Path, data: Any) -> None:
    crs = data.crs
    if not crs:
        raise _refusal(path, "no coordinate reference system; assign one (gdal_edit.py -a_srs EPSG:4326 FILE)")
    if not (crs.is_geographic or crs.is_projected):
        raise _refusal(path, "the coordinate reference system is neither geographic nor projected", crs.to_string())
    if data.transform.is_identity:
        raise _refusal(path, "it does not say where its corner lies; give it a geotransform (gdal_edit.py -a_ullr …)")


def _check_bounds(path: Path, bounds: tuple[float, float, float, float]) -> None:
    west, south, east, north = bounds
    if not all(math.isfinite(side) for side in bounds):
        raise _refusal(path, "its place on the earth cannot be computed; the coordinate reference system is wrong")
    # Tiles of whole degrees reach half a cell beyond the antimeridian and the poles.
    if west < -180.1 or east > 180.1 or south < -90.1 or north > 90.1:
        shown = f"{west:.3f}, {south:.3f}, {east:.3f}, {north:.3f}"
        message = "it lies outside -180…180, -90…90 degrees; the coordinate reference system is not the one it states"
        raise _refusal(path, message, shown)


def _bounds_of(path: Path, data: Any) -> tuple[float, float, float, float]:
    """Find west, south, east, north of a raster's outer edges [deg], whichever way its rows run."""
    corners = [_shifted(data.transform, cols, rows) for cols in (0, data.width) for rows in (0, data.height)]
    x, y = [corner.c for corner in corners], [corner.f for corner in corners]
    box = (min(x), min(y), max(x), max(y))
    if data.crs == WGS84:
        return box
    try:
        west, south, east, north = transform_bounds(data.crs, WGS84, *box)
    except RasterioError as error:
        raise _refusal(path, f"its coordinate reference system cannot be turned into longitude ({error})") from error
    return west, south, east, north


def _shifted(affine: Affine, cols: float, rows: float) -> Affine:
    """Move a transform's origin by columns and rows; written out, for the ways of multiplying affines change."""
    x, y = affine.c + affine.a * cols + affine.b * rows, affine.f + affine.d * cols + affine.e * rows
    return Affine(affine.a, affine.b, x, affine.d, affine.e, y)


def _covering_window(data: Any, box: tuple[float, float, float, float]) -> Window | None:
    """Cells of a raster, with a margin for interpolation, under a box in its own coordinates; None where none is."""
    west, south, east, north = box
    inverse = ~data.transform
    corners = ((west, north), (east, north), (west, south), (east, south))
    cols = [inverse.a * x + inverse.b * y + inverse.c for x, y in corners]
    rows = [inverse.d * x + inverse.e * y + inverse.f for x, y in corners]
    col0, col1 = max(0, math.floor(min(cols)) - 2), min(data.width, math.ceil(max(cols)) + 2)
    row0, row1 = max(0, math.floor(min(rows)) - 2), min(data.height, math.ceil(max(rows)) + 2)
    if col0 >= col1 or row0 >= row1:
        return None
    return Window(col0, row0, col1 - col0, row1 - row0)
