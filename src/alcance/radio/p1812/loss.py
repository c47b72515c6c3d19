"""Basic transmission loss of many paths by P.1812."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from alcance.errors import InputError, Problem
from alcance.radio.limits import Limit, checked
from alcance.radio.p1812 import kernel
from alcance.radio.p1812.zone import ZONES
from alcance.radio.spherical_earth import HORIZONTAL, VERTICAL
from alcance.terrain.profile import Profiles

FEWEST_POINTS = 5
SHORTEST_KM, LONGEST_KM = 0.25, 3000.0

LIMITS = {
    "height1_m": Limit(1, 3000, "an antenna stands 1 to 3000 m above ground"),
    "height2_m": Limit(1, 3000, "an antenna stands 1 to 3000 m above ground"),
    "freq_ghz": Limit(0.03, 6, "P.1812 holds from 0.03 to 6 GHz"),
    "time_pct": Limit(1, 50, "P.1812 holds for 1 to 50 % of the time"),
    "location_pct": Limit(1, 99, "P.1812 holds for 1 to 99 % of the locations"),
    "n0": Limit(150, 500, "the refractivity at sea level is 150 to 500 N-units"),
    "delta_n": Limit(1, 150, "the lapse of refractivity is 1 to 150 N-units/km, positive"),
    "latitude_deg": Limit(-90, 90, "a latitude is -90 to 90 degrees"),
    "location_sigma_db": Limit(0, 40, "a standard deviation is 0 to 40 dB"),
}


@dataclass(frozen=True, eq=False)
class BasicLoss:
    """Loss of n paths with every step of P.1812-6 towards it, float64, n each.

    Parameters
    ----------
    total_db
        Basic transmission loss not exceeded for the shares of time and places, L_b (eq. 69).
    length_km, sea_share, land_km, inland_km
        Length; share over sea ω (eq. 1); longest stretches over land and inland, d_tm and d_lm (§ 3.6).
    radius_km, anomaly_pct
        Median effective earth radius (eq. 7a) and β₀, share of time with strong lapses (eq. 5) [%].
    horizon1_km, horizon2_km, horizon1_mrad, horizon2_mrad, angle_mrad
        Horizons of the two ends: distance and elevation angle (eqs. 76–81); angular distance θ (eq. 82). In sight the
        two distances add up to the length.
    smooth1_m, smooth2_m
        Smooth surface under the two ends for diffraction, above sea level (eq. 89).
    duct1_m, duct2_m, roughness_m
        Effective heights for ducting (eqs. 92a, 92b) and roughness of the ground h_m (eq. 93).
    time_factor, angle_factor, distance_factor
        F_i (eq. 40), F_j (eq. 57) and F_k (eq. 58).
    free_space_db, sight_db, sight_rare_db
        Free space (eq. 8), and in sight for the share of time (eq. 10) and for β₀ (eq. 11).
    bullington_db, smooth_bullington_db, spherical_db
        Parts of the diffraction loss at three times the earth's radius (eqs. 21, 27).
    diffraction50_db, diffraction_rare_db, diffraction_db
        Diffraction loss of half of the time, of β₀, and of the share of time (eqs. 39, 41).
    by_diffraction50_db, by_diffraction_db
        Free space or sight, with diffraction: L_bd50 and L_bd (eqs. 42, 43).
    least_db, ducting_db, enhanced_db, mixed_db, modified_db, scatter_db, half_db
        L_min0p (eq. 59), L_ba (eq. 46), L_minbap (eq. 60), L_bda (eq. 61), L_bam (eq. 62), L_bs (eq. 44), and the loss
        at half of the places L_bc (eq. 63).
    """

    total_db: NDArray[np.float64]
    length_km: NDArray[np.float64]
    sea_share: NDArray[np.float64]
    land_km: NDArray[np.float64]
    inland_km: NDArray[np.float64]
    radius_km: NDArray[np.float64]
    anomaly_pct: NDArray[np.float64]
    horizon1_km: NDArray[np.float64]
    horizon2_km: NDArray[np.float64]
    horizon1_mrad: NDArray[np.float64]
    horizon2_mrad: NDArray[np.float64]
    angle_mrad: NDArray[np.float64]
    smooth1_m: NDArray[np.float64]
    smooth2_m: NDArray[np.float64]
    duct1_m: NDArray[np.float64]
    duct2_m: NDArray[np.float64]
    roughness_m: NDArray[np.float64]
    time_factor: NDArray[np.float64]
    angle_factor: NDArray[np.float64]
    distance_factor: NDArray[np.float64]
    free_space_db: NDArray[np.float64]
    sight_db: NDArray[np.float64]
    sight_rare_db: NDArray[np.float64]
    bullington_db: NDArray[np.float64]
    smooth_bullington_db: NDArray[np.float64]
    spherical_db: NDArray[np.float64]
    diffraction50_db: NDArray[np.float64]
    diffraction_rare_db: NDArray[np.float64]
    diffraction_db: NDArray[np.float64]
    by_diffraction50_db: NDArray[np.float64]
    by_diffraction_db: NDArray[np.float64]
    least_db: NDArray[np.float64]
    ducting_db: NDArray[np.float64]
    enhanced_db: NDArray[np.float64]
    mixed_db: NDArray[np.float64]
    modified_db: NDArray[np.float64]
    scatter_db: NDArray[np.float64]
    half_db: NDArray[np.float64]


def basic_loss_db(
    paths: Profiles,
    height1_m: ArrayLike,
    height2_m: ArrayLike,
    freq_ghz: ArrayLike,
    *,
    time_pct: ArrayLike,
    n0: ArrayLike,
    delta_n: ArrayLike,
    latitude_deg: ArrayLike,
    zone: ArrayLike,
    location_pct: ArrayLike = 50.0,
    location_sigma_db: ArrayLike | None = None,
    polarisation: int = VERTICAL,
    cover_m: ArrayLike | None = None,
) -> NDArray[np.float64]:
    """Basic transmission loss of n paths not exceeded for shares of time and places (P.1812-6, Annex 1).

    Equation numbers are those of Study Group 3's validation logs, which rest on version 6.

    Parameters
    ----------
    paths
        n ground profiles of 5 points at least and 0.25 to 3,000 km; distances start at nought and grow.
    height1_m, height2_m
        Antennas above ground [m], 1 to 3,000, one or n; the second is the receiver.
    freq_ghz
        Frequency [GHz], 0.03 to 6, one or n.
    time_pct
        Share of an average year [%] for which the loss is not exceeded, 1 to 50, one or n.
    n0, delta_n
        Refractivity at sea level [N-units] and its lapse in the lowest kilometre [N-units/km, positive], one or n.
    latitude_deg
        Latitude of the middle of each path [deg], one or n.
    zone
        Radio-climatic zone: `SEA`, `COASTAL` or `INLAND` for all paths, or one code per sample in the flat order of
        `paths`. Coastal land is land within 50 km of the sea and below 100 m (§ 3.3).
    location_pct
        Share of places [%] around the receiver at which the loss is not exceeded, 1 to 99, one or n.
    location_sigma_db
        Standard deviation of the loss by place [dB], one or n, as `p1812.location_sigma_db` gives it; needed unless
        `location_pct` is 50 throughout.
    polarisation
        `HORIZONTAL` or `VERTICAL`.
    cover_m
        Representative height of what stands on the ground at each sample [m], in the flat order of `paths`; None takes
        the cover that the profiles carry, and bare ground where they carry none. Nothing is added at the two ends
        (§ 3.2).

    Returns
    -------
    Loss [dB], n, between isotropic antennas.

    Raises
    ------
    InputError
        A number is out of the model's range, a path has too few points, no length, a gap or an unknown zone.
    """
    total_db, _ = _losses(
        paths, (height1_m, height2_m, freq_ghz, time_pct, location_pct, n0, delta_n, latitude_deg, location_sigma_db),
        zone, polarisation, cover_m, every_part=False,
    )  # fmt: skip
    return total_db


def basic_loss(
    paths: Profiles,
    height1_m: ArrayLike,
    height2_m: ArrayLike,
    freq_ghz: ArrayLike,
    *,
    time_pct: ArrayLike,
    n0: ArrayLike,
    delta_n: ArrayLike,
    latitude_deg: ArrayLike,
    zone: ArrayLike,
    location_pct: ArrayLike = 50.0,
    location_sigma_db: ArrayLike | None = None,
    polarisation: int = VERTICAL,
    cover_m: ArrayLike | None = None,
) -> BasicLoss:
    """Loss of n paths with every step towards it; takes the parameters of `basic_loss_db`."""
    _, parts = _losses(
        paths, (height1_m, height2_m, freq_ghz, time_pct, location_pct, n0, delta_n, latitude_deg, location_sigma_db),
        zone, polarisation, cover_m, every_part=True,
    )  # fmt: skip
    return BasicLoss(*np.ascontiguousarray(parts.T))


def path_loss_db(
    distance_m: ArrayLike, ground_m: ArrayLike, height1_m: float, height2_m: float, freq_ghz: float, **options: Any
) -> float:
    """Loss of one path [dB] given by the distances and elevations of its samples [m]; options of `basic_loss_db`.

    Examples
    --------
    >>> ground = [100, 105, 130, 110, 104, 100]
    >>> air = {"n0": 320.0, "delta_n": 45.0, "latitude_deg": 17.0, "zone": 4}
    >>> round(path_loss_db([0, 2e3, 4e3, 6e3, 8e3, 1e4], ground, 30, 10, 0.7, time_pct=50, **air), 2)
    127.65
    """
    distance = np.ascontiguousarray(distance_m, np.float64)
    ground = np.ascontiguousarray(ground_m, np.float32)
    paths = Profiles(distance, ground, np.array([0, distance.size], np.int64))
    return float(basic_loss_db(paths, height1_m, height2_m, freq_ghz, **options)[0])


def field_strength_dbuv_m(loss_db: ArrayLike, freq_ghz: ArrayLike, power_kw: ArrayLike = 1.0) -> NDArray[np.float64]:
    """Field strength of a transmitter of an effective isotropic power (P.1812-6, eq. 70).

    Parameters
    ----------
    loss_db
        Basic transmission loss [dB].
    freq_ghz
        Frequency [GHz].
    power_kw
        Equivalent isotropically radiated power [kW].

    Returns
    -------
    Field strength [dB over 1 µV/m].
    """
    loss, freq, power = (np.asarray(value, np.float64) for value in (loss_db, freq_ghz, power_kw))
    field: NDArray[np.float64] = 199.36 + 20 * np.log10(freq) - loss + 10 * np.log10(power)
    return field


def _losses(
    paths: Profiles,
    question: tuple[ArrayLike | None, ...],
    zone: ArrayLike,
    polarisation: int,
    cover_m: ArrayLike | None,
    *,
    every_part: bool,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    count = len(paths)
    radio = _radio(count, question)
    if polarisation not in (HORIZONTAL, VERTICAL):
        raise InputError([Problem("P.1812", None, "polarisation", str(polarisation), "1 is horizontal, 2 is vertical")])
    _check_lengths(paths)
    zones = np.atleast_1d(np.ascontiguousarray(zone, np.int8))
    cover_m = paths.cover_m if cover_m is None else cover_m
    cover = np.zeros(1, np.float32) if cover_m is None else np.ascontiguousarray(cover_m, np.float32)
    if zones.shape not in {paths.elevation_m.shape, (1,)}:
        raise ValueError("zone has one value, or one per sample of the profiles")
    if cover_m is not None and cover.shape != paths.elevation_m.shape:
        raise ValueError("cover_m has one value per sample of the profiles")
    total_db = np.empty(count, np.float64)
    parts = np.empty((count if every_part else 0, kernel.PART_COUNT), np.float64)
    faults = np.empty(count, np.int64)
    arrays: tuple[Any, ...] = (
        paths.distance_m, paths.elevation_m, cover, zones, paths.offsets, radio, polarisation, total_db, parts, faults,
    )  # fmt: skip
    if count <= kernel.CHUNK:
        kernel.some_losses(0, count, *arrays)
    else:
        kernel.all_losses(*arrays)
    if faults.any():
        _raise_fault(paths, faults, zones, cover)
    return total_db, parts


def _radio(count: int, question: tuple[ArrayLike | None, ...]) -> NDArray[np.float64]:
    """Spread what is asked over the paths, a row for each; InputError with everything that is out of range."""
    asked = dict(zip(kernel.QUESTION, question, strict=True))
    if asked["location_sigma_db"] is None:
        if (np.asarray(asked["location_pct"]) != 50).any():
            message = "give the standard deviation by location, or ask for 50 % of the locations"
            raise InputError([Problem("P.1812", None, "location_sigma_db", "", message)])
        asked["location_sigma_db"] = 0.0
    columns = checked("P.1812", LIMITS, **{name: value for name, value in asked.items() if value is not None})
    radio = np.empty((count, len(columns)), np.float64)
    radio[...] = np.stack(columns, axis=-1)
    return radio


def _check_lengths(paths: Profiles) -> None:
    """InputError where a path has too few points or is too short or too long."""
    points = np.diff(paths.offsets)
    if (points < FEWEST_POINTS).any():
        i = int(np.argmax(points < FEWEST_POINTS))
        message = f"a path has {FEWEST_POINTS} points at least, its ends included; take a shorter step"
        raise InputError([Problem("P.1812", None, f"path {i}, points", str(points[i]), message)])
    length_km = paths.distance_m[paths.offsets[1:] - 1] / 1000
    wrong = ~((length_km >= SHORTEST_KM) & (length_km <= LONGEST_KM))
    if wrong.any():
        i = int(np.argmax(wrong))
        message = f"P.1812 holds for paths of {SHORTEST_KM} to {LONGEST_KM:.0f} km"
        if length_km[i] == 0:
            message = "the two ends are the same place; " + message
        raise InputError([Problem("P.1812", None, f"path {i}, length [km]", str(length_km[i]), message)])


def _raise_fault(
    paths: Profiles, faults: NDArray[np.int64], zones: NDArray[np.int8], cover: NDArray[np.float32]
) -> None:
    """Name the first path with a fault and the value that is wrong in it."""
    i = int(np.argmax(faults != kernel.SOUND))
    here = slice(int(paths.offsets[i]), int(paths.offsets[i + 1]))
    distance, ground = paths.path(i)
    values: NDArray[Any]
    if faults[i] == kernel.BAD_DISTANCE:
        values, column = distance, "distance_m"
        wrong = np.concatenate([[distance[0] != 0], ~(np.diff(distance) > 0)])
        message = "distances start at nought and grow from sample to sample"
    elif faults[i] == kernel.BAD_GROUND:
        values, column = ground, "elevation_m"
        wrong = ~np.isfinite(ground)
        message = "the ground of a path has no gaps; fill them or leave the path out"
    elif faults[i] == kernel.BAD_COVER:
        values, column = cover[here], "cover_m"
        wrong = ~(np.isfinite(values) & (values >= 0))
        message = "the height of the cover is nought or more, and known at every sample"
    else:
        values, column = zones if zones.size == 1 else zones[here], "zone"
        wrong = ~np.isin(values, list(ZONES))
        message = "a zone is " + ", ".join(f"{code} ({name})" for code, name in ZONES.items())
    at = int(np.argmax(wrong))
    place = f"path {i}, sample {at}, {column}"
    count = int((faults != kernel.SOUND).sum())
    raise InputError([Problem("P.1812", None, place, str(values[at]), f"{message} ({count} path(s) are wrong)")])
