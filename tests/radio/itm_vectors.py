"""Reading what NTIA's program says of paths, in tests/data/itm, as questions to `alcance.radio.itm`."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np

FOLDER = Path(__file__).parents[1] / "data" / "itm"
# NTIA's names of inputs, and ours; percentages and ground are the same numbers.
NAMES = {
    "N_0": "n0",
    "climate": "climate",
    "mdvar": "mode",
    "epsilon": "permittivity",
    "sigma": "conductivity_s_m",
    "time": "time_pct",
    "location": "location_pct",
    "situation": "situation_pct",
    "confidence": "confidence_pct",
    "reliability": "reliability_pct",
}


def question(row: dict[str, str]) -> tuple[tuple[float, float, float], dict[str, Any]]:
    """Heights and frequency, and the named inputs; NTIA counts horizontal 0 and vertical 1."""
    inputs = {ours: float(row[theirs]) for theirs, ours in NAMES.items() if theirs in row}
    inputs["polarisation"] = int(row["pol"]) + 1
    return (float(row["h_tx__meter"]), float(row["h_rx__meter"]), float(row["f__mhz"]) / 1000), inputs


def profile(cells: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Distances and elevations of a profile in NTIA's form: number of steps, step, elevations."""
    count, step, *height = (float(cell) for cell in cells)
    assert len(height) == count + 1
    return np.arange(len(height)) * step, np.array(height)


def examples() -> list[tuple[dict[str, str], np.ndarray, np.ndarray]]:
    """The five rows of p2p.csv with their profiles."""
    with (FOLDER / "p2p.csv").open(encoding="utf-8") as rows, (FOLDER / "pfls.csv").open(encoding="utf-8") as lines:
        return [(row, *profile(cells)) for row, cells in zip(csv.DictReader(rows), csv.reader(lines), strict=True)]


def generated() -> list[tuple[dict[str, str], np.ndarray, np.ndarray]]:
    """The random paths and all that NTIA's program found on them."""
    with (FOLDER / "generated.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    found = []
    for row in rows:
        height = row["elevations__meter"].split()
        found.append((row, *profile([str(len(height) - 1), row["step__meter"], *height])))
    return found


def command_inputs(name: str) -> dict[str, str]:
    """One of the command examples' input files."""
    return dict(line.split(",", 1) for line in (FOLDER / f"i_{name}.txt").read_text(encoding="utf-8").split())


def command_report(name: str) -> list[str]:
    return (FOLDER / f"o_{name}.txt").read_text(encoding="utf-8").splitlines()
