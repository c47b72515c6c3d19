"""Fifty windows of 30 to 60 sites cut out of a real region: our bound and plan beside the optimum that HiGHS proves.

python -m bench.windows [PACK] [--save FOLDER | --windows FOLDER] [--count N] [--seed N] [--judge-seconds S]
                        [--moves M] [--seconds S] [--json FILE]

--save keeps the windows and their optima; --windows takes them from there, so that only our solver runs.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

from alcance.steiner import check_certificate, solve
from bench.judge import TOLERANCE, Verdict, judge
from bench.warm import warm
from bench.window import Region, choose

BUNDLED = Path(__file__).parents[1] / "packs" / "oaxaca"
OPTIMA = "optima.json"
COUNT = 50
JUDGE_SECONDS = 300.0
PLAN_MOVES = 10.0  # a rough plan of the region shows where its fibre trunks run
BOUND_WITHIN, PLAN_WITHIN = 0.02, 0.01


def cut_windows(pack: Path, count: int, seed: int) -> dict[str, Region]:
    """Windows of a pack's problem, by turns around a trunk and at random."""
    region = Region.of_pack(pack) if pack.is_dir() else Region.read(pack)
    plan = solve(region.problem, moves_per_terminal=PLAN_MOVES, seed=seed)
    kinds = ("trunk", "random")
    return {
        f"{number:02d}-{kinds[number % 2]}": window
        for number, window in enumerate(choose(region, plan.arcs, count, seed))
    }


def read_optima(folder: Path) -> dict[str, Verdict]:
    """Verdicts kept in a folder."""
    file = folder / OPTIMA
    kept = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    known = [field.name for field in fields(Verdict)]
    return {name: Verdict(**{key: verdict[key] for key in known}) for name, verdict in kept.items()}


def write_optima(folder: Path, optima: dict[str, Verdict]) -> None:
    """Keep verdicts in a folder."""
    text = json.dumps({name: asdict(verdict) for name, verdict in sorted(optima.items())}, indent=1)
    (folder / OPTIMA).write_text(text + "\n", encoding="utf-8")


def measure(
    name: str, window: Region, known: Verdict | None, judge_seconds: float, effort: dict[str, float]
) -> tuple[dict[str, Any], Verdict]:
    """Solve one window, and judge it unless its optimum is known."""
    problem = window.problem
    wall, cpu = time.perf_counter(), time.process_time()
    solution = solve(problem, **effort)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    wrong = check_certificate(solution.certificate, **problem.facts())
    if known is None or not (known.proven or known.seconds >= judge_seconds):
        # The judge recounts the plan and only takes its cost as one to beat.
        known = judge(problem, judge_seconds, tree=solution.arcs)
    verdict = replace(known, optimum=min(known.optimum, solution.cost))
    if wrong or solution.lower_bound > verdict.optimum or verdict.optimum < verdict.bound * (1 - TOLERANCE):
        raise SystemExit(f"window {name} contradicts the judge: {solution.lower_bound}, {solution.cost}, {known}")
    row = {
        "name": name,
        "sites": len(problem.terminals),
        "nodes": problem.node_count,
        "arcs": problem.arc_count,
        "optimum": verdict.optimum,
        "proven": verdict.proven,
        "judge_bound": verdict.bound,
        "judge_seconds": round(verdict.seconds, 1),
        "bound": solution.lower_bound,
        "plan": solution.cost,
        "bound_below": 1 - solution.lower_bound / verdict.optimum,
        "plan_above": solution.cost / verdict.optimum - 1,
        "wall_s": round(wall, 2),
        "cpu_s": round(cpu, 2),
    }
    return row, verdict


def summary(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Worst and mean distances over the windows whose optimum is proven."""
    proven = [row for row in rows if row["proven"]]
    told: dict[str, Any] = {"windows": len(rows), "proven": len(proven)}
    for key, most in (("bound_below", BOUND_WITHIN), ("plan_above", PLAN_WITHIN)):
        values = [row[key] for row in proven]
        told[key] = {
            "worst": max(values, default=None),
            "mean": sum(values) / len(values) if values else None,
            "within_target": sum(value <= most for value in values),
            "target": most,
        }
    return told


def main(
    pack: Path = BUNDLED,
    *,
    windows: Path | None = None,
    save: Path | None = None,
    count: int = COUNT,
    seed: int = 1,
    judge_seconds: float = JUDGE_SECONDS,
    moves: float | None = None,
    seconds: float | None = None,
) -> dict[str, Any]:
    """Solve every window and print how far bound and plan are from the optimum."""
    optima: dict[str, Verdict] = {}
    if windows is not None:
        cut = {file.stem: Region.read(file) for file in sorted(windows.glob("*.npz"))[:count]}
        optima = read_optima(windows)
    else:
        cut = cut_windows(pack, count, seed)
    if save is not None:
        save.mkdir(parents=True, exist_ok=True)
        for name, window in cut.items():
            window.write(save / f"{name}.npz")
    folder = save or windows
    effort: dict[str, float] = {} if moves is None else {"moves_per_terminal": moves}
    if seconds is not None:
        effort |= {"seconds": seconds, "moves_per_terminal": effort.get("moves_per_terminal", float("inf"))}
    warm()
    rows = []
    print(f"{'window':<10}{'sites':>6}{'nodes':>7}{'arcs':>8}{'optimum':>14}{'bound %':>9}{'plan %':>8}", end="")
    print(f"{'wall s':>8}{'CPU s':>7}{'judge s':>9}")
    for name, window in cut.items():
        row, verdict = measure(name, window, optima.get(name), judge_seconds, effort)
        if folder is not None and verdict != optima.get(name):
            write_optima(folder, optima | {name: verdict})
        optima[name] = verdict
        rows.append(row)
        print(
            f"{name:<10}{row['sites']:>6}{row['nodes']:>7}{row['arcs']:>8}{row['optimum']:>14}"
            f"{-100 * row['bound_below']:>+9.3f}{100 * row['plan_above']:>+8.3f}{row['wall_s']:>8.2f}"
            f"{row['cpu_s']:>7.2f}{row['judge_seconds']:>9.1f}"
            + ("" if row["proven"] else f"  not proven, HiGHS bound {row['judge_bound']:.0f}"),
            flush=True,
        )
    told = summary(rows)
    print(f"{told['proven']} of {told['windows']} optima proven; over these:")
    for key, label in (("bound_below", "bound below"), ("plan_above", "plan above")):
        part = told[key]
        if part["worst"] is not None:
            print(
                f"{label} the optimum: worst {part['worst']:.2%}, mean {part['mean']:.2%}; "
                f"{part['within_target']} within {part['target']:.0%}"
            )
    return {"bench": "windows", "seed": seed, "summary": told, "rows": rows}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pack", nargs="?", type=Path, default=BUNDLED)
    parser.add_argument("--windows", type=Path, help="a folder that --save wrote")
    parser.add_argument("--save", type=Path, help="keep windows and optima in this folder")
    parser.add_argument("--count", type=int, default=COUNT)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--judge-seconds", type=float, default=JUDGE_SECONDS, help="CPU seconds for each window")
    parser.add_argument("--moves", type=float, help="effort of our solver, moves per terminal")
    parser.add_argument("--seconds", type=float, help="limit of our solver for each window")
    parser.add_argument("--json", type=Path)
    options = vars(parser.parse_args())
    file = options.pop("json")
    outcome = main(**options)
    if file:
        file.write_text(json.dumps(outcome, indent=1) + "\n", encoding="utf-8")
