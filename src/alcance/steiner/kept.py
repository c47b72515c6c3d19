"""Work that keeps the best tree and the best proof of the problem as it was given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alcance.steiner.work import Work

if TYPE_CHECKING:
    from collections.abc import Callable

    from alcance.proof import Certificate
    from alcance.steiner.effort import Effort
    from alcance.steiner.problem import Problem
    from alcance.steiner.solution import Tree


class KeptWork(Work):
    """Work on a problem; `tree` and `certificate` hold the best so far."""

    def __init__(self, problem: Problem, effort: Effort) -> None:
        super().__init__()
        self.tree: Tree | None = None
        self.certificate: Certificate | None = None
        self._problem = problem
        self._effort = effort
        self._begin = effort.clock()

    def result(self) -> tuple[Tree, Certificate]:
        """The best tree and the proof of the best bound so far."""
        if self.tree is None or self.certificate is None:
            raise RuntimeError("the work ended without a plan")
        return self.tree, self.certificate

    def figures(self) -> tuple[int, int]:
        """Bound and cost so far; a cost of −1 before the first tree."""
        bound = self.certificate.bound if self.certificate is not None else 0
        return bound, self.tree.cost if self.tree is not None else -1

    def _note(self, stage: str) -> None:
        self.history.append((self._effort.clock() - self._begin, stage, *self.figures()))

    def _go_on(self) -> bool:
        """Whether there is leave to go on."""
        late = self._effort.seconds is not None and self._effort.clock() - self._begin >= self._effort.seconds
        if self._stop.is_set() or late:
            self.cut_short = True
            return False
        return True

    def _go_on_in(self, stage: str) -> Callable[[float], bool]:
        def report(share: float) -> bool:
            self.reports.append((stage, share))
            return self._go_on()

        return report
