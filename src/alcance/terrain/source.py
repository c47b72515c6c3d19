"""One raster of elevations or of cover: what it must be, and reading a part of it."""

from __future__ import annotations

import math
import re
import warnings
from collections.abc import Callable, Iterator
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


UNKNOWN = 255  # code of a cell of which nothing is known
# Takes the file, the cells of a window as they are, masked where the file declares no data, and their transform.
Convert = Callable[["Source", Any, Affine], NDArray[Any]]


@dataclass(frozen=True, eq=False)
class Reading:
    """How the cells of a file become heights.

    Parameters
    ----------
    convert
        Makes heights [m] of cells, float32 with NaN where none is known; or codes, uint8 with `UNKNOWN`.
    resampling
        How cells of another lattice are made of them.
    heights_m
        256 heights by code [m]; None where `convert` makes heights. Codes are resampled as such: a vote among small
        whole numbers costs a hundredth of one among decimal ones.
    """

    convert: Convert
    resampling: Resampling = Resampling.bilinear
    heights_m: NDArray[np.float32] | None = None

    def heights(self, values: NDArray[Any]) -> NDArray[np.float32]:
        """Give the heights of what `convert` made [m]."""
        decoded: NDArray[np.float32] = values if self.heights_m is None else self.heights_m[values]
        return decoded


@dataclass(frozen=True)
class Source:
    """One raster, described but not held open, so that it can be handed to another process.

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
    dtype
        Type of its cells.
    """

    path: Path
    bounds: tuple[float, float, float, float]
    lattice: Lattice
    copied: bool
    rows: int
    cols: int
    dtype: str

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
            return cls(path, bounds, lattice, copied, data.height, data.width, str(data.dtypes[0]))

    def fill(
        self,
        out: NDArray[np.float32],
        lattice: Lattice,
        row: int,
        col: int,
        reading: Reading | None = None,
    ) -> None:
        """Fill the NaN cells of `out`, whose first cell is (row, col) of `lattice`, with what this file holds there.

        Parameters
        ----------
        out, lattice, row, col
            The cells to fill and where they lie.
        reading
            How the file's cells become heights; None takes them as elevations.
        """
        how = reading or Reading(elevations)
        with _dataset(self.path) as data:
            if self.copied and self._shares(lattice):
                self._copy(data, out, lattice, row, col, how)
            else:
                self._warp(data, out, lattice.affine(row, col), how)

    def refusal(self, message: str, value: str = "") -> InputError:
        """Make an error that names the file."""
        return _refusal(self.path, message, value)

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

    def _copy(
        self, data: Any, out: NDArray[np.float32], lattice: Lattice, row: int, col: int, reading: Reading
    ) -> None:
        top = row - round((lattice.north - self.lattice.north) / lattice.step_lat_deg)
        left = col - round((self.lattice.west - lattice.west) / lattice.step_lon_deg)
        row0, row1 = max(0, top), min(self.rows, top + out.shape[0])
        col0, col1 = max(0, left), min(self.cols, left + out.shape[1])
        if row0 >= row1 or col0 >= col1:
            return
        values = reading.heights(self._read(data, Window(col0, row0, col1 - col0, row1 - row0), reading.convert))
        part = out[row0 - top : row1 - top, col0 - left : col1 - left]
        np.copyto(part, values, where=np.isnan(part))

    def _warp(self, data: Any, out: NDArray[np.float32], affine: Affine, reading: Reading) -> None:
        east, south = affine.c + out.shape[1] * affine.a, affine.f + out.shape[0] * affine.e
        # Where many cells become one, interpolation reaches over as many.
        coarser = max(affine.a / self.lattice.step_lon_deg, -affine.e / self.lattice.step_lat_deg, 1.0)
        box = transform_bounds(WGS84, data.crs, affine.c, south, east, affine.f)
        window = _covering_window(data, box, 1 + math.ceil(coarser))
        if window is None:
            return
        cells = self._read(data, window, reading.convert)
        nothing = np.nan if reading.heights_m is None else UNKNOWN
        values = np.full(out.shape, nothing, cells.dtype)
        reproject(
            cells,
            values,
            src_transform=_shifted(data.transform, window.col_off, window.row_off),
            src_crs=data.crs,
            src_nodata=nothing,
            dst_transform=affine,
            dst_crs=WGS84,
            dst_nodata=nothing,
            resampling=reading.resampling,
        )
        np.copyto(out, reading.heights(values), where=np.isnan(out))

    def _read(self, data: Any, window: Window, convert: Convert) -> NDArray[Any]:
        """Cells of a window, converted."""
        try:
            raw = data.read(1, window=window, masked=True)
        except (RasterioError, OSError) as error:
            raise _refusal(self.path, f"cannot be read ({error}); the file may be cut short") from error
        if data.scales[0] != 1 or data.offsets[0] != 0:
            raw = raw.astype(np.float32) * np.float32(data.scales[0]) + np.float32(data.offsets[0])
        return convert(self, raw, _shifted(data.transform, window.col_off, window.row_off))


def elevations(source: Source, raw: Any, transform: Affine) -> NDArray[np.float32]:
    """Elevations [m], NaN where the file declares no data; InputError where a value cannot be one."""
    values = raw.astype(np.float32).filled(np.nan)
    wrong = ~np.ma.getmaskarray(raw) & ~((values >= LOWEST_M) & (values <= HIGHEST_M))
    if wrong.any():
        message = "cell(s) hold no elevation on earth, {place}; declare the file's no-data value or mend the cells"
        raise wrong_cells(source, values, wrong, transform, message)
    result: NDArray[np.float32] = values
    return result


def wrong_cells(source: Source, values: Any, wrong: Any, transform: Affine, message: str) -> InputError:
    """Make an error of how many cells are wrong; {place} in the message becomes that of the first one."""
    at_row, at_col = np.unravel_index(int(np.argmax(wrong)), wrong.shape)
    centre = _shifted(transform, at_col + 0.5, at_row + 0.5)
    place = f"the first at x {centre.c:.5f}, y {centre.f:.5f}"
    return source.refusal(f"{int(wrong.sum())} {message.format(place=place)}", str(values[at_row, at_col]))


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
        raise _refusal(path, "a file of terrain or cover has one band", f"{data.count} bands")
    if np.dtype(data.dtypes[0]).kind not in "iuf":
        raise _refusal(path, "heights are whole or decimal numbers", str(data.dtypes[0]))
    unit = (data.units[0] or "").strip().lower()
    if unit not in METRE_UNITS:
        raise _refusal(path, "heights are in metres; convert the file", unit)


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


def _covering_window(data: Any, box: tuple[float, float, float, float], margin: int) -> Window | None:
    """Cells of a raster, with a margin for interpolation, under a box in its own coordinates; None where none is."""
    west, south, east, north = box
    inverse = ~data.transform
    corners = ((west, north), (east, north), (west, south), (east, south))
    cols = [inverse.a * x + inverse.b * y + inverse.c for x, y in corners]
    rows = [inverse.d * x + inverse.e * y + inverse.f for x, y in corners]
    col0, col1 = max(0, math.floor(min(cols)) - margin), min(data.width, math.ceil(max(cols)) + margin)
    row0, row1 = max(0, math.floor(min(rows)) - margin), min(data.height, math.ceil(max(rows)) + margin)
    if col0 >= col1 or row0 >= row1:
        return None
    return Window(col0, row0, col1 - col0, row1 - row0)
