"""Elevation files read as one ground."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from alcance.errors import InputError, Problem, TerrainGap
from alcance.terrain.grid import Grid
from alcance.terrain.source import Source

if TYPE_CHECKING:
    from alcance.terrain.cover import Cover

SUFFIXES = (".hgt", ".tif", ".tiff")
MAX_CELLS = 2_000_000_000


@dataclass(frozen=True)
class Mosaic:
    """Elevation files seen as one ground; where they overlap the finest is taken, and where it has no data the next.

    Parameters
    ----------
    sources
        The files, finest first, those of one resolution in the order given.
    cover
        What stands on the ground, laid over every window; None for bare ground.
    """

    sources: tuple[Source, ...]
    cover: Cover | None = None

    @classmethod
    def open(cls, paths: Sequence[Path]) -> Mosaic:
        """Open elevation files: GeoTIFF, cloud-optimised GeoTIFF, SRTM HGT tiles of 1 or 3 arc-seconds.

        Parameters
        ----------
        paths
            Files, or folders whose .tif, .tiff and .hgt files are all taken in the order of their names. Only the
            headers are read here; the cells are read by `window`. Projected files are reprojected when read.

        Raises
        ------
        InputError
            A file is missing or unreadable, has no or a wrong coordinate reference system, more than one band or units
            other than metres; lists every such file.
        """
        problems: list[Problem] = []
        sources: list[Source] = []
        files = [file for path in paths for file in _files(Path(path))]
        for file in files:
            try:
                sources.append(Source.open(file))
            except InputError as error:
                problems += error.problems
        if not files:
            what = ", ".join(str(path) for path in paths) or "no path given"
            message = "no elevation file; give .tif, .tiff or .hgt files"
            problems.append(Problem("terrain", None, "", what, message))
        if problems:
            raise InputError(problems)
        return cls(tuple(sorted(sources, key=lambda source: source.resolution_deg)))

    def under(self, cover: Cover | None) -> Mosaic:
        """Give the same ground with what stands on it, for whoever reads a window of it."""
        return replace(self, cover=cover)

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north of all files together [deg]."""
        west, south, east, north = zip(*(source.bounds for source in self.sources), strict=True)
        return min(west), min(south), max(east), max(north)

    @property
    def resolution_arcsec(self) -> float:
        """Cell of the finest file [arc-seconds]."""
        return self.sources[0].resolution_deg * 3600

    def window(self, west: float, south: float, east: float, north: float) -> Grid:
        """Read the ground of a window as one grid at the resolution of the finest file that touches it.

        Parameters
        ----------
        west, south, east, north
            The window [deg], west < east and south < north; what lies outside the files is cut off.

        Returns
        -------
        Grid whose cell centres enclose the window as far as there are files; NaN where no file has data. With its cover
        where the mosaic has one.

        Raises
        ------
        InputError
            The window is not a window, a value cannot be what its file is for, or a file is cut short.
        TerrainGap
            No file touches the window.
        """
        box = (float(west), float(south), float(east), float(north))
        if not (all(math.isfinite(side) for side in box) and box[0] <= box[2] and box[1] <= box[3]):
            message = "a window is west, south, east, north in finite degrees with west ≤ east and south ≤ north"
            raise InputError([Problem("terrain", None, "window", str(box), message)])
        touching = [source for source in self.sources if touch(source.bounds, box)]
        if not touching:
            raise TerrainGap(
                f"the terrain has no elevation anywhere in lon {west:.5f}…{east:.5f}, lat {south:.5f}…{north:.5f}; "
                f"its files cover lon {self.bounds[0]:.5f}…{self.bounds[2]:.5f}, "
                f"lat {self.bounds[1]:.5f}…{self.bounds[3]:.5f}"
            )
        lattice = touching[0].lattice
        clipped = _clip(box, touching)
        col0 = math.floor((clipped[0] - lattice.west) / lattice.step_lon_deg + 1e-6)
        col1 = math.ceil((clipped[2] - lattice.west) / lattice.step_lon_deg - 1e-6)
        row0 = math.floor((lattice.north - clipped[3]) / lattice.step_lat_deg + 1e-6)
        row1 = math.ceil((lattice.north - clipped[1]) / lattice.step_lat_deg - 1e-6)
        rows, cols = row1 - row0 + 1, col1 - col0 + 1
        if rows * cols > MAX_CELLS:
            message = f"the window holds {rows:,} × {cols:,} cells; take smaller windows or a coarser file"
            raise InputError([Problem("terrain", None, "window", str(box), message)])
        ground_m = np.full((rows, cols), np.nan, np.float32)
        for source in touching:
            if np.isnan(ground_m).any():
                source.fill(ground_m, lattice, row0, col0)
        grid = Grid(
            ground_m,
            lattice.west + col0 * lattice.step_lon_deg,
            lattice.north - row0 * lattice.step_lat_deg,
            lattice.step_lon_deg,
            lattice.step_lat_deg,
        )
        return grid if self.cover is None else self.cover.over(grid)


def _files(path: Path) -> list[Path]:
    """List the elevation files that a path means."""
    if not path.is_dir():
        return [path]
    return sorted(file for file in path.iterdir() if file.suffix.lower() in SUFFIXES)


def touch(bounds: tuple[float, float, float, float], box: tuple[float, float, float, float]) -> bool:
    """Whether two boxes of west, south, east, north have a place in common."""
    return bounds[0] <= box[2] and box[0] <= bounds[2] and bounds[1] <= box[3] and box[1] <= bounds[3]


def _clip(box: tuple[float, float, float, float], sources: list[Source]) -> tuple[float, float, float, float]:
    """Cut a box to where the files have cell centres; what is thinner than a cell shrinks to a line."""
    finest = sources[0].lattice
    half_lon, half_lat = finest.step_lon_deg / 2, finest.step_lat_deg / 2
    west = max(box[0], min(source.bounds[0] for source in sources) + half_lon)
    east = min(box[2], max(source.bounds[2] for source in sources) - half_lon)
    south = max(box[1], min(source.bounds[1] for source in sources) + half_lat)
    north = min(box[3], max(source.bounds[3] for source in sources) - half_lat)
    return min(west, east), min(south, north), max(west, east), max(south, north)
