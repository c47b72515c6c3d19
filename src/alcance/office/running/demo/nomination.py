"""The first act: the committee nominates the neediest, and the ministry approves most of them."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from alcance.office.delivery.deeds import nominations
from alcance.office.register.models import Site
from alcance.office.running.demo.story import DAY

if TYPE_CHECKING:
    import datetime as dt

    from alcance.office.delivery.models import Nomination
    from alcance.office.running.demo.story import Story

#: How many sites each round nominates, and how many days ago; the third is too late for the plan, the last waits.
ROUNDS = ((900, 620), (700, 540), (250, 60), (500, 20))
DECIDED_AFTER_DAYS = 25
BIG_SCHOOL, BIG_SCHOOL_USERS = "escuela con más de 100 alumnos", 100
NEEDY, NEEDIEST_QUINTILE = "municipio de muy alto grado de marginación", 5
OTHER_REASONS = ("sin cobertura móvil en la localidad", "acuerdo de la asamblea comunitaria")
REFUSED = "ya hay servicio de fibra en la localidad"
WITHDRAWN = "la comunidad pidió esperar"


def nominate(story: Story) -> None:
    """Enter the rounds into the calendar; the last one waits for the ministry."""
    rounds = [(story.scaled(count), days_ago) for count, days_ago in ROUNDS]
    chosen = _neediest(story, sum(count for count, _ago in rounds))
    first = 0
    for count, days_ago in rounds:
        sites = chosen[first : first + count]
        first += count
        story.calendar.at(story.ago(days_ago), functools.partial(_round, story, sites))


def _neediest(story: Story, count: int) -> list[Site]:
    """Every school and clinic there is, then public spaces of the neediest municipalities."""
    sites = list(
        Site.objects.filter(state_code=story.state_code, state="registered")
        .select_related("municipality", "locality")
        .order_by("key", "pk")
    )
    sites.sort(
        key=lambda site: (
            site.kind == "public_space",
            -(site.municipality.need_quintile or 0),
            -(site.users or 0),
            site.key,
        )
    )
    return sites[:count]


def _round(story: Story, sites: list[Site], at: dt.datetime) -> None:
    by_reason: dict[str, list[Site]] = {}
    for number, site in enumerate(sites):
        by_reason.setdefault(_reason(site, number // 60), []).append(site)
    made: list[Nomination] = []
    for reason, some in sorted(by_reason.items()):
        made += nominations.nominate(some, story.cast["comite"], at=at, reason=reason)
    wanted = [one for one in made if story.chance.random() > 0.02]
    kept = {one.pk for one in wanted}
    taken_back = [one for one in made if one.pk not in kept]
    story.calendar.at(
        at + 4 * DAY,
        lambda later: nominations.close("withdraw", taken_back, story.cast["comite"], at=later, reason=WITHDRAWN),
    )
    refused = [one for one in wanted if story.chance.random() < 0.03]
    kept -= {one.pk for one in refused}
    approved = [one for one in wanted if one.pk in kept]
    story.calendar.at(at + DECIDED_AFTER_DAYS * DAY, lambda later: _decide(story, approved, refused, later))


def _reason(site: Site, turn: int) -> str:
    """One of the reasons that are true of a site, each in its turn."""
    reasons = list(OTHER_REASONS)
    if site.kind == "school" and (site.users or 0) > BIG_SCHOOL_USERS:
        reasons.append(BIG_SCHOOL)
    if site.municipality.need_quintile == NEEDIEST_QUINTILE:
        reasons.append(NEEDY)
    return reasons[turn % len(reasons)]


def _decide(story: Story, approved: list[Nomination], refused: list[Nomination], at: dt.datetime) -> None:
    ministry = story.cast["ministerio"]
    nominations.close("approve", approved, ministry, at=at)
    nominations.close("refuse", refused, ministry, at=at, reason=REFUSED)
