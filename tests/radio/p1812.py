"""Reading the Study Group 3 validation profiles and logs in tests/data/p1812."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from alcance.terrain import Profiles

FOLDER = Path(__file__).parents[1] / "data" / "p1812"


def cases() -> list[Path]:
    return sorted(FOLDER.glob("*_log.csv"))


def read_log(path: Path) -> dict[str, float]:
    values = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        cells = line.split(",")
        if len(cells) > 3 and cells[3] and not line.startswith("#"):
            values[f"{cells[0].strip()} {cells[1].strip()}".strip()] = float(cells[3])
    return values


def _read_rows(log_path: Path) -> np.ndarray:
    """Distance [km], ground [m], cover class, cover [m] and zone of the samples that a log was made from."""
    lines = (FOLDER / (log_path.name.rsplit("_", 2)[0] + ".csv")).read_text(encoding="utf-8-sig").splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("Number of Points"))
    count = int(lines[start].split(",")[1])
    return np.array([[float(cell) for cell in line.split(",")[:5]] for line in lines[start + 1 : start + 1 + count]])


def read_profile(log_path: Path) -> tuple[Profiles, np.ndarray]:
    """The profile that a log was made from, and the cover that P.1812 adds to it (representative heights)."""
    rows = _read_rows(log_path)
    paths = Profiles(rows[:, 0] * 1000, rows[:, 1].astype(np.float32), np.array([0, len(rows)]))
    return paths, rows[:, 3].astype(np.float32)


def read_zones(log_path: Path) -> np.ndarray:
    """Radio-climatic zone of each sample."""
    return _read_rows(log_path)[:, 4].astype(np.int8)
