"""Moments as programs write them: RFC 3339, a day or a second."""

from __future__ import annotations

import datetime as dt
import re

FORM = r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2}))?"
_FORM = re.compile(FORM, re.ASCII)


def moment(text: str) -> tuple[dt.datetime, dt.datetime]:
    """When a moment or day begins and when it is over, in UTC; a day without a zone is one of UTC.

    Raises
    ------
    ValueError
        Where it is neither, or falls out of the calendar.
    """
    if not _FORM.fullmatch(text):
        raise ValueError("must be like 2026-03-02T15:00:00Z")
    try:
        first = dt.datetime.fromisoformat(text)
        # Databases do not know moments that fall out of the calendar in another zone.
        first = (first.replace(tzinfo=dt.UTC) if first.tzinfo is None else first).astimezone(dt.UTC)
        return first, first + (dt.timedelta(days=1) if len(text) == 10 else dt.timedelta(seconds=1))
    except (ValueError, OverflowError) as error:
        raise ValueError("there is no such moment") from error
