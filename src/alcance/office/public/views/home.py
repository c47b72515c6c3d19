"""The first page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Sum
from django.shortcuts import render

from alcance.office.public.filters import SiteFilter
from alcance.office.public.totals import headline, kept, listed, over, tally
from alcance.office.public.words import PHASE_MEANS, PHASE_NAMES
from alcance.office.register.models import Area, Level
from alcance.office.register.models.kinds import PHASES
from alcance.office.web.errors import require

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


def home(request: HttpRequest) -> HttpResponse:
    """What the programme is, how far it has come, and the ways in."""
    require(request, "site", "view")
    everything = SiteFilter()
    counts = tally(everything, "state_code", "state")
    by_state = over(counts, 1)
    totals = {
        phase: listed(everything.but(phase=phase), sum(by_state[state] for state in states))
        for phase, states in PHASES.items()
    }
    largest = max(1, *(total.count for total in totals.values()))
    phases = [
        {
            "name": PHASE_NAMES[phase],
            "means": PHASE_MEANS[phase],
            "total": total,
            "share": round(100 * total.count / largest),
        }
        for phase, total in totals.items()
    ]
    context = {
        "headline": headline(everything, by_state),
        "phases": phases,
        "people": kept(
            "people", lambda: Area.objects.filter(level=Level.STATE).aggregate(people=Sum("people"))["people"]
        ),
    }
    return render(request, "public/home.html", context)
