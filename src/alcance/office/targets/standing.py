"""How things stood on any day: the state of each site by the log of its life, so that a figure can be made again."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from django.utils import timezone

from alcance.office.delivery.models import Inspection, Transition
from alcance.office.register.models import Area, Level, Site, SiteState
from alcance.office.register.models.kinds import PROVEN
from alcance.office.targets.models import Definition

if TYPE_CHECKING:
    from numpy.typing import NDArray

_READ_AT_ONCE = 20_000
NEVER = np.iinfo(np.int64).max
_ORDER = (SiteState.CONTRACTED, SiteState.ORDERED)
_SERVED = (SiteState.INSTALLED, SiteState.VERIFIED, SiteState.OPERATING, SiteState.DEGRADED, SiteState.DOWN)
#: States in which a site counts, by the least state of a definition. One that is down does not count as verified.
COUNTED = {
    Definition.Least.PLANNED: (SiteState.PLANNED, *_ORDER, *_SERVED),
    Definition.Least.INSTALLED: _SERVED,
    Definition.Least.VERIFIED: (*PROVEN, SiteState.DEGRADED),
}


@dataclass(frozen=True)
class Register:
    """The sites that are not merged, by id: state_code, municipality, kind, quintile, lon, lat.

    `log` holds every step of their lives in the order of time: position (of the site), since, until (when the next
    step was taken; `NEVER` while there is none) [µs since 1970, UTC], after (a category).
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
    return Register(sites, _in_force(log, sites.index))


def _in_force(log: pd.DataFrame, sites: pd.Index[Any]) -> pd.DataFrame:
    """From when until when each step says how a site stands; `log` is in the order of time."""
    position = sites.get_indexer(pd.Index(log["site_id"]))
    since = pd.to_datetime(log["at"], utc=True).dt.as_unit("us").astype("int64").to_numpy()
    until = np.full(len(log), NEVER)
    by_site = np.argsort(position, kind="stable")
    followed = position[by_site[:-1]] == position[by_site[1:]]
    until[by_site[:-1][followed]] = since[by_site[1:][followed]]
    after = pd.Categorical(log["after"], categories=SiteState.values)
    return pd.DataFrame({"position": position, "since": since, "until": until, "after": after})


def end_of(day: dt.date) -> dt.datetime:
    """The moment at which a day ends where the office is."""
    return timezone.make_aware(dt.datetime.combine(day + dt.timedelta(days=1), dt.time()))


def states_on(register: Register, day: dt.date) -> pd.Series[Any]:
    """The state of every site at the end of a day; registered where nothing had happened yet."""
    log = register.log[_stands(register, day)]
    states = np.full(len(register.sites), SiteState.REGISTERED.value, dtype=object)
    states[log["position"].to_numpy()] = log["after"].to_numpy(dtype=object)
    return pd.Series(states, index=register.sites.index)


def known_on(register: Register, day: dt.date) -> NDArray[np.bool_]:
    """Which sites had come into the register by the end of a day, in the order of `register.sites`."""
    later = Site.history.filter(history_type="+", history_date__gte=end_of(day)).values_list("id", flat=True)
    known = ~register.sites.index.isin(list(later.iterator(_READ_AT_ONCE)))
    # Whatever its history says: of what had been led on by then it was known.
    known[register.log["position"].to_numpy()[_stands(register, day)]] = True
    return np.asarray(known, dtype=bool)


def _stands(register: Register, day: dt.date) -> NDArray[np.bool_]:
    end = round(end_of(day).timestamp() * 1e6)
    since, until = register.log["since"].to_numpy(), register.log["until"].to_numpy()
    return np.asarray((since < end) & (until >= end), dtype=bool)


def connected_on(register: Register, definition: Definition, day: dt.date) -> NDArray[np.bool_]:
    """Which sites count as connected by a definition at the end of a day, in the order of `register.sites`."""
    wanted = [SiteState.values.index(state) for state in COUNTED[Definition.Least(definition.least)]]
    stands = _stands(register, day) & np.isin(register.log["after"].cat.codes.to_numpy(), wanted)
    counted = np.zeros(len(register.sites), dtype=bool)
    counted[register.log["position"].to_numpy()[stands]] = True
    if definition.within_days is not None:
        counted &= register.sites.index.isin(_found_working(definition, day))
    return counted


def _found_working(definition: Definition, day: dt.date) -> list[int]:
    """Sites that an inspection or a probe found working in the days before, at the speed that is asked for."""
    from alcance.office.service.evidence import summaries

    until = end_of(day)
    days = int(definition.within_days or 0)
    least = definition.min_mbps or 0.0
    seen = Inspection.objects.filter(at__gte=until - dt.timedelta(days=days), at__lt=until, works=True)
    if least:
        seen = seen.filter(down_mbps__gte=least)
    measured = summaries(until, days)
    good = measured[(measured["availability"] > 0) & (measured["down_mbps"].fillna(0.0) >= least)]
    return sorted({*seen.values_list("site", flat=True), *good["site_id"].astype(int)})
