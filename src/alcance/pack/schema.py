"""The schema of a pack's tables, which is itself a set of tables in the folder `schema`."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources

TYPES = ("text", "integer", "number", "boolean", "line", "polygon")


@dataclass(frozen=True)
class Column:
    """One column of a table, as a row of its schema file says it.

    Parameters
    ----------
    name
        Column name; the unit stands in it.
    type
        One of `TYPES`.
    unit
        Unit of the values, empty for none.
    required
        "yes": every row needs a value; "no": cells may be empty; "derived": the whole column may be absent and is
        then found from other data, but where it stands every row needs a value.
    default
        Value of an empty cell, or None where there is no default.
    choices
        Allowed values, empty for any.
    synonyms
        Lower-case spelling to allowed value.
    low, high
        Allowed interval of a number, both ends included unless `low_open`.
    low_open
        Whether `low` itself is not allowed.
    refers_to
        (table, column) whose values this column repeats, or None.
    aliases
        Other names under which the column is accepted, in order of preference.
    source, description
        Where the definition comes from, and what it means.
    """

    name: str
    type: str
    unit: str
    required: str
    default: str | None
    choices: tuple[str, ...]
    synonyms: dict[str, str]
    low: float | None
    high: float | None
    low_open: bool
    refers_to: tuple[str, str] | None
    aliases: tuple[str, ...]
    source: str
    description: str

    @property
    def is_geometry(self) -> bool:
        """Whether the column holds lines or polygons."""
        return self.type in {"line", "polygon"}

    @property
    def allowed(self) -> str:
        """The allowed values in words, empty where anything is."""
        if self.choices:
            return " | ".join(self.choices)
        if self.refers_to:
            return f"a value of {self.refers_to[0]}.{self.refers_to[1]}"
        if self.low is not None and self.high is not None:
            return f"{self.low:.10g} to {self.high:.10g}"
        if self.low is not None:
            return f"more than {self.low:g}" if self.low_open else f"{self.low:g} or more"
        return ""


@dataclass(frozen=True)
class Table:
    """One table of a pack.

    Parameters
    ----------
    name
        Table name, which is also the stem of its file.
    required
        Whether every pack needs the table.
    geometry
        "point" (as lon and lat), "line", "polygon" or "none".
    within_bounds
        Whether every row must lie inside the pack's bounds.
    description
        What it holds.
    columns
        Its columns, those of the key first.
    key_columns
        How many columns make the key, which is unique.
    """

    name: str
    required: bool
    geometry: str
    within_bounds: bool
    description: str
    columns: tuple[Column, ...]
    key_columns: int

    @property
    def key(self) -> str:
        """Name of the first column of the key."""
        return self.columns[0].name

    def column(self, name: str) -> Column:
        """Return the column of that name; KeyError if the table has none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name}.{name}")


@dataclass(frozen=True)
class Item:
    """A priced item that a plan needs: its name, the unit of its price, and what it is."""

    item: str
    per: str
    description: str


def _rows(file_name: str) -> list[dict[str, str]]:
    """Rows of a schema file as dictionaries."""
    text = resources.files(__package__).joinpath("schema", file_name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def _column(row: dict[str, str]) -> Column:
    """One row of a schema file as a column."""
    values = row["values"].strip()
    choices: list[str] = []
    synonyms: dict[str, str] = {}
    low: float | None = None
    high: float | None = None
    refers_to: tuple[str, str] | None = None
    low_open = False
    if values.startswith("->"):
        table, _, column = values[2:].strip().partition(".")
        refers_to = (table, column)
    elif ".." in values:
        first, _, last = values.partition("..")
        low, high = float(first), float(last)
    elif values.startswith(">="):
        low = float(values[2:])
    elif values.startswith(">"):
        low, low_open = float(values[1:]), True
    elif values:
        for choice in values.split("|"):
            name, *others = (part.strip() for part in choice.split("="))
            choices.append(name)
            synonyms.update({spelling.casefold(): name for spelling in (name, *others)})
    if row["type"] not in TYPES or row["required"] not in {"yes", "no", "derived"}:
        raise ValueError(f"schema row {row['name']} has an unknown type or an unknown word in required")
    return Column(
        name=row["name"],
        type=row["type"],
        unit=row["unit"],
        required=row["required"],
        default=row["default"] or None,
        choices=tuple(choices),
        synonyms=synonyms,
        low=low,
        high=high,
        low_open=low_open,
        refers_to=refers_to,
        aliases=tuple(alias for alias in row["aliases"].split("|") if alias),
        source=row["source"],
        description=row["description"],
    )


@cache
def tables() -> dict[str, Table]:
    """Every table of a pack by name, in the order of `schema/tables.csv`."""
    return {
        row["table"]: Table(
            name=row["table"],
            required=row["required"] == "yes",
            geometry=row["geometry"],
            within_bounds=row["within_bounds"] == "yes",
            description=row["description"],
            columns=tuple(_column(each) for each in _rows(f"{row['table']}.csv")),
            key_columns=int(row["key_columns"]),
        )
        for row in _rows("tables.csv")
    }


@cache
def policies() -> dict[str, Column]:
    """Every policy that a plan needs, each described as a column is."""
    return {row["name"]: _column(row) for row in _rows("policies.csv")}


@cache
def items() -> dict[str, Item]:
    """Every priced item that a plan needs."""
    return {row["item"]: Item(row["item"], row["per"], row["description"]) for row in _rows("items.csv")}


@cache
def batch_table(name: str) -> Table:
    """Give the schema of a table that a user brings beside a pack, from `schema/batch`: points or plain rows."""
    columns = tuple(_column(row) for row in _rows(f"batch/{name}.csv"))
    geometry = "point" if any(column.name == "lon" for column in columns) else "none"
    return Table(
        name, required=False, geometry=geometry, within_bounds=False, description="", key_columns=1, columns=columns
    )
