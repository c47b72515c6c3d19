"""The work on a problem with a root: a job on its net, and the way back to the problem."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from alcance.proof import Certificate
from alcance.steiner.certificate import make_certificate
from alcance.steiner.job import Job
from alcance.steiner.net import make_net
from alcance.steiner.solution import Tree
from alcance.steiner.warm import Start, parents_of, start_from

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alcance.steiner.effort import Effort
    from alcance.steiner.net import Net, Origin
    from alcance.steiner.primal import Plan
    from alcance.steiner.problem import Problem
    from alcance.steiner.solution import Solution


class RootedWork(Job):
    """A job on a problem."""

    def __init__(
        self,
        problem: Problem,
        effort: Effort,
        before: tuple[Problem, Solution] | None = None,
        tree: NDArray[np.int64] | None = None,
    ) -> None:
        self._problem = problem
        net, self._origin = make_net(problem)
        super().__init__(net, effort, self._start_of(net, before, tree))

    def _start_of(
        self, net: Net, before: tuple[Problem, Solution] | None, tree: NDArray[np.int64] | None
    ) -> Start | None:
        if before is not None:
            return start_from(net, self._origin, *before)
        return None if tree is None else Start(None, parents_of(net, self._origin, self._problem, tree))

    def result(self, *, by_cases: bool = True) -> tuple[Tree, Certificate]:
        """The best tree and the proof of the best bound so far, in the problem's own numbering.

        Without `by_cases` the proof is a single one, and may prove less.
        """
        if self.plan is None or self.duals is None:
            raise RuntimeError("the work ended without a plan")
        root = self._problem.fixed_root
        opening = -int(self._problem.node_costs[root])
        certificate = make_certificate(self._net, self._origin, self.duals, opening)
        if by_cases and len(self.cases) > 1:
            certificate = Certificate.branched(
                [
                    (
                        make_certificate(case.net, self._origin, case.duals, opening),
                        [(int(self._origin.node[node]), inside) for node, inside in case.decisions],
                    )
                    for case in self.cases
                ]
            )
        return Tree.of(self._problem, tree_arcs(self._origin, self.plan), root), certificate


def tree_arcs(origin: Origin, plan: Plan) -> NDArray[np.int64]:
    """The problem's arcs of a plan on its net."""
    arcs = origin.arc[plan.parent[plan.parent >= 0]]
    return arcs[arcs >= 0].astype(np.int64)
