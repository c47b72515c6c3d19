"""Sites with the connection in force: the one source of how a site is connected and how fast, wherever it is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Case, FilteredRelation, Q, When
from django.db.models.functions import Coalesce

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from alcance.office.register.models import Site


def in_force(sites: QuerySet[Site]) -> QuerySet[Site]:
    """Sites with `now`, the connection in force, `technology_now` and `speed_now`, its contracted speed.

    The technology is what the provider says that stands there, else what was agreed. Where no connection is in force,
    both are what the register knows of a service from elsewhere; None, or an empty text, where it knows of none.
    """
    return sites.annotate(
        now=FilteredRelation("connections", condition=Q(connections__ended_on=None)),
        technology_now=Case(
            When(now__claimed_mbps__isnull=False, then="now__claimed_technology"),
            default=Coalesce("now__technology", "technology"),
        ),
        speed_now=Coalesce("now__mbps", "speed_mbps"),
    )
