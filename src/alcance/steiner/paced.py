"""Work that keeps to a pace: it notes how far it has come, about once a second within a long stage."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

from alcance.steiner.pace import Pace
from alcance.steiner.work import Work

if TYPE_CHECKING:
    from alcance.steiner.effort import Effort

NOTED_EVERY_S = 1.0


class PacedWork(Work):
    """Work with an effort; `history` has a note for every stage and for every second of one."""

    def __init__(self, effort: Effort) -> None:
        super().__init__()
        self._pace = Pace(effort.seconds, effort.clock, self._stop)

    def _stages(self) -> None:
        self._paced()
        self.cut_short = self._pace.cut_short

    @abstractmethod
    def _paced(self) -> None:
        """The work itself."""

    def _note(self, stage: str) -> None:
        self.history.append((self._pace.elapsed_s, stage, *self.figures()))

    def _report(self, stage: str, share: float) -> None:
        if not self.history or self._pace.elapsed_s - self.history[-1][0] >= NOTED_EVERY_S:
            self._note(stage)
        self.reports.append((stage, share))
