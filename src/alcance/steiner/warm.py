"""Begin from known potentials: of a case above, or of the same problem before prices changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

from alcance.steiner.ascent import raise_terminal
from alcance.steiner.duals import FAR, ROOTED, Duals, start_duals, with_more_room
from alcance.steiner.primal import Plan
from alcance.steiner.prune import prune
from alcance.steiner.reascent import change_charges
from alcance.steiner.serving import no_serving

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from alcance.steiner.duals import Scratch
    from alcance.steiner.net import Net, Origin
    from alcance.steiner.problem import Problem
    from alcance.steiner.solution import Solution

# A potential that arcs can no longer pay for is cut to half its height so often, then dropped.
HALVINGS = 6
# Terminals raised between two questions whether to go on.
ASKED_EVERY = 256


class Known(NamedTuple):
    """Potentials by terminal of a net.

    Parameters
    ----------
    charge
        int64[k]: height of each terminal's potential.
    ptr
        int64[k + 1]: the entries of terminal i are ptr[i] … ptr[i + 1] − 1.
    node, value
        int32[], int64[]: nodes below the height and their potentials, those of a terminal ascending by value.
    """

    charge: NDArray[np.int64]
    ptr: NDArray[np.int64]
    node: NDArray[np.int32]
    value: NDArray[np.int64]


class Start(NamedTuple):
    """Where to begin: potentials if any, and a plan as the arc into each node of the net (int32[n], −1 elsewhere)."""

    known: Known | None
    parent: NDArray[np.int32]


def start_from(net: Net, origin: Origin, before: Problem, solution: Solution) -> Start:
    """What an earlier solution tells of a net: its problem has the same nodes, whatever its arcs and prices are now."""
    return Start(known_from(net, origin, before, solution), parents_of(net, origin, before, solution.arcs))


def known_from(net: Net, origin: Origin, before: Problem, solution: Solution) -> Known:
    """The potentials that an earlier solution's proof has for a net.

    A solution proven by cases has none to give, and one whose terminals pool what they pay only those that one of them
    pays for alone.
    """
    place = np.full(before.node_count, -1, np.int64)
    own = ~origin.added
    place[origin.node[own]] = np.flatnonzero(own)
    certificate = solution.certificate
    leaf = np.full(before.node_count, -1, np.int64)
    leaf[origin.node[net.terminals]] = net.terminals
    height = certificate.height
    terminal = np.full(height.size, -1, np.int64)
    if certificate.leaf_ptr.size == 2:
        alone = np.flatnonzero(np.diff(certificate.payer_ptr) == 1)
        payer = certificate.payers[certificate.payer_ptr[alone]]
        once = np.unique(payer, return_index=True)[1]
        terminal[alone[once]] = leaf[payer[once]]
    number = np.where(terminal >= 0, net.terminal_at[np.maximum(terminal, 0)], -1).astype(np.int32)
    # The leaf of a prized terminal stands below it at 0 too.
    leaf_below = np.where(origin.added[np.maximum(terminal, 0)], terminal, -1)
    ptr = np.zeros(net.terminals.size + 1, np.int64)
    _count_entries(certificate.indptr, certificate.nodes, place, number, leaf_below, ptr)
    ptr = np.cumsum(ptr)
    node, value = np.empty(int(ptr[-1]), np.int32), np.empty(int(ptr[-1]), np.int64)
    _list_entries(
        certificate.indptr, certificate.nodes, certificate.values, place, number, leaf_below, ptr, node, value
    )
    charge = np.zeros(net.terminals.size, np.int64)
    charge[number[number >= 0]] = height[number >= 0]
    return Known(charge, ptr, node, value)


def parents_of(net: Net, origin: Origin, before: Problem, tree: NDArray[np.int64]) -> NDArray[np.int32]:
    """The arc into each node of a tree in `before` where it stands in the net; a prized leaf hangs on its own node."""
    place = np.full(before.node_count, -1, np.int64)
    place[origin.node[~origin.added]] = np.flatnonzero(~origin.added)
    parent = np.full(net.terminal_at.size, -1, np.int32)
    names = net.tail.astype(np.int64) * net.terminal_at.size + net.head
    order = np.argsort(names, kind="stable")
    tails, heads = place[before.tails[tree]], place[before.heads[tree]]
    leaves = np.flatnonzero(origin.added)
    bases = place[origin.node[leaves]]
    tails, heads = np.concatenate([tails, bases]), np.concatenate([heads, leaves])
    whole = (tails >= 0) & (heads >= 0)
    wanted = tails[whole] * net.terminal_at.size + heads[whole]
    at = np.minimum(np.searchsorted(names[order], wanted), names.size - 1)
    arcs = order[at][names[order[at]] == wanted] if names.size else np.zeros(0, np.int64)
    parent[net.head[arcs]] = arcs
    return parent


def replant(net: Net, parent: NDArray[np.int32], direct: NDArray[np.int32]) -> Plan | None:
    """A plan from a tree that may have lost arcs: what hangs on the root still, pruned; None if a terminal is lost."""
    kept = parent.copy()
    cost = int(prune(net, kept, direct))
    return None if cost < 0 else Plan(kept, cost)


def known_of(duals: Duals, which: NDArray[np.int64]) -> Known:
    """The potentials of the terminals numbered `which` (−1 for a new one), as `begin` takes them."""
    old = np.maximum(which, 0)
    length = np.where(which >= 0, duals.length[old], 0)
    ptr = np.concatenate([np.zeros(1, np.int64), np.cumsum(length)])
    at = np.arange(int(ptr[-1])) - np.repeat(ptr[:-1], length) + np.repeat(duals.start[old], length)
    charge = np.where(which >= 0, duals.charge[old], 0)
    return Known(charge, ptr, duals.pool_node[at], duals.pool_value[at])


def begin(net: Net, scratch: Scratch, known: Known, go_on: Callable[[], bool] | None = None) -> Duals:
    """Duals with as much of known potentials as the arcs of `net` can pay, raised as far as they go (or `go_on`)."""
    return top_up(net, paid(net, scratch, known), scratch, go_on)


def paid(net: Net, scratch: Scratch, known: Known) -> Duals:
    """Duals with as much of known potentials as the arcs of `net` can pay; their pool is the arrays of these."""
    duals = start_duals(net)._replace(pool_node=known.node, pool_value=known.value)
    duals.start[:] = known.ptr[:-1]
    duals.length[:] = duals.room[:] = np.diff(known.ptr)
    duals.charge[:] = known.charge
    duals.used[0] = known.node.size
    _take(net, duals, scratch)
    return duals


def top_up(net: Net, duals: Duals, scratch: Scratch, go_on: Callable[[], bool] | None = None) -> Duals:
    """Raise each terminal in turn as far as it goes, in place but for the pool; `go_on` may say no between some."""
    duals.rooted[:] = 0
    duals.rooted[net.root[0]] = 1
    duals.state[:] = ROOTED
    nobody = no_serving(net)
    number, marking = 0, False
    while number < net.terminals.size:
        if number % ASKED_EVERY == 0 and go_on is not None and not go_on():
            break
        if raise_terminal(number, FAR, marking, nobody, net, duals, scratch) < 0:
            duals = with_more_room(duals)
        else:
            number += 1
    return duals


@njit(cache=True, nogil=True)
def _take(net, duals, scratch):  # type: ignore[no-untyped-def]
    """Charge each potential to the arcs; one that overdraws an arc is lowered until none is."""
    for terminal in range(duals.charge.size):
        for attempt in range(HALVINGS + 1):
            if duals.charge[terminal] == 0:
                break
            change_charges(terminal, -1, net, duals, scratch)
            if not _overdraws(terminal, net, duals):
                break
            change_charges(terminal, 1, net, duals, scratch)
            lower = duals.charge[terminal] // np.int64(2) if attempt + 1 < HALVINGS else np.int64(0)
            start = duals.start[terminal]
            while duals.length[terminal] > 0 and duals.pool_value[start + duals.length[terminal] - 1] >= lower:
                duals.length[terminal] -= 1
            duals.charge[terminal] = lower


@njit(cache=True, nogil=True)
def _overdraws(terminal, net, duals):  # type: ignore[no-untyped-def]
    start = duals.start[terminal]
    for at in range(start, start + duals.length[terminal]):
        node = duals.pool_node[at]
        for arc in range(net.in_ptr[node], net.in_ptr[node + 1]):
            if duals.reduced[arc] < 0:
                return True
    return False


@njit(cache=True, nogil=True)
def _count_entries(indptr, nodes, place, number, leaf_below, counts):  # type: ignore[no-untyped-def]
    """Count each terminal's entries that the net still has, one place on."""
    for component in range(number.size):
        if number[component] < 0:
            continue
        kept = np.int64(leaf_below[component] >= 0)
        for at in range(indptr[component], indptr[component + 1]):
            kept += place[nodes[at]] >= 0
        counts[number[component] + 1] = kept


@njit(cache=True, nogil=True)
def _list_entries(indptr, nodes, values, place, number, leaf_below, ptr, node, value):  # type: ignore[no-untyped-def]
    """List each terminal's entries by value, those of one value as the proof has them."""
    for component in range(number.size):
        if number[component] < 0:
            continue
        first = fill = ptr[number[component]]
        for at in range(indptr[component], indptr[component + 1]):
            if place[nodes[at]] >= 0:
                node[fill] = place[nodes[at]]
                value[fill] = values[at]
                fill += 1
        if leaf_below[component] >= 0:
            node[fill] = leaf_below[component]
            value[fill] = 0
            fill += 1
        order = np.argsort(value[first:fill], kind="mergesort")
        node[first:fill] = node[first:fill][order]
        value[first:fill] = value[first:fill][order]
