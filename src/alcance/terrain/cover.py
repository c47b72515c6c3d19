"""What stands on the ground: heights of trees and buildings from rasters of several kinds, on the cells of a grid."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasterio.enums import Resampling
from rasterio.transform import Affine

from alcance.errors import InputError, Problem
from alcance.terrain.grid import Grid
from alcance.terrain.mosaic import Mosaic, touch
from alcance.terrain.source import UNKNOWN, Lattice, Reading, Source, elevations, wrong_cells

CLASSES, HEIGHTS, MODEL = "classes", "heights", "model"
KINDS = (CLASSES, HEIGHTS, MODEL)
TALLEST_M = 1_000.0  # above any building
AT_ONCE = 8_000_000  # cells of a raster in memory
NO_HEIGHT = 254  # code of a class that has no height
FINER = 1.5  # from this many cells under one on, the cell takes what most of them hold


@dataclass(frozen=True)
class Cover:
    """Rasters that tell what stands on the ground.

    Parameters
    ----------
    mosaic
        The files, in any coordinate reference system and resolution; of overlapping ones the finest counts.
    kind
        "classes": whole numbers that stand for kinds of land, each with a height in `heights_m`. "heights": heights
        above the ground [m], as a canopy height model gives them. "model": a surface model, heights above the datum of
        the ground [m]; what it is above the ground is cover, what it is below counts as none.
    heights_m
        Class to height [m], for "classes" alone. It may name the value that the files declare as no data.
    nodata_m
        Height of what stands where a file has no data [m]; None where that is not known. Beyond the files nothing is
        known in any case.
    """

    mosaic: Mosaic
    kind: str
    heights_m: Mapping[int, float] = field(default_factory=dict)
    nodata_m: float | None = None

    @classmethod
    def open(
        cls,
        paths: Sequence[Path],
        kind: str,
        heights_m: Mapping[int, float] | None = None,
        *,
        nodata_m: float | None = None,
    ) -> Cover:
        """Open rasters of cover; only their headers are read.

        Parameters
        ----------
        paths
            Files, or folders of them, as `Mosaic.open` takes them.
        kind, heights_m, nodata_m
            As for the class.

        Raises
        ------
        InputError
            A file cannot be such a raster, a height cannot be one, or the heights of classes are lacking.
        """
        table = dict(heights_m or {})
        problems = [Problem("cover", None, "heights_m", "", fault) for fault in height_faults(kind, table, nodata_m)]
        if problems:
            raise InputError(problems)
        mosaic = Mosaic.open(paths)
        if kind == CLASSES:
            message = "a raster of classes holds whole numbers; convert it (gdal_translate -ot Byte)"
            wrong = [source for source in mosaic.sources if np.dtype(source.dtype).kind not in "iu"]
            if wrong:
                raise InputError([Problem(source.path.name, None, "", source.dtype, message) for source in wrong])
        return cls(mosaic, kind, table, nodata_m)

    def over(self, grid: Grid) -> Grid:
        """Lay the cover on a ground.

        A class of the nearest place is taken, or where classes are finer than the ground the height of most of the
        cell. Heights and surface models are interpolated, and averaged where they are finer.

        Parameters
        ----------
        grid
            The ground.

        Returns
        -------
        The same ground with `cover_m`, NaN where nothing is known.

        Raises
        ------
        InputError
            A file cannot be read, or holds a class without a height or a value that is no height; names the first.
        """
        cover_m = self._cells(grid)
        if self.kind == MODEL:
            cover_m = np.maximum(cover_m - grid.ground_m, np.float32(0))
            if self.nodata_m is not None:
                empty = np.isnan(cover_m) & (self._cells(grid, Reading(_nought, Resampling.nearest)) == 0)
                cover_m[empty] = self.nodata_m
        return replace(grid, cover_m=cover_m)

    def below_share(self, grid: Grid, depth_m: float) -> float:
        """Share of cells in which a surface model lies deeper than this below the ground [m]; NaN where none has both.

        Many such cells tell of two datums, or of a shift.
        """
        below_m = grid.ground_m - self._cells(grid)
        known = ~np.isnan(below_m)
        return float((below_m[known] > depth_m).mean()) if known.any() else math.nan

    def _cells(self, grid: Grid, reading: Reading | None = None) -> NDArray[np.float32]:
        """Heights on the cells of a ground, NaN where no file tells one."""
        lattice = Lattice(grid.west, grid.north, grid.step_lon_deg, grid.step_lat_deg)
        out = np.full(grid.shape, np.nan, np.float32)
        for source in self.mosaic.sources:
            if touch(source.bounds, grid.bounds):
                how = reading or self._reading(source, lattice)
                for first, beyond in _strips(grid, source):
                    part = out[first:beyond]
                    if np.isnan(part).any():
                        source.fill(part, lattice, first, 0, how)
        return out

    def _reading(self, source: Source, lattice: Lattice) -> Reading:
        if self.kind == MODEL:
            return Reading(elevations)
        if self.kind == HEIGHTS:
            return Reading(self._of_heights)
        own = source.lattice
        ratio = max(lattice.step_lon_deg / own.step_lon_deg, lattice.step_lat_deg / own.step_lat_deg)
        heights_m = np.full(256, np.nan, np.float32)
        heights_m[: len(self._steps_m)] = self._steps_m
        return Reading(self._of_classes, Resampling.mode if ratio > FINER else Resampling.nearest, heights_m)

    @property
    def _steps_m(self) -> list[float]:
        """The heights that there are, ascending [m]: a class's code is the place of its height among them."""
        return _steps(self.heights_m, self.nodata_m)

    def _of_classes(self, source: Source, raw: Any, transform: Affine) -> NDArray[np.uint8]:
        """Codes of classes; a class without a height is refused."""
        values, steps_m = raw.data, self._steps_m
        codes = np.full(values.shape, NO_HEIGHT, np.uint8)
        if values.dtype.itemsize <= 2:
            bits = np.dtype(f"u{values.dtype.itemsize}")
            table = np.full(1 << (8 * bits.itemsize), NO_HEIGHT, np.uint8)
            limits = np.iinfo(values.dtype)
            for code, height in self.heights_m.items():
                if limits.min <= code <= limits.max:
                    table[code & (table.size - 1)] = steps_m.index(height)
            codes = table[values.view(bits)]
        else:
            for code, height in self.heights_m.items():
                codes[values == code] = steps_m.index(height)
        lacking = codes == NO_HEIGHT
        if lacking.any():
            empty = lacking & np.ma.getmaskarray(raw)
            codes[empty] = UNKNOWN if self.nodata_m is None else steps_m.index(self.nodata_m)
            wrong = lacking & ~empty
            if wrong.any():
                known = ", ".join(map(str, sorted(self.heights_m)))
                message = f"cell(s) hold a class without a height, {{place}}; known are {known}"
                raise wrong_cells(source, values, wrong, transform, message)
        return codes

    def _of_heights(self, source: Source, raw: Any, transform: Affine) -> NDArray[np.float32]:
        """Heights as they are; one that cannot be is refused."""
        values = raw.astype(np.float32).filled(np.nan)
        empty = np.ma.getmaskarray(raw)
        wrong = ~empty & ~((values >= 0) & (values <= TALLEST_M))
        if wrong.any():
            message = (
                f"cell(s) hold no height of cover (0 to {TALLEST_M:g} m above the ground), {{place}}; declare the "
                "file's no-data value, or name the raster a model if its heights are above the sea"
            )
            raise wrong_cells(source, values, wrong, transform, message)
        if self.nodata_m is not None:
            values[empty] = self.nodata_m
        result: NDArray[np.float32] = values
        return result


def height_faults(kind: str, heights_m: Mapping[int, float], nodata_m: float | None) -> list[str]:
    """Tell what is wrong with a description of cover, a sentence for each fault."""
    faults = []
    if kind not in KINDS:
        faults.append(f"kind is {kind!r} and must be one of {', '.join(KINDS)}")
    if kind == CLASSES and not heights_m:
        faults.append("a raster of classes needs heights_m, a height in metres for every class")
    if kind != CLASSES and heights_m:
        faults.append(f"heights_m is for a raster of classes, not for one of kind {kind!r}")
    named = [*((f"the height of class {code}", height) for code, height in heights_m.items())]
    if nodata_m is not None:
        named.append(("nodata_m", nodata_m))
    faults += [
        f"{name} is {height:g} and must be 0 to {TALLEST_M:g} m"
        for name, height in named
        if not 0 <= height <= TALLEST_M
    ]
    if len(_steps(heights_m, nodata_m)) > NO_HEIGHT:
        faults.append(f"the classes have more than {NO_HEIGHT} different heights; round them")
    return faults


def _steps(heights_m: Mapping[int, float], nodata_m: float | None) -> list[float]:
    return sorted({*heights_m.values(), *(() if nodata_m is None else (nodata_m,))})


def _nought(_source: Source, raw: Any, _transform: Affine) -> NDArray[np.float32]:
    """Nought in every cell of a file, whether it has data or not: to tell the file from what lies beyond it."""
    return np.zeros(raw.shape, np.float32)


def _strips(grid: Grid, source: Source) -> Iterator[tuple[int, int]]:
    """Cut a grid's rows so that the part of a file under each strip fits in memory: first row and the one beyond."""
    west, _, east, _ = grid.bounds
    across = (min(east, source.bounds[2]) - max(west, source.bounds[0])) / source.lattice.step_lon_deg
    down = grid.step_lat_deg / source.lattice.step_lat_deg
    rows = grid.shape[0]
    count = min(rows, max(1, math.ceil(rows * max(across, 1.0) * max(down, 1e-9) / AT_ONCE)))
    for strip in range(count):
        yield strip * rows // count, (strip + 1) * rows // count
