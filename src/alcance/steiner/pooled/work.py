"""The work on an undirected problem: a pooled ascent and trees made of it, and then what else there is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from alcance.proof import REQUIRED, Certificate
from alcance.steiner.kept import KeptWork
from alcance.steiner.outside import best_tree, reopened
from alcance.steiner.pooled.annealing import TreeAnnealing
from alcance.steiner.pooled.ascent import GROWTH, pooled_ascent
from alcance.steiner.pooled.certificate import certify
from alcance.steiner.pooled.exchange import improve
from alcance.steiner.pooled.graph import make_graph
from alcance.steiner.pooled.tree import arcs_of, best_of
from alcance.steiner.solution import Tree

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from alcance.steiner.effort import Effort
    from alcance.steiner.pooled.graph import Graph
    from alcance.steiner.pooled.pools import Pools
    from alcance.steiner.problem import Problem
    from alcance.steiner.reduced import ReducedWork
    from alcance.steiner.rooted import RootedWork
    from alcance.steiner.unrooted import UnrootedWork

    Further = Callable[[Effort, Tree], RootedWork | UnrootedWork | ReducedWork]

# Without a root: prices on opening, from the dearest prize by this factor while the bound rises, then by its root.
PRICE_FACTOR = 4.0
PRICE_STEPS = 4
# At the best price the levels are tried closer together, too: on two grids that took a third and a sixth off what the
# bound was short of; closer still it proved less.
FINER = 1.1
# Beyond this a ball for each terminal takes more memory than it gains.
MOST_ARCS_FURTHER = 1_500_000
# Without a root: moves a terminal, in so much of the time; then cases are told apart.
MOST_MOVES, TIME_FOR_MOVES = 100.0, 0.8


class PooledWork(KeptWork):
    """The work of `solve` on an undirected problem; `tree` and `certificate` hold the best so far.

    Parameters
    ----------
    graph
        Of the problem.
    further
        Makes the work that begins where this ends, with the effort that is left and the tree so far.
    """

    def __init__(self, problem: Problem, graph: Graph, effort: Effort, further: Further) -> None:
        super().__init__(problem, effort)
        self._graph = graph
        self._further = further
        self._found: tuple[Graph, int, NDArray[np.int32]] | None = None
        self._inner: RootedWork | UnrootedWork | ReducedWork | None = None

    def stop(self) -> None:
        """Ask the work to end at the next slice, and what it runs inside."""
        super().stop()
        if self._inner is not None:
            self._inner.stop()

    def figures(self) -> tuple[int, int]:
        """Bound and cost so far, of this or of what runs inside."""
        bound, cost = super().figures()
        if self._inner is not None:
            inner_bound, inner_cost = self._inner.figures()
            bound = max(bound, inner_bound)
            cost = min(cost, inner_cost) if inner_cost >= 0 else cost
        return bound, cost

    def _stages(self) -> None:
        self.reports.append(("bound", 0.0))
        required = self._problem.terminals[self._problem.prizes == REQUIRED]
        if self._problem.root is not None:
            self._at(self._problem.root)
        elif required.size:
            self._at(int(required[0]))
        else:
            self._anywhere()
        self._note("pooled")
        if self._is_open():
            self._improve()
        if self._is_open() and self._problem.arc_count <= MOST_ARCS_FURTHER:
            self._go_further()

    def _is_open(self) -> bool:
        """Whether there is a gap, and leave to work on it."""
        bound, cost = self.figures()
        return cost > bound and self._effort.moves_per_terminal > 0 and self._go_on()

    def _at(self, root: int) -> None:
        """Bound and tree for a root that is known to be in the network."""
        graph = self._graph
        problem = self._problem
        if problem.root is None:
            problem = replace(problem, root=root)
            rooted_graph = make_graph(problem)
            if rooted_graph is None:
                raise RuntimeError("a root cannot make a graph directed")
            graph = rooted_graph
        pools = pooled_ascent(graph, go_on=lambda _share: self._go_on())
        certificate = certify(graph, pools)
        self.certificate = certificate if self._problem.root is not None else reopened(certificate, problem, root)
        parent = best_of(graph, pools.rooted, int(graph.root[0]))
        if parent is None:
            raise RuntimeError("a validated problem has a tree")
        self.tree = Tree.of(problem, arcs_of(graph, parent), root)
        self._found = graph, int(graph.root[0]), parent

    def _anywhere(self) -> None:
        """Bound and tree where the network may lie anywhere: the best of a few prices on opening a node."""
        self.tree = Tree.of(self._problem, np.zeros(0, dtype=np.int64), None)
        price = max(1, int(self._problem.prizes.max(initial=1)))
        best = self._opened(price)
        factor = PRICE_FACTOR
        for _ in range(PRICE_STEPS):
            for tried in (max(1, round(price * factor)), max(1, round(price / factor))):
                pools = self._opened(tried)
                if pools.bound - tried > best.bound - price:
                    best, price = pools, tried
                    break
            else:
                factor = factor**0.5
            if not self._go_on():
                break
        if self._effort.moves_per_terminal > 0 and self._go_on():
            best = max(best, self._opened(price, FINER), key=lambda pools: pools.bound)
        if self.tree.root is None:
            free = self._opened(0)
            if free.bound > best.bound - price:
                best, price = free, 0
        if best.bound >= price:
            self.certificate = certify(self._graph, best, price)
        else:
            self.certificate = Certificate.empty()

    def _opened(self, price: int, growth: float = GROWTH) -> Pools:
        """An ascent at a price on opening, its levels so far apart; keeps the tree it shows where that is better."""
        graph = self._graph
        pools = pooled_ascent(graph, price=price, growth=growth, go_on=lambda _share: self._go_on())
        shown = np.where(pools.rooted[graph.terminals] > 0, graph.budget, -1)
        if shown.size and int(shown.max()) > 0:
            start = int(graph.terminals[np.argmax(shown)])
            parent = best_of(graph, pools.rooted, start)
            if parent is not None and self._keep(self._best_part(graph, parent)):
                self._found = graph, start, parent
        return pools

    def _best_part(self, graph: Graph, parent: NDArray[np.int32]) -> Tree:
        return Tree.of(self._problem, *best_tree(self._problem, arcs_of(graph, parent)))

    def _improve(self) -> None:
        """Local search on the tree that was found."""
        if self._found is None or self.tree is None:
            return
        graph, start, parent = self._found
        parent = improve(graph, start, parent, self._go_on_in("exchange"))
        self._keep_part(graph, parent)
        self._note("exchange")
        # With a root, a further reduced graph is a better place for it.
        if self._problem.root is None and self._is_open():
            annealing = TreeAnnealing(graph, start, parent, seed=self._effort.seed)
            moves = min(self._effort.moves_per_terminal, MOST_MOVES) * graph.terminals.size
            annealing.run(moves, lambda done: max(done / moves, self._passed()), lambda: self._passed() < 1.0)
            self._keep_part(graph, annealing.best)
            self._note("moves")

    def _passed(self) -> float:
        """The share of the annealing's time that has passed; 1 where there is no leave to go on."""
        if not self._go_on():
            return 1.0
        seconds = self._effort.seconds
        return 0.0 if seconds is None else (self._effort.clock() - self._begin) / (TIME_FOR_MOVES * seconds)

    def _keep_part(self, graph: Graph, parent: NDArray[np.int32]) -> None:
        """Take what a tree is worth, where it is better."""
        if self._problem.root is None and bool((self._problem.prizes != REQUIRED).all()):
            self._keep(self._best_part(graph, parent))
        elif self.tree is not None:
            self._keep(Tree.of(self._problem, arcs_of(graph, parent), self.tree.root))

    def _go_further(self) -> None:
        """Run the other kinds of work, and take of them what is better."""
        if self.tree is None or self.certificate is None:
            return
        before = self._effort.clock() - self._begin
        inner = self._inner = self._further(self._effort.after(self._begin), self.tree)
        inner.reports = self.reports
        if self._stop.is_set():
            inner.stop()
        inner.work()
        if inner.failure is not None:
            raise inner.failure
        self.cut_short |= inner.cut_short
        bound, cost = self.certificate.bound, self.tree.cost
        tree, certificate = inner.result()
        self.history += [
            (before + at, stage, max(bound, found), min(cost, paid) if paid >= 0 else cost)
            for at, stage, found, paid in inner.history
        ]
        self._keep(tree)
        if certificate.bound > bound:
            self.certificate = certificate
        self._inner = None

    def _keep(self, tree: Tree) -> bool:
        """Take a tree where it is better; returns whether it was."""
        better = self.tree is None or tree.cost < self.tree.cost
        if better:
            self.tree = tree
        return better
