"""The register of the example: the pack's sites, brought in as a file by the ministry as any other would be."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from alcance.office.register.imports.whole_file import import_file
from alcance.office.register.models import Area, Level, Site

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from alcance.office.running.demo.cast import Cast
    from alcance.pack import Pack

# Whose sites a kind is; public spaces have no host.
_HOSTS = {"school": "educacion", "hospital": "salud", "clinic": "salud"}
# Of those who live beside a public space so many use it in a year.
_OF_THE_PEOPLE = 3
_MOST_USERS = 10_000


def register_sites(
    pack: Pack, cast: Cast, at: dt.datetime, tell: Callable[[int, int, str], None] = lambda *_: None
) -> int:
    """Take the pack's sites into the register, and return how many there are."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "sitios-de-ejemplo.parquet"
        _table(pack, cast).to_parquet(file, index=False)
        import_file(file, cast["ministerio"], at=at, approve=True, tell=tell)
    return Site.objects.count()


def _table(pack: Pack, cast: Cast) -> pd.DataFrame:
    sites = pack.table("sites").sort_values("site_id")
    people = dict(Area.objects.filter(level=Level.LOCALITY).order_by("code").values_list("code", "people"))
    users = (sites["locality_id"].map(people).astype("Float64") // _OF_THE_PEOPLE).clip(upper=_MOST_USERS)
    hosts = {kind: code for kind, code in _HOSTS.items() if code in cast.people}
    return pd.DataFrame(
        {
            "key": sites["key"].where(sites["key"].notna(), sites["site_id"]).astype(str),
            "key_scheme": sites["key_scheme"].where(sites["key_scheme"].notna(), "alcance").astype(str),
            "name": sites["name"].astype(str).str[:200],
            "kind": sites["kind"].astype(str),
            "lon": sites["lon"].astype(float).round(6),
            "lat": sites["lat"].astype(float).round(6),
            "municipality": sites["admin_id"].astype(str),
            "locality_id": sites["locality_id"],
            "users": users.astype("Int64"),
            "electricity": "yes",
            "host": sites["kind"].astype(str).map(hosts),
        }
    )
