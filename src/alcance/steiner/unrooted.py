"""The work on a problem without a root: a tree anywhere, and a bound for trees everywhere.

Where a terminal is required, the tree may hang on it. Else a root outside shows
where a tree is worth its price, the tree becomes a problem rooted at its best node, and the bound is the least of the
cases "with that node" (rooted there) and "without it" (a root outside, at a price for opening), told apart as often
as it helps.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from alcance.proof import REQUIRED, Certificate
from alcance.steiner.kept import KeptWork
from alcance.steiner.outside import Outside, best_tree, hung_on, in_case, reopened, without
from alcance.steiner.primal import first_plan
from alcance.steiner.prune import direct_arcs
from alcance.steiner.rooted import RootedWork, tree_arcs
from alcance.steiner.solution import Tree

if TYPE_CHECKING:
    from alcance.steiner.effort import Effort
    from alcance.steiner.outside import Ascent
    from alcance.steiner.problem import Problem

# Cases told apart at most, and how often the tree may move to a better place.
MOST_CASES = 8
MOST_PLACES = 3
# Prices on opening: from the dearest prize by this factor while the bound rises, then by the root of it, and so on.
PRICE_FACTOR = 2.0
PRICE_STEPS = 5


class UnrootedWork(KeptWork):
    """The work of `solve` on a problem without a root; `tree` and `certificate` always hold the best so far."""

    def __init__(self, problem: Problem, effort: Effort) -> None:
        super().__init__(problem, effort)
        self._rooted: RootedWork | None = None

    def stop(self) -> None:
        """Ask the work to end at the next slice, and what it runs inside."""
        super().stop()
        if self._rooted is not None:
            self._rooted.stop()

    def _stages(self) -> None:
        problem = self._problem
        required = problem.terminals[problem.prizes == REQUIRED]
        if required.size:
            root = int(required[0])
            tree, certificate = self._work_at(root, problem)
            self.tree, self.certificate = tree, reopened(certificate, problem, root)
            return
        self.tree = Tree.of(problem, np.zeros(0, dtype=np.int64), None)
        self.certificate, seen = self._look_around(problem)
        self._keep(seen)
        self._note("bound")
        inside = self._settle()
        if inside is not None:
            self._tell_apart(*inside)
        self._note("cases")

    def _settle(self) -> tuple[int, Certificate] | None:
        """Work on the problem rooted at the best tree's best node, and again where a better tree lies elsewhere.

        Returns the node and the proof for all networks that hold it, or None where nothing is worth building.
        """
        held: tuple[int, Certificate] | None = None
        for _ in range(MOST_PLACES):
            if self.tree is None or self.tree.root is None or not self._go_on():
                break
            root = self._best_node(self.tree)
            tree, certificate = self._work_at(root, self._problem, self.tree)
            held = root, reopened(certificate, self._problem, root)
            pruned = Tree.of(self._problem, *best_tree(self._problem, tree.arcs))
            self._keep(tree)
            if pruned.cost < tree.cost:
                self._keep(pruned)
            if root in self.tree.nodes(self._problem):
                break
        return held

    def _tell_apart(self, root: int, inside: Certificate) -> None:
        """Prove what networks without the root cost at least, case by case while these are the weakest."""
        leaves = in_case(inside, self._problem, [(root, True)])
        outside: list[tuple[int, bool]] = [(root, False)]
        while self._go_on():
            rest = without(self._problem, [node for node, _ in outside])
            opened, seen = self._look_around(rest)
            last = in_case(opened, self._problem, outside)
            certificate = Certificate.branched([*leaves, *last])
            if self.certificate is None or certificate.bound > self.certificate.bound:
                self.certificate = certificate
            weakest = min(leaf.bound for leaf, _ in leaves)
            if last[0][0].bound >= weakest or seen.root is None or len(outside) >= MOST_CASES or not self._go_on():
                return
            self._keep(seen)
            node = self._best_node(seen)
            tree, proof = self._work_at(node, rest, seen)
            self._keep(tree)
            leaves += in_case(reopened(proof, rest, node), self._problem, [*outside, (node, True)])
            outside = [*outside, (node, False)]

    def _work_at(self, root: int, problem: Problem, known: Tree | None = None) -> tuple[Tree, Certificate]:
        """All the work that a problem with a root gets, beginning with a tree that holds that root, if one is known."""
        arcs = None if known is None else hung_on(problem, known.arcs, root)
        work = RootedWork(replace(problem, root=root), self._effort.after(self._begin), tree=arcs)
        work.reports = self.reports
        self._rooted = work
        if self._stop.is_set():
            work.stop()
        before = self._effort.clock() - self._begin
        work.work()
        if work.failure is not None:
            raise work.failure
        self.cut_short |= work.cut_short
        self.history += [(before + at, stage, bound, cost) for at, stage, bound, cost in work.history]
        return work.result()

    def _look_around(self, problem: Problem) -> tuple[Certificate, Tree]:
        """The best bound over a few prices on opening, and the best tree seen on the way."""
        around = Outside.of(problem)
        tree = Tree.of(problem, np.zeros(0, dtype=np.int64), None)
        price = max(1, int(problem.prizes.max(initial=1)) + int(problem.node_costs.max(initial=0)))
        best = around.ascend(price, self._go_on_in("bound"))
        tree = self._better(tree, self._tree_of(problem, around, best))
        factor, steps = PRICE_FACTOR, 0
        while steps < PRICE_STEPS and self._go_on():
            steps += 1
            sides = [price * factor, price / factor]
            for tried in (max(1, round(side)) for side in sides):
                ascent = around.ascend(tried, self._go_on_in("bound"))
                tree = self._better(tree, self._tree_of(problem, around, ascent))
                if ascent.bound > best.bound:
                    best, price = ascent, tried
                    break
            else:
                factor = factor**0.5
        if tree.root is None and self._go_on():  # where nothing is worth building, opening needs no price
            best = max(best, around.ascend(0, self._go_on_in("bound")), key=lambda ascent: ascent.bound)
        return around.prove(best), tree

    def _tree_of(self, problem: Problem, around: Outside, ascent: Ascent) -> Tree:
        """The best single tree in a first plan from the root outside."""
        plan = first_plan(ascent.net, ascent.duals, direct_arcs(ascent.net), slope_rounds=0)
        return Tree.of(problem, *best_tree(problem, tree_arcs(around.origin, plan)))

    def _best_node(self, tree: Tree) -> int:
        """The node of a tree that is worth most by itself: networks without it are the dearest."""
        worth = -self._problem.node_costs
        worth[self._problem.terminals] += self._problem.prizes
        nodes = tree.nodes(self._problem)
        return int(nodes[np.argmax(worth[nodes])])

    def _keep(self, tree: Tree) -> None:
        """Take a tree found on the problem, or a part of it, where it is better; its cost is counted anew."""
        if self.tree is not None:
            self.tree = self._better(self.tree, Tree.of(self._problem, tree.arcs, tree.root))

    @staticmethod
    def _better(one: Tree, other: Tree) -> Tree:
        return other if other.cost < one.cost else one
