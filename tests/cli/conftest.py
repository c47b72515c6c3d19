"""The real command line in its own process, and copies of the tiny pack to spoil."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest


class Ran:
    """What a command left behind."""

    def __init__(self, done: subprocess.CompletedProcess[str]) -> None:
        self.code, self.out, self.err = done.returncode, done.stdout, done.stderr

    def refused(self, *said: str, lines: int = 20) -> None:
        """It ended with exit 1 and a clear message, not a traceback."""
        assert self.code == 1, self.out + self.err
        assert "Traceback" not in self.err + self.out
        # What it was doing until then is no complaint.
        told = [line for line in self.err.strip().splitlines() if not line.startswith("… ")]
        assert 0 < len(told) <= lines, self.err
        assert all(line.startswith("alcance: ") for line in told), self.err
        for words in said:
            assert words in self.err, self.err


@pytest.fixture(scope="session")
def alcance() -> Callable[..., Ran]:
    """Run `alcance` as a user does."""

    def run(*arguments: object, timeout: float = 120, **options: object) -> Ran:
        command = [sys.executable, "-c", "from alcance.cli import app; app()", *map(str, arguments)]
        environment = {**os.environ, "COLUMNS": "200", "NO_COLOR": "1"}
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=timeout, env=environment, check=False, **options
        )
        return Ran(done)

    return run


class Spoiled:
    """A copy of the tiny pack that a test may spoil."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def set(self, table: str, row: int, column: str, value: str) -> None:
        """Put a value in a cell; rows are counted as in a spreadsheet."""
        path = self.path / f"{table}.csv"
        with path.open(encoding="utf-8", newline="") as stream:
            rows = list(csv.reader(stream))
        rows[row - 1][rows[0].index(column)] = value
        with path.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream, lineterminator="\n").writerows(rows)

    def append(self, table: str, *row: object) -> None:
        with (self.path / f"{table}.csv").open("a", encoding="utf-8", newline="") as stream:
            csv.writer(stream, lineterminator="\n").writerow(row)


@pytest.fixture
def spoiled(tiny_pack: Path, tmp_path: Path) -> Spoiled:
    return Spoiled(Path(shutil.copytree(tiny_pack, tmp_path / "pack")))


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """An empty folder to write into."""
    folder = tmp_path / "work"
    folder.mkdir()
    return folder
