"""What a signal carries: the rates of a receiver, and the weakest signal for each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from alcance.errors import InputError, Problem


@dataclass(frozen=True, eq=False)
class RateTable:
    """Rates of a receiver and the weakest signal for each.

    Parameters
    ----------
    sensitivity_dbm
        Weakest signal that carries each rate [dBm], ascending.
    rate_mbps
        The rates [Mbit/s], ascending.

    Raises
    ------
    InputError
        The two differ in number, are empty, not finite or do not ascend.
    """

    sensitivity_dbm: NDArray[np.float64]
    rate_mbps: NDArray[np.float64]

    def __post_init__(self) -> None:
        problems = []
        for name in ("sensitivity_dbm", "rate_mbps"):
            values = np.atleast_1d(np.asarray(getattr(self, name), np.float64))
            object.__setattr__(self, name, values)
            if values.size == 0 or not np.isfinite(values).all() or (np.diff(values) <= 0).any():
                message = "a rate table ascends in finite numbers: more signal, more rate"
                problems.append(Problem("rates", None, name, str(values.tolist()), message))
        if self.sensitivity_dbm.shape != self.rate_mbps.shape:
            shown = f"{self.sensitivity_dbm.size} and {self.rate_mbps.size}"
            problems.append(Problem("rates", None, "rate_mbps", shown, "each rate has one sensitivity"))
        elif not problems and self.rate_mbps[0] <= 0:
            problems.append(Problem("rates", None, "rate_mbps", str(self.rate_mbps[0]), "a rate is more than 0"))
        if problems:
            raise InputError(problems)

    def thresholds(self, fade_margin_db: float) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Signals needed for each rate with a margin against fading [dBm], and the rates after nought [Mbit/s].

        In the type and the rounding of signals, so that one of exactly the threshold carries the rate.
        """
        need = np.round(self.sensitivity_dbm + fade_margin_db, 2).astype(np.float32)
        return need, np.concatenate([[0.0], self.rate_mbps]).astype(np.float32)

    def best_mbps(self, received_dbm: ArrayLike, fade_margin_db: float) -> NDArray[np.float64]:
        """Best rate of signals with a margin against fading [Mbit/s]; nought where none, NaN where the signal is.

        A rate is given exactly as the table has it, so that it can be looked up there again.

        Parameters
        ----------
        received_dbm
            Signals [dBm], rounded here to 0.01 dB.
        fade_margin_db
            Margin to keep [dB].

        Examples
        --------
        >>> table = RateTable([-90.0, -80.0], [10.0, 40.0])
        >>> table.best_mbps([-95.0, -85.0, -70.0], 10.0).tolist()
        [0.0, 0.0, 40.0]
        """
        signal = np.round(np.asarray(received_dbm, np.float64), 2).astype(np.float32)
        need, _ = self.thresholds(fade_margin_db)
        steps = np.concatenate([[0.0], self.rate_mbps])
        rate = steps[np.searchsorted(need, signal, side="right").clip(0, self.rate_mbps.size)]
        best: NDArray[np.float64] = np.where(np.isnan(signal), np.nan, rate)
        return best

    def sensitivity_of(self, rate_mbps: ArrayLike) -> NDArray[np.float64]:
        """Weakest signals that carry rates [dBm], in their shape; +inf where none is so high."""
        step = np.searchsorted(self.rate_mbps, np.asarray(rate_mbps, np.float64), side="left")
        weakest: NDArray[np.float64] = np.append(self.sensitivity_dbm, np.inf)[step]
        return weakest

    def weakest_dbm(self, least_mbps: float = 0.0) -> float:
        """Weakest signal that carries at least a rate [dBm]; +inf where no rate is so high."""
        return float(self.sensitivity_of(least_mbps))
