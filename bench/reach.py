"""How long areas of influence take: 1,000 towers of 20 providers over 3° × 3° of real ground at 3″ (about 90 m).

python -m bench --only reach

Everything that `alcance reach` computes before it writes: coverage of every tower, places inside, overlaps, whom to
serve next and with which link, and what a higher mast would bring. Each size in a process of its own.
Once with a 5 GHz sector that reaches 12 km, once with one that reaches 30 km.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import rasterio
from rasterio.transform import from_origin

from alcance.network.reach import areas_of_influence
from alcance.pack import Pack, read_pack
from alcance.terrain import Grid
from bench.coverage import ground

TINY = Path(__file__).parents[1] / "tests" / "data" / "tiny_pack"
DEGREES, TOWERS, PROVIDERS, PLACES = 3, 1_000, 20, 5_000
SEED, FIELDS = 11, 5
RUNS = ((12.0, "delta_bullington"), (30.0, "bullington"), (30.0, "delta_bullington"))


def write_raster(grid: Grid, path: Path) -> None:
    rows, cols = grid.shape
    west, north = grid.west - grid.step_lon_deg / 2, grid.north + grid.step_lat_deg / 2
    with rasterio.open(
        path, "w", driver="GTiff", dtype="float32", count=1, width=cols, height=rows, crs="EPSG:4326", nodata=np.nan,
        transform=from_origin(west, north, grid.step_lon_deg, grid.step_lat_deg),
    ) as out:  # fmt: skip
        out.write(grid.ground_m, 1)


def synthetic(bounds: tuple[float, float, float, float], terrain: Path, reach_km: float) -> Pack:
    """The tiny pack's catalogues with towers, localities and schools strewn over the ground."""
    pack = read_pack(TINY)
    rng = np.random.default_rng(SEED)
    west, south, east, north = bounds
    margin = 0.35  # discs stay on the ground
    lon = rng.uniform(west + margin, east - margin, TOWERS + PLACES).round(6)
    lat = rng.uniform(south + margin, north - margin, TOWERS + PLACES).round(6)
    number = np.arange(TOWERS)
    # Wireless providers are regional: each has its towers in one of 5 × 4 fields, and meets its neighbours.
    home = number % PROVIDERS
    wide, high = (east - west - 2 * margin) / FIELDS, (north - south - 2 * margin) / (PROVIDERS // FIELDS)
    lon[:TOWERS] = (west + margin + (home % FIELDS + rng.uniform(0, 1, TOWERS)) * wide).round(6)
    lat[:TOWERS] = (south + margin + (home // FIELDS + rng.uniform(0, 1, TOWERS)) * high).round(6)
    providers = pd.DataFrame({"provider_id": [f"W{k:02d}" for k in range(PROVIDERS)], "kind": "wisp"})
    providers = providers.assign(name=providers["provider_id"], illustrative=True)
    towers = pd.DataFrame(
        {
            "tower_id": [f"T{k:04d}" for k in number], "lon": lon[:TOWERS], "lat": lat[:TOWERS], "height_m": 30.0,
            "provider_id": [f"W{k % PROVIDERS:02d}" for k in number], "radio_type": None, "available": False,
            "equipment_id": "sector", "azimuths_deg": None, "downtilt_deg": 2.0, "backhaul_kind": "ptp",
            "backhaul_mbps": 60.0, "clients": 20,
        }
    )  # fmt: skip
    towers["clients"] = towers["clients"].astype("Int64")
    place = pack.table("localities").iloc[:1]
    localities = pd.concat([place] * PLACES, ignore_index=True).assign(
        locality_id=[f"L{k:04d}" for k in range(PLACES)], lon=lon[TOWERS:], lat=lat[TOWERS:],
        people=rng.integers(10, 2_000, PLACES),
    )  # fmt: skip
    site = pack.table("sites").query("kind == 'school'").iloc[:1]
    sites = pd.concat([site] * PLACES, ignore_index=True).assign(
        site_id=[f"S{k:04d}" for k in range(PLACES)], lon=lon[TOWERS:], lat=lat[TOWERS:],
        locality_id=localities["locality_id"],
    )  # fmt: skip
    equipment = pack.table("equipment")
    equipment.loc[equipment["kind"].isin(["sector", "client"]), "max_range_km"] = reach_km
    equipment.loc[equipment["kind"].isin(["sector", "client"]), "tx_power_dbm"] += 6.0
    tables = {"providers": providers, "towers": towers, "localities": localities, "sites": sites}
    frames = pack.frames | tables | {"equipment": equipment}
    meta = pack.meta.model_copy(update={"bounds": (west, south, east, north)})
    return replace(pack, frames=frames, meta=meta, terrain_paths=(terrain,))


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def resident_mb() -> float:
    """Memory held now, where the system tells."""
    status = Path("/proc/self/status")
    told = status.read_text(encoding="utf-8") if status.exists() else ""
    return next((int(line.split()[1]) / 1024 for line in told.splitlines() if line.startswith("VmRSS")), float("nan"))


def measure(terrain: Path, bounds: tuple[float, float, float, float], reach_km: float, model: str) -> dict[str, Any]:
    """One run in this process, which has done nothing else: its memory is that of the command."""
    areas_of_influence(synthetic(bounds, terrain, reach_km), "W00", model=model)  # compiles, and loads what it needs
    pack = synthetic(bounds, terrain, reach_km)
    before_mb = resident_mb()
    start, start_cpu = time.perf_counter(), time.process_time()
    found = areas_of_influence(pack, model=model)
    wall, cpu = time.perf_counter() - start, time.process_time() - start_cpu
    return {
        "towers": len(found.towers), "providers": len(found.providers), "reach_km": reach_km, "model": model,
        "wall_s": round(wall, 1), "cpu_s": round(cpu, 1), "peak_mb": round(peak_mb()),
        "before_mb": round(before_mb),
        "raster_mb": round(found.grid.ground_m.nbytes / 2**20), "load": round(os.getloadavg()[0], 1),
        "area_km2": round(float(found.facts["area_km2"].sum())), "sites_inside": len(found.sites),
        "next_sites": len(found.next_sites),
    }  # fmt: skip


def main() -> dict[str, Any]:
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        terrain = Path(folder) / "terrain.tif"
        grid = ground(DEGREES)
        write_raster(grid, terrain)
        edges = [str(edge) for edge in grid.bounds]
        for reach_km, model in RUNS:
            command = [sys.executable, "-m", "bench.reach", str(terrain), str(reach_km), *edges, model]
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            row = json.loads(done.stdout)
            rows.append(row)
            print(
                f"areas of influence of {row['towers']:,} towers that reach {reach_km:g} km, {model}: "
                f"{row['wall_s']:.0f} s wall, {row['cpu_s']:.0f} CPU-s, {row['area_km2']:,} km² in all; "
                f"peak {row['peak_mb']:,} MB, of which the raster {row['raster_mb']} and {row['before_mb']:,} MB of "
                f"libraries and pack; load of the machine {row['load']}"
            )
    return {"rows": rows}


if __name__ == "__main__":
    if len(sys.argv) > 1:
        west, south, east, north = map(float, sys.argv[3:7])
        print(json.dumps(measure(Path(sys.argv[1]), (west, south, east, north), float(sys.argv[2]), sys.argv[7])))
    else:
        main()
