"""Writing a pack: the same frames always give the same bytes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from alcance.pack.schema import Column, Table, tables


def write_table(frame: pd.DataFrame, name: str, folder: Path) -> Path:
    """Write one table of a pack, rows sorted by key and columns as in the schema.

    Parameters
    ----------
    frame
        The rows; columns of the schema, of which optional ones may be absent. A catalogue (a table of the schema
        without geometry) is written as CSV, everything else as Parquet, with GeoParquet metadata where there are
        lines or polygons.
    name
        Name of the table.
    folder
        Where it is written.

    Returns
    -------
    The file.
    """
    table = tables()[name]
    columns = [column for column in table.columns if column.name in frame.columns]
    unknown = [str(column) for column in frame.columns if column not in {each.name for each in columns}]
    if unknown:
        raise ValueError(f"{name} has no column {', '.join(unknown)}")
    ordered = frame[[column.name for column in columns]].sort_values(table.key, kind="stable").reset_index(drop=True)
    if table.geometry == "none":
        path = folder / f"{name}.csv"
        path.write_text(ordered.to_csv(index=False, lineterminator="\n"), encoding="utf-8")
        return path
    path = folder / f"{name}.parquet"
    _write_parquet(ordered, table, columns, path)
    return path


def _write_parquet(frame: pd.DataFrame, table: Table, columns: list[Column], path: Path) -> None:
    """Parquet without pandas' own metadata, which would carry library versions."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    arrays = [_array(frame[column.name], column) for column in columns]
    metadata: dict[str, str] = {}
    if table.geometry in {"line", "polygon"}:
        metadata["geo"] = json.dumps(_geo_metadata(frame["geometry"]), sort_keys=True)
    fields = [pa.field(column.name, array.type) for column, array in zip(columns, arrays, strict=True)]
    content = pa.Table.from_arrays(arrays, schema=pa.schema(fields, metadata=metadata or None))
    pq.write_table(content, path, compression="zstd", compression_level=19, version="2.6", store_schema=False)


def _array(values: pd.Series[Any], column: Column) -> Any:
    """One column as an Arrow array of the type that the schema asks for."""
    import pyarrow as pa
    import shapely

    if column.is_geometry:
        return pa.array(shapely.to_wkb(values.to_numpy(dtype=object), output_dimension=2), pa.binary())
    types = {"text": pa.string(), "integer": pa.int64(), "number": pa.float64(), "boolean": pa.bool_()}
    cells = [None if gap else cell for cell, gap in zip(values.tolist(), values.isna().tolist(), strict=True)]
    if column.type == "integer":
        cells = [None if cell is None else int(cell) for cell in cells]
    return pa.array(cells, types[column.type])


def _geo_metadata(shapes: pd.Series[Any]) -> dict[str, Any]:
    """GeoParquet 1.1 metadata; without a crs the reference system is longitude and latitude (OGC:CRS84)."""
    import shapely

    values = shapes.to_numpy(dtype=object)
    kinds = sorted({shape.geom_type for shape in values if shape is not None})
    box = [round(float(edge), 9) for edge in shapely.total_bounds(values)] if len(values) else []
    column: dict[str, Any] = {"encoding": "WKB", "geometry_types": kinds}
    if box and np.isfinite(box).all():
        column["bbox"] = box
    return {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": column}}
