"""What every kind of solving has in common: it runs on a thread of its own, reports, and can be stopped."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

WATCH_SECONDS = 0.1


class Work(ABC):
    """Work that is watched from another thread.

    `history` holds (seconds, stage, bound, cost), `reports` the stages and shares not yet told; `cut_short` says that
    it was stopped before its effort was spent, `stopped` that it was Ctrl-C, and `failure` what went wrong.
    """

    def __init__(self) -> None:
        self.history: list[tuple[float, str, int, int]] = []
        self.reports: deque[tuple[str, float]] = deque(maxlen=64)
        self.cut_short = self.stopped = False
        self.failure: BaseException | None = None
        self._finished = threading.Event()
        self._stop = threading.Event()

    def watched(
        self,
        progress: Callable[[str, float], None] | None = None,
        watch: Callable[[int, int], None] | None = None,
    ) -> bool:
        """Do everything on a thread, hand on reports, and stop at Ctrl-C; returns whether it was cut short.

        Ctrl-C reaches the main thread only, between two instructions of Python: here, where it can break nothing.

        Parameters
        ----------
        progress
            Told the stage and the share of it that is done.
        watch
            Told bound and cost as they come; a cost of −1 before the first plan.

        Raises
        ------
        BaseException
            What went wrong on the thread.
        """
        thread = threading.Thread(target=self.work, name="steiner", daemon=True)
        thread.start()
        # Not `Thread.join`: interrupted, it may take a running thread for ended (Python 3.11).
        told_all = False
        while not told_all:
            try:
                told_all = self._finished.wait(WATCH_SECONDS)
                self._hand_on(progress, watch)
            except KeyboardInterrupt:
                self.stop()
                if self.stopped:
                    raise
                self.stopped = True
            except BaseException:
                self.stop()
                raise
        if self.failure is not None:
            raise self.failure
        return self.stopped or self.cut_short

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
            self._finished.set()

    @abstractmethod
    def figures(self) -> tuple[int, int]:
        """Bound and cost so far; a cost of −1 before the first plan."""

    @abstractmethod
    def _stages(self) -> None:
        """The work itself."""

    def _hand_on(
        self,
        progress: Callable[[str, float], None] | None,
        watch: Callable[[int, int], None] | None,
    ) -> None:
        while self.reports:
            stage, share = self.reports.popleft()
            if progress is not None:
                progress(stage, share)
        if watch is not None:
            watch(*self.figures())
