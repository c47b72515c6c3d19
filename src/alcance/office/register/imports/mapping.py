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
def layouts() -> dict[str, list[tuple[str, Source]]]:
    """The layouts that are ready made, by name: sources of fields. Their field "skip" leaves rows out."""
    table = files("alcance.office.register.imports").joinpath("layouts.csv").read_text(encoding="utf-8")
    made: dict[str, list[tuple[str, Source]]] = {}
    for row in csv.DictReader(table.splitlines()):
        made.setdefault(row["layout"], []).append((row["field"], Source(row["column"], row["value"])))
    return made


def guess(columns: Iterable[str], layout: str | None = None) -> tuple[str, dict[str, Source]]:
    """The layout whose columns a file has, or none, and for each field the column that most likely fills it.

    Parameters
    ----------
    columns
        Of the file; one with a geometry has its longitude and latitude in columns of these names.
    layout
        One that is known to be that of the file. Of a field's sources the last counts whose column the file has.
    """
    names = {name.strip().lower(): name for name in columns}
    found = {
        field.name: Source(names[alias]) for field in FIELDS for alias in reversed(field.aliases) if alias in names
    }
    if layout is not None:
        return layout, {**found, **_sources(layout, names)}
    for known, sources in layouts().items():
        if known != "alcance" and all(source.column in names for _field, source in sources if source.column):
            point = {name: source for name, source in found.items() if name in {"lon", "lat"}}
            return known, {**point, **_sources(known, names)}
    return "", found


def _sources(layout: str, names: Mapping[str, str]) -> dict[str, Source]:
    return {
        field: Source(names.get(source.column, ""), source.value)
        for field, source in layouts()[layout]
        if not source.column or source.column in names
    }


def from_json(kept: Mapping[str, Mapping[str, str]]) -> dict[str, Source]:
    """A mapping as it was kept with an import."""
    return {name: Source(source.get("column", ""), source.get("value", "")) for name, source in kept.items()}
