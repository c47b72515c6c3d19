"""The antennas of a tower as one pattern: what is heard in a direction is its best sector."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from alcance.radio.antenna import Pattern

FULL_TURN_DEG = 360.0


@dataclass(frozen=True)
class Ring:
    """Like sectors on one tower; in each direction the one that points nearest counts.

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
        from alcance.radio.antenna import off_axis_deg

        aside = off_axis_deg(azimuth_deg, self.azimuths_deg[0])
        for pointing in self.azimuths_deg[1:]:
            other = off_axis_deg(azimuth_deg, pointing)
            aside = np.where(np.abs(other) < np.abs(aside), other, aside)
        return self.sector.gain_dbi(aside, elevation_deg)


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
