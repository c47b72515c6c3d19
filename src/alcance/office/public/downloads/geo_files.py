"""The table of sites as GeoParquet and as GeoPackage, a part at a time."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from alcance.office.public.downloads.table import columns

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    import pyarrow as pa

_ROWS_AT_ONCE = 25_000
LAYER = "sites"


def write_geoparquet(rows: Iterable[tuple[Any, ...]], path: Path) -> int:
    """Write GeoParquet 1.1 and return the rows written."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    meta = {
        "version": "1.1.0",
        "primary_column": "geometry",
        "columns": {"geometry": {"encoding": "WKB", "geometry_types": ["Point"]}},
    }
    schema = _schema().append(pa.field("geometry", pa.binary()))
    schema = schema.with_metadata({"geo": json.dumps(meta)})
    written = 0
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for part in _parts(rows):
            table = _table(part)
            points = pa.array(shapely.to_wkb(_points(table)), pa.binary())
            writer.write_table(pa.Table.from_arrays([*table.columns, points], schema=schema))
            written += len(part)
    return written


def write_geopackage(rows: Iterable[tuple[Any, ...]], path: Path) -> int:
    """Write a GeoPackage with one layer of points and return the rows written."""
    import geopandas as gpd
    import pyogrio

    written = 0
    for part in itertools.chain(_parts(rows), [[]]):
        if written and not part:
            break
        table = _table(part)
        frame = table.to_pandas(timestamp_as_object=False)
        layer = gpd.GeoDataFrame(frame, geometry=_points(table), crs="EPSG:4326")
        pyogrio.write_dataframe(layer, path, layer=LAYER, driver="GPKG", append=written > 0, geometry_type="Point")
        written += len(part)
    return written


def _schema() -> pa.Schema:
    import pyarrow as pa

    types = {
        "text": pa.string(), "code": pa.string(), "number": pa.float64(), "whole": pa.int64(), "truth": pa.bool_(),
        "date": pa.date32(), "time": pa.timestamp("ms", tz="UTC"),
    }  # fmt: skip
    return pa.schema(
        [pa.field(one.name, types[one.type], metadata={"description": one.description}) for one in columns()]
    )


def _table(part: list[tuple[Any, ...]]) -> pa.Table:
    import pyarrow as pa

    schema = _schema()
    cells = zip(*part, strict=True) if part else [()] * len(schema)
    return pa.Table.from_arrays(
        [_array(list(values), field.type) for values, field in zip(cells, schema, strict=True)], schema=schema
    )


def _array(values: list[Any], kind: pa.DataType) -> pa.Array:
    """Values as `table_rows` gives them, as what they are."""
    import pyarrow as pa

    if pa.types.is_date(kind):
        return pa.array(values, pa.string()).cast(kind)
    if pa.types.is_timestamp(kind):
        return pa.array([f"{value[:19]}Z" if value else None for value in values], pa.string()).cast(kind)
    if pa.types.is_boolean(kind):
        return pa.array([None if value is None else bool(value) for value in values], kind)
    return pa.array(values, kind)


def _points(table: pa.Table) -> np.ndarray[Any, Any]:
    lon, lat = (np.asarray(table.column(name), dtype=float) for name in ("lon", "lat"))
    return np.asarray(shapely.points(lon, lat))


def _parts(rows: Iterable[tuple[Any, ...]]) -> Iterator[list[tuple[Any, ...]]]:
    rows = iter(rows)
    while part := list(itertools.islice(rows, _ROWS_AT_ONCE)):
        yield part
