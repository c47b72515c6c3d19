"""Providers and towers that are invented, by a stated rule from public data, so that a demonstration has some."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from alcance.terrain import Grid, Mosaic, great_circle_m, summits
from packing import Notes

PROVIDERS = 6
TOWERS_EACH = 10
HOME_M = 40_000.0  # how far from home a provider builds
HUB_M = 12_000.0  # how far from home its first tower stands, which has the fibre
NEAR_M = 8_000.0  # whom a tower is placed for
SUMMIT_M = 2_000.0  # nothing nearer overtops the place of a tower
HEIGHTS_M = (30.0, 15.0)  # in turn
HUB_MBPS, LINK_MBPS, SATELLITE_MBPS = 1_000.0, 90.0, 40.0
PEOPLE_PER_CLIENT, MOST_CLIENTS, FEWEST_CLIENTS = 150, 70, 5
STEEPEST_TILT_DEG = 10

NOTE = {
    "es": "Los proveedores (WISP) y sus torres son ilustrativos: inventados por una regla a partir de datos públicos. "
    "No representan a ninguna empresa real, y el plan no construye sobre ellos.",
    "en": "The providers (WISPs) and their towers are illustrative: invented by a rule from public data. They stand "
    "for no real company, and the plan does not build on them.",
}
SOURCE: dict[str, Any] = {
    "name": "Illustrative providers and towers, invented by packs/illustrative.py",
    "licence": "Apache-2.0",
    "vintage": "invented",
    "tables": ["providers", "towers"],
}
RULE = (
    f"Providers and towers are ILLUSTRATIVE. {PROVIDERS} wireless providers have their homes at the largest PoP of the "
    f"{PROVIDERS} municipalities with the most fixed fibre accesses. In turns each takes a summit (nothing within "
    f"{SUMMIT_M / 1e3:g} km overtops it) within {HOME_M / 1e3:g} km of home, the first within {HUB_M / 1e3:g} km: that "
    f"with the most people within {NEAR_M / 1e3:g} km, in municipalities whose fixed accesses are known, whom it has "
    f"not reached yet. Masts are {HEIGHTS_M[0]:g} and {HEIGHTS_M[1]:g} m in turn; the first tower has fibre "
    f"({HUB_MBPS:g} Mbit/s), the one farthest from home a satellite terminal ({SATELLITE_MBPS:g}), the others a radio "
    f"link ({LINK_MBPS:g}); the last two have two sectors towards home instead of a full circle. One client for every "
    f"{PEOPLE_PER_CLIENT} people near, {FEWEST_CLIENTS} to {MOST_CLIENTS}. Every fifth tower's backhaul and every "
    "seventh's clients are left unknown. available = false: no plan builds on them."
)


def illustrative_tables(
    terrain: Path,
    bounds: tuple[float, float, float, float],
    localities: pd.DataFrame,
    admin: pd.DataFrame,
    pops: pd.DataFrame,
    radio: str,
    notes: Notes,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Invent providers and their towers by `RULE`.

    Parameters
    ----------
    terrain
        The elevation raster of the pack.
    bounds
        Of the pack: no tower stands beyond.
    localities, admin, pops
        Tables of the pack.
    radio
        Key of the sector that every tower carries.
    notes
        Receives the rule.

    Returns
    -------
    The tables providers and towers; the same input gives the same rows.
    """
    mosaic = Mosaic.open([terrain])
    grid = mosaic.window(*mosaic.bounds)
    homes = _homes(localities, admin, pops)
    known = admin.loc[admin["fibre_accesses"].notna(), "admin_id"]
    people = localities[localities["admin_id"].isin(known)].sort_values("locality_id")
    lon, lat, ground_m = (np.asarray(each, np.float64) for each in summits(grid, SUMMIT_M))
    west, south, east, north = bounds
    usable = (ground_m > 0) & (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
    place = _Places(grid, lon[usable], lat[usable], people)
    chosen = _choose(place, homes)
    names = admin.set_index("admin_id")["name"]
    providers = pd.DataFrame(
        {
            "provider_id": [f"ILU{number}" for number in range(1, len(homes) + 1)],
            "name": [f"WISP ilustrativo {n} ({names[key]})" for n, key in enumerate(homes["admin_id"], start=1)],
            "kind": "wisp",
            "illustrative": True,
        }
    )
    towers = [
        _tower(place, homes.iloc[number], f"ILU{number + 1}", order, summit, radio, own)
        for number, own in enumerate(chosen)
        for order, summit in enumerate(own)
    ]
    notes.assumptions.append(RULE)
    notes.counts["illustrative providers"] = len(providers)
    notes.counts["illustrative towers"] = len(towers)
    return providers, pd.DataFrame(towers)


class _Places:
    """Summits on which towers may stand, and the people near each."""

    def __init__(self, grid: Grid, lon: NDArray[np.float64], lat: NDArray[np.float64], people: pd.DataFrame) -> None:
        self.grid, self.lon, self.lat = grid, lon, lat
        self.people = people["people"].to_numpy(np.float64)
        self.people_lon, self.people_lat = (people[name].to_numpy(np.float64) for name in ("lon", "lat"))
        self.near = [
            np.flatnonzero(great_circle_m(x, y, self.people_lon, self.people_lat) <= NEAR_M)
            for x, y in zip(lon, lat, strict=True)
        ]


def _homes(localities: pd.DataFrame, admin: pd.DataFrame, pops: pd.DataFrame) -> pd.DataFrame:
    """The largest PoP of each of the municipalities with the most fibre accesses."""
    accesses = admin.set_index("admin_id")["fibre_accesses"]
    places = localities[localities["locality_id"].isin(pops["locality_id"])]
    places = places.assign(accesses=places["admin_id"].map(accesses).astype(float))
    order = ["accesses", "admin_id", "people", "locality_id"]
    places = places.sort_values(order, ascending=[False, True, False, True], kind="stable")
    return places.drop_duplicates("admin_id").head(PROVIDERS).reset_index(drop=True)


def _choose(place: _Places, homes: pd.DataFrame) -> list[list[int]]:
    """Summits of each provider in the order in which it takes them."""
    away_m = [great_circle_m(x, y, place.lon, place.lat) for x, y in zip(homes["lon"], homes["lat"], strict=True)]
    chosen: list[list[int]] = [[] for _ in range(len(homes))]
    reached = [np.zeros(place.people.size, bool) for _ in range(len(homes))]
    free = np.ones(place.lon.size, bool)
    for order in range(TOWERS_EACH):
        for number, own in enumerate(chosen):
            allowed = np.flatnonzero(free & (away_m[number] <= (HUB_M if order == 0 else HOME_M)))
            gain = [
                float(place.people[near[~reached[number][near]]].sum()) for near in (place.near[k] for k in allowed)
            ]
            if not gain or max(gain) <= 0:
                continue
            best = int(allowed[int(np.argmax(gain))])
            own.append(best)
            free[best] = False
            reached[number][place.near[best]] = True
    return chosen


def _tower(
    place: _Places, home: pd.Series[Any], provider: str, order: int, summit: int, radio: str, own: list[int]
) -> dict[str, Any]:
    lon, lat, near = place.lon[summit], place.lat[summit], place.near[summit]
    height_m = HEIGHTS_M[order % len(HEIGHTS_M)]
    away_m = great_circle_m(home["lon"], home["lat"], place.lon[own], place.lat[own])
    farthest = order == int(np.argmax(away_m)) and order > 0
    kind, mbps = (
        ("fibre", HUB_MBPS) if order == 0 else ("satellite", SATELLITE_MBPS) if farthest else ("ptp", LINK_MBPS)
    )
    unknown = order % 5 == 4 and not farthest
    clients = int(np.clip(place.people[near].sum() // PEOPLE_PER_CLIENT, FEWEST_CLIENTS, MOST_CLIENTS))
    return {
        "tower_id": f"{provider}-{order + 1:02d}",
        "lon": round(float(lon), 6),
        "lat": round(float(lat), 6),
        "height_m": height_m,
        "provider_id": provider,
        "available": False,
        "equipment_id": radio,
        "azimuths_deg": _towards(lon, lat, home) if order >= TOWERS_EACH - 2 else None,
        "downtilt_deg": _tilt_deg(place, summit, height_m),
        "backhaul_kind": None if unknown else kind,
        "backhaul_mbps": None if unknown else mbps,
        "clients": None if order % 7 == 6 else clients,
    }


def _towards(lon: float, lat: float, home: pd.Series[Any]) -> str:
    """Two sectors of 90 degrees beside each other, towards home."""
    east = (home["lon"] - lon) * np.cos(np.radians(lat))
    bearing = int(np.rint(np.degrees(np.arctan2(east, home["lat"] - lat)) / 5) * 5)
    return " ".join(str(angle) for angle in sorted(((bearing - 45) % 360, (bearing + 45) % 360)))


def _tilt_deg(place: _Places, summit: int, height_m: float) -> float:
    """Downtilt to the middle of the people near, in whole degrees."""
    near = place.near[summit]
    lon, lat = place.lon[summit], place.lat[summit]
    away_m = np.maximum(great_circle_m(lon, lat, place.people_lon[near], place.people_lat[near]), 100.0)
    fall_m = float(place.grid.elevation_m(lon, lat)) + height_m
    fall = fall_m - place.grid.elevation_m(place.people_lon[near], place.people_lat[near]).astype(np.float64)
    angle = np.degrees(np.arctan2(fall, away_m))
    order = np.argsort(angle, kind="stable")
    share = np.cumsum(place.people[near][order])
    middle = angle[order][int(np.searchsorted(share, share[-1] / 2))] if share.size and share[-1] > 0 else 0.0
    return float(np.clip(np.rint(middle), 0, STEEPEST_TILT_DEG))
