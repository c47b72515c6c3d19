"""A close look at pairs of an address and a tower: as they stand, and with the lowest mast that clears them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from alcance.radio import p530, p676
from alcance.radio.air import Air
from alcance.radio.budget import link_rate_mbps, margin_db
from alcance.radio.earth import elevation_deg
from alcance.radio.link_budget import HOURS_A_YEAR
from alcance.radio.p525 import free_space_loss_db
from alcance.radio.p526 import delta_bullington_db
from alcance.radio.p530.multipath import LIMITS as P530_LIMITS
from alcance.radio.p835 import standard_air
from alcance.radio.prequalify.pairs import Pairs
from alcance.radio.prequalify.qualified import NO_SIGHT, QUALIFIES, TOO_WEAK, VERDICTS, WITH_MAST, Qualified
from alcance.radio.prequalify.station import Demand, Station
from alcance.radio.screen import required_height_m
from alcance.terrain import Grid, Profiles, bearing_deg, profiles


def work_out(
    grid: Grid,
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    height_m: NDArray[np.float64],
    places: NDArray[np.float64],
    stations: Sequence[Station],
    pairs: Pairs,
    demand: Demand,
    air: Air,
) -> Qualified:
    """Judge the pairs of one kind of radio, first as they stand and then with the lowest mast that clears them."""
    a, s = pairs.address, pairs.station
    first = stations[int(s[0])]
    freq_ghz, own_m = first.radio.freq_ghz, height_m[a]
    paths = profiles(grid, places[s, 0], places[s, 1], lon[a], lat[a])
    classes = np.array(demand.classes_m)
    index = np.searchsorted(classes, pairs.required_m)
    mast_m = np.where(index < classes.size, classes[np.minimum(index, classes.size - 1)], np.nan)
    with_mast = np.where(mast_m > own_m, mast_m, np.nan)
    clear = pairs.required_m <= own_m
    bare_m = required_height_m(
        grid, places[s, 0], places[s, 1], lon[a], lat[a], places[s, 2][:, None], freq_ghz=freq_ghz,
        k_factor=demand.k_factor, clearance=0.0,
    )[:, 0]  # fmt: skip
    in_sight = np.round(bare_m.astype(np.float64), 2) <= own_m
    state = np.where(clear, 0, np.where(in_sight, 1, 2)).astype(np.int8)
    own = _figures(lon, lat, places, stations, pairs, paths, own_m, in_sight, demand, air)
    raised = ~clear & ~np.isnan(with_mast)
    tall = _figures(
        lon, lat, places, stations, pairs, paths, np.where(raised, with_mast, own_m), in_sight | raised, demand, air
    )
    served = own["rate_mbps"] >= max(demand.least_mbps, 1e-9)
    good = served & (clear | (not first.needs_sight))
    better = ~good & raised & (tall["rate_mbps"] >= max(demand.least_mbps, 1e-9))
    weak = ~good & ~better & (clear | raised | (not first.needs_sight))
    verdict = np.select(
        [good, better, weak], [VERDICTS.index(word) for word in (QUALIFIES, WITH_MAST, TOO_WEAK)],
        VERDICTS.index(NO_SIGHT),
    ).astype(np.int8)  # fmt: skip
    use_tall = better | (weak & raised & first.needs_sight)
    chosen = {name: np.where(use_tall, tall[name], own[name]) for name in own}
    return Qualified(
        verdict, s.astype(np.int32), pairs.distance_m, bearing_deg(lon[a], lat[a], places[s, 0], places[s, 1]), state,
        np.maximum(pairs.required_m, 0.0), mast_m, np.where(use_tall, with_mast, own_m), chosen["loss_db"],
        chosen["margin_db"], chosen["rate_mbps"], chosen["availability_pct"], chosen["hours_year"],
        np.full(a.size, np.nan),
    )  # fmt: skip


def _figures(
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    places: NDArray[np.float64],
    stations: Sequence[Station],
    pairs: Pairs,
    paths: Profiles,
    far_m: NDArray[np.float64],
    in_sight: NDArray[np.bool_],
    demand: Demand,
    air: Air,
) -> dict[str, NDArray[np.float64]]:
    """Loss, margin, rate and availability of pairs with given antennas at the addresses."""
    a, s = pairs.address, pairs.station
    first = stations[int(s[0])]
    freq_ghz = first.radio.freq_ghz
    top1 = paths.elevation_m[paths.offsets[:-1]].astype(np.float64) + places[s, 2]
    top2 = paths.elevation_m[paths.offsets[1:] - 1].astype(np.float64) + far_m
    slant_m = np.hypot(pairs.distance_m, top2 - top1)
    loss = free_space_loss_db(slant_m / 1e3, freq_ghz)
    loss = loss + delta_bullington_db(paths, places[s, 2], far_m, freq_ghz, k_factor=demand.k_factor)
    if freq_ghz >= p676.LIMITS["freq_ghz"].low:
        loss = loss + p676.path_loss_db(slant_m / 1e3, freq_ghz, *standard_air((top1 + top2) / 2))
    loss = np.round(loss, 2)
    # What the tower's antenna gives in this direction less than its best.
    aside = np.zeros(a.size)
    azimuth = bearing_deg(places[s, 0], places[s, 1], lon[a], lat[a])
    elevation = elevation_deg(top2 - top1, pairs.distance_m, demand.k_factor)
    for station in np.unique(s).tolist():
        pattern = stations[station].pattern
        if pattern is not None:
            here = s == station
            gain = pattern.gain_dbi(azimuth[here], elevation[here])
            aside[here] = stations[station].radio.antenna_gain_dbi - gain
    loss_aside = loss + np.round(aside, 2)
    fade = np.full(a.size, demand.fade_margin_db)
    known = not air.lacking("delta_n", "rain_001_mm_h") and freq_ghz >= P530_LIMITS["freq_ghz"].low
    availability, hours = np.full(a.size, np.nan), np.full(a.size, np.nan)
    path = (pairs.distance_m[in_sight] / 1e3, freq_ghz, top1[in_sight], top2[in_sight])
    climate = None
    if known and in_sight.any():
        climate = air.fading((places[s, 1] + lat[a])[in_sight] / 2)
        if demand.target_pct is not None:
            wanted = p530.required_margin_db(*path, demand.target_pct, climate)
            fade[in_sight] = np.maximum(fade[in_sight], wanted)  # infinite where no margin is enough
    rate = link_rate_mbps(first.radio, first.client, loss_aside, np.ceil(fade * 100) / 100)
    if climate is not None:
        at_rate = _margin_at(first, loss_aside, rate)[in_sight]
        lost = p530.unavailability(*path, at_rate, climate).total_percent
        availability[in_sight] = np.round(100 - lost, 6)
        hours[in_sight] = np.round(lost / 100 * HOURS_A_YEAR, 2)
    return {
        "loss_db": loss,
        "margin_db": margin_db(first.radio, first.client, loss_aside),
        "rate_mbps": rate,
        "availability_pct": availability,
        "hours_year": hours,
    }


def _margin_at(first: Station, loss_db: NDArray[np.float64], rate_mbps: NDArray[np.float64]) -> NDArray[np.float64]:
    """Margin of the weaker direction at the rate of each link; of the lowest rate where it has none."""
    margin = np.empty(loss_db.size)
    gains_db = first.radio.antenna_gain_dbi + first.client.antenna_gain_dbi
    for rate in np.unique(rate_mbps).tolist():
        here = rate_mbps == rate
        out = first.radio.tx_power_dbm - first.client.rates.weakest_dbm(rate)
        back = first.client.tx_power_dbm - first.radio.rates.weakest_dbm(rate)
        margin[here] = gains_db + min(out, back) - loss_db[here]
    return np.round(margin, 2)
