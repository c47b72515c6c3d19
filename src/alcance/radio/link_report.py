"""What is found out about one link."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alcance.radio.air import Air
from alcance.radio.comparison import ModelLoss
from alcance.radio.link_budget import Budget
from alcance.radio.obstruction import Obstruction
from alcance.terrain import Grid, relief

CLEAR, GRAZING, BLOCKED = "clear", "grazing", "blocked"


@dataclass(frozen=True)
class End:
    """One end of a link.

    Parameters
    ----------
    lon, lat
        Its place [deg].
    ground_m
        Ground above sea level [m].
    height_m
        Antenna above ground [m].
    bearing_deg
        Direction to the other end, clockwise from true north [deg].
    tilt_deg
        Elevation of the other antenna over the effective earth [deg], up positive.
    required_height_m
        Lowest antenna here that clears the path while the other end stays as it is [m]; nought where any does.
    """

    lon: float
    lat: float
    ground_m: float
    height_m: float
    bearing_deg: float
    tilt_deg: float
    required_height_m: float


@dataclass(frozen=True)
class Doubt:
    """How far the elevation model errs.

    Parameters
    ----------
    sigma_m
        Standard deviation of its error [m]; with `share`, on level ground.
    correlation_length_m
        Distance over which the error stays alike [m].
    share
        What the standard deviation grows by for each metre of relief.
    relief_radius_m
        Half the side of the square within which the highest less the lowest ground is the relief [m].
    """

    sigma_m: float
    correlation_length_m: float
    share: float = 0.0
    relief_radius_m: float = 0.0

    def over(self, grid: Grid) -> Grid:
        """Give the standard deviation in every cell of the ground [m]; the ground must reach as far as the relief."""
        if not self.share:
            sigma_m = np.full(grid.shape, self.sigma_m, np.float32)
        else:
            sigma_m = (self.sigma_m + self.share * relief(grid, self.relief_radius_m).ground_m).astype(np.float32)
        return replace(grid, ground_m=sigma_m, cover_m=None)


@dataclass(frozen=True)
class Chances:
    """Chances that the path keeps its clearance on the true ground, given the error of the elevation model.

    Parameters
    ----------
    doubt
        The error.
    sigma_m
        Its least and its greatest standard deviation along the path [m].
    asked
        With the antennas as they were asked for, 0 to 1.
    classes
        With each pair of `LinkReport.lowest_classes_m`.
    """

    doubt: Doubt
    sigma_m: tuple[float, float]
    asked: float
    classes: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class LinkReport:
    """A link and its profile.

    Parameters
    ----------
    near, far
        The two ends.
    freq_ghz, k_factor, clearance
        Frequency [GHz], effective earth radius factor, share of the first Fresnel zone that must be free.
    length_m, step_m
        Length of the path and of a step between samples [m].
    state
        "clear": the required share of the zone is free; "grazing": the sight line is; "blocked": not even that.
    free_space_db, diffraction_db
        P.525 loss, and delta-Bullington loss of P.526 [dB].
    bullington_db, spherical_db
        Parts of the diffraction loss [dB].
    obstructions
        What takes away clearance, the worst first; empty where the link is clear.
    tightest
        The place of least clearance, whether or not it suffices.
    classes_m
        Height classes looked at [m].
    lowest_classes_m
        Pairs of height classes (near, far) that clear the path and of which neither can be lowered; empty for none.
    cover_known
        Whether the ground came with what stands on it; otherwise it counts as bare.
    gas_db
        Attenuation by gases, P.676 in the standard air of P.835 [dB]; nought below 1 GHz, where it is not known.
    models
        What every model says of the path, or why it does not.
    air
        The radio climate that they were given.
    chances
        How sure the clearance is, where the error of the elevation model was given.
    budget
        What the radios make of it, where radios were given.
    distance_m, ground_m, cover_m, bulge_m, sight_m, fresnel_m
        The profile: distance, ground, what stands on it (nought where none is known), earth bulge above the chord,
        sight line (above sea level, straight over the bulged ground) and radius of the first Fresnel zone [m].
    """

    near: End
    far: End
    freq_ghz: float
    k_factor: float
    clearance: float
    length_m: float
    step_m: float
    state: str
    free_space_db: float
    diffraction_db: float
    bullington_db: float
    spherical_db: float
    obstructions: tuple[Obstruction, ...]
    tightest: Obstruction
    classes_m: tuple[float, ...]
    lowest_classes_m: tuple[tuple[float, float], ...]
    cover_known: bool
    gas_db: float
    models: tuple[ModelLoss, ...]
    air: Air
    chances: Chances | None
    budget: Budget | None
    distance_m: NDArray[np.float64]
    ground_m: NDArray[np.float64]
    cover_m: NDArray[np.float64]
    bulge_m: NDArray[np.float64]
    sight_m: NDArray[np.float64]
    fresnel_m: NDArray[np.float64]

    @property
    def loss_db(self) -> float:
        """Free space, diffraction and gases together [dB]."""
        return round(self.free_space_db + self.diffraction_db + self.gas_db, 2)

    def as_dict(self) -> dict[str, Any]:
        """Give everything as plain numbers, text and lists, rounded, for JSON."""
        from alcance.radio.describe import as_dict

        return as_dict(self)

    def text(self, lang: str) -> str:
        """Say what matters in a few lines of Spanish ("es") or English ("en")."""
        from alcance.radio.describe import text

        return text(self, lang)
