"""Make a problem smaller, with the way back for trees and bounds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from alcance.errors import InputError
from alcance.errors import Problem as Trouble
from alcance.steiner.problem import Problem
from alcance.steiner.reduce.bound import drop_beyond_bound
from alcance.steiner.reduce.contract import contract_short
from alcance.steiner.reduce.degree import reduce_degrees
from alcance.steiner.reduce.draft import ABSENT, EDGES, FIXED, PLAIN, ROOT, make_draft
from alcance.steiner.reduce.lift import lift
from alcance.steiner.reduce.path import drop_dominated
from alcance.steiner.reduce.restore import restore
from alcance.steiner.reduce.special import drop_special
from alcance.steiner.reduce.star import replace_stars

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from alcance.proof import Certificate
    from alcance.steiner.reduce.draft import Draft

MOST_PASSES = 12
# A pass that removes less than this share of what is left ends the work.
WORTH_A_PASS = 0.02
# Nodes a search may look at: more once the graph is small.
NODES_PER_SEARCH = 24
WORK_PER_PASS = 4_000_000
MOST_NODES_PER_SEARCH = 1200
# A star takes several searches: with a third of the nodes for each, a street graph took half the time, and 2 % more was
# left of it.
SHARE_FOR_STARS, FEWEST_FOR_STARS = 1.0 / 3.0, 8


@dataclass(frozen=True)
class Reduction:
    """A smaller problem with the same optimum but for a fixed cost.

    Parameters
    ----------
    problem
        The smaller problem.
    fixed_cost
        To be added to every objective and bound of `problem`.
    original
        The problem it came from.
    dual_safe
        Whether `lift` can be used.
    nodes
        int64[]: the original's node for each node of `problem`.
    """

    problem: Problem
    fixed_cost: int
    original: Problem
    dual_safe: bool
    nodes: NDArray[np.int64]
    _arcs: NDArray[np.int64]
    _draft: Draft
    _undirected: bool

    def restore(self, arcs: NDArray[np.int64]) -> NDArray[np.int64]:
        """Arcs of the original for the arcs of a tree in `problem`, ascending.

        Arc costs and prizes left out come to the tree's and the fixed cost together, or less: where two edges that
        replaced a star's are both used, their common arm is paid once.
        """
        return restore(self.original, self._draft, self._arcs[arcs], undirected=self._undirected)

    def lift(self, certificate: Certificate) -> Certificate:
        """The original's certificate for one of `problem`; its bound is greater by the fixed cost exactly.

        Raises
        ------
        InputError
            Where the reduction was not made `dual_safe`, or the certificate is a proof by cases.
        """
        if not self.dual_safe:
            message = "this reduction keeps optima only, so bounds cannot be lifted; make it with dual_safe=True"
            raise InputError([Trouble("reduction", None, "dual_safe", "False", message)])
        if certificate.leaf_ptr.size != 2:
            message = "a proof by cases decides on nodes that this reduction may have merged; give a single proof"
            raise InputError([Trouble("reduction", None, "certificate", f"{certificate.leaf_ptr.size - 1}", message)])
        return lift(self.original, self._draft, self.nodes, certificate)


def reduce_problem(
    problem: Problem,
    *,
    dual_safe: bool,
    upper_bound: int | None = None,
    go_on: Callable[[], bool] | None = None,
) -> Reduction:
    """Make a problem smaller by tests that keep an optimum, in near-linear passes until little changes.

    Parameters
    ----------
    dual_safe
        Use only tests after which every certificate can be lifted: degrees and dominated arcs. Otherwise, where the
        problem is undirected, also special distances, stars and contractions, and in every problem the bound.
    upper_bound
        The cost of a known solution of `problem`: arcs that no cheaper or equal solution uses are deleted by
        the reduced costs of a dual ascent. Not used where `dual_safe`.
    go_on
        Asked between passes; False ends the work early (what was done stays valid).

    Returns
    -------
    Reduction
        With `restore` for trees and, where `dual_safe`, `lift` for certificates.

    Sources: Duin and Volgenant (1989); Uchoa (2006); Polzin and Daneshmand (2001); Rehfeldt and Koch (2022).
    """
    draft, undirected = make_draft(problem)
    reduce_degrees(draft)
    for number in range(MOST_PASSES):
        before = _size(draft)
        if go_on is not None and not go_on():
            break
        if dual_safe or not undirected:
            drop_dominated(draft, _budget(draft), undirected)
        else:
            _full_pass(draft)
        reduce_degrees(draft)
        if not dual_safe and upper_bound is not None and number % 3 == 1:
            _drop_by_bound(draft, upper_bound, undirected=undirected)
            reduce_degrees(draft)
        if before - _size(draft) < WORTH_A_PASS * before:
            break
    if not dual_safe and upper_bound is not None and _drop_by_bound(draft, upper_bound, undirected=undirected):
        reduce_degrees(draft)
        if undirected:
            _full_pass(draft)
            reduce_degrees(draft)
    smaller, nodes, arcs = _extract(draft, undirected=undirected)
    return Reduction(smaller, int(draft.tally[FIXED]), problem, dual_safe, nodes, arcs, draft, undirected)


def _full_pass(draft: Draft) -> None:
    budget = _budget(draft)
    drop_special(draft, budget)
    reduce_degrees(draft)
    contract_short(draft, budget)
    reduce_degrees(draft)
    replace_stars(draft, max(FEWEST_FOR_STARS, round(budget * SHARE_FOR_STARS)))


def _size(draft: Draft) -> int:
    return int(draft.alive.sum()) + int(draft.degree.sum()) // 2


def _budget(draft: Draft) -> int:
    """Nodes per search, so that a pass over a large graph stays cheap."""
    return int(np.clip(WORK_PER_PASS // max(1, int(draft.alive.sum())), NODES_PER_SEARCH, MOST_NODES_PER_SEARCH))


def _extract(draft: Draft, *, undirected: bool) -> tuple[Problem, NDArray[np.int64], NDArray[np.int64]]:
    """The problem left, and the original's node and the draft's arc for each of its nodes and arcs.

    It is undirected where the draft is, so it has arcs into the root then, of which no tree makes use.
    """
    root = int(draft.tally[ROOT])
    nodes = np.flatnonzero(draft.alive).astype(np.int64)
    place = np.full(draft.alive.size, -1, np.int64)
    place[nodes] = np.arange(nodes.size)
    every = np.arange(2 * int(draft.tally[EDGES]))
    heads = draft.tail[every ^ 1]
    arcs = every[(draft.cost[every] < ABSENT) & (undirected | (heads != root))]
    order = np.lexsort((place[draft.tail[arcs]], place[draft.tail[arcs ^ 1]]))
    arcs = arcs[order]
    terminals = nodes[draft.prize[nodes] != PLAIN]
    problem = Problem.build(
        nodes.size,
        int(place[root]),
        place[draft.tail[arcs]],
        place[draft.tail[arcs ^ 1]],
        draft.cost[arcs],
        place[terminals],
        draft.prize[terminals],
        name="reduced problem",
    )
    return problem, nodes, arcs


def _drop_by_bound(draft: Draft, upper_bound: int, *, undirected: bool) -> int:
    problem, _, arcs = _extract(draft, undirected=undirected)
    if problem.terminals.size == 0:
        return 0
    return drop_beyond_bound(draft, problem, arcs, upper_bound - int(draft.tally[FIXED]), undirected=undirected)
