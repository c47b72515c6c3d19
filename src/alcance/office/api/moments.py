"""Moments as programs write them: RFC 3339, a day or a second."""

from __future__ import annotations

import datetime as dt
import re

FORM = r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2}))?"
_FORM = re.compile(FORM, re.ASCII)


EARLIEST, LATEST = (end.replace(tzinfo=dt.UTC) for end in (dt.datetime.min, dt.datetime.max))


def moment(text: str) -> tuple[dt.datetime, dt.datetime]:
    """When a moment or day begins and when it is over, in UTC; a day without a zone is one of UTC.

    What lies before the first or after the last moment of the calendar is that moment: programs write year 0 and the
    end of year 9999 for a time that is open.

    Raises
    ------
    ValueError
        Where it is neither.
    """
    if not _FORM.fullmatch(text):
        raise ValueError("must be like 2026-03-02T15:00:00Z")
    year, rest = text[:4], text[4:]
    try:
        # Year 0 would be a leap year, as year 4 is.
        first = dt.datetime.fromisoformat(f"{'0004' if year == '0000' else year}{rest}")
    except ValueError as error:
        raise ValueError("there is no such moment") from error
    if year == "0000":
        return EARLIEST, EARLIEST
    first = _in_utc(first)
    long = dt.timedelta(days=1) if len(text) == 10 else dt.timedelta(seconds=1)
    return first, first + min(long, LATEST - first)


def _in_utc(at: dt.datetime) -> dt.datetime:
    if at.tzinfo is None:
        return at.replace(tzinfo=dt.UTC)
    try:
        return at.astimezone(dt.UTC)
    except OverflowError:
        return EARLIEST if at.year == 1 else LATEST
