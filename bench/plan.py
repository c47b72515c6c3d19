"""What planning the bundled pack costs: seconds, memory, gaps, and how fast the command line answers.

python -m bench.plan [PACK] [--policy NAME=VALUE ...]
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

BUNDLED = Path(__file__).parents[1] / "packs" / "oaxaca"
ALCANCE = Path(sys.executable).with_name("alcance")
HELP_RUNS = 5


def run(*arguments: str) -> dict[str, float]:
    """Wall and CPU seconds and peak memory of one command, in a process of its own."""
    start = time.perf_counter()
    process = subprocess.Popen([str(ALCANCE), *arguments], stdout=subprocess.DEVNULL)
    # RUSAGE_CHILDREN would give the peak of the largest child so far, not of this one.
    _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    if status:
        raise SystemExit(f"alcance {' '.join(arguments)} failed")
    cpu = used.ru_utime + used.ru_stime
    return {"wall_s": round(wall, 2), "cpu_s": round(cpu, 2), "peak_gb": round(used.ru_maxrss / 1024**2, 2)}


def main(pack: Path = BUNDLED, options: tuple[str, ...] = ()) -> dict[str, Any]:
    helps = sorted(run("--help")["wall_s"] for _ in range(HELP_RUNS))
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "plan"
        planned = run("plan", str(pack), "--out", str(out), "--quiet", *options)
        verified = run("verify", str(out))
        summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
        size_mb = sum(file.stat().st_size for file in out.rglob("*") if file.is_file()) / 1e6
    keys = (
        "sites",
        "cost",
        "currency",
        "lower_bound",
        "solver_gap",
        "plan_gap",
        "cost_avoidable",
        "options",
        "seconds",
    )
    result = {
        "pack": pack.name,
        "help_s": helps[len(helps) // 2],
        "plan": planned,
        "verify": verified,
        "folder_mb": round(size_mb, 1),
        "technologies": summary["technologies"],
        **{key: summary[key] for key in keys},
    }
    print(f"plan of {pack.name}: {summary['sites']:,} sites, {summary['options']:,} options")
    print(f"  alcance --help        {result['help_s']:.2f} s (median of {HELP_RUNS})")
    for verb in ("plan", "verify"):
        took = result[verb]
        print(
            f"  alcance {verb:<13} {took['wall_s']:.1f} s, {took['cpu_s']:.1f} CPU-s, {took['peak_gb']:.2f} GB at most"
        )
    print(f"  stages                {summary['seconds']}")
    print(f"  gaps                  solver {summary['solver_gap']:.1%}, plan {summary['plan_gap']:.1%}")
    return result


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pack", nargs="?", type=Path, default=BUNDLED)
    parser.add_argument("--policy", action="append", default=[])
    chosen = parser.parse_args()
    main(chosen.pack, tuple(word for policy in chosen.policy for word in ("--policy", policy)))
