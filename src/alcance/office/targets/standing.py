"""How things stood on any day: the state of each site by the log of its life, so that a figure can be made again."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from alcance.office.delivery.models import Inspection, Transition
from alcance.office.register.models import Area, Level, Site, SiteState
from alcance.office.targets.models import Definition

if TYPE_CHECKING:
    from numpy.typing import NDArray

_READ_AT_ONCE = 20_000
_ORDER = (SiteState.CONTRACTED, SiteState.ORDERED)
_SERVED = (SiteState.INSTALLED, SiteState.VERIFIED, SiteState.OPERATING, SiteState.DEGRADED, SiteState.DOWN)
#: States in which a site counts, by the least state of a definition. One that is down does not count as verified.
COUNTED = {
    Definition.Least.PLANNED: (SiteState.PLANNED, *_ORDER, *_SERVED),
    Definition.Least.INSTALLED: _SERVED,
    Definition.Least.VERIFIED: (SiteState.VERIFIED, SiteState.OPERATING, SiteState.DEGRADED),
}


@dataclass(frozen=True)
class Register:
    """The sites that are not merged, by id: state_code, municipality, kind, quintile, lon, lat.

    `log` holds every step of their lives in the order of time: site_id, at, after.
    """

    sites: pd.DataFrame
    log: pd.DataFrame


def read_register() -> Register:
    """Read sites and steps."""
    quintile = dict(Area.objects.filter(level=Level.MUNICIPALITY).values_list("code", "need_quintile"))
    columns = ("id", "state_code", "municipality", "kind", "lon", "lat")
    rows = Site.objects.filter(merged_into=None).order_by("pk").values_list(*columns)
    sites = pd.DataFrame(list(rows.iterator(_READ_AT_ONCE)), columns=list(columns)).set_index("id")
    sites["quintile"] = sites["municipality"].map(quintile)
    steps = Transition.objects.filter(site__merged_into=None).order_by("at", "pk").values_list("site", "at", "after")
    log = pd.DataFrame(list(steps.iterator(_READ_AT_ONCE)), columns=["site_id", "at", "after"])
    log["at"] = pd.to_datetime(log["at"], utc=True)
    return Register(sites, log)


def states_on(register: Register, day: dt.date) -> pd.Series[Any]:
    """The state of every site at the end of a day (UTC); registered where nothing had happened yet."""
    until = pd.Timestamp(day, tz="UTC") + pd.Timedelta(days=1)
    last = register.log[register.log["at"] < until].groupby("site_id", sort=False)["after"].last()
    return last.reindex(register.sites.index).fillna(SiteState.REGISTERED.value)


def connected_on(register: Register, definition: Definition, day: dt.date) -> NDArray[np.bool_]:
    """Which sites count as connected by a definition at the end of a day, in the order of `register.sites`."""
    counted = states_on(register, day).isin([state.value for state in COUNTED[Definition.Least(definition.least)]])
    if definition.within_days is not None:
        counted &= counted.index.isin(_found_working(definition, day))
    return np.asarray(counted, dtype=bool)


def _found_working(definition: Definition, day: dt.date) -> list[int]:
    """Sites that an inspection or a probe found working in the days before, at the speed that is asked for."""
    from alcance.office.service.evidence import summaries

    until = dt.datetime.combine(day, dt.time(), dt.UTC) + dt.timedelta(days=1)
    days = int(definition.within_days or 0)
    least = definition.min_mbps or 0.0
    seen = Inspection.objects.filter(at__gte=until - dt.timedelta(days=days), at__lt=until, works=True)
    if least:
        seen = seen.filter(down_mbps__gte=least)
    measured = summaries(until, days)
    good = measured[(measured["availability"] > 0) & (measured["down_mbps"].fillna(0.0) >= least)]
    return sorted({*seen.values_list("site", flat=True), *good["site_id"].astype(int)})
