"""Programs that judge what we publish: run, never imported, in an environment of their own (`make judges`)."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

PLACE = Path(os.environ.get("ALCANCE_JUDGES", Path(__file__).parents[2] / ".venv-judges")) / "bin"


def judge(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a judge; skip the test where there is none."""
    path = PLACE / program
    if not path.exists():
        pytest.skip(f"{program} is not installed; run: make judges")
    return subprocess.run([path, *arguments], capture_output=True, text=True, timeout=120, check=False)
