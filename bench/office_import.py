"""How long 250,000 sites take into the register, dry run and all, and how much memory.

    python -m bench.office_import [--rows 250000]

The office is a new one in a temporary folder, on SQLite, or on the database that DATABASE_URL names.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.alone import alone


def write_sites(path: Path, rows: int) -> None:
    """A file of made-up sites over a made-up state of 100 municipalities; the same bytes every time."""
    import numpy as np

    dice = np.random.default_rng(2026)
    lon, lat = dice.uniform(-98.0, -96.0, rows), dice.uniform(16.0, 18.0, rows)
    kinds = np.array(["school", "clinic", "library", "community_centre", "government_office"])[
        dice.integers(0, 5, rows)
    ]
    with path.open("w", encoding="utf-8") as out:
        out.write("key,key_scheme,name,kind,lon,lat,municipality,users\n")
        for at in range(rows):
            town = f"20{1 + at % 100:03d}"
            out.write(
                f"K{at:07d},alcance,Sitio {at} de {town},{kinds[at]},{lon[at]:.6f},{lat[at]:.6f},{town},{at % 900}\n"
            )


def measure(rows: int) -> dict[str, Any]:
    """Check a file and let it in, in an office of its own; wall and CPU seconds of both."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["ALCANCE_OFFICE_DIR"] = folder
        os.environ["DJANGO_SETTINGS_MODULE"] = "alcance.office.settings"
        import datetime as dt

        import django
        import shapely

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        from alcance.office.accounts.models import Organisation, Person
        from alcance.office.register import imports
        from alcance.office.register.imports.whole_file import import_file
        from alcance.office.register.models import Area, Site

        state = Area.objects.create(
            code="20", level="state", name="Oaxaca", boundary=shapely.box(-98.5, 15.5, -95.5, 18.5).wkb
        )
        for number in range(1, 101):
            Area.objects.create(code=f"20{number:03d}", level="municipality", name=f"M{number}", parent=state)
        ministry = Organisation.objects.create(code="m", name="M", role="ministry")
        person = Person.objects.create_user("m@example.org", None, organisation=ministry)
        file = Path(folder) / "sites.csv"
        write_sites(file, rows)
        now = dt.datetime.now(dt.UTC)
        times = [(time.perf_counter(), time.process_time())]
        batch = import_file(file, person, at=now)
        times.append((time.perf_counter(), time.process_time()))
        counts = imports.apply(batch, person, at=now)
        times.append((time.perf_counter(), time.process_time()))
        assert Site.objects.count() == counts["new"] > 0, counts
    (begun, begun_cpu), (checked, checked_cpu), (done, done_cpu) = times
    return {
        "rows": rows, "new": counts["new"],
        "dry_run_s": round(checked - begun, 1), "dry_run_cpu_s": round(checked_cpu - begun_cpu, 1),
        "wall_s": round(done - begun, 1), "cpu_s": round(done_cpu - begun_cpu, 1),
    }  # fmt: skip


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=250_000)
    print(alone("office_import", "measure", rows=parser.parse_args().rows))
