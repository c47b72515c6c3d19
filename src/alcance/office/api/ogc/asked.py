"""What a reader asks of a collection: the parameters of Part 1, each checked."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from alcance.office.api.moments import moment
from alcance.office.api.problems import Refusal
from alcance.office.api.reading import check_text

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from django.http import QueryDict

USUAL, MOST = 1_000, 10_000
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Asked:
    """Which features.

    Parameters
    ----------
    limit
        Features on a page.
    after
        Where the page before ended, as its `next` says.
    bbox
        West, south, east, north in degrees; west is more than east where it crosses the antimeridian.
    since, until
        Moments, the last not included; None where open.
    filters
        Values by property.
    """

    limit: int
    after: str | None
    bbox: Box | None
    since: dt.datetime | None
    until: dt.datetime | None
    filters: dict[str, Any]

    @property
    def key(self) -> tuple[Any, ...]:
        """What tells apart which features are meant, page aside."""
        return (self.bbox, self.since, self.until, tuple(sorted(self.filters.items())))


def asked(query: QueryDict, properties: Mapping[str, Mapping[str, Any]]) -> Asked:
    """Take apart a query string.

    Parameters
    ----------
    properties
        JSON schemas of those properties that features may be filtered by.

    Raises
    ------
    Refusal
        400 where a parameter is not known or its value is none, as the standard has it.
    """
    filters = {}
    given: dict[str, str] = query.dict()  # type: ignore[assignment]
    for name, text in given.items():
        if name not in ("limit", "after", "bbox", "datetime", "f"):
            if name not in properties:
                raise _wrong(name[:100], "is not known here")
            filters[name] = _value(name, text, properties[name])
        if len(query.getlist(name)) > 1:
            raise _wrong(name[:100], "stands twice")
    if given.get("f", "json") != "json":
        raise _wrong("f", "there is json alone")
    since, until = _interval(given["datetime"]) if "datetime" in given else (None, None)
    bbox = _box(given["bbox"]) if "bbox" in given else None
    return Asked(_limit(given.get("limit")), given.get("after") or None, bbox, since, until, filters)


def _wrong(name: str, words: str) -> Refusal:
    errors = [{"in": "query", "name": name, "detail": words}]
    return Refusal(400, f"the parameter «{name}»: {words}", errors=errors)


def _limit(text: str | None) -> int:
    if text is None:
        return USUAL
    if not (text.isascii() and text.isdigit()) or int(text[:20]) < 1:
        raise _wrong("limit", "must be a whole number from 1 on")
    # More than the most is no error: the most is given.
    return min(int(text[:20]), MOST)


def _box(text: str) -> Box:
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError as error:
        raise _wrong("bbox", "must be numbers with commas between them") from error
    if len(numbers) not in (4, 6) or not all(map(math.isfinite, numbers)):
        raise _wrong("bbox", "must be four numbers, or six with heights")
    west, south = numbers[:2]
    east, north = numbers[len(numbers) // 2 :][:2]
    if not (-180 <= west <= 180 and -180 <= east <= 180 and -90 <= south <= north <= 90):
        raise _wrong("bbox", "must be west, south, east, north in degrees")
    return west, south, east, north


def _interval(text: str) -> tuple[dt.datetime | None, dt.datetime | None]:
    """Moments from and until (not included) that an instant or an interval means; whole seconds are meant whole."""
    parts = text.split("/")
    if len(parts) == 1:
        first, last = _moment(parts[0])
        return first, last
    if len(parts) != 2 or all(part in ("", "..") for part in parts):
        raise _wrong("datetime", "must be a moment, or two with a slash between them")
    since = None if parts[0] in ("", "..") else _moment(parts[0])[0]
    until = None if parts[1] in ("", "..") else _moment(parts[1])[1]
    if since is not None and until is not None and since >= until:
        raise _wrong("datetime", "ends before it begins")
    return since, until


def _moment(text: str) -> tuple[dt.datetime, dt.datetime]:
    try:
        return moment(text)
    except ValueError as error:
        raise _wrong("datetime", str(error)) from error


def _value(name: str, text: str, schema: Mapping[str, Any]) -> Any:
    check_text(text)
    if "enum" in schema and text not in map(str, schema["enum"]):
        raise _wrong(name, "must be one of " + ", ".join(map(str, schema["enum"])))
    if len(text) > 200:
        raise _wrong(name, "is too long")
    if schema["type"] == "string":
        return text
    if not (text.isascii() and text.isdigit() and len(text) <= 15):
        raise _wrong(name, "must be a whole number")
    number = int(text)
    if not schema.get("minimum", number) <= number <= schema.get("maximum", number):
        raise _wrong(name, f"must be from {schema['minimum']} to {schema['maximum']}")
    return number
