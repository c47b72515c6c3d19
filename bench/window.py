"""Windows: a few dozen neighbouring sites cut out of a region's problem, each a complete problem of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import breadth_first_order, dijkstra
from scipy.spatial import cKDTree

from alcance.network.kinds import FIBRE_SPANS, ArcKind, NodeKind
from alcance.steiner import Problem

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

MARGIN_M = 15_000.0
FEWEST, MOST = 30, 60
# What brings traffic to a fibre node.
FIBRE = (ArcKind.POP, ArcKind.FIBRE_SPLICE, *(kind for kind in FIBRE_SPANS if kind is not ArcKind.FIBRE_DROP))


@dataclass(frozen=True)
class Region:
    """A problem whose nodes stand at places.

    Parameters
    ----------
    problem
        With every terminal required.
    node_kind, node_place
        `NodeKind` and the number of the place (−1 at the root) of every node.
    arc_kind
        `ArcKind` of every arc.
    xy_m
        Places x 2, metres.
    """

    problem: Problem
    node_kind: NDArray[np.uint8]
    node_place: NDArray[np.int32]
    arc_kind: NDArray[np.uint8]
    xy_m: NDArray[np.float64]

    @classmethod
    def of_pack(cls, pack: Path) -> Region:
        """Lay out the network over a pack."""
        from alcance.network import build_network
        from alcance.pack import read_pack

        network = build_network(read_pack(pack))
        return cls(network.problem, network.nodes.kind, network.nodes.place, network.arcs.kind, network.places.xy_m)

    @classmethod
    def read(cls, file: Path) -> Region:
        """Read what `write` wrote."""
        with np.load(file) as arrays:
            problem = Problem.build(
                int(arrays["node_count"]),
                int(arrays["root"]),
                *(arrays[name] for name in ("tails", "heads", "costs", "terminals", "prizes")),
                name=file.stem,
            )
            return cls(problem, *(arrays[name] for name in ("node_kind", "node_place", "arc_kind", "xy")))

    def write(self, file: Path) -> None:
        """Keep the region in a file of arrays."""
        problem = self.problem
        arrays: dict[str, Any] = {name: getattr(problem, name) for name in Problem.__dataclass_fields__}
        arrays |= {"node_kind": self.node_kind, "node_place": self.node_place, "arc_kind": self.arc_kind}
        np.savez_compressed(file, **arrays, xy=self.xy_m)


class Cutter:
    """Cuts windows out of a region; what all windows need is computed once."""

    def __init__(self, region: Region) -> None:
        self.region = region
        problem = region.problem
        self.site_xy_m = region.xy_m[region.node_place[problem.terminals]]
        self._sites = cKDTree(self.site_xy_m)
        fibre = np.isin(region.arc_kind, FIBRE)
        shape = (problem.node_count, problem.node_count)
        ends = (problem.tails[fibre], problem.heads[fibre])
        # A cost of 0 would be no arc at all in a sparse matrix; a millionth of a cent is rounded away below.
        graph = coo_array((problem.costs[fibre] + 1e-6, ends), shape=shape).tocsr()
        self._to_fibre = dijkstra(graph, indices=problem.root)

    def cut(self, centre_xy_m: NDArray[np.float64], site_count: int, margin_m: float = MARGIN_M) -> Region:
        """Cut out the sites nearest to a point, and everything at places within the margin of any of them.

        Other sites in the margin may be relays but need not be served. A fibre node whose cable comes from outside the
        window has an arc from the root at the price of its cheapest way to a PoP.
        """
        region, problem = self.region, self.region.problem
        _, chosen = self._sites.query(centre_xy_m, site_count)
        away_m, _ = cKDTree(self.site_xy_m[chosen]).query(region.xy_m, distance_upper_bound=margin_m)
        terminals = problem.terminals[np.sort(chosen)]
        inside = (away_m <= margin_m)[region.node_place] & (region.node_kind != NodeKind.LEAF)
        inside[problem.root] = True
        inside[terminals] = True
        arcs = np.flatnonzero(inside[problem.tails] & inside[problem.heads])
        entered = np.unique(problem.heads[np.isin(region.arc_kind, FIBRE) & ~inside[problem.tails]])
        entered = entered[inside[entered] & np.isfinite(self._to_fibre[entered])]
        tails = np.concatenate([problem.tails[arcs], np.full(len(entered), problem.root)])
        heads = np.concatenate([problem.heads[arcs], entered])
        costs = np.concatenate([problem.costs[arcs], np.rint(self._to_fibre[entered]).astype(np.int64)])
        kinds = np.concatenate([region.arc_kind[arcs], np.full(len(entered), ArcKind.POP, dtype=np.uint8)])
        keep = _leading_to(problem.node_count, tails, heads, terminals)
        keep[problem.root] = True
        used = keep[tails] & keep[heads]
        number = np.cumsum(keep) - 1
        window = Problem.build(
            int(keep.sum()),
            int(number[problem.root]),
            number[tails[used]],
            number[heads[used]],
            costs[used],
            number[terminals],
            name="window",
        )
        places, node_place = np.unique(region.node_place[keep], return_inverse=True)
        first = int(places[0] < 0)
        return Region(
            window,
            region.node_kind[keep],
            (node_place - first).astype(np.int32),
            kinds[used],
            region.xy_m[places[first:]],
        )


def _leading_to(
    node_count: int, tails: NDArray[Any], heads: NDArray[Any], terminals: NDArray[Any]
) -> NDArray[np.bool_]:
    rows = np.concatenate([heads, np.full(len(terminals), node_count)])
    columns = np.concatenate([tails, terminals])
    graph = coo_array((np.ones(len(rows), dtype=np.float32), (rows, columns)), shape=(node_count + 1,) * 2).tocsr()
    kept = np.zeros(node_count + 1, dtype=bool)
    kept[breadth_first_order(graph, node_count, return_predecessors=False)] = True
    return kept[:node_count]


def choose(region: Region, plan_arcs: NDArray[np.int64], count: int, seed: int) -> list[Region]:
    """Cut `count` windows of 30 to 60 sites: by turns around fibre of a plan and around a site, both at random.

    Fibre is drawn by what it costs, so that trunks come before the last stretch.
    """
    rng = np.random.default_rng(seed)
    cutter = Cutter(region)
    problem = region.problem
    trunks = plan_arcs[np.isin(region.arc_kind[plan_arcs], FIBRE[1:]) & (problem.tails[plan_arcs] != problem.root)]
    share = problem.costs[trunks] / problem.costs[trunks].sum()
    windows = []
    for number in range(count):
        if number % 2 == 0:
            trunk = int(rng.choice(trunks, p=share))
            centre = region.xy_m[region.node_place[problem.heads[trunk]]]
        else:
            centre = cutter.site_xy_m[rng.integers(len(cutter.site_xy_m))]
        windows.append(cutter.cut(centre, int(rng.integers(FEWEST, MOST + 1))))
    return windows
