"""The page of a site: its facts put into words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from django.utils import timezone, translation
from django.utils.translation import ngettext

from alcance.office.delivery.claims import against_agreed, days_late
from alcance.office.delivery.models import LotState
from alcance.office.public.labels import Labels, labels
from alcance.office.public.rendering import content, counted, date
from alcance.office.public.site_facts import SiteFacts
from alcance.office.register.models import SiteState
from alcance.office.register.models.kinds import PHASES
from alcance.office.web.figures import number

if TYPE_CHECKING:
    import datetime as dt

_PHASE_OF = {state.value: phase for phase, states in PHASES.items() for state in states}
_ORDER = list(PHASES)


class Phase(NamedTuple):
    """A phase as the line above the page shows it."""

    name: str
    here: bool
    style: str


class Proof(NamedTuple):
    """A piece of evidence, and where on the page it stands."""

    words: str
    href: str


def site_content(facts: SiteFacts, now: dt.datetime) -> str:
    """Return the page of a site without its frame, in the language that is active."""
    site, connection = facts.site, facts.connection
    named = labels(translation.get_language() or "en")
    late = days_late(connection, timezone.localdate(now)) if connection else 0
    people = site.locality_people
    return content(
        "site.html",
        {
            "site": site,
            "now": now,
            "named": named,
            "kind_name": named.kind[site.kind],
            "last": facts.transitions[0] if facts.transitions else None,
            "late_words": counted(ngettext("%(count)s day late", "%(count)s days late", late), late) if late else "",
            "phase_list": _phases(site.state, named),
            "quintile_name": named.quintile.get(site.municipality_need_quintile, ""),
            "people_words": ""
            if people is None
            else counted(ngettext("%(count)s person", "%(count)s people", people), people),
            "merged": facts.merged,
            "place_words": named.outline % {"municipality": site.municipality_name},
            "coordinates": f"{site.lat:.5f}, {site.lon:.5f}",
            "connection": connection,
            "differs": against_agreed(connection),
            "past": [row for row in facts.connections if row.ended_on is not None],
            "open_lots": [row for row in facts.lots if row.lot_state in (LotState.PUBLISHED, LotState.OPENED)],
            "planned": facts.planned,
            "reason_words": named.language.name("reason", facts.planned.reason) if facts.planned else "",
            "inspections": facts.inspections,
            "probe_words": _probes(facts.probes),
            "photos": facts.photos,
            "transitions": [(row, _proofs(row, named)) for row in facts.transitions],
            "challenges": facts.challenges,
        },
    )


def _phases(state: str, named: Labels) -> list[Phase]:
    """The five phases with those that the site has passed; none where it stands outside them."""
    if state not in _PHASE_OF and state != SiteState.REGISTERED:
        return []
    here = _ORDER.index(_PHASE_OF[state]) if state in _PHASE_OF else -1
    return [
        Phase(named.phase[phase], number == here, "done" if number < here else "here" if number == here else "")
        for number, phase in enumerate(_ORDER)
    ]


def _probes(probes: Any) -> str:
    if probes is None or not probes.probes:
        return ""
    if probes.heard_at is None:
        silent = ngettext(
            "%(count)s probe measures here; nothing has been heard of it yet.",
            "%(count)s probes measure here; nothing has been heard of them yet.",
            probes.probes,
        )
        return counted(silent, probes.probes)
    words = ngettext(
        "%(count)s probe measures here; last heard of on %(date)s.",
        "%(count)s probes measure here; last heard of on %(date)s.",
        probes.probes,
    )
    return words % {
        "count": number(probes.probes),
        "date": date(probes.heard_at),
    }


def _proofs(transition: Any, named: Labels) -> list[Proof]:
    return [
        Proof(named.evidence.get(kind, kind), f"#inspection-{value}" if kind == "inspection" else "")
        for kind, value in sorted(transition.evidence.items())
    ]
