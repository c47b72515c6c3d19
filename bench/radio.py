"""How fast profiles, screening and diffraction are, and how near to a plain computation.

python -m bench.radio [RESULT.json] [--itmlogic PYTHON]
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
import numpy as np

from alcance.radio import p530, p676, p838, p1812
from alcance.radio.p526 import delta_bullington_db
from alcance.radio.screen import required_height_m
from alcance.terrain import Grid, Profiles, profiles, summits
from bench.itm import itm_rows

HEIGHTS_M = (6.0, 15.0, 30.0, 45.0)


def synthetic_grid(rows: int = 1584, cols: int = 2400, seed: int = 7) -> Grid:
    """Mountains of three wavelengths and some roughness at 7.5 arc-seconds: as large as a state, and no download."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:rows, 0:cols].astype(np.float32)
    ground = (
        1500 + 700 * np.sin(x / 190) * np.cos(y / 160) + 300 * np.sin(x / 41 + y / 57) + 90 * np.cos(x / 13 - y / 11)
    )
    ground += rng.normal(0, 12, ground.shape)
    return Grid(ground.astype(np.float32), -98.7, 18.8, 7.5 / 3600, 7.5 / 3600)


def links(grid: Grid, count: int, longest_km: float, seed: int) -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(seed)
    west, south, east, north = grid.bounds
    spare = longest_km / 100
    lon1 = rng.uniform(west + spare, east - spare, count)
    lat1 = rng.uniform(south + spare, north - spare, count)
    order = np.lexsort((lon1, np.round(lat1, 1)))
    lon1, lat1 = lon1[order], lat1[order]
    length = rng.uniform(0.2, longest_km, count) / 111.2
    direction = rng.uniform(0, 2 * np.pi, count)
    return lon1, lat1, lon1 + length * np.sin(direction) / np.cos(np.radians(lat1)), lat1 + length * np.cos(direction)


def best_of(work: Callable[[], Any], times: int = 3) -> tuple[float, float]:
    """Least wall and least processor seconds; the latter tell the truth on a machine that others use too."""
    wall, cpu = [], []
    for _ in range(times):
        start, start_cpu = time.perf_counter(), time.process_time()
        work()
        wall.append(time.perf_counter() - start)
        cpu.append(time.process_time() - start_cpu)
    return min(wall), min(cpu)


def availability_rows(row: Callable[[str, float, str, tuple[float, float]], None], count: int = 300_000) -> None:
    """Rain, gases and availability of links drawn at random."""
    rng = np.random.default_rng(2)
    distance, freq = rng.uniform(0.2, 60, count), rng.uniform(1, 86, count)
    low = rng.uniform(0, 3000, count)
    ends = (distance, freq, low, low + rng.uniform(-300, 300, count))
    margin = rng.uniform(5, 60, count)
    climate = p530.Climate(17.0, 75.0, dn1=-250.0, roughness_m=300.0)
    works: dict[str, Callable[[], Any]] = {
        "P.838 rain, specific attenuation": lambda: p838.specific_attenuation_db_km(60.0, freq),
        "P.676 gases, 79 lines, every frequency its own": lambda: p676.specific_attenuation_db_km(freq, 900, 290, 8),
        "P.530 availability from the margin": lambda: p530.unavailability(*ends, margin, climate),
        "P.530 margin for 99.99 %": lambda: p530.required_margin_db(*ends, 99.99, climate),
    }
    for what, work in works.items():
        work()
        row(what, count, "links", best_of(work))


def even_profiles(count: int, points: int = 200, seed: int = 11) -> Profiles:
    """Ready profiles of equal numbers of points, 1 to 60 km, from plains to mountains: two in five of them in sight."""
    rng = np.random.default_rng(seed)
    distance = np.linspace(0, 1, points)[None, :] * rng.uniform(1e3, 60e3, count)[:, None]
    rough = rng.choice([0, 0.05, 0.3, 1], count)[:, None]
    ground = rng.normal(0, 15, (count, points)).cumsum(axis=1) * rough + 500
    return Profiles(distance.ravel(), ground.ravel().astype(np.float32), np.arange(count + 1) * points)


def p1812_losses(paths: Profiles, **options: Any) -> np.ndarray:
    """Ask for the loss of half of the time between a 30 m and a 10 m mast at 700 MHz."""
    return p1812.basic_loss_db(
        paths, 30.0, 10.0, 0.7, time_pct=50.0, n0=330.0, delta_n=45.0, latitude_deg=17.0, **options
    )


def main(itmlogic: Path | None = None) -> dict[str, Any]:
    """Measure all; `itmlogic` is a Python that has the package of that name, to be measured beside."""
    grid = synthetic_grid()
    coarse = Grid(grid.ground_m[::2, ::2], grid.west, grid.north, 15 / 3600, 15 / 3600)
    rows = []

    def row(what: str, count: float, unit: str, seconds: tuple[float, float]) -> None:
        wall, cpu = seconds
        values = {
            "wall_s": round(wall, 3),
            "cpu_s": round(cpu, 3),
            "per_s": round(count / wall),
            "per_cpu_s": round(count / cpu),
        }
        rows.append({"what": what, "count": count, "unit": unit, **values})
        print(
            f"{what:<50} {count:>11,} {unit:<9}{wall:>7.3f} s {count / wall / 1e6:>7.2f} M/s "
            f"{count / cpu / 1e6:>7.2f} M/cpu-s"
        )

    ends = links(grid, 200_000, 30.0, 1)
    samples = profiles(grid, *ends).distance_m.size
    row("profiles up to 30 km, 7.5″ terrain", samples, "samples", best_of(lambda: profiles(grid, *ends)))

    for longest_km, count in ((5.0, 2_000_000), (15.0, 1_000_000), (30.0, 500_000)):
        ends = links(coarse, count, longest_km, 2)
        seconds = best_of(lambda ends=ends: required_height_m(coarse, *ends, HEIGHTS_M, freq_ghz=5.8))
        row(f"screen, 4 masts, up to {longest_km:g} km, 15″ terrain", count, "links", seconds)

    ends = links(grid, 40_000, 30.0, 3)
    paths = profiles(grid, *ends)
    delta_bullington_db(paths, 30.0, 15.0, 5.8)
    row(
        "delta-Bullington of ready profiles up to 30 km",
        40_000,
        "profiles",
        best_of(lambda: delta_bullington_db(paths, 30.0, 15.0, 5.8)),
    )
    availability_rows(row)
    even = even_profiles(50_000)
    rng = np.random.default_rng(12)
    cover = rng.choice([0, 0, 10, 20], even.distance_m.size).astype(np.float32)
    zone = np.where(np.arange(even.distance_m.size) % 200 < 50, p1812.COASTAL, p1812.INLAND).astype(np.int8)
    kinds = {
        "bare ground": {"zone": p1812.INLAND},
        "cover": {"zone": p1812.INLAND, "cover_m": cover},
        "cover and zones": {"zone": zone, "cover_m": cover},
    }
    threads = numba.get_num_threads()
    for used in sorted({1, threads}):
        numba.set_num_threads(used)
        for kind, options in kinds.items():
            p1812_losses(even, **options)
            seconds = best_of(lambda options=options: p1812_losses(even, **options), 5)
            row(f"P.1812, 200 points, {kind}, {used} thread(s)", len(even), "profiles", seconds)
    itm_rows(row, best_of, even, itmlogic)

    row(
        "summits within 2 km, prominence 50 m", grid.ground_m.size, "cells", best_of(lambda: summits(grid, 2000, 50), 2)
    )
    return {"cpus": os.cpu_count(), "rows": rows}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("result", type=Path, nargs="?", help="a JSON file to write")
    parser.add_argument("--itmlogic", type=Path, help="a Python that has the package itmlogic, to measure it beside")
    chosen = parser.parse_args()
    result = main(chosen.itmlogic)
    if chosen.result:
        chosen.result.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
