"""Solve a problem: a bound by dual ascent, a plan by construction and local search, and the bound's certificate."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from alcance.errors import InputError
from alcance.errors import Problem as Trouble
from alcance.steiner.effort import Effort
from alcance.steiner.pooled import PooledWork, make_graph
from alcance.steiner.problem import Problem
from alcance.steiner.reduced import FEWEST_ARCS, ReducedWork
from alcance.steiner.rooted import RootedWork
from alcance.steiner.solution import Solution, Tree
from alcance.steiner.unrooted import UnrootedWork

DEFAULT_MOVES_PER_TERMINAL = 400.0
AnyWork = RootedWork | UnrootedWork | ReducedWork | PooledWork

if TYPE_CHECKING:
    from collections.abc import Callable


def solve(
    problem: Problem,
    *,
    moves_per_terminal: float = DEFAULT_MOVES_PER_TERMINAL,
    seconds: float | None = None,
    seed: int = 0,
    before: tuple[Problem, Solution] | None = None,
    progress: Callable[[str, float], None] | None = None,
    watch: Callable[[int, int], None] | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Solution:
    """Find a cheap tree and a proven lower bound, for problems with a root or without.

    The effort is counted in moves, so the result does not depend on the machine. `seconds` is a stop besides, after
    which (as after Ctrl-C) the best plan and bound so far are returned; the search cools down to be cold by then, so
    such a result may differ from run to run. With `seconds`, `moves_per_terminal` may be infinite: use all the time.

    Parameters
    ----------
    before
        An earlier problem on the same nodes and its solution: its potentials and tree are where the work begins, as far
        as they still hold. For prices, prizes or arcs that have changed a little. Not used without a root.
    progress
        Told the stage and the share of it that is done.
    watch
        Told bound and cost as they come; a cost of −1 before the first plan.

    Raises
    ------
    InputError
        Where the effort is negative, or without any limit, or the earlier problem has other nodes.
    """
    effort = Effort.checked("solve", moves_per_terminal, seconds, seed, clock)
    if before is not None and before[0].node_count != problem.node_count:
        message = f"the problem to begin from must have the same nodes, {problem.node_count}"
        raise InputError([Trouble("solve", None, "before", str(before[0].node_count), message)])
    job = _job(problem, effort, before)
    cut_short = job.watched(progress, watch)
    tree, certificate = job.result()
    return Solution(
        tree.arcs,
        tree.skipped,
        tree.cost,
        certificate.bound,
        certificate,
        tuple(job.history),
        cut_short,
        tree.root,
        job.stopped,
    )


def _job(problem: Problem, effort: Effort, before: tuple[Problem, Solution] | None) -> AnyWork:
    """Undirected problems begin with the pooled ascent, all others with a ball for each terminal."""
    if before is not None and problem.root is not None:
        return RootedWork(problem, effort, before)
    graph = make_graph(problem)
    if graph is None:
        return UnrootedWork(problem, effort) if problem.root is None else RootedWork(problem, effort)

    def further(left: Effort, tree: Tree) -> RootedWork | UnrootedWork | ReducedWork:
        if problem.root is None:
            return UnrootedWork(problem, left)
        if problem.arc_count >= FEWEST_ARCS and problem.is_symmetric:
            return ReducedWork(problem, left)
        return RootedWork(problem, left, tree=tree.arcs)

    return PooledWork(problem, graph, effort, further)
