"""What every kind of solving has in common: it runs on a thread of its own, reports, and can be stopped."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections import deque


class Work(ABC):
    """Work that is watched from another thread.

    `history` holds (seconds, stage, bound, cost), `reports` the stages and shares not yet told; `cut_short` says that
    it was stopped before its effort was spent, and `failure` what went wrong.
    """

    def __init__(self) -> None:
        self.history: list[tuple[float, str, int, int]] = []
        self.reports: deque[tuple[str, float]] = deque(maxlen=64)
        self.cut_short = False
        self.failure: BaseException | None = None
        self.finished = threading.Event()
        self._stop = threading.Event()

    def stop(self) -> None:
        """Ask the work to end at the next slice."""
        self._stop.set()

    def work(self) -> None:
        """Do everything; what goes wrong is kept in `failure`."""
        try:
            self._stages()
        except BaseException as error:
            self.failure = error
        finally:
            self.finished.set()

    @abstractmethod
    def _stages(self) -> None:
        """The work itself."""
