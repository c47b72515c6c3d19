"""An empty table with its columns explained."""

from __future__ import annotations

import csv
import io

from alcance.errors import InputError, Problem
from alcance.pack.schema import Column, Table, tables


def template(table: str) -> str:
    """Write an empty table as CSV, its columns explained in rows that begin with `#` and are not read.

    Parameters
    ----------
    table
        Name of a table of the schema.

    Returns
    -------
    Text of a CSV file: the header, then rows of type, unit, requirement, allowed values, default, accepted other
    names and description, one cell below each column.

    Raises
    ------
    InputError
        The schema has no such table; names those that there are.
    """
    if table not in tables():
        message = f"is no table of a pack; the tables are {', '.join(tables())}"
        raise InputError([Problem("template", None, "", table, message)])
    schema = tables()[table]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([column.name for column in schema.columns])
    writer.writerow([f"# {_type(column)}" if first else _type(column) for first, column in _each(schema)])
    for words in (_need, lambda c: c.allowed, _default, lambda c: ", ".join(c.aliases), lambda c: c.description):
        cells = [words(column) for column in schema.columns]
        if any(cells):
            writer.writerow([f"# {cells[0]}", *cells[1:]])
    return out.getvalue()


def _each(schema: Table) -> list[tuple[bool, Column]]:
    return [(position == 0, column) for position, column in enumerate(schema.columns)]


def _type(column: Column) -> str:
    kind = f"{column.type} as WKT" if column.is_geometry else column.type
    return f"{kind} [{column.unit}]" if column.unit else kind


def _need(column: Column) -> str:
    return {"yes": "required", "no": "may be empty", "derived": "column may be absent"}[column.required]


def _default(column: Column) -> str:
    return f"empty means {column.default}" if column.default is not None else ""
