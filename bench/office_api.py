"""How many rows of the API the office answers a second, and how long a GIS takes to read every site.

DJANGO_SETTINGS_MODULE=alcance.office.settings ALCANCE_OFFICE_DIR=DIR python -m bench.office_api [--seconds S]

The office is that of `DIR`, filled by `bench.office_fill`; how it is served and asked is `bench.office_load`'s matter.
"""

from __future__ import annotations

import argparse
import os
import random
import time
from typing import Any

from bench import office_qgis
from bench.office_load import SECONDS, THREADS, Paths, cpu_s, measure, served


def cases(key: str) -> dict[str, tuple[Paths, str]]:
    """What is asked for, by name: a path from a source of chance, and further header lines."""
    from alcance.office.register.models import Area, Site

    last = Site.objects.order_by("-pk").values_list("pk", flat=True)[0]
    towns = list(Area.objects.filter(level="municipality").order_by("code").values_list("code", flat=True))
    states = list(Area.objects.filter(level="state").order_by("code").values_list("code", flat=True))

    def row(source: random.Random) -> str:
        return f"/api/sites/{source.randint(1, last)}"

    def listed(source: random.Random) -> str:
        filters = [
            f"state_code={source.choice(states)}", f"municipality_code={source.choice(towns)}", "kind=clinic",
            "phase=operation", "state=installed", f"need_quintile={source.randint(1, 5)}", "connection=late",
            "provider=provider-07", "q=zapata", f"state_code={source.choice(states)}&kind=school&phase=deployment",
        ]  # fmt: skip
        return f"/api/sites?{source.choice(filters)}"

    def box(source: random.Random) -> str:
        west, south = source.uniform(-105, -90), source.uniform(16, 24)
        return f"/ogc/collections/sites/items?limit=100&bbox={west:.3f},{south:.3f},{west + 1:.3f},{south + 1:.3f}"

    return {
        "row of the API": (row, ""),
        "row, with a key": (row, f"Authorization: Bearer {key}\r\n"),
        "list with filters": (listed, ""),
        "area": (lambda source: f"/api/areas/{source.choice(towns)}", ""),
        "connections of a site": (lambda source: f"/api/connections?site={source.randint(1, last)}", ""),
        "features in a box": (box, ""),
    }


def by_gdal(address: str) -> tuple[float, list[str]]:
    """GDAL reads every site through `rel=next`; seconds, and the keys in its order."""
    import pyogrio

    began = time.perf_counter()
    frame = pyogrio.read_dataframe(f"OAPIF:{address}", layer="sites")
    return round(time.perf_counter() - began, 1), frame["key"].tolist()


def by_qgis(address: str) -> tuple[float, list[str]] | None:
    """So does QGIS, where there is one."""
    python = office_qgis.python_with_qgis()
    if python is None:
        return None
    told = office_qgis.ask(python, address, "sites", "key")
    return told["seconds"], told["keys"]


def main(seconds: float = SECONDS, only: list[str] | None = None, threads: int = THREADS) -> list[dict[str, Any]]:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alcance.office.settings")
    # One machine asks for more here than one would be given.
    os.environ["ALCANCE_API_ADDRESS_PER_MINUTE"] = os.environ["ALCANCE_API_PERSON_PER_MINUTE"] = "1000000000"
    django.setup()
    from django.utils import timezone

    from alcance.office.accounts.models import Person
    from alcance.office.accounts.roles import Role
    from alcance.office.api.keys import make_key, retire_key
    from alcance.office.api.models import KeyScope
    from alcance.office.register.models import Site

    # A ministry's key would need a second factor.
    person = Person.objects.filter(organisation__role=Role.PROVIDER).order_by("pk")[0]
    key, text = make_key(person, "bench", KeyScope.READ, at=timezone.now())
    rows: list[dict[str, Any]] = []
    print(f"{'':24}{'req/s':>8}{'p50 ms':>8}{'p95 ms':>8}{'CPU s':>8}{'kB':>8}  statuses")
    with served(threads) as (port, pid):
        for name, (paths, head) in cases(text).items():
            if only and name not in only:
                continue
            before = cpu_s(pid)
            row = {"case": name, **measure(port, paths, seconds, head=head), "cpu_s": round(cpu_s(pid) - before, 1)}
            rows.append(row)
            print(
                f"{name:24}{row['rps']:8,}{row['p50_ms']:8}{row['p95_ms']:8}{row['cpu_s']:8}{row['kB']:8}"
                f"  {row['statuses']}"
            )
        keys = list(Site.objects.filter(merged_into=None).order_by("pk").values_list("key", flat=True))
        for name, reader in (("GDAL", by_gdal), ("QGIS", by_qgis)):
            if only and name not in only:
                continue
            before = cpu_s(pid)
            found = reader(f"http://127.0.0.1:{port}/ogc")
            if found is None:
                print(f"{name} skipped: there is none on this machine")
                continue
            row = {
                "case": f"{name} reads every site", "features": len(found[1]), "seconds": found[0],
                "in_order": found[1] == keys, "cpu_s": round(cpu_s(pid) - before, 1),
            }  # fmt: skip
            rows.append(row)
            print(
                f"{row['case']}: {row['features']:,} in {row['seconds']} s, all and in order: "
                f"{'yes' if row['in_order'] else 'no'}; the server {row['cpu_s']} CPU s of it"
            )
    retire_key(key, at=timezone.now())
    return rows


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--threads", type=int, default=THREADS)
    parser.add_argument("--only", action="append")
    chosen = parser.parse_args()
    main(chosen.seconds, chosen.only, chosen.threads)
