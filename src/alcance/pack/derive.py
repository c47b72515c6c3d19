"""Columns that are found from other data where a file does not give them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from alcance.pack.loaded import Loaded
from alcance.pack.problems import Collector


def derive(loaded: Loaded, found: Collector) -> None:
    """Fill the columns that the schema calls "derived" where the whole column is absent, in place.

    Parameters
    ----------
    loaded
        The tables.
    found
        Receives rows for which nothing could be found.
    """
    frames = loaded.frames
    for name in ("sites", "localities"):
        frame = frames[name]
        if len(frame) and frame["admin_id"].isna().all() and len(frames["admin"]):
            frame["admin_id"] = _containing_unit(frame, frames["admin"])
            missing = frame["admin_id"].isna().to_numpy()
            found.add_rows(
                loaded.names[name],
                "lies in no polygon of admin; give its admin_id",
                frame.index[missing].tolist(),
                column="admin_id",
                values=_pairs(frame[missing]),
            )
    if len(frames["admin"]) and frames["admin"]["people"].isna().all():
        frames["admin"]["people"] = _people_inside(frames["admin"], frames["localities"])
    lines = frames["power_lines"]
    if len(lines) and lines["length_m"].isna().all():
        lines["length_m"] = _lengths_m(lines["geometry"])
    areas = frames["coverage"]
    if len(areas) and areas["coverage_id"].isna().all():
        areas["coverage_id"] = [str(number) for number in range(1, len(areas) + 1)]


def _pairs(frame: pd.DataFrame) -> list[str]:
    return [f"{lon:.5f}, {lat:.5f}" for lon, lat in zip(frame["lon"], frame["lat"], strict=True)]


def _containing_unit(frame: pd.DataFrame, admin: pd.DataFrame) -> np.ndarray[Any, Any]:
    """Key of the unit of the deepest level that contains each point, None where there is none."""
    import shapely

    units = admin[admin["geometry"].notna()].sort_values(["level", "admin_id"])
    keys = units["admin_id"].to_numpy(dtype=object)
    tree = shapely.STRtree(units["geometry"].to_numpy())
    points = shapely.points(frame["lon"].to_numpy(), frame["lat"].to_numpy())
    point, unit = tree.query(points, predicate="intersects")
    chosen = np.full(len(frame), -1)
    np.maximum.at(chosen, point, unit)  # units stand in the order of their level, so the deepest wins
    result = np.full(len(frame), None, dtype=object)
    result[chosen >= 0] = keys[chosen[chosen >= 0]]
    return result


def _people_inside(admin: pd.DataFrame, localities: pd.DataFrame) -> pd.Series[Any]:
    """People of the localities of each unit and of the units below it."""
    own = localities["people"].astype(float).groupby(localities["admin_id"]).sum()
    units = admin.drop_duplicates("admin_id").set_index("admin_id")
    people = own.reindex(units.index).fillna(0.0)
    for _, level in sorted(units.groupby("level"), reverse=True):
        above = people.loc[level.index].groupby(level["parent_id"]).sum()
        people = people.add(above.reindex(people.index).fillna(0.0))
    return admin["admin_id"].map(people).fillna(0.0).round().astype("int64")


def _lengths_m(shapes: pd.Series[Any]) -> list[float]:
    """Length of lines along the ellipsoid [m]."""
    import pyproj

    geod = pyproj.Geod(ellps="WGS84")
    return [round(float(geod.geometry_length(shape)), 1) if shape is not None else float("nan") for shape in shapes]
