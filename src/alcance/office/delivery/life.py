"""The life of a site: which transitions there are, who may make them, and what each must show.

All of it is one table, `life.csv`; nothing else changes the state of a site.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alcance.errors import AlcanceError
from alcance.office.accounts.permissions import may
from alcance.office.accounts.refusals import allow
from alcance.office.delivery.models import Connection, Transition
from alcance.office.register.models import Site, SiteState

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping, Sequence

    from alcance.office.accounts.models import Person

# What a step may have to show, said to people.
EVIDENCE = {
    "connection": gettext_lazy("the connection"),
    "contract": gettext_lazy("the contract"),
    "inspection": gettext_lazy("an inspection"),
    "measurements": gettext_lazy("measurements"),
    "photo": gettext_lazy("a photo"),
    "plan": gettext_lazy("the plan"),
    "reason": gettext_lazy("a reason"),
}
# A statement may carry about a thousand values in any database.
_AT_ONCE = 900


class ImpossibleTransition(AlcanceError):
    """A site cannot go that way from where it is, or without that evidence."""


@dataclass(frozen=True)
class Step:
    """A transition that the table allows.

    Parameters
    ----------
    name
        The verb.
    before, after
        States that it leads from, and the one it leads to.
    kind, action
        The row of the permission table that says who may make it.
    evidence
        What it must show, one of these; "reason" is words. Empty if nothing.
    """

    name: str
    before: tuple[SiteState, ...]
    after: SiteState
    kind: str
    action: str
    evidence: tuple[str, ...]


@cache
def steps() -> dict[str, Step]:
    """Every transition by name, in the order of the table."""
    table = files("alcance.office.delivery").joinpath("life.csv").read_text(encoding="utf-8")
    return {
        row["transition"]: Step(
            name=row["transition"],
            before=tuple(SiteState(state) for state in row["from"].split()),
            after=SiteState(row["to"]),
            kind=row["object"],
            action=row["action"],
            evidence=tuple(name for name in row["evidence"].split("|") if name),
        )
        for row in csv.DictReader(table.splitlines())
    }


def steps_open_to(person: object, site: Site) -> list[Step]:
    """Transitions that somebody may make with a site as it is now, in the order of the table."""
    possible = [step for step in steps().values() if SiteState(site.state) in step.before]
    # Asked of the database once, however many steps there are.
    about = _asked("connection", [site]) if any(step.kind == "connection" for step in possible) else {}
    return [
        step
        for step in possible
        if may(person, step.kind, step.action, about[site.pk] if step.kind == "connection" else site)
    ]


def move(
    sites: Iterable[Site],
    name: str,
    actor: Person,
    *,
    at: dt.datetime,
    evidence: Mapping[str, object] | None = None,
    reason: str = "",
    connections: Mapping[int, Connection] | None = None,
) -> list[Transition]:
    """Lead sites from one state to the next, all of them or none, and record who, when, why and on what evidence.

    Parameters
    ----------
    sites
        Sites as they were read; one that has gone on meanwhile is refused.
    name
        A transition of `life.csv`.
    actor
        Who does it; the table says whether they may.
    at
        When it is done.
    evidence
        Identifiers of what proves it, by kind ("plan", "contract", "photo", "inspection", "measurements").
    reason
        Why, in words.
    connections
        The connection that each site's transition concerns, by the site's id.

    Raises
    ------
    NotAllowed
        Where the actor may not, with one of the sites.
    ImpossibleTransition
        Where a site is in no state that the transition leads from, or the evidence is missing.
    """
    step = steps()[name]
    sites = list(sites)
    shown = {key: value for key, value in (evidence or {}).items() if value}
    connections = connections or {}
    _check(step, sites, actor, shown, reason)
    retired_on = timezone.localdate(at) if step.after == SiteState.RETIRED else None
    records = [
        Transition(
            site=site,
            connection=connections.get(site.pk),
            name=name,
            before=site.state,
            after=step.after,
            actor=actor,
            actor_name=str(actor),
            at=at,
            reason=reason,
            evidence=shown,
        )
        for site in sites
    ]
    with transaction.atomic():
        for first in range(0, len(sites), _AT_ONCE):
            some = sites[first : first + _AT_ONCE]
            # Guarded by the state that was seen: who comes second finds nothing to change.
            for state in sorted({site.state for site in some}):
                ids = [site.pk for site in some if site.state == state]
                changed = Site.objects.filter(pk__in=ids, state=state).update(
                    state=step.after, retired_on=retired_on, version=F("version") + 1, changed_at=at
                )
                if changed != len(ids):
                    raise ImpossibleTransition(
                        _("a site has changed meanwhile and is no longer %(state)s; look again")
                        % {"state": SiteState(state).label}
                    )
        Transition.objects.bulk_create(records, batch_size=500)
    for site in sites:
        site.state, site.retired_on = step.after, retired_on
        site.version += 1
    return records


def _asked(kind: str, sites: Sequence[Site]) -> dict[int, Site | Connection]:
    """What the permission is asked of, by site: its connection that stands, whose provider owns it; else itself."""
    asked: dict[int, Site | Connection] = {site.pk: site for site in sites}
    if kind == "connection":
        for first in range(0, len(sites), _AT_ONCE):
            here = Connection.objects.filter(site__in=sites[first : first + _AT_ONCE], ended_on=None)
            asked |= {one.site_id: one for one in here.select_related("site")}
    return asked


def _check(step: Step, sites: list[Site], actor: Person, shown: Mapping[str, object], reason: str) -> None:
    for site in sites:
        if SiteState(site.state) not in step.before:
            allowed = ", ".join(str(state.label) for state in step.before)
            raise ImpossibleTransition(
                _("%(site)s is %(state)s; this step leads only from: %(states)s")
                % {"site": site, "state": SiteState(site.state).label, "states": allowed}
            )
    for thing in _asked(step.kind, sites).values():
        allow(actor, step.kind, step.action, thing)
    if not step.evidence:
        return
    proven = any(reason.strip() if kind == "reason" else shown.get(kind) for kind in step.evidence)
    if not proven:
        kinds = _(" or ").join(str(EVIDENCE[kind]) for kind in step.evidence)
        raise ImpossibleTransition(_("this step needs %(evidence)s") % {"evidence": kinds})
