"""The greedy fibre tree of the Giga open cost model, re-created from its description, on made-up schools.

Of unconnected schools the one nearest to anything connected is joined next, straight and no longer than a maximum; what
has been joined can join others (its documentation calls this economies of scale). Here the candidates are the edges of
the Delaunay triangulation, which hold the same tree as all pairs do. In the first form every school within reach is
joined, the others take the alternative. In the second, every fibre node's tree then loses its dearest leaf as long as
it costs more than the alternatives of the schools in it.
"""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.spatial import Delaunay

if TYPE_CHECKING:
    from numpy.typing import NDArray

FIBRE_KM = 7_500_00  # US cents
LONGEST_KM = 20.0
ALTERNATIVE = 18_000_00  # a satellite terminal and its service over the years
SCHOOLS_PER_NODE = 80
KM_PER_SCHOOL = 3.0
CLUSTERED = 0.5


class Schools(NamedTuple):
    """Undirected edges between schools and fibre nodes; node 0 is the root, prizes are the schools' alternatives."""

    tails: NDArray[np.int64]
    heads: NDArray[np.int64]
    costs: NDArray[np.int64]
    prizes: NDArray[np.int64]


def make(count: int, seed: int = 1) -> Schools:
    """So many schools, half of them in clusters, and a fibre node for every eighty."""
    rng = np.random.default_rng(seed)
    side = KM_PER_SCHOOL * np.sqrt(count)
    centres = rng.random((max(1, count // 40), 2)) * side
    near = centres[rng.integers(0, len(centres), count)] + rng.normal(0, 5.0, (count, 2))
    schools = np.where(rng.random((count, 1)) < CLUSTERED, near, rng.random((count, 2)) * side)
    fibre = rng.random((max(1, count // SCHOOLS_PER_NODE), 2)) * side
    xy = np.concatenate([schools, fibre])
    corners = Delaunay(xy).simplices
    ends = np.sort(np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [0, 2]]]), axis=1)
    ends = np.unique(ends, axis=0)
    km = np.hypot(*(xy[ends[:, 0]] - xy[ends[:, 1]]).T)
    ends, km = ends[km < LONGEST_KM], km[km < LONGEST_KM]
    nodes = 1 + count + np.arange(len(fibre))
    prizes = np.zeros(1 + len(xy), dtype=np.int64)
    prizes[1 : count + 1] = np.rint(ALTERNATIVE * rng.uniform(0.7, 1.3, count))
    return Schools(
        np.concatenate([np.zeros(len(fibre), dtype=np.int64), ends[:, 0].astype(np.int64) + 1]),
        np.concatenate([nodes, ends[:, 1].astype(np.int64) + 1]),
        np.concatenate([np.zeros(len(fibre), dtype=np.int64), np.rint(km * FIBRE_KM).astype(np.int64)]),
        prizes,
    )


def grow(made: Schools) -> NDArray[np.int64]:
    """The first form: rows of the edges joined, nearest first."""
    around: list[list[tuple[int, int, int]]] = [[] for _ in range(made.prizes.size)]
    rows = zip(made.tails.tolist(), made.heads.tolist(), made.costs.tolist(), strict=True)
    for row, (tail, head, cost) in enumerate(rows):
        around[tail].append((cost, row, head))
        around[head].append((cost, row, tail))
    joined = {0}
    heap = list(around[0])
    heapq.heapify(heap)
    chosen = []
    while heap:
        _, row, node = heapq.heappop(heap)
        if node in joined:
            continue
        joined.add(node)
        chosen.append(row)
        for entry in around[node]:
            heapq.heappush(heap, entry)
    return np.array(chosen, dtype=np.int64)


def shed(made: Schools, chosen: NDArray[np.int64]) -> NDArray[np.int64]:
    """The second form: every fibre node's tree sheds its dearest leaf while it costs more than the alternatives."""
    # `chosen` lists every node's edge after its parent's.
    into: dict[int, tuple[int, int]] = {}
    tree_of: dict[int, int] = {}
    for row in chosen.tolist():
        tail, head = int(made.tails[row]), int(made.heads[row])
        parent, node = (tail, head) if tail == 0 or tail in tree_of else (head, tail)
        into[node] = (row, parent)
        tree_of[node] = node if parent == 0 else tree_of[parent]
    children = dict.fromkeys(tree_of, 0)
    surplus = dict.fromkeys(tree_of.values(), 0)
    for node, (row, parent) in into.items():
        if parent:
            children[parent] += 1
        surplus[tree_of[node]] += int(made.costs[row]) - int(made.prizes[node])
    leaves: dict[int, list[tuple[int, int]]] = {tree: [] for tree in surplus}
    for node, below in children.items():
        if below == 0 and into[node][1]:
            heapq.heappush(leaves[tree_of[node]], (-int(made.costs[into[node][0]]), node))
    for tree, heap in leaves.items():
        while heap and surplus[tree] > 0:
            _, node = heapq.heappop(heap)
            row, parent = into.pop(node)
            surplus[tree] -= int(made.costs[row]) - int(made.prizes[node])
            children[parent] -= 1
            if children[parent] == 0 and into[parent][1]:
                heapq.heappush(heap, (-int(made.costs[into[parent][0]]), parent))
    return np.array(sorted(row for row, _ in into.values()), dtype=np.int64)
