"""The same pack and options give the same bytes in every file, seconds aside, whatever the process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path


def planned_apart(pack: Path, folder: Path, seed: str, threads: str, *options: str) -> dict[str, bytes]:
    """Every file of a plan made in a process of its own, in a place and at a time of its own."""
    environment = {**os.environ, "PYTHONHASHSEED": seed, "NUMBA_NUM_THREADS": threads, "TZ": f"UTC+{len(seed)}"}
    command = [sys.executable, "-c", "from alcance.cli import app; app()", "plan", str(pack), "--out", str(folder)]
    subprocess.run([*command, *options], check=True, capture_output=True, env=environment, cwd=folder.parent)
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }
    summary = json.loads(files["summary.json"])
    assert summary.pop("seconds")
    files["summary.json"] = json.dumps(summary, sort_keys=True).encode()
    return files


def differing(first: dict[str, bytes], second: dict[str, bytes]) -> list[str]:
    assert set(first) == set(second)
    return [name for name in first if first[name] != second[name]]


def test_the_tiny_pack_twice(tiny_pack, tmp_path):
    options = ("--price", "satellite_terminal=3")
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    first = planned_apart(tiny_pack, tmp_path / "one" / "plan", "1", "1", *options)
    second = planned_apart(tiny_pack, tmp_path / "two" / "other name", "4711", "2", *options)
    assert {"plan.gpkg", "plan.kmz", "plan.ofds.json", "report.html", "problem.npz", "certificate.npz"} <= set(first)
    assert any(name.startswith("csv/") for name in first)
    assert differing(first, second) == []


def test_another_price_gives_another_plan(tiny_pack, tmp_path):
    """Else the test above could not fail."""
    first = planned_apart(tiny_pack, tmp_path / "a", "1", "2", "--price", "satellite_terminal=3")
    second = planned_apart(tiny_pack, tmp_path / "b", "1", "2", "--price", "satellite_terminal=2.9")
    found = differing(first, second)
    assert {"sites.parquet", "edges.parquet", "problem.npz", "summary.json", "plan.gpkg", "report.html"} <= set(found)


def test_the_plan_of_this_process_is_that_of_another(tiny_plan, tiny_pack, tmp_path):
    """Planning through the library and through the command line is one thing."""
    factors = json.loads((tiny_plan / "summary.json").read_text(encoding="utf-8"))["scenario"]["price_factors"]
    options = [part for item, factor in factors.items() for part in ("--price", f"{item}={factor}")]
    files = planned_apart(tiny_pack, tmp_path / "made", "7", "2", *options)
    for table in ("sites.parquet", "edges.parquet", "nodes.parquet", "problem.npz", "certificate.npz"):
        assert files[table] == (tiny_plan / table).read_bytes(), table
