"""How fast the Irregular Terrain Model is, and beside it the package itmlogic where it is installed."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
import numpy as np

from alcance.radio import itm
from alcance.terrain import Profiles

PEER = Path(__file__).with_name("peer_itmlogic.py")
FEW = 1000  # profiles for the peer, which needs a second for as many
MODE = itm.MOBILE + itm.WITHOUT_LOCATION


def losses(paths: Profiles) -> Any:
    shares = {"time_pct": 50, "location_pct": 50, "situation_pct": 50}
    climate = itm.Climate.CONTINENTAL_SUBTROPICAL
    return itm.point_to_point_db(paths, 30.0, 10.0, 0.7, n0=320, climate=climate, mode=MODE, **shares)


def itm_rows(row: Callable[..., None], best_of: Callable[..., Any], paths: Profiles, python: Path | None) -> None:
    """Measure over profiles of as many points each; `python` is the interpreter that has itmlogic."""
    points = int(paths.offsets[1])
    loss, _ = losses(paths)
    for used in sorted({1, numba.get_num_threads()}):
        numba.set_num_threads(used)
        row(f"ITM, {points} points, {used} thread(s)", len(paths), "profiles", best_of(lambda: losses(paths), 5))
    if python is None:
        print("itmlogic skipped: say --itmlogic PYTHON, a python for which `pip install itmlogic` was done")
        return
    answer = _peer(paths, python)
    if answer is None:
        return
    apart = np.abs(np.array(answer["loss_db"]) - loss[:FEW])
    row(f"itmlogic, {points} points", FEW, "profiles", (answer["cpu_s"], answer["cpu_s"]))
    print(
        f"itmlogic does {FEW / answer['cpu_s']:,.0f} profiles per processor second; "
        f"it and ITM differ by {np.median(apart):.2f} dB in the median and by {apart.max():.2f} dB at most"
    )


def _peer(paths: Profiles, python: Path) -> dict[str, Any] | None:
    question = {
        "grounds_m": [paths.path(index)[1].tolist() for index in range(FEW)],
        "steps_m": [float(paths.path(index)[0][1]) for index in range(FEW)],
        "height1_m": 30.0,
        "height2_m": 10.0,
        "freq_mhz": 700.0,
        "n0": 320.0,
        "climate": int(itm.Climate.CONTINENTAL_SUBTROPICAL),
        "mode": MODE,
        "permittivity": 15.0,
        "conductivity_s_m": 0.005,
    }
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "question.json"
        file.write_text(json.dumps(question), encoding="utf-8")
        done = subprocess.run([python, PEER, file], capture_output=True, text=True, check=False)
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        print(f"itmlogic skipped: {python} could not run it ({reason})")
        return None
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer
