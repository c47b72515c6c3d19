"""Rows by the names that they are answered with: each kind of thing says once what it shows and where it is from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alcance.office.api.pages import page_answer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

    from alcance.office.api.pages import PageQuery


def page_of(
    request: HttpRequest, query: PageQuery, rows: QuerySet[Any], key: str, fields: Mapping[str, str]
) -> HttpResponse:
    """Answer with a page of rows.

    Parameters
    ----------
    rows
        What is paged, filtered already.
    key
        A unique field, one of those shown; the order of the pages.
    fields
        The name in the answer and the field that it comes from.
    """
    columns = rows.values_list(*fields.values(), named=True)
    return page_answer(request, query, columns, key, lambda page: [named(row, fields) for row in page])


def one_of(rows: QuerySet[Any], fields: Mapping[str, str]) -> dict[str, Any] | None:
    """The only row, by the names of its fields; None where there is none."""
    found = rows.values_list(*fields.values()).first()
    return None if found is None else named(found, fields)


def named(row: tuple[Any, ...], fields: Mapping[str, str]) -> dict[str, Any]:
    """A row by the names of its fields; an empty text that stands for nothing is none."""
    return {name: None if value == "" else value for name, value in zip(fields, row, strict=True)}
