"""Asking the measurements: named queries over the days' Parquet files."""

from __future__ import annotations

import datetime as dt
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from alcance.office.service.store import day_folder, root

if TYPE_CHECKING:
    import pandas as pd


ATTEMPTS = 5


def ask(query: str, first: dt.datetime, last: dt.datetime, **values: Any) -> pd.DataFrame:
    """Run a named query over the days from one moment to another.

    Parameters
    ----------
    query
        Name of a file in `queries/`.
    first, last
        Only the days between are opened.
    values
        Further parameters of the query.

    Returns
    -------
    Its rows; none where nothing was measured.
    """
    import duckdb

    text = files("alcance.office.service.queries").joinpath(f"{query}.sql").read_text(encoding="utf-8")
    for _attempt in range(ATTEMPTS):
        try:
            return _run(text, _files(first, last), {"first": first, "last": last, **values})
        except duckdb.IOException as error:
            # A day was compacted after its files had been listed.
            failed = error
    raise failed


def _run(text: str, paths: list[str], values: dict[str, Any]) -> pd.DataFrame:
    import duckdb

    with duckdb.connect(":memory:") as connection:
        connection.execute("SET TimeZone = 'UTC'; SET threads = 2; SET memory_limit = '1GB'")
        if paths:
            connection.read_parquet(paths, hive_partitioning=False).create_view("measurements")
        else:
            connection.execute(_EMPTY)
        return connection.execute(text, values).df()


_EMPTY = """
CREATE TABLE measurements (
    site_id BIGINT, probe_id BIGINT, batch VARCHAR, time TIMESTAMPTZ, online BOOLEAN, down_mbps DOUBLE,
    up_mbps DOUBLE, latency_ms DOUBLE, loss DOUBLE
)
"""


def _files(first: dt.datetime, last: dt.datetime) -> list[str]:
    if not root().is_dir():
        return []
    days = (last.astimezone(dt.UTC).date() - first.astimezone(dt.UTC).date()).days
    found = []
    for after in range(days + 1):
        folder = day_folder(first.astimezone(dt.UTC).date() + dt.timedelta(days=after))
        found += sorted(str(path) for path in folder.glob("*.parquet"))
    return found
