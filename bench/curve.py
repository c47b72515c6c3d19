"""What more time buys: the bundled pack planned with so many seconds for the solver, and how bound and plan came there.

python -m bench.curve [PACK] [--seconds S ...]
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

from alcance.pack import read_pack
from alcance.plan import make_plan
from bench.warm import warm

BUNDLED = Path(__file__).parents[1] / "packs" / "oaxaca"
SECONDS = (30.0, 60.0, 600.0)
# Of the longest run, the curve as it stood at these times.
SHOWN_S = (5, 10, 20, 40, 60, 90, 120, 180, 240, 300, 360, 420, 480, 540, 600)


def curve(history: tuple[tuple[float, str, int, int], ...], minor: float) -> list[dict[str, Any]]:
    """The last report at or before each time shown."""
    rows = []
    for shown in SHOWN_S:
        before = [(stage, bound, cost) for at, stage, bound, cost in history if at <= shown and cost >= 0]
        if before and (not rows or history[-1][0] > rows[-1]["at_s"]):
            stage, bound, cost = before[-1]
            rows.append({"at_s": shown, "stage": stage, "bound": bound / minor, "plan": cost / minor})
    return rows


def main(pack: Path = BUNDLED, seconds: tuple[float, ...] = SECONDS) -> dict[str, Any]:
    """Plan once for each time given; print gaps, and the curve of the longest."""
    warm()
    source = read_pack(pack)
    minor = source.meta.minor_per_unit
    rows = []
    shown: list[dict[str, Any]] = []
    for given in sorted(seconds):
        begun = time.process_time()
        plan = make_plan(source, seconds=given)
        summary = plan.summary
        cpu_s = time.process_time() - begun
        rows.append(
            {
                "seconds": given,
                "cpu_s": round(cpu_s, 1),
                **{name: summary[name] for name in ("lower_bound", "tree_cost", "cost", "solver_gap", "plan_gap")},
            }
        )
        print(
            f"{given:>6.0f} s: bound {summary['lower_bound']:,.0f}, tree {summary['tree_cost']:,.0f}, plan "
            f"{summary['cost']:,.0f}; gap of the solver {summary['solver_gap']:.2%}, of the plan "
            f"{summary['plan_gap']:.2%}; {cpu_s:.0f} CPU-s with the network",
            flush=True,
        )
        shown = curve(plan.history, minor)
    for row in shown:
        print(f"{row['at_s']:>6} s  {row['stage']:<20} bound {row['bound']:>16,.0f}  plan {row['plan']:>16,.0f}")
    return {"bench": "curve", "pack": pack.name, "rows": rows, "curve": shown}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pack", nargs="?", type=Path, default=BUNDLED)
    parser.add_argument("--seconds", type=float, action="append")
    options = parser.parse_args()
    main(options.pack, tuple(options.seconds or SECONDS))
