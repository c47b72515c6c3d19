"""Brings every link, sector and gateway back within the number of sites it may carry.

The bounding problem prices capacity at nothing, so its tree may hang more sites behind a relay than its class allows.
Such a link is widened to a class that carries more, where one is offered, or what is over the limit moves, cheapest
first, to the next cheapest way that still has room (a satellite always has): whichever costs less.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from alcance.errors import InputError
from alcance.errors import Problem as Trouble
from alcance.plan.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from alcance.steiner import Problem

_LOOK, _MOVE = 0, 1  # price a move, or make it
_MAX_SETTLED = 20_000  # nodes looked at for one move, where a way is known: the best of so many is cheap enough
_NO_WAY = np.int64(1) << 60


@dataclass(frozen=True)
class Repair:
    """A tree within its limits.

    Parameters
    ----------
    tree
        The repaired tree.
    moved
        Mask over the terminals: those that were re-hung because their relay, sector or gateway was full.
    """

    tree: Tree
    moved: NDArray[np.bool_]


def repair_dependents(
    problem: Problem,
    tree: Tree,
    limit: NDArray[np.int64],
    progress: Callable[[str, float], None] | None = None,
    name: Callable[[int], str] = str,
) -> Repair:
    """Widen every arc that carries more terminals than it may, or move them off it.

    Parameters
    ----------
    problem
        The bounding problem.
    tree
        A tree that spans the problem's terminals.
    limit
        For every arc the number of terminals it may carry.
    progress
        Told the stage and the share done.
    name
        Names a node to the user.

    Returns
    -------
    Repair
        Deterministic: full arcs from the leaves up, and within one the cheapest move per terminal first.

    Raises
    ------
    InputError
        If what hangs on a full arc has no other way: overrides leave it none.
    """
    into = np.argsort(problem.heads, kind="stable").astype(np.int64)
    graph = (
        problem.tails.astype(np.int64),
        problem.heads.astype(np.int64),
        problem.costs,
        np.searchsorted(problem.heads[into], np.arange(problem.node_count + 1)).astype(np.int64),
        into,
        limit,
    )
    is_terminal = np.zeros(problem.node_count, dtype=np.int64)
    is_terminal[problem.terminals] = 1
    parent_arc = _without_dead_ends(problem, tree, is_terminal)
    moved = np.zeros(problem.node_count, dtype=np.bool_)
    widened: list[int] = []
    first_over = 0
    while True:
        now = Tree.of_parents(problem, parent_arc)
        load = now.sum_below(problem, is_terminal)
        fed = now.order[1:]
        over = load[fed] > limit[parent_arc[fed]]
        if not over.any():
            # What was widened first may have been relieved further up since.
            for node in widened:
                if parent_arc[node] >= 0:
                    parent_arc[node] = _cheapest_with_room(graph, parent_arc[node], node, load[node])
            return Repair(Tree.of_parents(problem, parent_arc), moved[problem.terminals])
        first_over = max(first_over, int(over.sum()))
        if progress is not None:
            progress("making room", 1.0 - int(over.sum()) / first_over)
        full = int(fed[over][-1])  # the deepest: what leaves it also leaves the arcs above
        below = _terminals_below(problem, now, full)
        best = None
        for arc in _ways_in(graph, parent_arc[full], full):
            trial = (parent_arc.copy(), load.copy(), moved.copy())
            trial[0][full] = arc
            if not _empty(graph, trial[0], trial[1], is_terminal, below, full, trial[2]):
                continue
            price = int(problem.costs[trial[0][trial[0] >= 0]].sum())
            if best is None or price < best[0]:
                best = (price, trial)
        if best is None:
            raise _no_room(problem, now, parent_arc[full], limit, full, name)
        if best[1][0][full] != parent_arc[full]:
            widened.append(full)
        parent_arc, _, moved = best[1]


def _without_dead_ends(problem: Problem, tree: Tree, is_terminal: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give the parents without branches that serve no terminal."""
    parent_arc = tree.parent_arc.copy()
    parent_arc[tree.sum_below(problem, is_terminal) == 0] = -1
    return parent_arc


def _ways_in(graph: tuple[NDArray[np.int64], ...], arc: np.int64, head: int) -> NDArray[np.int64]:
    """List an arc and those beside it that carry more, by their numbers."""
    tails, _, _, in_ptr, into, limit = graph
    beside = into[in_ptr[head] : in_ptr[head + 1]]
    wider = beside[(tails[beside] == tails[arc]) & (limit[beside] > limit[arc])]
    return np.append(arc, np.sort(wider))


def _cheapest_with_room(graph: tuple[NDArray[np.int64], ...], arc: np.int64, head: int, load: np.int64) -> np.int64:
    """Give the cheapest of an arc and those beside it that carry a load; the arc itself where none is cheaper."""
    tails, _, costs, in_ptr, into, limit = graph
    beside = into[in_ptr[head] : in_ptr[head + 1]]
    fits = np.sort(beside[(tails[beside] == tails[arc]) & (limit[beside] >= load)])
    cheapest: np.int64 = fits[np.argmin(costs[fits])]
    return cheapest if costs[cheapest] < costs[arc] else arc


def _terminals_below(problem: Problem, tree: Tree, node: int) -> NDArray[np.int64]:
    """List the terminals below a node."""
    mark = np.zeros(problem.node_count, dtype=np.float64)
    mark[node] = 1.0
    return problem.terminals[tree.sum_above(problem, mark)[problem.terminals] > 0].astype(np.int64)


def _no_room(
    problem: Problem,
    tree: Tree,
    arc: np.int64,
    limit: NDArray[np.int64],
    full: int,
    name: Callable[[int], str],
) -> InputError:
    """Tell which terminals cannot leave a full arc."""
    names = [name(int(terminal)) for terminal in _terminals_below(problem, tree, full)]
    shown = ", ".join(names[:10]) + (" …" if len(names) > 10 else "")
    message = f"may carry {limit[arc]} sites, and {len(names)} have no other way with room: relax the overrides of some"
    return InputError([Trouble("overrides", None, "", name(full), f"{message} of {shown}")])


@njit(cache=True)
def _empty(graph, parent_arc, load, is_terminal, terminals, full, moved):  # type: ignore[no-untyped-def]
    """Move terminals out from below `full` until its arc is within its limit; tell whether that could be done."""
    limit = graph[5]
    distance = np.full(len(parent_arc), -1, dtype=np.int64)
    onward = np.full(len(parent_arc), -1, dtype=np.int64)
    queue = [(_way_out(graph, parent_arc, load, is_terminal, t, distance, onward, _LOOK), t) for t in terminals]
    heapq.heapify(queue)
    while load[full] > limit[parent_arc[full]] and len(queue) > 0:
        _, terminal = heapq.heappop(queue)
        # Earlier moves may have filled or opened ways: look again, and wait if another is cheaper now.
        price = _way_out(graph, parent_arc, load, is_terminal, terminal, distance, onward, _LOOK)
        if len(queue) > 0 and price > queue[0][0]:
            heapq.heappush(queue, (price, terminal))
            continue
        if price == _NO_WAY:
            continue
        _way_out(graph, parent_arc, load, is_terminal, terminal, distance, onward, _MOVE)
        moved[terminal] = True
    return parent_arc[full] < 0 or load[full] <= limit[parent_arc[full]]


@njit(cache=True)
def _way_out(graph, parent_arc, load, is_terminal, terminal, distance, onward, action):  # type: ignore[no-untyped-def]
    """Price the cheapest way to serve a terminal from elsewhere, less what leaving its place saves; take it if asked.

    A backward Dijkstra from the terminal over nodes outside the tree, until it meets a node of the tree with room for
    one more all the way up; the full arc itself has none.
    """
    tails, heads, costs, in_ptr, into, limit = graph
    alone = [np.int64(0) for _ in range(0)]
    saved = np.int64(0)
    node = terminal
    while parent_arc[node] >= 0:
        arc = parent_arc[node]
        load[node] -= 1
        if load[node] == 0:  # this stretch serves the terminal alone: it leaves the tree with it
            saved += costs[arc]
            alone.append(arc)
            parent_arc[node] = -1
        node = tails[arc]
    root = node
    touched = [terminal]
    distance[terminal] = 0
    heap = [(np.int64(0), np.int64(terminal))]
    met = np.int64(-1)
    looked = 0
    while len(heap) > 0 and (looked < _MAX_SETTLED or distance[root] < 0):
        price, at = heapq.heappop(heap)
        if price > distance[at]:
            continue
        looked += 1
        if at == root or parent_arc[at] >= 0:
            if _has_room(tails, parent_arc, load, limit, at):
                met = at
                break
            continue  # its own ways up are just as full
        for position in range(in_ptr[at], in_ptr[at + 1]):
            arc = into[position]
            tail = tails[arc]
            if limit[arc] < 1 or is_terminal[tail] > 0:
                continue
            reached = price + costs[arc]
            if distance[tail] < 0 or reached < distance[tail]:
                if distance[tail] < 0:
                    touched.append(tail)
                distance[tail] = reached
                onward[tail] = arc
                heapq.heappush(heap, (reached, np.int64(tail)))
    if met < 0 and distance[root] >= 0:
        met = root
    extra = _NO_WAY
    if met >= 0:
        extra = distance[met] - saved
    if action == _MOVE and met >= 0:
        node = met
        while node != terminal:
            arc = onward[node]
            node = heads[arc]
            parent_arc[node] = arc
    else:
        for arc in alone:
            parent_arc[heads[arc]] = arc
    node = terminal
    while parent_arc[node] >= 0:
        load[node] += 1
        node = tails[parent_arc[node]]
    for other in touched:
        distance[other] = -1
        onward[other] = -1
    return extra


@njit(cache=True)
def _has_room(tails, parent_arc, load, limit, node):  # type: ignore[no-untyped-def]
    while parent_arc[node] >= 0:
        if load[node] + 1 > limit[parent_arc[node]]:
            return False
        node = tails[parent_arc[node]]
    return True
