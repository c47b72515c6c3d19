"""Pages by keyset: each begins where the last ended, so that no row is skipped or told twice however much changes."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from django.db.models import Model, QuerySet

T = TypeVar("T")


class BadToken(ValueError):
    """A token that we did not make."""


@dataclass(frozen=True)
class Page(Generic[T]):
    """Rows, and the token of the next page or nothing."""

    rows: list[T]
    next: str | None


def keyset_page(rows: QuerySet[Any], key: str, token: str | None, size: int) -> Page[Any]:
    """Return the rows after a token, ordered by a unique field.

    Parameters
    ----------
    rows
        What is paged.
    key
        A unique field, the order of the pages.
    token
        Where the last page ended, as it was given out; None for the first page.
    size
        Rows on a page.

    Raises
    ------
    BadToken
        Where the token is none of ours.
    """
    rows = rows.order_by(key)
    if token:
        rows = rows.filter(**{f"{key}__gt": _read(token)})
    found: list[Model] = list(rows[: size + 1])
    more = len(found) > size
    return Page(found[:size], _write(getattr(found[size - 1], key)) if more else None)


def _write(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def _read(token: str) -> int | str:
    try:
        value = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    except (binascii.Error, ValueError) as error:
        raise BadToken(token) from error
    if isinstance(value, bool) or not isinstance(value, (int, str)) or (isinstance(value, int) and abs(value) > 2**62):
        raise BadToken(token)
    return value
