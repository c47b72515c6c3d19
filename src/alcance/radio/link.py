"""One radio link, looked at closely: is it clear, what stands in the way, what would clear it, how much arrives."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from alcance.errors import InputError, Problem
from alcance.radio import p1812
from alcance.radio.air import Air
from alcance.radio.comparison import Path, compare
from alcance.radio.confidence import sight_confidence
from alcance.radio.earth import MEDIAN_K_FACTOR, bulge_m
from alcance.radio.equipment import Equipment
from alcance.radio.heights import HEIGHT_CLASSES_M
from alcance.radio.link_budget import Radios, Sight, link_budget
from alcance.radio.link_report import BLOCKED, CLEAR, GRAZING, Chances, Doubt, End, LinkReport
from alcance.radio.obstruction import Obstruction, stretches
from alcance.radio.p525 import free_space_loss_db
from alcance.radio.p526 import delta_bullington, fresnel_radius_m
from alcance.radio.screen import lowest_classes, required_height_m
from alcance.radio.spherical_earth import VERTICAL
from alcance.terrain import EARTH_RADIUS_M, Grid, Mosaic, Profiles, bearing_deg, place_along, profiles

FEWEST_STEPS = 10
LOWEST_M = 0.01


def design(
    ground: Grid | Mosaic,
    lon1: float,
    lat1: float,
    height1_m: float,
    lon2: float,
    lat2: float,
    height2_m: float,
    freq_ghz: float,
    *,
    k_factor: float = MEDIAN_K_FACTOR,
    clearance: float = 0.6,
    step_m: float | None = None,
    classes_m: Sequence[float] = HEIGHT_CLASSES_M,
    near: Equipment | None = None,
    far: Equipment | None = None,
    fade_margin_db: float | None = None,
    target_pct: float | None = None,
    air: Air | None = None,
    doubt: Doubt | None = None,
    polarisation: int = VERTICAL,
    sea_share: float = 0.0,
    zone: int = p1812.INLAND,
) -> LinkReport:
    """Look closely at one link.

    Parameters
    ----------
    ground
        The ground; of a mosaic only the window that the path needs is read.
    lon1, lat1, lon2, lat2
        The ends [deg].
    height1_m, height2_m
        Antennas above ground [m].
    freq_ghz
        Frequency [GHz].
    k_factor, clearance
        Effective earth radius factor; share of the first Fresnel zone that must be free.
    step_m
        Longest step between samples [m]; None takes the cell of the ground.
    classes_m
        Height classes to try at both ends, ascending [m].
    near, far, fade_margin_db
        Radios at the ends and the margin to keep against fading [dB]: all three or none.
    target_pct
        Availability wanted [% of an average year], for the radios.
    air
        Radio climate; models that need what it lacks say so.
    doubt
        Error of the elevation model; with it the chance of a clear path is given.
    polarisation, sea_share
        For the spherical part of the diffraction loss (see `p526.delta_bullington`).
    zone
        Radio-climatic zone of the whole path, for P.1812.

    Returns
    -------
    LinkReport.

    Raises
    ------
    InputError
        A number is not usable, the ends are one place, or radios are half given.
    TerrainGap
        The path crosses ground without data.
    """
    _check(lon1, lat1, height1_m, lon2, lat2, height2_m, freq_ghz, near, far, fade_margin_db, target_pct)
    air = air or Air()
    grid = ground if isinstance(ground, Grid) else _window(ground, lon1, lat1, lon2, lat2, doubt)
    paths = profiles(grid, lon1, lat1, lon2, lat2, step_m)
    distance_m, elevation_m = paths.path(0)
    ground_m = elevation_m.astype(np.float64)
    cover_m = paths.obstacle_m.astype(np.float64) - ground_m
    length_m = float(distance_m[-1])
    share = distance_m / length_m
    bulge = bulge_m(distance_m, length_m - distance_m, k_factor)
    fresnel_m = fresnel_radius_m(distance_m, length_m - distance_m, freq_ghz)
    sight_m = (ground_m[0] + height1_m) * (1 - share) + (ground_m[-1] + height2_m) * share

    clear_m = sight_m - ground_m - cover_m - bulge
    clear_share = np.full(distance_m.size, np.inf)
    clear_share[1:-1] = clear_m[1:-1] / fresnel_m[1:-1]
    lon, lat = place_along(lon1, lat1, lon2, lat2, share)

    def obstruction(first: int, worst: int, last: int) -> Obstruction:
        return Obstruction(
            distance_m=float(distance_m[worst]),
            lon=float(lon[worst]),
            lat=float(lat[worst]),
            ground_m=float(ground_m[worst]),
            cover_m=float(cover_m[worst]),
            clear_m=float(clear_m[worst]),
            clear_share=float(clear_share[worst]),
            missing_m=float(max(0.0, clearance * fresnel_m[worst] - clear_m[worst])),
            start_m=float(distance_m[first]),
            end_m=float(distance_m[last]),
        )

    def needed(*, swapped: bool, heights_m: Sequence[float], free: float) -> NDArray[np.float64]:
        ends = (lon2, lat2, lon1, lat1) if swapped else (lon1, lat1, lon2, lat2)
        height_m = required_height_m(
            grid, *ends, heights_m, freq_ghz=freq_ghz, k_factor=k_factor, clearance=free, step_m=step_m
        )
        rounded: NDArray[np.float64] = np.round(height_m[0].astype(np.float64), 2)
        return rounded

    need1 = float(needed(swapped=True, heights_m=[height2_m], free=clearance)[0])
    need2 = float(needed(swapped=False, heights_m=[height1_m], free=clearance)[0])
    # The same rule as the screen's, so that a plan and a close look never disagree.
    if need2 <= round(height2_m, 2):
        state = CLEAR
    elif float(needed(swapped=False, heights_m=[height1_m], free=0.0)[0]) <= round(height2_m, 2):
        state = GRAZING
    else:
        state = BLOCKED
    runs = stretches(clear_share, clearance) if state != CLEAR else []
    tightest = int(np.argmin(clear_share))
    loss = delta_bullington(
        paths, height1_m, height2_m, freq_ghz, k_factor=k_factor, polarisation=polarisation, sea_share=sea_share
    )
    slant_m = math.hypot(length_m, sight_m[-1] - sight_m[0])
    free_space_db = round(float(free_space_loss_db(slant_m / 1e3, freq_ghz)), 2)
    diffraction_db = round(float(loss.total_db[0]), 2)
    middle_lat = float(place_along(lon1, lat1, lon2, lat2, 0.5)[1])
    # Models have a fewest number of points; the ground between two cells is what interpolation says.
    fine = min(paths.distance_m[1], length_m / FEWEST_STEPS)
    sampled = paths if fine >= paths.distance_m[1] else profiles(grid, lon1, lat1, lon2, lat2, fine)
    altitude_m = float(sight_m[0] + sight_m[-1]) / 2
    path = Path(sampled, height1_m, height2_m, freq_ghz, middle_lat, altitude_m, polarisation, zone)
    models = compare(path, air, free_space_db, diffraction_db)
    gas_db = models[-1].loss_db or 0.0
    pairs = _lowest_pairs(needed(swapped=False, heights_m=classes_m, free=clearance), classes_m)
    budget = None
    if near is not None and far is not None and fade_margin_db is not None:
        sight = Sight(
            length_m / 1e3, freq_ghz, float(sight_m[0]), float(sight_m[-1]), middle_lat, clear=state != BLOCKED
        )
        radios = Radios(near, far, fade_margin_db, target_pct)
        budget = link_budget(radios, free_space_db + diffraction_db + gas_db, sight, air)
    chances = None
    if doubt is not None:
        sigma_m = profiles(doubt.over(grid), lon1, lat1, lon2, lat2, step_m).path(0)[1].astype(np.float32)
        heights_m = [(height1_m, height2_m), *pairs]
        asked, *of_classes = _chances(paths, sigma_m, doubt, heights_m, freq_ghz, k_factor, clearance)
        chances = Chances(doubt, (float(sigma_m.min()), float(sigma_m.max())), asked, tuple(of_classes))
    rise_deg = math.degrees(math.atan2(sight_m[-1] - sight_m[0], length_m))
    # Each end sees the other lower by half the angle that the effective earth turns between them.
    dip_deg = math.degrees(2 * float(bulge_m(length_m / 2, length_m / 2, k_factor)) / (length_m / 2))
    return LinkReport(
        near=End(
            lon1, lat1, float(ground_m[0]), height1_m,
            float(bearing_deg(lon1, lat1, lon2, lat2)), rise_deg - dip_deg, max(0.0, need1),
        ),
        far=End(
            lon2, lat2, float(ground_m[-1]), height2_m,
            float(bearing_deg(lon2, lat2, lon1, lat1)), -rise_deg - dip_deg, max(0.0, need2),
        ),
        freq_ghz=freq_ghz,
        k_factor=k_factor,
        clearance=clearance,
        length_m=length_m,
        step_m=length_m / (distance_m.size - 1),
        state=state,
        free_space_db=free_space_db,
        diffraction_db=diffraction_db,
        bullington_db=round(float(loss.actual_db[0]), 2),
        spherical_db=round(float(loss.spherical_db[0]), 2),
        obstructions=tuple(obstruction(*run) for run in runs),
        tightest=obstruction(tightest, tightest, tightest),
        classes_m=tuple(float(height) for height in classes_m),
        lowest_classes_m=pairs,
        cover_known=paths.cover_m is not None,
        gas_db=gas_db,
        models=models,
        air=air,
        chances=chances,
        budget=budget,
        distance_m=distance_m,
        ground_m=ground_m,
        cover_m=cover_m,
        bulge_m=bulge,
        sight_m=sight_m,
        fresnel_m=fresnel_m,
    )  # fmt: skip


def _lowest_pairs(required_m: NDArray[np.float64], classes_m: Sequence[float]) -> tuple[tuple[float, float], ...]:
    """Keep the pairs of height classes that clear and of which neither can be lowered, the lowest near mast first."""
    lowest = lowest_classes(required_m, classes_m)
    pairs: list[tuple[float, float]] = []
    for near_m, index in zip(classes_m, lowest, strict=True):
        if index >= 0 and (not pairs or classes_m[index] < pairs[-1][1]):
            pairs.append((float(near_m), float(classes_m[index])))
    return tuple(pairs)


def _chances(
    paths: Profiles,
    sigma_m: NDArray[np.float32],
    doubt: Doubt,
    heights_m: list[tuple[float, float]],
    freq_ghz: float,
    k_factor: float,
    clearance: float,
) -> list[float]:
    """Chance of a clear path for each pair of antenna heights."""
    near_m, far_m = np.array(heights_m, np.float64).T
    count, size = near_m.size, paths.distance_m.size
    offsets = np.arange(count + 1, dtype=np.int64) * size
    distance_m = np.tile(paths.distance_m, count)
    ground = Profiles(distance_m, np.tile(paths.obstacle_m, count), offsets)
    sigma = Profiles(distance_m, np.tile(sigma_m, count), offsets)
    chance = sight_confidence(
        ground, sigma, near_m, far_m, freq_ghz=freq_ghz, correlation_length_m=doubt.correlation_length_m,
        k_factor=k_factor, clearance=clearance,
    )  # fmt: skip
    values: list[float] = chance.tolist()
    return values


def _window(mosaic: Mosaic, lon1: float, lat1: float, lon2: float, lat2: float, doubt: Doubt | None) -> Grid:
    """Read the window under a path with a cell to spare, and as far round it as the relief is asked for."""
    lon, lat = place_along(lon1, lat1, lon2, lat2, np.linspace(0, 1, 65))
    spare = 2 * mosaic.sources[-1].resolution_deg
    up = spare + (0.0 if doubt is None else math.degrees(doubt.relief_radius_m / EARTH_RADIUS_M))
    aside = up / max(math.cos(math.radians(float(np.abs(lat).max()))), 0.01)
    return mosaic.window(lon.min() - aside, lat.min() - up, lon.max() + aside, lat.max() + up)


def _check(
    lon1: float,
    lat1: float,
    height1_m: float,
    lon2: float,
    lat2: float,
    height2_m: float,
    freq_ghz: float,
    near: Equipment | None,
    far: Equipment | None,
    fade_margin_db: float | None,
    target_pct: float | None,
) -> None:
    """Raise InputError with everything that is wrong with the question itself."""
    problems = []

    def require(name: str, value: float, lowest: float, highest: float, message: str) -> None:
        if not lowest <= value <= highest:
            problems.append(Problem("link", None, name, str(value), message))

    for name, lon, lat, height in (("first end", lon1, lat1, height1_m), ("second end", lon2, lat2, height2_m)):
        require(f"{name} lon", lon, -180, 180, "a longitude is a number from -180 to 180; the order is LON LAT HEIGHT")
        require(f"{name} lat", lat, -90, 90, "a latitude is a number from -90 to 90; the order is LON LAT HEIGHT")
        require(
            f"{name} height", height, LOWEST_M, 1000, "an antenna stands more than 0, up to 1000 metres above ground"
        )
    require("freq_ghz", freq_ghz, 0.03, 100, "the frequency is 0.03 to 100 GHz")
    if (lon1, lat1) == (lon2, lat2):
        problems.append(Problem("link", None, "", f"{lon1}, {lat1}", "the two ends are the same place"))
    if target_pct is not None:
        require("availability", target_pct, 50, 99.99999, "an availability is 50 to 99.99999 % of the year")
    given = [part is not None for part in (near, far, fade_margin_db)]
    if any(given) and not all(given):
        problems.append(Problem("link", None, "near, far, fade_margin_db", "", "give both radios and the fade margin"))
    if problems:
        raise InputError(problems)
