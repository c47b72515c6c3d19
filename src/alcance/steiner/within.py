"""A tree that keeps limits on what its arcs carry, made cheaper within them.

The bound knows no limits, so it holds here too. Its tree, once brought within the limits by moving what is too much,
is far from the cheapest that keeps them: the moves search on from there, and no arc takes more than it may.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from alcance.errors import InputError
from alcance.errors import Problem as Trouble
from alcance.proof import check_tree
from alcance.steiner.ascent import ascend
from alcance.steiner.duals import start_duals, start_scratch
from alcance.steiner.effort import Effort
from alcance.steiner.moves import Annealing, Limits, Mix, make_guide
from alcance.steiner.net import make_net
from alcance.steiner.paced import PacedWork
from alcance.steiner.part import near_part
from alcance.steiner.primal import Plan
from alcance.steiner.prune import direct_arcs
from alcance.steiner.serving import serving_of
from alcance.steiner.solution import Tree
from alcance.steiner.warm import known_from, paid

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from alcance.steiner.duals import Duals
    from alcance.steiner.net import Net, Origin
    from alcance.steiner.problem import Problem
    from alcance.steiner.solution import Solution

STAGE = "moves within limits"
# Hotter, the start would be melted down; colder, what was moved in haste would stay where it is.
HOT = 0.1


def improve_within(
    problem: Problem,
    solution: Solution,
    arcs: NDArray[np.int64],
    most: NDArray[np.int64],
    *,
    moves_per_terminal: float,
    seconds: float | None = None,
    seed: int = 0,
    progress: Callable[[str, float], None] | None = None,
    watch: Callable[[int, int], None] | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Solution:
    """Make a tree cheaper whose arcs carry no more terminals than they may; they never will.

    Parameters
    ----------
    problem, solution
        A problem with a root, and a solution that minds no limits: what its proof says of each arc guides the search.
    arcs
        int64[]: the problem's arcs of a tree within the limits.
    most
        int64[m]: the most terminals that may hang at and below the head of each arc. Of parallel arcs a dearer one may
        carry more.
    moves_per_terminal, seconds, seed, progress, watch, clock
        As for `solve`.

    Returns
    -------
    Solution
        The given one's bound and proof, a tree that keeps the limits and costs no more than `arcs` do, and the history
        of this search alone.

    Raises
    ------
    InputError
        Where the effort has no limit; where the problem has no root, `most` is not one whole number for each arc, or
        `arcs` are no tree or not within the limits.
    """
    effort = Effort.checked("improve_within", moves_per_terminal, seconds, seed, clock)
    tree = _checked_tree(problem, solution, arcs, most)
    work = WithinLimits(problem, solution, tree, most, effort)
    cut_short = work.watched(progress, watch)
    return replace(
        solution,
        arcs=work.tree.arcs,
        skipped=work.tree.skipped,
        cost=work.tree.cost,
        history=tuple(work.history),
        interrupted=solution.interrupted or cut_short,
        stopped=solution.stopped or work.stopped,
    )


class WithinLimits(PacedWork):
    """The work of `improve_within`; `tree` is the best so far."""

    def __init__(
        self,
        problem: Problem,
        solution: Solution,
        tree: Tree,
        most: NDArray[np.int64],
        effort: Effort,
    ) -> None:
        super().__init__(effort)
        self.tree = tree
        self._problem = problem
        self._solution = solution
        self._most = most
        self._effort = effort
        self._running: tuple[int, Annealing] | None = None

    def figures(self) -> tuple[int, int]:
        """Bound and cost so far."""
        running = self._running  # another thread may put it away meanwhile
        cost = self.tree.cost if running is None else running[0] + running[1].best.cost
        return self._solution.lower_bound, cost

    def _paced(self) -> None:
        if self._effort.moves_per_terminal == 0 or not self._is_open():
            return
        self.reports.append((STAGE, 0.0))
        begun = self._begun()
        if begun is None:
            return
        annealing, arcs = begun
        before = annealing.best.cost
        # What the root's own node costs is not in the net.
        self._running = self.tree.cost - before, annealing
        moves = self._effort.moves_per_terminal * self._problem.terminals.size
        passed = self._pace.share

        def share_done(done: float) -> float:
            share = max(done / moves, (self._pace.share - passed) / max(1.0 - passed, 1e-9))
            self._report(STAGE, min(1.0, share))
            return share

        annealing.run(moves, share_done, lambda: self._pace.go_on() and self._is_open())
        best = annealing.best
        if best.cost < before:
            used = arcs[best.parent[best.parent >= 0]]
            self._keep(Tree.of(self._problem, used[used >= 0], self._problem.fixed_root))
        self._running = None
        self._note(STAGE)

    def _begun(self) -> tuple[Annealing, NDArray[np.int64]] | None:
        """The annealing on the near arcs, and the problem's arc for each of them (−1 for one added).

        None where nobody is to be served.
        """
        net, origin = make_net(self._problem, parallels=True)
        if net.terminals.size == 0:
            return None
        plan = _plan_of(net, origin, self._problem, self.tree.arcs)
        price = plan.cost / net.terminals.size
        most = np.full(net.tail.size, net.terminals.size, dtype=np.int32)
        given = origin.arc >= 0
        most[given] = np.minimum(self._most[origin.arc[given]], net.terminals.size)
        duals = self._duals(net, origin, plan)
        near = near_part(net, duals, (plan,), direct_arcs(net, most), price)
        duals, plan, most, arcs = near.duals(duals), near.inward(plan), most[near.arcs], origin.arc[near.arcs]
        net = near.net
        del near, origin, given  # the whole net takes much room
        annealing = Annealing(
            net,
            make_guide(net, duals),
            plan,
            direct_arcs(net, most),
            seed=self._effort.seed,
            mix=Mix(hot=HOT),
            price=price,
            limits=Limits.of_arcs(net, most),
        )
        return annealing, arcs.astype(np.int64)

    def _is_open(self) -> bool:
        bound, cost = self.figures()
        return cost > bound

    def _duals(self, net: Net, origin: Origin, plan: Plan) -> Duals:
        """What the solution's proof charges, or where it tells cases apart, an ascent of its own."""
        scratch = start_scratch(net)
        if self._solution.certificate.leaf_ptr.size == 2:
            return paid(net, scratch, known_from(net, origin, self._problem, self._solution))
        serving = serving_of(net, plan.parent)
        return ascend(net, start_duals(net), scratch, serving=serving, go_on=lambda _share: self._pace.go_on())

    def _keep(self, tree: Tree) -> None:
        """Take a tree if it keeps the limits.

        The net counts a prized terminal where its prize is paid or where it is served: one whose prize was paid, but
        which passes traffic on to others, is served all the same, and may be one too many.
        """
        if _over(self._problem, tree.arcs, self._most).size == 0:
            self.tree = tree


def _checked_tree(problem: Problem, solution: Solution, arcs: NDArray[np.int64], most: NDArray[np.int64]) -> Tree:
    """The tree that the arcs are; what is none within its limits is refused, with every fault seen at once."""
    faults = []
    if problem.root is None:
        faults.append(Trouble("improve_within", None, "problem", "", "must name a root"))
    whole = [isinstance(array, np.ndarray) and array.ndim == 1 and array.dtype.kind in "iu" for array in (arcs, most)]
    if not whole[0] or bool(((arcs < 0) | (arcs >= problem.arc_count)).any()):
        message = f"must be whole numbers from 0 to {problem.arc_count - 1} in a flat array"
        faults.append(Trouble("improve_within", None, "arcs", "", message))
    if not whole[1] or most.size != problem.arc_count:
        message = f"must be one whole number for each of the {problem.arc_count} arcs"
        faults.append(Trouble("improve_within", None, "most", "", message))
    certificate = solution.certificate
    if any(int(nodes.max(initial=-1)) >= problem.node_count for nodes in (certificate.nodes, certificate.payers)):
        faults.append(Trouble("improve_within", None, "solution", "", "must be one of this problem"))
    if faults:
        raise InputError(faults)
    tree = Tree.of(problem, arcs, problem.fixed_root)
    wrong = check_tree(tree.arcs, tree.skipped, tree.cost, tree.root, **problem.facts())
    if wrong:
        raise InputError([Trouble("improve_within", None, "arcs", "", "; ".join(wrong))])
    over = _over(problem, arcs, most)
    if over.size:
        message = f"carries more than its {most[over[0]]}; {over.size} arcs of the tree do so in all"
        raise InputError([Trouble("improve_within", None, f"arc {over[0]}", "", message)])
    return tree


def _over(problem: Problem, arcs: NDArray[np.int64], most: NDArray[np.int64]) -> NDArray[np.int64]:
    """Those arcs of a tree that carry more terminals than they may."""
    parent = np.full(problem.node_count, -1, dtype=np.int64)
    parent[problem.heads[arcs]] = arcs
    load = _loads(problem.tails, parent, problem.terminals)
    over: NDArray[np.int64] = arcs[load[problem.heads[arcs]] > most[arcs]]
    return over


@njit(cache=True, nogil=True)
def _loads(tails, parent, terminals):  # type: ignore[no-untyped-def]
    """How many terminals hang at and below each node of a tree."""
    load = np.zeros(parent.size, dtype=np.int64)
    for terminal in terminals:
        node = np.int64(terminal)
        while parent[node] >= 0:
            load[node] += 1
            node = np.int64(tails[parent[node]])
    return load


def _plan_of(net: Net, origin: Origin, problem: Problem, arcs: NDArray[np.int64]) -> Plan:
    """A tree as a plan of a net that keeps parallel arcs; a prized terminal that it leaves out hangs at its prize."""
    given = np.flatnonzero(origin.arc >= 0)
    place = np.full(problem.arc_count, -1, dtype=np.int64)
    place[origin.arc[given]] = given
    used = place[arcs]
    used = used[used >= 0]
    parent = np.full(net.terminal_at.size, -1, dtype=np.int32)
    parent[net.head[used]] = used
    inside = parent >= 0
    inside[net.root] = True
    # Of the two ways to a leaf the one from its own node comes first where that is in the tree.
    added = np.flatnonzero(origin.arc < 0)
    for from_root in (True, False):
        ways = added[(net.tail[added] == net.root[0]) == from_root]
        ways = ways[inside[net.tail[ways]]]
        parent[net.head[ways]] = ways
    return Plan(parent, int(net.cost[parent[parent >= 0]].sum()))
