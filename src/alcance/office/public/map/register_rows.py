"""What the map shows, read out of the register: sites, areas and the lines of the latest plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from django.db.models import Count, F, Max, Q, Sum

from alcance.office.delivery.deeds.plans import plans_folder
from alcance.office.delivery.in_force import in_force
from alcance.office.delivery.models import Plan
from alcance.office.register.areas import areas_digest
from alcance.office.register.models import Area, Level, Site, SiteState
from alcance.office.register.models.kinds import PROVEN

if TYPE_CHECKING:
    from pathlib import Path

    from django.db.models import QuerySet
    from numpy.typing import NDArray

# Web Mercator ends there.
_MOST_LATITUDE = 85.0511
# Any odd number spreads the ids; this one is 2^32 over the golden ratio.
_SPREAD = 2_654_435_761
_SITE_COLUMNS = ("id", "key", "name", "kind", "state", "technology_now", "lon", "lat", "quintile")


@dataclass(frozen=True)
class Fingerprint:
    """By what one sees that the register is another than the tiles show."""

    sites: int
    versions: int
    newest: int
    areas: str
    plan: str

    @classmethod
    def now(cls) -> Fingerprint:
        """That of the register as it is."""
        found = Site.objects.aggregate(sites=Count("pk"), versions=Sum("version"), newest=Max("pk"))
        return cls(
            sites=found["sites"],
            versions=found["versions"] or 0,
            newest=found["newest"] or 0,
            areas=areas_digest(),
            plan=Plan.objects.values_list("digest", flat=True).first() or "",
        )


def shown_sites() -> QuerySet[Site]:
    """Sites that the map shows: neither retired nor merged into another."""
    return Site.objects.filter(merged_into=None).exclude(state=SiteState.RETIRED)


def site_rows() -> pd.DataFrame:
    """Sites by id, with their place on the square of Web Mercator (0 to 1, from the north-west) and a rank.

    The rank is spread over the ids, so that who stands for a crowd is no matter of who was registered first.
    """
    shown = in_force(shown_sites()).order_by("pk").annotate(quintile=F("municipality__need_quintile"))
    rows = shown.values_list(*_SITE_COLUMNS)
    made = pd.DataFrame.from_records(list(rows.iterator(chunk_size=20_000)), columns=list(_SITE_COLUMNS))
    made = made.rename(columns={"technology_now": "technology"})
    for column in ("id", "lon", "lat"):
        made[column] = made[column].astype("int64" if column == "id" else "float64")
    for column in ("key", "name", "kind", "state", "technology"):
        made[column] = made[column].astype("str")
    made["technology"] = made["technology"].replace("", None)
    made["quintile"] = made["quintile"].astype("Int32")
    made["px"], made["py"] = mercator(made["lon"].to_numpy(), made["lat"].to_numpy())
    made["rank"] = (made["id"].to_numpy().astype(np.uint64) * np.uint64(_SPREAD)) % np.uint64(1 << 32)
    made["place"] = np.arange(len(made), dtype=np.int64)
    return made


def mercator(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Degrees to places on the square of Web Mercator, 0 to just below 1 from the north-west corner."""
    across = lon / 360 + 0.5
    up = np.radians(np.clip(lat, -_MOST_LATITUDE, _MOST_LATITUDE))
    down = 0.5 - np.log(np.tan(up) + 1 / np.cos(up)) / (2 * np.pi)
    return np.clip(across, 0, 1 - 1e-12), np.clip(down, 0, 1 - 1e-12)


def area_rows(level: Level) -> pd.DataFrame:
    """Areas of a level that have an outline: key, name, need, fifth, sites, share of them that is proven, outline."""
    column = "municipality" if level is Level.MUNICIPALITY else "state_code"
    counts = {
        row[0]: row[1:]
        for row in shown_sites().order_by().values_list(column).annotate(
            sites=Count("pk"), proven=Count("pk", filter=Q(state__in=[state.value for state in PROVEN]))
        )
    }  # fmt: skip
    rows = []
    for area in Area.objects.filter(level=level).exclude(boundary=None).order_by("code").iterator(chunk_size=500):
        sites, proven = counts.get(area.code, (0, 0))
        rows.append(
            {
                "code": area.code, "name": area.name, "need": area.need, "quintile": area.need_quintile,
                "sites": sites, "verified": round(proven / sites, 4) if sites else None,
                "lon": area.lon, "lat": area.lat, "outline": bytes(area.boundary or b""),
            }
        )  # fmt: skip
    columns = ["code", "name", "need", "quintile", "sites", "verified", "lon", "lat", "outline"]
    made = pd.DataFrame(rows, columns=columns)
    kinds: dict[str, Any] = {"need": "float64", "verified": "float64", "lon": "float64", "lat": "float64"}
    return made.astype(kinds | {"quintile": "Int32", "sites": "int32"})


def plan_edges() -> Path | None:
    """The lines of the plan that was taken in last; None where there is none."""
    plan = Plan.objects.first()
    path = plans_folder() / plan.folder / "edges.parquet" if plan and plan.folder else None
    return path if path and path.is_file() else None
