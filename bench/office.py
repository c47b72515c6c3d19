"""The office with 250,000 sites: pages, API, exports, map and import, on SQLite in a temporary folder.

python -m bench --only office --nation FOLDER

The areas are those of `FOLDER` (packs/README.md), the sites are invented (`bench.office_fill`).
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

from bench.alone import alone

SITES = 250_000


def main(tables: Path, sites: int = SITES) -> dict[str, Any]:
    """Measure each in turn; the load comes from this process, tiles, files and import have processes of their own."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["ALCANCE_OFFICE_DIR"] = folder
        os.environ["DJANGO_SETTINGS_MODULE"] = "alcance.office.settings"
        import django

        django.setup()
        from django.core.management import call_command

        from bench import office_api, office_csv, office_load, office_map

        call_command("migrate", verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        result: dict[str, Any] = {"filled": alone("office_fill", "fill_here", tables=str(tables), sites=sites)}
        print(result["filled"])
        result["tiles"] = alone("office_map", "build")
        print("tiles", result["tiles"])
        with office_load.served() as (port, _):
            result["first_view"] = office_map.first_view(f"http://127.0.0.1:{port}")
        print("first view", result["first_view"])
        result["pages"] = office_load.main()
        result["api"] = office_api.main()
        result["files"] = office_csv.main()
    result["import"] = alone("office_import", "measure", rows=sites)
    print("import", result["import"])
    return result
