"""A plan folder that somebody has altered, clumsily or with every digest made to fit."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from alcance.errors import InputError
from alcance.pack.files import digest as file_digest
from alcance.plan.folder import arrays_digest, summary_digest
from alcance.plan.verify import verify_folder

TABLES = ("sites.parquet", "edges.parquet", "nodes.parquet", "profiles.parquet", "context.parquet")


class Forgery:
    """A copy of a plan folder."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def table(self, name: str) -> Any:
        path = self.path / f"{name}.parquet"
        return pd.read_parquet(path) if name in {"nodes", "profiles"} else gpd.read_parquet(path)

    def change_table(self, name: str, change: Callable[[Any], Any]) -> None:
        frame = self.table(name)
        changed = change(frame)
        (frame if changed is None else changed).to_parquet(self.path / f"{name}.parquet")

    def change_cell(self, name: str, column: str, row: int, change: Callable[[Any], Any]) -> None:
        def put(frame: Any) -> None:
            values = frame[column].tolist()
            values[row] = change(values[row])
            frame[column] = pd.Series(values, index=frame.index, dtype=frame[column].dtype)

        self.change_table(name, put)

    @property
    def summary(self) -> dict[str, Any]:
        return json.loads((self.path / "summary.json").read_text(encoding="utf-8"))

    def change_summary(self, change: Callable[[dict[str, Any]], None]) -> None:
        summary = self.summary
        change(summary)
        (self.path / "summary.json").write_text(json.dumps(summary), encoding="utf-8")

    def arrays(self, name: str) -> dict[str, np.ndarray]:
        with np.load(self.path / f"{name}.npz") as stored:
            return {key: stored[key] for key in stored.files}

    def change_array(self, name: str, array: str, change: Callable[[np.ndarray], Any]) -> None:
        arrays = self.arrays(name)
        changed = change(arrays[array])
        if changed is not None:
            arrays[array] = changed
        np.savez_compressed(self.path / f"{name}.npz", **arrays)

    def seal(self) -> None:
        """Make every digest fit again."""

        def fit(summary: dict[str, Any]) -> None:
            digests = {name: arrays_digest(self.arrays(name)) for name in ("problem", "certificate")}
            digests |= {name: file_digest(self.path / name) for name in TABLES}
            summary["digests"] = {**digests, "summary": summary_digest(summary)}

        self.change_summary(fit)


def failures(forgery: Forgery) -> list[str]:
    """What verification says is wrong."""
    return verify_folder(forgery.path).failures


def sealed_failures(forgery: Forgery) -> list[str]:
    """What fails although every digest fits: the arithmetic alone."""
    forgery.seal()
    found = failures(forgery)
    assert not [failure for failure in found if "digest" in failure]
    return found


def told(forgery: Forgery) -> str:
    """What verification says is wrong, be it that the folder cannot be read at all."""
    try:
        return "\n".join(failures(forgery))
    except InputError as error:
        return str(error)


def row_where(frame: pd.DataFrame, **wanted: object) -> int:
    """The middle one of the rows that have the values wanted."""
    rows = np.flatnonzero(np.logical_and.reduce([frame[column].eq(value) for column, value in wanted.items()]))
    assert len(rows), wanted
    return int(rows[len(rows) // 2])


def stepped(array: np.ndarray, position: int, step: int) -> np.ndarray:
    """A copy with one entry changed."""
    changed = array.copy()
    changed[position] += step
    return changed
