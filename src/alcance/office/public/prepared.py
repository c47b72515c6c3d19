"""A query written with Django's models, compiled once and asked many times.

Compiling takes Django several times as long as SQLite needs to answer; on the page of a site that is most of the time.
"""

from __future__ import annotations

from collections import namedtuple
from typing import TYPE_CHECKING, Any

from django.db import DEFAULT_DB_ALIAS, connections

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from django.db.models import QuerySet

# Stands for the number that changes; no row bears it.
_MARK = 987_654_321_012_345_678


class Statement:
    """What a query was compiled to; its values have names, which Django need not look for each time it is asked."""

    def __init__(self, query: Any) -> None:
        self._compiler = query.get_compiler(DEFAULT_DB_ALIAS)
        sql, values = self._compiler.as_sql()
        self.values: dict[str, Any] = {f"p{place}": value for place, value in enumerate(values)}
        # A percent sign that belongs to the statement is doubled, and stays so.
        self._sql = sql.replace("%%", "%%%%") % tuple(f"%({name})s" for name in self.values)
        # In the order asked for; where two paths come to the same name, the second is found by its place alone.
        self._row_of: Any = namedtuple("_row_of", [name.replace("__", "_") for name in query.selected], rename=True)  # type: ignore[misc]
        self._converters = self._compiler.get_converters([column[0] for column in self._compiler.select])

    def rows(self, values: dict[str, Any]) -> list[Any]:
        """Return the rows for some values, with their columns as attributes."""
        with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            cursor.execute(self._sql, values)
            found = cursor.fetchall()
        if found and self._converters:
            found = self._compiler.apply_converters(found, self._converters)
        return [self._row_of(*row) for row in found]


class Prepared:
    """A query by one whole number.

    Parameters
    ----------
    build
        Makes the query for a number; it must use the number in one place and end in `values_list`.
    """

    def __init__(self, build: Callable[[int], QuerySet[Any, Any]]) -> None:
        self._build = build
        self._compiled: tuple[Statement, str] | None = None

    def rows(self, number: int) -> list[Any]:
        """Return the rows for a number, with their columns as attributes."""
        statement, name = self._compiled or self._compile()
        return statement.rows({**statement.values, name: number})

    def _compile(self) -> tuple[Statement, str]:
        statement = Statement(self._build(_MARK).query)
        [name] = [name for name, value in statement.values.items() if value == _MARK]
        self._compiled = statement, name
        return self._compiled


class PreparedMany:
    """A query by several whole numbers.

    It is compiled for a few counts; what is asked for is filled up to the next with the last number over again.

    Parameters
    ----------
    build
        Makes the query for a list of numbers, in which it asks for rows that have one of them; it must use the list in
        one place and end in `values_list`.
    """

    def __init__(self, build: Callable[[list[int]], QuerySet[Any, Any]]) -> None:
        self._build = build
        self._compiled: dict[int, tuple[Statement, list[str]]] = {}

    def rows(self, numbers: Sequence[int]) -> list[Any]:
        """Return the rows for some numbers, without doubles, with their columns as attributes."""
        if not numbers:
            return []
        count = 1 << (len(numbers) - 1).bit_length()
        statement, names = self._compiled.get(count) or self._compile(count)
        filled = [*numbers, *[numbers[-1]] * (count - len(numbers))]
        return statement.rows({**statement.values, **dict(zip(names, filled, strict=True))})

    def _compile(self, count: int) -> tuple[Statement, list[str]]:
        # Django leaves out doubles, so that each mark must be another.
        marks = {_MARK + number for number in range(count)}
        statement = Statement(self._build(sorted(marks)).query)
        names = [name for name, value in statement.values.items() if value in marks]
        self._compiled[count] = statement, names
        return self._compiled[count]
