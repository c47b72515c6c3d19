"""The outcome of a dry run as people read it: by rule, by row, and what would change."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq

from alcance.office.register.imports.fields import BY_NAME as FIELDS
from alcance.office.register.imports.fields import WRITTEN
from alcance.office.register.models import Site
from alcance.office.register.quality import BY_NAME
from alcance.office.web.shown import title_of, values_shown
from alcance.office.web.spreadsheets import safe_cell

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    import pandas as pd

_LINES_AT_ONCE = 2_000


@dataclass(frozen=True)
class Line:
    """What is wrong with one row of a file."""

    row: int
    field: str
    value: str
    severity: str
    message: str

    @property
    def title(self) -> str:
        """The field as people know it; none for a fault that is the whole row's."""
        return str(FIELDS[self.field].title) if self.field else ""


@dataclass(frozen=True)
class Change:
    """What a row would do: to which site, and fields with their values before and after."""

    row: int
    key: str
    name: str
    action: str
    fields: list[tuple[str, Any, Any]]


def report_lines(report: Path) -> Iterator[Line]:
    """The faults of a report as lines, in the order of the rows."""
    for one in _rows(report):
        message = str(BY_NAME[one["rule"]].message)
        yield Line(one["row"], one["field"], one["value"], one["severity"], message)


def report_csv(report: Path) -> Iterator[str]:
    """The report as CSV, piece by piece."""
    lines = (
        (line.row, line.field, safe_cell(line.value), line.severity, line.message) for line in report_lines(report)
    )
    return _csv(("row", "field", "value", "severity", "message"), lines)


def changes_csv(staged: Path) -> Iterator[str]:
    """Every row that is new or changes something, as CSV piece by piece: a line for each field, before and after."""
    return _csv(("row", "action", "key", "name", "field", "before", "after"), _change_lines(staged))


def _change_lines(staged: Path) -> Iterator[tuple[Any, ...]]:
    for one in _rows(staged):
        if one["action"] == "changed":
            fields = json.loads(one["changes"])
        elif one["action"] == "new":
            fields = {name: (None, one[name]) for name in WRITTEN if not _is_empty(one[name])}
        else:
            continue
        of_site = (one["row"], one["action"], safe_cell(one["key"]), safe_cell(one["name"]))
        for name, both in fields.items():
            yield *of_site, name, *("" if value is None else safe_cell(str(_whole(value))) for value in both)


def _csv(header: tuple[str, ...], lines: Iterable[tuple[Any, ...]]) -> Iterator[str]:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(header)
    for number, line in enumerate(lines, start=1):
        writer.writerow(line)
        if number % _LINES_AT_ONCE == 0:
            yield out.getvalue()
            out.seek(0)
            out.truncate()
    yield out.getvalue()


def _rows(file: Path) -> Iterator[dict[str, Any]]:
    """The rows of a Parquet file, some at a time: it may be as large as the register."""
    with pq.ParquetFile(file) as table:
        for some in table.iter_batches(_LINES_AT_ONCE):
            yield from some.to_pylist()


def _is_empty(value: Any) -> bool:
    return value is None or value == "" or value != value  # noqa: PLR0124


def _whole(value: Any) -> Any:
    """A number without its point where it is whole: a file's columns hold every number with one."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def faults_by_rule(faults: pd.DataFrame) -> list[tuple[str, str, int]]:
    """For each rule that does not hold somewhere: its severity, its name, and for how many rows; errors first."""
    counts = faults.groupby(["severity", "rule"], sort=True).size().reset_index(name="n")
    return [(str(one.severity), str(one.rule), int(str(one.n))) for one in counts.itertuples(index=False)]


def new_rows(staged: Path, most: int) -> tuple[list[str], list[tuple[int, str, list[Any]]]]:
    """The first rows that would be new sites: titles of the fields that any of them fills, and each with its values.

    Returns
    -------
    titles
        Of the fields, in the order of the register.
    rows
        For each its number in the file, its key, and its values in the order of the titles.
    """
    rows = list(islice((row for row in _rows(staged) if row["action"] == "new"), most))
    names = [name for name in WRITTEN if name != "key" and any(not _is_empty(row[name]) for row in rows)]
    values = {name: [None if _is_empty(row[name]) else _whole(row[name]) for row in rows] for name in names}
    shown = values_shown(Site, values)
    titles = [title_of(Site, name) for name in names]
    return titles, [
        (int(row["row"]), str(row["key"]), [shown(name, values[name][at]) for name in names])
        for at, row in enumerate(rows)
    ]


def changes_of(staged: Path, most: int) -> list[Change]:
    """The first rows that would change a site of the register, with what they change."""
    rows = list(islice((row for row in _rows(staged) if row["action"] == "changed"), most))
    changes = [json.loads(row["changes"]) for row in rows]
    values: dict[str, list[Any]] = {}
    for one in changes:
        for name, both in one.items():
            both[:] = [_whole(value) for value in both]
            values.setdefault(name, []).extend(both)
    shown = values_shown(Site, values)
    return [
        Change(
            int(row["row"]),
            str(row["key"]),
            str(row["name"]),
            "changed",
            [(title_of(Site, name), shown(name, before), shown(name, after)) for name, (before, after) in one.items()],
        )
        for row, one in zip(rows, changes, strict=True)
    ]
