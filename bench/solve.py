"""Solve the STP files of a folder and set bound and plan beside the references in its REFERENCE.csv."""

from __future__ import annotations

import argparse
import csv
import json
import sys
from pathlib import Path

from alcance.errors import InputError
from alcance.steiner import solve_stp

# References are printed with six decimals.
TOLERANCE = 1e-6


def main(paths: list[Path | str], *, seconds: float | None = None) -> dict:
    """Solve every file of each folder (or each file), print the table and return its rows."""
    files: list[Path] = []
    references: dict[str, dict[str, str]] = {}
    for given in map(Path, paths):
        files += sorted(given.glob("*.stp")) if given.is_dir() else [given]
        table = (given if given.is_dir() else given.parent) / "REFERENCE.csv"
        if table.exists():
            with table.open(newline="") as lines:
                references |= {row["name"]: row for row in csv.DictReader(lines)}
    rows, refused = [], []
    print(f"{'name':<14}{'objective':>20}{'bound':>20}{'gap %':>9}{'plan/ref %':>12}{'bound/ref %':>12}{'seconds':>9}")
    for file in files:
        try:
            result = solve_stp(file, seconds, check=True)
        except InputError as error:
            refused.append({"name": file.stem, "why": str(error)})
            continue
        row = {key: result[key] for key in ("name", "objective", "lower_bound", "gap", "seconds")} | {"name": file.stem}
        shown = f"{'':>12}{'':>12}"
        if file.stem in references:
            low = float(references[file.stem]["ref_lower"])
            high = float(references[file.stem]["ref_upper"])
            row["above_reference"] = row["objective"] / low - 1
            row["below_reference"] = row["lower_bound"] / high - 1
            row["sound"] = row["objective"] >= low - TOLERANCE and row["lower_bound"] <= high + TOLERANCE
            shown = f"{100 * row['above_reference']:>+12.4f}{100 * row['below_reference']:>+12.4f}"
        rows.append(row)
        print(
            f"{file.stem:<14}{row['objective']:>20.6f}{row['lower_bound']:>20.6f}{100 * row['gap']:>9.4f}{shown}"
            f"{row['seconds']:>9.2f}{'' if row.get('sound', True) else '  CONTRADICTS THE REFERENCE'}",
            flush=True,
        )
    for entry in refused:
        print(f"{entry['name']:<14}refused: {entry['why'].rsplit(': ', 1)[-1]}")
    return {"bench": "solve", "rows": rows, "refused": refused}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="+", type=Path, help="folders of STP files, or files")
    parser.add_argument("--seconds", type=float, help="a limit for each file")
    parser.add_argument("--json", type=Path, help="write the rows here")
    options = parser.parse_args()
    outcome = main(options.paths, seconds=options.seconds)
    if options.json:
        options.json.write_text(json.dumps(outcome, indent=1))
    sys.exit(0 if all(row.get("sound", True) for row in outcome["rows"]) else 1)
