"""The first page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Sum
from django.shortcuts import render

from alcance.office.public.filters import SiteFilter
from alcance.office.public.first_steps import first_steps
from alcance.office.public.totals import STAGES, by_stage, headline, kept, over, stage_names, tally
from alcance.office.public.words import STAGE_MEANS
from alcance.office.register.models import Area, Level
from alcance.office.web.errors import require

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


def home(request: HttpRequest) -> HttpResponse:
    """What the programme is, how far it has come, and the ways in."""
    require(request, "site", "view")
    everything = SiteFilter()
    counts = tally(everything, "state_code", "state")
    by_state = over(counts, 1)
    # The columns of tables by phase, in one column here; where a life ends only if one has.
    names = zip(STAGES, stage_names(), by_stage(everything, by_state), strict=False)
    stages = [
        (stage, name, total) for stage, name, total in names if total.count or stage not in ("relocated", "retired")
    ]
    largest = max(1, *(total.count for _stage, _name, total in stages))
    figures = headline(everything, by_state)
    context = {
        "headline": figures,
        "phases": [
            {"name": name, "means": STAGE_MEANS[stage], "total": total, "share": round(100 * total.count / largest)}
            for stage, name, total in stages
        ],
        "people": people_of_the_country() if figures["sites"].count else None,
        "steps": first_steps(request.user) if not figures["sites"].count else None,
    }
    return render(request, "public/home.html", context)


def people_of_the_country() -> int | None:
    """The people of all states."""
    return kept("people", lambda: Area.objects.filter(level=Level.STATE).aggregate(people=Sum("people"))["people"])  # type: ignore[no-any-return]
