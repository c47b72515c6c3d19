"""What stands on the ground is described, readable, and known wherever there are sites and towers."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from alcance.errors import InputError
from alcance.pack.check_terrain import ground_of_tile, sample, tell, tiles
from alcance.pack.loaded import Loaded
from alcance.pack.meta import FILE, Meta
from alcance.pack.problems import Collector
from alcance.terrain import Cover, Grid, Mosaic
from alcance.terrain.cover import MODEL

TABLES = (("sites", "site_id"), ("towers", "tower_id"))
BELOW_M = 10.0
BELOW_SHARE = 0.2  # no canopy's or building's error sinks so many cells so far


def check_surface(
    loaded: Loaded, meta: Meta, terrain_paths: tuple[Path, ...], paths: tuple[Path, ...], found: Collector
) -> None:
    """Tell cover without a description or the reverse, classes without a height, and sites and towers without cover."""
    notes = meta.surface
    if notes is None and paths:
        message = (
            f"is not described; add a section [surface] to {FILE} that says its kind (classes, heights or model) and "
            "its source, or take the raster away"
        )
        found.add(paths[0].name if len(paths) == 1 else "surface", message)
    if notes is None:
        return
    if not paths:
        message = "describes a raster that is not there; give surface.tif, or a folder surface with .tif tiles"
        found.add(FILE, message, column="surface")
        return
    try:
        cover = Cover.open(paths, notes.kind, notes.heights_m, nodata_m=notes.nodata_m)
        mosaic = Mosaic.open(terrain_paths)
    except InputError as error:
        if any(Path(problem.file).name in {path.name for path in paths} for problem in error.problems):
            tell(error, paths, found)
        return  # the terrain's own faults are told with the terrain
    _check_places(loaded, meta, cover, mosaic, paths, found)


def _check_places(
    loaded: Loaded, meta: Meta, cover: Cover, mosaic: Mosaic, paths: tuple[Path, ...], found: Collector
) -> None:
    """Read the cover around all sites and towers, in the tiles of the terrain's check."""
    shown = paths[0].name if len(paths) == 1 else "surface"
    lon, lat = (np.concatenate([loaded[table][axis].to_numpy(float) for table, _ in TABLES]) for axis in ("lon", "lat"))
    cover_m = np.zeros(lon.size)
    below = []
    for box, inside in tiles(lon, lat, meta.bounds):
        grid = ground_of_tile(mosaic, box)
        if grid is None:
            continue  # told with the terrain
        try:
            covered = cover.over(grid)
        except InputError as error:
            tell(error, paths, found)
            return
        if cover.kind == MODEL:
            below.append(cover.below_share(grid, BELOW_M))
        if covered.cover_m is not None:
            heights = Grid(covered.cover_m, grid.west, grid.north, grid.step_lon_deg, grid.step_lat_deg)
            unknown = np.isnan(sample(heights, lon[inside], lat[inside]))
            # Where the ground itself is missing that is the fault.
            cover_m[inside] = np.where(unknown & ~np.isnan(sample(grid, lon[inside], lat[inside])), np.nan, 0)
    for (table, key), unknown in zip(TABLES, np.split(np.isnan(cover_m), [len(loaded[TABLES[0][0]])]), strict=True):
        places = loaded[table][unknown]
        found.add_rows(
            loaded.names[table],
            f"{shown} does not tell what stands there; add a raster that covers it, or say in {FILE}, [surface], what "
            "stands where it has no data (nodata_m)",
            [int(row) for row in places.index],
            column="lon, lat",
            values=[
                f"{name} at {x:.5f}, {y:.5f}"
                for name, x, y in zip(places[key], places["lon"], places["lat"], strict=True)
            ],
        )
    deepest = max((share for share in below if not np.isnan(share)), default=0.0)
    if deepest > BELOW_SHARE:
        found.add(
            shown,
            f"lies more than {BELOW_M:g} m below the ground in {deepest:.0%} of the cells of a tile, and such cells "
            "count as bare; its heights are over another datum than the ground's, or one of the two is shifted",
            severity="warning",
        )
