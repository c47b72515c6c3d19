"""All of Mexico: the pack built from public tables, planned and written; seconds, memory and gap stage by stage.

python -m bench.nation FOLDER [--seconds S] [--state EE]
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from alcance.pack import read_pack
from alcance.plan import make_plan, write_plan
from alcance.publish import publish_folder

BUILDER = Path(__file__).parents[1] / "packs" / "build_mexico.py"
SECONDS = 300.0
WATCH_SECONDS = 0.2


class Stages:
    """What each stage took: wall and CPU seconds, the most memory, and the longest silence of its progress."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []
        self._told = time.perf_counter()
        self._peak_gb = 0.0
        threading.Thread(target=self._watch, daemon=True).start()

    def tell(self, stage: str, _share: float) -> None:
        """Note a report of progress, and begin another row where the stage is another."""
        now = time.perf_counter()
        if self.rows:
            self.rows[-1]["silent_s"] = max(self.rows[-1]["silent_s"], round(now - self._told, 1))
        self._told = now
        if not self.rows or self.rows[-1]["stage"] != stage:
            self.close()
            self._peak_gb = resident_gb()
            self.rows.append({"stage": stage, "wall_s": now, "cpu_s": cpu_seconds(), "gb": 0.0, "silent_s": 0.0})

    def close(self) -> None:
        """Turn the beginnings of the open row into what it took."""
        if self.rows and self.rows[-1]["gb"] == 0.0:
            row = self.rows[-1]
            row["wall_s"] = round(time.perf_counter() - row["wall_s"], 1)
            row["cpu_s"] = round(cpu_seconds() - row["cpu_s"], 1)
            row["gb"] = round(max(self._peak_gb, resident_gb()), 2)

    def _watch(self) -> None:
        while True:
            self._peak_gb = max(self._peak_gb, resident_gb())
            time.sleep(WATCH_SECONDS)


def cpu_seconds() -> float:
    """CPU seconds of this process, all threads together."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def resident_gb() -> float:
    """Memory of this process now [GB]."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 1e9


def main(folder: Path, seconds: float = SECONDS, state: str | None = None) -> dict[str, Any]:
    """Build, plan and write, in a temporary folder; print a table and the curve of bound and plan."""
    with tempfile.TemporaryDirectory() as name:
        place, stages = Path(name), Stages()
        command = [sys.executable, str(BUILDER), "--data", str(folder), "--out", str(place / "pack")]
        began = time.perf_counter()
        subprocess.run([*command, *(["--state", state] if state else [])], check=True, capture_output=True)
        built_s = round(time.perf_counter() - began, 1)
        began = time.perf_counter()
        pack = read_pack(place / "pack", stages.tell)
        plan = make_plan(pack, seconds=seconds, progress=stages.tell)
        summary = write_plan(
            plan, place / "plan", lambda made: publish_folder(made, progress=stages.tell), progress=stages.tell
        )
        stages.close()
        whole_s = round(time.perf_counter() - began, 1)
        sizes = {item.name: size_mb(item) for item in sorted((place / "plan").iterdir())}
    minor = pack.meta.minor_per_unit
    figures = ("sites", "people_planned", "nodes", "options", "cost", "lower_bound", "solver_gap", "plan_gap")
    result = {
        "pack_built_s": built_s,
        "pack_to_outputs_s": whole_s,
        "most_gb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9, 2),
        "stages": stages.rows,
        **{figure: summary[figure] for figure in figures},
        "technologies": summary["technologies"],
        "curve": [
            [round(at, 1), stage, bound / minor, cost / minor] for at, stage, bound, cost in plan.history if cost >= 0
        ],
        "output_mb": sizes,
    }
    show(result)
    return result


def size_mb(path: Path) -> float:
    """Size of a file, or of all files of a folder [MB]."""
    files = path.rglob("*") if path.is_dir() else [path]
    return round(sum(file.stat().st_size for file in files if file.is_file()) / 1e6, 1)


def show(result: dict[str, Any]) -> None:
    """Print the table of stages and what came of them."""
    print(f"{'stage':<24}{'wall s':>9}{'CPU s':>9}{'GB':>7}{'silent s':>10}")
    for row in result["stages"]:
        print(f"{row['stage']:<24}{row['wall_s']:>9}{row['cpu_s']:>9}{row['gb']:>7}{row['silent_s']:>10}")
    for name, value in result.items():
        if name not in {"stages", "curve"}:
            print(f"{name}: {value}")
    for seconds, stage, bound, cost in result["curve"]:
        print(f"{seconds:>8} s  {stage:<16} bound {bound:>20,.2f}  plan {cost:>20,.2f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="folder of the national tables (packs/README.md)")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="stop for the solver")
    parser.add_argument("--state", help="two digits, 01 to 32: one state alone")
    given = parser.parse_args()
    main(given.folder, given.seconds, given.state)
