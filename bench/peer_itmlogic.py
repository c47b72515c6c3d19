"""Run the package itmlogic over profiles; for a Python of its own, that need not have Alcance.

PYTHON bench/peer_itmlogic.py QUESTION.json > ANSWER.json
"""

from __future__ import annotations

import json
import math
import sys
import time
from pathlib import Path
from typing import Any

from itmlogic.preparatory_subroutines.qlrpfl import qlrpfl
from itmlogic.preparatory_subroutines.qlrps import qlrps
from itmlogic.statistics.avar import avar


def median_loss_db(ground_m: list[float], step_m: float, asked: dict[str, Any]) -> float:
    tenth = int(0.1 * (len(ground_m) - 1))
    middle = ground_m[tenth : len(ground_m) - tenth]
    system_m = sum(middle) / len(middle)
    soil = (asked["permittivity"], asked["conductivity_s_m"])
    wavenumber, curvature, refractivity, impedance = qlrps(asked["freq_mhz"], system_m, asked["n0"], 1, *soil)
    path = {
        "hg": [asked["height1_m"], asked["height2_m"]],
        "wn": wavenumber,
        "gme": curvature,
        "ens": refractivity,
        "zgnd": impedance,
        "pfl": [len(ground_m) - 1, step_m, *ground_m],
        "kwx": 0,
        "lvar": 5,
        "klim": asked["climate"],
        "klimx": asked["climate"],
        "mdvarx": asked["mode"],
    }
    above, path = avar(0.0, 0.0, 0.0, qlrpfl(path))
    free_space = 32.45 + 20 * math.log10(asked["freq_mhz"]) + 20 * math.log10(path["dist"] / 1000)
    return float(above + free_space)


def main() -> None:
    asked = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    paths = list(zip(asked["grounds_m"], asked["steps_m"], strict=True))
    median_loss_db(*paths[0], asked)
    start = time.process_time()
    losses = [median_loss_db(*path, asked) for path in paths]
    print(json.dumps({"cpu_s": time.process_time() - start, "loss_db": losses}))


if __name__ == "__main__":
    main()
