"""A tree that keeps limits on what its arcs carry, made cheaper within them.

The bound knows no limits, so it holds here too. Its tree, once brought within the limits by moving what is too much,
is far from the cheapest that keeps them: the moves search on from there, and no arc takes more than it may.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from alcance.errors import InputError
from alcance.errors import Problem as Trouble
from alcance.proof import check_tree
from alcance.steiner.ascent import start_scratch
from alcance.steiner.moves import Annealing, Limits, Mix, make_guide
from alcance.steiner.net import make_net
from alcance.steiner.pace import Pace
from alcance.steiner.part import near_part
from alcance.steiner.primal import Plan
from alcance.steiner.prune import direct_arcs
from alcance.steiner.rooted import Effort, tree_arcs
from alcance.steiner.solution import Tree
from alcance.steiner.warm import begin, known_from
from alcance.steiner.work import Work

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from alcance.steiner.net import Net, Origin
    from alcance.steiner.problem import Problem
    from alcance.steiner.solution import Solution

STAGE = "moves within limits"
# Hotter, the start would be melted down; colder, what was moved in haste would stay where it is.
HOT = 0.1
NOTED_EVERY_S = 1.0


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
        int64[]: the problem's arcs of a tree that reaches the same terminals and keeps the limits.
    most
        int64[m]: the most terminals that may hang at and below the head of each arc. Of parallel arcs a dearer one may
        carry more.
    moves_per_terminal, seconds, seed, progress, watch, clock
        As for `solve`.

    Returns
    -------
    Solution
        The given one's bound and proof, and a tree that keeps the limits and costs no more than `arcs` do.

    Raises
    ------
    InputError
        Where the effort has no limit, or `most` is not one number for each arc, or the tree does not keep them.
    """
    if not (moves_per_terminal >= 0 and (moves_per_terminal < float("inf") or seconds is not None)):
        message = "must be 0 or more, and finite where no seconds are given"
        raise InputError([Trouble("improve_within", None, "moves_per_terminal", str(moves_per_terminal), message)])
    if most.shape != (problem.arc_count,):
        message = f"must be one for each of the {problem.arc_count} arcs"
        raise InputError([Trouble("improve_within", None, "most", str(most.shape), message)])
    work = WithinLimits(problem, solution, arcs, most, Effort(moves_per_terminal, seconds, seed, clock))
    tree = work.tree
    faults = check_tree(tree.arcs, tree.skipped, tree.cost, tree.root, **problem.facts())
    if faults:
        raise InputError([Trouble("improve_within", None, "arcs", "", "; ".join(faults))])
    cut_short = work.watched(progress, watch)
    begun_s = solution.history[-1][0] if solution.history else 0.0
    history = tuple((begun_s + at, stage, bound, cost) for at, stage, bound, cost in work.history)
    return replace(
        solution,
        arcs=work.tree.arcs,
        skipped=work.tree.skipped,
        cost=work.tree.cost,
        history=(*solution.history, *history),
        interrupted=solution.interrupted or cut_short,
    )


class WithinLimits(Work):
    """The work of `improve_within`; `tree` is the best so far."""

    def __init__(
        self,
        problem: Problem,
        solution: Solution,
        arcs: NDArray[np.int64],
        most: NDArray[np.int64],
        effort: Effort,
    ) -> None:
        super().__init__()
        self.tree = Tree.of(problem, np.sort(arcs), problem.fixed_root)
        self._problem = problem
        self._solution = solution
        self._most = most
        self._effort = effort
        self._pace = Pace(effort.seconds, effort.clock, self._stop)
        self._annealing: Annealing | None = None
        self._before = 0
        self._noted_s = 0.0

    def figures(self) -> tuple[int, int]:
        """Bound and cost so far."""
        annealing = self._annealing  # another thread may put it away meanwhile
        saved = 0 if annealing is None else self._before - annealing.best.cost
        return self._solution.lower_bound, self.tree.cost - saved

    def _stages(self) -> None:
        problem, effort = self._problem, self._effort
        moves = effort.moves_per_terminal * problem.terminals.size
        if moves == 0:
            return
        self.reports.append((STAGE, 0.0))
        net, origin = make_net(problem, parallels=True)
        plan = _plan_of(net, origin, problem, self.tree.arcs)
        duals = begin(net, start_scratch(net), known_from(net, origin, problem, self._solution))
        price = plan.cost / net.terminals.size
        most = np.where(origin.arc >= 0, self._most[origin.arc], net.terminals.size)
        near = near_part(net, duals, (plan,), direct_arcs(net, most), price)
        most = most[near.arcs]
        annealing = Annealing(
            near.net,
            make_guide(near.net, near.duals(duals)),
            near.inward(plan),
            direct_arcs(near.net, most),
            seed=effort.seed,
            mix=Mix(hot=HOT),
            price=price,
            limits=Limits.of_arcs(near.net, most),
        )
        over = np.flatnonzero(annealing.over_limits())
        if over.size:
            arc = origin.arc[near.arcs[over[0]]]
            message = f"carries more than its {self._most[arc]}; {over.size} arcs of the tree do so in all"
            raise InputError([Trouble("improve_within", None, f"arcs, {arc}", "", message)])
        self._before, self._annealing = plan.cost, annealing

        def share_done(done: float) -> float:
            share = max(done / moves, self._pace.share)
            self._report(min(1.0, share))
            return share

        annealing.run(moves, share_done, self._pace.go_on)
        found = near.outward(annealing.best)
        if found.cost < plan.cost:
            self.tree = Tree.of(problem, tree_arcs(origin, found), problem.fixed_root)
        self._annealing = None
        self.cut_short = self._pace.cut_short
        self._note()

    def _report(self, share: float) -> None:
        if self._pace.elapsed_s - self._noted_s >= NOTED_EVERY_S:
            self._note()
        self.reports.append((STAGE, share))

    def _note(self) -> None:
        self._noted_s = self._pace.elapsed_s
        self.history.append((self._noted_s, STAGE, *self.figures()))


def _plan_of(net: Net, origin: Origin, problem: Problem, arcs: NDArray[np.int64]) -> Plan:
    """A tree as a plan of the net; a prized terminal that it leaves out hangs on the root at its prize."""
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
