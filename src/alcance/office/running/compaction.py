"""The measurements of past days, put together a file a day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alcance.office.service import store

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable


def compact_days(before: dt.date, tell: Callable[[int, int, str], None] = lambda *_: None) -> tuple[int, int]:
    """Put the files of each day before one together; return how many days and files those were."""
    days = [day for day in store.days_stored() if day < before]
    files = 0
    for number, day in enumerate(days):
        tell(number, len(days), day.isoformat())
        files += store.compact(day)
    tell(len(days), len(days), "")
    return len(days), files
