"""What happens when, in the example: deeds in the order of their time, each of which may bring others about."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

from django.db import transaction

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

# So many deeds are written at once: one by one the disk would take longer than the deeds.
_AT_ONCE = 200


class Calendar:
    """Deeds by their time; those of one time in the order in which they were entered."""

    def __init__(self) -> None:
        self._entries: list[tuple[dt.datetime, int, Callable[[dt.datetime], None]]] = []
        self._entered = 0

    def at(self, time: dt.datetime, deed: Callable[[dt.datetime], None]) -> None:
        """Enter a deed; it is called with its time."""
        heapq.heappush(self._entries, (time, self._entered, deed))
        self._entered += 1

    def live_until(self, now: dt.datetime, tell: Callable[[int, int, str], None]) -> int:
        """Do everything that lies before now, and return how much that was; what lies after stays undone."""
        done = 0
        while self._entries and self._entries[0][0] <= now:
            with transaction.atomic():
                for _ in range(_AT_ONCE):
                    if not self._entries or self._entries[0][0] > now:
                        break
                    time, _number, deed = heapq.heappop(self._entries)
                    deed(time)
                    done += 1
            waiting = sum(1 for time, _number, _deed in self._entries if time <= now)
            tell(done, done + waiting, "living through the phases")
        return done
