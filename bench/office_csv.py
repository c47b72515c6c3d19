"""How fast the whole register leaves as CSV, in how much memory, and how long the other files take to make.

DJANGO_SETTINGS_MODULE=alcance.office.settings ALCANCE_OFFICE_DIR=DIR python -m bench.office_csv

The office is that of `DIR`, filled by `bench.office_fill`.
"""

from __future__ import annotations

import os
import time
import urllib.request
from pathlib import Path
from typing import Any

from bench.alone import alone
from bench.office_load import cpu_s, served

FILES = ("csv", "parquet", "gpkg", "ofds.json", "oc4ids.json")


def main() -> dict[str, Any]:
    result = {"stream": stream(), "files": [alone("office_csv", "one_file", form=form) for form in FILES]}
    row = result["stream"]
    print(
        f"stream: {row['rows']:,} rows, {row['rows_per_s']:,} rows/s, {row['cpu_s']} CPU s, "
        f"server's memory +{row['grown_mb']} MB"
    )
    for row in result["files"]:
        print(f"{row['form']:12}{row['rows']:10,} rows {row['mb']:8} MB {row['wall_s']:6} s  peak {row['peak_gb']} GB")
    return result


def stream() -> dict[str, Any]:
    """The live list, read by this process."""
    with served() as (port, pid):
        before = most = own_mb(pid)
        # The second time is measured: the first warms the file cache.
        for _ in range(2):
            used, begun = cpu_s(pid), time.perf_counter()
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/downloads/sites.csv") as answer:
                said, lines = int(answer.headers["Alcance-Rows"]), 0
                while block := answer.read(1 << 18):
                    lines += block.count(b"\n")
                    most = max(most, own_mb(pid))
            wall_s = time.perf_counter() - begun
        used = cpu_s(pid) - used
    assert lines - 1 == said
    return {
        "rows": said, "rows_per_s": round(said / wall_s), "wall_s": round(wall_s, 2), "cpu_s": round(used, 2),
        "grown_mb": round(most - before),
    }  # fmt: skip


def one_file(form: str) -> dict[str, Any]:
    """Make one file, in a process of its own."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alcance.office.settings")
    django.setup()
    from django.utils import timezone

    from alcance.office.public.downloads.making import write
    from alcance.office.public.models import Export

    begun = time.perf_counter()
    export = write(Export.objects.create(format=form, asked_at=timezone.now()))
    assert export.bytes is not None
    return {
        "form": form, "rows": export.rows, "mb": round(export.bytes / 1e6, 1),
        "wall_s": round(time.perf_counter() - begun, 1),
    }  # fmt: skip


def own_mb(pid: int) -> float:
    """Memory that a process and its children hold for themselves now, without files mapped into it, in MB."""
    held, waiting = 0.0, [pid]
    while waiting:
        one = waiting.pop()
        with Path(f"/proc/{one}/status").open() as handle:
            held += sum(int(line.split()[1]) / 1024 for line in handle if line.startswith("RssAnon"))
        with Path(f"/proc/{one}/task/{one}/children").open() as handle:
            waiting += map(int, handle.read().split())
    return held


if __name__ == "__main__":
    main()
