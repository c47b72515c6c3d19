"""Reading one table from any of the formats that a pack may use."""

from __future__ import annotations

import csv
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from alcance.pack.problems import Collector
from alcance.pack.raw import Raw

SUFFIXES = (".parquet", ".geoparquet", ".gpkg", ".geojson", ".json", ".kml", ".shp", ".csv", ".xlsx")
FIRST_ROW = 2  # the header is row 1, as in a spreadsheet
GEOGRAPHIC = "EPSG:4326"

# Columns that GDAL's KML reader adds to every feature whether the file has them or not.
KML_COLUMNS = (
    ["id", "description", "timestamp", "begin", "end", "altitudeMode", "tessellate", "extrude", "visibility"]
    + ["drawOrder", "icon", "snippet"]  # fmt: skip
)


def read_raw(path: Path, shown: str, layer: str | None, wanted: str, found: Collector) -> Raw | None:
    """Read one table from a file.

    Parameters
    ----------
    path
        The file; its suffix, one of `SUFFIXES`, says the format.
    shown
        How the file is named in problems.
    layer
        Layer of a GeoPackage, sheet of a workbook, or None to choose.
    wanted
        Name of the table; a layer or sheet of that name is chosen where the file has several.
    found
        Receives what is wrong.

    Returns
    -------
    The table, or None where it cannot be read at all.
    """
    readers = {".csv": _csv, ".xlsx": _xlsx, ".parquet": _parquet, ".geoparquet": _parquet}
    reader = readers.get(path.suffix.lower(), _vector)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # readers warn of what the checks below say better
            raw = reader(path, shown, layer, wanted, found)
    except Exception as error:  # each reader raises its own kinds; every one means that the file is unreadable
        found.add(shown, f"cannot be read: {_first_line(error)}; save it again in one of {', '.join(SUFFIXES)}")
        return None
    if raw is not None:
        raw.frame.columns = pd.Index([str(name).strip() for name in raw.frame.columns])
    return raw


def _first_line(error: BaseException) -> str:
    text = str(error).strip() or type(error).__name__
    return text.splitlines()[0][:200].rstrip(".")


def _csv(path: Path, shown: str, layer: str | None, wanted: str, found: Collector) -> Raw | None:
    """Comma, semicolon or tab separated text in UTF-8."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        found.add(shown, "is not in UTF-8; save it as 'CSV UTF-8'", row=line)
        return None
    header_line = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=header_line.count)
    csv.field_size_limit(100_000_000)  # a boundary as text can be long
    records = list(csv.reader(text.splitlines(keepends=True), delimiter=delimiter, strict=True))
    return _from_records(records, shown, found)


def _xlsx(path: Path, shown: str, layer: str | None, wanted: str, found: Collector) -> Raw | None:
    """One sheet of a workbook; values, not formulas."""
    import openpyxl

    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    try:
        name = _choose(list(book.sheetnames), layer, wanted, shown, "sheet", found)
        if name is None:
            return None
        records = [list(row) for row in book[name].iter_rows(values_only=True)]
    finally:
        book.close()
    return _from_records(records, shown, found)


def _from_records(records: list[list[Any]], shown: str, found: Collector) -> Raw | None:
    """Rows of cells, the first being the header, as a table."""
    if not records or all(_empty(cell) for cell in records[0]):
        found.add(shown, "has no header; the first row must hold the column names", row=1)
        return None
    header = ["" if _empty(cell) else str(cell).strip() for cell in records[0]]
    while header and not header[-1]:
        header.pop()
    for position, name in enumerate(header):
        if not name:
            found.add(shown, f"column {position + 1} has no name", row=1)
        elif name in header[:position]:
            found.add(shown, "stands twice in the header; remove one", row=1, column=name)
    rows: list[int] = []
    cells: list[list[Any]] = []
    ragged: list[int] = []
    for number, record in enumerate(records[1:], FIRST_ROW):
        if all(_empty(cell) for cell in record) or str(record[0]).lstrip().startswith("#"):
            continue
        if any(not _empty(cell) for cell in record[len(header) :]):
            ragged.append(number)
        rows.append(number)
        cells.append((record + [None] * len(header))[: len(header)])
    found.add_rows(shown, f"has more than the {len(header)} cells of the header; put quotes around commas", ragged)
    frame = pd.DataFrame(cells, columns=pd.Index(header), index=pd.Index(rows, dtype=np.int64), dtype=object)
    return Raw(shown, frame.loc[:, ~frame.columns.duplicated()])


def _empty(cell: Any) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _parquet(path: Path, shown: str, layer: str | None, wanted: str, found: Collector) -> Raw | None:
    """Parquet, or GeoParquet with its coordinate reference system."""
    import geopandas as gpd
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    table = pq.read_table(path)
    not_a_number: dict[str, list[int]] = {}
    for name in table.column_names:
        column = table.column(name)
        if str(column.type) in {"float", "double", "halffloat"}:
            hit = pc.fill_null(pc.is_nan(column), False).to_numpy()
            if hit.any():
                not_a_number[name] = [int(row) + FIRST_ROW for row in np.flatnonzero(hit)]
    if b"geo" not in (table.schema.metadata or {}):
        frame = table.to_pandas(ignore_metadata=True)
        frame.index = pd.RangeIndex(FIRST_ROW, FIRST_ROW + len(frame))
        return Raw(shown, frame, not_a_number)
    spatial = gpd.read_parquet(path)
    return _from_geo(spatial.reset_index(drop=True), shown, found, not_a_number=not_a_number)


def _vector(path: Path, shown: str, layer: str | None, wanted: str, found: Collector) -> Raw | None:
    """GeoPackage, GeoJSON, KML or Shapefile through GDAL."""
    import geopandas as gpd
    import pyogrio

    suffix = path.suffix.lower()
    layers = [str(name) for name in pyogrio.list_layers(path)[:, 0]]
    if suffix == ".kml" and layer is None and wanted not in layers:
        parts = [gpd.read_file(path, layer=name, engine="pyogrio") for name in layers]
        frame = pd.concat(parts, ignore_index=True) if parts else gpd.GeoDataFrame()
    else:
        name = _choose(layers, layer, wanted, shown, "layer", found)
        if name is None:
            return None
        frame = gpd.read_file(path, layer=name, engine="pyogrio")
    if suffix == ".kml":
        frame = frame.drop(columns=[name for name in KML_COLUMNS if name in frame.columns])
        frame = frame.rename(columns={"Name": "name"}) if "name" not in frame.columns else frame
    return _from_geo(frame, shown, found, short_names=suffix == ".shp")


def _choose(names: list[str], asked: str | None, wanted: str, shown: str, what: str, found: Collector) -> str | None:
    """The layer or sheet to read, or None with a problem."""
    listed = ", ".join(names) or "none"
    if asked is not None:
        if asked in names:
            return asked
        found.add(shown, f"has no {what} {asked!r}; it has {listed}")
        return None
    if wanted in names:
        return wanted
    if len(names) == 1:
        return names[0]
    found.add(shown, f"has several {what}s and none is named {wanted!r}; name one in [files] of pack.toml ({listed})")
    return None


def _from_geo(
    frame: Any,
    shown: str,
    found: Collector,
    *,
    not_a_number: dict[str, list[int]] | None = None,
    short_names: bool = False,
) -> Raw:
    """A table with geometry, in longitude and latitude whatever its own reference system."""
    import geopandas as gpd
    import shapely

    plain = pd.DataFrame(frame)
    if isinstance(frame, gpd.GeoDataFrame) and frame.active_geometry_name is not None:
        series = frame.geometry
        if series.crs is None:
            found.add(
                shown,
                "says no coordinate reference system (a .prj file, or crs in the metadata); "
                f"save it again with one, {GEOGRAPHIC} for longitude and latitude",
            )
        elif not series.crs.equals(GEOGRAPHIC, ignore_axis_order=True):
            series = series.to_crs(GEOGRAPHIC)
        plain = plain.drop(columns=[series.name])
        plain["geometry"] = shapely.force_2d(series.to_numpy())
    plain.index = pd.RangeIndex(FIRST_ROW, FIRST_ROW + len(plain))
    return Raw(shown, plain, not_a_number or {}, short_names)
