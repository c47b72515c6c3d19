"""Addresses pre-qualified against towers, as a table with the reason in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from alcance.errors import InputError, Problem

if TYPE_CHECKING:
    import pandas as pd

    from alcance.radio import Air, Doubt
    from alcance.radio.prequalify import Demand, Qualified, Station
    from alcance.terrain import Grid, Mosaic

COLUMNS = (
    "address_id", "name", "lon", "lat", "height_m", "verdict", "reason", "tower_id", "radio_id", "client_id",
    "distance_km", "bearing_deg", "state", "required_height_m", "mast_m", "design_height_m", "loss_db", "margin_db",
    "rate_mbps", "availability_pct", "hours_year", "clear_chance",
    "illustrative", "screening_only",
)  # fmt: skip
SUFFIXES = (".csv", ".gpkg")
SPARE_DEG = 0.01


def check_table(path: Path) -> None:
    """Refuse a table of a kind that is not written, before any work is done."""
    if path.suffix.lower() not in SUFFIXES:
        message = f"the answers are written as {' or '.join(SUFFIXES)}; name the file so"
        raise InputError([Problem(path.name, None, "", path.suffix, message)])


def prequalify_addresses(
    mosaic: Mosaic,
    addresses: pd.DataFrame,
    stations: Sequence[Station],
    demand: Demand,
    *,
    air: Air,
    doubt: Doubt | None,
    progress: Callable[[str, float], None] | None = None,
) -> Qualified:
    """Read the ground that the addresses and the towers in their reach need, and pre-qualify them.

    Parameters
    ----------
    mosaic
        The ground.
    addresses
        As `alcance.pack.loose.read_addresses` gives them.
    stations, demand, air, doubt, progress
        As for `alcance.radio.prequalify.prequalify`.
    """
    from alcance.radio.prequalify import prequalify

    lon, lat, height_m = (addresses[name].to_numpy(np.float64) for name in ("lon", "lat", "height_m"))
    grid = _window(mosaic, lon, lat, stations, demand, doubt)
    return prequalify(grid, lon, lat, height_m, stations, demand, air=air, doubt=doubt, progress=progress)


def _window(
    mosaic: Mosaic, lon: Any, lat: Any, stations: Sequence[Station], demand: Demand, doubt: Doubt | None
) -> Grid:
    """Read the ground around the addresses as far as any radio reaches, where there are addresses and ground."""
    from alcance.radio import max_range_km
    from alcance.terrain import EARTH_RADIUS_M

    reach_km = max(
        (max_range_km(station.radio, demand.fade_margin_db, partner=station.client) for station in stations),
        default=0.0,
    )
    west, south, east, north = mosaic.bounds
    inside = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
    if not inside.any():
        return mosaic.window(float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max()))
    relief_m = 0.0 if doubt is None else doubt.relief_radius_m
    up = np.degrees((reach_km * 1000 + relief_m) / EARTH_RADIUS_M) + SPARE_DEG
    aside = up / max(float(np.cos(np.radians(np.abs(lat[inside]).max()))), 0.1)
    return mosaic.window(
        max(west, float(lon[inside].min()) - aside), max(south, float(lat[inside].min()) - up),
        min(east, float(lon[inside].max()) + aside), min(north, float(lat[inside].max()) + up),
    )  # fmt: skip


def answers(
    addresses: pd.DataFrame,
    stations: Sequence[Station],
    found: Qualified,
    lang: str,
    *,
    illustrative: Sequence[bool],
    screening_only: bool,
) -> pd.DataFrame:
    """Put what was found beside the addresses, in the order of `COLUMNS`.

    Parameters
    ----------
    addresses, stations, found
        What was asked, and the answer.
    lang
        Language of the reasons, "es" or "en".
    illustrative
        Of each station, whether it is invented for a demonstration.
    screening_only
        Whether the ground is too coarse to promise a link.
    """
    import pandas as pd

    from alcance.radio.prequalify import STATES, VERDICTS
    from alcance.radio.words import words

    say = words(lang)
    chosen = [stations[index] for index in found.station.tolist()]
    linked = found.verdict < VERDICTS.index("no_ground")
    verdicts = [VERDICTS[index] for index in found.verdict.tolist()]
    table = pd.DataFrame(
        {
            "address_id": addresses["address_id"].to_numpy(),
            "name": addresses["name"].to_numpy(),
            "lon": addresses["lon"].to_numpy(),
            "lat": addresses["lat"].to_numpy(),
            "height_m": addresses["height_m"].to_numpy(),
            "verdict": pd.Categorical(verdicts, list(VERDICTS)),
            "tower_id": [station.station_id for station in chosen],
            "radio_id": [s.radio.equipment_id if yes else None for s, yes in zip(chosen, linked, strict=True)],
            "client_id": [s.client.equipment_id if yes else None for s, yes in zip(chosen, linked, strict=True)],
            "distance_km": np.round(found.distance_m / 1e3, 3),
            "bearing_deg": np.round(found.bearing_deg, 1),
            "state": [STATES[index] if index >= 0 else None for index in found.state.tolist()],
            "required_height_m": np.round(found.required_m, 2),
            "mast_m": found.mast_m,
            "design_height_m": np.where(linked, found.height_m, np.nan),
            "loss_db": found.loss_db,
            "margin_db": found.margin_db,
            "rate_mbps": found.rate_mbps,
            "availability_pct": found.availability_pct,
            "hours_year": found.hours_year,
            "clear_chance": found.chance,
            "illustrative": np.array(illustrative, dtype=bool)[found.station],
            "screening_only": screening_only,
        }
    )
    table["reason"] = [
        say(
            f"verdict.{row['verdict']}", tower=row["tower_id"], km=row["distance_km"], mast=row["mast_m"],
            rate=row["rate_mbps"], margin=row["margin_db"], need=row["required_height_m"],
        )
        for row in table.astype({"verdict": str}).to_dict("records")
    ]  # fmt: skip
    return table[list(COLUMNS)]


def write_answers(table: pd.DataFrame, path: Path) -> None:
    """Write the answers as CSV in UTF-8, or as a GeoPackage of points; the file appears whole or not at all.

    Raises
    ------
    OutputError
        The file cannot be written.
    """
    from alcance.files import whole_file
    from alcance.radio.vector import write_geopackage

    if path.suffix.lower() == ".csv":
        with whole_file(path) as temporary:
            table.to_csv(temporary, index=False, lineterminator="\n", encoding="utf-8")
        return
    import geopandas as gpd

    points = gpd.points_from_xy(table["lon"], table["lat"])
    frame = gpd.GeoDataFrame(table.astype({"verdict": str}), geometry=points, crs="EPSG:4326")
    write_geopackage(frame, path, "links", "Point")
