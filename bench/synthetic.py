"""A made-up prize-collecting problem of any size without relays: how large a problem can be solved.

Clustered sites with lognormal prizes, fibre to the three nearest nodes, longer radio links at 5 % of the nodes, 50
PoPs. A million nodes have 2.12 million edges and 250,000 sites. The peers take the same arrays.

Prizes have a median of 1.3 km of fibre, nearly three times the mean way to the nearest node, so that three sites in
four are worth connecting and one is not. Without moves there are a bound and a first plan; any moves add the exchange
of key paths.

python -m bench.synthetic [NODES ...] [--moves M] [--seconds S] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy.spatial import cKDTree

from alcance.steiner import Problem, check_certificate, solve
from bench.alone import alone

if TYPE_CHECKING:
    from numpy.typing import NDArray

SIZES = (10_000, 100_000, 1_000_000)
SEED = 1
SITES = 0.25  # of the nodes
CLUSTERED = 0.6
NODES_PER_CLUSTER = 250
NEAREST = 3
LINKED = 0.05
LINKS = 5
POPS = 50
FIBRE_KM = 115_000_00  # in cents
LINK = 60_000_00
MEDIAN_PRIZE = 150_000_00
SPREAD = 0.8


class Synthetic(NamedTuple):
    """Undirected edges between nodes, node 0 the root; prizes are 0 where no site is."""

    tails: NDArray[np.int64]
    heads: NDArray[np.int64]
    costs: NDArray[np.int64]
    prizes: NDArray[np.int64]


def make(nodes: int, seed: int = SEED) -> Synthetic:
    """A problem of so many nodes, the root besides; one node stands on a square kilometre."""
    rng = np.random.default_rng(seed)
    side = np.sqrt(nodes)
    centres = rng.random((max(1, nodes // NODES_PER_CLUSTER), 2)) * side
    near = centres[rng.integers(0, len(centres), nodes)] + rng.normal(0, 3.0, (nodes, 2))
    xy = np.where(rng.random((nodes, 1)) < CLUSTERED, near, rng.random((nodes, 2)) * side)
    tree = cKDTree(xy)
    away, other = tree.query(xy, k=NEAREST + 1)
    one = np.repeat(np.arange(nodes), NEAREST)
    fibre = np.column_stack([one, other[:, 1:].ravel(), np.rint(away[:, 1:].ravel() * FIBRE_KM) + 1])
    high = np.sort(rng.permutation(nodes)[: round(nodes * LINKED)])
    # From the tenth nearest on: a link leaps over what fibre reaches anyhow.
    far = tree.query(xy[high], k=min(nodes, 10 + LINKS))[1][:, 10:]
    links = np.column_stack([np.repeat(high, far.shape[1]), far.ravel(), np.zeros(far.size)])
    links[:, 2] = np.rint(LINK * rng.uniform(0.8, 1.6, len(links)))
    pops = rng.permutation(nodes)[: min(POPS, nodes)]
    ports = np.column_stack([np.full(len(pops), -1), pops, np.zeros(len(pops))])
    edges = np.concatenate([fibre, links, ports])
    ends = np.sort(edges[:, :2], axis=1).astype(np.int64) + 1
    costs = edges[:, 2].astype(np.int64)
    order = np.lexsort((costs, ends[:, 1], ends[:, 0]))
    ends, costs = ends[order], costs[order]
    first = np.ones(len(ends), dtype=bool)
    first[1:] = (ends[1:] != ends[:-1]).any(axis=1)
    prizes = np.zeros(nodes + 1, dtype=np.int64)
    sites = 1 + rng.permutation(nodes)[: round(nodes * SITES)]
    prizes[sites] = np.rint(rng.lognormal(np.log(MEDIAN_PRIZE), SPREAD, len(sites)))
    return Synthetic(ends[first, 0], ends[first, 1], costs[first], prizes)


def problem_of(made: Synthetic) -> Problem:
    """The same for our solver: an arc each way."""
    terminals = np.flatnonzero(made.prizes)
    return Problem.build(
        made.prizes.size,
        0,
        np.concatenate([made.tails, made.heads]),
        np.concatenate([made.heads, made.tails]),
        np.concatenate([made.costs, made.costs]),
        terminals,
        made.prizes[terminals],
        name="synthetic",
    )


def one(nodes: int, moves: float | None, seconds: float | None) -> dict[str, Any]:
    """Solve one size."""
    from bench.warm import warm

    warm()
    made = make(nodes)
    problem = problem_of(made)
    effort = {} if moves is None else {"moves_per_terminal": moves}
    wall, cpu = time.perf_counter(), time.process_time()
    solution = solve(problem, seconds=seconds, **effort)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return {
        "nodes": nodes,
        "edges": int(made.tails.size),
        "sites": int(problem.terminals.size),
        "served": int(problem.terminals.size - solution.skipped.size),
        "objective": solution.cost,
        "bound": solution.lower_bound,
        "gap": solution.gap,
        "wall_s": round(wall, 2),
        "cpu_s": round(cpu, 2),
        "certified": check_certificate(solution.certificate, **problem.facts()) == [],
        "history": [list(entry) for entry in solution.history],
    }


def main(sizes: tuple[int, ...] = SIZES, *, moves: float | None = 0.0, seconds: float | None = None) -> dict[str, Any]:
    """Solve every size in a process of its own and print seconds, memory and gap."""
    rows = []
    print(f"{'nodes':>9}{'edges':>9}{'sites':>8}{'served':>8}{'objective':>16}{'gap %':>8}", end="")
    print(f"{'wall s':>8}{'CPU s':>8}{'GB':>7}")
    for nodes in sizes:
        row = alone("synthetic", "one", nodes=nodes, moves=moves, seconds=seconds)
        rows.append(row)
        print(
            f"{nodes:>9}{row['edges']:>9}{row['sites']:>8}{row['served']:>8}{row['objective'] / 100:>16.0f}"
            f"{100 * row['gap']:>8.3f}{row['wall_s']:>8.1f}{row['cpu_s']:>8.1f}{row['peak_gb']:>7.2f}",
            flush=True,
        )
    return {"bench": "synthetic", "moves_per_terminal": moves, "rows": rows}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sizes", nargs="*", type=int, default=list(SIZES))
    parser.add_argument("--moves", type=float, default=0.0, help="effort, moves per terminal (0: bound and first plan)")
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    outcome = main(tuple(options.sizes), moves=options.moves, seconds=options.seconds)
    if options.json:
        options.json.write_text(json.dumps(outcome, indent=1) + "\n", encoding="utf-8")
