"""A made-up region shaped like the real planning problem, at any size: fibre, relays, hop layers, clients, satellite.

Sites lie in clusters; hills are a random line of sight, likelier for high places and short links. Costs are in cents
of a currency. Use `make(site_count, seed)` from a script, or run the file to solve sizes and print a table.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

import numpy as np
from scipy.spatial import cKDTree

from alcance.network.neighbours import relative_neighbours
from alcance.steiner import Problem, solve

CENTS = 100
HEIGHTS = 4
HOPS = 4
FIBRE_KM = 120_000
TERMINATION = 10_000
GATEWAY = 400_000
RELAY = 60_000
MAST = (20_000, 60_000, 130_000, 220_000)
SECTOR = 15_000
CLIENT = 10_000
SATELLITE = 160_000
EQUIPMENT = 8_000
POPS_PER_SITE = 1 / 300
SPACING_KM = 2.9
NEIGHBOURS = 20
CLIENTS = 28


class Arcs:
    """Arcs collected as arrays."""

    def __init__(self) -> None:
        self.parts: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []

    def add(self, tails: np.ndarray | int, heads: np.ndarray | int, costs: np.ndarray | float) -> None:
        """Add arcs; numbers are spread over the longest array."""
        tail, head, cost = np.broadcast_arrays(np.asarray(tails), np.asarray(heads), np.asarray(costs, dtype=float))
        self.parts.append((tail.ravel(), head.ravel(), np.rint(cost.ravel() * CENTS).astype(np.int64)))

    def joined(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """All tails, heads, costs."""
        tails, heads, costs = (np.concatenate(column) for column in zip(*self.parts, strict=True))
        return tails, heads, costs


def make(site_count: int, seed: int = 1) -> Problem:
    """A region of `site_count` sites."""
    rng = np.random.default_rng(seed)
    side = SPACING_KM * np.sqrt(site_count)
    centres = rng.random((max(1, site_count // 25), 2)) * side
    spread = centres[rng.integers(0, len(centres), site_count)] + rng.normal(0, 4.0, (site_count, 2))
    xy = np.where(rng.random((site_count, 1)) < 0.6, spread, rng.random((site_count, 2)) * side)
    height = rng.gamma(2.0, 1.0, site_count)
    arcs = Arcs()
    root = 0
    n = site_count
    fibre = 1 + np.arange(n)
    hub = 1 + n + np.arange(n)
    mast = 1 + 2 * n + np.arange(n * HOPS * HEIGHTS).reshape(n, HOPS, HEIGHTS)
    top = int(mast.max()) + 1 + np.arange(n * HEIGHTS).reshape(n, HEIGHTS)
    sector = int(top.max()) + 1 + np.arange(n * HEIGHTS).reshape(n, HEIGHTS)
    feed = int(sector.max()) + 1 + np.arange(n)
    leaf = int(feed.max()) + 1 + np.arange(n)

    tree = cKDTree(xy)
    ends = relative_neighbours(xy)
    km = np.maximum(0.2, np.hypot(*(xy[ends[:, 0]] - xy[ends[:, 1]]).T)) * rng.uniform(1.0, 1.3, len(ends))
    for one, other in ((0, 1), (1, 0)):
        arcs.add(fibre[ends[:, one]], fibre[ends[:, other]], km * FIBRE_KM)
    pops = rng.permutation(n)[: max(1, round(n * POPS_PER_SITE))]
    arcs.add(root, fibre[pops], 0)
    arcs.add(fibre, hub, TERMINATION)
    arcs.add(root, hub, GATEWAY)
    arcs.add(hub, mast[:, 0, 0], RELAY + MAST[0])
    arcs.add(hub, feed, 0)
    for hop in range(HOPS):
        for level in range(HEIGHTS):
            if level + 1 < HEIGHTS:
                arcs.add(mast[:, hop, level], mast[:, hop, level + 1], MAST[level + 1] - MAST[level])
                arcs.add(mast[:, hop, level + 1], mast[:, hop, level], 0)
            arcs.add(mast[:, hop, level], top[:, level], 0)
    for level in range(HEIGHTS):
        arcs.add(top[:, level], sector[:, level], SECTOR)
        arcs.add(top[:, level], feed, 0)
        if level + 1 < HEIGHTS:
            arcs.add(sector[:, level + 1], sector[:, level], 0)
    _links(rng, tree, xy, height, arcs, mast, top, sector, feed)
    arcs.add(feed, leaf, EQUIPMENT)
    arcs.add(root, leaf, SATELLITE + EQUIPMENT)
    tails, heads, costs = arcs.joined()
    return Problem.build(int(leaf.max()) + 1, root, tails, heads, costs, leaf, name="oaxaca_like")


def _links(rng, tree, xy, height, arcs, mast, top, sector, feed) -> None:
    """Radio links: to the nearest clear places, and a few long ones from high places."""
    n = len(xy)
    near = tree.query(xy, k=min(n, 3 * NEIGHBOURS + 1))
    one = np.repeat(np.arange(n), near[1].shape[1] - 1)
    other = near[1][:, 1:].ravel()
    km = near[0][:, 1:].ravel()
    keep = km < 25
    one, other, km = one[keep], other[keep], km[keep]
    low, high = np.minimum(one, other), np.maximum(one, other)
    hill = np.random.default_rng(7).random(1 << 20)[(low * 7919 + high * 104729) % (1 << 20)]
    ease = (height[one] + height[other]) / 4 - km / 12 + 1.6 * (hill - 0.75)
    # The least height class at both ends from which the link clears; 4 = never.
    need = np.clip(np.ceil((0.2 - ease) * 4), 0, HEIGHTS).astype(int)
    clear = need < HEIGHTS
    one, other, km, need = one[clear], other[clear], km[clear], need[clear]
    rank = np.zeros(len(one), dtype=int)
    order = np.lexsort((km, one))
    start = np.r_[0, np.flatnonzero(np.diff(one[order])) + 1]
    counts = np.diff(np.r_[start, len(one)])
    rank[order] = np.arange(len(one)) - np.repeat(start, counts)
    for chosen, kind in ((rank < NEIGHBOURS, "ptp"), ((rank < CLIENTS) & (km < 15), "client")):
        p, q, far, level = one[chosen], other[chosen], km[chosen], need[chosen]
        jitter = rng.uniform(0.9, 1.1, len(p))
        if kind == "ptp":
            price = (40_000 + 20_000 * (far > 10)) * jitter
            for hop in range(HOPS - 1):
                arcs.add(mast[p, hop, level], mast[q, hop + 1, level], price + RELAY + np.asarray(MAST)[level])
            arcs.add(top[p, level], feed[q], price + np.asarray(MAST)[level] / 2)
        else:
            arcs.add(sector[p, level], feed[q], CLIENT * jitter + np.asarray(MAST)[level] / 4 * (level > 0))


def main(
    paths: list[int] | None = None, *, moves: float | None = None, seconds: float | None = None, seed: int = 1
) -> dict:
    """Solve regions of the given sizes and print time, gap and size."""
    sizes = [int(size) for size in paths or (300, 3000, 11000)]
    rows = []
    print(f"{'sites':>7} {'nodes':>8} {'arcs':>9} {'bound':>14} {'plan':>14} {'gap %':>7} {'seconds':>8}")
    for size in sizes:
        problem = make(size, seed)
        began = time.perf_counter()
        effort = {} if moves is None else {"moves_per_terminal": moves}
        solution = solve(problem, seconds=seconds, **effort)
        took = time.perf_counter() - began
        rows.append(
            {
                "sites": size,
                "nodes": problem.node_count,
                "arcs": problem.arc_count,
                "bound": solution.lower_bound / CENTS,
                "plan": solution.cost / CENTS,
                "gap": solution.gap,
                "seconds": took,
                "history": solution.history,
            }
        )
        print(
            f"{size:>7} {problem.node_count:>8} {problem.arc_count:>9} {solution.lower_bound / CENTS:>14.0f} "
            f"{solution.cost / CENTS:>14.0f} {100 * solution.gap:>7.2f} {took:>8.1f}"
        )
    return {"bench": "oaxaca_like", "rows": rows}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="*", type=int, default=[300, 3000, 11000])
    parser.add_argument("--moves", type=float)
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    result = main(options.sizes, moves=options.moves, seconds=options.seconds)
    if options.json:
        options.json.write_text(json.dumps(result, indent=1))
    sys.exit(0)
