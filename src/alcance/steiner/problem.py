"""The least-cost tree problem: a directed graph, a root or none, and terminals that are required or prized."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from alcance.adjacency import pointer_by, reached
from alcance.errors import InputError
from alcance.errors import Problem as Trouble
from alcance.proof import REQUIRED

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

# Every path, tree and bound is a sum of given costs, so a total below 2^60 leaves room for any sum of two of them.
TOTAL_COST_LIMIT = 1 << 60
NAMED_AT_MOST = 20


@dataclass(frozen=True)
class Problem:
    """A Steiner arborescence problem with integer costs; make it with `Problem.build`.

    Parameters
    ----------
    node_count
        Nodes are numbered 0 … node_count − 1.
    root
        The node from which every chosen terminal must be reached; None where the network may be anywhere.
    tails, heads
        int32[m], the ends of each directed arc.
    costs
        int64[m], the price of each arc in the smallest unit, 0 or more.
    terminals
        int32[k], distinct nodes to be reached.
    prizes
        int64[k], what leaving the terminal out costs, or −1 (`REQUIRED`) where it must be reached.
    node_costs
        int64[n], what each node of the network costs besides, the root included.
    """

    node_count: int
    root: int | None
    tails: NDArray[np.int32]
    heads: NDArray[np.int32]
    costs: NDArray[np.int64]
    terminals: NDArray[np.int32]
    prizes: NDArray[np.int64]
    node_costs: NDArray[np.int64]

    @classmethod
    def build(
        cls,
        node_count: int,
        root: int | None,
        tails: ArrayLike,
        heads: ArrayLike,
        costs: ArrayLike,
        terminals: ArrayLike,
        prizes: ArrayLike | None = None,
        *,
        node_costs: ArrayLike | None = None,
        name: str = "problem",
    ) -> Problem:
        """Check the arrays and make a problem of them.

        Without `prizes` every terminal is required. Parallel arcs and loops are allowed (the cheapest of parallels
        counts, a loop never does). Without a root the network may be anywhere, and every arc must have one of the same
        cost the other way; where no terminal is required it may also be nothing. Arrays of the right type are kept, not
        copied.

        Raises
        ------
        InputError
            With every fault found: wrong shapes or types, numbers out of range, negative costs or prizes, a terminal
            named twice, sums that could leave the integer range, a required terminal that no arcs lead to, no
            root and arcs that differ by direction.
        """
        faults: list[Trouble] = []
        if node_count < 1:
            raise InputError([Trouble(name, None, "node_count", str(node_count), "a problem needs at least one node")])
        if root is not None and not 0 <= root < node_count:
            faults.append(Trouble(name, None, "root", str(root), f"the root must be from 0 to {node_count - 1}"))
        tail_array = _whole_numbers(tails, name, "tails", faults)
        head_array = _whole_numbers(heads, name, "heads", faults)
        cost_array = _whole_numbers(costs, name, "costs", faults)
        terminal_array = _whole_numbers(terminals, name, "terminals", faults)
        given = np.full(terminal_array.size, REQUIRED, dtype=np.int64) if prizes is None else prizes
        prize_array = _whole_numbers(given, name, "prizes", faults)
        given = np.zeros(node_count, dtype=np.int64) if node_costs is None else node_costs
        node_cost_array = _whole_numbers(given, name, "node_costs", faults)
        if node_cost_array.size != node_count and not faults:
            faults.append(Trouble(name, None, "node_costs", str(node_cost_array.size), "must be one for each node"))
        if not tail_array.size == head_array.size == cost_array.size:
            sizes = f"{tail_array.size}, {head_array.size}, {cost_array.size}"
            faults.append(Trouble(name, None, "tails, heads, costs", sizes, "must be of one length"))
        if terminal_array.size != prize_array.size:
            sizes = f"{terminal_array.size}, {prize_array.size}"
            faults.append(Trouble(name, None, "terminals, prizes", sizes, "must be of one length"))
        if faults:
            raise InputError(faults)
        for column, values in (("tails", tail_array), ("heads", head_array), ("terminals", terminal_array)):
            outside = (values < 0) | (values >= node_count)
            faults += _faults_at(outside, values, name, column, f"a node must be from 0 to {node_count - 1}")
        for column, values in (("costs", cost_array), ("node_costs", node_cost_array)):
            faults += _faults_at(values < 0, values, name, column, "a cost must be 0 or more")
        faults += _faults_at(
            prize_array < REQUIRED, prize_array, name, "prizes", "a prize must be 0 or more, or −1 where required"
        )
        repeated = np.ones(terminal_array.size, dtype=bool)
        repeated[np.unique(terminal_array, return_index=True)[1]] = False
        faults += _faults_at(repeated, terminal_array, name, "terminals", "a terminal must be named once")
        amounts = (cost_array, node_cost_array, np.maximum(prize_array, 0))
        total = sum(float(values.sum(dtype=np.float64)) for values in amounts)
        if total >= TOTAL_COST_LIMIT:
            message = "all costs and prizes together must stay below 2^60; use a coarser unit or fewer decimals"
            faults.append(Trouble(name, None, "costs", f"{total:.6g}", message))
        if faults:
            raise InputError(faults)
        problem = cls(
            int(node_count),
            None if root is None else int(root),
            np.ascontiguousarray(tail_array, np.int32),
            np.ascontiguousarray(head_array, np.int32),
            np.ascontiguousarray(cost_array, np.int64),
            np.ascontiguousarray(terminal_array, np.int32),
            np.ascontiguousarray(prize_array, np.int64),
            np.ascontiguousarray(node_cost_array, np.int64),
        )
        faults = _one_way_faults(problem, name) if root is None else []
        faults = faults or _reach_faults(problem, name)
        if faults:
            raise InputError(faults)
        return problem

    @property
    def is_symmetric(self) -> bool:
        """Whether each arc has another of the same price between the same nodes the other way."""
        if (pointer_by(self.tails, self.node_count) != pointer_by(self.heads, self.node_count)).any():
            return False  # some node has more arcs in than out: seen without sorting
        there = np.lexsort((self.costs, self.heads, self.tails))
        back = np.lexsort((self.costs, self.tails, self.heads))
        return all(
            bool((one[there] == other[back]).all())
            for one, other in ((self.tails, self.heads), (self.heads, self.tails), (self.costs, self.costs))
        )

    @property
    def arc_count(self) -> int:
        """Number of arcs as given, loops and parallels included."""
        return int(self.tails.size)

    @property
    def fixed_root(self) -> int:
        """The root of a problem that has one; ValueError where it has none."""
        if self.root is None:
            raise ValueError("the problem names no root")
        return self.root

    def facts(self) -> dict[str, Any]:
        """The problem as `alcance.proof` wants it told."""
        return dict(vars(self))


def _whole_numbers(values: ArrayLike, name: str, column: str, faults: list[Trouble]) -> NDArray[np.integer]:
    """The values as they are, if whole and below 2^63; nothing where they are not."""
    array = np.atleast_1d(np.asarray(values))
    if array.size == 0:
        return np.zeros(0, dtype=np.int64)
    if array.ndim != 1:
        faults.append(Trouble(name, None, column, str(array.shape), "must be a flat array"))
        return np.zeros(0, dtype=np.int64)
    if array.dtype.kind not in "iu":
        message = "must hold integers in the smallest unit that fit 64 bits; scale decimals first"
        faults.append(Trouble(name, None, column, str(array.dtype), message))
        return np.zeros(0, dtype=np.int64)
    if array.dtype == np.uint64 and bool((array > np.iinfo(np.int64).max).any()):
        faults.append(Trouble(name, None, column, str(array.max()), "must fit 64-bit signed integers"))
        return np.zeros(0, dtype=np.int64)
    return array


def _faults_at(
    wrong: NDArray[np.bool_], values: NDArray[np.integer], name: str, column: str, message: str
) -> list[Trouble]:
    places = np.flatnonzero(wrong)
    faults = [Trouble(name, None, f"{column}[{at}]", str(values[at]), message) for at in places[:NAMED_AT_MOST]]
    if places.size > NAMED_AT_MOST:
        faults.append(Trouble(name, None, column, "", f"{message} ({places.size} entries in all)"))
    return faults


def reached_from(problem: Problem, start: int) -> NDArray[np.bool_]:
    """Which nodes can be reached from one of them at all, bool[node_count]."""
    return reached(problem.tails, problem.heads, problem.node_count, np.array([start]))


def _reach_faults(problem: Problem, name: str) -> list[Trouble]:
    """Required terminals that cannot be joined to the root or, without one, to the first of them."""
    required = problem.prizes == REQUIRED
    if not bool(required.any()):
        return []
    start = problem.root
    message = "required, but no arcs lead to it from the root: add one, or give it a prize"
    if start is None:
        start = int(problem.terminals[required][0])
        message = f"required, but nothing joins it to the required terminal {start}: add arcs, or give it a prize"
    cut_off = ~reached_from(problem, start)[problem.terminals] & required
    return _faults_at(cut_off, problem.terminals.astype(np.int64), name, "terminals", message)


def _one_way_faults(problem: Problem, name: str) -> list[Trouble]:
    """Arcs without one of the same cost the other way; of parallel arcs only the cheapest counts."""
    key = problem.tails.astype(np.int64) * problem.node_count + problem.heads
    back = problem.heads.astype(np.int64) * problem.node_count + problem.tails
    order = np.lexsort((problem.costs, key))
    first = np.ones(order.size, dtype=bool)
    first[1:] = key[order][1:] != key[order][:-1]
    keys, costs, arcs = key[order][first], problem.costs[order][first], order[first]
    if keys.size == 0:
        return []
    at = np.minimum(np.searchsorted(keys, back[arcs]), keys.size - 1)
    one_way = (keys[at] != back[arcs]) | (costs[at] != costs)
    message = "without a root every arc needs one of the same cost the other way"
    ends = [f"{problem.tails[arc]}→{problem.heads[arc]}" for arc in arcs[one_way][:NAMED_AT_MOST]]
    return [Trouble(name, None, "tails, heads, costs", end, message) for end in ends]
