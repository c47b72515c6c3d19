"""Brings every link, sector and gateway back within the number of sites it may carry.

The bounding problem prices capacity at nothing, so its tree may hang more sites behind a relay than its class allows.
Such a link is widened to a class that carries more, where one is offered, or what is over the limit moves, cheapest
first, to the next cheapest way that still has room (a satellite always has): whichever costs less.
"""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from alcance.errors import InputError
from alcance.errors import Problem as Trouble
from alcance.plan.tree import Tree
from alcance.plan.way_out import LOOK, MOVE, NO_WAY, make_graph, make_state, put_in, take_out, way_out

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from alcance.plan.way_out import Graph
    from alcance.steiner import Problem

_TRY, _KEEP = 0, 1  # price what emptying an arc takes, or do it


def repair_dependents(
    problem: Problem,
    tree: Tree,
    limit: NDArray[np.int64],
    progress: Callable[[str, float], None] | None = None,
    name: Callable[[int], str] = str,
) -> Tree:
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
    Tree
        Within its limits. Deterministic: full arcs from the leaves up, in each the cheapest move per terminal first.

    Raises
    ------
    InputError
        If what hangs on a full arc has no other way: overrides leave it none.
    """
    is_terminal = np.zeros(problem.node_count, dtype=np.int64)
    is_terminal[problem.terminals] = 1
    parent_arc = _without_dead_ends(problem, tree, is_terminal)
    now = Tree.of_parents(problem, parent_arc)
    load = now.sum_below(problem, is_terminal)
    fed = now.order[1:]
    # From the deepest up: what leaves it also leaves the arcs above. Nothing moves to where there is no room, so no arc
    # becomes full that was not, and none that is over its limit gains a site.
    over = fed[load[fed] > limit[parent_arc[fed]]][::-1]
    if len(over) == 0:
        return now
    graph = make_graph(problem, limit)
    state = make_state(parent_arc, load, is_terminal)
    first, below = _terminals_below(problem, parent_arc, over)
    widened: list[int] = []
    for row, full in enumerate(over.tolist()):
        if progress is not None:
            progress("making room", row / len(over))
        before = parent_arc[full]
        if before < 0 or load[full] <= limit[before]:
            continue
        terminals = _still_below(problem.tails, parent_arc, below[first[row] : first[row + 1]], full)
        best, best_price = np.int64(-1), NO_WAY
        for arc in _ways_in(graph, before, full):
            parent_arc[full] = arc
            fits, price = _empty(graph, state, terminals, full, arc, _TRY)
            price += int(problem.costs[arc])
            if fits and price < best_price:
                best, best_price = arc, price
        if best < 0:
            raise _no_room(terminals, before, limit, full, name)
        parent_arc[full] = best
        _empty(graph, state, terminals, full, best, _KEEP)
        if best != before:
            widened.append(full)
    # What was widened first may have been relieved further up since.
    for node in widened:
        if parent_arc[node] >= 0:
            parent_arc[node] = _cheapest_with_room(graph, parent_arc[node], node, load[node])
    return Tree.of_parents(problem, parent_arc)


def _without_dead_ends(problem: Problem, tree: Tree, is_terminal: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give the parents without branches that serve no terminal."""
    parent_arc = tree.parent_arc.copy()
    parent_arc[tree.sum_below(problem, is_terminal) == 0] = -1
    return parent_arc


def _ways_in(graph: Graph, arc: np.int64, head: int) -> NDArray[np.int64]:
    """List an arc and those beside it that carry more, by their numbers."""
    tails, _, _, in_ptr, into, limit = graph
    beside = into[in_ptr[head] : in_ptr[head + 1]]
    wider = beside[(tails[beside] == tails[arc]) & (limit[beside] > limit[arc])]
    return np.append(arc, np.sort(wider))


def _cheapest_with_room(graph: Graph, arc: np.int64, head: int, load: np.int64) -> np.int64:
    """Give the cheapest of an arc and those beside it that carry a load; the arc itself where none is cheaper."""
    tails, _, costs, in_ptr, into, limit = graph
    beside = into[in_ptr[head] : in_ptr[head + 1]]
    fits = np.sort(beside[(tails[beside] == tails[arc]) & (limit[beside] >= load)])
    cheapest: np.int64 = fits[np.argmin(costs[fits])]
    return cheapest if costs[cheapest] < costs[arc] else arc


def _terminals_below(
    problem: Problem, parent_arc: NDArray[np.int64], nodes: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """List the terminals below each of some nodes: row r holds entries first[r] to first[r + 1]."""
    row_of = np.full(problem.node_count, -1, dtype=np.int64)
    row_of[nodes] = np.arange(len(nodes))
    first = np.zeros(len(nodes) + 1, dtype=np.int64)
    terminals = problem.terminals.astype(np.int64)
    _climb(problem.tails, parent_arc, terminals, row_of, first, np.empty(0, dtype=np.int64))
    first = np.concatenate([[0], np.cumsum(first[:-1])])
    below = np.empty(first[-1], dtype=np.int64)
    _climb(problem.tails, parent_arc, terminals, row_of, first.copy(), below)
    return first, below


def _no_room(
    terminals: NDArray[np.int64],
    arc: np.int64,
    limit: NDArray[np.int64],
    full: int,
    name: Callable[[int], str],
) -> InputError:
    """Tell which terminals cannot leave a full arc."""
    names = [name(int(terminal)) for terminal in terminals]
    shown = ", ".join(names[:10]) + (" …" if len(names) > 10 else "")
    message = f"may carry {limit[arc]} sites, and {len(names)} have no other way with room: relax the overrides of some"
    return InputError([Trouble("overrides", None, "", name(full), f"{message} of {shown}")])


@njit(cache=True, nogil=True)
def _climb(tails, parent_arc, terminals, row_of, place, below):  # type: ignore[no-untyped-def]
    """Count the terminals below each row, or where there is room for them write them down."""
    for terminal in terminals:
        node = terminal
        while parent_arc[node] >= 0:
            row = row_of[node]
            if row >= 0:
                if len(below) > 0:
                    below[place[row]] = terminal
                place[row] += 1
            node = tails[parent_arc[node]]


@njit(cache=True, nogil=True)
def _still_below(tails, parent_arc, terminals, full):  # type: ignore[no-untyped-def]
    """Of the terminals that hung below a node, give those that still do."""
    keep = np.zeros(len(terminals), dtype=np.bool_)
    for position in range(len(terminals)):
        node = terminals[position]
        while node != full and parent_arc[node] >= 0:
            node = tails[parent_arc[node]]
        keep[position] = node == full
    return terminals[keep]


@njit(cache=True, nogil=True)
def _empty(graph, state, terminals, full, arc, action):  # type: ignore[no-untyped-def]
    """Move terminals out from below `full` until the arc that feeds it is within its limit.

    Tells whether that could be done, and at what price; puts everything back where it was only a trial.
    """
    heads, limit = graph[1], graph[5]
    parent_arc, load = state[0], state[1]
    spent = np.int64(0)
    steps = [np.int64(0)][:0]  # terminals moved
    left = [np.int64(0)][:0]  # arcs given up, move by move, each move closed by -1
    queue = [(way_out(graph, state, t, LOOK, left), t) for t in terminals]
    heapq.heapify(queue)
    while load[full] > limit[arc] and len(queue) > 0:
        _, terminal = heapq.heappop(queue)
        # Earlier moves may have filled or opened ways: look again, and wait if another is cheaper now.
        price = way_out(graph, state, terminal, LOOK, left)
        if len(queue) > 0 and price > queue[0][0]:
            heapq.heappush(queue, (price, terminal))
            continue
        if price == NO_WAY:
            continue
        left.append(np.int64(-1))
        spent += way_out(graph, state, terminal, MOVE, left)
        steps.append(terminal)
    fits = load[full] <= limit[arc]
    if action == _TRY:
        for step in range(len(steps) - 1, -1, -1):
            terminal = steps[step]
            take_out(graph, state, terminal)
            while left[-1] >= 0:
                back = left.pop()
                parent_arc[heads[back]] = back
            left.pop()
            put_in(graph, state, terminal)
    return fits, spent
