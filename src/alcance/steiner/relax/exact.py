"""An exact finish for small graphs: branch on whether a node is in the network, each case bounded by the relaxation."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from alcance.steiner.ascent import raise_terminal
from alcance.steiner.duals import start_duals, start_scratch, with_more_room
from alcance.steiner.moves import takers_of
from alcance.steiner.net import connect, reaches
from alcance.steiner.primal import Plan, first_plan, grow
from alcance.steiner.prune import direct_arcs
from alcance.steiner.reascent import reascend
from alcance.steiner.relax.cuts import WHOLE
from alcance.steiner.relax.tighten import fractional, tighten
from alcance.steiner.serving import no_serving, serving_of
from alcance.steiner.warm import Known, begin, known_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from alcance.steiner.duals import Duals
    from alcance.steiner.net import Net

MOST_CASES = 40
# Simplex iterations times rows, for all relaxations together: half a minute.
MOST_WORK = 1.5e8
# Of so few arcs all are weighed even where there is a node to branch on.
FEW_ARCS = 3_000
# Before the relaxation weighs all arcs, charges are handed round in so many blocks: often that is enough.
POLISHING = 400
# Of so many nodes that the relaxation has half in the network, the one to branch on is where both sides rise most once
# charges have been handed round in so many blocks; in fewer on few arcs, where the relaxation of a side is quick.
TRIALS, TRIAL_BLOCKS, FEW_TRIAL_BLOCKS = 4, 3_000, 300


class Case(NamedTuple):
    """One end of the branching: what was decided, and the duals that close it.

    Parameters
    ----------
    net
        The graph under the decisions; nodes are numbered as in the whole.
    duals
        Its potentials.
    decisions
        (node, whether it must be in the network or may not), outermost first.
    """

    net: Net
    duals: Duals
    decisions: tuple[tuple[int, bool], ...]


class Finish(NamedTuple):
    """What the branching found: the best plan, the best duals without decisions, and the cases in order.

    There are cases only where every one of them is closed.
    """

    plan: Plan
    duals: Duals
    cases: tuple[Case, ...]

    @property
    def is_closed(self) -> bool:
        """Whether the plan is proven to be the best."""
        return bool(self.cases) or self.duals.bound >= self.plan.cost


class _Side(NamedTuple):
    """A case before it is explored: what is decided, its graph, the arcs of the case above that it keeps, its duals."""

    node: int
    inside: bool
    net: Net
    kept: NDArray[np.bool_]
    duals: Duals


class _Branching:
    def __init__(self, net: Net, plan: Plan, duals: Duals, go_on: Callable[[], bool], most_cases: int) -> None:
        self.plan = plan
        self.top = duals
        self.closed: list[Case] = []
        self.seen = 0
        self._work_left = MOST_WORK
        self._net = net
        self._go_on = go_on
        self._most_cases = most_cases

    def explore(self, net: Net, arcs: NDArray[np.int64], duals: Duals, decisions: tuple[tuple[int, bool], ...]) -> bool:
        """Close a case, or its two halves; False where work had to end."""
        self.seen += 1
        direct = direct_arcs(net)
        self._try(net, arcs, np.where(duals.reduced == 0, net.cost, np.int64(-1)), direct)
        doubtful: list[int] = []
        if duals.bound < self.plan.cost and self._may_go_on():
            likely = fractional(net, duals, self.plan.cost, self._go_on, most_work=self._work_left)
            if likely is None:
                return False
            self._try_near(net, arcs, likely.share, direct)
            duals = self._polish(net, arcs, duals)
            relaxed = likely.relaxation
            doubtful = _doubtful_nodes(net, relaxed.share)
            if duals.bound < self.plan.cost and not (likely.solved and doubtful and net.tail.size > FEW_ARCS):
                duals = tighten(net, duals, start_scratch(net), likely, self.plan.cost, self._go_on)
                self._try_near(net, arcs, relaxed.share, direct)
                duals = self._polish(net, arcs, duals)
                doubtful = _doubtful_nodes(net, relaxed.share) or _doubtful_nodes(net, relaxed.undecided)
            self._work_left -= relaxed.work
        if not decisions:
            self.top = duals
        if duals.bound >= self.plan.cost:
            self.closed.append(Case(net, duals, decisions))
            return True
        if not doubtful or self.seen >= self._most_cases or not self._may_go_on():
            return False
        return all(
            self.explore(side.net, arcs[side.kept], side.duals, (*decisions, (side.node, side.inside)))
            for side in self._sides(net, duals, doubtful)
        )

    def _may_go_on(self) -> bool:
        return self.seen <= self._most_cases and self._work_left > 0 and self._go_on()

    def _polish(self, net: Net, arcs: NDArray[np.int64], duals: Duals) -> Duals:
        """Hand charges round once more where the best plan stands in this case."""
        if duals.bound >= self.plan.cost:
            return duals
        place = np.full(self._net.tail.size, -1, np.int32)
        place[arcs] = np.arange(arcs.size)
        used = self.plan.parent >= 0
        parent = np.full(self.plan.parent.size, -1, np.int32)
        parent[used] = place[self.plan.parent[used]]
        if bool((parent[used] < 0).any()):
            return duals
        return self._hand_round(net, duals, parent, POLISHING)

    def _hand_round(self, net: Net, duals: Duals, parent: NDArray[np.int32], blocks: int) -> Duals:
        return reascend(
            net, duals, start_scratch(net), takers_of(duals), serving_of(net, parent),
            blocks=blocks, seed=0, enough=self.plan.cost, go_on=self._go_on,
        )  # fmt: skip

    def _sides(self, net: Net, duals: Duals, doubtful: list[int]) -> tuple[_Side, _Side]:
        """Both decisions on that one of some nodes for which the lower of their bounds is the highest."""
        tried: list[tuple[int, tuple[_Side, _Side]]] = []
        for node in doubtful:
            sides = self._side(net, duals, node, inside=True), self._side(net, duals, node, inside=False)
            tried.append((min(self.plan.cost, *(side.duals.bound for side in sides)), sides))
            if tried[-1][0] == self.plan.cost:
                break
        return max(tried, key=lambda one: one[0])[1]

    def _side(self, net: Net, duals: Duals, node: int, *, inside: bool) -> _Side:
        """A case with one decision more, its duals begun with those of the case above."""
        kept = np.ones(net.tail.size, bool) if inside else (net.tail != node) & (net.head != node)
        terminals = np.sort(np.append(net.terminals, node)) if inside else net.terminals
        part = connect(
            net.terminal_at.size, int(net.root[0]), net.tail[kept], net.head[kept], net.cost[kept], terminals
        )
        known = known_of(duals, net.terminal_at[terminals].astype(np.int64))
        begun = _bound(part, known, self.plan.cost)
        if begun.bound < self.plan.cost:
            plan = first_plan(part, begun, direct_arcs(part), slope_rounds=0)
            blocks = FEW_TRIAL_BLOCKS if part.tail.size <= FEW_ARCS else TRIAL_BLOCKS
            begun = self._hand_round(part, begun, plan.parent, blocks)
        return _Side(node, inside, part, kept, begun)

    def _try_near(
        self, net: Net, arcs: NDArray[np.int64], share: NDArray[np.float64], direct: NDArray[np.int32]
    ) -> None:
        """Grow plans along a fractional one, closely and less so."""
        for held in (1.0, 0.7):
            weights = np.rint(net.cost * (1.0 - held * np.clip(share, 0.0, 1.0))).astype(np.int64)
            self._try(net, arcs, weights, direct)

    def _try(self, net: Net, arcs: NDArray[np.int64], weights: NDArray[np.int64], direct: NDArray[np.int32]) -> None:
        """Keep a plan grown by some weights, if it is the best."""
        plan = grow(net, weights, direct)
        if plan is None or plan.cost >= self.plan.cost:
            return
        parent = np.where(plan.parent >= 0, arcs[plan.parent], -1).astype(np.int32)
        self.plan = Plan(parent, plan.cost)


def finish(net: Net, plan: Plan, duals: Duals, go_on: Callable[[], bool], most_cases: int = MOST_CASES) -> Finish:
    """Find the best network of a small graph, and prove it by cases.

    Parameters
    ----------
    net, plan, duals
        The graph, a good network of it and a good bound; the duals stay as they are.
    go_on
        False stops.
    most_cases
        A stop besides.
    """
    branching = _Branching(net, plan, duals, go_on, most_cases)
    closed = branching.explore(net, np.arange(net.tail.size), duals.copy(), ())
    return Finish(branching.plan, branching.top, tuple(branching.closed) if closed else ())


def _bound(net: Net, known: Known, enough: int) -> Duals:
    """Duals from those of the case above; a terminal the root does not lead to is raised to `enough`."""
    scratch = start_scratch(net)
    lost = np.flatnonzero(~reaches(net)[net.terminals])
    if lost.size == 0:
        return begin(net, scratch, known)
    duals, marking = start_duals(net), False
    while raise_terminal(lost[0], enough, marking, no_serving(net), net, duals, scratch) < 0:
        duals = with_more_room(duals)
    return duals


def _doubtful_nodes(net: Net, share: NDArray[np.float64]) -> list[int]:
    """The nodes that are nearest to being half in the network, those first; none where each is in it or not."""
    inflow = np.bincount(net.head, weights=share, minlength=net.terminal_at.size)
    doubt = np.minimum(inflow, 1.0 - inflow)
    doubt[net.terminals] = 0.0
    order = np.argsort(-doubt, kind="stable")[:TRIALS]
    return [int(node) for node in order if doubt[node] > WHOLE]
