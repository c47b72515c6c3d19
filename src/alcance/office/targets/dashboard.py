"""What the dashboards count: the pipeline, the states, the money, and what is late."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import Count, Sum

from alcance.office.delivery.models import Connection, Contract, Nomination, Payment, Plan, PlannedSite
from alcance.office.register.models import Area, Level, Site, SiteState
from alcance.office.register.models.kinds import PHASES

if TYPE_CHECKING:
    from collections.abc import Mapping

PROVEN = (SiteState.VERIFIED, SiteState.OPERATING, SiteState.DEGRADED)
CLAIMED = (SiteState.INSTALLED,)
# A nomination that waits longer than this is late.
NOMINATION_DAYS = 90


@dataclass(frozen=True)
class StateRow:
    """A state of the country: its sites, how many are only claimed and how many proven."""

    code: str
    name: str
    sites: int
    claimed: int
    proven: int


@dataclass(frozen=True)
class Money:
    """Amounts of the newest plan and of all contracts."""

    currency: str
    planned_capex: Decimal
    planned_opex_year: Decimal
    contracted: Decimal
    paid: Decimal


@dataclass(frozen=True)
class Late:
    """What is late: how many, and where they are listed."""

    name: str
    count: int
    href: str


def by_state() -> list[StateRow]:
    """Every state with sites, in the order of their number."""
    names = dict(Area.objects.filter(level=Level.STATE).values_list("code", "name"))
    rows: dict[str, dict[str, int]] = {}
    counted = Site.objects.filter(merged_into=None).exclude(state=SiteState.RETIRED)
    for code, state, n in counted.values_list("state_code", "state").annotate(n=Count("pk")).order_by():
        rows.setdefault(code, {})[state] = n
    made = [
        StateRow(
            code,
            names.get(code, code),
            sum(states.values()),
            sum(states.get(state, 0) for state in CLAIMED),
            sum(states.get(state, 0) for state in PROVEN),
        )
        for code, states in rows.items()
    ]
    return sorted(made, key=lambda row: (-row.sites, row.code))


def pipeline() -> list[tuple[str, int]]:
    """How many sites are in each phase, in the order of the phases; the first are those registered only."""
    counted = Site.objects.filter(merged_into=None).values_list("state").annotate(n=Count("pk")).order_by()
    states: Mapping[str, int] = dict(counted)
    return [
        ("registered", states.get(SiteState.REGISTERED, 0)),
        *((phase, sum(states.get(state, 0) for state in of)) for phase, of in PHASES.items()),
    ]


def money() -> Money:
    """Planned, contracted and paid."""
    plan = Plan.objects.first()
    planned = PlannedSite.objects.filter(plan=plan).aggregate(capex=Sum("capex_share"), opex=Sum("opex_year_share"))
    zero = Decimal(0)
    return Money(
        currency=plan.currency if plan else "MXN",
        planned_capex=planned["capex"] or zero,
        planned_opex_year=planned["opex"] or zero,
        contracted=Contract.objects.aggregate(sum=Sum("amount"))["sum"] or zero,
        paid=Payment.objects.aggregate(sum=Sum("amount"))["sum"] or zero,
    )


def late(now: dt.datetime, today: dt.date) -> dict[str, Late]:
    """Connections past their day, nominations that wait too long, claims that nobody has verified in a month."""
    undelivered = Connection.objects.filter(
        ended_on=None, contract__deliver_by__lt=today, site__state__in=(SiteState.CONTRACTED, SiteState.ORDERED)
    )
    waiting = Nomination.objects.filter(closed_at=None, nominated_at__lt=now - dt.timedelta(days=NOMINATION_DAYS))
    unproven = Connection.objects.filter(
        ended_on=None, site__state=SiteState.INSTALLED, installed_on__lt=today - dt.timedelta(days=30)
    )
    return {
        "undelivered": Late("undelivered", undelivered.count(), "/connections/?late=1"),
        "unproven": Late("unproven", unproven.count(), "/connections/?state=installed"),
        "waiting": Late("waiting", waiting.count(), "/nominations/"),
    }
