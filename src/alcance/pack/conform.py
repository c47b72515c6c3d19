"""Bringing a table as read into the columns and types of its schema."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from alcance.pack.cells import SHAPES, Cells, filled, objects
from alcance.pack.problems import Collector
from alcance.pack.raw import Raw
from alcance.pack.schema import Column, Table

SHORT_NAME = 10  # a Shapefile cuts column names here


def empty(table: Table) -> pd.DataFrame:
    """Return a table of that schema without rows, every column present with its type."""
    return pd.DataFrame({column.name: _typed(_blank(column, 0), column, ()) for column in table.columns})


def conform(raw: Raw, table: Table, found: Collector) -> pd.DataFrame:
    """Bring a table as read into the columns and types of its schema.

    Parameters
    ----------
    raw
        The table as read.
    table
        Its schema.
    found
        Receives what is wrong: missing and unknown columns, empty cells that need a value, wrong types, values that
        are not allowed, NaN and infinite numbers, geometry of the wrong kind.

    Returns
    -------
    A frame with every column of the schema in its order, indexed by row number. Cells that were wrong are empty.
    """
    named = _columns(raw, table, found)
    source = raw.frame
    if table.geometry == "point" and "geometry" in source.columns:
        source = _place_points(raw, source, named, found)
        named |= {"lon": "lon", "lat": "lat"}
    unused = [str(name) for name in source.columns if name not in named.values()]
    unused = [name for name in unused if not (name == "geometry" and table.geometry == "point")]
    if unused:
        listed = ", ".join(unused)
        found.add(raw.file, f"not columns of {table.name}, and not read: {listed}", row=1, severity="warning")
    columns: dict[str, Any] = {}
    for column in table.columns:
        if column.name in named:
            cells = Cells(raw, named[column.name], source[named[column.name]], column, found)
            columns[column.name] = _column(cells, table)
        else:
            columns[column.name] = _absent(raw, column, found)
    return pd.DataFrame(columns, index=raw.frame.index)


def _columns(raw: Raw, table: Table, found: Collector) -> dict[str, str]:
    """Column of the schema to the column of the file that is read for it."""
    present = {str(name).casefold(): str(name) for name in raw.frame.columns}
    short = _short_names(table) if raw.short_names else {}
    named: dict[str, str] = {}
    for column in table.columns:
        hits = [present[name.casefold()] for name in (column.name, *column.aliases) if name.casefold() in present]
        if not hits and column.name in short:
            hits = [present[name] for name in [short[column.name]] if name in present]
        hits = [name for name in hits if name not in named.values()]
        if hits:
            named[column.name] = hits[0]
        if hits[1:]:
            message = f"{hits[0]} and {', '.join(hits[1:])} mean the same; only {hits[0]} is read"
            found.add(raw.file, message, row=1, column=column.name, severity="warning")
    return named


def _short_names(table: Table) -> dict[str, str]:
    """What is left of long column names in a Shapefile; GDAL numbers those that would become the same."""
    short: dict[str, str] = {}
    for column in table.columns:
        if len(column.name) > SHORT_NAME:
            cut, number = column.name[:SHORT_NAME], 0
            while cut in short.values():
                number += 1
                cut = f"{column.name[: SHORT_NAME - 2]}_{number}"
            short[column.name] = cut
    return short


def _place_points(raw: Raw, source: pd.DataFrame, named: dict[str, str], found: Collector) -> pd.DataFrame:
    """Longitude and latitude from point geometry, in place of columns that say them too."""
    import shapely

    cells = source["geometry"].to_numpy(dtype=object)
    shapes = objects([cell if isinstance(cell, shapely.Geometry) and not cell.is_empty else None for cell in cells])
    kinds = objects([None if shape is None else shape.geom_type for shape in shapes])
    wrong = np.array(
        [
            kind is not None and (kind not in SHAPES["point"] or (kind == "MultiPoint" and len(shape.geoms) != 1))
            for kind, shape in zip(kinds, shapes, strict=True)
        ],
        bool,
    )
    found.add_rows(
        raw.file, "needs one point", raw.rows[wrong].tolist(), column="geometry", values=kinds[wrong].tolist()
    )
    shapes[wrong] = None
    points = objects([None] * len(shapes))
    points[filled(shapes)] = shapely.centroid(shapes[filled(shapes)])
    read = [name for name in ("lon", "lat") if name in named]
    return source.drop(columns=[named[name] for name in read]).assign(
        lon=shapely.get_x(points), lat=shapely.get_y(points)
    )


def _absent(raw: Raw, column: Column, found: Collector) -> Any:
    """A column that the file does not have: its default, or empty."""
    if column.required == "yes":
        others = f"; also read under the name {', '.join(column.aliases)}" if column.aliases else ""
        message = f"the column is missing; it holds: {column.description}{others}"
        found.add(raw.file, message, row=1, column=column.name)
    return _typed(_blank(column, len(raw.frame)), column, raw.frame.index)


def _column(cells: Cells, table: Table) -> Any:
    """One column with its type; empty cells take the default or are told."""
    values, wrong = cells.parse()
    column = cells.column
    blank = ~filled(values) if values.dtype == object else np.isnan(values)
    if column.default is not None:
        values[blank] = _blank(column, 1)[0]
    elif column.required != "no":
        allowed = f" ({column.allowed})" if column.allowed else ""
        cells.tell(blank & ~wrong, f"is empty; every row of {table.name} needs a value here{allowed}")
    return _typed(values, column, cells.raw.frame.index)


def _blank(column: Column, count: int) -> NDArray[Any]:
    """Cells of a column that nothing is known of: the default, or empty."""
    if column.type in {"number", "integer"}:
        return np.full(count, np.nan if column.default is None else float(column.default))
    if column.type == "boolean" and column.default is not None:
        return objects([column.default == "true"] * count)
    return objects([column.default] * count)


def _typed(values: NDArray[Any], column: Column, index: Any) -> Any:
    """Values in the type in which the rest of the program meets them.

    A column that is always filled is a plain integer or truth value; where cells may be unknown it is pandas' type that
    tells unknown from 0 and from false. A required cell that was wrong is unknown until it is mended.
    """
    series = pd.Series(values, index=index if len(values) else None)
    always = column.required == "yes" or column.default is not None
    if column.type == "integer":
        return series.astype("int64" if always and not series.isna().any() else "Int64")
    if column.type == "boolean":
        return series.astype("bool" if always and not series.isna().any() else "boolean")
    return series.astype(np.float64) if column.type == "number" else series
