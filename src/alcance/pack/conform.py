"""Bringing a table as read into the columns and types of its schema."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from alcance.pack.problems import Collector
from alcance.pack.raw import Raw
from alcance.pack.schema import Column, Table

TRUE = {"true", "t", "yes", "y", "1", "1.0", "si", "sí"}
FALSE = {"false", "f", "no", "n", "0", "0.0"}
NOT_NUMBERS = {"nan", "inf", "-inf", "+inf", "infinity", "-infinity", "+infinity", "1.#inf", "-1.#inf", "1.#qnan"}
SHAPES = {
    "point": ("Point", "MultiPoint"),
    "line": ("LineString", "MultiLineString"),
    "polygon": ("Polygon", "MultiPolygon"),
}


def empty(table: Table) -> pd.DataFrame:
    """A table of that schema without rows, every column present with its type."""
    frame = pd.DataFrame(index=pd.RangeIndex(0))
    for column in table.columns:
        frame[column.name] = _typed(pd.Series([], dtype=object), column)
    return frame


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
    source = raw.frame.rename(columns=_names(raw, table, found))
    if table.geometry == "point":
        source = _place_points(raw, source, found)
    known = [column.name for column in table.columns]
    extra = [str(name) for name in source.columns if name not in known and name != "geometry"]
    if extra:
        found.add(raw.file, "is not a column of this table and is not read", value=", ".join(extra), severity="warning")
    columns: dict[str, pd.Series[Any]] = {}
    for column in table.columns:
        columns[column.name] = _conform_column(raw, source, table, column, found)
    return pd.DataFrame(columns, index=raw.frame.index)


def _names(raw: Raw, table: Table, found: Collector) -> dict[str, str]:
    """Column of the file to column of the schema, for those that are named otherwise there."""
    present = {str(name).casefold(): str(name) for name in raw.frame.columns}
    renamed: dict[str, str] = {}
    for column in table.columns:
        spellings = [column.name, *column.aliases]
        hits = [present[name.casefold()] for name in spellings if name.casefold() in present]
        if not hits and raw.short_names and len(column.name) > 10:
            hits = [name for name in raw.frame.columns if name == column.name[:10]]
        hits = [name for name in hits if name not in renamed]
        if hits:
            renamed[hits[0]] = column.name
        for other in hits[1:]:
            found.add(
                raw.file,
                f"means the same as column {hits[0]}, which is read instead",
                column=other,
                severity="warning",
            )
            renamed[other] = f"{other} (not read)"
    return renamed


def _place_points(raw: Raw, source: pd.DataFrame, found: Collector) -> pd.DataFrame:
    """Longitude and latitude from point geometry, where the file has geometry."""
    import shapely

    if "geometry" not in source.columns:
        return source
    shapes = source["geometry"].to_numpy(dtype=object)
    kinds = np.array([None if shape is None else shape.geom_type for shape in shapes], dtype=object)
    wrong = np.array([kind is not None and kind not in SHAPES["point"] for kind in kinds], dtype=bool)
    several = np.array(
        [kind == "MultiPoint" and len(shape.geoms) != 1 for kind, shape in zip(kinds, shapes, strict=True)]
    )
    for mask in (wrong, several):
        found.add_rows(
            raw.file, "needs one point", raw.rows[mask].tolist(), column="geometry", values=kinds[mask].tolist()
        )
    usable = np.array([shape is not None and not shape.is_empty for shape in shapes], dtype=bool) & ~wrong & ~several
    points = np.array([None] * len(shapes), dtype=object)
    points[usable] = shapely.centroid(shapes[usable])
    source = source.copy()
    source["lon"] = shapely.get_x(points)
    source["lat"] = shapely.get_y(points)
    return source.drop(columns="geometry")


def _conform_column(raw: Raw, source: pd.DataFrame, table: Table, column: Column, found: Collector) -> pd.Series[Any]:
    """One column with its type, its wrong cells emptied and told."""
    if column.name not in source.columns:
        if column.required == "yes":
            others = f" (or {', '.join(column.aliases)})" if column.aliases else ""
            found.add(raw.file, f"is missing; it holds: {column.description}{others}", row=1, column=column.name)
        values = pd.Series([column.default] * len(source), index=source.index, dtype=object)
        return _typed(values, column)
    cells = source[column.name]
    if column.is_geometry:
        parsed, wrong = _geometry(cells, column, raw, found)
    else:
        parsed, wrong = _parse(cells, column, raw, found)
    blank = parsed.isna() & ~wrong
    if column.default is not None:
        parsed = parsed.astype(object).where(~(parsed.isna()), _default(column))
    elif column.required != "no":
        found.add_rows(
            raw.file,
            f"is empty; every row of {table.name} needs a value here"
            + (f" ({column.allowed})" if column.allowed else ""),
            raw.rows[blank.to_numpy()].tolist(),
            column=column.name,
        )
    return _typed(parsed, column)


def _default(column: Column) -> Any:
    """The default of a column in its type."""
    assert column.default is not None
    if column.type == "boolean":
        return column.default == "true"
    if column.type in {"number", "integer"}:
        return float(column.default)
    return column.default


def _parse(cells: pd.Series[Any], column: Column, raw: Raw, found: Collector) -> tuple[pd.Series[Any], pd.Series[bool]]:
    """Cells as text, numbers or booleans, and which of them were wrong."""
    numeric = cells.dtype.kind in "iuf" or str(cells.dtype) in {"Int64", "Int32", "Int16", "Int8", "Float64", "Float32"}
    if column.type in {"number", "integer"}:
        parsed, wrong = _numbers(cells, column, raw, found, numeric=numeric)
    elif column.type == "boolean":
        parsed, wrong = _booleans(cells, column, raw, found)
    else:
        parsed = _texts(cells)
        wrong = pd.Series(data=False, index=cells.index)
    if column.choices:
        spelled = parsed.map(lambda text: column.synonyms.get(str(text).casefold()) if text is not None else None)
        bad = parsed.notna() & spelled.isna()
        _tell(raw, column, bad, cells, f"is not allowed; allowed are {column.allowed}", found)
        parsed, wrong = spelled.astype(object).where(spelled.notna(), None), wrong | bad
    return parsed, wrong


def _texts(cells: pd.Series[Any]) -> pd.Series[Any]:
    """Cells as stripped text, None where empty; whole numbers without a decimal point."""
    if cells.dtype.kind in "iu":
        return cells.astype(str).astype(object)

    def text(cell: Any) -> str | None:
        if cell is None or cell is pd.NA or (isinstance(cell, float) and np.isnan(cell)):
            return None
        if isinstance(cell, float | np.floating) and float(cell).is_integer():
            return str(int(cell))
        return str(cell).strip() or None

    return pd.Series([text(cell) for cell in cells], index=cells.index, dtype=object)


def _numbers(
    cells: pd.Series[Any], column: Column, raw: Raw, found: Collector, *, numeric: bool
) -> tuple[pd.Series[Any], pd.Series[bool]]:
    """Cells as floating numbers inside the allowed interval."""
    if numeric:
        values = pd.to_numeric(cells).astype("Float64").astype(float)
        filled = cells.notna()
        nan_rows = raw.not_a_number.get(str(cells.name), [])
        odd = pd.Series(np.isin(raw.rows, nan_rows), index=cells.index) | np.isinf(values)
        wrong_type = pd.Series(data=False, index=cells.index)
    else:
        texts = _texts(cells)
        filled = texts.notna()
        odd = texts.map(lambda text: text is not None and text.casefold() in NOT_NUMBERS).astype(bool)
        values = pd.to_numeric(texts.where(~odd, None), errors="coerce").astype(float)
        odd |= np.isinf(values)
        truth = cells.map(lambda cell: isinstance(cell, bool | np.bool_)).astype(bool)
        wrong_type = (filled & ~odd & values.isna()) | truth
    _tell(raw, column, odd, cells, "is not a finite number; leave the cell empty where the value is unknown", found)
    _tell(raw, column, wrong_type, cells, f"is not a number{_in_unit(column)}; write it like 1234.5", found)
    wrong = odd | wrong_type
    values = values.mask(wrong)
    if column.type == "integer":
        broken = values.notna() & (values != values.round())
        _tell(raw, column, broken, cells, "is not a whole number", found)
        wrong, values = wrong | broken, values.mask(broken)
    outside = pd.Series(data=False, index=cells.index)
    if column.low is not None:
        outside |= values <= column.low if column.low_open else values < column.low
    if column.high is not None:
        outside |= values > column.high
    if column.low == 0:
        message = f"is negative or otherwise not allowed; it must be {column.allowed}{_in_unit(column)}"
    else:
        message = f"is not allowed; it must be {column.allowed}{_in_unit(column)}"
    _tell(raw, column, outside, cells, message, found)
    return values.mask(outside), wrong | outside


def _in_unit(column: Column) -> str:
    return f" in {column.unit}" if column.unit else ""


def _booleans(
    cells: pd.Series[Any], column: Column, raw: Raw, found: Collector
) -> tuple[pd.Series[Any], pd.Series[bool]]:
    """Cells as True, False or None."""
    texts = _texts(cells)
    parsed = texts.map(
        lambda text: (
            None if text is None else True if text.casefold() in TRUE else False if text.casefold() in FALSE else None
        )
    )
    parsed = parsed.astype(object).where(parsed.notna(), None)
    wrong = texts.notna() & parsed.isna()
    _tell(raw, column, wrong, cells, "is neither true nor false", found)
    return parsed, wrong


def _geometry(
    cells: pd.Series[Any], column: Column, raw: Raw, found: Collector
) -> tuple[pd.Series[Any], pd.Series[bool]]:
    """Cells as shapely geometries of the kind that the column holds; text is read as WKT or hexadecimal WKB."""
    import shapely

    shapes = np.array([None] * len(cells), dtype=object)
    unread = np.zeros(len(cells), bool)
    for position, cell in enumerate(cells):
        if cell is None or (isinstance(cell, float) and np.isnan(cell)):
            continue
        if isinstance(cell, shapely.Geometry):
            shapes[position] = None if cell.is_empty else cell
        elif isinstance(cell, bytes) or str(cell).strip():
            try:
                text = cell if isinstance(cell, bytes) else str(cell).strip()
                is_wkb = isinstance(text, bytes) or text[:2] in {"00", "01"}
                shapes[position] = shapely.force_2d(shapely.from_wkb(text) if is_wkb else shapely.from_wkt(text))
            except shapely.errors.ShapelyError:
                unread[position] = True
    allowed = SHAPES[column.type]
    other = np.array([shape is not None and shape.geom_type not in allowed for shape in shapes], dtype=bool)
    finite = np.array([shape is None or bool(np.isfinite(shape.bounds).all()) for shape in shapes], dtype=bool)
    series = pd.Series(shapes, index=cells.index, dtype=object)
    shown = pd.Series([getattr(cell, "geom_type", cell) for cell in cells], index=cells.index, dtype=object)
    index = cells.index
    _tell(raw, column, pd.Series(unread, index=index), shown, "is neither WKT nor WKB", found)
    _tell(raw, column, pd.Series(other, index=index), shown, f"needs {' or '.join(allowed)}", found)
    _tell(raw, column, pd.Series(~finite, index=index), shown, "has coordinates that are not finite numbers", found)
    wrong = pd.Series(unread | other | ~finite, index=index)
    return series.mask(wrong, None), wrong


def _tell(raw: Raw, column: Column, mask: Any, cells: pd.Series[Any], message: str, found: Collector) -> None:
    """Add a problem for the masked rows."""
    hit = np.asarray(mask, dtype=bool)
    if hit.any():
        found.add_rows(raw.file, message, raw.rows[hit].tolist(), column=column.name, values=cells[hit].tolist())


def _typed(values: pd.Series[Any], column: Column) -> pd.Series[Any]:
    """Values in the type in which the rest of the program meets them."""
    if column.type == "number":
        return values.astype(float)
    if column.type == "integer":
        # A column that is always filled is a plain integer; one with unknown cells keeps them apart from 0.
        full = not values.isna().any() and (column.required == "yes" or column.default is not None)
        return values.astype(float).astype("int64" if full else "Int64")
    if column.type == "boolean":
        cells = values.map(
            lambda cell: cell if isinstance(cell, bool | np.bool_) else None if cell is None else cell == "true"
        )
        full = not cells.isna().any() and (column.required == "yes" or column.default is not None)
        return cells.astype("bool" if full else "boolean")
    return values.astype(object).where(values.notna(), None)
