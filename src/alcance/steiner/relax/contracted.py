"""A net made smaller without changing its optimum: what every plan does is done, what only leads on is joined to it.

Nodes that every plan enters by one arc at no cost are one with its tail, nodes with one arc out are one with its head
(Duin 1993; Rehfeldt and Koch, INFORMS J. Comput. 2022), and what every way into a terminal costs is paid at once.
Each arc of the small net stands for one of the large: the way to its tail and the way on from its head are known.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from alcance.adjacency import cheapest_by_both_ends, reached
from alcance.steiner.net import Net, connect
from alcance.steiner.primal import Plan
from alcance.steiner.prune import direct_arcs, prune

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Contracted:
    """A smaller net, and the way back for its plans.

    Parameters
    ----------
    whole, net
        The net and the smaller one.
    plan
        A plan of the smaller net that costs no more than the one known of the whole.
    fixed
        What every plan costs more in the whole than in the smaller net.
    arcs
        int64[m']: the whole's arc for each of the smaller net.
    entry, onward
        int64[n] by the whole's nodes: the only arc by which a node that is one with its tail is entered, and the only
        one by which a node that is one with its head is left; −1 elsewhere.
    """

    whole: Net
    net: Net
    plan: Plan
    fixed: int
    arcs: NDArray[np.int64]
    entry: NDArray[np.int64]
    onward: NDArray[np.int64]

    @classmethod
    def of_arcs(cls, net: Net, kept: NDArray[np.bool_], plan: Plan) -> Contracted:
        """Contract what some of a net's arcs, bool[m], with all those of a plan among them, leave of it."""
        work = _Contraction(net, kept, plan)
        work.settle()
        nodes = np.zeros(net.terminal_at.size, dtype=bool)
        nodes[work.root] = True
        nodes[work.tails] = nodes[work.heads] = True
        number = np.cumsum(nodes) - 1
        small = connect(
            int(nodes.sum()),
            int(number[work.root]),
            number[work.tails],
            number[work.heads],
            work.costs,
            number[np.flatnonzero(work.terminal)],
        )
        parent = np.full(small.terminal_at.size, -1, dtype=np.int32)
        parent[small.head[work.planned]] = np.flatnonzero(work.planned)
        cost = int(prune(small, parent, direct_arcs(small)))
        if cost < 0:
            raise RuntimeError("a plan must be among the arcs kept")
        return cls(net, small, Plan(parent, cost), work.fixed, work.arcs, work.entry, work.onward)

    def outward(self, plan: Plan) -> Plan:
        """A plan of the smaller net as one of the whole; it costs `fixed` more, or less where pruning it pays there."""
        whole = self.whole
        parent = np.full(whole.terminal_at.size, -1, dtype=np.int32)
        ways_in = self.entry[whole.terminals]
        waiting = [*ways_in[ways_in >= 0].tolist(), *self.arcs[plan.parent[plan.parent >= 0]].tolist()]
        while waiting:
            arc = waiting.pop()
            tail, head = whole.tail[arc], whole.head[arc]
            if parent[head] == arc:
                continue
            parent[head] = arc
            waiting.extend(int(more) for more in (self.entry[tail], self.onward[head]) if more >= 0)
        cost = int(prune(whole, parent, direct_arcs(whole)))
        if not 0 <= cost <= plan.cost + self.fixed:
            raise RuntimeError("a plan of the smaller net must be one of the whole")
        return Plan(parent, cost)


class _Contraction:
    """Arcs on their way to fewer; nodes keep their numbers, and those that are one with another have no arcs."""

    def __init__(self, net: Net, kept: NDArray[np.bool_], plan: Plan) -> None:
        nodes = net.terminal_at.size
        self.root = int(net.root[0])
        self.arcs = np.flatnonzero(kept)
        self.tails, self.heads = net.tail[self.arcs], net.head[self.arcs]
        self.costs = net.cost[self.arcs]
        self.terminal = net.terminal_at >= 0
        self.fixed = 0
        self.entry, self.onward = np.full(nodes, -1, np.int64), np.full(nodes, -1, np.int64)
        in_plan = np.zeros(net.tail.size, dtype=bool)
        in_plan[plan.parent[plan.parent >= 0]] = True
        self.planned = in_plan[self.arcs]

    def settle(self) -> None:
        """Contract until nothing changes."""
        before = -1
        while self.arcs.size != before:
            before = self.arcs.size
            self._clean()
            self._pay()
            self._merge()
            self._clean()
            self._join()
            self._clean()

    def _keep(self, kept: NDArray[np.bool_] | NDArray[np.int32]) -> None:
        self.tails, self.heads, self.costs = self.tails[kept], self.heads[kept], self.costs[kept]
        self.arcs, self.planned = self.arcs[kept], self.planned[kept]

    def _clean(self) -> None:
        """Drop loops, arcs into the root, all but the cheapest of parallel arcs, and what is on no way to a terminal.

        Where a plan has a dearer parallel arc, it gets the cheapest.
        """
        nodes = self.terminal.size
        self._keep(self.heads != self.root)
        names = self.heads.astype(np.int64) * nodes + self.tails
        in_plan = np.unique(names[self.planned])
        order = cheapest_by_both_ends(self.heads, self.tails, self.costs, nodes)
        self._keep(order)
        self.planned = np.isin(names[order], in_plan)
        down = reached(self.tails, self.heads, nodes, np.array([self.root]))
        up = reached(self.heads, self.tails, nodes, np.flatnonzero(self.terminal))
        useful = down & up
        ins = np.bincount(self.heads, minlength=nodes)
        before = np.full(nodes, -1, np.int32)
        before[self.heads] = self.tails
        straight_back = (ins[self.tails] == 1) & (before[self.tails] == self.heads)
        self._keep(useful[self.tails] & useful[self.heads] & ~straight_back)

    def _pay(self) -> None:
        """Pay at once what every way into a terminal costs."""
        least = np.full(self.terminal.size, np.iinfo(np.int64).max)
        np.minimum.at(least, self.heads, self.costs)
        self.fixed += int(least[self.terminal].sum())
        into = self.terminal[self.heads]
        self.costs = self.costs - np.where(into, least[self.heads], 0)

    def _merge(self) -> None:
        """Make one with its tail each node that has one arc in, at no cost, or one from the root at no cost."""
        ins = np.bincount(self.heads, minlength=self.terminal.size)
        free = (self.costs == 0) & ((ins[self.heads] == 1) | (self.tails == self.root))
        into = np.arange(self.terminal.size, dtype=np.int32)
        into[self.heads[free]] = self.tails[free]
        self.entry[self.heads[free]] = self.arcs[free]
        while bool((into[into] != into).any()):
            into = into[into]
        wanted = np.zeros(self.terminal.size, dtype=bool)
        wanted[into[self.terminal]] = True
        wanted[self.root] = False
        self.terminal = wanted
        self.tails, self.heads = into[self.tails], into[self.heads]

    def _join(self) -> None:
        """Make one with its head each node that has one arc out: the arcs into the node go on and pay for that one."""
        outs = np.bincount(self.tails, minlength=self.terminal.size)
        only = (outs[self.tails] == 1) & ~self.terminal[self.tails] & (self.tails != self.root)
        into = np.arange(self.terminal.size, dtype=np.int32)
        into[self.tails[only]] = self.heads[only]
        self.onward[self.tails[only]] = self.arcs[only]
        price = np.zeros(self.terminal.size, np.int64)
        price[self.tails[only]] = self.costs[only]
        while bool((into[into] != into).any()):
            price = price + np.where(into[into] != into, price[into], 0)
            into = into[into]
        self._keep(~only)
        self.costs = self.costs + price[self.heads]
        self.heads = into[self.heads]
