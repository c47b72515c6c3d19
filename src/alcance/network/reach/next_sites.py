"""Which health and education sites a provider could serve next, with which link, and at what price."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from alcance.network.reach.places import EDUCATION, HEALTH
from alcance.radio.heights import HEIGHT_CLASSES_M

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alcance.network.prices import UnitPrice
    from alcance.network.reach.area import Heard
    from alcance.network.reach.links import LinkFinder, Links
    from alcance.network.reach.stations import Station

COLUMNS = [
    "rank", "site_id", "name", "kind", "admin_id", "admin_name", "locality_name", "lon", "lat", "people", "users",
    "need", "in_need", "link", "equipment_id", "tower_id", "distance_km", "mast_m", "rate_mbps", "margin_db", "room",
    "price", "capex", "opex_year", "value_per_million",
]  # fmt: skip


def next_sites(
    finder: LinkFinder,
    stations: list[Station],
    numbers: list[int],
    sites: pd.DataFrame,
    heard: Heard,
    client_height_m: float,
    busy_mbps: float,
) -> pd.DataFrame:
    """Rank the health and education sites without internet that a provider could serve.

    Inside its area a site gets the client of the sector that it hears best; outside, where a tower is in sight, the
    cheapest point-to-point class that carries what its kind asks for. The price is that of radio, mast at the site and
    the site's equipment over the horizon. Value is need × people (those of its locality, or its users where these are
    more) for each unit of money. A site whose tower is known to have no room comes after all others.

    Parameters
    ----------
    finder
        Finds the links.
    stations
        All stations.
    numbers
        Those of the provider.
    sites
        As `reach_sites` gives them.
    heard
        What arrives at the sites.
    client_height_m
        Height of the clients' antennas.
    busy_mbps
        Traffic of a connection in the busy hour.

    Returns
    -------
    `COLUMNS`, best first; rank from 1. `room` is "yes", "no" or "unknown".
    """
    wanted = np.flatnonzero((sites["kind"].isin([*HEALTH, *EDUCATION]) & ~sites["connected"]).to_numpy())
    inside, outside = wanted[heard.served[wanted]], wanted[~heard.served[wanted]]
    rows = [_client(finder, stations, int(site), heard, client_height_m) for site in inside]
    rows += _links(finder, numbers, outside, sites)
    frame = pd.DataFrame(rows, columns=["site", "station", *COLUMNS[13:15], *COLUMNS[16:20], *COLUMNS[21:24]])
    chosen = sites.iloc[frame["site"].to_numpy(np.int64)].reset_index(drop=True)
    people = np.fmax(chosen["locality_people"].to_numpy(np.float64), chosen["users"].to_numpy(np.float64))
    for name in ("site_id", "name", "kind", "admin_id", "admin_name", "locality_name", "lon", "lat", "users"):
        frame[name] = chosen[name]
    frame["people"], frame["need"], frame["in_need"] = people, chosen["need"], chosen["in_need"]
    own = [stations[int(number)] for number in frame["station"]]
    frame["tower_id"] = [station.tower_id for station in own]
    frame["distance_km"] = _distance_km(own, frame) if len(frame) else np.empty(0)
    frame["room"] = [_room(station.room(busy_mbps)) for station in own]
    frame["value_per_million"] = np.round(1e6 * frame["need"].fillna(0.0) * people / frame["price"].astype(float), 4)
    full = frame["room"].eq("no")
    order = frame.assign(full=full).sort_values(
        ["full", "value_per_million", "site_id"], ascending=[True, False, True], kind="stable"
    )
    order["rank"] = np.arange(1, len(order) + 1)
    return order[COLUMNS].reset_index(drop=True)


def _client(finder: LinkFinder, stations: list[Station], site: int, heard: Heard, height_m: float) -> dict[str, object]:
    station = int(heard.station[site])
    client = stations[station].receiver.equipment_id
    kind = int(np.searchsorted(HEIGHT_CLASSES_M, height_m, side="left"))
    kind = min(kind, len(HEIGHT_CLASSES_M) - 1)
    price = finder.book.of(client) + finder.masts[kind] + finder.book.of("site_equipment")
    return {
        "site": site, "station": station, "link": "client", "equipment_id": client, "mast_m": HEIGHT_CLASSES_M[kind],
        "rate_mbps": float(heard.rate_mbps[site]), "margin_db": float(heard.margin_db[site]), **money(finder, price),
    }  # fmt: skip


def _links(
    finder: LinkFinder, numbers: list[int], outside: NDArray[np.int64], sites: pd.DataFrame
) -> list[dict[str, object]]:
    """The cheapest link of each site that a tower sees; of equal ones the faster, then the first tower."""
    found = finder.find(numbers, sites["lon"].to_numpy(np.float64)[outside], sites["lat"].to_numpy(np.float64)[outside])
    asked = sites["mbps"].to_numpy(np.float64)[outside]
    best: dict[int, tuple[tuple[float, float, int], int, int]] = {}
    for row in range(len(found)):
        place = int(found.place[row])
        for kind, link in enumerate(finder.classes):
            rate = float(found.rate_mbps[row, kind])
            if rate < asked[place] or rate <= 0:
                continue
            price = link.price.price + finder.masts[int(found.mast[row])].price
            key = (price, -rate, int(found.station[row]))
            if place not in best or key < best[place][0]:
                best[place] = (key, row, kind)
    return [_link(finder, found, int(outside[place]), *best[place][1:]) for place in sorted(best)]


def _link(finder: LinkFinder, found: Links, site: int, row: int, kind: int) -> dict[str, object]:
    link, mast = finder.classes[kind], int(found.mast[row])
    return {
        "site": site, "station": int(found.station[row]), "link": "ptp", "equipment_id": link.equipment_id,
        "mast_m": HEIGHT_CLASSES_M[mast], "rate_mbps": float(found.rate_mbps[row, kind]),
        "margin_db": float(found.margin_db[row, kind]),
        **money(finder, link.price + finder.masts[mast] + finder.book.of("site_equipment")),
    }  # fmt: skip


def money(finder: LinkFinder, price: UnitPrice) -> dict[str, float]:
    """Price over the horizon, first cost and running cost of a year, in units of the currency."""
    return {
        "price": round(price.price / finder.book.minor_per_unit, 2),
        "capex": round(price.capex, 2),
        "opex_year": round(price.opex_year, 2),
    }


def _distance_km(own: list[Station], frame: pd.DataFrame) -> NDArray[np.float64]:
    from alcance.terrain import great_circle_m

    lon, lat = ([getattr(station.tower, name) for station in own] for name in ("lon", "lat"))
    away_m = great_circle_m(lon, lat, frame["lon"].to_numpy(np.float64), frame["lat"].to_numpy(np.float64))
    return np.round(away_m / 1e3, 3)


def _room(connections: float | None) -> str:
    """Whether a tower can take one more."""
    return "unknown" if connections is None else "yes" if connections >= 1 else "no"
