"""Solve the STP files of a folder and set bound and plan beside the references in its REFERENCE.csv.

python -m bench.solve FOLDER_OR_FILE ... [--seconds S] [--json FILE]

Without --seconds every class of instances has the time that `SECONDS` gives it.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
import time
from pathlib import Path
from typing import Any

from alcance.errors import InputError
from alcance.steiner import solve_stp
from bench.warm import warm

# References are printed with six decimals.
TOLERANCE = 1e-6
# By the beginning of the class in REFERENCE.csv.
SECONDS = {"RPCST-cologne": 0.5, "PCSPG-hand": 1.0, "STP-PACE2018": 30.0}
OTHERWISE = 60.0
COLUMNS = (
    ("name", "<14"),
    ("class", "<16"),
    ("nodes", ">8"),
    ("edges", ">8"),
    ("terminals", ">10"),
    ("objective", ">20"),
    ("bound", ">20"),
    ("gap %", ">9"),
    ("plan/ref %", ">12"),
    ("bound/ref %", ">12"),
    ("wall s", ">8"),
    ("CPU s", ">8"),
)


def seconds_of(kind: str) -> float:
    """The time an instance of this class has."""
    return next((seconds for begin, seconds in SECONDS.items() if kind.startswith(begin)), OTHERWISE)


def row_of(file: Path, reference: dict[str, str], seconds: float | None) -> dict[str, Any]:
    """Solve one file and compare.

    Raises
    ------
    InputError
        Where the file cannot be used.
    """
    kind = reference.get("class", "")
    limit = seconds_of(kind) if seconds is None else seconds
    cpu = time.process_time()
    result = solve_stp(file, limit, check=True)
    cpu = time.process_time() - cpu
    row: dict[str, Any] = {"name": file.stem, "class": kind}
    row |= {name: int(reference[name]) for name in ("nodes", "edges", "terminals") if name in reference}
    row |= {key: result[key] for key in ("objective", "lower_bound", "gap")}
    row |= {"limit_s": limit, "wall_s": round(result["seconds"], 3), "cpu_s": round(cpu, 3)}
    row["certified"] = result["checked"]
    row["optimal"] = result["objective"] == result["lower_bound"]
    if reference:
        low, high = float(reference["ref_lower"]), float(reference["ref_upper"])
        row["above_reference"] = row["objective"] / high - 1
        row["below_reference"] = row["lower_bound"] / high - 1
        row["sound"] = row["objective"] >= low * (1 - 1e-12) - TOLERANCE and row["lower_bound"] <= high + TOLERANCE
    return row


def line_of(row: dict[str, Any]) -> str:
    """A row of the printed table."""
    gap = "" if row["gap"] is None else f"{100 * row['gap']:.4f}"
    compared = [f"{100 * row[key]:+.4f}" if key in row else "" for key in ("above_reference", "below_reference")]
    cells = [row["name"], row["class"].partition("/")[0][:15], *(row.get(key, "") for key in ("nodes", "edges"))]
    cells += [row.get("terminals", ""), f"{row['objective']:.6f}", f"{row['lower_bound']:.6f}", gap, *compared]
    cells += [f"{row['wall_s']:.2f}", f"{row['cpu_s']:.2f}"]
    words = [f"{cell:{width}}" for cell, (_, width) in zip(cells, COLUMNS, strict=True)]
    end = "  certified" if row["certified"] else "  NOT CERTIFIED"
    return "".join(words) + end + ("" if row.get("sound", True) else "  CONTRADICTS THE REFERENCE")


def main(paths: list[Path | str], *, seconds: float | None = None) -> dict[str, Any]:
    """Solve every file of each folder (or each file), print the table and return its rows."""
    files: list[Path] = []
    references: dict[str, dict[str, str]] = {}
    for given in map(Path, paths):
        files += sorted(given.glob("*.stp")) if given.is_dir() else [given]
        table = (given if given.is_dir() else given.parent) / "REFERENCE.csv"
        if table.exists():
            with table.open(newline="", encoding="utf-8") as lines:
                references |= {row["name"]: row for row in csv.DictReader(lines)}
    warm()
    rows, refused = [], []
    print("".join(f"{name:{width}}" for name, width in COLUMNS))
    for file in files:
        try:
            row = row_of(file, references.get(file.stem, {}), seconds)
        except InputError as error:
            refused.append({"name": file.stem, "why": str(error)})
            continue
        rows.append(row)
        print(line_of(row), flush=True)
    for entry in refused:
        print(f"{entry['name']:<14}refused: {entry['why'].rsplit(': ', 1)[-1]}")
    return {"bench": "solve", "rows": rows, "refused": refused}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="+", type=Path, help="folders of STP files, or files")
    parser.add_argument("--seconds", type=float, help="a limit for each file, whatever its class")
    parser.add_argument("--json", type=Path, help="write the rows here")
    options = parser.parse_args()
    outcome = main(options.paths, seconds=options.seconds)
    if options.json:
        options.json.write_text(json.dumps(outcome, indent=1))
    sys.exit(0 if all(row.get("sound", True) for row in outcome["rows"]) else 1)
