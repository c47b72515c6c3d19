"""Reading one table from any of the formats that a pack may use."""

from __future__ import annotations

import csv
import io
import warnings
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from alcance.pack.problems import Collector
from alcance.pack.raw import Raw
from alcance.pack.workbook import sheet_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

SUFFIXES = (".parquet", ".geoparquet", ".gpkg", ".geojson", ".json", ".kml", ".shp", ".csv", ".xlsx")
FIRST_ROW = 2  # the header is row 1, as in a spreadsheet
GEOGRAPHIC = "EPSG:4326"
# A million rows of fifty columns; a header of a million columns over as many short rows is no table.
MOST_CELLS = 50_000_000
# So far to the right of its header a workbook's cells are looked for, to be told.
COLUMNS_BESIDE = 20

# Columns that GDAL's KML reader adds to every feature whether the file has them or not.
KML_COLUMNS = (
    "id", "description", "timestamp", "begin", "end", "altitudeMode", "tessellate", "extrude", "visibility",
    "drawOrder", "icon", "snippet",
)  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """What is to be read.

    Parameters
    ----------
    path
        The file; its suffix, one of `SUFFIXES`, says the format.
    shown
        How the file is named in problems.
    layer
        Layer of a GeoPackage or sheet of a workbook, or None to choose.
    table
        Name of the table; a layer or sheet of that name is chosen where the file has several.
    found
        Receives what is wrong.
    most
        Rows to read at most; all without it.
    """

    path: Path
    shown: str
    layer: str | None
    table: str
    found: Collector
    most: int | None = None

    def choose(self, names: list[str], what: str) -> str | None:
        """Choose the layer or sheet to read, or tell why there is none."""
        listed = ", ".join(names) or "none"
        if self.layer is not None:
            if self.layer in names:
                return self.layer
            self.found.add(self.shown, f"has no {what} {self.layer!r}; it has {listed}")
            return None
        if self.table in names or len(names) == 1:
            return self.table if self.table in names else names[0]
        self.found.add(
            self.shown,
            f"has several {what}s and none is named {self.table!r}; name one in [files] of pack.toml ({listed})",
        )
        return None


def read_raw(asked: Asked) -> Raw | None:
    """Read one table from a file.

    Parameters
    ----------
    asked
        The file, and where problems go.

    Returns
    -------
    The table, or None where it cannot be read at all.
    """
    readers = {".csv": _csv, ".xlsx": _xlsx, ".parquet": _parquet, ".geoparquet": _parquet}
    reader = readers.get(asked.path.suffix.lower(), _vector)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # readers warn of what the checks below say better
            raw = reader(asked)
    except Exception as error:  # each reader raises its own kinds; every one means that the file is unreadable
        wanted = ", ".join(SUFFIXES)
        asked.found.add(asked.shown, f"cannot be read: {_first_line(error, asked)}; save it again in one of {wanted}")
        return None
    if raw is not None:
        raw.frame.columns = pd.Index([str(name).strip() for name in raw.frame.columns])
    return raw


def _first_line(error: BaseException, asked: Asked) -> str:
    """What a reader says of a file, with the file's name in the pack for its place on the disk."""
    text = (str(error).strip() or type(error).__name__).replace(str(asked.path), asked.shown)
    return text.splitlines()[0][:200].rstrip(".")


def _csv(asked: Asked) -> Raw | None:
    """Read comma, semicolon or tab separated text in UTF-8."""
    csv.field_size_limit(100_000_000)  # a boundary as text can be long
    try:
        with asked.path.open(encoding="utf-8-sig", newline="") as text:
            delimiter = max(",;\t", key=text.readline().count)
            text.seek(0)
            reader = csv.reader(text, delimiter=delimiter, strict=True)
            records = _gathered(islice(reader, None if asked.most is None else asked.most + 1))
    except UnicodeDecodeError:
        asked.found.add(asked.shown, "is not in UTF-8; save it as 'CSV UTF-8'", row=_line_not_in_utf8(asked.path))
        return None
    except csv.Error as error:
        asked.found.add(asked.shown, f"is not valid CSV: {error}", row=reader.line_num)
        return None
    return _from_records(records, asked)


def _line_not_in_utf8(path: Path) -> int:
    """The first line that is not in UTF-8: a decoder tells the place within its block only."""
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError:
                return number
    return 1


def _xlsx(asked: Asked) -> Raw | None:
    """Read one sheet of a workbook; values, not formulas."""
    import openpyxl

    book = openpyxl.load_workbook(asked.path, read_only=True, data_only=True)
    try:
        name = asked.choose(list(book.sheetnames), "sheet")
        if name is None:
            return None
        sheet = book[name]
        width = _filled(next(sheet_rows(sheet, max_row=1), ()))
        last = None if asked.most is None else asked.most + 1
        records = _gathered(sheet_rows(sheet, max_row=last, max_col=width + COLUMNS_BESIDE))
    finally:
        book.close()
    return _from_records(records, asked)


def _gathered(rows: Iterable[Sequence[Any]]) -> list[list[Any]]:
    """Rows as they come, none kept beyond the header by more than the first cell that has no place in it.

    Raises
    ------
    ValueError
        Where header and rows make more than `MOST_CELLS`: a few bytes a row would take all memory.
    """
    records: list[list[Any]] = []
    width = 0
    for row in rows:
        if not records:
            width = _filled(row)
        if width * (len(records) + 1) > MOST_CELLS:
            raise ValueError(f"has more than {MOST_CELLS:,} cells; leave out columns that are not needed, or split it")
        beyond = next((cell for cell in row[width:] if not _empty(cell)), None)
        records.append([*row[:width], *([] if beyond is None else [beyond])])
    return records


def _filled(row: Sequence[Any]) -> int:
    """The cells of a row up to its last that holds something."""
    last = len(row)
    while last and _empty(row[last - 1]):
        last -= 1
    return last


def _from_records(records: list[list[Any]], asked: Asked) -> Raw | None:
    """Rows of cells, the first being the header, as a table; rows that begin with # and empty rows are passed over."""
    if not records or all(_empty(cell) for cell in records[0]):
        asked.found.add(asked.shown, "has no header; the first row must hold the column names", row=1)
        return None
    header = ["" if _empty(cell) else str(cell).strip() for cell in records[0]]
    while not header[-1]:
        header.pop()
    for position, name in enumerate(header):
        if not name:
            asked.found.add(asked.shown, f"column {position + 1} has no name", row=1)
        elif name in header[:position]:
            asked.found.add(asked.shown, "stands twice in the header; remove one", row=1, column=name)
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
    asked.found.add_rows(
        asked.shown, f"has more than the {len(header)} cells of the header; put quotes around commas", ragged
    )
    frame = pd.DataFrame(cells, columns=pd.Index(header), index=pd.Index(rows, dtype=np.int64), dtype=object)
    return Raw(asked.shown, frame.loc[:, ~frame.columns.duplicated()])


def _empty(cell: Any) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _parquet(asked: Asked) -> Raw | None:
    """Read Parquet, or GeoParquet with its coordinate reference system."""
    import geopandas as gpd
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    head = b"" if asked.most is None else _head_of_parquet(asked.path, asked.most)
    table = pq.read_table(io.BytesIO(head) if head else asked.path)
    not_a_number: dict[str, list[int]] = {}
    for name in table.column_names:
        column = table.column(name)
        if str(column.type) in {"float", "double", "halffloat"}:
            hit = pc.fill_null(pc.is_nan(column), fill_value=False).to_numpy()
            if hit.any():
                not_a_number[name] = (np.flatnonzero(hit) + FIRST_ROW).tolist()
    if b"geo" not in (table.schema.metadata or {}):
        frame = table.to_pandas(ignore_metadata=True)
        frame.index = pd.RangeIndex(FIRST_ROW, FIRST_ROW + len(frame))
        return Raw(asked.shown, frame, not_a_number)
    raw = _from_geo(gpd.read_parquet(io.BytesIO(head) if head else asked.path).reset_index(drop=True), asked)
    raw.not_a_number.update(not_a_number)
    return raw


def _head_of_parquet(path: Path, most: int) -> bytes:
    """The first rows of a file as a file of their own, with all that it says of itself."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as whole:
        some = next(whole.iter_batches(max(most, 1)), None)
        table = whole.schema_arrow.empty_table() if some is None else pa.Table.from_batches([some])
        out = io.BytesIO()
        pq.write_table(table.replace_schema_metadata(whole.schema_arrow.metadata), out)
    return out.getvalue()


def _vector(asked: Asked) -> Raw | None:
    """Read GeoPackage, GeoJSON, KML or Shapefile through GDAL."""
    import geopandas as gpd
    import pyogrio

    suffix = asked.path.suffix.lower()
    layers = [str(name) for name in pyogrio.list_layers(asked.path)[:, 0]]
    if suffix == ".kml" and asked.layer is None and asked.table not in layers:
        # The folders of a KML file are for the eye; together they are the table.
        parts = [gpd.read_file(asked.path, layer=name, engine="pyogrio", rows=asked.most) for name in layers]
        frame = pd.concat(parts, ignore_index=True) if parts else gpd.GeoDataFrame()
    else:
        name = asked.choose(layers, "layer")
        if name is None:
            return None
        frame = gpd.read_file(asked.path, layer=name, engine="pyogrio", rows=asked.most)
    if suffix == ".kml":
        frame = frame.drop(columns=[name for name in KML_COLUMNS if name in frame.columns])
        frame = frame.rename(columns={"Name": "name"}) if "name" not in frame.columns else frame
    return _from_geo(frame, asked, short_names=suffix == ".shp")


def _from_geo(frame: Any, asked: Asked, *, short_names: bool = False) -> Raw:
    """Bring a table with geometry to longitude and latitude, whatever its own reference system."""
    import geopandas as gpd
    import shapely

    plain = pd.DataFrame(frame)
    if isinstance(frame, gpd.GeoDataFrame) and frame.active_geometry_name is not None:
        series = frame.geometry
        if series.crs is None:
            asked.found.add(
                asked.shown,
                "says no coordinate reference system (a .prj file, or crs in the metadata); "
                f"save it again with one, {GEOGRAPHIC} for longitude and latitude",
            )
        elif not series.crs.equals(GEOGRAPHIC, ignore_axis_order=True):
            series = series.to_crs(GEOGRAPHIC)
        plain = plain.drop(columns=[series.name])
        plain["geometry"] = shapely.force_2d(series.to_numpy())
    plain.index = pd.RangeIndex(FIRST_ROW, FIRST_ROW + len(plain))
    return Raw(asked.shown, plain, {}, short_names)
