"""Plan and bound improved side by side: moves and windows on the plan, and on another thread the bound it guides."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from alcance.steiner.ascent import renewed
from alcance.steiner.duals import at_rest, start_scratch
from alcance.steiner.moves import Annealing, make_guide, takers_of
from alcance.steiner.part import NEAR, near_part
from alcance.steiner.prune import direct_arcs
from alcance.steiner.reascent import reascend
from alcance.steiner.serving import serving_of
from alcance.steiner.windows import Windows

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Executor, Future

    import numpy as np
    from numpy.typing import NDArray

    from alcance.steiner.duals import Duals
    from alcance.steiner.moves import Mix
    from alcance.steiner.net import Net
    from alcance.steiner.pace import Pace
    from alcance.steiner.primal import Plan

# Each plan guides the bound's next part, so it is handed over when the moves have come this far.
HANDOVERS = (0.05, 0.2, 0.5, 1.0)
# With these the bound's part takes as long as the moves beside it.
BLOCKS_PER_MOVE = 0.007
BLOCKS_PER_WINDOWED = 7
MOST_BLOCKS = 1_000_000_000
# Windows begin where moves gain less, and have the rest of the time; the first pass is the most worth.
FEWEST_MOVES_BEFORE_WINDOWS = 200
SHARE_OF_MOVES = 0.6
WINDOW_TERMINALS = (50, 50, 80, 120, 180, 250, 250, 250)
# A pass over more terminals takes so long that moves are the better use of the time.
MOST_WINDOWED = 50_000


class Improvement:
    """A plan and its bound on their way down and up; `plan` and `duals` are the best so far.

    Parameters
    ----------
    net, plan, duals, direct
        What to improve.
    moves
        Effort of the annealing; infinite where time alone ends it.
    mix
        Of its moves.
    windows
        Whether windows follow: one pass, or as many as time allows.
    seed
        Of all chance.
    pace
        When to stop.
    report
        Told a stage and the share of all work that is done.
    note
        Told the name of a stage that is done.
    """

    def __init__(
        self,
        net: Net,
        plan: Plan,
        duals: Duals,
        direct: NDArray[np.int32],
        *,
        moves: float,
        mix: Mix,
        windows: bool,
        seed: int,
        pace: Pace,
        report: Callable[[str, float], None],
        note: Callable[[str], None],
    ) -> None:
        self.plan = plan
        self.duals = duals
        self._net = net
        self._direct = direct
        self._moves = moves
        self._mix = mix
        self._windows = windows and net.terminals.size <= MOST_WINDOWED
        self._share_of_moves = SHARE_OF_MOVES if self._windows else 1.0
        self._seed = seed
        self._pace = pace
        self._report = report
        self._note = note
        self._price = plan.cost / max(1, net.terminals.size)
        self._running: Annealing | Windows | None = None

    @property
    def cost(self) -> int:
        """Cost of the best plan so far, also while a part runs."""
        return self.plan.cost if self._running is None else min(self.plan.cost, self._running.best.cost)

    def run(self) -> None:
        """Do all of it, or as much as the pace allows."""
        past, now = 0.0, self.plan
        with ThreadPoolExecutor(max_workers=1) as helper:
            for number, share in enumerate(HANDOVERS):
                if self._is_open():
                    now = self._anneal(helper, now, past, share, self._seed + number)
                    past = share
                    self._note("moves")
            if self._windows and self._is_open():
                self._solve_windows(helper)
                self._note("windows")

    def _is_open(self) -> bool:
        return self.plan.cost > self.duals.bound and self._pace.go_on()

    def _anneal(self, helper: Executor, now: Plan, past: float, share: float, seed: int) -> Plan:
        """Anneal from `now` until that share of all moves is made; returns where that ends, the best is kept."""
        near = near_part(self._net, self.duals, (now, self.plan), self._direct, self._price)
        annealing = self._running = Annealing(
            near.net,
            make_guide(near.net, near.duals(self.duals)),
            near.inward(now),
            direct_arcs(near.net),
            seed=seed,
            mix=self._mix,
            price=self._price,
        )
        moves = (share - past) * self._moves
        go_on = self._pace.go_on_until(share * self._share_of_moves)
        better = self._start_on_bound(helper, moves * BLOCKS_PER_MOVE, seed, go_on)

        def share_done(done: float) -> float:
            reached = max(past + done / self._moves, self._pace.share / self._share_of_moves)
            self._report("moves", min(1.0, reached) * self._share_of_moves)
            return reached

        annealing.run(moves, share_done, go_on)
        self._keep(near.outward(annealing.best))
        better.result()
        return near.outward(annealing.now)

    def _solve_windows(self, helper: Executor) -> None:
        """Solve windows of the plan, small ones first."""
        near = near_part(self._net, self.duals, (self.plan,), self._direct, self._price)
        windows = self._running = Windows(
            near.net, near.inward(self.plan), near.duals(self.duals).copy(), reach=round(NEAR * self._price)
        )
        blocks = MOST_BLOCKS if self._pace.limited else BLOCKS_PER_WINDOWED * self._net.terminals.size
        better = self._start_on_bound(helper, blocks, self._seed, self._pace.go_on)
        passes = WINDOW_TERMINALS if self._pace.limited else WINDOW_TERMINALS[:1]

        def report(share: float) -> None:
            reached = self._share_of_moves + (1.0 - self._share_of_moves) * share
            self._report("windows", max(reached, self._pace.share))

        for number, terminals in enumerate(passes):
            windows.run(terminals, self._seed + number, report, self._pace.go_on)
        self._keep(near.outward(windows.best))
        better.result()

    def _start_on_bound(self, helper: Executor, blocks: float, seed: int, go_on: Callable[[], bool]) -> Future[None]:
        """On another thread: ascend anew as the plan advises, and hand charges round in whichever duals are better."""
        net = self._net
        takers, serving, enough = takers_of(self.duals), serving_of(net, self.plan.parent), self.plan.cost

        def raise_bound() -> None:
            scratch = start_scratch(net)
            self.duals = at_rest(self.duals)
            self.duals = renewed(net, self.duals, scratch, serving, go_on)
            most = round(min(blocks, MOST_BLOCKS))
            self.duals = reascend(
                net, self.duals, scratch, takers, serving, blocks=most, seed=seed, enough=enough, go_on=go_on
            )

        return helper.submit(raise_bound)

    def _keep(self, plan: Plan) -> None:
        self._running = None
        if plan.cost < self.plan.cost:
            self.plan = plan
