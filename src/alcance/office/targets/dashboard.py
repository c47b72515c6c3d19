"""What the dashboards count: the pipeline, the states, the money, and what is late."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import Count, Sum

from alcance.office.delivery.claims import claim
from alcance.office.delivery.models import Connection, Contract, Nomination, Payment, Plan, PlannedSite, Transition
from alcance.office.public.filters import SiteFilter
from alcance.office.public.models.challenge import OPEN, Challenge
from alcance.office.register.models import Area, Level, Site, SiteState
from alcance.office.register.models.kinds import PHASES, PROVEN
from alcance.office.targets.standing import end_of

if TYPE_CHECKING:
    from collections.abc import Mapping

CLAIMED = (SiteState.INSTALLED,)
# A nomination that waits longer than this is late.
NOMINATION_DAYS = 90
FLOW_DAYS = 30


@dataclass(frozen=True)
class StateRow:
    """A state of the country: its sites, how many are only claimed and how many proven."""

    code: str
    name: str
    sites: int
    claimed: int
    proven: int


@dataclass(frozen=True)
class Phase:
    """A phase: the sites in it, and how many came and left in the last `FLOW_DAYS`."""

    name: str
    sites: int
    came: int
    went: int


@dataclass(frozen=True)
class Money:
    """Amounts in one currency: of the newest plan of each pack, and of all contracts."""

    currency: str
    planned_capex: Decimal = Decimal(0)
    planned_opex_year: Decimal = Decimal(0)
    contracted: Decimal = Decimal(0)
    paid: Decimal = Decimal(0)

    @property
    def has_amounts(self) -> bool:
        """Whether there is anything but zeros to be told."""
        return any((self.planned_capex, self.planned_opex_year, self.contracted, self.paid))


@dataclass(frozen=True)
class Late:
    """What is late: how many, and where they are listed."""

    name: str
    count: int
    href: str


def by_state(counted: Mapping[tuple[str, str], int]) -> list[StateRow]:
    """Every state with sites, in the order of their number.

    Parameters
    ----------
    counted
        How many sites stand how, by key of their state of the country and state of their life.
    """
    names = dict(Area.objects.filter(level=Level.STATE).values_list("code", "name"))
    rows: dict[str, dict[str, int]] = {}
    for (code, state), n in counted.items():
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


def pipeline(counted: Mapping[tuple[str, str], int], as_of: dt.date) -> list[Phase]:
    """The phases in their order, before them the sites that are registered only."""
    states: Counter[str] = Counter()
    for (_code, state), n in counted.items():
        states[state] += n
    phase_of = {state.value: phase for phase, some in PHASES.items() for state in some}
    end = end_of(as_of)
    steps = (
        Transition.objects.filter(at__gte=end - dt.timedelta(days=FLOW_DAYS), at__lt=end, site__merged_into=None)
        .values_list("before", "after")
        .annotate(n=Count("pk"))
        .order_by()
    )
    came: Counter[str] = Counter()
    went: Counter[str] = Counter()
    for before, after, n in steps:
        left, entered = (phase_of.get(state, state) for state in (before, after))
        if left != entered:
            came[entered] += n
            went[left] += n
    phases = {"registered": (SiteState.REGISTERED,), **PHASES}
    return [
        Phase(name, sum(states[state.value] for state in some), came[name], went[name]) for name, some in phases.items()
    ]


def counted_now() -> dict[tuple[str, str], int]:
    """How many sites stand how now, by key of their state of the country and state of their life."""
    rows = Site.objects.filter(merged_into=None).values_list("state_code", "state").annotate(n=Count("pk")).order_by()
    return {(code, state): n for code, state, n in rows}


def money(as_of: dt.date) -> list[Money]:
    """Planned by the newest plan of each pack, contracted and paid up to a day: by currency, contracts first."""
    newest: dict[str | None, tuple[int, str]] = {}
    plans = Plan.objects.filter(imported_at__lt=end_of(as_of)).values_list("summary__pack__name", "pk", "currency")
    for pack, pk, currency in plans:
        newest.setdefault(pack, (pk, currency))
    rows: dict[str, dict[str, Decimal]] = {currency: {} for _pk, currency in newest.values()}
    planned = PlannedSite.objects.filter(plan__in=[pk for pk, _currency in newest.values()]).order_by()
    sums = planned.values_list("plan__currency").annotate(capex=Sum("capex_share"), opex=Sum("opex_year_share"))
    for currency, capex, opex in sums:
        rows[currency] = {"planned_capex": capex, "planned_opex_year": opex}
    contracts, payments = Contract.objects.filter(signed_on__lte=as_of), Payment.objects.filter(paid_on__lte=as_of)
    for name, amounts, column in (("contracted", contracts, "currency"), ("paid", payments, "contract__currency")):
        for currency, amount in amounts.values_list(column).annotate(sum=Sum("amount")).order_by(column):
            rows.setdefault(currency, {})[name] = amount
    made = [Money(currency, **amounts) for currency, amounts in rows.items()]
    return sorted(made, key=lambda one: (-one.contracted, -one.planned_capex, one.currency))


def late(now: dt.datetime, today: dt.date) -> dict[str, Late]:
    """Connections past their day, claims that nobody has verified, nominations and corrections that wait."""
    undelivered = Connection.objects.filter(claim("late", today))
    unproven = Connection.objects.filter(claim("unproven", today))
    waiting = Nomination.objects.filter(closed_at=None, nominated_at__lt=now - dt.timedelta(days=NOMINATION_DAYS))
    overdue = Challenge.objects.filter(state__in=OPEN, due_at__lt=now)
    return {
        "undelivered": Late("undelivered", undelivered.count(), SiteFilter(connection="late").href),
        "unproven": Late("unproven", unproven.count(), SiteFilter(connection="unproven").href),
        "waiting": Late("waiting", waiting.count(), "/nominations/"),
        "corrections": Late("corrections", overdue.count(), "/challenges/?state=overdue"),
    }
