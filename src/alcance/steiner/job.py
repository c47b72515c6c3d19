"""One solving: the stages in order, on threads of their own, so that it can be watched and stopped at any time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alcance.steiner.ascent import ascend
from alcance.steiner.duals import at_rest, start_duals, start_scratch
from alcance.steiner.improvement import FEWEST_MOVES_BEFORE_WINDOWS, Improvement
from alcance.steiner.moves import Mix, takers_of
from alcance.steiner.paced import PacedWork
from alcance.steiner.primal import first_plan, plain_plan
from alcance.steiner.prune import direct_arcs
from alcance.steiner.reascent import reascend
from alcance.steiner.recombination import recombined
from alcance.steiner.relax import MOST_CASES, Case, ascend_narrow, best_within_reach, finish
from alcance.steiner.serving import serving_of
from alcance.steiner.slack import arcs_within
from alcance.steiner.warm import begin, replant

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from alcance.steiner.duals import Duals
    from alcance.steiner.effort import Effort
    from alcance.steiner.net import Net
    from alcance.steiner.primal import Plan
    from alcance.steiner.warm import Start

# A plan that is nearly right already is not to be melted down.
HOT_AFTER_START = 0.02
# Graphs up to this size are finished exactly.
SMALL_ARCS, SMALL_TERMINALS = 60_000, 600
MOST_MOVES_BEFORE_FINISH, MOST_MOVES_PER_TERMINAL = 100_000, 400
# The relaxation ends quickly where so few arcs are of use, or where there are no more than these in all.
FEW_ARCS, FEW_TO_WEIGH = 800, 16_000
# Charges are handed round in chunks of so many blocks, while each closes this share of the gap.
BLOCKS_IN_CHUNK, MOST_CHUNKS, WORTHWHILE = 2_500, 8, 0.02
# A gap so small is worth telling cases apart even where many arcs are of use.
LITTLE = 1e-3
# What whole numbers may leave open of a gap without being worth a search by cases.
ROUNDING = 1e-8


class Job(PacedWork):
    """The work of `solve`; `duals` and `plan` always hold the best so far.

    Parameters
    ----------
    net
        The problem in the kernels' form.
    effort
        How long to work.
    start
        Potentials and a plan to begin with, or None.
    """

    def __init__(
        self,
        net: Net,
        effort: Effort,
        start: Start | None = None,
    ) -> None:
        super().__init__(effort)
        self.duals: Duals | None = None
        self.plan: Plan | None = None
        self.cases: tuple[Case, ...] = ()
        self._net = net
        self._start = start
        self._improvement: Improvement | None = None
        self._moves = effort.moves_per_terminal * net.terminals.size
        self._seed = effort.seed

    def _go_on_in(self, stage: str) -> Callable[[float], bool]:
        def report(share: float) -> bool:
            self.reports.append((stage, share))
            return self._pace.go_on()

        return report

    def figures(self) -> tuple[int, int]:
        """Bound and cost so far; a cost of −1 before the first plan."""
        duals, cost = self.duals, self.plan.cost if self.plan is not None else -1
        improvement = self._improvement  # another thread may put it away meanwhile
        if improvement is not None:
            duals, cost = improvement.duals, improvement.cost
        return duals.bound if duals is not None else 0, cost

    def _paced(self) -> None:
        net = self._net
        direct = direct_arcs(net)
        self.duals = start_duals(net)
        scratch = start_scratch(net)
        if self._start is not None:
            self.plan = replant(net, self._start.parent, direct)
        if self._start is None or self._start.known is None:
            self.duals = at_rest(ascend(net, self.duals, scratch, go_on=self._go_on_in("bound")))
        else:
            self.reports.append(("bound", 0.0))
            self.duals = begin(net, scratch, self._start.known, self._pace.go_on)
        self._note("bound")
        if self.plan is None:
            if self._pace.go_on():
                self.plan = first_plan(net, self.duals, direct, go_on=self._go_on_in("first plan"))
            else:
                self.plan = plain_plan(net, direct)
        self._note("first plan")
        wanted = self._moves
        if self._is_small():  # the exact finish is the better use of time, until it has been tried
            self._moves = min(wanted, MOST_MOVES_BEFORE_FINISH, MOST_MOVES_PER_TERMINAL * net.terminals.size)
        self._improve(direct)
        if self._is_small() and self._is_open():
            self._close(direct)
        if self._moves < wanted:
            self._moves = wanted
            self._improve(direct)

    def _is_open(self) -> bool:
        """Whether there is a gap, and leave to work on it."""
        bound, cost = self.figures()
        return cost > bound and not self.cases and self._net.terminals.size > 0 and self._pace.go_on()

    def _improve(self, direct: NDArray[np.int32]) -> None:
        """Improve plan and bound side by side."""
        net = self._net
        if self.duals is None or self.plan is None or self._moves == 0 or not self._is_open():
            return
        enough = self._moves >= FEWEST_MOVES_BEFORE_WINDOWS * net.terminals.size
        self._improvement = Improvement(
            net,
            self.plan,
            self.duals,
            direct,
            moves=self._moves,
            mix=Mix() if self._start is None else Mix(hot=HOT_AFTER_START),
            windows=enough and not self._is_small(),
            seed=self._seed,
            pace=self._pace,
            report=self._report,
            note=self._note,
        )
        self.duals = None  # handed over: two would take much room
        self._improvement.run()
        self.plan, self.duals = self._improvement.plan, self._improvement.duals
        self._improvement = None

    def _is_small(self) -> bool:
        net = self._net
        return net.tail.size <= SMALL_ARCS and net.terminals.size <= SMALL_TERMINALS

    def _finish(self, most_cases: int) -> None:
        """Solve the relaxation, and tell cases apart where it leaves a gap: on a small graph that ends with a proof."""
        if self.plan is None or self.duals is None:
            return
        self.reports.append(("proof", 0.0))
        found = finish(self._net, self.plan, self.duals, self._pace.go_on, most_cases)
        self.plan, self.duals, self.cases = found.plan, found.duals, found.cases
        self._note("proof")

    def _close(self, direct: NDArray[np.int32]) -> None:
        """Look for the best plan, then for the duals that prove it: by the relaxation where that is quick."""
        if self.plan is None or self.duals is None:
            return
        net, go_on = self._net, self._pace.go_on
        self.duals = max(self.duals, ascend_narrow(net, start_scratch(net), go_on), key=lambda duals: duals.bound)
        self._note("bound")
        if self._moves > 0 and not self._is_nearly_closed():
            if self._useful_arcs() > FEW_ARCS:
                self.plan = recombined(net, self.plan, self.duals, direct, seed=self._seed, go_on=go_on)
                self._note("recombination")
            self.plan, _ = best_within_reach(net, self.plan, go_on)
            self._note("plan")
        if self._is_nearly_closed():
            return
        few = net.tail.size <= FEW_TO_WEIGH
        if few or self._useful_arcs() <= FEW_ARCS:
            self._finish(1)
        if self._moves > 0:
            self._hand_round()
        if self._is_open() and (few or self._gap() <= LITTLE):
            self._finish(MOST_CASES)

    def _useful_arcs(self) -> int:
        """How many arcs a better plan could have."""
        if self.plan is None or self.duals is None:
            return 0
        return int(arcs_within(self._net, self.duals.reduced, self.plan.cost - self.duals.bound).sum())

    def _gap(self) -> float:
        bound, cost = self.figures()
        return (cost - bound) / cost

    def _is_nearly_closed(self) -> bool:
        """Whether there is no gap but what rounding leaves, or no leave to go on."""
        return not self._is_open() or self._gap() <= ROUNDING

    def _hand_round(self) -> None:
        """Hand charges round as the plan advises, while that pays."""
        if self.plan is None or self.duals is None:
            return
        net, go_on = self._net, self._pace.go_on
        scratch, serving = start_scratch(net), serving_of(net, self.plan.parent)
        for chunk in range(MOST_CHUNKS):
            if self._is_nearly_closed():
                break
            before = self.duals.bound
            takers = takers_of(self.duals)
            self.duals = reascend(
                net, self.duals, scratch, takers, serving,
                blocks=BLOCKS_IN_CHUNK, seed=self._seed + chunk, enough=self.plan.cost, go_on=go_on,
            )  # fmt: skip
            self._note("bound")
            if self.duals.bound - before < WORTHWHILE * (self.plan.cost - before):
                break
