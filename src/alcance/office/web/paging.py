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
# Of a token; the longest key that we page by is an address of 254 characters, of which any may be escaped.
MOST_LETTERS = 2_100


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
        after = read_token(token)
        try:
            rows = rows.filter(**{f"{key}__gt": after})
        except ValueError as error:
            raise BadToken(token) from error
    found: list[Model] = list(rows[: size + 1])
    more = len(found) > size
    return Page(found[:size], write_token(getattr(found[size - 1], key)) if more else None)


def write_token(value: object) -> str:
    """The token of a page that begins after a key."""
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def read_token(token: str) -> int | str:
    """The key after which a page begins.

    Raises
    ------
    BadToken
        Where the token is none of ours.
    """
    # None of ours is longer; and nothing long is taken apart only to be refused.
    if len(token) > MOST_LETTERS:
        raise BadToken(token[:MOST_LETTERS])
    try:
        value = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    except (binascii.Error, ValueError) as error:
        raise BadToken(token) from error
    if isinstance(value, bool) or not isinstance(value, (int, str)) or (isinstance(value, int) and abs(value) > 2**62):
        raise BadToken(token)
    if isinstance(value, str) and any(letter == "\0" or "\ud800" <= letter <= "\udfff" for letter in value):
        raise BadToken(token)
    return value
