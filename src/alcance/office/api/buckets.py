"""How much somebody may ask for in a while: buckets of tokens, kept in the memory of the process.

A bucket holds what one may ask for in a minute and fills up again steadily. Nothing is written anywhere; with more than
one process each would count for itself.
"""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable


@dataclass(frozen=True)
class Limit:
    """A limit by its name: so many tokens a minute, and as many at once."""

    name: str
    per_minute: int


@dataclass(frozen=True)
class Allowance:
    """What was left after asking.

    Parameters
    ----------
    limit
        The limit that held.
    granted
        Whether there was enough.
    left
        Whole tokens left.
    retry_s
        Seconds until there is enough for the same again; 0 where it was granted.
    full_s
        Seconds until the bucket is full.
    """

    limit: Limit
    granted: bool
    left: int
    retry_s: int
    full_s: int

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        """The allowance as headers (draft-ietf-httpapi-ratelimit-headers)."""
        name = self.limit.name
        told = (
            ("RateLimit-Policy", f'"{name}";q={self.limit.per_minute};w=60'),
            ("RateLimit", f'"{name}";r={self.left};t={self.full_s}'),
        )
        return told if self.granted else (*told, ("Retry-After", str(self.retry_s)))


class Buckets:
    """The buckets of all who ask; at most so many, of which those are given up first that have not been used longest.

    A bucket that has not been used for a minute is full, and a full one need not be remembered.
    """

    def __init__(self, most: int = 20_000) -> None:
        self._most = most
        self._levels: dict[Hashable, tuple[float, float]] = {}
        self._lock = threading.Lock()

    def take(self, who: Hashable, limit: Limit, tokens: int, now_s: float) -> Allowance:
        """Take tokens, at most a full bucket, out of somebody's; `now_s` is of a clock that never goes back."""
        capacity, per_s = float(limit.per_minute), limit.per_minute / 60
        tokens = min(tokens, limit.per_minute)
        with self._lock:
            level, at = self._levels.pop((limit.name, who), (capacity, now_s))
            level = min(capacity, level + (now_s - at) * per_s)
            granted = level >= tokens
            if granted:
                level -= tokens
            if len(self._levels) >= self._most:
                del self._levels[next(iter(self._levels))]
            self._levels[limit.name, who] = (level, now_s)
        return Allowance(
            limit=limit,
            granted=granted,
            left=int(level),
            retry_s=0 if granted else max(1, math.ceil((tokens - level) / per_s)),
            full_s=math.ceil((capacity - level) / per_s),
        )
