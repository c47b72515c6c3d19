"""How fast discs of coverage are, beside Debian's splat and gdal_viewshed in the same run, and how near to the machine.

python -m bench.coverage [OUT.json] [--towers 1000]

Processor seconds throughout, warm, least of several runs, both cores counted; for the peers those of the whole program,
which reads its terrain from a file. `apt-get install gdal-bin splat` brings them; what is absent is left out.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import subprocess
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from rasterio.errors import NotGeoreferencedWarning
from rasterio.transform import from_origin

from alcance.radio import Equipment
from alcance.radio.antenna import Sector
from alcance.radio.coverage import (
    Tower,
    coverage,
    diffraction_disc,
    diffraction_model,
    line_of_sight_disc,
    per_receiver_disc,
)
from alcance.radio.coverage.disc import box_around
from alcance.radio.coverage.fan import fans_of
from alcance.radio.rates import RateTable
from alcance.terrain import Grid, Mosaic

DEM = Path(__file__).parents[1] / "tests" / "data" / "terrain" / "dem_popocatepetl_south_60m.tif"

STEP_DEG = 3 / 3600  # 93 × 88 m at 18.5° of latitude
MAST_M, RECEIVER_M, RADIUS_M, GHZ = 30.0, 10.0, 30_000.0, 5.8


def ground(degrees: int) -> Grid:
    """Whole degrees of real ground at 3″ in whole metres: the model of the tests, mirrored beyond its edges."""
    mosaic = Mosaic.open([DEM])
    west, south, east, north = mosaic.bounds
    fine = mosaic.window(west, south, east, north)
    lons = np.arange(west + STEP_DEG, east - STEP_DEG, STEP_DEG)
    lats = np.arange(north - STEP_DEG, south + STEP_DEG, -STEP_DEG)
    patch = np.rint(fine.elevation_m(*np.meshgrid(lons, lats)))
    wanted = 1200 * degrees + 1
    mirrored = np.concatenate([patch, patch[::-1]])
    mirrored = np.concatenate([mirrored, mirrored[:, ::-1]], axis=1)
    times = [-(-wanted // side) for side in mirrored.shape]
    made = np.tile(mirrored, times)[:wanted, :wanted]
    return Grid(made.astype(np.float32), -99.0, 18.0 + degrees, STEP_DEG, STEP_DEG)


def summit(grid: Grid) -> tuple[float, float]:
    """Highest cell near the middle."""
    rows, cols = grid.shape
    half = 60
    part = grid.ground_m[rows // 2 - half : rows // 2 + half, cols // 2 - half : cols // 2 + half]
    row, col = np.unravel_index(int(part.argmax()), part.shape)
    return (
        grid.west + (cols // 2 - half + col) * grid.step_lon_deg,
        grid.north - (rows // 2 - half + row) * grid.step_lat_deg,
    )


def cpu_of(work: Callable[[], Any], times: int) -> float:
    work()
    spent = []
    for _ in range(times):
        start = time.process_time()
        work()
        spent.append(time.process_time() - start)
    return min(spent)


def cpu_of_program(command: list[str], folder: Path, times: int = 3) -> float:
    spent = []
    for _ in range(times):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(spent)


def samples_of(grid: Grid, lon: float, lat: float, radius_m: float, spacing: float) -> int:
    """Ground samples that the radials of a disc take; for line of sight fewer radials near the tower."""
    fans = fans_of(box_around(grid, lon, lat, radius_m, "raise"), spacing)
    count = 0
    for fan in fans:
        tangent = fan.first_tangent + (np.arange(fan.radials) + 0.5) * fan.tangent_step
        lines = fan.reach_m / (fan.first_m * np.sqrt(1 + (tangent * fan.aspect) ** 2))
        lines = np.minimum(lines, fan.lines)
        count += int(lines.sum())
        if spacing == 1.0:
            # Half of the radials up to half of the rim, a quarter up to a quarter.
            count -= int(np.minimum(lines, fan.rim / 2).sum() / 2 + np.minimum(lines, fan.rim / 4).sum() / 4)
    return count


def viewshed(grid: Grid, lon: float, lat: float, mask: Any, folder: Path) -> dict[str, Any]:
    """gdal_viewshed on the same cells, in metres on a plane: a degree of longitude is that of the tower's latitude."""
    metres = np.radians(1) * 6_371_000
    cell_y, cell_x = STEP_DEG * metres, STEP_DEG * metres * np.cos(np.radians(lat))
    tower_col, tower_row = round((lon - grid.west) / STEP_DEG), round((grid.north - lat) / STEP_DEG)
    rows, cols = grid.shape
    source = folder / "plane.tif"
    with rasterio.open(
        source, "w", driver="GTiff", width=cols, height=rows, count=1, dtype="float32", crs="EPSG:32614",
        transform=from_origin(0, rows * cell_y, cell_x, cell_y),
    ) as raster:  # fmt: skip
        raster.write(grid.ground_m, 1)
    x, y = (tower_col + 0.5) * cell_x, (rows - tower_row - 0.5) * cell_y
    command = [
        "gdal_viewshed", "-ox", str(x), "-oy", str(y), "-oz", str(MAST_M), "-tz", str(RECEIVER_M), "-md", str(RADIUS_M),
        "-cc", "0.75", "-q", "plane.tif", "seen.tif",
    ]  # fmt: skip
    cpu_s = cpu_of_program(command, folder)
    with rasterio.open(folder / "seen.tif") as raster:
        seen = raster.read(1) > 0
        left, top = round(raster.transform.c / cell_x), round((rows * cell_y - raster.transform.f) / cell_y)
    whole = np.zeros(grid.shape, bool)
    whole[top : top + seen.shape[0], left : left + seen.shape[1]] = seen
    row0, col0 = round((grid.north - mask.north) / STEP_DEG), round((mask.west - grid.west) / STEP_DEG)
    theirs = whole[row0 : row0 + mask.shape[0], col0 : col0 + mask.shape[1]]
    return {"cpu_s": cpu_s, "agrees": float((theirs == mask.values)[mask.answered].mean())}


def write_sdf(grid: Grid, folder: Path) -> None:
    """SPLAT!'s own terrain format, one degree of 1,200 × 1,200: rows from south to north, each from east to west."""
    lines = ["99", "18", "98", "19"]
    cells = grid.ground_m[1:1201, :1200][::-1, ::-1].astype(int)
    lines += [str(value) for value in cells.ravel()]
    (folder / "18:19:98:99.sdf").write_text("\n".join(lines) + "\n")


def splat(grid: Grid, lon: float, lat: float, mask: Any, folder: Path) -> dict[str, Any]:
    """SPLAT! 1.4.2: its line of sight (-c) and its coverage by the Irregular Terrain Model (-L)."""
    write_sdf(grid, folder)
    (folder / "tower.qth").write_text(f"tower\n{lat}\n{-lon}\n{MAST_M:g} meters\n")
    (folder / "tower.lrp").write_text("15.0\n0.005\n301.0\n5800.0\n5\n1\n0.5\n0.5\n")
    shared = ["splat", "-t", "tower.qth", "-metric", "-R", f"{RADIUS_M / 1e3:g}", "-m", "1.3333", "-N"]
    found: dict[str, Any] = {}
    found["sight_cpu_s"] = cpu_of_program([*shared, "-c", f"{RECEIVER_M:g}", "-o", "sight.ppm"], folder)
    found["itm_cpu_s"] = cpu_of_program([*shared, "-L", f"{RECEIVER_M:g}", "-o", "itm.ppm"], folder, 2)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        raster = rasterio.open(folder / "sight.ppm")
    with raster:
        red, green, blue = (raster.read(band).astype(int) for band in (1, 2, 3))
    seen = (green == 255) & (red == 0) & (blue == 0)
    # Its picture's first row and column are a cell or two off, as it pleases its own rounding.
    best = 0.0
    row0, col0 = round((19.0 - mask.north) / STEP_DEG), round((mask.west + 99.0) / STEP_DEG)
    for down in range(-3, 4):
        for right in range(-3, 4):
            part = seen[
                row0 + down : row0 + down + mask.shape[0], col0 + right : col0 + right + mask.shape[1]
            ]  # fmt: skip
            if part.shape == mask.shape:
                best = max(best, float((part == mask.values)[mask.answered].mean()))
    found["agrees"] = best
    return found


def bandwidth_bytes_s() -> float:
    """Bytes per processor second that one core copies."""
    source = np.ones(32_000_000)
    target = np.empty_like(source)
    return 2 * source.nbytes / cpu_of(lambda: np.copyto(target, source), 5)


def sights(paths: Any, height1_m: Any, height2_m: Any) -> Any:
    out = np.empty(len(paths))
    for i in range(len(paths)):
        d, z = paths.path(i)
        top1, top2, near, far = z[0] + height1_m[i], z[-1] + height2_m[i], d[1:-1], d[-1] - d[1:-1]
        out[i] = (z[1:-1] + near * far / (2 * 4 / 3 * 6_371_000) <= (top1 * far + top2 * near) / d[-1]).all()
    return out


def radio() -> tuple[Equipment, Equipment]:
    rates = RateTable(np.array([-93.0, -87.0, -80.0, -72.0]), np.array([6.5, 19.5, 39.0, 65.0]))
    sector = Equipment("sector", "sector", GHZ, 27.0, 17.0, rates, 60)
    client = Equipment("client", "client", GHZ, 23.0, 23.0, rates, 1)
    return sector, client


def main(towers: int = 1000) -> dict[str, Any]:
    grid = ground(1)
    lon, lat = summit(grid)
    place = (grid, lon, lat, MAST_M, RECEIVER_M)
    mask = line_of_sight_disc(*place, RADIUS_M)
    cells = int(mask.answered.sum())
    print(f"{cells:,} receivers within {RADIUS_M / 1e3:g} km at 3″ ({int(mask.values.sum()):,} in sight)")
    rows: list[dict[str, Any]] = []

    def row(what: str, cpu_s: float, **more: Any) -> None:
        rows.append({"what": what, "cpu_s": round(cpu_s, 5), **more})
        extra = "  ".join(
            f"{key} {value:.4g}" if isinstance(value, float) else f"{key} {value}" for key, value in more.items()
        )
        print(f"{what:<58}{cpu_s:>9.4f} CPU-s  {extra}")

    sight_samples, loss_samples = (samples_of(grid, lon, lat, RADIUS_M, spacing) for spacing in (1.0, 0.5))
    sight_s = cpu_of(lambda: line_of_sight_disc(*place, RADIUS_M), 40)
    row("line of sight, radial", sight_s, samples=sight_samples)
    row("line of sight with 0.6 of the Fresnel zone, radial",
        cpu_of(lambda: line_of_sight_disc(*place, RADIUS_M, clearance=0.6, freq_ghz=GHZ), 8))  # fmt: skip
    loss_s = cpu_of(lambda: diffraction_disc(*place, RADIUS_M, freq_ghz=GHZ), 10)
    row("Bullington, radial", loss_s, samples=loss_samples)
    row("delta-Bullington, radial", cpu_of(lambda: diffraction_disc(*place, RADIUS_M, freq_ghz=GHZ, delta=True), 5))
    start = time.process_time()
    each = per_receiver_disc(*place, RADIUS_M, diffraction_model(GHZ))
    each_s = time.process_time() - start
    off = np.abs(diffraction_disc(*place, RADIUS_M, freq_ghz=GHZ).values - each.values)[each.answered]
    row("Bullington, a profile per receiver", each_s,
        within_1_db=float((off <= 1).mean()), within_3_db=float((off <= 3).mean()))  # fmt: skip
    small = 10_000.0
    near = line_of_sight_disc(*place, small)
    plain = per_receiver_disc(*place, small, sights)
    agrees = float((near.values == (plain.values > 0.5))[near.answered].mean())
    print(
        f"line of sight, radial against a profile per receiver within {small / 1e3:g} km: {agrees:.2%} of cells agree"
    )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if shutil.which("gdal_viewshed"):
            peer = viewshed(grid, lon, lat, mask, folder)
            row("gdal_viewshed", peer["cpu_s"], times=peer["cpu_s"] / sight_s, agrees=peer["agrees"])
        if shutil.which("splat"):
            peer = splat(grid, lon, lat, mask, folder)
            row(
                "splat -c, line of sight",
                peer["sight_cpu_s"],
                times=peer["sight_cpu_s"] / sight_s,
                agrees=peer["agrees"],
            )
            row("splat -L, Irregular Terrain Model", peer["itm_cpu_s"], times=peer["itm_cpu_s"] / loss_s)

    print("growth with radius and resolution")
    for radius_m in (7_500.0, 15_000.0, 30_000.0, 45_000.0):
        row(f"line of sight, {radius_m / 1e3:g} km, 3″", cpu_of(lambda r=radius_m: line_of_sight_disc(*place, r), 20))
        row(f"Bullington, {radius_m / 1e3:g} km, 3″",
            cpu_of(lambda r=radius_m: diffraction_disc(*place, r, freq_ghz=GHZ), 4))  # fmt: skip
    for factor in (2, 4):
        coarse = Grid(grid.ground_m[::factor, ::factor], grid.west, grid.north, factor * STEP_DEG, factor * STEP_DEG)
        ends = (coarse, *summit_near(coarse, lon, lat), MAST_M, RECEIVER_M, RADIUS_M)
        row(f"line of sight, 30 km, {3 * factor}″", cpu_of(lambda e=ends: line_of_sight_disc(*e), 20))
        row(f"Bullington, 30 km, {3 * factor}″", cpu_of(lambda e=ends: diffraction_disc(*e, freq_ghz=GHZ), 8))

    rate = sight_samples / sight_s
    copied = bandwidth_bytes_s()
    limit = copied / 8
    print(
        f"line of sight takes {rate / 1e6:.0f} M samples a CPU-s of two float32 each, {rate * 8 / 1e9:.1f} GB/s; a "
        f"core copies {copied / 1e9:.1f} GB/s, so memory would allow {limit / 1e6:,.0f} M samples/s: "
        f"{rate / limit:.0%} of it"
    )
    result: dict[str, Any] = {
        "receivers": cells, "rows": rows, "mask_agrees_with_profiles": agrees, "samples_per_cpu_s": round(rate),
        "copy_bytes_per_cpu_s": round(copied), "share_of_memory_limit": round(rate / limit, 4),
    }  # fmt: skip
    if towers:
        result["areas"] = areas(towers)
    return result


def summit_near(grid: Grid, lon: float, lat: float) -> tuple[float, float]:
    col, row = round((lon - grid.west) / grid.step_lon_deg), round((grid.north - lat) / grid.step_lat_deg)
    return grid.west + col * grid.step_lon_deg, grid.north - row * grid.step_lat_deg


def areas(towers: int) -> dict[str, Any]:
    """Areas of many towers at 3″: signal, rate and class of every cell within 30 km of any."""
    wide = ground(3)
    rng = np.random.default_rng(11)
    lons, lats = rng.uniform(-98.65, -96.35, towers), rng.uniform(18.35, 20.65, towers)
    places = [
        Tower(float(lon), float(lat), MAST_M, Sector(17.0, float(azimuth), 90.0, 8.0))
        for lon, lat, azimuth in zip(lons, lats, rng.uniform(0, 360, towers), strict=True)
    ]
    sector, client = radio()
    asked = {
        "receiver_height_m": RECEIVER_M, "radius_m": RADIUS_M, "classes_mbps": (10.0, 30.0, 60.0),
        "fade_margin_db": 10.0,
    }  # fmt: skip
    coverage(wide, places[:2], sector, client, **asked)
    start, start_cpu = time.perf_counter(), time.process_time()
    covered = coverage(wide, places, sector, client, **asked)
    wall, cpu = time.perf_counter() - start, time.process_time() - start_cpu
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"areas of {towers:,} towers, {covered.received_dbm.size / 1e6:.1f} M cells: {wall:.0f} s wall, "
        f"{cpu:.0f} CPU-s, {covered.area_km2()[1:].sum():,.0f} km² served; peak {peak_mb:,.0f} MB of memory"
    )
    return {"towers": towers, "wall_s": round(wall, 1), "cpu_s": round(cpu, 1), "peak_mb": round(peak_mb)}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", nargs="?", type=Path)
    parser.add_argument("--towers", type=int, default=1000)
    chosen = parser.parse_args()
    measured = main(chosen.towers)
    if chosen.out:
        chosen.out.write_text(json.dumps(measured, indent=1) + "\n", encoding="utf-8")
