"""Asking the measurements: named queries over the days' Parquet files, each row at the site where its probe stood then.

The files say who measured what and when; where a probe stood the database says, and only there can it be put right.
"""

from __future__ import annotations

import datetime as dt
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from alcance.office.service.models import Placement
from alcance.office.service.store import day_folder, root

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

ATTEMPTS = 5


def ask(query: str, first: dt.datetime, last: dt.datetime, **values: Any) -> pd.DataFrame:
    """Run a named query over the days from one moment to another.

    Parameters
    ----------
    query
        Name of a file in `queries/`; it finds the rows in `measurements`, with the `site_id` of each.
    first, last
        Only the days between are opened.
    values
        Further parameters of the query; `site` where it is about one alone.

    Returns
    -------
    Its rows; none where nothing was measured.
    """
    import duckdb

    placements = _placements(values.get("site"))
    text = files("alcance.office.service.queries").joinpath(f"{query}.sql").read_text(encoding="utf-8")
    for _attempt in range(ATTEMPTS):
        try:
            return _run(text, placements, _files(first, last), {"first": first, "last": last, **values})
        except duckdb.IOException as error:
            # A day was compacted after its files had been listed.
            failed = error
    raise failed


def _placements(site: int | None) -> pa.Table:
    """When which probe stood where: at one site, or at all."""
    import pyarrow as pa

    rows = Placement.objects.all() if site is None else Placement.objects.filter(site=site)
    columns = zip(*rows.order_by("pk").values_list("probe", "site", "since", "until"), strict=True)
    moment = pa.timestamp("us", tz="UTC")
    fields = [("probe_id", pa.int64()), ("site_id", pa.int64()), ("since", moment), ("until", moment)]
    found = list(columns) or [()] * len(fields)
    return pa.table({name: pa.array(one, kind) for (name, kind), one in zip(fields, found, strict=True)})


def _run(text: str, placements: pa.Table, paths: list[str], values: dict[str, Any]) -> pd.DataFrame:
    import duckdb

    with duckdb.connect(":memory:") as connection:
        connection.execute("SET TimeZone = 'UTC'; SET threads = 2; SET memory_limit = '1GB'")
        if paths:
            connection.read_parquet(paths, hive_partitioning=False).create_view("received")
        else:
            connection.execute(_EMPTY)
        connection.register("placements", placements)
        connection.execute(_PLACED)
        return connection.execute(text, values).df()


_EMPTY = """
CREATE TABLE received (
    probe_id BIGINT, batch VARCHAR, time TIMESTAMPTZ, online BOOLEAN, down_mbps DOUBLE,
    up_mbps DOUBLE, latency_ms DOUBLE, loss DOUBLE
)
"""
_PLACED = """
CREATE VIEW measurements AS
SELECT placements.site_id, received.*
FROM received JOIN placements USING (probe_id)
WHERE time >= since AND (until IS NULL OR time < until)
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
