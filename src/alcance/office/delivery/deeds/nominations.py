"""Nomination: a committee asks for sites and says which come first; the ministry approves or refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from alcance.office.accounts.refusals import Refused, allow
from alcance.office.delivery.life import move
from alcance.office.delivery.models import Nomination
from alcance.office.register.models import Area

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

    from django.db.models import QuerySet

    from alcance.office.accounts.models import Person
    from alcance.office.register.models import Site


def open_nominations(state_code: str) -> QuerySet[Nomination]:
    """Nominations of a state that wait for the ministry, the first first."""
    waiting = Nomination.objects.filter(state_code=state_code, closed_at=None)
    return waiting.select_related("site", "site__municipality", "committee").order_by("rank", "pk")


@transaction.atomic
def nominate(sites: Sequence[Site], person: Person, *, at: dt.datetime, reason: str = "") -> list[Nomination]:
    """Nominate sites of a committee's state, after those that it has nominated already."""
    move(sites, "nominate", person, at=at, reason=reason)
    for state_code in sorted({site.state_code for site in sites}):
        _hold(state_code)
    last: dict[str, int] = {}
    made = []
    for site in sites:
        if site.state_code not in last:
            last[site.state_code] = open_nominations(site.state_code).aggregate(last=Max("rank"))["last"] or 0
        last[site.state_code] += 1
        made.append(
            Nomination(
                site=site,
                committee=person.acting_for,
                state_code=site.state_code,
                rank=last[site.state_code],
                reason=reason,
                nominated_at=at,
            )
        )
    return Nomination.objects.bulk_create(made, batch_size=500)


@transaction.atomic
def rank(state_code: str, wanted: dict[int, int], person: Person, *, seen: Sequence[int]) -> None:
    """Put a state's open nominations in a new order.

    Parameters
    ----------
    wanted
        The rank wished for, by nomination: who is moved takes that place, and those between make room. Those not named
        keep their place among the others. Ranks are 1, 2, 3 … afterwards.
    seen
        The nominations in the order that the person saw.

    Raises
    ------
    Refused
        Where the order is no longer the one seen.
    """
    _hold(state_code)
    standing = list(open_nominations(state_code))
    for nomination in standing[:1]:
        allow(person, "nomination", "rank", nomination)
    if [nomination.pk for nomination in standing] != list(seen):
        raise Refused(_("the nominations or their order have changed meanwhile; look again"))

    def place(one: Nomination) -> tuple[int, int, int]:
        wish = wanted.get(one.pk, one.rank)
        # Who moves up pushes the one that stands there down; who moves down comes behind it.
        return wish, (wish > one.rank) - (wish < one.rank), one.rank

    _number(sorted(standing, key=place))


def close(name: str, nominations: Sequence[Nomination], person: Person, *, at: dt.datetime, reason: str = "") -> None:
    """Withdraw, approve or refuse nominations (`name` is the transition), and close the ranks behind them.

    Raises
    ------
    Refused
        Where one has been closed already.
    """
    with transaction.atomic():
        if any(nomination.closed_at is not None for nomination in nominations):
            raise Refused(_("one of these nominations has been decided already; look again"))
        move([nomination.site for nomination in nominations], name, person, at=at, reason=reason)
        Nomination.objects.filter(pk__in=[one.pk for one in nominations]).update(closed_at=at)
        for state_code in sorted({nomination.state_code for nomination in nominations}):
            close_ranks(state_code)


def close_ranks(state_code: str) -> None:
    """Number a state's open nominations 1, 2, 3 … again, where some have gone."""
    _hold(state_code)
    _number(open_nominations(state_code))


def _hold(state_code: str) -> None:
    """Keep the ranks of a state from others until the end of the transaction: of two the second sees the first's."""
    Area.objects.select_for_update(no_key=True).filter(pk=state_code).first()


def _number(order: Iterable[Nomination]) -> None:
    """Give nominations the ranks 1, 2, 3 … in this order; only those that move are written."""
    moved = []
    for number, nomination in enumerate(order, start=1):
        if nomination.rank != number:
            nomination.rank = number
            moved.append(nomination)
    Nomination.objects.bulk_update(moved, ["rank"], batch_size=200)
