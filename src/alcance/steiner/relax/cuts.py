"""The relaxation itself on a small graph: least fractional cost of crossing every cut, by HiGHS and violated cuts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit

from alcance.steiner.duals import FAR
from alcance.steiner.relax.flow import CutList, make_flow_room, violated_cuts
from alcance.steiner.slack import arc_slack

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from alcance.steiner.net import Net

# A share this near to 0 or 1 is taken for it.
WHOLE = 1e-6
# HiGHS works to 1e-7 absolutely: the dearest arc is this dear to it.
LP_DEAREST = 1000.0
# The value rises in steps: so many rounds without a rise worth the name, and the rest is not worth the time.
NO_RISE = 1e-6
PATIENCE = 15
# Beyond so many rounds or rows each round costs more than it gives (fewer rounds once all arcs are weighed).
MOST_ROUNDS, MOST_PRICED_ROUNDS, MOST_NEW_ROWS = 100, 40, 1_500
# Beyond so many rows, those that are crossed by more than one and this are dropped, once they are this share of all.
FEW_ROWS, SLACK, SLACK_SHARE = 600, 1e-3, 0.25
# Arcs that no better network uses are dropped once they are this share of all.
DEAR_SHARE = 0.1
# An arc left out is taken in where the dual solution charges it more than it costs, by more than this share.
OVERCHARGED = 1e-9


class CutRelaxation:
    """min Σ cost·x over x ≥ 0 where every cut is crossed at least once; cuts and arcs are added as they are found.

    Parameters
    ----------
    net
        The graph; each terminal is required.
    active
        int64[]: arcs to begin with; the others are taken in when the dual solution asks for them.
    cuts
        Cuts to begin with, e.g. the balls of a dual ascent; the active arcs must cross each of them.
    most_work
        Simplex iterations times rows at most, over all rounds.

    `share` is the last solution by arc, `undecided` the last that was not whole.
    """

    def __init__(self, net: Net, active: NDArray[np.int64], cuts: CutList, *, most_work: float = np.inf) -> None:
        import highspy

        self._net = net
        self._scale = LP_DEAREST / max(1.0, float(net.cost.max(initial=1)))
        self._lp = highspy.Highs()  # type: ignore[no-untyped-call]
        for option, value in (("output_flag", False), ("threads", 1), ("solver", "simplex"), ("presolve", "off")):
            self._lp.setOptionValue(option, value)
        self._endless = highspy.kHighsInf
        self._basic = highspy.HighsBasisStatus.kBasic
        self._room = make_flow_room(net)
        self._column = np.full(net.tail.size, -1, np.int64)
        self._columns = np.zeros(0, np.int64)
        self._rows: list[tuple[NDArray[Any], NDArray[Any]]] = []
        self.cuts: list[CutList] = []
        self.share = np.zeros(net.tail.size)
        self.undecided = np.zeros(net.tail.size)
        self._paid = np.zeros(0)
        self.value = 0.0
        self.work = 0.0
        self._most_work = most_work
        self._take_in(active)
        self._add(cuts)

    def solve(self, go_on: Callable[[], bool], *, enough: float = np.inf, price: bool = True) -> bool:
        """Solve until no cut is violated and no arc overcharged (True), or the value is `enough`, or work ends.

        Without `price` the active arcs are all there are.
        """
        stale = number = 0
        rounds = MOST_PRICED_ROUNDS if price else MOST_ROUNDS
        most_rows = self._lp.getNumRow() + MOST_NEW_ROWS
        while number < rounds and self._lp.getNumRow() < most_rows and self.work < self._most_work and go_on():
            self._lp.run()
            self.work += float(self._lp.getInfo().simplex_iteration_count) * self._lp.getNumRow()
            value = self._lp.getInfo().objective_function_value / self._scale
            stale = stale + 1 if value - self.value <= NO_RISE * abs(value) else 0
            self.value = value
            answer = self._lp.getSolution()
            self.share[:] = 0.0
            self.share[self._columns] = answer.col_value
            if bool(((self.share > WHOLE) & (self.share < 1.0 - WHOLE)).any()):
                self.undecided[:] = self.share
            self._paid = np.maximum(np.array(answer.row_dual), 0.0) / self._scale
            found = violated_cuts(self._net, self.share, self._room, number)
            number += 1
            self._tidy(np.array(answer.row_value), enough if not price else np.inf)
            if found.terminal.size and stale < PATIENCE and value < enough:
                self._add(found)
                continue
            missing = self._overcharged() if price else np.zeros(0, np.int64)
            if missing.size == 0:
                return found.terminal.size == 0
            self._take_in(missing)
            stale = 0
        return False

    def weights(self) -> NDArray[np.float64]:
        """What each known cut pays in the last dual solution, in the unit of the costs."""
        return self._paid

    def _tidy(self, crossed: NDArray[np.float64], upper: float) -> None:
        """Forget cuts that bind nothing and arcs that only networks dearer than `upper` use, where they are many.

        `crossed` is how much of the last solution crosses each cut.
        """
        slack = crossed > 1.0 + SLACK if crossed.size > FEW_ROWS else np.zeros(crossed.size, dtype=bool)
        dear = self._dear(upper) if upper < np.inf else np.zeros(self._columns.size, dtype=bool)
        if slack.sum() <= SLACK_SHARE * slack.size and dear.sum() <= DEAR_SHARE * dear.size:
            return
        # Only a row that is basic and a column that is not can go without spoiling the basis.
        basis = self._lp.getBasis()
        slack &= np.array([status == self._basic for status in basis.row_status])
        dear &= np.array([status != self._basic for status in basis.col_status])
        if slack.sum() > SLACK_SHARE * slack.size:
            self._drop_rows(slack)
        if dear.sum() > DEAR_SHARE * dear.size:
            self._drop_columns(dear)

    def _dear(self, upper: float) -> NDArray[np.bool_]:
        """Of the active arcs those that are in no network below `upper`, as far as the active arcs go."""
        left = self._net.cost[self._columns] - self._charged()[self._columns]
        reduced = np.full(self._net.tail.size, FAR >> np.int64(2))
        reduced[self._columns] = np.maximum(np.floor(left), 0.0).astype(np.int64)
        dear: NDArray[np.bool_] = arc_slack(self._net, reduced)[self._columns] > upper - self.value + 1.0
        return dear

    def _drop_rows(self, gone: NDArray[np.bool_]) -> None:
        rows = np.flatnonzero(gone).astype(np.int32)
        self._lp.deleteRows(rows.size, rows)
        self._paid = self._paid[~gone]
        above = 0
        for place, (cuts, (starts, arcs)) in enumerate(zip(self.cuts, self._rows, strict=True)):
            kept = np.flatnonzero(~gone[above : above + cuts.terminal.size])
            above += cuts.terminal.size
            ptr, nodes = _some_lists(cuts.ptr, cuts.nodes, kept)
            self.cuts[place] = CutList(cuts.terminal[kept], ptr, nodes)
            self._rows[place] = _some_lists(starts, arcs, kept)

    def _drop_columns(self, gone: NDArray[np.bool_]) -> None:
        columns = np.flatnonzero(gone).astype(np.int32)
        self._lp.deleteCols(columns.size, columns)
        self._column[self._columns] = -1
        self._columns = self._columns[~gone]
        self._column[self._columns] = np.arange(self._columns.size)

    def _charged(self) -> NDArray[np.float64]:
        """What the dual solution charges for each arc."""
        charged = np.zeros(self._net.tail.size)
        pays = np.repeat(self.weights(), np.concatenate([np.diff(starts) for starts, _ in self._rows]))
        np.add.at(charged, np.concatenate([arcs for _, arcs in self._rows]), pays)
        return charged

    def _overcharged(self) -> NDArray[np.int64]:
        over = self._charged() - self._net.cost > OVERCHARGED * float(self._net.cost.max(initial=1))
        return np.flatnonzero(over & (self._column < 0))

    def _take_in(self, arcs: NDArray[np.int64]) -> None:
        """Add columns, with their entries in the rows that stand."""
        self._column[arcs] = self._columns.size + np.arange(arcs.size)
        self._columns = np.concatenate([self._columns, arcs])
        rows, places, above = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)], 0
        new = np.full(self._net.tail.size, -1, np.int64)
        new[arcs] = np.arange(arcs.size)
        for starts, crossed in self._rows:
            own = np.flatnonzero(new[crossed] >= 0)
            rows.append(above + np.searchsorted(starts, own, side="right") - 1)
            places.append(new[crossed[own]])
            above += starts.size - 1
        row, place = np.concatenate(rows), np.concatenate(places)
        order = np.lexsort((row, place))
        starts = np.searchsorted(place[order], np.arange(arcs.size)).astype(np.int32)
        prices = (self._net.cost[arcs] * self._scale).astype(np.float64)
        self._lp.addCols(
            arcs.size, prices, np.zeros(arcs.size), np.full(arcs.size, self._endless),
            order.size, starts, row[order].astype(np.int32), np.ones(order.size),
        )  # fmt: skip

    def _add(self, cuts: CutList) -> None:
        if cuts.terminal.size == 0:
            return
        self.cuts.append(cuts)
        starts, arcs = cut_arcs(self._net, cuts)
        self._rows.append((starts, arcs))
        column = self._column[arcs]
        known = np.flatnonzero(column >= 0)
        rows = cuts.terminal.size
        self._paid = np.concatenate([self._paid, np.zeros(rows)])
        self._lp.addRows(
            rows, np.ones(rows), np.full(rows, self._endless), known.size,
            np.searchsorted(known, starts[:-1]).astype(np.int32), column[known].astype(np.int32), np.ones(known.size),
        )  # fmt: skip


def _some_lists(
    ptr: NDArray[np.int64], entries: NDArray[Any], kept: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[Any]]:
    """Some of the lists that `ptr` tells apart."""
    lengths = np.diff(ptr)[kept]
    begins = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])
    at = np.arange(int(begins[-1])) + np.repeat(ptr[kept] - begins[:-1], lengths)
    return begins, entries[at]


def cut_arcs(net: Net, cuts: CutList) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """The arcs that enter each set: where each set's begin (one more than sets), and the arcs."""
    starts = np.zeros(cuts.terminal.size + 1, np.int64)
    arcs = np.zeros(int((net.in_ptr[cuts.nodes + 1] - net.in_ptr[cuts.nodes]).sum()), np.int32)
    filled = _cut_arcs(net, cuts, starts, arcs, np.full(net.terminal_at.size, -1, np.int64))
    return starts, arcs[:filled]


@njit(cache=True, nogil=True)
def _cut_arcs(net, cuts, starts, arcs, inside):  # type: ignore[no-untyped-def]
    filled = 0
    for cut in range(cuts.terminal.size):
        for place in range(cuts.ptr[cut], cuts.ptr[cut + 1]):
            inside[cuts.nodes[place]] = cut
        for place in range(cuts.ptr[cut], cuts.ptr[cut + 1]):
            node = cuts.nodes[place]
            for arc in range(net.in_ptr[node], net.in_ptr[node + 1]):
                if inside[net.tail[arc]] != cut:
                    arcs[filled] = arc
                    filled += 1
        starts[cut + 1] = filled
    return filled
