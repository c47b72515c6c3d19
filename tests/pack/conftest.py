"""A copy of the tiny pack to spoil, and the words to say what is wrong with it."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from alcance.errors import Problem
from alcance.pack import check_pack

DATA = Path(__file__).parents[1] / "data"
REPOSITORY = Path(__file__).parents[2]


class Spoiled:
    """A pack that a test may change, cell by cell."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def rows(self, table: str) -> list[list[str]]:
        with (self.path / f"{table}.csv").open(encoding="utf-8", newline="") as stream:
            return list(csv.reader(stream))

    def write(self, table: str, rows: list[list[str]]) -> None:
        with (self.path / f"{table}.csv").open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream, lineterminator="\n").writerows(rows)

    def set(self, table: str, row: int, column: str, value: str) -> None:
        """Put a value in a cell; rows are counted as in a spreadsheet."""
        rows = self.rows(table)
        rows[row - 1][rows[0].index(column)] = value
        self.write(table, rows)

    def drop_column(self, table: str, column: str) -> None:
        rows = self.rows(table)
        position = rows[0].index(column)
        self.write(table, [row[:position] + row[position + 1 :] for row in rows])

    def append(self, table: str, row: list[str]) -> None:
        self.write(table, [*self.rows(table), row])

    def change_json(self, file: str, change: Callable[[dict], None]) -> None:  # type: ignore[type-arg]
        content = json.loads((self.path / file).read_text(encoding="utf-8"))
        change(content)
        (self.path / file).write_text(json.dumps(content), encoding="utf-8")

    def replace(self, file: str, old: str, new: str) -> None:
        text = (self.path / file).read_text(encoding="utf-8")
        assert old in text
        (self.path / file).write_text(text.replace(old, new), encoding="utf-8")

    def problems(self) -> list[Problem]:
        return check_pack(self.path)

    def errors(self) -> list[Problem]:
        return [problem for problem in self.problems() if problem.severity == "error"]

    def warnings(self) -> list[Problem]:
        return [problem for problem in self.problems() if problem.severity == "warning"]

    def only_error(self) -> Problem:
        """The one error that there is; the test fails where there are more or none."""
        errors = self.errors()
        assert len(errors) == 1, "\n".join(str(error) for error in errors)
        return errors[0]


@pytest.fixture
def pack(tmp_path: Path) -> Spoiled:
    shutil.copytree(DATA / "tiny_pack", tmp_path / "tiny")
    return Spoiled(tmp_path / "tiny")
