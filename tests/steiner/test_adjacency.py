"""Lists by the ends of arcs against the plain way to make them, and a pool that is packed against what it held."""

from __future__ import annotations

import numpy as np
import pytest
from brute import random_problem

from alcance.adjacency import by_both_ends, by_end, cheapest_by_both_ends, neighbours, reached
from alcance.steiner.ascent import ascend
from alcance.steiner.duals import at_rest, start_duals, start_scratch, with_more_room
from alcance.steiner.net import make_net


@pytest.mark.parametrize("seed", range(20))
def test_lists_are_those_that_sorting_gives(seed: int) -> None:
    rng = np.random.default_rng(seed)
    count, arcs = int(rng.integers(1, 30)), int(rng.integers(0, 120))
    tails, heads = (rng.integers(0, count, arcs).astype(np.int32) for _ in range(2))
    assert by_end(tails, count)[1].tolist() == np.argsort(tails, kind="stable").tolist()
    order = by_both_ends(heads, tails, count)
    assert order.tolist() == np.lexsort((tails, heads)).tolist()
    costs = rng.integers(0, 4, arcs)
    cheapest: dict[tuple[int, int], int] = {}
    for arc in range(arcs):
        ends = int(heads[arc]), int(tails[arc])
        if ends[0] != ends[1] and (ends not in cheapest or costs[arc] < costs[cheapest[ends]]):
            cheapest[ends] = arc
    assert cheapest_by_both_ends(heads, tails, costs, count).tolist() == [cheapest[ends] for ends in sorted(cheapest)]
    pointer, nodes = neighbours(tails[order], heads[order], count)
    for node in range(count):
        near = np.union1d(tails[heads == node], heads[tails == node])
        assert nodes[pointer[node] : pointer[node + 1]].tolist() == near.tolist()
    found = {0}
    while more := set(heads[np.isin(tails, sorted(found))].tolist()) - found:
        found |= more
    assert set(np.flatnonzero(reached(tails, heads, count, np.zeros(1, np.int64))).tolist()) == found


def test_packing_a_pool_keeps_every_ball() -> None:
    rng = np.random.default_rng(3)
    for _ in range(30):
        net, _ = make_net(random_problem(rng, symmetric=False))
        duals = ascend(net, start_duals(net), start_scratch(net))

        def balls(duals=duals):  # type: ignore[no-untyped-def]
            ranges = zip(duals.start, duals.start + duals.length, strict=True)
            return [(duals.pool_node[a:b].tolist(), duals.pool_value[a:b].tolist()) for a, b in ranges]

        before = balls()
        assert balls(duals.copy()) == before
        assert balls(with_more_room(duals)) == before
        resting = at_rest(duals)
        assert balls(resting) == before
        assert resting.pool_node.size == sum(len(nodes) for nodes, _ in before)
        assert balls(with_more_room(resting)) == before
