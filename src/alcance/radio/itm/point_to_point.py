"""Basic transmission loss between two antennas over a ground profile, for one path or millions."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from alcance.errors import InputError, Problem
from alcance.radio.itm import kernel, limits, reference
from alcance.radio.itm.warning import WarningFlag
from alcance.radio.spherical_earth import VERTICAL
from alcance.terrain.profile import Profiles

# Average ground (TR-82-100, table 2).
AVERAGE_PERMITTIVITY, AVERAGE_CONDUCTIVITY_S_M = 15.0, 0.005

FEW = 8  # paths for which waking the threads costs more than the work


class Propagation(IntEnum):
    """By what the wave arrives."""

    LINE_OF_SIGHT = reference.LINE_OF_SIGHT
    DIFFRACTION = reference.DIFFRACTION
    TROPOSCATTER = reference.TROPOSCATTER


@dataclass(frozen=True, eq=False)
class PointToPoint:
    """What the model finds on n paths; float64 unless said otherwise.

    Parameters
    ----------
    loss_db
        Basic transmission loss [dB].
    warnings
        Flags of `WarningFlag`, int32; 0 where there is no doubt.
    propagation
        A `Propagation`, int8.
    free_space_db
        Of it, the loss in free space [dB].
    reference_db
        Reference attenuation: the median above free space before the variability [dB].
    delta_h_m
        Terrain irregularity Δh [m].
    horizon_rad, horizon_m
        Angles above the level [rad] and distances [m] of the horizons, 2 × n.
    effective_m
        Effective heights of the antennas [m], 2 × n.
    refractivity
        At the ground [N-units].
    """

    loss_db: NDArray[np.float64]
    warnings: NDArray[np.int32]
    propagation: NDArray[np.int8]
    free_space_db: NDArray[np.float64]
    reference_db: NDArray[np.float64]
    delta_h_m: NDArray[np.float64]
    horizon_rad: NDArray[np.float64]
    horizon_m: NDArray[np.float64]
    effective_m: NDArray[np.float64]
    refractivity: NDArray[np.float64]


def point_to_point(
    paths: Profiles,
    height1_m: ArrayLike,
    height2_m: ArrayLike,
    freq_ghz: ArrayLike,
    *,
    n0: ArrayLike,
    climate: ArrayLike,
    mode: ArrayLike,
    time_pct: ArrayLike | None = None,
    location_pct: ArrayLike | None = None,
    situation_pct: ArrayLike | None = None,
    confidence_pct: ArrayLike | None = None,
    reliability_pct: ArrayLike | None = None,
    polarisation: ArrayLike = VERTICAL,
    permittivity: ArrayLike = AVERAGE_PERMITTIVITY,
    conductivity_s_m: ArrayLike = AVERAGE_CONDUCTIVITY_S_M,
) -> PointToPoint:
    """Loss of paths by the Irregular Terrain Model with everything found on the way (Algorithm; NTIA's version 1.4).

    Parameters
    ----------
    paths
        n ground profiles of at least 3 evenly spaced points. Seen from the other end the loss is the same.
    height1_m, height2_m
        Antennas above ground [m], 0.5 to 3000.
    freq_ghz
        Frequency [GHz], 0.02 to 20.
    n0
        Refractivity of the surface reduced to sea level, its least monthly mean [N-units], 250 to 400.
    climate
        A `Climate`, 1 to 7.
    mode
        `SINGLE_MESSAGE`, `ACCIDENTAL`, `MOBILE` or `BROADCAST`, plus `WITHOUT_LOCATION`, plus `WITHOUT_SITUATION`.
    time_pct, location_pct, situation_pct
        Shares of time, places and situations in which the loss is not exceeded [%], between 0 and 100.
    confidence_pct, reliability_pct
        In their stead: the share of situations and the share of time, with half of the places.
    polarisation
        `HORIZONTAL` (1) or `VERTICAL` (2), as everywhere in this package; NTIA's own numbers are 0 and 1.
    permittivity, conductivity_s_m
        Of the ground: relative, 1 or more; and [S/m], more than 0.

    All inputs but `paths` are one value or n.

    Returns
    -------
    PointToPoint of n paths.

    Raises
    ------
    InputError
        Inputs outside their ranges, percentages that are not one whole set, profiles that are too short, uneven, of no
        length or with gaps, or ground whose refractivity, curvature or impedance the model does not know.
    """
    shares = limits.percentages(
        {
            "time_pct": time_pct,
            "location_pct": location_pct,
            "situation_pct": situation_pct,
            "confidence_pct": confidence_pct,
            "reliability_pct": reliability_pct,
        }
    )
    count = len(paths)
    given = limits.columns(
        count,
        {
            "height1_m": height1_m,
            "height2_m": height2_m,
            "freq_ghz": freq_ghz,
            "n0": n0,
            "climate": climate,
            "mode": mode,
            "polarisation": polarisation,
            "permittivity": permittivity,
            "conductivity_s_m": conductivity_s_m,
            **shares,
        },
    )
    if "confidence_pct" in given:
        half = np.full(count, 50.0)
        percent = (given["reliability_pct"], half, given["confidence_pct"])
    else:
        percent = (given["time_pct"], given["location_pct"], given["situation_pct"])
    numbers = ("height1_m", "height2_m", "freq_ghz", "n0", "permittivity", "conductivity_s_m")
    real = np.stack([*(given[name] for name in numbers), *percent])
    whole = np.stack([given[name].astype(np.int64) for name in ("climate", "mode", "polarisation")])
    found = np.empty((11, count), np.float64)
    flags, propagation, status = np.zeros(count, np.int32), np.zeros(count, np.int8), np.zeros(count, np.int16)
    arrays = (paths.distance_m, paths.elevation_m, paths.offsets, real, whole, found, flags, propagation, status)
    if count <= FEW:
        for index in range(count):
            kernel.one(index, *arrays)
    else:
        kernel.each(*arrays)
    limits.raise_faults(paths, status, found[10])
    return PointToPoint(
        loss_db=found[0],
        warnings=flags,
        propagation=propagation,
        free_space_db=found[1],
        reference_db=found[2],
        delta_h_m=found[3],
        horizon_rad=found[4:6],
        horizon_m=found[6:8],
        effective_m=found[8:10],
        refractivity=found[10],
    )


def point_to_point_db(
    paths: Profiles, height1_m: ArrayLike, height2_m: ArrayLike, freq_ghz: ArrayLike, **inputs: Any
) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
    """Loss of n paths [dB] and its warnings (`WarningFlag`); of `point_to_point`, whose parameters it takes."""
    found = point_to_point(paths, height1_m, height2_m, freq_ghz, **inputs)
    return found.loss_db, found.warnings


def path_loss_db(
    distance_m: ArrayLike, ground_m: ArrayLike, height1_m: float, height2_m: float, freq_ghz: float, **inputs: Any
) -> tuple[float, WarningFlag]:
    """Loss of one path [dB] given by the distances and elevations of its points [m], and its warnings.

    The other parameters are those of `point_to_point`, one value each.

    Examples
    --------
    >>> from alcance.radio import itm
    >>> distance, ground = [0, 200, 400, 600, 800], [100, 105, 130, 110, 104]
    >>> shares = {"time_pct": 50, "location_pct": 50, "situation_pct": 50}
    >>> air = {"n0": 320, "climate": itm.Climate.CONTINENTAL_SUBTROPICAL, "mode": itm.BROADCAST}
    >>> loss, warnings = itm.path_loss_db(distance, ground, 30, 10, 0.7, **air, **shares)
    >>> round(loss, 2)
    115.23
    >>> itm.explain(warnings)[0]
    'the path is shorter than 1 km'
    """
    distance = np.ascontiguousarray(distance_m, np.float64)
    ground = np.ascontiguousarray(ground_m, np.float64)
    if distance.shape != ground.shape or distance.ndim != 1:
        message = "give one distance for each elevation, in a row"
        raise InputError([Problem(limits.MODEL, None, "distance_m", f"{distance.shape}, {ground.shape}", message)])
    # The kernels take the ground in either precision; a single path keeps all that it was given.
    paths = Profiles(distance, cast("NDArray[np.float32]", ground), np.array([0, distance.size], np.int64))
    loss, warnings = point_to_point_db(paths, height1_m, height2_m, freq_ghz, **inputs)
    return float(loss[0]), WarningFlag(int(warnings[0]))
