"""Which column of a file fills which field: guessed, or by a layout that is ready made."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from alcance.errors import AlcanceError
from alcance.office.register.imports.fields import FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class BadMapping(AlcanceError):
    """A mapping that says nothing; the message says what would."""


@dataclass(frozen=True)
class Source:
    """Where a field comes from: a column, a fixed value, or a column whose values are renamed.

    Parameters
    ----------
    column
        Name of the file's column, or empty.
    value
        Without a column, the value of every row. With one, empty, or pairs "theirs=ours" with | between, where * stands
        for all others.
    """

    column: str = ""
    value: str = ""

    def renamed(self) -> dict[str, str]:
        """The pairs by which a column's values are renamed.

        Raises
        ------
        BadMapping
            Where one is no pair.
        """
        pairs = [pair.split("=", 1) for pair in self.value.split("|")] if self.value else []
        for pair in pairs:
            if len(pair) != 2:
                words = _("“%(pair)s” renames nothing: write theirs=ours, or choose a column or a value and not both")
                raise BadMapping(words % {"pair": pair[0]})
        return {pair[0]: pair[1] for pair in pairs}

    def as_json(self) -> dict[str, str]:
        """As it is kept with an import."""
        return {"column": self.column, "value": self.value}


@cache
def layouts() -> dict[str, dict[str, Source]]:
    """The layouts that are ready made, by name: for each field its source. Their field "skip" leaves rows out."""
    table = files("alcance.office.register.imports").joinpath("layouts.csv").read_text(encoding="utf-8")
    made: dict[str, dict[str, Source]] = {}
    for row in csv.DictReader(table.splitlines()):
        fields = made.setdefault(row["layout"], {})
        if row["field"]:
            fields[row["field"]] = Source(row["column"], row["value"])
    return made


@cache
def _columns_of_layouts() -> dict[str, frozenset[str]]:
    table = files("alcance.office.register.imports").joinpath("layouts.csv").read_text(encoding="utf-8")
    made: dict[str, set[str]] = {}
    for row in csv.DictReader(table.splitlines()):
        if row["column"] and row["field"]:
            made.setdefault(row["layout"], set()).add(row["column"])
    return {name: frozenset(columns) for name, columns in made.items()}


def guess(columns: Iterable[str]) -> tuple[str, dict[str, Source]]:
    """The layout whose columns a file has, or none, and for each field the column that most likely fills it.

    A file with a geometry has its longitude and latitude in columns of these names.
    """
    names = {name.strip().lower(): name for name in columns}
    found = {
        field.name: Source(names[alias]) for field in FIELDS for alias in reversed(field.aliases) if alias in names
    }
    known = [name for name, wanted in _columns_of_layouts().items() if name != "alcance" and wanted <= set(names)]
    if known:
        layout = {
            field: Source(names.get(source.column, source.column), source.value)
            for field, source in layouts()[known[0]].items()
        }
        return known[0], {**{name: found[name] for name in ("lon", "lat") if name in found}, **layout}
    return "", found


def from_json(kept: Mapping[str, Mapping[str, str]]) -> dict[str, Source]:
    """A mapping as it was kept with an import."""
    return {name: Source(source.get("column", ""), source.get("value", "")) for name, source in kept.items()}
