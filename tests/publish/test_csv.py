"""The CSV tables hold every row, tell their units, and run nothing in a spreadsheet."""

from __future__ import annotations

import csv
import doctest
from collections.abc import Callable
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from alcance.publish import cells
from alcance.publish.cells import FORMULA_STARTS, safe_cell
from alcance.publish.csv_tables import write_csv
from alcance.publish.folder import read_plan_folder
from alcance.publish.language import language


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


@given(st.text())
def test_no_cell_begins_a_formula(text: str) -> None:
    cell = safe_cell(text)
    assert not cell.lstrip(" \u00a0").startswith(FORMULA_STARTS)
    assert cell in {text, f"'{text}"}


def test_the_examples_hold() -> None:
    assert doctest.testmod(cells).failed == 0


def test_a_hostile_name_stays_text(plan_folder: Path, tmp_path: Path) -> None:
    plan = read_plan_folder(plan_folder)
    plan.sites.loc[0, "name"] = '=HYPERLINK("http://x","click")'
    plan.sites.loc[1, "name"] = '  +1,\n"two"'
    write_csv(plan, tmp_path, language("en"))
    names = [row["name"] for row in _rows(tmp_path / "sites.csv")]
    assert names[0] == '\'=HYPERLINK("http://x","click")'
    assert names[1] == '\'  +1,\n"two"'


def test_every_row_and_amount_is_there(plan_folder: Path, tmp_path: Path) -> None:
    plan = read_plan_folder(plan_folder)
    write_csv(plan, tmp_path, language("en"))
    sites, edges = _rows(tmp_path / "sites.csv"), _rows(tmp_path / "edges.csv")
    assert [row["site_id"] for row in sites] == plan.sites["site_id"].tolist()
    assert sum(int(row["people"]) for row in sites) == plan.summary["people"]
    assert abs(sum(float(row["price"]) for row in edges) - plan.summary["cost"]) < 0.01
    assert [row["key"] for row in sites] == plan.sites["key"].tolist()
    assert sites[0]["upstream"] == ""
    assert sites[1]["upstream"].split(" ") == list(plan.sites.loc[1, "upstream"])


def test_every_column_is_explained_with_its_unit(plan_folder: Path, tmp_path: Path) -> None:
    write_csv(read_plan_folder(plan_folder), tmp_path, language("en"))
    told = [(row["table"], row["column"]) for row in _rows(tmp_path / "columns.csv")]
    written = [(name, column) for name in ("sites", "edges", "masts") for column in _rows(tmp_path / f"{name}.csv")[0]]
    assert told == written
    units = {(row["table"], row["column"]): row["unit"] for row in _rows(tmp_path / "columns.csv")}
    assert units["sites", "cost_share"] == "EUR"
    assert units["edges", "length_m"] == "m"


def test_the_same_plan_gives_the_same_bytes(copy_plan: Callable[[str], Path], tmp_path: Path) -> None:
    paths = [
        write_csv(read_plan_folder(copy_plan(name)), tmp_path / f"{name}-csv", language("en")) for name in ("a", "b")
    ]
    assert [path.read_bytes() for path in paths[0]] == [path.read_bytes() for path in paths[1]]
