"""The work on a large undirected problem: reduced so that bounds can be lifted, and further for the tree."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from alcance.steiner.ascent import renewed
from alcance.steiner.certificate import make_certificate
from alcance.steiner.clusters import reascend_clusters
from alcance.steiner.duals import at_rest, start_duals, start_scratch
from alcance.steiner.job import SMALL_ARCS, SMALL_TERMINALS
from alcance.steiner.net import make_net
from alcance.steiner.paced import PacedWork
from alcance.steiner.pooled import TreeAnnealing, arcs_of, first_annealing, make_graph
from alcance.steiner.prune import direct_arcs
from alcance.steiner.reduce import Reduction, reduce_problem
from alcance.steiner.rooted import RootedWork, tree_arcs
from alcance.steiner.serving import serving_of
from alcance.steiner.solution import Tree
from alcance.steiner.warm import parents_of, replant

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from alcance.proof import Certificate
    from alcance.steiner.duals import Duals
    from alcance.steiner.effort import Effort
    from alcance.steiner.net import Net, Origin
    from alcance.steiner.pooled.graph import Graph
    from alcance.steiner.primal import Plan
    from alcance.steiner.problem import Problem

# Below this, reducing takes longer than it saves.
FEWEST_ARCS = 100_000
# Each tree guides the bound's next part, so it is handed over when the moves have come this far. The rest of the time
# is the last guided ascent's or, where the graph that is left is small, its exact finish's.
HANDOVERS = (0.05, 0.2, 0.5, 1.0)
SHARE_BEFORE_FINISH = 0.45
LAST_BOUND, MOST_LAST_BOUND_S = 0.05, 5.0
# With these the bound's part takes about as long as the moves beside it.
CLUSTERS_PER_MOVE = 1.0 / 1_500.0
MOST_CLUSTERS = 1_000_000_000


@dataclass(frozen=True)
class Ground:
    """A problem reduced so that bounds can be lifted, as a net; and further, for trees alone, as a graph."""

    light: Reduction
    net: Net
    origin: Origin
    further: Reduction
    graph: Graph

    @classmethod
    def of(cls, problem: Problem, go_on: Callable[[], bool]) -> Ground:
        """Reduce an undirected problem with a root."""
        light = reduce_problem(problem, dual_safe=True, go_on=go_on)
        further = reduce_problem(light.problem, dual_safe=False, go_on=go_on)
        graph = make_graph(further.problem)
        if graph is None:
            raise RuntimeError("reductions cannot make a graph directed")
        return cls(light, *make_net(light.problem), further, graph)

    def plan_of(self, annealing: TreeAnnealing) -> Plan:
        """The best tree of an annealing of the graph, as a plan of the net."""
        arcs = self.further.restore(arcs_of(self.graph, annealing.best))
        plan = replant(self.net, parents_of(self.net, self.origin, self.light.problem, arcs), direct_arcs(self.net))
        if plan is None:
            raise RuntimeError("a restored tree reaches every terminal")
        return plan


class ReducedWork(PacedWork):
    """The work of `solve` on an undirected problem with a root."""

    def __init__(self, problem: Problem, effort: Effort) -> None:
        super().__init__(effort)
        self._problem = problem
        self._effort = effort
        self._begin = effort.clock()
        self._ground: Ground | None = None
        self._plan: Plan | None = None
        self._duals: Duals | None = None
        self._bound = 0
        self._finish: RootedWork | None = None

    def stop(self) -> None:
        """Ask the work to end at the next slice, and what it runs inside."""
        super().stop()
        if self._finish is not None:
            self._finish.stop()

    def figures(self) -> tuple[int, int]:
        """Bound and cost so far; a cost of −1 before the first plan."""
        if self._ground is None or self._plan is None:
            return 0, -1
        bound, cost = self._bound, self._plan.cost
        if self._finish is not None:
            proven, paid = self._finish.figures()
            bound, cost = max(bound, proven), min(cost, paid) if paid >= 0 else cost
        fixed = self._ground.light.fixed_cost
        return bound + fixed, cost + fixed

    def result(self) -> tuple[Tree, Certificate]:
        """The best tree and the proof of the best bound, of the problem as it was given."""
        ground = self._ground
        if ground is None or self._plan is None or self._duals is None:
            raise RuntimeError("the work ended without a plan")
        arcs = tree_arcs(ground.origin, self._plan)
        certificate = make_certificate(ground.net, ground.origin, self._duals)
        if self._finish is not None and self._finish.figures()[1] >= 0:
            # Decisions on nodes that reductions have merged mean nothing in the original.
            tree, proof = self._finish.result(by_cases=False)
            arcs = tree.arcs if tree.cost < self._plan.cost else arcs
            certificate = max(certificate, proof, key=lambda one: one.bound)
        tree = Tree.of(self._problem, ground.light.restore(arcs), self._problem.fixed_root)
        return tree, ground.light.lift(certificate)

    def _paced(self) -> None:
        self.reports.append(("reducing", 0.0))
        ground = self._ground = Ground.of(self._problem, self._pace.go_on)
        annealing = first_annealing(ground.graph, self._effort.seed, self._pace.go_on)
        self._plan = ground.plan_of(annealing)
        self._duals = start_duals(ground.net)
        self._raise_bound(ground.net, self._plan, 0, 0, self._pace.go_on)
        self._note("first plan")
        small = ground.net.tail.size <= SMALL_ARCS and ground.net.terminals.size <= SMALL_TERMINALS
        before_bound = self._pace.share_before_last(LAST_BOUND, MOST_LAST_BOUND_S)
        self._improve(ground, annealing, SHARE_BEFORE_FINISH if small else before_bound)
        if self._is_open():
            self._raise_bound(ground.net, self._plan, 0, 0, self._pace.go_on)
            self._note("bound")
        if small and self._is_open():
            self._finish_exactly(ground.light.problem, tree_arcs(ground.origin, self._plan))

    def _is_open(self) -> bool:
        """Whether there is a gap, and leave to work on it."""
        bound, cost = self.figures()
        return cost > bound and self._effort.moves_per_terminal > 0 and self._pace.go_on()

    def _improve(self, ground: Ground, annealing: TreeAnnealing, share_of_time: float) -> None:
        """Improve tree and bound side by side; a tree that is handed over guides the bound from there on."""
        moves = self._effort.moves_per_terminal * ground.net.terminals.size
        past = 0.0
        with ThreadPoolExecutor(max_workers=1) as helper:
            for number, share in enumerate(HANDOVERS):
                if self._plan is None or not self._is_open():
                    return
                clusters = round(min((share - past) * moves * CLUSTERS_PER_MOVE, MOST_CLUSTERS))
                go_on = self._pace.go_on_until(share * share_of_time)
                better = helper.submit(self._raise_bound, ground.net, self._plan, clusters, number, go_on)
                self._anneal(annealing, (past, share), moves, share_of_time, go_on)
                better.result()
                plan = ground.plan_of(annealing)
                self._plan = min(self._plan, plan, key=lambda one: one.cost)
                self._note("moves")
                past = share

    def _anneal(
        self,
        annealing: TreeAnnealing,
        part: tuple[float, float],
        moves: float,
        share_of_time: float,
        go_on: Callable[[], bool],
    ) -> None:
        """Make the moves from one share of them all to another."""

        def share_done(done: float) -> float:
            reached = max(part[0] + done / moves, self._pace.share / share_of_time)
            self._report("moves", min(1.0, reached))
            return reached

        annealing.run((part[1] - part[0]) * moves, share_done, go_on)

    def _raise_bound(self, net: Net, plan: Plan, clusters: int, seed: int, go_on: Callable[[], bool]) -> None:
        """Ascend anew as a plan advises, and in the better duals let so many clusters ascend once more."""
        if self._duals is None:
            return
        scratch, serving = start_scratch(net), serving_of(net, plan.parent)

        def told(bound: int) -> bool:
            self._bound = bound
            return go_on() and bound < plan.cost

        duals = at_rest(renewed(net, self._duals, scratch, serving, go_on))
        self._bound = duals.bound
        self._duals = reascend_clusters(net, duals, scratch, serving, clusters=clusters, seed=seed, go_on=told)

    def _finish_exactly(self, problem: Problem, arcs: NDArray[np.int64]) -> None:
        """Finish what is small enough with all that small problems get."""
        work = RootedWork(problem, self._effort.after(self._begin), tree=arcs)
        work.reports = self.reports
        self._finish = work
        if self._stop.is_set():
            work.stop()
        work.work()
        if work.failure is not None:
            raise work.failure
        self.cut_short |= work.cut_short
        self._note("finish")
