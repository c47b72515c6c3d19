"""Reading what programs send: JSON and nothing else, and none that a database or another program would choke on."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any, NoReturn

from django.conf import settings
from ninja.parser import Parser

from alcance.office.api.problems import Refusal

if TYPE_CHECKING:
    from django.http import HttpRequest

MEDIA_TYPES = ("application/json", "application/merge-patch+json")
DEEPEST = 20
# More digits than any number of ours has; beyond them numbers lose their value in most programs.
MOST_DIGITS = 15


def read_body(request: HttpRequest) -> Any:
    """The JSON of a request's body; None where it is empty.

    Raises
    ------
    Refusal
        413 where it is too long, 415 where it is said to be something else than JSON, 400 where it is no JSON, or such
        as no program of ours would write: nested deeply, with the same name twice, a number that is none or has too
        many digits, or text with a NUL or half a character.
    """
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > settings.API_MOST_BYTES:
        raise Refusal(413, f"send at most {settings.API_MOST_BYTES} bytes at once")
    body = request.body
    if not body:
        return None
    if request.content_type not in MEDIA_TYPES:
        headers = {"Accept": ", ".join(MEDIA_TYPES)}
        raise Refusal(415, f"send {MEDIA_TYPES[0]}", headers=headers)
    try:
        value = json.loads(
            body.decode("utf-8"), parse_constant=_no_number, parse_int=_whole, parse_float=_number,
            object_pairs_hook=_pairs,
        )  # fmt: skip
    except (ValueError, RecursionError) as error:
        raise Refusal(400, f"the body is no JSON that can be taken: {_words(error)}") from error
    _check(value, 0)
    return value


def _words(error: Exception) -> str:
    return "it is nested too deeply" if isinstance(error, RecursionError) else str(error)


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def _whole(digits: str) -> int:
    if len(digits.lstrip("-")) > MOST_DIGITS:
        raise ValueError(f"a number has more than {MOST_DIGITS} digits")
    return int(digits)


def _number(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError("a number is too large")
    return number


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a name stands twice in an object")
    return made


def _check(value: Any, depth: int) -> None:
    if depth > DEEPEST:
        raise Refusal(400, f"the body is nested more than {DEEPEST} deep")
    if isinstance(value, str):
        check_text(value)
    elif isinstance(value, list):
        for one in value:
            _check(one, depth + 1)
    elif isinstance(value, dict):
        for name, one in value.items():
            check_text(name)
            _check(one, depth + 1)


def check_text(text: str) -> None:
    """Refuse text that no database keeps: with a NUL, or half of a character.

    Raises
    ------
    Refusal
        400 where it is such.
    """
    if "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise Refusal(400, "a text holds a NUL or half of a character")


class OfficeParser(Parser):
    """Hands the operation the body that was read and checked before."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The body."""
        return request.json  # type: ignore[attr-defined]
