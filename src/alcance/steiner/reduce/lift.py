"""Lift the potentials of a reduced problem to the problem it came from: what was done is undone, last step first.

Every step is exact in integers. A node that hung on a neighbour takes its potentials; a node between two neighbours
gets potentials between theirs, so that no arc is charged more than it costs (what an arc of summed cost was charged
can always be divided among its two parts); a terminal that was charged before gets a component of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from alcance.proof import REQUIRED, Certificate
from alcance.steiner.reduce.draft import ABSENT, CHARGE, EVENTS, FOLLOW

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alcance.steiner.problem import Problem
    from alcance.steiner.reduce.draft import Draft


def lift(problem: Problem, draft: Draft, nodes: NDArray[np.int64], reduced: Certificate) -> Certificate:
    """The certificate of `problem` that a certificate of the reduced problem stands for.

    Its bound is the reduced one's and the fixed cost together.

    Parameters
    ----------
    nodes
        int64[], the problem's node for each node of the reduced problem.
    """
    payer_ptr, payers, amounts = _passed_on(draft, nodes, reduced)
    steps = draft.event[: draft.tally[EVENTS]]
    charges = np.flatnonzero(steps[:, 0] == CHARGE)[::-1]
    payer_ptr = np.concatenate([payer_ptr, payer_ptr[-1] + 1 + np.arange(charges.size)])
    payers = np.concatenate([payers, steps[charges, 2]])
    amounts = np.concatenate([amounts, steps[charges, 3]])
    height = np.concatenate([reduced.height, steps[charges, 3]])
    component = np.repeat(np.arange(reduced.height.size), np.diff(reduced.indptr))
    node, value = nodes[reduced.nodes], reduced.values
    order = np.lexsort((component, node))
    start = np.zeros(problem.node_count, np.int64)
    length = np.bincount(node, minlength=problem.node_count).astype(np.int64)
    start[1:] = np.cumsum(length)[:-1]
    room = 2 * component.size + 4 * problem.node_count + 1024
    pool_component, pool_value = np.zeros(room, np.int32), np.zeros(room, np.int64)
    pool_component[: order.size], pool_value[: order.size] = component[order], value[order]
    step, used, fresh = steps.shape[0] - 1, order.size, height.size - charges.size
    while True:
        step, used, fresh = _undo(steps, step, used, fresh, start, length, pool_component, pool_value, height)
        if step < 0:
            break
        more = pool_component.size + 4 * int(length.max()) + 1024
        pool_component = np.concatenate([pool_component, np.zeros(more, np.int32)])
        pool_value = np.concatenate([pool_value, np.zeros(more, np.int64)])
    indptr, listed, values = _by_component(height.size, start, length, pool_component, pool_value)
    names = problem.terminals[payers].astype(np.int32)
    return Certificate.single(names, amounts, indptr, listed, values, payer_ptr=payer_ptr)


def _passed_on(
    draft: Draft, nodes: NDArray[np.int64], reduced: Certificate
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Who pays for each component, as the problem's terminals: those that a node stands for pay one after another."""
    payer_ptr = np.zeros(reduced.payer_ptr.size, np.int64)
    claims: list[int] = []
    amounts: list[int] = []
    used: dict[int, int] = {}
    for component in range(payer_ptr.size - 1):
        for place in range(int(reduced.payer_ptr[component]), int(reduced.payer_ptr[component + 1])):
            claim, rest = int(draft.claim_first[nodes[reduced.payers[place]]]), int(reduced.amounts[place])
            while rest > 0:
                left = int(draft.claim_left[claim])
                paid = rest if left == REQUIRED else min(left - used.get(claim, 0), rest)
                if paid > 0:
                    used[claim] = used.get(claim, 0) + paid
                    claims.append(claim)
                    amounts.append(paid)
                    rest -= paid
                claim = int(draft.claim_next[claim])
        payer_ptr[component + 1] = len(claims)
    return payer_ptr, np.array(claims, np.int64), np.array(amounts, np.int64)


def _by_component(
    components: int,
    start: NDArray[np.int64],
    length: NDArray[np.int64],
    pool_component: NDArray[np.int32],
    pool_value: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int64]]:
    total = int(length.sum())
    owner = np.repeat(np.arange(length.size), length)
    at = np.arange(total) - np.repeat(np.cumsum(length) - length, length) + np.repeat(start, length)
    component = pool_component[at]
    places = np.argsort(component, kind="stable")  # the nodes ascend already
    indptr = np.zeros(components + 1, np.int64)
    indptr[1:] = np.cumsum(np.bincount(component, minlength=components))
    return indptr, owner[places].astype(np.int32), pool_value[at][places]


@njit(cache=True, nogil=True)
def _undo(steps, step, used, fresh, start, length, component, value, height):  # type: ignore[no-untyped-def]
    """Undo the steps from `step` down to 0; returns early, with what to go on from, where the pool is full."""
    while step >= 0:
        row = steps[step]
        node = row[1]
        if row[0] == FOLLOW:
            start[node] = start[row[2]]
            length[node] = length[row[2]]
        elif row[0] == CHARGE:
            count = length[node]
            if used + count + 1 > component.size:
                return step, used, fresh
            for at in range(count):
                component[used + at] = component[start[node] + at]
                value[used + at] = value[start[node] + at]
            component[used + count] = fresh
            value[used + count] = 0
            start[node] = used
            length[node] = count + 1
            used += count + 1
            fresh += 1
        else:
            one, two = row[2], row[3]
            if used + length[one] + length[two] > component.size:
                return step, used, fresh
            start[node] = used
            used = _put_between(row, one, two, used, start, length, component, value, height)
            length[node] = used - start[node]
        step -= 1
    return step, used, fresh


@njit(cache=True, nogil=True)
def _put_between(row, one, two, used, start, length, component, value, height):  # type: ignore[no-untyped-def]
    """List potentials for a node v between u and w: what falls from u to w falls on u→v first, as far as that pays."""
    in_one, in_two = row[4], row[6]
    # Where v leads nowhere on the other side nothing may fall before it.
    first_left = ABSENT if in_one == ABSENT else (np.int64(0) if row[5] == ABSENT else in_one)
    second_left = ABSENT if in_two == ABSENT else (np.int64(0) if row[7] == ABSENT else in_two)
    at, at_end = start[one], start[one] + length[one]
    other, other_end = start[two], start[two] + length[two]
    while at < at_end or other < other_end:
        if other >= other_end or (at < at_end and component[at] <= component[other]):
            name = component[at]
        else:
            name = component[other]
        here = height[name]
        there = height[name]
        if at < at_end and component[at] == name:
            here = value[at]
            at += 1
        if other < other_end and component[other] == name:
            there = value[other]
            other += 1
        if here >= there:
            fall = min(here - there, first_left)
            if first_left < ABSENT:
                first_left -= fall
            between = here - fall
        else:
            fall = min(there - here, second_left)
            if second_left < ABSENT:
                second_left -= fall
            between = there - fall
        if between < height[name]:
            component[used] = name
            value[used] = between
            used += 1
    return used
