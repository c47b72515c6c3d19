"""The search for the tower that serves each address best."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from alcance.radio.air import Air
from alcance.radio.budget import max_range_km
from alcance.radio.confidence import sight_confidence
from alcance.radio.link_report import Doubt
from alcance.radio.prequalify.holes import drop_holes, holes_of, in_hole
from alcance.radio.prequalify.judge import work_out
from alcance.radio.prequalify.pairs import Pairs, best_few, near, nearest_station
from alcance.radio.prequalify.qualified import NO_GROUND, VERDICTS, Qualified, blank, keep
from alcance.radio.prequalify.station import Demand, Station, check, kinds
from alcance.radio.screen import required_height_m
from alcance.terrain import Grid, bearing_deg, profiles


def prequalify(
    grid: Grid,
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    height_m: NDArray[np.float64],
    stations: Sequence[Station],
    demand: Demand,
    *,
    air: Air | None = None,
    doubt: Doubt | None = None,
    progress: Callable[[str, float], None] | None = None,
) -> Qualified:
    """Find for each address the station that serves it best.

    Pairs within the reach of their radios are screened by the height that the address needs; the link budget with
    diffraction, gases and availability is worked out for the best few of each address, and the best of these is kept:
    what qualifies as it stands before what needs a mast, a lower mast before a higher, then the higher rate, the
    greater margin, the shorter path.

    Parameters
    ----------
    grid
        The ground.
    lon, lat, height_m
        n addresses: places [deg] and antennas above ground [m].
    stations
        The towers.
    demand
        What an address needs.
    air
        Radio climate, for availability.
    doubt
        Error of the elevation model; with it the chance of a clear path is given.
    progress
        Called with "screen" and "links" and the share done.

    Returns
    -------
    Qualified of n addresses. An address on missing ground, or all of whose paths cross some, has the verdict
    "no_ground".

    Raises
    ------
    InputError
        There is no station, a height is not positive, or a number is not usable.
    """
    check(height_m, stations, demand)
    count = lon.size
    best = blank(count, height_m)
    air = air or Air()
    places = np.array([(station.lon, station.lat, station.height_m) for station in stations])
    nearest, distance_m = nearest_station(lon, lat, places)
    best.station[:], best.distance_m[:] = nearest, distance_m
    best.bearing_deg[:] = bearing_deg(lon, lat, places[nearest, 0], places[nearest, 1])
    holes = holes_of(grid)
    best.verdict[in_hole(holes, lon, lat)] = VERDICTS.index(NO_GROUND)
    standing = np.flatnonzero(best.verdict != VERDICTS.index(NO_GROUND))
    families = kinds(stations)
    for number, members in enumerate(families):
        first = stations[members[0]]
        reach_m = 1e3 * max_range_km(first.radio, demand.fade_margin_db, partner=first.client)
        pairs = near(lon, lat, standing, places, np.array(members), reach_m)
        pairs = drop_holes(best, holes, lon, lat, places, pairs)
        if pairs.address.size:
            needed = required_height_m(
                grid, places[pairs.station, 0], places[pairs.station, 1], lon[pairs.address], lat[pairs.address],
                places[pairs.station, 2][:, None], freq_ghz=first.radio.freq_ghz, k_factor=demand.k_factor,
                clearance=demand.clearance,
            )[:, 0]  # fmt: skip
            pairs = Pairs(pairs.address, pairs.station, pairs.distance_m, np.asarray(np.round(needed, 2), np.float64))
            pairs = pairs.take(best_few(pairs, height_m, first.needs_sight))
            keep(best, work_out(grid, lon, lat, height_m, places, stations, pairs, demand, air), pairs.address)
        if progress is not None:
            progress("links", (number + 1) / len(families))
    if doubt is not None:
        _add_chance(best, grid, lon, lat, places, stations, demand, doubt)
    return best


def _add_chance(
    best: Qualified,
    grid: Grid,
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    places: NDArray[np.float64],
    stations: Sequence[Station],
    demand: Demand,
    doubt: Doubt,
) -> None:
    judged = best.verdict < VERDICTS.index(NO_GROUND)
    error = doubt.over(grid)
    for members in kinds(stations):
        at = np.flatnonzero(judged & np.isin(best.station, members))
        if at.size == 0:
            continue
        s = best.station[at]
        ends = (places[s, 0], places[s, 1], lon[at], lat[at])
        paths, sigma = profiles(grid, *ends), profiles(error, *ends)
        best.chance[at] = sight_confidence(
            paths, sigma, places[s, 2], best.height_m[at], freq_ghz=stations[members[0]].radio.freq_ghz,
            correlation_length_m=doubt.correlation_length_m, k_factor=demand.k_factor, clearance=demand.clearance,
        )  # fmt: skip
