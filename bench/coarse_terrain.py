"""How often coarse terrain calls a blocked link clear: averages a fine model and tries the same links on both.

python -m bench.coarse_terrain [FINE_DEM] [--links N]
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from alcance.radio.false_clear import false_clear_share
from alcance.terrain import Mosaic

DEFAULT = Path(__file__).parents[1] / "tests" / "data" / "terrain" / "dem_popocatepetl_south_60m.tif"
HEIGHTS_M = (6.0, 10.0, 15.0, 30.0, 45.0)
COARSE_ARCSEC = (15.0, 30.0, 60.0)
BANDS_KM = ((1.0, 5.0), (5.0, 15.0), (1.0, 15.0))


def main(dem: Path = DEFAULT, links: int = 200_000) -> dict[str, Any]:
    mosaic = Mosaic.open([dem])
    fine = mosaic.window(*mosaic.bounds)
    rows = []
    print(
        f"{dem.name}: cells of {fine.cell_m:.0f} m; {links:,} links a line; "
        "clear is 0.6 of the first Fresnel zone at 5.8 GHz, k 4/3"
    )
    print(
        f"{'terrain':>8} {'links km':>9} {'masts m':>7} {'clear %':>8} {'blocked %':>10} {'no sight %':>11} "
        f"{'missed %':>9}"
    )
    for coarse_arcsec in COARSE_ARCSEC:
        for band in BANDS_KM:
            rng = np.random.default_rng(2020)
            found = false_clear_share(fine, coarse_arcsec, HEIGHTS_M, rng, links=links, lengths_km=band)
            for k, height in enumerate(HEIGHTS_M):
                row = {
                    "coarse_arcsec": coarse_arcsec,
                    "lengths_km": list(band),
                    "mast_m": height,
                    "clear_coarse_pct": round(100 * float(found.clear_coarse[k]) / links, 2),
                    "false_clear_pct": round(100 * float(found.share[k]), 1),
                    "no_sight_pct": round(100 * float(found.no_sight_share[k]), 1),
                    "missed_pct": round(100 * float(found.missed_share[k]), 1),
                }
                rows.append(row)
                print(
                    f"{coarse_arcsec:>7g}″ {band[0]:>4g}–{band[1]:<4g} {height:>7g} {row['clear_coarse_pct']:>8.2f} "
                    f"{row['false_clear_pct']:>10.1f} {row['no_sight_pct']:>11.1f} {row['missed_pct']:>9.1f}"
                )
    return {"dem": dem.name, "cell_m": round(fine.cell_m, 2), "links": links, "rows": rows}


def _arguments(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dem", nargs="?", type=Path, default=DEFAULT)
    parser.add_argument("--links", type=int, default=200_000)
    parser.add_argument("--json", type=Path)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    chosen = _arguments()
    result = main(chosen.dem, chosen.links)
    if chosen.json:
        chosen.json.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
