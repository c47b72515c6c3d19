"""A made-up region shaped like the real planning problem, at any size: fibre, relays, hop layers, clients, satellite.

Sites lie in clusters; hills are a random line of sight, likelier for high places and short links. Costs are in cents
of a currency. Use `make(site_count, seed)` from a script, or

python -m bench.oaxaca_like [SITES ...] [--moves M] [--seconds S] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import math
import time
from pathlib import Path
from typing import Any

import numpy as np
from scipy.spatial import cKDTree

from alcance.network.neighbours import relative_neighbours
from alcance.steiner import Problem, check_certificate, solve

SIZES = (1_000, 10_000, 100_000)
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


def one(size: int, seed: int, moves: float | None, seconds: float | None) -> dict[str, Any]:
    """Solve a region of one size."""
    from bench.warm import warm

    effort = {} if moves is None else {"moves_per_terminal": moves}
    warm()
    problem = make(size, seed)
    wall, cpu = time.perf_counter(), time.process_time()
    solution = solve(problem, seconds=seconds, **effort)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return {
        "sites": size,
        "nodes": problem.node_count,
        "arcs": problem.arc_count,
        "bound": solution.lower_bound / CENTS,
        "plan": solution.cost / CENTS,
        "gap": solution.gap,
        "wall_s": round(wall, 2),
        "cpu_s": round(cpu, 2),
        "certified": check_certificate(solution.certificate, **problem.facts()) == [],
        "history": [list(entry) for entry in solution.history],
    }


def exponent(rows: list[dict[str, Any]], key: str) -> float | None:
    """The power of the number of sites with which a column grows (least squares on logarithms)."""
    if len(rows) < 2:
        return None
    sites, values = ([math.log(max(row[name], 1e-3)) for row in rows] for name in ("sites", key))
    return round(float(np.polyfit(sites, values, 1)[0]), 2)


def main(
    sizes: tuple[int, ...] = SIZES, *, moves: float | None = None, seconds: float | None = None, seed: int = 1
) -> dict[str, Any]:
    """Solve regions of the given sizes, each in a process of its own; print seconds, memory, gap and how they grow."""
    from bench.alone import alone

    rows = []
    print(f"{'sites':>7} {'nodes':>8} {'arcs':>9} {'bound':>14} {'plan':>14} {'gap %':>7}", end="")
    print(f"{'wall s':>9}{'CPU s':>9}{'GB':>7}")
    for size in sizes:
        row = alone("oaxaca_like", "one", size=size, seed=seed, moves=moves, seconds=seconds)
        rows.append(row)
        print(
            f"{size:>7} {row['nodes']:>8} {row['arcs']:>9} {row['bound']:>14.0f} {row['plan']:>14.0f} "
            f"{100 * row['gap']:>7.2f}{row['wall_s']:>9.1f}{row['cpu_s']:>9.1f}{row['peak_gb']:>7.2f}",
            flush=True,
        )
    exponents = {key: exponent(rows, key) for key in ("cpu_s", "wall_s", "peak_gb")}
    print(f"exponents: CPU seconds {exponents['cpu_s']}, memory {exponents['peak_gb']}")
    return {"bench": "oaxaca_like", "moves_per_terminal": moves, "rows": rows, "exponents": exponents}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="*", type=int, default=list(SIZES))
    parser.add_argument("--moves", type=float, help="effort, moves per terminal")
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    result = main(tuple(options.sizes), moves=options.moves, seconds=options.seconds)
    if options.json:
        options.json.write_text(json.dumps(result, indent=1))
