"""How far a solving has come in its time, and whether it may go on."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

# With a time limit, this share of it is kept back for the certificate, which is written in as many seconds at most.
KEPT_BACK, MOST_KEPT_BACK_S = 0.05, 3.0


class Pace:
    """The time that has passed of what is given; `cut_short` says that work was told to end early.

    Parameters
    ----------
    seconds
        What is given; None for no limit.
    clock
        Seconds from any start.
    stop
        Set from outside to end the work at once.
    """

    def __init__(self, seconds: float | None, clock: Callable[[], float], stop: threading.Event) -> None:
        self.cut_short = False
        self.limited = seconds is not None
        self._seconds = max((seconds or 0.0) * (1.0 - KEPT_BACK), (seconds or 0.0) - MOST_KEPT_BACK_S)
        self._clock = clock
        self._stop = stop
        self._begin = clock()

    @property
    def elapsed_s(self) -> float:
        """Seconds since the beginning."""
        return self._clock() - self._begin

    @property
    def share(self) -> float:
        """The share of the time that has passed, which can be more than 1; 0 without a limit."""
        return self.elapsed_s / max(self._seconds, 1e-9) if self.limited else 0.0

    def share_before_last(self, share: float, most_s: float) -> float:
        """The share of the time at which the last work begins: `share` of it is left, but no more than `most_s`."""
        return 1.0 - min(share, most_s / self._seconds) if self.limited and self._seconds > 0.0 else 1.0 - share

    def go_on(self) -> bool:
        """Whether there is leave to go on."""
        if self._stop.is_set() or self.share >= 1.0:
            self.cut_short = True
            return False
        return True

    def go_on_until(self, share: float) -> Callable[[], bool]:
        """Whether there is leave to go on, asked until some share of the time has passed."""
        return lambda: self.go_on() and self.share < share
