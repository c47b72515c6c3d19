"""Points and shapes lie where the pack says it is."""

from __future__ import annotations

import numpy as np
import pandas as pd

from alcance.pack.meta import Meta
from alcance.pack.problems import Collector
from alcance.pack.schema import Table


def check_places(table: Table, frame: pd.DataFrame, name: str, meta: Meta, found: Collector) -> None:
    """Points lie inside the bounds; swapped, metric and zero coordinates are named as such."""
    if table.geometry != "point" or frame.empty:
        return
    west, south, east, north = meta.bounds
    lon, lat = frame["lon"].to_numpy(float), frame["lat"].to_numpy(float)
    known = np.isfinite(lon) & np.isfinite(lat)
    inside = known & (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
    swapped = known & ~inside & (lat >= west) & (lat <= east) & (lon >= south) & (lon <= north)
    zero = known & ~inside & ~swapped & (lon == 0) & (lat == 0)
    outside = known & ~inside & ~swapped & ~zero
    values = np.array([f"{x:.5f}, {y:.5f}" for x, y in zip(lon, lat, strict=True)], dtype=object)
    rows = frame.index.to_numpy()
    found.add_rows(
        name, "lon and lat look swapped", rows[swapped].tolist(), column="lon, lat", values=values[swapped].tolist()
    )
    found.add_rows(
        name,
        "is 0, 0, which often stands for an unknown place; give the place or leave the row out",
        rows[zero].tolist(),
        column="lon, lat",
        values=values[zero].tolist(),
    )
    box = f"lon {west:g} to {east:g}, lat {south:g} to {north:g}"
    if table.within_bounds:
        hint = ""
        if inside.sum() == 0 and outside.sum() > 3:
            hint = "; no row lies inside, so the coordinate reference system of the file may be wrong"
        found.add_rows(
            name,
            f"lies outside the bounds of the pack ({box}){hint}",
            rows[outside].tolist(),
            column="lon, lat",
            values=values[outside].tolist(),
        )
    elif outside.any():
        found.add(
            name,
            f"{int(outside.sum()):,} of {len(frame):,} rows lie outside the bounds of the pack ({box}); "
            "they only matter as ends of what reaches inside",
            severity="error" if not inside.any() else "warning",
        )


def check_shapes(table: Table, frame: pd.DataFrame, name: str, meta: Meta, found: Collector) -> None:
    """Lines and polygons are valid, in degrees, and some touch the bounds."""
    if table.geometry not in {"line", "polygon"} or frame.empty:
        return
    import shapely

    shapes = frame["geometry"].to_numpy(dtype=object)
    rows = frame.index.to_numpy()
    filled = np.array([shape is not None for shape in shapes])
    if not filled.any():
        return
    valid = shapely.is_valid(shapes) | ~filled
    reasons = [shapely.is_valid_reason(shape) for shape in shapes[~valid]]
    found.add_rows(name, "is not a valid shape; mend it", rows[~valid].tolist(), column="geometry", values=reasons)
    edges = shapely.bounds(shapes)
    with np.errstate(invalid="ignore"):
        metric = filled & ((np.abs(edges[:, [0, 2]]) > 180).any(axis=1) | (np.abs(edges[:, [1, 3]]) > 90).any(axis=1))
        west, south, east, north = meta.bounds
        touches = (edges[:, 0] <= east) & (edges[:, 2] >= west) & (edges[:, 1] <= north) & (edges[:, 3] >= south)
        turned = (edges[:, 1] <= east) & (edges[:, 3] >= west) & (edges[:, 0] <= north) & (edges[:, 2] >= south)
    found.add_rows(
        name,
        "has coordinates that are not degrees; the coordinate reference system of the file is wrong",
        rows[metric].tolist(),
        column="geometry",
    )
    if touches.any() or metric.any():
        return
    if (turned & filled).any():
        found.add(name, "lon and lat look swapped in every shape", column="geometry")
    else:
        found.add(
            name,
            "no shape touches the bounds of the pack; the coordinate reference system of the file may be wrong",
            column="geometry",
        )
