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


class Prepared:
    """A query by one whole number.

    Parameters
    ----------
    build
        Makes the query for a number; it must use the number in one place and end in `values_list`.
    """

    def __init__(self, build: Callable[[int], QuerySet[Any, Any]]) -> None:
        self._build = build
        self._compiled: tuple[str, list[Any], int, Any, Any, Any] | None = None

    def rows(self, number: int) -> list[Any]:
        """Return the rows for a number, with their columns as attributes."""
        sql, params, place, row_of, compiler, converters = self._compiled or self._compile()
        with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            cursor.execute(sql, [*params[:place], number, *params[place + 1 :]])
            found = cursor.fetchall()
        if found and converters:
            found = compiler.apply_converters(found, converters)
        return [row_of(*row) for row in found]

    def _compile(self) -> tuple[str, list[Any], int, Any, Any, Any]:
        query = self._build(_MARK).query
        compiler = query.get_compiler(DEFAULT_DB_ALIAS)
        sql, params = compiler.as_sql()
        [place] = [number for number, value in enumerate(params) if value == _MARK]
        names = [*query.values_select, *query.annotation_select]
        # Where two paths come to the same name, the second is found by its place alone.
        row_of = namedtuple("row_of", [name.replace("__", "_") for name in names], rename=True)  # type: ignore[misc]
        converters = compiler.get_converters([column[0] for column in compiler.select])
        self._compiled = (sql, list(params), place, row_of, compiler, converters)
        return self._compiled


class PreparedMany:
    """A query by several whole numbers.

    It is compiled for a few counts; what is asked for is filled up to the next with the last number over again.

    Parameters
    ----------
    build
        Makes the query for a list of numbers, in which it asks for rows that have one of them; it must use the list in
        one place, with nothing before it, and end in `values_list`.
    """

    def __init__(self, build: Callable[[list[int]], QuerySet[Any, Any]]) -> None:
        self._build = build
        self._compiled: dict[int, tuple[str, list[Any], Any, Any]] = {}

    def rows(self, numbers: Sequence[int]) -> list[tuple[Any, ...]]:
        """Return the rows for some numbers, at least one, without doubles."""
        count = 1 << (len(numbers) - 1).bit_length()
        sql, after, compiler, converters = self._compiled.get(count) or self._compile(count)
        filled = [*numbers, *[numbers[-1]] * (count - len(numbers))]
        with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            cursor.execute(sql, [*filled, *after])
            found: list[tuple[Any, ...]] = cursor.fetchall()
        if found and converters:
            found = [tuple(row) for row in compiler.apply_converters(found, converters)]
        return found

    def _compile(self, count: int) -> tuple[str, list[Any], Any, Any]:
        # Django leaves out doubles, so that each mark must be another.
        marks = [_MARK + number for number in range(count)]
        compiler = self._build(marks).query.get_compiler(DEFAULT_DB_ALIAS)
        sql, params = compiler.as_sql()
        assert sorted(params[:count]) == marks
        converters = compiler.get_converters([column[0] for column in compiler.select])
        self._compiled[count] = (sql, list(params[count:]), compiler, converters)
        return self._compiled[count]
