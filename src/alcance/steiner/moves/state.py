"""The tree that the moves change, with a journal so that any chain of changes can be taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

from alcance.steiner.moves.limits import LEAST, MOST, NOW, Limits, add_load, fitted

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alcance.steiner.net import Net


class TreeState(NamedTuple):
    """A tree under change.

    Parameters
    ----------
    parent
        int32[n]: the arc into each node, or −1 outside the tree (and at the root).
    inside
        uint8[n]: 1 where the node is in the tree.
    kids
        int32[n]: arcs of the tree that leave the node.
    journal_node, journal_parent
        int32[] each: the changes since the last commit, oldest first, with what the parent was before.
    counters
        int64[2]: length of the journal; cost of the tree.
    limits
        How much arcs may carry.
    load
        int32[n, 3]: terminals at and below each node that is not free of limits, and the least and most of the arc it
        hangs on; empty where there are no limits.
    """

    parent: NDArray[np.int32]
    inside: NDArray[np.uint8]
    kids: NDArray[np.int32]
    journal_node: NDArray[np.int32]
    journal_parent: NDArray[np.int32]
    counters: NDArray[np.int64]
    limits: Limits
    load: NDArray[np.int32]


JOURNAL, COST = 0, 1


def make_tree(net: Net, parent: NDArray[np.int32], limits: Limits) -> TreeState:
    """A tree state from the arc into each node, within the limits already."""
    used = parent[parent >= 0]
    inside = (parent >= 0).astype(np.uint8)
    inside[net.root[0]] = 1
    kids = np.bincount(net.tail[used], minlength=parent.size).astype(np.int32)
    # One composite move touches few nodes many times; where the journal fills up all the same, it is given up.
    room = 8 * parent.size + 4096
    load = np.zeros((limits.free.size, 3), dtype=np.int32)
    if load.size > 0:
        fed = np.flatnonzero(parent >= 0)
        load[fed, LEAST], load[fed, MOST] = limits.least[parent[fed]], limits.most[parent[fed]]
    tree = TreeState(
        parent.copy(),
        inside,
        kids,
        np.zeros(room, dtype=np.int32),
        np.zeros(room, dtype=np.int32),
        np.array([0, int(net.cost[used].sum())], dtype=np.int64),
        limits,
        load,
    )
    if load.size > 0:
        _count_terminals(net, tree)
    return tree


@njit(cache=True, nogil=True)
def _count_terminals(net, tree):  # type: ignore[no-untyped-def]
    for terminal in net.terminals:
        tree.counters[COST] += add_load(terminal, 1, net, tree)


@njit(cache=True, nogil=True)
def _put(node, arc, net, tree):  # type: ignore[no-untyped-def]
    old = tree.parent[node]
    limited = tree.load.size > 0
    carried = tree.load[node, NOW] if limited else np.int32(0)
    if old >= 0:
        tree.kids[net.tail[old]] -= 1
        tree.counters[COST] -= net.cost[old]
        if carried > 0:
            tree.counters[COST] += add_load(net.tail[old], -carried, net, tree)
    if arc >= 0 and carried > 0:
        arc = fitted(arc, carried, net, tree.limits)
        tree.counters[COST] += add_load(net.tail[arc], carried, net, tree)
    tree.parent[node] = arc
    if arc >= 0:
        if limited:
            tree.load[node, LEAST], tree.load[node, MOST] = tree.limits.least[arc], tree.limits.most[arc]
        tree.kids[net.tail[arc]] += 1
        tree.counters[COST] += net.cost[arc]
        tree.inside[node] = 1
    else:
        tree.inside[node] = 0


@njit(cache=True, nogil=True)
def set_parent(node, arc, net, tree):  # type: ignore[no-untyped-def]
    """Hang a node on an arc (−1: on nothing), and note what was before."""
    at = tree.counters[JOURNAL]
    tree.journal_node[at] = node
    tree.journal_parent[at] = tree.parent[node]
    tree.counters[JOURNAL] = at + 1
    _put(node, arc, net, tree)


@njit(cache=True, nogil=True)
def is_full(tree):  # type: ignore[no-untyped-def]
    """Whether the journal might not hold another branch cut off and hung on, each along a way through all nodes."""
    return tree.journal_node.size - tree.counters[JOURNAL] < 2 * tree.parent.size


@njit(cache=True, nogil=True)
def undo(mark, net, tree):  # type: ignore[no-untyped-def]
    """Take back all changes after the journal was `mark` long."""
    at = tree.counters[JOURNAL]
    while at > mark:
        at -= 1
        _put(tree.journal_node[at], tree.journal_parent[at], net, tree)
    tree.counters[JOURNAL] = mark


@njit(cache=True, nogil=True)
def detach(node, net, tree):  # type: ignore[no-untyped-def]
    """Cut a node off, with everything above that served it alone; its own branch stays below it. Returns the saving."""
    before = tree.counters[COST]
    while True:
        arc = tree.parent[node]
        if arc < 0:
            break
        set_parent(node, np.int32(-1), net, tree)
        node = net.tail[arc]
        if tree.kids[node] > 0 or net.terminal_at[node] >= 0:
            break
    return before - tree.counters[COST]


@njit(cache=True, nogil=True)
def random_bits(dice):  # type: ignore[no-untyped-def]
    """The next 64 random bits of a splitmix64 generator held in uint64[1] (Steele, Lea and Flood 2014)."""
    dice[0] += np.uint64(0x9E3779B97F4A7C15)
    bits = dice[0]
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return bits ^ (bits >> np.uint64(31))


@njit(cache=True, nogil=True)
def random_below(dice, count):  # type: ignore[no-untyped-def]
    """A random whole number from 0 to count − 1."""
    return np.int64((random_bits(dice) >> np.uint64(32)) * np.uint64(count) >> np.uint64(32))


@njit(cache=True, nogil=True)
def random_share(dice):  # type: ignore[no-untyped-def]
    """A random number from 0 up to 1."""
    return np.float64(random_bits(dice) >> np.uint64(11)) / 9007199254740992.0
