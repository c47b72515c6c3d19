"""QGIS reads a collection of the office: a program of its own, run under a Python that has it, and never imported."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

PEER = Path(__file__).with_name("peer_qgis.py")


def python_with_qgis() -> str | None:
    """The system's own Python, if it has QGIS (Debian's `python3-qgis` and `qgis-providers`)."""
    python = shutil.which("python3", path=os.defpath)
    if python is None:
        return None
    # What this process has on its path is not for another Python: -I.
    tried = subprocess.run([python, "-I", "-c", "import qgis.core"], capture_output=True, check=False)
    return None if tried.returncode else python


def ask(python: str, address: str, collection: str, key: str, *more: str) -> dict[str, Any]:
    """What QGIS makes of a collection, as `peer_qgis.py` tells it."""
    words = [python, "-I", str(PEER), address, collection, key, *more]
    # What the person at this machine has set for QGIS shall neither matter nor change.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        own = dict.fromkeys(("HOME", "TMPDIR", "XDG_RUNTIME_DIR"), home)
        own |= {"PATH": os.defpath, "QT_QPA_PLATFORM": "offscreen"}  # no screen
        done = subprocess.run(words, capture_output=True, text=True, check=False, env=own)
    if done.returncode:
        raise SystemExit(f"{python} with QGIS ended with {done.returncode}: {done.stderr}")
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer
