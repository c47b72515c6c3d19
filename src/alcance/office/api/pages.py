"""Lists of the API, page by page: each ends with the address of the next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from ninja import Field, Schema

from alcance.office.api.answers import json_answer
from alcance.office.api.problems import Refusal
from alcance.office.web.paging import keyset_page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

MOST_ROWS = 1000


class PageQuery(Schema):
    """Which page."""

    limit: int = Field(50, ge=1, le=MOST_ROWS, description="rows on a page")
    after: str | None = Field(None, max_length=200, description="as `next` of the page before says")


def only_known(request: HttpRequest, known: Iterable[str] = ()) -> None:
    """Refuse what nobody asks for here: a filter that is misspelt must not give every row.

    Raises
    ------
    Refusal
        422 where the address has a parameter that is not known.
    """
    unknown = sorted(set(request.GET) - set(known))
    if unknown:
        errors = [{"in": "query", "name": name[:100], "detail": "is not known here"} for name in unknown[:20]]
        raise Refusal(422, "the address asks for something that is not known here", errors=errors)


def page_answer(
    request: HttpRequest,
    query: PageQuery,
    rows: QuerySet[Any, Any],
    key: str,
    show: Callable[[list[Any]], list[dict[str, Any]]],
) -> HttpResponse:
    """Answer with a page of rows in the order of a unique field.

    Parameters
    ----------
    rows
        What is paged; each row has the key as an attribute.
    key
        The field.
    show
        Makes of the rows of a page what is answered.
    """
    only_known(request, type(query).model_fields)
    page = keyset_page(rows, key, query.after, query.limit)
    onward = None if page.next is None else address_of_page(request, page.next)
    headers = {} if onward is None else {"Link": f'<{onward}>; rel="next"'}
    return json_answer(request, {"items": show(page.rows), "next": onward}, headers=headers)


def rows_of(rows: QuerySet[Any], numbers: list[int]) -> QuerySet[Any]:
    """Those rows that a page holds, by their numbers and in their order.

    Parameters
    ----------
    rows
        The rows that were paged.
    numbers
        Numbers of the page, ascending.
    """
    # A range is told in two values and read in one go; where numbers lie far apart it would read too much.
    if numbers and numbers[-1] - numbers[0] < 3 * len(numbers):
        return rows.filter(pk__gte=numbers[0], pk__lte=numbers[-1]).order_by("pk")
    wanted: QuerySet[Any] = rows.model._default_manager.filter(pk__in=numbers).order_by("pk")
    return wanted


def address_of_page(request: HttpRequest, token: str) -> str:
    """The address of the page that begins after a token, with the same filters."""
    asked = [(name, value) for name, value in request.GET.items() if name != "after"]
    return f"{request.scheme}://{request.get_host()}{request.path}?{urlencode([*asked, ('after', token)])}"
