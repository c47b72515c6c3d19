"""Run one function of a bench in a process of its own, so that its peak memory is its own.

python -m bench.alone MODULE FUNCTION ARGUMENTS.json
"""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any


def alone(module: str, function: str, **arguments: Any) -> dict[str, Any]:
    """What `function` of `bench.<module>` returns, with `peak_gb` and the CPU seconds of the whole process."""
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder) / "answer.json"
        words = [sys.executable, "-m", "bench.alone", module, function, json.dumps(arguments), str(answer)]
        used = waited(words)
        return {**used, **json.loads(answer.read_text(encoding="utf-8"))}


def waited(words: list[str]) -> dict[str, float]:
    """Run a command to its end and tell its peak memory and CPU seconds."""
    process = subprocess.Popen(words)
    # RUSAGE_CHILDREN would give the peak of the largest child so far, not of this one.
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"failed: {' '.join(words)}")
    return {
        "peak_gb": round(used.ru_maxrss / 1024**2, 3),
        "process_cpu_s": round(used.ru_utime + used.ru_stime, 2),
    }


def own_peak_gb() -> float:
    """The most memory that this process has held; what `wait4` tells of a child counts its parent's at the fork too."""
    with Path("/proc/self/status").open(encoding="ascii") as handle:
        [line] = [line for line in handle if line.startswith("VmHWM")]
    return round(int(line.split()[1]) / 1024**2, 3)


if __name__ == "__main__":
    called = getattr(importlib.import_module(f"bench.{sys.argv[1]}"), sys.argv[2])
    made = called(**json.loads(sys.argv[3]))
    Path(sys.argv[4]).write_text(json.dumps({**made, "peak_gb": own_peak_gb()}), encoding="utf-8")
