"""P.1812 and the Irregular Terrain Model as models of coverage, one profile per receiver."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alcance.errors import InputError, Problem
from alcance.radio import itm, p1812
from alcance.radio.air import Air
from alcance.radio.comparison import warning_names
from alcance.radio.p1812.loss import FEWEST_POINTS, SHORTEST_KM
from alcance.terrain import Profiles

ITM_FEWEST_STEPS = 3


class P1812Model:
    """P.1812 for a share of the time and half of the places.

    Parameters
    ----------
    freq_ghz
        Frequency [GHz], 0.03 to 6.
    air
        Radio climate; its refractivity and lapse are needed.
    latitude_deg
        Of the region [deg].
    time_pct
        Share of the time [%], 1 to 50.
    zone
        Radio-climatic zone of the whole region, as for `p1812.basic_loss_db`.

    Raises
    ------
    InputError
        The climate lacks what is needed.
    """

    __name__ = "p1812"

    def __init__(
        self, freq_ghz: float, air: Air, latitude_deg: float, *, time_pct: float = 50.0, zone: int = p1812.INLAND
    ) -> None:
        _require("P.1812", air, "n0", "delta_n")
        self._freq_ghz = freq_ghz
        self._values: dict[str, Any] = {
            "n0": air.n0, "delta_n": air.delta_n, "latitude_deg": latitude_deg, "time_pct": time_pct, "zone": zone,
        }  # fmt: skip

    @staticmethod
    def nearest_m(cell_m: float) -> float:
        """Shortest path that the model knows on ground of a cell [m]."""
        return max(SHORTEST_KM * 1000, FEWEST_POINTS * cell_m)

    def __call__(
        self, paths: Profiles, height1_m: NDArray[np.float64], height2_m: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Basic transmission loss of n paths [dB]."""
        return p1812.basic_loss_db(paths, height1_m, height2_m, self._freq_ghz, **self._values)


class ItmModel:
    """The Irregular Terrain Model, its doubts counted and not swallowed.

    Parameters
    ----------
    freq_ghz
        Frequency [GHz], 0.02 to 20.
    air
        Radio climate; its refractivity and climate number are needed.
    time_pct
        Share of the time [%]; half of the places and situations.

    Attributes
    ----------
    doubts
        Number of paths with each doubt, by the names of `itm.WarningFlag`.
    paths
        Number of paths looked at.

    Raises
    ------
    InputError
        The climate lacks what is needed.
    """

    __name__ = "itm"

    def __init__(self, freq_ghz: float, air: Air, *, time_pct: float = 50.0) -> None:
        _require("ITM", air, "n0", "itm_climate")
        self._freq_ghz = freq_ghz
        self._values: dict[str, Any] = {
            "n0": air.n0, "climate": air.itm_climate, "mode": itm.BROADCAST, "time_pct": time_pct,
            "location_pct": 50.0, "situation_pct": 50.0,
        }  # fmt: skip
        self.doubts: Counter[str] = Counter()
        self.paths = 0

    @staticmethod
    def nearest_m(cell_m: float) -> float:
        """Shortest path that the model knows on ground of a cell [m]."""
        return ITM_FEWEST_STEPS * cell_m

    def __call__(
        self, paths: Profiles, height1_m: NDArray[np.float64], height2_m: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Basic transmission loss of n paths [dB]."""
        loss, flags = itm.point_to_point_db(paths, height1_m, height2_m, self._freq_ghz, **self._values)
        self.paths += len(paths)
        for value, count in zip(*np.unique(flags, return_counts=True), strict=True):
            for name in warning_names(int(value)):
                self.doubts[name] += int(count)
        return loss


def _require(model: str, air: Air, *names: str) -> None:
    lacking = air.lacking(*names)
    if lacking:
        message = f"{model} needs it; give it, or a pack"
        raise InputError([Problem("air", None, name, "", message) for name in lacking])
