"""One path by every model that knows it, side by side; where one does not, it says why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from alcance.errors import InputError
from alcance.radio import itm, p676, p1812
from alcance.radio.air import Air
from alcance.radio.itm.limits import LIMITS as ITM_LIMITS
from alcance.radio.p835 import standard_air
from alcance.radio.p1812.loss import LIMITS as P1812_LIMITS
from alcance.radio.p1812.loss import LONGEST_KM, SHORTEST_KM
from alcance.radio.reason import NEEDS, Reason, out_of_range, refusal
from alcance.terrain import Profiles

FREE_SPACE, DELTA_BULLINGTON, P1812, ITM, GASES = "free_space", "delta_bullington", "p1812", "itm", "gases"
P1812_TIMES_PCT = (50.0, 1.0)
ITM_TIMES_PCT = (50.0, 99.0)


@dataclass(frozen=True)
class ModelLoss:
    """What one model says of a path.

    Parameters
    ----------
    model
        "free_space" (P.525), "delta_bullington" (with free space, P.526), "p1812", "itm", or "gases" (P.676, to be
        added to any of the others).
    time_pct
        Share of the time for which the loss is not exceeded [%]; None where the model knows no times.
    loss_db
        Basic transmission loss [dB], for gases their attenuation alone; None where there is a reason.
    reason
        Why there is no loss.
    warnings
        Doubts that the Irregular Terrain Model raises: names of `itm.WarningFlag`.
    """

    model: str
    time_pct: float | None
    loss_db: float | None
    reason: Reason | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Path:
    """One path as the models see it.

    Parameters
    ----------
    profile
        A single ground profile.
    height1_m, height2_m
        Antennas above ground [m].
    freq_ghz
        Frequency [GHz].
    latitude_deg
        Of the middle [deg].
    altitude_m
        Mean height of the sight line above sea level [m].
    polarisation, zone
        As for `p1812.basic_loss_db`.
    """

    profile: Profiles
    height1_m: float
    height2_m: float
    freq_ghz: float
    latitude_deg: float
    altitude_m: float
    polarisation: int
    zone: int

    @property
    def length_km(self) -> float:
        """Length of the path [km]."""
        return float(self.profile.distance_m[-1]) / 1e3


def gas_loss(path: Path) -> ModelLoss:
    """Attenuation by gases along the path, in the standard air of P.835 at its mean altitude (P.676-13)."""
    reason = out_of_range(freq_ghz=(path.freq_ghz, *p676.LIMITS["freq_ghz"][:2]))
    if reason is not None:
        return ModelLoss(GASES, None, None, reason)
    try:
        loss = p676.path_loss_db(path.length_km, path.freq_ghz, *standard_air(path.altitude_m))
    except InputError as error:
        return ModelLoss(GASES, None, None, refusal(error))
    return ModelLoss(GASES, None, round(float(loss), 2))


def compare(path: Path, air: Air, free_space_db: float, diffraction_db: float) -> tuple[ModelLoss, ...]:
    """Ask every model for the loss of a path.

    Parameters
    ----------
    path
        The path.
    air
        Radio climate; a model whose values are lacking is listed with what it needs.
    free_space_db, diffraction_db
        What P.525 and P.526 have found already [dB].

    Returns
    -------
    Free space, delta-Bullington with free space, P.1812 for 50 and 1 % of the time, the Irregular Terrain Model for 50
    and 99 %, and gases; a model outside its range is listed with the reason.
    """
    return (
        ModelLoss(FREE_SPACE, None, round(free_space_db, 2)),
        ModelLoss(DELTA_BULLINGTON, None, round(free_space_db + diffraction_db, 2)),
        *(_p1812(path, air, time_pct) for time_pct in P1812_TIMES_PCT),
        *(_itm(path, air, time_pct) for time_pct in ITM_TIMES_PCT),
        gas_loss(path),
    )


def _p1812(path: Path, air: Air, time_pct: float) -> ModelLoss:
    reason = out_of_range(
        freq_ghz=(path.freq_ghz, *P1812_LIMITS["freq_ghz"][:2]),
        length_km=(round(path.length_km, 3), SHORTEST_KM, LONGEST_KM),
        height1_m=(path.height1_m, *P1812_LIMITS["height1_m"][:2]),
        height2_m=(path.height2_m, *P1812_LIMITS["height2_m"][:2]),
    )
    lacking = air.lacking("n0", "delta_n")
    if reason is None and lacking:
        reason = Reason(NEEDS, needs=lacking)
    if reason is not None:
        return ModelLoss(P1812, time_pct, None, reason)
    values: dict[str, Any] = {"n0": air.n0, "delta_n": air.delta_n, "latitude_deg": path.latitude_deg}
    try:
        loss = p1812.basic_loss_db(
            path.profile, path.height1_m, path.height2_m, path.freq_ghz, time_pct=time_pct, zone=path.zone,
            polarisation=path.polarisation, **values,
        )  # fmt: skip
    except InputError as error:
        return ModelLoss(P1812, time_pct, None, refusal(error))
    return ModelLoss(P1812, time_pct, round(float(loss[0]), 2))


def _itm(path: Path, air: Air, time_pct: float) -> ModelLoss:
    reason = out_of_range(
        freq_ghz=(path.freq_ghz, *ITM_LIMITS["freq_ghz"][:2]),
        height1_m=(path.height1_m, *ITM_LIMITS["height1_m"][:2]),
        height2_m=(path.height2_m, *ITM_LIMITS["height2_m"][:2]),
    )
    lacking = air.lacking("n0", "itm_climate")
    if reason is None and lacking:
        reason = Reason(NEEDS, needs=lacking)
    if reason is None and air.n0 is not None:
        reason = out_of_range(n0=(air.n0, *ITM_LIMITS["n0"][:2]))
    if reason is not None:
        return ModelLoss(ITM, time_pct, None, reason)
    values: dict[str, Any] = {"n0": air.n0, "climate": air.itm_climate}
    try:
        loss, warnings = itm.point_to_point_db(
            path.profile, path.height1_m, path.height2_m, path.freq_ghz, mode=itm.BROADCAST, time_pct=time_pct,
            location_pct=50.0, situation_pct=50.0, polarisation=path.polarisation, **values,
        )  # fmt: skip
    except InputError as error:
        return ModelLoss(ITM, time_pct, None, refusal(error))
    return ModelLoss(ITM, time_pct, round(float(loss[0]), 2), None, warning_names(int(np.asarray(warnings)[0])))


def warning_names(flags: int) -> tuple[str, ...]:
    """Names of the Irregular Terrain Model's doubts, in the order of their bits."""
    return tuple(str(flag.name).lower() for flag in itm.WarningFlag if flags & flag)
