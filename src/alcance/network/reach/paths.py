"""Whether a station serves single places, by one profile to each: the same budget as the areas', place by place."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from alcance.network.reach.area import two_way_rates

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alcance.network.reach.area import Rules
    from alcance.network.reach.stations import Station
    from alcance.terrain import Grid


def heard_at(
    grid: Grid,
    station: Station,
    height_m: float,
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    rules: Rules,
) -> NDArray[np.bool_]:
    """Whether places are served by a station whose antennas hang at some height.

    Parameters
    ----------
    grid
        The ground.
    station
        The station.
    height_m
        Antennas above ground [m].
    lon, lat
        n places [deg], not the station's own.
    rules
        How coverage is computed.

    Raises
    ------
    TerrainGap
        A path crosses ground without data.
    """
    from alcance.radio import free_space_loss_db, received_dbm
    from alcance.radio.earth import elevation_deg
    from alcance.radio.p526 import bullington_loss_db, delta_bullington_db
    from alcance.terrain import bearing_deg, profiles

    tower, sector = station.tower, station.transmitter
    client = replace(station.receiver, rates=two_way_rates(station))
    paths = profiles(grid, tower.lon, tower.lat, lon, lat)
    first, last = paths.offsets[:-1], paths.offsets[1:] - 1
    distance_m = paths.distance_m[last].astype(np.float64)
    rise_m = paths.elevation_m[last].astype(np.float64) + rules.client_height_m
    rise_m = rise_m - (paths.elevation_m[first].astype(np.float64) + height_m)
    slant_m = np.hypot(distance_m, rise_m)
    loss_db = free_space_loss_db(slant_m / 1e3, sector.freq_ghz)
    if rules.model != "free_space":
        diffraction = delta_bullington_db if rules.model == "delta_bullington" else bullington_loss_db
        ends = (np.full(len(lon), float(height_m)), np.full(len(lon), rules.client_height_m))
        loss_db = loss_db + diffraction(paths, *ends, sector.freq_ghz, k_factor=rules.k_factor)
    azimuth_deg = bearing_deg(tower.lon, tower.lat, lon, lat)
    gain_dbi = tower.pattern.gain_dbi(azimuth_deg, elevation_deg(rise_m, distance_m, rules.k_factor))
    signal_dbm = np.round(received_dbm(sector, client, loss_db) - sector.antenna_gain_dbi + gain_dbi, 2)
    limits_km = [radio.max_range_km for radio in (sector, client) if radio.max_range_km is not None]
    within = slant_m <= 1e3 * min(limits_km, default=math.inf)
    rate_mbps = client.rates.best_mbps(signal_dbm, rules.fade_margin_db)
    served: NDArray[np.bool_] = within & (rate_mbps >= rules.classes_mbps[0])
    return served
