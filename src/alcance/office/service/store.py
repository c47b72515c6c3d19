"""Measurements as Parquet files, a folder for each day; files that are written are whole and on the disk.

A batch is one file per day that it touches, named by its probe, its id and its digest: the same batch writes the same
files, and another under the same id never writes over them.
"""

from __future__ import annotations

import datetime as dt
import os
import time
import uuid
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

    from alcance.office.service.measurement import Measurement

# What a process left that was killed while it wrote.
LEFT_OVER_S = 86_400


def root() -> Path:
    """Where all days lie."""
    return Path(settings.OFFICE_DIR) / "measurements"


def day_folder(day: dt.date) -> Path:
    """Where a day's files lie."""
    return root() / f"day={day.isoformat()}"


def write(probe_id: int, batch_id: uuid.UUID, digest: str, rows: Sequence[Measurement]) -> list[Path]:
    """Write a batch, whose body has this digest, so that it outlives a power cut, and return its files."""
    import pyarrow as pa

    written = []
    for day, some in groupby(rows, key=lambda row: row.time.date()):
        listed = list(some)
        table = pa.table(
            {
                "probe_id": pa.array([probe_id] * len(listed), pa.int64()),
                "batch": pa.array([str(batch_id)] * len(listed), pa.string()),
                "time": pa.array([row.time for row in listed], pa.timestamp("us", tz="UTC")),
                "online": pa.array([row.online for row in listed], pa.bool_()),
                "down_mbps": pa.array([row.down_mbps for row in listed], pa.float64()),
                "up_mbps": pa.array([row.up_mbps for row in listed], pa.float64()),
                "latency_ms": pa.array([row.latency_ms for row in listed], pa.float64()),
                "loss": pa.array([row.loss for row in listed], pa.float64()),
            }
        )
        path = day_folder(day) / f"{probe_id}-{batch_id}-{digest[:16]}.parquet"
        _write_whole(table, path)
        written.append(path)
    return written


def compact(day: dt.date) -> int:
    """Put a day's files together into one, and return how many there were; readers never see a row twice or not at all.

    A reader that begins between the two steps sees both; readers therefore count equal rows once (`distinct`). The new
    file has a name that no other has: of two that compact the same day neither takes away what only the other has read.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    _clear_left_overs(day)
    files = sorted(day_folder(day).glob("*.parquet"))
    if len(files) < 2:
        return len(files)
    table = pa.concat_tables([pq.read_table(file, partitioning=None) for file in files])
    # The same batch may stand in the file of an earlier compaction and, replayed, in one of its own.
    table = (
        table.group_by(table.column_names, use_threads=False)
        .aggregate([])
        .sort_by([("probe_id", "ascending"), ("time", "ascending"), ("batch", "ascending")])
    )
    _write_whole(table, day_folder(day) / f"compacted-{uuid.uuid4().hex}.parquet")
    for file in files:
        file.unlink(missing_ok=True)
    return len(files)


def days_stored() -> list[dt.date]:
    """The days of which there is anything, the oldest first."""
    return sorted(dt.date.fromisoformat(folder.name[4:]) for folder in root().glob("day=????-??-??"))


def _clear_left_overs(day: dt.date) -> None:
    for file in day_folder(day).glob("*.new"):
        if time.time() - file.stat().st_mtime > LEFT_OVER_S:
            file.unlink(missing_ok=True)


def _write_whole(table: pa.Table, path: Path) -> None:
    import pyarrow.parquet as pq

    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(f".{uuid.uuid4().hex}.new")
    with beside.open("wb") as file:
        pq.write_table(table, file, compression="zstd")
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    # The folder of a day may be new itself.
    for folder in (path.parent, path.parent.parent):
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)
