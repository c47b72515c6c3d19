"""Dual ascent: each terminal grows a ball on reduced costs until it meets the root (Wong 1984, by bounded Dijkstra).

A raise of terminal k by D subtracts min(D, d_u) − d_v from the reduced cost of each arc u→v, where d is the distance
to k on reduced costs; what was charged so far is a potential that is 0 at k, and every node has its final value when
it first enters the ball, so the ball's list of (node, value) is the certificate itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from alcance.steiner.duals import (
    ASLEEP,
    FAR,
    HELD,
    LIVE,
    ROOTED,
    Duals,
    Scratch,
    mark_from,
    start_duals,
    with_more_room,
)
from alcance.steiner.heap import drop_first, push
from alcance.steiner.serving import no_serving, serves

if TYPE_CHECKING:
    from collections.abc import Callable

    from alcance.steiner.net import Net
    from alcance.steiner.serving import Serving

# A level 1.3 times the last: 1.02 moves the bound by 0.04 % at many times the work.
GROWTH = 1.3
FIRST_LEVEL_SHARE = 1.0 / 512.0
ARCS_PER_SLICE = 8_000_000


def ascend(
    net: Net,
    duals: Duals,
    scratch: Scratch,
    *,
    serving: Serving | None = None,
    growth: float = GROWTH,
    lowest: float | None = None,
    go_on: Callable[[float], bool] | None = None,
) -> Duals:
    """Raise every live terminal in rounds of growing level until each meets the root.

    In the best duals nobody pays for an arc of the best network that does not serve him (complementary slackness). So
    with a plan at hand there are two passes: in the first a terminal stops where it would have to, in the second all
    go on as far as they get.

    Parameters
    ----------
    serving
        Of a good plan.
    growth, lowest
        Of the levels, from one round to the next; and the first of them, which is `first_level` unless given.
    go_on
        Called between slices of work with the share of terminals done; False stops early (the duals stay valid).

    Returns
    -------
    Duals
        The same arrays, but for the pool, which may have been replaced by a larger one.
    """
    if net.terminals.size == 0:
        return duals
    level = first_level(net) if lowest is None else lowest
    if serving is not None:
        duals = _rounds(net, duals, scratch, serving, level, growth, go_on)
        duals.state[duals.state == HELD] = LIVE
    return _rounds(net, duals, scratch, no_serving(net), level, growth, go_on)


def renewed(net: Net, duals: Duals, scratch: Scratch, serving: Serving, go_on: Callable[[], bool]) -> Duals:
    """The better of these duals and of those that ascend anew as a plan advises."""
    fair = ascend(net, start_duals(net), scratch, serving=serving, go_on=lambda _share: go_on())
    return fair if fair.bound > duals.bound else duals


def _rounds(
    net: Net,
    duals: Duals,
    scratch: Scratch,
    serving: Serving,
    level: float,
    growth: float,
    go_on: Callable[[float], bool] | None,
) -> Duals:
    while bool((duals.state == LIVE).any()):
        at = 0
        while at < net.terminals.size:
            height = np.int64(min(level, float(FAR >> np.int64(1))))
            at, full = _round(net, duals, scratch, serving, at, height, ARCS_PER_SLICE)
            if full:
                duals = with_more_room(duals)
            if go_on is not None and not go_on(float((duals.state == ROOTED).mean())):
                return duals
        level = max(level * growth, level + 1)
    return duals


def first_level(net: Net) -> float:
    """How high the first round raises everybody; it takes all arcs to find out."""
    return max(1.0, float(_typical_price(net)) * FIRST_LEVEL_SHARE)


def _typical_price(net: Net) -> int:
    """The greatest of the cheapest arcs into any terminal: the scale on which charges matter."""
    cheapest = np.full(net.terminal_at.size, FAR)
    np.minimum.at(cheapest, net.head, net.cost)
    dearest = int(cheapest[net.terminals].max())
    return max(dearest, int(np.median(net.cost)) if net.cost.size else 1, 1)


@njit(cache=True, nogil=True)
def _awake(terminal, duals):  # type: ignore[no-untyped-def]
    """The terminal at the end of a chain of sleepers."""
    while duals.state[terminal] == ASLEEP:
        terminal = duals.sleeps_on[terminal]
    return terminal


@njit(cache=True, nogil=True)
def _round(net, duals, scratch, serving, first, level, arc_budget):  # type: ignore[no-untyped-def]
    """Raise live terminals from `first` on up to `level`; returns where to go on, and whether the pool is full."""
    work = 0
    marking = True
    terminal = first
    while terminal < net.terminals.size:
        if duals.state[terminal] == LIVE and duals.charge[terminal] < level:
            done = raise_terminal(terminal, level - duals.charge[terminal], marking, serving, net, duals, scratch)
            if done < 0:
                return terminal, True
            work += done
        terminal += 1
        if work > arc_budget:
            break
    return terminal, False


@njit(cache=True, nogil=True)
def raise_terminal(terminal, step, marking, serving, net, duals, scratch):  # type: ignore[no-untyped-def]
    """Raise one terminal by at most `step`; returns the arcs looked at, or −1 (nothing changed) where the pool is full.

    The raise ends early where the ball meets the root or something rooted (the terminal is rooted), or an awake
    terminal that does not itself sleep on this one (this one falls asleep on it). Without `marking` only the root
    counts, and nothing is marked.
    """
    scratch.stamp_now[0] += 1
    now = scratch.stamp_now[0]
    distance = scratch.distance
    stamp = scratch.stamp
    order = scratch.order
    keys = scratch.heap_key
    nodes = scratch.heap_node
    start = duals.start[terminal]
    known = duals.length[terminal]
    count = 0
    size = 0
    work = 0
    if known == 0:
        node = net.terminals[terminal]
        distance[node] = 0
        stamp[node] = now
        size = push(keys, nodes, size, np.int64(0), node)
    for at in range(known):
        node = duals.pool_node[start + at]
        distance[node] = 0
        stamp[node] = now
        order[at] = node
    count = known
    relaxed = 0
    met_root = False
    held = False
    met_terminal = -1
    while True:
        if relaxed < count:
            node = order[relaxed]
            relaxed += 1
        else:
            found = False
            while size > 0:
                key = keys[0]
                if key >= step:
                    break
                node = nodes[0]
                size = drop_first(keys, nodes, size)
                if key == distance[node]:
                    found = True
                    break
            if not found:
                break
            order[count] = node
            count += 1
            relaxed += 1
            # A node is settled once: a second entry with the same key would be a stale duplicate.
        base = distance[node]
        if base >= step:
            break
        planned = serving.parent[node]
        if planned >= 0 and duals.reduced[planned] > 0 and not serves(node, net.terminals[terminal], serving):
            step = base
            held = True
            met_root = False
            met_terminal = -1
            break
        for arc in range(net.in_ptr[node], net.in_ptr[node + 1]):
            work += 1
            tail = net.tail[arc]
            length = base + duals.reduced[arc]
            if length >= step and not (length == step and not met_root and met_terminal < 0):
                continue
            if duals.rooted[tail]:
                if length < step or not met_root:
                    step = length
                    met_root = True
                    met_terminal = -1
                continue
            if length >= step:
                continue
            if stamp[tail] == now and distance[tail] <= length:
                continue
            other = net.terminal_at[tail]
            if marking and other >= 0 and other != terminal:
                other = _awake(other, duals)
                if other != terminal:
                    step = length
                    met_root = False
                    met_terminal = other
                    continue
            stamp[tail] = now
            distance[tail] = length
            size = push(keys, nodes, size, length, tail)
    inside = known
    for at in range(known, count):
        if distance[order[at]] < step:
            order[inside] = order[at]
            inside += 1
    if step > 0:
        if not keep_list(terminal, known, inside, duals, scratch):
            return -1
        _subtract(terminal, step, inside, now, net, duals, scratch)
    if met_root and marking:
        duals.state[terminal] = ROOTED
        _mark_from_ball(inside, net, duals, scratch)
    elif met_terminal >= 0:
        duals.state[terminal] = ASLEEP
        duals.sleeps_on[terminal] = met_terminal
    elif held and marking:
        duals.state[terminal] = HELD
    return work + 1


@njit(cache=True, nogil=True)
def keep_list(terminal, known, inside, duals, scratch):  # type: ignore[no-untyped-def]
    """Append the nodes that entered the ball to the terminal's list; False where the pool has no room."""
    if inside == known:
        return True
    if inside > duals.room[terminal]:
        room = max(2 * duals.room[terminal], inside + 4)
        fresh = duals.used[0]
        if fresh + room > duals.pool_node.size:
            duals.used[1] = room
            return False
        old = duals.start[terminal]
        for at in range(known):
            duals.pool_node[fresh + at] = duals.pool_node[old + at]
            duals.pool_value[fresh + at] = duals.pool_value[old + at]
        duals.start[terminal] = fresh
        duals.room[terminal] = room
        duals.used[0] = fresh + room
    start = duals.start[terminal]
    for at in range(known, inside):
        node = scratch.order[at]
        duals.pool_node[start + at] = node
        duals.pool_value[start + at] = duals.charge[terminal] + scratch.distance[node]
    duals.length[terminal] = inside
    return True


@njit(cache=True, nogil=True)
def _subtract(terminal, step, inside, now, net, duals, scratch):  # type: ignore[no-untyped-def]
    for at in range(inside):
        node = scratch.order[at]
        base = scratch.distance[node]
        for arc in range(net.in_ptr[node], net.in_ptr[node + 1]):
            tail = net.tail[arc]
            far = step
            if scratch.stamp[tail] == now and scratch.distance[tail] < step:
                far = scratch.distance[tail]
            if far > base:
                duals.reduced[arc] -= far - base
    duals.charge[terminal] += step


@njit(cache=True, nogil=True)
def _mark_from_ball(inside, net, duals, scratch):  # type: ignore[no-untyped-def]
    for at in range(inside):
        node = scratch.order[at]
        if duals.rooted[node]:
            continue
        for arc in range(net.in_ptr[node], net.in_ptr[node + 1]):
            if duals.reduced[arc] == 0 and duals.rooted[net.tail[arc]]:
                mark_from(node, net, duals, scratch.queue)
                break
