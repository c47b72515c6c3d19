"""Time and memory of checking a proof at a given size, in a process that does nothing else.

The graph is made up: clustered places joined to their nearest, a few longer links, a quarter of the places prized
(lognormal), and points of presence behind one root; the duals are those of the solver's pooled ascent.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from scipy.spatial import cKDTree

from alcance.proof import Certificate, check_certificate

POPS = 50
NEAREST = 3
LONG_SHARE = 0.05
SITE_SHARE = 0.25
# In median edges.
PRIZE = 0.8


def make(node_count: int, seed: int = 1) -> dict:
    """The facts of a problem of `node_count` places and a root."""
    rng = np.random.default_rng(seed)
    centres = rng.random((max(1, node_count // 400), 2))
    places = centres[rng.integers(0, len(centres), node_count)] + rng.normal(0, 0.3, (node_count, 2)) / np.sqrt(
        len(centres)
    )
    places = places[np.lexsort(np.floor(places * np.sqrt(node_count / 50)).T)]
    near = cKDTree(places).query(places, k=NEAREST + 1, workers=1)[1][:, 1:]
    few = rng.choice(node_count, int(LONG_SHARE * node_count), replace=False)
    ends = np.r_[
        np.c_[np.repeat(np.arange(node_count), NEAREST), near.ravel()],
        np.c_[few, rng.integers(-400, 400, few.size) + few].clip(0, node_count - 1),
    ]
    ends = np.unique(np.sort(ends, axis=1), axis=0)
    ends = ends[ends[:, 0] != ends[:, 1]]
    costs = 1 + np.rint(1e6 * np.hypot(*(places[ends[:, 0]] - places[ends[:, 1]]).T)).astype(np.int64)
    pops = rng.choice(node_count, POPS, replace=False)
    sites = np.sort(rng.choice(node_count, int(SITE_SHARE * node_count), replace=False))
    prizes = np.rint(PRIZE * np.median(costs) * rng.lognormal(0.0, 0.7, sites.size)).astype(np.int64)
    return {
        "node_count": node_count + 1,
        "root": node_count,
        "tails": np.r_[ends[:, 0], ends[:, 1], np.full(POPS, node_count)].astype(np.int32),
        "heads": np.r_[ends[:, 1], ends[:, 0], pops].astype(np.int32),
        "costs": np.r_[costs, costs, np.zeros(POPS, dtype=np.int64)],
        "terminals": sites.astype(np.int32),
        "prizes": prizes,
    }


def prove(facts: dict, folder: Path) -> None:
    """Write the facts and the certificate of their dual ascent."""
    from alcance.steiner import Problem
    from alcance.steiner.pooled import make_graph
    from alcance.steiner.pooled.ascent import pooled_ascent
    from alcance.steiner.pooled.certificate import certify

    # The points of presence are joined to the root both ways here.
    back = facts["heads"][-POPS:], facts["tails"][-POPS:], facts["costs"][-POPS:]
    for name, more in zip(("tails", "heads", "costs"), back, strict=True):
        facts[name] = np.append(facts[name], more)
    graph = make_graph(Problem.build(**facts))
    if graph is None:
        raise RuntimeError("the graph is directed")
    begin = time.process_time()
    pools = pooled_ascent(graph)
    print(f"ascent {time.process_time() - begin:.1f} CPU-s", file=sys.stderr)
    certify(graph, pools).save(folder / "certificate.npz")
    np.savez(folder / "facts.npz", **facts)


def check(folder: Path) -> dict:
    """Check what `prove` wrote, and measure."""
    with np.load(folder / "facts.npz") as stored:
        facts = {name: stored[name] for name in stored.files}
    facts |= {name: int(facts[name]) for name in ("node_count", "root")}
    certificate = Certificate.load(folder / "certificate.npz")
    loaded = peak_mb()
    begin, begin_cpu = time.perf_counter(), time.process_time()
    wrong = check_certificate(certificate, **facts)
    if wrong:
        raise RuntimeError(wrong[0])
    return {
        "nodes": facts["node_count"],
        "arcs": len(facts["tails"]),
        "entries": len(certificate.nodes),
        "bound": certificate.bound,
        "cpu_s": time.process_time() - begin_cpu,
        "wall_s": time.perf_counter() - begin,
        "loaded_mb": loaded,
        "peak_mb": peak_mb(),
    }


def peak_mb() -> float:
    """The most memory this process has held; `ru_maxrss` would count its parent's too."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def main(node_count: int = 1_000_000) -> dict:
    """Make, prove and check; the check in a process of its own, after one on a small graph that compiles."""
    with tempfile.TemporaryDirectory() as name:
        row = {}
        for size in (1000, node_count):
            prove(make(size), Path(name))
            command = [sys.executable, __file__, "--check", name]
            row = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    print(
        "  ".join(
            f"{key} {value:,.1f}" if isinstance(value, float) else f"{key} {value:,}" for key, value in row.items()
        )
    )
    return row


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("nodes", type=int, nargs="?", default=1_000_000)
    parser.add_argument("--check", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.check is not None:
        print(json.dumps(check(given.check)))
    else:
        main(given.nodes)
