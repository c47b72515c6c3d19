"""One solving: the stages in order, on threads of their own, so that it can be watched and stopped at any time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from alcance.steiner.ascent import ascend, at_rest, start_duals, start_scratch
from alcance.steiner.moves import Annealing, Mix, make_guide
from alcance.steiner.primal import first_plan, plain_plan
from alcance.steiner.prune import direct_arcs
from alcance.steiner.reascent import reascend
from alcance.steiner.relax import Case, finish
from alcance.steiner.serving import serving_of
from alcance.steiner.warm import begin, replant
from alcance.steiner.work import Work

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from alcance.steiner.ascent import Duals, Scratch
    from alcance.steiner.moves import Guide
    from alcance.steiner.net import Net
    from alcance.steiner.primal import Plan
    from alcance.steiner.serving import Serving
    from alcance.steiner.warm import Start

# The plan guides the second ascent, so it is handed over when the annealing has come this far.
HANDOVERS = (0.05, 0.2, 0.5, 0.8, 1.0)
# With these the second ascent takes as long as the moves beside it.
BLOCKS_PER_MOVE = 0.02
MOST_BLOCKS = 1_000_000_000
# A plan that is nearly right already is not to be melted down.
HOT_AFTER_START = 0.02
NOTED_EVERY_S = 1.0
# Graphs up to this size are finished exactly.
SMALL_ARCS, SMALL_TERMINALS = 60_000, 600
MOST_MOVES_BEFORE_FINISH = 100_000
# With a time limit, this share of it is kept back for the certificate.
TIME_FOR_MOVES = 0.95


class Job(Work):
    """The work of `solve`; `duals` and `plan` always hold the best so far.

    Parameters
    ----------
    net
        The problem in the kernels' form.
    moves_per_terminal
        The effort.
    seconds
        A stop besides, or None.
    seed
        Of the random numbers.
    clock
        Seconds from any start.
    start
        Potentials and a plan to begin with, or None.
    """

    def __init__(
        self,
        net: Net,
        *,
        moves_per_terminal: float,
        seconds: float | None,
        seed: int,
        clock: Callable[[], float],
        start: Start | None = None,
    ) -> None:
        super().__init__()
        self.duals: Duals | None = None
        self.plan: Plan | None = None
        self.cases: tuple[Case, ...] = ()
        self._net = net
        self._start = start
        self._annealing: Annealing | None = None
        self._moves = moves_per_terminal * net.terminals.size
        self._seconds = seconds
        self._seed = seed
        self._clock = clock
        self._begin = clock()

    def _elapsed_share(self) -> float:
        if self._seconds is None:
            return 0.0
        return (self._clock() - self._begin) / max(self._seconds * TIME_FOR_MOVES, 1e-9)

    def _go_on(self) -> bool:
        if self._stop.is_set() or self._elapsed_share() >= 1.0:
            self.cut_short = True
            return False
        return True

    def _go_on_in(self, stage: str) -> Callable[[float], bool]:
        def report(share: float) -> bool:
            self.reports.append((stage, share))
            return self._go_on()

        return report

    def figures(self) -> tuple[int, int]:
        """Bound and cost so far; a cost of −1 before the first plan."""
        bound = self.duals.bound if self.duals is not None else 0
        cost = self.plan.cost if self.plan is not None else -1
        annealing = self._annealing  # another thread may put it away meanwhile
        if annealing is not None:
            cost = min(cost, annealing.best.cost)
        return bound, cost

    def _note(self, stage: str) -> None:
        self.history.append((self._clock() - self._begin, stage, *self.figures()))

    def _stages(self) -> None:
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
            self.duals = begin(net, scratch, self._start.known)
        self._note("bound")
        if self.plan is None:
            if self._go_on():
                self.plan = first_plan(net, self.duals, direct, go_on=self._go_on_in("first plan"))
            else:
                self.plan = plain_plan(net, direct)
        self._note("first plan")
        wanted = self._moves
        if self._is_small():  # the exact finish is the better use of time, until it has been tried
            self._moves = min(wanted, MOST_MOVES_BEFORE_FINISH)
        self._improve(direct, scratch)
        if self._is_small() and self._is_open():
            self._finish()
        if self._moves < wanted:
            self._moves = wanted
            self._improve(direct, scratch)

    def _is_open(self) -> bool:
        """Whether there is a gap, and leave to work on it."""
        bound, cost = self.figures()
        return cost > bound and not self.cases and self._net.terminals.size > 0 and self._go_on()

    def _improve(self, direct: NDArray[np.int32], scratch: Scratch) -> None:
        """Moves on the plan here, and beside them on another thread the bound, which each part's plan guides."""
        net = self._net
        if self.duals is None or self.plan is None or self._moves == 0 or not self._is_open():
            return
        guide = make_guide(net, self.duals)
        mix = Mix() if self._start is None else Mix(hot=HOT_AFTER_START)
        annealing = self._annealing = Annealing(net, guide, self.plan, direct, seed=self._seed, mix=mix)
        past = 0.0
        with ThreadPoolExecutor(max_workers=1) as helper:
            for number, share in enumerate(HANDOVERS):
                moves = (share - past) * self._moves
                blocks = round(min(moves * BLOCKS_PER_MOVE, MOST_BLOCKS))
                go_on = self._go_on_until(share)
                serving = serving_of(net, annealing.best.parent)
                better = helper.submit(self._raise_bound, scratch, guide, serving, blocks, self._seed + number, go_on)
                annealing.run(moves, self._share_done_from(past), go_on)
                self.plan = annealing.best
                better.result()
                past = share
                self._note("moves")
                if not self._go_on() or self.plan.cost == self.duals.bound:
                    break
        self._annealing = None  # with its guide: the proof needs the room

    def _raise_bound(
        self,
        scratch: Scratch,
        guide: Guide,
        serving: Serving,
        blocks: int,
        seed: int,
        go_on: Callable[[], bool],
    ) -> None:
        """Ascend anew as a plan advises, and hand charges round in whichever duals are better."""
        net = self._net
        if self.duals is not None:
            self.duals = at_rest(self.duals)
        fair = ascend(net, start_duals(net), scratch, serving=serving, go_on=lambda _share: go_on())
        if self.duals is None or fair.bound > self.duals.bound:
            self.duals = fair
        del fair
        self.duals = reascend(net, self.duals, scratch, guide, serving, blocks=blocks, seed=seed, go_on=go_on)

    def _is_small(self) -> bool:
        net = self._net
        return net.tail.size <= SMALL_ARCS and net.terminals.size <= SMALL_TERMINALS

    def _finish(self) -> None:
        """Solve the relaxation, and branch where it leaves a gap: on a small graph that ends with a proof."""
        if self.plan is None or self.duals is None:
            return
        self.reports.append(("proof", 0.0))
        found = finish(self._net, self.plan, self.duals, self._go_on)
        self.plan, self.duals, self.cases = found.plan, found.duals, found.cases
        self._note("proof")

    def _share_done_from(self, past: float) -> Callable[[float], float]:
        def share_done(moves: float) -> float:
            share = max(past + moves / self._moves, self._elapsed_share())
            if self._clock() - self._begin - self.history[-1][0] >= NOTED_EVERY_S:
                self._note("moves")
            self.reports.append(("moves", min(1.0, share)))
            return share

        return share_done

    def _go_on_until(self, share: float) -> Callable[[], bool]:
        """Go on while not stopped; with a time limit, to `share` of it at most."""
        return lambda: self._go_on() and self._elapsed_share() < share
