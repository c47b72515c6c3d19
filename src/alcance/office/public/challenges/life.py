"""The life of a correction: one table, `life.csv`, says what may be done, by whom, and until when the next step is due.

Nobody is asked to wait for an answer that does not come: once the deadline has passed it may be settled without one.
"""

from __future__ import annotations

import csv
import datetime as dt
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from alcance.errors import AlcanceError
from alcance.office.accounts.permissions import may
from alcance.office.accounts.refusals import NotAllowed
from alcance.office.public.models import Challenge, ChallengeEvent, ChallengeState

if TYPE_CHECKING:
    from alcance.office.accounts.models import Person
    from alcance.office.register.models import Site


class ImpossibleStep(AlcanceError):
    """A correction cannot go that way from where it is, or needs words that are missing."""


@dataclass(frozen=True)
class Step:
    """A step that the table allows.

    Parameters
    ----------
    name
        The verb.
    before
        States that it leads from at any time.
    before_when_late
        States that it leads from once their deadline has passed.
    after
        The state it leads to.
    action
        The row of the permission table, of `challenge`, that says who may take it.
    deadline
        The deadline that begins with it, by the name in `deadline_days`; empty if none.
    """

    name: str
    before: tuple[ChallengeState, ...]
    before_when_late: tuple[ChallengeState, ...]
    after: ChallengeState
    action: str
    deadline: str

    def leads_from(self, challenge: Challenge, now: dt.datetime) -> bool:
        """Whether it may be taken now, whoever takes it."""
        state = ChallengeState(challenge.state)
        return state in self.before or (state in self.before_when_late and is_late(challenge, now))


@cache
def steps() -> dict[str, Step]:
    """Every step by name, in the order of the table."""
    table = files("alcance.office.public.challenges").joinpath("life.csv").read_text(encoding="utf-8")
    return {
        row["step"]: Step(
            name=row["step"],
            before=_states(row["from"]),
            before_when_late=_states(row["from_when_late"]),
            after=ChallengeState(row["to"]),
            action=row["action"],
            deadline=row["deadline"],
        )
        for row in csv.DictReader(table.splitlines())
    }


def deadline_days(name: str) -> int:
    """Days that there are to answer or to settle."""
    return {"answer": settings.CHALLENGE_ANSWER_DAYS, "settle": settings.CHALLENGE_SETTLE_DAYS}[name]


def is_late(challenge: Challenge, now: dt.datetime) -> bool:
    """Whether the step that is due has not been taken in time."""
    return challenge.due_at is not None and challenge.due_at < now


def file_challenge(
    site: Site, about: str, text: str, *, at: dt.datetime, contact: str = "", person: Person | None = None
) -> Challenge:
    """File a correction.

    Parameters
    ----------
    site, about, text
        What is wrong with what, in the words of who says so.
    at
        When.
    contact
        Where to reach who says so; kept for the office.
    person
        Who says so, where they are logged in.
    """
    with transaction.atomic():
        challenge = Challenge.objects.create(
            site=site, about=about, text=text, contact=contact, filed_at=at, due_at=_due(at, "answer")
        )
        _record(challenge, "file", "", person, at, "")
    return challenge


def take(
    challenge: Challenge, name: str, person: Person | AnonymousUser, text: str, *, at: dt.datetime
) -> ChallengeEvent:
    """Take a step with a correction as it was read, and record who, when and why.

    Raises
    ------
    NotAllowed
        Where the person may not.
    ImpossibleStep
        Where the correction has gone on meanwhile, is not where the step leads from, or no words are given.
    """
    step = steps()[name]
    if isinstance(person, AnonymousUser) or not may(person, "challenge", step.action, challenge):
        raise NotAllowed(_("You may not do this with this correction."))
    if not step.leads_from(challenge, at):
        raise ImpossibleStep(_("This correction is not at the point where that can be done."))
    if not text.strip():
        raise ImpossibleStep(_("Say why: the answer is public."))
    before = challenge.state
    # A second answer does not give the ministry more time.
    again = before == step.after
    due_at = challenge.due_at if again else _due(at, step.deadline)
    with transaction.atomic():
        changed = Challenge.objects.filter(pk=challenge.pk, version=challenge.version).update(
            state=step.after, due_at=due_at, version=F("version") + 1
        )
        if not changed:
            raise ImpossibleStep(_("Somebody has gone on with this correction meanwhile; read it again."))
        challenge.state, challenge.due_at, challenge.version = step.after, due_at, challenge.version + 1
        return _record(challenge, name, before, person, at, text.strip())


def _record(
    challenge: Challenge, name: str, before: str, person: Person | None, at: dt.datetime, text: str
) -> ChallengeEvent:
    return ChallengeEvent.objects.create(
        challenge=challenge,
        step=name,
        before=before,
        after=challenge.state,
        actor=person,
        organisation=person.organisation if person else None,
        at=at,
        text=text,
    )


def _due(at: dt.datetime, deadline: str) -> dt.datetime | None:
    return at + dt.timedelta(days=deadline_days(deadline)) if deadline else None


def _states(names: str) -> tuple[ChallengeState, ...]:
    return tuple(ChallengeState(name) for name in names.split())
