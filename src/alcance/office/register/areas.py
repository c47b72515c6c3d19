"""Areas of the register from a country pack: states, municipalities and localities, with people and need."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np
import shapely
from django.db import transaction

from alcance.office.register.models import Area, AreaLoad, Level

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from alcance.pack import Pack

_FIELDS = ("level", "name", "parent_id", "people", "need", "need_quintile", "lon", "lat", "boundary")


def load_areas(pack: Pack) -> int:
    """Take the areas of a pack into the register, anew or over those that are there; return how many there are.

    A locality has the need of its municipality, for none is known for itself.
    """
    admin, localities = pack.table("admin"), pack.table("localities")
    lowest = admin[admin["level"] == admin["level"].max()]
    fifth = dict(zip(lowest["admin_id"], need_quintiles(lowest["need_index"], lowest["people"]), strict=True))
    need = dict(zip(admin["admin_id"], admin["need_index"], strict=True))
    admin = admin.sort_values(["level", "admin_id"])
    outlines = admin["geometry"].to_numpy()
    points = shapely.point_on_surface(outlines)
    areas = [
        Area(
            code=str(row.admin_id),
            level=Level.STATE if row.level == 1 else Level.MUNICIPALITY,
            name=str(row.name),
            parent_id=row.parent_id if isinstance(row.parent_id, str) else None,
            people=_whole(row.people),
            need=_number(row.need_index),
            need_quintile=fifth.get(row.admin_id),
            lon=round(point.x, 6),
            lat=round(point.y, 6),
            boundary=shapely.to_wkb(outline),
        )
        for row, point, outline in zip(admin.itertuples(index=False), points, outlines, strict=True)
    ]
    areas += [
        Area(
            code=str(row.locality_id),
            level=Level.LOCALITY,
            name=str(row.name),
            parent_id=str(row.admin_id),
            people=_whole(row.people),
            need=_number(need.get(row.admin_id)),
            need_quintile=fifth.get(row.admin_id),
            lon=_number(row.lon),
            lat=_number(row.lat),
        )
        for row in localities.sort_values("locality_id").itertuples(index=False)
    ]
    with transaction.atomic():
        Area.objects.bulk_create(
            areas, batch_size=500, update_conflicts=True, unique_fields=["code"], update_fields=_FIELDS
        )
        AreaLoad.objects.create(digest=_digest(areas), areas=len(areas))
    return len(areas)


def areas_digest() -> str:
    """The digest of the areas that were taken in last; another where anything about them is."""
    return AreaLoad.objects.values_list("digest", flat=True).first() or ""


def _digest(areas: list[Area]) -> str:
    digest = hashlib.sha256()
    for area in areas:
        digest.update(repr([area.code, *(getattr(area, name) for name in _FIELDS if name != "boundary")]).encode())
        digest.update(area.boundary or b"")
    return digest.hexdigest()


def need_quintiles(need: pd.Series, people: pd.Series) -> NDArray[np.int64]:
    """The fifth of the people, by need, that each area belongs to: 5 the neediest, 1 the least needy.

    Areas are ordered by need and dealt out so that each fifth holds about a fifth of the people. One whose need is
    unknown counts as 1, so that nobody gains by a missing figure.
    """
    weight = people.fillna(0).to_numpy(dtype=float)
    order = np.argsort(need.fillna(-np.inf).to_numpy(dtype=float), kind="stable")
    upto = np.cumsum(weight[order]) - weight[order] / 2
    total = weight.sum()
    fifth = np.ones(len(order), dtype=np.int64)
    if total > 0:
        fifth[order] = np.minimum((5 * upto / total).astype(np.int64), 4) + 1
    fifth[need.isna().to_numpy()] = 1
    return fifth


def _number(value: object) -> float | None:
    return None if value is None or value != value else float(value)  # type: ignore[arg-type]  # noqa: PLR0124


def _whole(value: object) -> int | None:
    number = _number(value)
    return None if number is None else int(number)
