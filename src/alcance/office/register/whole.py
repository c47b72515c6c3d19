"""The rules of quality over the whole register, and the sites for which they do not hold."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from django.conf import settings

from alcance.files import whole_file
from alcance.office.register.imports.values import Faults
from alcance.office.register.models import Site
from alcance.office.register.quality import Ground, find_faults, prepared

if TYPE_CHECKING:
    from collections.abc import Iterator

_COLUMNS = (
    "id", "key", "key_scheme", "name", "kind", "lon", "lat", "municipality", "state_code", "users", "electricity",
    "technology", "speed_mbps", "locality", "locality__parent",
)  # fmt: skip
_CHECKED_AT = b"checked_at"
_AT_ONCE = 20_000


def kept_faults() -> Path:
    """Where the outcome of the last check lies."""
    return Path(settings.OFFICE_DIR) / "quality.parquet"


def checked_at(kept: Path) -> dt.datetime:
    """When the outcome that is kept was found."""
    return dt.datetime.fromisoformat(pq.read_schema(kept).metadata[_CHECKED_AT].decode())


def faults_of(kept: Path) -> Iterator[tuple[int, str]]:
    """Each fault of the outcome that is kept, as site and rule, some at a time: there may be more than sites."""
    with pq.ParquetFile(kept) as table:
        for some in table.iter_batches(_AT_ONCE, columns=["site_id", "rule"]):
            yield from zip(some["site_id"].to_pylist(), some["rule"].to_pylist(), strict=True)


def check_register(at: dt.datetime) -> pd.DataFrame:
    """Try every rule on every site that is neither merged nor retired, and keep the outcome."""
    rows = Site.objects.filter(merged_into=None).exclude(state="retired").order_by("pk").values_list(*_COLUMNS)
    frame = pd.DataFrame(list(rows.iterator(5_000)), columns=list(_COLUMNS)).set_index("id")
    for name in ("lon", "lat", "users", "speed_mbps"):
        frame[name] = frame[name].astype(float)
    for name in ("technology", "key", "name", "kind"):
        frame[name] = frame[name].astype(object)
        frame.loc[frame[name] == "", name] = None
    for name in ("lon", "lat"):
        frame[f"{name}_decimals"] = [len(f"{value!r}".partition(".")[2]) for value in frame[name].tolist()]
    frame = frame.rename(columns={"locality__parent": "locality_municipality"})
    ground = Ground.read()
    faults = Faults()
    find_faults(prepared(frame, ground), ground, faults)
    found = faults.frame.rename(columns={"row": "site_id"}).astype({"site_id": np.int64})
    kept = kept_faults()
    kept.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(kept) as beside:
        table = pa.Table.from_pandas(found, preserve_index=False)
        # Kept beside the rows, for there may be none.
        pq.write_table(table.replace_schema_metadata({_CHECKED_AT: at.isoformat().encode()}), beside)
    return found
