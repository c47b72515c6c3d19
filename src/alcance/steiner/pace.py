"""How far a solving has come in its time, and whether it may go on."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

# With a time limit, this share of it is kept back for the certificate.
TIME_FOR_WORK = 0.95


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
        self._seconds = (seconds or 0.0) * TIME_FOR_WORK
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

    def go_on(self) -> bool:
        """Whether there is leave to go on."""
        if self._stop.is_set() or self.share >= 1.0:
            self.cut_short = True
            return False
        return True

    def go_on_until(self, share: float) -> Callable[[], bool]:
        """Whether there is leave to go on, asked until some share of the time has passed."""
        return lambda: self.go_on() and self.share < share
