"""Solve again after prices, prizes or arcs have changed: from nothing, and from the solution before the change.

python -m bench.again [PACK] [--sites N] [--moves M] [--seconds S] [--json FILE]

Each changed problem is solved from nothing first; the gap that this reaches in the end, and a tenth of a point more, is
what both are timed to.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from alcance.network.kinds import FIBRE_SPANS, ArcKind
from alcance.steiner import Problem, Solution, check_certificate, solve
from bench.warm import warm
from bench.window import Cutter, Region

BUNDLED = Path(__file__).parents[1] / "packs" / "oaxaca"
ALLOWANCE = 0.001
SEED = 1
# What some sites are worth, as a share of the dearest satellite terminal.
PRIZED, WORTH = 0.01, 0.9
LOST = 0.001


class Moment(NamedTuple):
    """Seconds since the beginning, wall and CPU, and the gap then."""

    wall_s: float
    cpu_s: float
    gap: float


def priced(region: Region, kinds: tuple[ArcKind, ...], factor: float) -> Problem:
    """The problem with arcs of some kinds at other prices."""
    problem = region.problem
    chosen = np.isin(region.arc_kind, kinds)
    return replace(problem, costs=np.where(chosen, np.rint(problem.costs * factor).astype(np.int64), problem.costs))


def prized(region: Region) -> Problem:
    """The problem with a few sites that may be left out at a price."""
    problem = region.problem
    some = np.random.default_rng(SEED).random(len(problem.terminals)) < PRIZED
    dish = int(problem.costs[region.arc_kind == ArcKind.SATELLITE].max())
    return replace(problem, prizes=np.where(some, round(dish * WORTH), problem.prizes))


def thinned(region: Region) -> Problem:
    """The problem without a few radio links: what a survey may find to be blocked."""
    problem = region.problem
    radio = np.isin(region.arc_kind, (ArcKind.PTP, ArcKind.PTP_END, ArcKind.CLIENT))
    kept = ~radio | (np.random.default_rng(SEED).random(len(radio)) >= LOST)
    return replace(problem, tails=problem.tails[kept], heads=problem.heads[kept], costs=problem.costs[kept])


CHANGES: dict[str, Callable[[Region], Problem]] = {
    "nothing": lambda region: region.problem,
    "satellite 5 % dearer": lambda region: priced(region, (ArcKind.SATELLITE,), 1.05),
    "satellite 5 % cheaper": lambda region: priced(region, (ArcKind.SATELLITE,), 0.95),
    "fibre 10 % dearer": lambda region: priced(region, FIBRE_SPANS, 1.10),
    "1 % of the sites prized": prized,
    "0.1 % of the radio links gone": thinned,
}


def watched(
    problem: Problem, before: tuple[Problem, Solution] | None, effort: dict[str, float]
) -> tuple[Solution, list[Moment]]:
    """Solve, and note whenever the gap has fallen."""
    moments: list[Moment] = []
    wall, cpu = time.perf_counter(), time.process_time()

    def note(bound: int, cost: int) -> None:
        gap = (cost - bound) / bound if cost >= 0 and bound > 0 else float("inf")
        if not moments or gap < moments[-1].gap:
            moments.append(Moment(time.perf_counter() - wall, time.process_time() - cpu, gap))

    solution = solve(problem, before=before, watch=note, **effort)
    note(solution.lower_bound, solution.cost)  # before the check, whose time is not the solver's
    if check_certificate(solution.certificate, **problem.facts()):
        raise SystemExit("a certificate does not hold")
    return solution, moments


def reached(moments: list[Moment], gap: float) -> Moment | None:
    """The first moment at which the gap was that small."""
    return next((moment for moment in moments if moment.gap <= gap), None)


def compare(name: str, problem: Problem, before: tuple[Problem, Solution], effort: dict[str, float]) -> dict[str, Any]:
    """Solve one changed problem twice."""
    cold, from_nothing = watched(problem, None, effort)
    again, from_before = watched(problem, before, effort)
    target = cold.gap + ALLOWANCE
    row: dict[str, Any] = {"change": name, "target": target}
    for key, solution, moments in (("cold", cold, from_nothing), ("warm", again, from_before)):
        there = reached(moments, target)
        row[key] = {
            "bound": solution.lower_bound,
            "plan": solution.cost,
            "gap": solution.gap,
            "wall_s": round(there.wall_s, 2) if there else None,
            "cpu_s": round(there.cpu_s, 2) if there else None,
            "moments": [[round(value, 5) for value in moment] for moment in moments if moment.gap < float("inf")],
        }
    first, then = reached(from_nothing, target), reached(from_before, target)
    row["times_faster"] = round(first.wall_s / then.wall_s, 1) if first and then else None
    return row


def main(
    pack: Path = BUNDLED, *, sites: int | None = None, moves: float | None = None, seconds: float | None = None
) -> dict[str, Any]:
    """Change a region's problem in several ways and solve each from nothing and from before; print what both take.

    Parameters
    ----------
    pack
        A folder, or a file that `Region.write` wrote.
    sites
        So many neighbouring sites of it only.
    """
    region = Region.of_pack(pack) if pack.is_dir() else Region.read(pack)
    if sites is not None:
        cutter = Cutter(region)
        region = cutter.cut(np.median(cutter.site_xy_m, axis=0), sites)
    effort: dict[str, float] = {} if moves is None else {"moves_per_terminal": moves}
    if seconds is not None:
        effort |= {"seconds": seconds, "moves_per_terminal": effort.get("moves_per_terminal", float("inf"))}
    warm()
    problem = region.problem
    before = (problem, solve(problem, **effort))
    print(f"{len(problem.terminals):,} sites, {problem.node_count:,} nodes, {problem.arc_count:,} arcs; ", end="")
    print(f"before: gap {before[1].gap:.2%}")
    print(f"{'change':<32}{'gap %':>8}{'wall s':>8}{'CPU s':>8}{'again %':>9}{'wall s':>8}{'CPU s':>8}{'faster':>8}")
    rows = []
    for name, change in CHANGES.items():
        row = compare(name, change(region), before, effort)
        rows.append(row)
        cold, again = row["cold"], row["warm"]
        took = "   never"
        if row["times_faster"] is not None:
            took = f"{again['wall_s']:>8.1f}{again['cpu_s']:>8.1f}{row['times_faster']:>8.1f}"
        print(
            f"{name:<32}{100 * cold['gap']:>8.2f}{cold['wall_s']:>8.1f}{cold['cpu_s']:>8.1f}{100 * again['gap']:>9.2f}"
            + took,
            flush=True,
        )
    return {
        "bench": "again",
        "sites": len(problem.terminals),
        "moves_per_terminal": moves,
        "gap_before": before[1].gap,
        "rows": rows,
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pack", nargs="?", type=Path, default=BUNDLED)
    parser.add_argument("--sites", type=int, help="so many neighbouring sites only")
    parser.add_argument("--moves", type=float, help="effort, moves per terminal (default: the solver's own)")
    parser.add_argument("--seconds", type=float, help="a limit for each solving")
    parser.add_argument("--json", type=Path)
    options = vars(parser.parse_args())
    file = options.pop("json")
    outcome = main(**options)
    if file:
        file.write_text(json.dumps(outcome, indent=1) + "\n", encoding="utf-8")
