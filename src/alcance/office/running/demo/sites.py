"""The register of the example: the pack's sites, each with the institution that hosts it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import h3
from simple_history.utils import bulk_create_with_history

from alcance.office.register.models import Area, Level, Site

if TYPE_CHECKING:
    from alcance.office.running.demo.cast import Cast
    from alcance.pack import Pack

CELL_RESOLUTION = 9
# Whose sites a kind is; public spaces have no host.
_HOSTS = {"school": "educacion", "hospital": "salud", "clinic": "salud"}


def register_sites(pack: Pack, cast: Cast) -> int:
    """Take the pack's sites into the register, and return how many there are."""
    localities = dict(Area.objects.filter(level=Level.LOCALITY).order_by("code").values_list("code", "people"))
    towns = dict(Area.objects.filter(level=Level.MUNICIPALITY).order_by("code").values_list("code", "parent_id"))
    made = []
    for row in pack.table("sites").sort_values("site_id").itertuples(index=False):
        host = cast.people.get(_HOSTS.get(str(row.kind), ""))
        key = row.key if isinstance(row.key, str) else row.site_id
        locality = row.locality_id if row.locality_id in localities else None
        made.append(
            Site(
                key=str(key),
                key_scheme=row.key_scheme if isinstance(row.key_scheme, str) else "pack",
                name=str(row.name)[:200],
                kind=str(row.kind),
                host=None if host is None else host.organisation,
                lon=round(float(row.lon), 6),
                lat=round(float(row.lat), 6),
                municipality_id=str(row.admin_id),
                locality_id=locality,
                state_code=towns[str(row.admin_id)] or "",
                cell=h3.str_to_int(h3.latlng_to_cell(row.lat, row.lon, CELL_RESOLUTION)),
                # A public space is used by those who live there, of whom some come in a year.
                users=min((localities.get(locality or "") or 0) // 3, 10_000) or None,
                electricity=True,
            )
        )
    reason = "ejemplo: del paquete del país"
    bulk_create_with_history(made, Site, batch_size=500, default_change_reason=reason)
    return len(made)
