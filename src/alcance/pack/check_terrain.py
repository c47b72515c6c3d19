"""The terrain has an elevation wherever the pack needs one, and a believable one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from alcance.errors import InputError, TerrainGap
from alcance.pack.loaded import Loaded
from alcance.pack.meta import Meta
from alcance.pack.problems import Collector
from alcance.terrain import Grid, Mosaic, sinks

TILE_DEG = 1.0
TABLES = (("localities", "locality_id"), ("sites", "site_id"), ("pops", "pop_id"), ("towers", "tower_id"))
SINK_DROP_M = 300.0
CENSUS_DIFFERENCE_M = 500.0


def check_terrain(loaded: Loaded, meta: Meta, paths: tuple[Path, ...], found: Collector) -> None:
    """Tell places without terrain, census elevations that disagree with it, and cells far below their neighbours.

    The ground is read in tiles of one degree, so that fine tiles of a whole country need little memory.
    """
    if not paths:
        found.add("terrain.tif", "is missing; give terrain.tif, or a folder terrain with .tif or .hgt tiles")
        return
    try:
        mosaic = Mosaic.open(paths)
    except InputError as error:
        tell(error, paths, found)
        return
    grids = _Tiles(mosaic)
    shown = "terrain" if len(paths) > 1 else paths[0].name
    lon, lat = (np.concatenate([loaded[table][axis].to_numpy(float) for table, _ in TABLES]) for axis in ("lon", "lat"))
    everywhere_m = grids.sample(lon, lat, meta.bounds)
    ends = np.cumsum([len(loaded[table]) for table, _ in TABLES])
    for (table, key), ground_m in zip(TABLES, np.split(everywhere_m, ends[:-1]), strict=True):
        frame = loaded[table]
        missing = np.isnan(ground_m)
        places = frame[missing]
        found.add_rows(
            loaded.names[table],
            f"{shown} has no elevation under it; add a tile that covers it (an unknown elevation is never 0 m)",
            [int(row) for row in places.index],
            column="lon, lat",
            values=[
                f"{name} at {lon:.5f}, {lat:.5f}"
                for name, lon, lat in zip(places[key], places["lon"], places["lat"], strict=True)
            ],
        )
        if table == "localities":
            _compare(frame, ground_m, loaded.names[table], found)
    if grids.sinks:
        found.add(
            shown,
            f"{grids.sinks:,} cells lie more than {SINK_DROP_M:g} m below the median of their 5 × 5 neighbours; "
            "such holes make links look clear that are not (coarse terrain in steep country has many)",
            severity="warning",
        )


def tell(error: InputError, paths: tuple[Path, ...], found: Collector) -> None:
    """Pass on what is wrong with rasters, without the way to them on this machine."""
    for problem in error.problems:
        message = problem.message.replace(f"{paths[0].parent}/", "")
        found.add(Path(problem.file).name, message, column=problem.column, value=Path(problem.value).name)


def _compare(frame: pd.DataFrame, ground_m: NDArray[np.float64], name: str, found: Collector) -> None:
    """Warn of census elevations far from the ground."""
    census_m = frame["elevation_m"].to_numpy(float)
    with np.errstate(invalid="ignore"):
        far = np.abs(census_m - ground_m) > CENSUS_DIFFERENCE_M
    found.add_rows(
        name,
        f"differs from the terrain by more than {CENSUS_DIFFERENCE_M:g} m; one of them is wrong, or the terrain coarse",
        frame.index[far].tolist(),
        column="elevation_m",
        values=[f"{a:.0f} m, terrain {b:.0f} m" for a, b in zip(census_m[far], ground_m[far], strict=True)],
        severity="warning",
    )


class _Tiles:
    """Samples the ground tile by tile, and counts the sinks of the tiles in which there are places."""

    def __init__(self, mosaic: Mosaic) -> None:
        self.mosaic = mosaic
        self.sinks = 0

    def sample(
        self, lon: NDArray[np.float64], lat: NDArray[np.float64], bounds: tuple[float, float, float, float]
    ) -> NDArray[np.float64]:
        """Ground elevation [m], NaN where there is none or the place lies outside the pack's bounds."""
        ground_m = np.zeros(lon.size)  # what lies outside the bounds is told by another check
        for box, inside in tiles(lon, lat, bounds):
            grid = ground_of_tile(self.mosaic, box)
            ground_m[inside] = np.nan if grid is None else sample(grid, lon[inside], lat[inside])
            if grid is not None:
                low = sinks(grid, SINK_DROP_M)
                within = (low.lon >= box[0]) & (low.lon < box[2]) & (low.lat >= box[1]) & (low.lat < box[3])
                self.sinks += int(within.sum())
        return ground_m


def tiles(
    lon: NDArray[np.float64], lat: NDArray[np.float64], bounds: tuple[float, float, float, float]
) -> Iterator[tuple[tuple[float, float, float, float], NDArray[np.int64]]]:
    """Give each tile of one degree in which places within the bounds lie, and the places of it."""
    west, south, east, north = bounds
    known = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
    column, row = np.floor(lon / TILE_DEG), np.floor(lat / TILE_DEG)
    for x, y in sorted({(int(a), int(b)) for a, b in zip(column[known], row[known], strict=True)}):
        box = (x * TILE_DEG, y * TILE_DEG, (x + 1) * TILE_DEG, (y + 1) * TILE_DEG)
        yield box, np.flatnonzero(known & (column == x) & (row == y))


def ground_of_tile(mosaic: Mosaic, box: tuple[float, float, float, float]) -> Grid | None:
    """Read the ground of one tile with a little more around it, or None where there is none."""
    margin = 0.05
    try:
        return mosaic.window(box[0] - margin, box[1] - margin, box[2] + margin, box[3] + margin)
    except TerrainGap:
        return None


def sample(grid: Grid, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Elevation at places, NaN where the grid has none."""
    try:
        return grid.elevation_m(lon, lat).astype(float)
    except TerrainGap:
        if lon.size == 1:
            return np.array([np.nan])
        half = lon.size // 2
        return np.concatenate([sample(grid, lon[:half], lat[:half]), sample(grid, lon[half:], lat[half:])])
