"""What each column of the outputs means: its unit and its label per language, from the table `columns.csv`."""

from __future__ import annotations

import csv
import functools
from dataclasses import dataclass
from importlib import resources


@dataclass(frozen=True)
class Column:
    """One column of an output table.

    Parameters
    ----------
    table
        Table it stands in.
    column
        Name in the file.
    unit
        Unit, empty for text; "currency" stands for the currency of the plan.
    labels
        Label by language code.
    """

    table: str
    column: str
    unit: str
    labels: dict[str, str]

    def label(self, code: str, currency: str) -> str:
        """Label with its unit in brackets, as a reader sees it."""
        unit = self.unit.replace("currency", currency)
        return f"{self.labels[code]} [{unit}]" if unit else self.labels[code]


@functools.cache
def columns(table: str) -> tuple[Column, ...]:
    """Columns of an output table in their order."""
    text = resources.files("alcance.publish").joinpath("columns.csv").read_text(encoding="utf-8")
    rows = (row for row in csv.DictReader(text.splitlines()) if row["table"] == table)
    return tuple(Column(table, row["column"], row["unit"], {"en": row["en"], "es": row["es"]}) for row in rows)
