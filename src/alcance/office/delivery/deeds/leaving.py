"""A site that leaves the way it was on leaves nothing open behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alcance.office.delivery.deeds.nominations import close_ranks
from alcance.office.delivery.models import LotSite, LotState, Nomination

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from alcance.office.register.models import Site

# What is still to be decided, so that a site in it cannot be tendered elsewhere.
OPEN_LOTS = (LotState.DRAFT, LotState.PUBLISHED, LotState.OPENED)
_AT_ONCE = 900


def leave(sites: Sequence[Site], *, at: dt.datetime) -> None:
    """Close the open nominations of sites with the ranks behind them, and withdraw the sites from open lots.

    For sites that were retired, unplanned, merged or served otherwise; within the transaction of that deed.
    """
    for first in range(0, len(sites), _AT_ONCE):
        ids = [site.pk for site in sites[first : first + _AT_ONCE]]
        waiting = Nomination.objects.filter(site__in=ids, closed_at=None)
        states = sorted(set(waiting.values_list("state_code", flat=True)))
        waiting.update(closed_at=at)
        for state_code in states:
            close_ranks(state_code)
        lines = LotSite.objects.filter(site__in=ids, withdrawn_at=None, lot__state__in=OPEN_LOTS)
        LotSite.objects.filter(pk__in=list(lines.values_list("pk", flat=True))).update(withdrawn_at=at)
