"""All outputs of a plan: there, the same bytes from two processes, and a picture of the whole."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pytest
from typer.testing import CliRunner

from alcance.cli import app
from alcance.errors import InputError
from alcance.publish import overview_png, publish_folder, summary_lines

OUTPUTS = [
    "csv/columns.csv",
    "csv/edges.csv",
    "csv/masts.csv",
    "csv/sites.csv",
    "plan.gpkg",
    "plan.kmz",
    "plan.ofds.json",
    "report.html",
]


def _digests(folder: Path) -> dict[str, str]:
    return {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in OUTPUTS}


def test_two_processes_give_the_same_bytes(copy_plan: Callable[[str], Path]) -> None:
    lines = (
        "import sys, pathlib",
        "from alcance.publish import publish_folder",
        "publish_folder(pathlib.Path(sys.argv[1]))",
    )
    code = "\n".join(lines)
    folders = [copy_plan(name) for name in ("one", "two")]
    for seed, folder in enumerate(folders):
        subprocess.run(
            [sys.executable, "-W", "error", "-c", code, str(folder)], check=True, env={"PYTHONHASHSEED": str(seed)}
        )
    assert _digests(folders[0]) == _digests(folders[1])


def test_progress_ends_at_one_and_nothing_is_left_over(plan_folder: Path) -> None:
    told: list[tuple[str, float]] = []
    before = {path.name for path in plan_folder.iterdir()}
    publish_folder(plan_folder, lang="en", progress=lambda stage, done: told.append((stage, done)))
    assert told == [("publish", (i + 1) / 5) for i in range(5)]
    assert {path.name for path in plan_folder.iterdir()} - before == {name.split("/")[0] for name in OUTPUTS}


def test_a_damaged_folder_writes_nothing(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        publish_folder(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_plans_own_tables_are_geoparquet(plan_folder: Path) -> None:
    import pyarrow.parquet as pq

    for name in ("sites.parquet", "edges.parquet"):
        metadata = json.loads(pq.read_schema(plan_folder / name).metadata[b"geo"])
        assert metadata["primary_column"] == "geometry"
        assert gpd.read_parquet(plan_folder / name).crs.to_epsg() == 4326


def test_the_overview_is_one_picture(plan_folder: Path, tmp_path: Path) -> None:
    paths = [overview_png(plan_folder, tmp_path / name, "en") for name in ("a.png", "b.png")]
    assert paths[0].read_bytes().startswith(b"\x89PNG")
    assert paths[0].read_bytes() == paths[1].read_bytes()
    assert overview_png(plan_folder, tmp_path / "c.png").read_bytes() != paths[0].read_bytes()


def test_the_summary_is_told_in_lines(plan_folder: Path) -> None:
    summary = json.loads((plan_folder / "summary.json").read_text())
    lines = summary_lines(summary, "en")
    assert any(line.startswith("Whole cost") and "EUR 17,377,951" in line for line in lines)
    assert lines[-1].startswith("No cheaper network exists among the 41,520 options considered")
    assert summary_lines(summary)[-1].startswith("No existe una red más barata")


def test_the_command_writes_the_report(plan_folder: Path) -> None:
    done = CliRunner().invoke(app, ["report", str(plan_folder), "--lang", "en"])
    assert done.exit_code == 0, done.output
    assert '<html lang="en">' in (plan_folder / "report.html").read_text(encoding="utf-8")


def test_the_command_tells_what_is_missing(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["report", str(tmp_path)])
    assert done.exit_code == 1
    assert "missing; this is not a whole plan folder" in done.output
