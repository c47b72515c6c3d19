"""Reading the Study Group 3 profiles and results for P.452 in tests/data/p452."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from alcance.radio.p1812 import COASTAL, INLAND, SEA
from alcance.terrain import Profiles, great_circle_m
from alcance.terrain.sphere import place_along

FOLDER = Path(__file__).parents[1] / "data" / "p452"
ZONES = {"A1": COASTAL, "A2": INLAND, "B": SEA}
# P.452-18 adds no cover nearer to an end than this.
FREE_OF_COVER_M = 50.0


def cases() -> list[Path]:
    return sorted(FOLDER.glob("*_result_*.csv"))


def read_results(path: Path) -> list[dict[str, float]]:
    """The rows as numbers, those of the two versions under the same names."""
    with path.open(encoding="utf-8") as file:
        rows = [{name.split(" (")[0]: cell for name, cell in row.items()} for row in csv.DictReader(file)]
    numbers = [{name: float(cell) for name, cell in row.items() if name not in {"profile", "path"}} for row in rows]
    for row in numbers:
        if "phi_path" not in row:
            ends = (row["phit_e"], row["phit_n"], row["phir_e"], row["phir_n"])
            middle = row["dtot"] * 500 / float(great_circle_m(*ends))
            row["phi_path"] = float(place_along(*ends, np.array([middle]))[1][0])
    return numbers


def read_profile(path: Path) -> tuple[Profiles, np.ndarray, np.ndarray]:
    """Profile, cover and zones that a file of results was made from."""
    with (FOLDER / path.name.replace("_result_", "_profile_")).open(encoding="utf-8") as file:
        rows = list(csv.reader(file))[1:]
    distance = np.array([float(row[0]) for row in rows]) * 1000
    ground = np.array([float(row[1]) for row in rows], np.float32)
    cover = np.array([float(row[2]) if len(row) > 4 else 0.0 for row in rows], np.float32)
    near_an_end = (distance < FREE_OF_COVER_M - 1e-6) | (distance > distance[-1] - FREE_OF_COVER_M + 1e-6)
    cover[near_an_end] = 0
    zone = np.array([ZONES[row[-2]] for row in rows], np.int8)
    return Profiles(distance, ground, np.array([0, distance.size])), cover, zone
