"""A damaged plan folder is refused with everything that is wrong; a file is written whole or not at all."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from alcance.errors import InputError
from alcance.publish.folder import read_plan_folder, required_names


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such plan folder"):
        read_plan_folder(tmp_path / "nowhere")


def test_every_missing_file_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read_plan_folder(tmp_path)
    assert [problem.file for problem in caught.value.problems] == [
        "summary.json",
        "sites.parquet",
        "edges.parquet",
        "nodes.parquet",
    ]


@pytest.mark.parametrize("name", ["sites.parquet", "edges.parquet", "nodes.parquet", "context.parquet"])
@pytest.mark.parametrize("content", [b"", b"PAR1 this is no table"])
def test_a_broken_table_is_named(plan_folder: Path, name: str, content: bytes) -> None:
    (plan_folder / name).write_bytes(content)
    with pytest.raises(InputError, match=rf"{name}: cannot be read as Parquet"):
        read_plan_folder(plan_folder)


@pytest.mark.parametrize("content", ["", "{", '{"a": 1}', "[1]", '"text"'])
def test_a_broken_summary_is_named(plan_folder: Path, content: str) -> None:
    (plan_folder / "summary.json").write_text(content)
    with pytest.raises(InputError, match=r"summary\.json"):
        read_plan_folder(plan_folder)


@pytest.mark.parametrize("key", ["plan_gap", "currency", "tiers", "inputs"])
def test_a_missing_key_is_named(plan_folder: Path, key: str) -> None:
    path = plan_folder / "summary.json"
    summary = json.loads(path.read_text())
    del summary[key]
    path.write_text(json.dumps(summary))
    with pytest.raises(InputError, match=f"lacks {key}"):
        read_plan_folder(plan_folder)


def test_a_missing_column_is_named(plan_folder: Path) -> None:
    path = plan_folder / "nodes.parquet"
    pd.read_parquet(path).drop(columns=["height_m", "hop"]).to_parquet(path)
    with pytest.raises(InputError, match=r"nodes\.parquet: lacks height_m, hop"):
        read_plan_folder(plan_folder)


def test_a_way_over_an_edge_that_is_not_there_is_refused(plan_folder: Path) -> None:
    path = plan_folder / "edges.parquet"
    edges = read_plan_folder(plan_folder).edges
    edges[edges["kind"] != "pop"].to_parquet(path)
    with pytest.raises(InputError, match="leads to an edge that edges"):
        read_plan_folder(plan_folder)


def test_the_contract_names_every_file() -> None:
    assert all(required_names(name) for name in ("summary.json", "sites.parquet", "edges.parquet", "nodes.parquet"))


def test_importing_the_room_is_light() -> None:
    code = (
        "import sys, alcance.publish; print(sorted({'pandas', 'geopandas', 'matplotlib', 'jinja2'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
