"""How long 250,000 sites take into the register, dry run and all, and how much memory.

    python -m bench.office_import [--rows 250000]

The office is a new one in a temporary folder, on SQLite, or on the database that DATABASE_URL names.
"""

from __future__ import annotations

import argparse
import os
import resource
import tempfile
import time
from pathlib import Path


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


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=250_000)
    rows = parser.parse_args().rows
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
        begin = time.perf_counter(), time.process_time()
        batch = import_file(file, person, at=now)
        checked = time.perf_counter(), time.process_time()
        counts = imports.apply(batch, person, at=now)
        done = time.perf_counter(), time.process_time()
        peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{rows} rows, {counts}, {Site.objects.count()} sites in the register")
        print(f"dry run {checked[0] - begin[0]:.1f} s ({checked[1] - begin[1]:.1f} CPU-s)")
        print(f"applied {done[0] - checked[0]:.1f} s ({done[1] - checked[1]:.1f} CPU-s)")
        print(f"together {done[0] - begin[0]:.1f} s, peak {peak_mb:.0f} MB")


if __name__ == "__main__":
    main()
