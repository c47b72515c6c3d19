"""The table of sites that every download holds; its columns are `columns.csv`."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from django.db.models import CharField, Count, F, IntegerField, Subquery, Value
from django.db.models.functions import Cast

from alcance.office.delivery.in_force import in_force

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import QuerySet
    from django.db.models.expressions import Combinable

    from alcance.office.register.models import Site

#: Rows that are held at a time.
CHUNK = 5_000


@dataclass(frozen=True)
class Column:
    """A column: its name, its type (text, code, number, whole, truth, date, time), where it is from, what it says."""

    name: str
    type: str
    field: str
    description: str


@cache
def columns() -> tuple[Column, ...]:
    """The columns in their order."""
    table = files("alcance.office.public.downloads").joinpath("columns.csv").read_text(encoding="utf-8")
    return tuple(Column(**row) for row in csv.DictReader(table.splitlines()))


def table_rows(sites: QuerySet[Site]) -> tuple[int, Iterator[tuple[Any, ...]]]:
    """Return how many sites there are and their rows, by number of the site, in constant memory.

    Count and rows come from one statement, so from one state of the database, whatever is written meanwhile. Days and
    times (UTC) come as the database writes them, without the "T" and the "Z", and truths as 1 and 0: making objects of
    them only to write them down again takes twice as long.
    """
    count = sites.order_by().values(one=Value(1)).annotate(count=Count("pk")).values("count")
    rows = iter(
        in_force(sites.order_by("pk"))
        .values_list(*(_taken(column) for column in columns()), Subquery(count, output_field=IntegerField()))
        .iterator(chunk_size=CHUNK)
    )
    first = next(rows, None)
    if first is None:
        return 0, iter(())

    def whole() -> Iterator[tuple[Any, ...]]:
        yield first[:-1]
        for row in rows:
            yield row[:-1]

    return first[-1], whole()


def _taken(column: Column) -> Combinable:
    if column.type in ("date", "time"):
        return Cast(column.field, CharField())
    return Cast(column.field, IntegerField()) if column.type == "truth" else F(column.field)
