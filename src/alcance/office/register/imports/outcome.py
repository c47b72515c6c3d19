"""The outcome of a dry run as people read it: by rule, by row, and what would change."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from alcance.office.register.imports.fields import BY_NAME as FIELDS
from alcance.office.register.quality import BY_NAME
from alcance.office.register.shown import title_of, values_shown
from alcance.office.web.spreadsheets import safe_cell

if TYPE_CHECKING:
    from collections.abc import Iterator

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


def report_lines(faults: pd.DataFrame) -> Iterator[Line]:
    """The faults as lines, in the order of the rows."""
    for one in faults.itertuples(index=False):
        message = str(BY_NAME[str(one.rule)].message)
        yield Line(int(str(one.row)), str(one.field), str(one.value), str(one.severity), message)


def report_csv(faults: pd.DataFrame) -> Iterator[str]:
    """The report as CSV, piece by piece."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(("row", "field", "value", "severity", "message"))
    for number, line in enumerate(report_lines(faults), start=1):
        writer.writerow((line.row, line.field, safe_cell(line.value), line.severity, line.message))
        if number % _LINES_AT_ONCE == 0:
            yield out.getvalue()
            out.seek(0)
            out.truncate()
    yield out.getvalue()


def summary_of_faults(faults: pd.DataFrame) -> list[tuple[str, str, int]]:
    """For each rule that does not hold somewhere: its severity, its message, and for how many rows; errors first."""
    counts = faults.groupby(["severity", "rule"], sort=True).size().reset_index(name="n")
    return [
        (str(one.severity), str(BY_NAME[str(one.rule)].message), int(str(one.n)))
        for one in counts.itertuples(index=False)
    ]


def changes_of(staged: pd.DataFrame, most: int) -> list[Change]:
    """The first rows that would change a site of the register, with what they change."""
    rows = staged[staged["action"] == "changed"].head(most).to_dict("records")
    changes = [json.loads(row["changes"]) for row in rows]
    values: dict[str, list[Any]] = {}
    for one in changes:
        for name, both in one.items():
            both[:] = [int(value) if isinstance(value, float) and value.is_integer() else value for value in both]
            values.setdefault(name, []).extend(both)
    shown = values_shown(values)
    return [
        Change(
            int(row["row"]),
            str(row["key"]),
            str(row["name"]),
            "changed",
            [(title_of(name), shown(name, before), shown(name, after)) for name, (before, after) in one.items()],
        )
        for row, one in zip(rows, changes, strict=True)
    ]
