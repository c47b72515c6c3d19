"""Peers beside us on the same problems in the same run: objective, seconds, memory, distance to our certified bound.

python -m bench.peers [--pcst PYTHON] [--networkx PYTHON] [--synthetic N ...] [--schools N ...]
                      [--moves M] [--json FILE]

Peers that are packages run in a Python of their own, given by its path; pcst_fast needs numpy < 2. What each of them
found is counted here, from its edges.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import breadth_first_order, connected_components

from alcance.steiner import Problem, check_certificate, solve
from bench import giga, synthetic
from bench.alone import alone, waited
from bench.warm import warm

SYNTHETIC = (10_000, 100_000)
SCHOOLS = (500, 2_000, 16_000)
REQUIRED_NODES = (1_000, 3_000)
REQUIRED_SHARE = 0.1
METHODS = ("kou", "mehlhorn")
HERE = Path(__file__).parent


def made(kind: str, size: int) -> tuple[dict[str, np.ndarray], np.ndarray | None]:
    """Edges and prizes of a problem, and its required terminals where it has no prizes."""
    if kind == "schools":
        return giga.make(size)._asdict(), None
    arrays = synthetic.make(size)._asdict()
    if kind == "synthetic":
        return arrays, None
    ends = (arrays["tails"], arrays["heads"])
    graph = coo_array((np.ones(ends[0].size), ends), shape=(size + 1,) * 2)
    _, part = connected_components(graph, directed=False)
    inside = np.flatnonzero(part == part[0])[1:]
    count = round(size * REQUIRED_SHARE)
    return arrays, np.sort(np.random.default_rng(size).permutation(inside)[:count])


def price(arrays: dict[str, np.ndarray], edges: np.ndarray, required: np.ndarray | None) -> int:
    """Count a peer's tree: its edges, and the prizes of what they do not join to the root."""
    edges = np.unique(edges)
    n = arrays["prizes"].size
    ends = (arrays["tails"][edges], arrays["heads"][edges])
    graph = coo_array((np.ones(edges.size), ends), shape=(n, n)).tocsr()
    reached = np.zeros(n, dtype=bool)
    reached[breadth_first_order(graph, 0, directed=False, return_predecessors=False)] = True
    if required is not None and not reached[required].all():
        raise SystemExit("a peer misses a required terminal")
    if not reached[ends[0]].all():
        raise SystemExit("a peer's edges are not joined to the root")
    left_out = 0 if required is not None else int(arrays["prizes"][~reached].sum())
    return int(arrays["costs"][edges].sum()) + left_out


def ours(kind: str, size: int, moves: float | None) -> dict[str, Any]:
    """Our solver on a problem; `alone` runs this in a process of its own."""
    warm()
    arrays, required = made(kind, size)
    terminals = np.flatnonzero(arrays["prizes"]) if required is None else required
    problem = Problem.build(
        arrays["prizes"].size,
        0,
        np.concatenate([arrays["tails"], arrays["heads"]]),
        np.concatenate([arrays["heads"], arrays["tails"]]),
        np.concatenate([arrays["costs"], arrays["costs"]]),
        terminals,
        arrays["prizes"][terminals] if required is None else None,
    )
    effort = {} if moves is None else {"moves_per_terminal": moves}
    wall, cpu = time.perf_counter(), time.process_time()
    solution = solve(problem, **effort)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return {
        "objective": solution.cost,
        "bound": solution.lower_bound,
        "certified": check_certificate(solution.certificate, **problem.facts()) == [],
        "wall_s": round(wall, 2),
        "cpu_s": round(cpu, 2),
    }


def greedy(size: int, *, pruned: bool) -> dict[str, Any]:
    """The greedy fibre tree on schools; `alone` runs this in a process of its own."""
    schools = giga.make(size)
    wall, cpu = time.perf_counter(), time.process_time()
    edges = giga.grow(schools)
    if pruned:
        edges = giga.shed(schools, edges)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    found = price(schools._asdict(), edges, None)
    return {"objective": found, "wall_s": round(wall, 2), "cpu_s": round(cpu, 2)}


def package(python: Path, script: str, kind: str, size: int, *words: str) -> dict[str, Any]:
    """A peer that is a package, in its own Python."""
    arrays, required = made(kind, size)
    with tempfile.TemporaryDirectory() as folder:
        question, answer = Path(folder) / "question.npz", Path(folder) / "answer.npz"
        if required is None:
            np.savez(question, **arrays)
        else:
            np.savez(question, **arrays, terminals=np.concatenate([[0], required]))
        used = waited([str(python), str(HERE / script), str(question), str(answer), *words])
        with np.load(answer) as found:
            objective = price(arrays, found["edges"], required)
            seconds = {name: round(float(found[name]), 2) for name in ("wall_s", "cpu_s")}
    return {"objective": objective, **seconds, **used}


def _rows(kind: str, size: int, moves: float | None, peers: dict[str, Any]) -> list[dict[str, Any]]:
    """Our row and the peers' for one problem, printed as they come."""
    rows = []
    own: dict[str, Any] = {}
    for name, run in {"alcance": lambda: alone("peers", "ours", kind=kind, size=size, moves=moves), **peers}.items():
        row = {"problem": kind, "size": size, "solver": name, **run()}
        own = own or row
        row["above_bound"] = row["objective"] / own["bound"] - 1
        row["to_ours"] = row["objective"] / own["objective"]
        rows.append(row)
        print(
            f"{kind:<10}{size:>8}  {name:<20}{row['objective'] / 100:>16.0f}{100 * row['above_bound']:>9.3f}"
            f"{row['to_ours']:>9.4f}{row['wall_s']:>9.2f}{row['cpu_s']:>8.2f}{row['peak_gb']:>7.2f}"
            f"{'  CHEAPER THAN OURS' if row['to_ours'] < 1 else ''}",
            flush=True,
        )
    return rows


def main(
    pcst: Path | None = None,
    networkx: Path | None = None,
    *,
    synthetic_sizes: tuple[int, ...] = SYNTHETIC,
    school_sizes: tuple[int, ...] = SCHOOLS,
    moves: float | None = None,
) -> dict[str, Any]:
    """Run us and every peer that is at hand over every problem."""
    print(f"{'problem':<10}{'size':>8}  {'solver':<20}{'objective':>16}{'> bound %':>9}{'/ ours':>9}", end="")
    print(f"{'wall s':>9}{'CPU s':>8}{'GB':>7}")
    rows = []

    def fast(kind: str, size: int) -> dict[str, Any]:
        if pcst is None:
            return {}
        return {"pcst_fast strong": lambda: package(pcst, "peer_pcst_fast.py", kind, size)}

    for size in school_sizes:
        grown = {
            f"giga greedy V{1 + pruned}": lambda size=size, pruned=pruned: alone(
                "peers", "greedy", size=size, pruned=pruned
            )
            for pruned in (False, True)
        }
        rows += _rows("schools", size, moves, {**grown, **fast("schools", size)})
    for size in REQUIRED_NODES if networkx is not None else ():
        trees = {
            f"networkx {method}": lambda size=size, method=method: package(
                networkx, "peer_networkx.py", "required", size, method
            )
            for method in METHODS
        }
        rows += _rows("required", size, moves, trees)
    for size in synthetic_sizes:
        rows += _rows("synthetic", size, moves, fast("synthetic", size))
    never_dearer = all(row["to_ours"] >= 1 for row in rows)
    print("never dearer than a peer" if never_dearer else "DEARER THAN A PEER SOMEWHERE")
    return {"bench": "peers", "moves_per_terminal": moves, "never_dearer": never_dearer, "rows": rows}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pcst", type=Path, help="a Python that has pcst_fast and numpy < 2")
    parser.add_argument("--networkx", type=Path, help="a Python that has networkx")
    parser.add_argument("--synthetic", nargs="*", type=int, default=list(SYNTHETIC))
    parser.add_argument("--schools", nargs="*", type=int, default=list(SCHOOLS))
    parser.add_argument("--moves", type=float)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    outcome = main(
        options.pcst,
        options.networkx,
        synthetic_sizes=tuple(options.synthetic),
        school_sizes=tuple(options.schools),
        moves=options.moves,
    )
    if options.json:
        options.json.write_text(json.dumps(outcome, indent=1) + "\n", encoding="utf-8")
