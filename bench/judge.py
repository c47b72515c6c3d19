"""The judge: the proven optimum of a small problem by cuts in HiGHS; it shares nothing with the solver.

The directed cut formulation (Wong 1984; Koch and Martin 1998): for every set of nodes with a terminal and without the
root some arc enters it. First the relaxation: cuts from maximum flows, arcs priced in where their reduced cost is
negative. Then a plan from the arcs the relaxation uses, then all arcs whose reduced cost is within the distance between
the two, as an integer program that is solved again with the cuts its answer misses, until it misses none.
"""

from __future__ import annotations

import itertools
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import highspy
import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order, maximum_flow

from bench.shrink import Small, least_rise, shrink, within_reach, wong_cuts

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from alcance.steiner import Problem

# Capacities of maximum flows are whole numbers.
FLOW_UNIT = 1_000_000
VIOLATED = 1e-4
NESTED_CUTS = 8
PRICED_AT_ONCE = 3_000
SLACK_CUTS = 600
ROUNDS_TO_A_PLAN = 10
ARCS_TO_FINISH = 400
# HiGHS counts wall seconds; on a busy machine these pass faster than the CPU's.
BUSY = 4.0
TOLERANCE = 1e-6


@dataclass(frozen=True)
class Verdict:
    """What is known about a problem's optimum.

    Parameters
    ----------
    optimum
        Cost of the best tree found, −1 where none was in time.
    bound
        No tree costs less, up to `TOLERANCE` of it.
    relaxation
        The bound of the cut relaxation; minus infinity where time ran out before.
    seconds
        CPU seconds.
    """

    optimum: int
    bound: float
    relaxation: float
    seconds: float

    @property
    def proven(self) -> bool:
        """Whether the tree is the cheapest."""
        return self.optimum >= 0 and self.optimum - self.bound <= TOLERANCE * max(self.optimum, 1)


class _Timeout(Exception):
    """The time is used up."""


class _Master:
    """The relaxation over the arcs priced in so far, in HiGHS; rows are cuts over all arcs."""

    def __init__(self, small: Small, unit: float, deadline: float) -> None:
        self.small = small
        self.cost = small.costs / unit
        self.deadline = deadline
        self.column = np.full(small.tails.size, -1, dtype=np.int64)
        self.arcs = np.zeros(0, dtype=np.int64)
        self.alive = np.ones(small.tails.size, dtype=bool)
        self.cuts: list[NDArray[np.int64]] = []
        self.seen: set[bytes] = set()
        self.lp = highspy.Highs()
        self.lp.setOptionValue("output_flag", False)
        self.lp.setOptionValue("threads", 1)

    def add_cut(self, arcs: NDArray[np.int64]) -> bool:
        """Ask that one of these arcs be used; False where that is asked already."""
        key = arcs.tobytes()
        if key in self.seen:
            return False
        self.seen.add(key)
        self.cuts.append(arcs)
        columns = self.column[arcs]
        columns = columns[columns >= 0].astype(np.int32)
        self.lp.addRow(1.0, highspy.kHighsInf, columns.size, columns, np.ones(columns.size))
        return True

    def add_arcs(self, arcs: NDArray[np.int64]) -> None:
        rows = csr_array(self.incidence()[:, arcs]).tocsc()
        for place, arc in enumerate(arcs.tolist()):
            entries = rows.indices[rows.indptr[place] : rows.indptr[place + 1]].astype(np.int32)
            self.lp.addCol(float(self.cost[arc]), 0.0, highspy.kHighsInf, entries.size, entries, np.ones(entries.size))
        self.column[arcs] = self.arcs.size + np.arange(arcs.size)
        self.arcs = np.concatenate([self.arcs, arcs])

    def drop_arcs(self) -> None:
        """Forget the arcs that only dearer trees use."""
        dead = np.flatnonzero(~self.alive[self.arcs])
        if dead.size < self.arcs.size // 20:
            return
        self.lp.deleteCols(dead.size, dead.astype(np.int32))
        self.column[self.arcs] = -1
        self.arcs = self.arcs[self.alive[self.arcs]]
        self.column[self.arcs] = np.arange(self.arcs.size)

    def incidence(self) -> Any:
        """Cuts x arcs."""
        indptr = np.concatenate([[0], np.cumsum([cut.size for cut in self.cuts])])
        indices = np.concatenate(self.cuts) if self.cuts else np.zeros(0, dtype=np.int64)
        shape = (len(self.cuts), self.small.tails.size)
        return csr_array((np.ones(indices.size), indices, indptr), shape=shape)

    def solve(self) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
        """Values of all arcs, their reduced costs, and the bound; arcs are priced in until none is missing."""
        while True:
            left = self.deadline - time.process_time()
            if left <= 0:
                raise _Timeout
            self.lp.setOptionValue("time_limit", self.lp.getRunTime() + BUSY * left)
            self.lp.run()
            if self.lp.getModelStatus() != highspy.HighsModelStatus.kOptimal:
                raise _Timeout
            answer = self.lp.getSolution()
            duals = np.maximum(np.array(answer.row_dual), 0.0)
            reduced = self.cost - self.incidence().T @ duals
            missing = np.flatnonzero((reduced < -1e-7) & (self.column < 0) & self.alive)
            if missing.size == 0:
                values = np.zeros(self.small.tails.size)
                values[self.arcs] = np.array(answer.col_value)
                # Reduced costs that rounding left below 0 are paid back, so that the bound is one.
                return values, reduced, float(duals.sum() + np.minimum(reduced[self.alive], 0.0).sum())
            worst = np.argsort(reduced[missing], kind="stable")[:PRICED_AT_ONCE]
            self.add_arcs(np.sort(missing[worst]))

    def drop_slack(self, keep: int) -> None:
        """Forget cuts that bind nothing, once there are many."""
        if len(self.cuts) <= keep:
            return
        basis = np.array([status == highspy.HighsBasisStatus.kBasic for status in self.lp.getBasis().row_status])
        duals = np.array(self.lp.getSolution().row_value)
        slack = np.flatnonzero(basis & (duals > 1.0 + 1e-3))
        if slack.size < len(self.cuts) // 4:
            return
        self.lp.deleteRows(slack.size, slack.astype(np.int32))
        for at in slack[::-1].tolist():
            self.seen.discard(self.cuts[at].tobytes())
            del self.cuts[at]


def _cut_arcs(small: Small, inside: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Arcs that enter a set of nodes."""
    return np.flatnonzero(inside[small.heads] & ~inside[small.tails])


def _separate(master: _Master, values: NDArray[np.float64]) -> int:
    """Add cuts that the values violate, several nested ones for each terminal; returns how many."""
    small = master.small
    n = small.node_count
    used = master.arcs
    tails, heads = small.tails[used], small.heads[used]
    base = np.rint(np.minimum(values[used], 1.0) * FLOW_UNIT).astype(np.int64)
    added = 0
    for terminal in small.terminals.tolist():
        capacity = base.copy()
        for _ in range(NESTED_CUTS):
            # One more on every arc: of the least cuts, one of few arcs.
            graph = csr_array(((capacity + 1).astype(np.int32), (tails, heads)), shape=(n, n))
            flow = maximum_flow(graph, small.root, terminal)
            residual = graph - flow.flow
            residual.data[residual.data < 0] = 0
            residual.eliminate_zeros()
            found = 0
            reached = np.zeros(n, dtype=bool)
            reached[breadth_first_order(residual, small.root, return_predecessors=False)] = True
            leading = np.zeros(n, dtype=bool)
            leading[breadth_first_order(csr_array(residual.T), terminal, return_predecessors=False)] = True
            for inside in (~reached, leading):
                arcs = _cut_arcs(small, inside)
                if values[arcs].sum() < 1.0 - VIOLATED and master.add_cut(arcs):
                    found += 1
                crossing = inside[heads] & ~inside[tails]
                capacity[crossing] = FLOW_UNIT
            added += found
            if found == 0:
                break
    return added


class _Integer:
    """The integer program over some arcs, solved again with the cuts its answer misses until it misses none."""

    def __init__(self, master: _Master, arcs: NDArray[np.int64]) -> None:
        self.master = master
        self.arcs = arcs
        small = master.small
        self.column = np.full(small.tails.size, -1, dtype=np.int64)
        self.column[arcs] = np.arange(arcs.size)
        self.tails, self.heads = small.tails[arcs], small.heads[arcs]
        self.mip = highspy.Highs()
        self.mip.setOptionValue("output_flag", False)
        self.mip.setOptionValue("threads", 1)
        self.mip.setOptionValue("mip_rel_gap", TOLERANCE / 10)
        self.mip.setOptionValue("mip_abs_gap", 0.0)
        self.mip.addVars(arcs.size, np.zeros(arcs.size), np.ones(arcs.size))
        columns = np.arange(arcs.size, dtype=np.int32)
        self.mip.changeColsCost(arcs.size, columns, master.cost[arcs])
        self.mip.changeColsIntegrality(arcs.size, columns, np.full(arcs.size, highspy.HighsVarType.kInteger))
        for cut in master.cuts:
            self._ask(cut)
        self._shape()

    def _row(self, low: float, high: float, columns: NDArray[Any], values: NDArray[np.float64]) -> None:
        self.mip.addRow(low, high, columns.size, columns.astype(np.int32), values)

    def _ask(self, cut: NDArray[np.int64]) -> None:
        columns = self.column[cut]
        columns = columns[columns >= 0]
        self._row(1.0, highspy.kHighsInf, columns, np.ones(columns.size))

    def _shape(self) -> None:
        """A tree enters a node at most once, and only to leave it; what leaves it needs it entered."""
        small = self.master.small
        by_head, by_tail = np.argsort(self.heads, kind="stable"), np.argsort(self.tails, kind="stable")
        nodes = np.arange(small.node_count + 1)
        first_in = np.searchsorted(self.heads[by_head], nodes)
        first_out = np.searchsorted(self.tails[by_tail], nodes)
        plain = np.ones(small.node_count, dtype=bool)
        plain[small.terminals] = False
        plain[small.root] = False
        for node in range(small.node_count):
            into = by_head[first_in[node] : first_in[node + 1]]
            out = by_tail[first_out[node] : first_out[node + 1]]
            if into.size > 1:
                self._row(-highspy.kHighsInf, 1.0, into, np.ones(into.size))
            if node == small.root:
                continue
            if plain[node] and into.size:
                both = np.concatenate([into, out])
                signs = np.concatenate([np.ones(into.size), -np.ones(out.size)])
                self._row(-highspy.kHighsInf, 0.0, both, signs)
            for arc in out:
                # Straight back does not count as entering.
                before = into[self.tails[into] != self.heads[arc]]
                columns = np.concatenate([before, [arc]])
                self._row(0.0, highspy.kHighsInf, columns, np.concatenate([np.ones(before.size), [-1.0]]))

    def solve(self) -> tuple[NDArray[np.int64] | None, float]:
        """The cheapest tree over these arcs, and its bound; no tree where there is none, or no time for it."""
        master, small = self.master, self.master.small
        bound = -np.inf
        while True:
            left = master.deadline - time.process_time()
            if left <= 0:
                return None, bound
            self.mip.setOptionValue("time_limit", self.mip.getRunTime() + BUSY * left)
            self.mip.run()
            status = self.mip.getModelStatus()
            if status == highspy.HighsModelStatus.kInfeasible:
                return None, np.inf
            bound = max(bound, float(self.mip.getInfo().mip_dual_bound))
            if status != highspy.HighsModelStatus.kOptimal:
                return None, bound
            chosen = self.arcs[np.array(self.mip.getSolution().col_value) > 0.5]
            reached = _reached(small, chosen)
            if reached[small.terminals].all():
                return _tree(small, chosen), bound
            added = 0
            for cut in self._missed(chosen, reached):
                if master.add_cut(cut):
                    self._ask(cut)
                    added += 1
            if added == 0:
                raise RuntimeError("an answer is no tree, yet misses no cut")

    def _missed(self, chosen: NDArray[np.int64], reached: NDArray[np.bool_]) -> list[NDArray[np.int64]]:
        """Cuts around what the root reaches, and around what leads to each terminal left out."""
        small = self.master.small
        cuts = [_cut_arcs(small, ~reached)]
        n = small.node_count
        back = csr_array((np.ones(chosen.size), (small.heads[chosen], small.tails[chosen])), shape=(n, n))
        for terminal in small.terminals[~reached[small.terminals]].tolist():
            leading = np.zeros(n, dtype=bool)
            leading[breadth_first_order(back, terminal, return_predecessors=False)] = True
            cuts.append(_cut_arcs(small, leading))
        return cuts


def _reached(small: Small, arcs: NDArray[np.int64]) -> NDArray[np.bool_]:
    graph = csr_array((np.ones(arcs.size), (small.tails[arcs], small.heads[arcs])), shape=(small.node_count,) * 2)
    reached = np.zeros(small.node_count, dtype=bool)
    reached[breadth_first_order(graph, small.root, return_predecessors=False)] = True
    return reached


def _tree(small: Small, arcs: NDArray[np.int64]) -> NDArray[np.int64]:
    """Arcs of a tree within the given ones that reaches every terminal, without dead ends."""
    n = small.node_count
    graph = csr_array((arcs + 1, (small.tails[arcs], small.heads[arcs])), shape=(n, n))
    order, before = breadth_first_order(graph, small.root)
    needed = np.zeros(n, dtype=bool)
    needed[small.terminals] = True
    kept = []
    for node in order[:0:-1].tolist():
        if needed[node]:
            needed[before[node]] = True
            kept.append(int(graph[before[node], node]) - 1)
    return np.sort(np.array(kept, dtype=np.int64))


def judge(
    problem: Problem,
    seconds: float,
    *,
    tree: NDArray[np.int64] | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> Verdict:
    """Prove the optimum of a problem within so many CPU seconds.

    A known tree (arcs of the problem, whoever found it; it is recounted here) lets all be dropped early that only
    dearer trees use.
    """
    began = time.process_time()
    best = np.inf if tree is None else float(recount(problem, tree))
    small = shrink(problem) if tree is None else within_reach(problem, int(best))
    unit = max(float(small.costs.max(initial=1)) / 100.0, 1.0)
    master = _Master(small, unit, began + seconds)
    cuts, reduced, rise = wong_cuts(small)
    for cut in cuts:
        master.add_cut(cut)
    master.add_arcs(np.flatnonzero((reduced == 0) | (small.tails == small.root)))
    relaxed, bound = -np.inf, float(small.fixed + rise)
    say(f"{small.node_count} nodes, {small.tails.size} arcs, {len(cuts)} first cuts, bound {bound:.0f} of {best:.0f}")
    try:
        for number in itertools.count(1):
            values, reduced, value = master.solve()
            bound = max(bound, small.fixed + unit * value)
            if number % ROUNDS_TO_A_PLAN == 0:
                best = min(best, _plan(master, values))
            rises = least_rise(small, reduced * unit, master.alive)
            master.alive &= small.fixed + unit * value + rises <= best * (1 + TOLERANCE / 10)
            master.drop_arcs()
            left = int(master.alive.sum())
            say(f"  bound {bound:.0f} of {best:.0f}, {len(master.cuts)} cuts, {left} arcs left")
            master.drop_slack(SLACK_CUTS)
            if left <= ARCS_TO_FINISH or bound >= (1 - TOLERANCE) * best:
                break
            if _separate(master, values) == 0:
                relaxed = bound
                break
        best = min(best, _plan(master, values))
        master.alive &= small.fixed + unit * value + rises <= best * (1 + TOLERANCE / 10)
        say(f"  plan {best:.0f}, {master.alive.sum()} arcs left")
        if bound < (1 - TOLERANCE) * best:
            found, proven = _Integer(master, np.flatnonzero(master.alive)).solve()
            if found is not None:
                best = min(best, float(small.fixed + small.costs[found].sum()))
            bound = max(bound, min(best, small.fixed + unit * proven))
    except _Timeout:
        pass
    optimum = -1 if best == np.inf else int(best)
    return Verdict(optimum, min(bound, optimum) if optimum >= 0 else bound, relaxed, time.process_time() - began)


def _plan(master: _Master, values: NDArray[np.float64]) -> float:
    """The cheapest tree over the arcs the relaxation uses and those straight from the root."""
    small = master.small
    support = (values > 1e-6) | ((small.tails == small.root) & master.alive)
    found, _ = _Integer(master, np.flatnonzero(support)).solve()
    return np.inf if found is None else float(small.fixed + small.costs[found].sum())


def recount(problem: Problem, arcs: NDArray[np.int64]) -> int:
    """What a tree of the problem's arcs costs, prizes of the terminals left out included.

    Raises
    ------
    ValueError
        Where a terminal that is required is not reached.
    """
    n = problem.node_count
    graph = csr_array((np.ones(arcs.size), (problem.tails[arcs], problem.heads[arcs])), shape=(n, n))
    reached = np.zeros(n, dtype=bool)
    reached[breadth_first_order(graph, problem.root, return_predecessors=False)] = True
    out = ~reached[problem.terminals]
    if (problem.prizes[out] < 0).any():
        raise ValueError("the tree misses a required terminal")
    return int(problem.costs[arcs].sum() + problem.prizes[out].sum())
