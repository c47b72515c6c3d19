"""The kernels of the check: what all potentials together charge to each arc."""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def group_by_head(node_count, tails, heads, costs, node_costs):  # type: ignore[no-untyped-def]
    """Order arcs by head: in_ptr int32[n + 1], and by place tail (int32) and cost with the head's own (int64)."""
    in_ptr = np.zeros(node_count + 1, dtype=np.int32)
    for head in heads:
        in_ptr[head + 1] += 1
    for node in range(node_count):
        in_ptr[node + 1] += in_ptr[node]
    tail_at = np.empty(heads.size, dtype=np.int32)
    cost_at = np.empty(heads.size, dtype=np.int64)
    fill = in_ptr[:-1].copy()
    for arc in range(heads.size):
        head = heads[arc]
        place = fill[head]
        fill[head] += 1
        tail_at[place] = tails[arc]
        cost_at[place] = costs[arc] + node_costs[head]
    return in_ptr, tail_at, cost_at


@njit(cache=True, nogil=True)
def charge_leaf(  # type: ignore[no-untyped-def]
    first,
    last,
    payer_ptr,
    payers,
    amounts,
    indptr,
    nodes,
    values,
    root,
    opening,
    in_ptr,
    tail_at,
    left,
    node_costs,
    chargeable,
    outside,
):
    """Charge the components first … last − 1 to the arcs; `left` and `chargeable` are used up.

    Returns the number of the first fault (0 where none) and the component, place of an arc or node at which it lies.
    """
    node_count = node_costs.size
    potential = np.zeros(node_count, dtype=np.int64)
    listed_by = np.full(node_count, -1, dtype=np.int32)
    to_open = np.zeros(0, dtype=np.int64)
    if root < 0:
        to_open = node_costs + opening
    for component in range(first, last):
        top = np.int64(0)
        for place in range(payer_ptr[component], payer_ptr[component + 1]):
            payer = payers[place]
            if amounts[place] <= 0:
                return 1, component
            if chargeable[payer] < 0:
                return 2, component
            if chargeable[payer] < amounts[place]:
                return 3, component
            chargeable[payer] -= amounts[place]
            top += amounts[place]
        if top <= 0:
            return 1, component
        last_node = -1
        for entry in range(indptr[component], indptr[component + 1]):
            node = nodes[entry]
            value = values[entry]
            if node <= last_node:
                return 4, component
            if value < 0 or value >= top:
                return 5, component
            if node == root:
                return 6, component
            last_node = node
            potential[node] = value
            listed_by[node] = component
        paid = np.int64(0)
        for place in range(payer_ptr[component], payer_ptr[component + 1]):
            payer = payers[place]
            if listed_by[payer] != component or potential[payer] > paid:
                return 7, component
            paid += amounts[place]
        # Only an arc into a listed node can fall: everywhere else the potential is at its height.
        for entry in range(indptr[component], indptr[component + 1]):
            node = nodes[entry]
            if outside[node]:
                continue
            value = values[entry]
            for place in range(in_ptr[node], in_ptr[node + 1]):
                tail = tail_at[place]
                fall = top - value
                if listed_by[tail] == component:
                    fall = potential[tail] - value
                if fall > 0 and not outside[tail]:
                    left[place] -= fall
                    if left[place] < 0:
                        return 8, np.int64(place)
            if root < 0:
                to_open[node] -= top - value
                if to_open[node] < 0:
                    return 9, np.int64(node)
    return 0, -1
