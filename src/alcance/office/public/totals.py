"""Figures about sites, each with the address of the list that it counts."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import Count

from alcance.office.delivery.claims import claim
from alcance.office.delivery.models import Connection
from alcance.office.public.filters import SiteFilter
from alcance.office.public.words import CLAIM_NAMES, PHASE_NAMES
from alcance.office.register.models import SiteKind, SiteState
from alcance.office.register.models.kinds import PHASES, PROVEN

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Hashable, Iterable, Mapping

TROUBLED = (SiteState.DEGRADED, SiteState.DOWN)
#: Columns of tables by phase: before it, its phases, and where a life ends.
STAGES: dict[str, tuple[SiteState, ...]] = {
    "registered": (SiteState.REGISTERED,),
    **PHASES,
    "relocated": (SiteState.RELOCATED,),
    "retired": (SiteState.RETIRED,),
}

_kept: dict[Hashable, tuple[float, Any]] = {}
_KEEP_AT_MOST = 2000


@dataclass(frozen=True)
class Total:
    """A figure and the list behind it."""

    count: int
    href: str


def kept(key: Hashable, count: Callable[[], Any]) -> Any:
    """Return a count that is at most `PUBLIC_COUNT_SECONDS` old, so that a crowd of readers asks for it once."""
    seconds = settings.PUBLIC_COUNT_SECONDS
    now = time.monotonic()
    found = _kept.get(key)
    if found is not None and now - found[0] < seconds:
        return found[1]
    value = count()
    if len(_kept) >= _KEEP_AT_MOST:
        _kept.clear()
    _kept[key] = (now, value)
    return value


def listed(chosen: SiteFilter, count: int) -> Total:
    """A count with the list that it counts."""
    return Total(count, chosen.href)


def list_count(chosen: SiteFilter, today: dt.date) -> int:
    """How many sites a list holds."""
    counted: int = kept(("list", chosen.query, today), lambda: chosen.sites(today).count())
    return counted


def tally(chosen: SiteFilter, *columns: str) -> Counter[tuple[Any, ...]]:
    """Count the sites of a list by columns, all that there are."""

    def count() -> Counter[tuple[Any, ...]]:
        rows = chosen.sites().order_by().values_list(*columns).annotate(count=Count("pk"))
        return Counter({tuple(row[:-1]): row[-1] for row in rows})

    counted: Counter[tuple[Any, ...]] = kept(("tally", chosen.query, columns), count)
    return counted


def grouped(counts: Mapping[tuple[Any, ...], int]) -> dict[Any, dict[Any, int]]:
    """Counts by two columns as counts by the second for each of the first."""
    groups: dict[Any, dict[Any, int]] = {}
    for (first, second), count in counts.items():
        groups.setdefault(first, {})[second] = count
    return groups


def over(counts: Mapping[tuple[Any, ...], int], place: int) -> Counter[Any]:
    """Add up counts by one of their columns."""
    added: Counter[Any] = Counter()
    for key, count in counts.items():
        added[key[place]] += count
    return added


def by_stage(chosen: SiteFilter, by_state: Mapping[str, int]) -> list[Total]:
    """Totals of a list in the order of `STAGES`, and their sum at the end."""
    begin = f"{chosen.href}{'&' if chosen.query else '?'}"
    totals = [
        Total(
            sum(by_state.get(state, 0) for state in states),
            f"{begin}{'phase' if stage in PHASES else 'site_state'}={stage}",
        )
        for stage, states in STAGES.items()
    ]
    return [*totals, listed(chosen, sum(by_state.values()))]


def stage_names() -> list[str]:
    """Heads of the columns of `by_stage` but for the sum."""
    return [str(PHASE_NAMES[stage] if stage in PHASES else SiteState(stage).label).capitalize() for stage in STAGES]


def by_kind_and_stage(chosen: SiteFilter, counts: Mapping[tuple[Any, ...], int]) -> list[tuple[str, list[Total]]]:
    """For each kind of site that a list holds its name and its totals by stage; the sum of all at the end.

    Parameters
    ----------
    chosen
        The list.
    counts
        Its `tally` by kind and state.
    """
    groups = grouped(counts)
    rows = [
        (str(kind.label), by_stage(chosen.but(kind=kind), groups[kind.value]))
        for kind in SiteKind
        if kind.value in groups
    ]
    return [*rows, ("", by_stage(chosen, over(counts, 1)))]


def headline(chosen: SiteFilter, by_state: Mapping[str, int]) -> dict[str, Total]:
    """The few totals that matter most of a list."""

    def of(states: Iterable[SiteState]) -> Total:
        names = [state.value for state in states]
        return listed(chosen.but(site_state=",".join(names)), sum(by_state.get(name, 0) for name in names))

    return {
        "sites": listed(chosen, sum(by_state.values())),
        "proven": of(PROVEN),
        "claimed": of((SiteState.INSTALLED,)),
        "troubled": of(TROUBLED),
    }


def by_provider(today: dt.date) -> dict[int, dict[str, int]]:
    """For each provider's id how many of its connections are as `words.CLAIM_NAMES` says."""
    counted: dict[int, dict[str, int]] = kept(
        ("providers", today), lambda: {row.pop("provider"): row for row in _claims("provider", today)}
    )
    return counted


def by_contract(provider_id: int, today: dt.date) -> list[dict[str, int]]:
    """The same for each contract of a provider, with the contract's id as `contract`."""
    return _claims("contract", today, provider=provider_id)


def _claims(column: str, today: dt.date, **of: int) -> list[dict[str, int]]:
    return list(
        Connection.objects.filter(ended_on=None, site__merged_into=None, **of)
        .order_by()
        .values(column)
        .annotate(**{name: Count("pk", filter=claim(name, today)) for name in CLAIM_NAMES})
    )
