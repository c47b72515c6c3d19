"""Every benchmark in turn: a table on the screen, JSON in bench/results.

python -m bench [--only NAME] [--stp FOLDER] [--windows FOLDER] [--itmlogic PYTHON] [--pcst PYTHON] [--networkx PYTHON]
                [--nation FOLDER]
"""

from __future__ import annotations

import argparse
import json
import os
import platform
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.tables import write_tables

RESULTS = Path(__file__).parent / "results"
STP = Path(__file__).parents[1] / "tests" / "data" / "stp"


def benches(chosen: argparse.Namespace) -> dict[str, Callable[[], Any]]:
    """Name each benchmark; imports wait until it is run."""

    def radio() -> Any:
        from bench import radio

        return radio.main(chosen.itmlogic)

    def coverage() -> Any:
        from bench import coverage

        return coverage.main()

    def coarse_terrain() -> Any:
        from bench import coarse_terrain

        return coarse_terrain.main()

    def plan() -> Any:
        from bench import plan

        return plan.main()

    def solve() -> Any:
        from bench import solve

        return solve.main([chosen.stp or STP])

    def proof() -> Any:
        from bench import proof

        return proof.main()

    def oaxaca_like() -> Any:
        from bench import oaxaca_like

        return oaxaca_like.main(moves=chosen.moves)

    def windows() -> Any:
        from bench import windows

        return windows.main(windows=chosen.windows, moves=chosen.moves)

    def curve() -> Any:
        from bench import curve

        return curve.main()

    def again() -> Any:
        from bench import again

        return again.main(sites=2_000, moves=chosen.moves)

    def synthetic() -> Any:
        from bench import synthetic

        return synthetic.main()

    def peers() -> Any:
        from bench import peers

        return peers.main(chosen.pcst, chosen.networkx, moves=chosen.moves)

    def reach() -> Any:
        from bench import reach

        return reach.main()

    def nation() -> Any:
        from bench import nation

        return nation.main(chosen.nation)

    def office() -> Any:
        from bench import office

        return office.main(chosen.nation)

    return {
        "radio": radio,
        "coarse_terrain": coarse_terrain,
        "plan": plan,
        "solve": solve,
        "proof": proof,
        "curve": curve,
        "again": again,
        "oaxaca_like": oaxaca_like,
        "windows": windows,
        "synthetic": synthetic,
        "peers": peers,
        "reach": reach,
        **({"nation": nation, "office": office} if chosen.nation else {}),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", action="append", help="run this one alone; may be repeated")
    parser.add_argument(
        "--stp", type=Path, help="a folder of STP files with a REFERENCE.csv (default: the few that the tests use)"
    )
    parser.add_argument(
        "--itmlogic", type=Path, help="a Python that has the package itmlogic, to measure it beside ITM"
    )
    parser.add_argument("--pcst", type=Path, help="a Python that has pcst_fast and numpy < 2, to measure it beside us")
    parser.add_argument("--networkx", type=Path, help="a Python that has networkx, to measure it beside us")
    parser.add_argument("--windows", type=Path, help="windows and optima that bench.windows --save kept")
    parser.add_argument("--moves", type=float, help="effort of the optimiser, moves per terminal (default: its own)")
    parser.add_argument(
        "--nation",
        type=Path,
        help="a folder of national tables (packs/README.md): all of Mexico too, its plan (20 min) and office (5 min)",
    )
    chosen = parser.parse_args()
    RESULTS.mkdir(exist_ok=True)
    machine = {"python": platform.python_version(), "processor": platform.machine(), "cores": os.cpu_count()}
    for name, bench in benches(chosen).items():
        if chosen.only and name not in chosen.only:
            continue
        print(f"\n== {name}")
        result = {"machine": machine, "result": bench()}
        (RESULTS / f"{name}.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    write_tables(RESULTS)


if __name__ == "__main__":
    main()
