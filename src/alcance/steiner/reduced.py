"""The work on a large undirected problem: reduced so that bounds can be lifted, and further for the plan."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from alcance.steiner.reduce import Reduction, reduce_problem
from alcance.steiner.rooted import RootedWork
from alcance.steiner.solution import Tree
from alcance.steiner.work import Work

if TYPE_CHECKING:
    from alcance.proof import Certificate
    from alcance.steiner.effort import Effort
    from alcance.steiner.problem import Problem

# Below this, reducing takes longer than it saves.
FEWEST_ARCS = 100_000
# Of the seconds given, what the further reduced problem may take: its plan is where the other begins.
TIME_FOR_PLAN = 0.45


class ReducedWork(Work):
    """The work of `solve` on an undirected problem with a root."""

    def __init__(self, problem: Problem, effort: Effort) -> None:
        super().__init__()
        self._problem = problem
        self._effort = effort
        self._begin = effort.clock()
        self._inner: RootedWork | None = None
        self._light: Reduction | None = None
        self._final: RootedWork | None = None

    def stop(self) -> None:
        """Ask the work to end at the next slice, and what it runs inside."""
        super().stop()
        if self._inner is not None:
            self._inner.stop()

    def figures(self) -> tuple[int, int]:
        """Bound and cost so far; a cost of −1 before the first plan."""
        if self._final is None or self._light is None:
            return 0, -1
        bound, cost = self._final.figures()
        return bound + self._light.fixed_cost, cost + self._light.fixed_cost if cost >= 0 else -1

    def result(self) -> tuple[Tree, Certificate]:
        """The best tree and the proof of the best bound, of the problem as it was given."""
        if self._final is None or self._light is None:
            raise RuntimeError("the work ended without a plan")
        # Decisions on nodes that reductions have merged mean nothing in the original.
        tree, certificate = self._final.result(by_cases=False)
        arcs = self._light.restore(tree.arcs)
        return Tree.of(self._problem, arcs, self._problem.fixed_root), self._light.lift(certificate)

    def _stages(self) -> None:
        self.reports.append(("reducing", 0.0))
        light = self._light = reduce_problem(self._problem, dual_safe=True)
        further = reduce_problem(light.problem, dual_safe=False, go_on=lambda: not self._stop.is_set())
        left = self._effort.after(self._begin)
        if left.seconds is not None:
            left = replace(left, seconds=left.seconds * TIME_FOR_PLAN)
        planned = self._run(RootedWork(further.problem, left))
        tree = further.restore(planned.result()[0].arcs)
        before = self._effort.clock() - self._begin
        # Only what is told of this one holds for the problem as it was given.
        work = self._final = RootedWork(light.problem, self._effort.after(self._begin), tree=tree)
        self._run(work)
        fixed = light.fixed_cost
        self.history = [(before + at, stage, b + fixed, c + fixed) for at, stage, b, c in work.history]
        self.cut_short = work.cut_short

    def _run(self, work: RootedWork) -> RootedWork:
        """Run one after the other here, so that a stop ends whichever runs."""
        work.reports = self.reports
        self._inner = work
        if self._stop.is_set():
            work.stop()
        work.work()
        if work.failure is not None:
            raise work.failure
        return work
