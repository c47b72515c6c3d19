"""What would strengthen a provider most: more backhaul, fibre of its own, or a higher mast, tower by tower."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from alcance.network.fibre import fibre_pops
from alcance.network.reach.area import NOBODY, radius_m
from alcance.network.reach.next_sites import money
from alcance.network.reach.paths import heard_at
from alcance.radio.heights import HEIGHT_CLASSES_M

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from alcance.network.prices import UnitPrice
    from alcance.network.reach.area import Rules
    from alcance.network.reach.links import LinkFinder
    from alcance.network.reach.stations import Station
    from alcance.pack import Pack
    from alcance.terrain import Grid

OPTIONS = ("backhaul", "fibre", "mast")
PER = 1e6  # gains are told for each million of the currency
COLUMNS = [
    "rank", "option", "tower_id", "from_id", "from_name", "equipment_id", "distance_km", "mast_m", "backhaul_mbps",
    "room_known", "connections", "health_sites", "education_sites", "people", "people_in_need", "price", "capex",
    "opex_year", "people_in_need_per_million", "health_sites_per_million",
]  # fmt: skip
GAINS = ("connections", "health_sites", "education_sites", "people", "people_in_need")


@dataclass(frozen=True, eq=False)
class Wanted:
    """Places without internet in the order in which a tower's room is given to them (see `connections`).

    Parameters
    ----------
    lon, lat
        Degrees.
    gains
        n × `GAINS`: what each adds.
    station
        Station that serves each best, −1 where none of the provider's does.
    """

    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    gains: NDArray[np.float64]
    station: NDArray[np.int32]

    @classmethod
    def of(cls, connections: pd.DataFrame, station: NDArray[np.int32]) -> Wanted:
        """Take the table of connections and the station that serves each."""
        people = connections["people"].to_numpy(np.float64)
        needy = connections["in_need"].to_numpy(np.bool_)
        gains = np.column_stack(
            [np.ones(len(connections)), connections["health"], connections["education"], people, people * needy]
        ).astype(np.float64)
        lon, lat = (connections[name].to_numpy(np.float64) for name in ("lon", "lat"))
        return cls(lon, lat, gains, station)

    def served(self, places: NDArray[np.int64], room: float) -> NDArray[np.float64]:
        """Sum of `GAINS` over as many of some places (ascending) as there is room for."""
        first = places if math.isinf(room) else places[: int(room)]
        total: NDArray[np.float64] = self.gains[first].sum(axis=0)
        return total


def strengthen(
    pack: Pack,
    grid: Grid,
    finder: LinkFinder,
    stations: list[Station],
    numbers: list[int],
    wanted: Wanted,
    rules: Rules,
    busy_mbps: float,
    progress: Callable[[float], None] | None = None,
) -> pd.DataFrame:
    """Rank what could be done at each tower of a provider by the people in need gained for each unit of money.

    A tower serves the first of its waiting places for which it has room. More backhaul (a radio link from a PoP or from
    a tower of the same provider on fibre) and fibre of its own (along a straight line to the nearest PoP) make room
    where backhaul is what lacks; a mast one class of height up brings places into the area. The gain is what is served
    then and is not today.

    Parameters
    ----------
    pack, grid, finder
        Where.
    stations
        All stations.
    numbers
        Those of the provider.
    wanted
        Places without internet.
    rules
        How coverage is computed.
    busy_mbps
        Traffic of a connection in the busy hour.
    progress
        Told the share done.

    Returns
    -------
    `COLUMNS`, best first; options without any gain are left out. Where backhaul or clients of a tower are unknown only
    its mast is judged, as if it had room (`room_known` false).
    """
    rows = [*_backhaul(pack, finder, stations, numbers, wanted, busy_mbps)]
    rows += _fibre(pack, finder, stations, numbers, wanted, busy_mbps)
    rows += _masts(grid, finder, stations, numbers, wanted, rules, busy_mbps, progress)
    frame = pd.DataFrame(rows, columns=COLUMNS[1:-2])
    price = frame["price"].astype(float)
    for gain in ("people_in_need", "health_sites"):
        frame[f"{gain}_per_million"] = np.round(frame[gain].astype(float) * PER / price, 4)
    more = ["people_in_need_per_million", "health_sites_per_million", "worth"]
    worth = (frame["people"].astype(float) + frame["education_sites"].astype(float)) / price
    keys = [*more, "price", "option", "tower_id"]
    order = frame.assign(worth=worth).sort_values(keys, ascending=[False] * 3 + [True] * 3, kind="stable")
    order["rank"] = np.arange(1, len(order) + 1)
    return order[COLUMNS].reset_index(drop=True)


def _waiting(wanted: Wanted, number: int) -> NDArray[np.int64]:
    return np.flatnonzero(wanted.station == number)


def _row(
    finder: LinkFinder, option: str, station: Station, gain: NDArray[np.float64], price: UnitPrice, **more: Any
) -> dict[str, Any]:
    nothing = {"from_id": None, "from_name": None, "equipment_id": None, "distance_km": math.nan, "mast_m": math.nan}
    return {
        "option": option, "tower_id": station.tower_id, **nothing, "backhaul_mbps": math.nan, "room_known": True,
        **{name: round(value) for name, value in zip(GAINS, gain.tolist(), strict=True)},
        **money(finder, price), **more,
    }  # fmt: skip


def _short_of_backhaul(stations: list[Station], numbers: list[int], wanted: Wanted, busy_mbps: float) -> list[int]:
    """Stations at which more places wait than there is room for, and more backhaul would make room."""
    short = []
    for number in numbers:
        room, most = stations[number].room(busy_mbps), stations[number].room(busy_mbps, math.inf)
        if room is not None and most is not None and most > room and len(_waiting(wanted, number)) > room:
            short.append(number)
    return short


def _backhaul(
    pack: Pack, finder: LinkFinder, stations: list[Station], numbers: list[int], wanted: Wanted, busy_mbps: float
) -> list[dict[str, Any]]:
    """The radio link that brings each tower that lacks backhaul the most people in need for the money."""
    short = _short_of_backhaul(stations, numbers, wanted, busy_mbps)
    pops = fibre_pops(pack).sort_values("pop_id")
    fed = [number for number in numbers if stations[number].backhaul_kind == "fibre"]
    towers = [stations[number] for number in fed]
    lon = np.array([*pops["lon"], *(station.tower.lon for station in towers)], np.float64)
    lat = np.array([*pops["lat"], *(station.tower.lat for station in towers)], np.float64)
    keys = [*pops["pop_id"], *(station.tower_id for station in towers)]
    names = [*pops["name"].fillna(""), *(station.tower_id for station in towers)]
    found = finder.find(short, lon, lat, max(1, len(short)))
    best: dict[int, tuple[tuple[float, ...], dict[str, Any]]] = {}
    for row in range(len(found)):
        number, source, mast = int(found.station[row]), int(found.place[row]), int(found.mast[row])
        station, own = stations[number], source - len(pops)
        mast_m = HEIGHT_CLASSES_M[mast]
        if own >= 0 and mast_m > towers[own].tower.height_m:
            continue
        places = _waiting(wanted, number)
        today = wanted.served(places, station.room(busy_mbps) or 0.0)
        for kind, link in enumerate(finder.classes):
            rate = float(found.rate_mbps[row, kind])
            room = station.room(busy_mbps, rate) if rate > (station.backhaul_mbps or 0.0) else None
            if room is None:
                continue
            gain = wanted.served(places, room) - today
            price = link.price
            if own < 0:
                price = price + finder.masts[mast] + finder.book.of("pop_port")
            money_key = gain / price.price
            key = (money_key[4], money_key[1], money_key[3], money_key[0], -price.price, -float(source))
            if gain[0] > 0 and (number not in best or key > best[number][0]):
                told = _row(
                    finder, "backhaul", station, gain, price, from_id=keys[source], from_name=names[source],
                    equipment_id=link.equipment_id, distance_km=round(float(found.distance_m[row]) / 1e3, 3),
                    mast_m=mast_m, backhaul_mbps=rate,
                )  # fmt: skip
                best[number] = (key, told)
    return [best[number][1] for number in sorted(best)]


def _fibre(
    pack: Pack, finder: LinkFinder, stations: list[Station], numbers: list[int], wanted: Wanted, busy_mbps: float
) -> list[dict[str, Any]]:
    """Fibre along a straight line from the nearest PoP to each tower that lacks backhaul."""
    from alcance.terrain import great_circle_m

    pops = fibre_pops(pack).sort_values("pop_id").reset_index(drop=True)
    rows: list[dict[str, Any]] = []
    if pops.empty:
        return rows
    lon, lat = pops["lon"].to_numpy(np.float64), pops["lat"].to_numpy(np.float64)
    for number in _short_of_backhaul(stations, numbers, wanted, busy_mbps):
        station = stations[number]
        if station.backhaul_kind == "fibre":
            continue
        away_m = np.round(great_circle_m(station.tower.lon, station.tower.lat, lon, lat), 2)
        nearest = int(np.argmin(away_m))
        km = float(away_m[nearest]) / 1e3
        places = _waiting(wanted, number)
        room = station.room(busy_mbps, math.inf) or 0.0
        gain = wanted.served(places, room) - wanted.served(places, station.room(busy_mbps) or 0.0)
        price = (
            finder.book.of("fibre_road").times(km) + finder.book.of("pop_port") + finder.book.of("fibre_termination")
        )
        about = {"from_id": str(pops["pop_id"][nearest]), "from_name": pops["name"][nearest]}
        rows.append(_row(finder, "fibre", station, gain, price, distance_km=round(km, 3), **about))
    return rows


def _masts(
    grid: Grid,
    finder: LinkFinder,
    stations: list[Station],
    numbers: list[int],
    wanted: Wanted,
    rules: Rules,
    busy_mbps: float,
    progress: Callable[[float], None] | None,
) -> list[dict[str, Any]]:
    """A mast of the next class of height for each tower; what is served today stays served."""
    rows = []
    for done, number in enumerate(numbers, start=1):
        station, room = stations[number], stations[number].room(busy_mbps)
        height_m = next_height_m(station.tower.height_m)
        if progress is not None:
            progress(done / len(numbers))
        if height_m is None or room == 0:  # a full tower would only serve others in place of those who wait today
            continue
        space = math.inf if room is None else room
        places = _waiting(wanted, number)
        more = np.sort(np.concatenate([places, gained(grid, station, height_m, wanted, rules)]))
        gain = wanted.served(more, space) - wanted.served(places, space)
        if gain[0] > 0:
            price = finder.book.of(f"mast_{height_m:.0f}")
            rows.append(_row(finder, "mast", station, gain, price, mast_m=height_m, room_known=room is not None))
    return rows


def next_height_m(height_m: float) -> float | None:
    """The class of height above a mast's [m], or None where there is none."""
    return next((each for each in HEIGHT_CLASSES_M if each > height_m), None)


def gained(grid: Grid, station: Station, height_m: float, wanted: Wanted, rules: Rules) -> NDArray[np.int64]:
    """Places that nobody of the provider serves today and that a station serves from a height but not from its own."""
    from alcance.terrain import great_circle_m

    tower = station.tower
    unserved = np.flatnonzero(wanted.station == NOBODY)
    away_m = great_circle_m(tower.lon, tower.lat, wanted.lon[unserved], wanted.lat[unserved])
    near = unserved[(away_m <= radius_m(station, rules.fade_margin_db)) & (away_m > 1.0)]
    if len(near) == 0:
        return near
    ends = (wanted.lon[near], wanted.lat[near])
    now, then = (heard_at(grid, station, each_m, *ends, rules) for each_m in (tower.height_m, height_m))
    return near[then & ~now]
