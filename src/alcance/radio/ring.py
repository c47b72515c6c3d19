"""The antennas of a tower as one pattern: what is heard in a direction is its best sector."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from alcance.radio.antenna import Pattern

FULL_TURN_DEG = 360.0


@dataclass(frozen=True)
class Ring:
    """Like sectors on one tower; in each direction the one that points nearest counts.

    Far above or below the main lobe another's side lobe may be heard a little better; that is not counted.

    Parameters
    ----------
    sector
        One of them, as it would be if it pointed north.
    azimuths_deg
        Where they point [deg].
    """

    sector: Pattern
    azimuths_deg: tuple[float, ...]

    @property
    def peak_dbi(self) -> float:
        """Gain in the strongest direction [dBi]."""
        return self.sector.peak_dbi

    def gain_dbi(self, azimuth_deg: ArrayLike, elevation_deg: ArrayLike) -> NDArray[np.float64]:
        """Gain in directions that broadcast [dBi]."""
        turn, above = np.broadcast_arrays(np.asarray(azimuth_deg, np.float64), np.asarray(elevation_deg, np.float64))
        aside = np.empty(turn.shape)
        _nearest(np.ravel(turn), np.array(self.azimuths_deg), aside.reshape(-1))
        return self.sector.gain_dbi(aside, above)


@njit(cache=True, nogil=True)
def _nearest(turn_deg: Any, pointing_deg: Any, aside_deg: Any) -> None:
    """Angle from the nearest pointing, −180 to 180 [deg]; of equal ones the first; NaN where the azimuth is."""
    for i in range(turn_deg.size):
        best = 1000.0
        for k in range(pointing_deg.size):
            turn = turn_deg[i] - pointing_deg[k]
            turn -= FULL_TURN_DEG * np.rint(turn / FULL_TURN_DEG)
            # Not "less than": that NaN passes on to the gain.
            if not abs(turn) >= abs(best):
                best = turn
        aside_deg[i] = best


def tower_pattern(
    circle: Sequence[Pattern], azimuths_deg: Sequence[float] | None, downtilt_deg: float | None
) -> Pattern:
    """Put sectors of a catalogue on a tower.

    Parameters
    ----------
    circle
        Antennas of a full circle, the first pointing north (`Pack.antennas`).
    azimuths_deg
        Where the tower's own point [deg]; None for the full circle.
    downtilt_deg
        The tower's own downtilt [deg]; None for that of the catalogue.
    """
    north: Any = circle[0]
    if downtilt_deg is not None:
        north = replace(north, downtilt_deg=downtilt_deg)
    if len(circle) == 1:
        one: Pattern = north
        return one
    if azimuths_deg is None:
        azimuths_deg = [turn * FULL_TURN_DEG / len(circle) for turn in range(len(circle))]
    return Ring(north, tuple(azimuths_deg))
