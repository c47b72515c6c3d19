"""The public says that something published is wrong, and is answered: some in time, some late, some not yet."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from alcance.office.public.challenges.life import file_challenge, take
from alcance.office.public.models import Challenge, ChallengeAbout
from alcance.office.register.models import Site
from alcance.office.register.models.kinds import CONNECTED
from alcance.office.running.demo.story import DAY

if TYPE_CHECKING:
    import datetime as dt

    from alcance.office.running.demo.story import Story

#: How many days ago each was filed, about what, after how many days it was answered (0: not yet) and settled, and how.
FILED = (
    (250, ChallengeAbout.NOT_WORKING, 12, 20, "uphold"),
    (230, ChallengeAbout.WRONG_PLACE, 30, 15, "uphold"),
    (200, ChallengeAbout.NOT_WORKING, 45, 30, "dismiss"),
    (170, ChallengeAbout.NOT_THERE, 8, 25, "dismiss"),
    (150, ChallengeAbout.NOT_WORKING, 5, 10, "uphold"),
    (130, ChallengeAbout.WRONG_DATA, 20, 40, "uphold"),
    (110, ChallengeAbout.OTHER, 3, 3, "dismiss"),
    (95, ChallengeAbout.NOT_WORKING, 0, 0, ""),
    (70, ChallengeAbout.NOT_WORKING, 15, 0, ""),
    (40, ChallengeAbout.WRONG_PLACE, 10, 0, ""),
    (20, ChallengeAbout.NOT_WORKING, 0, 0, ""),
    (6, ChallengeAbout.WRONG_DATA, 0, 0, ""),
)
_TEXTS = {
    ChallengeAbout.NOT_WORKING: "Llevamos tres semanas sin internet y el mapa dice que funciona.",
    ChallengeAbout.WRONG_PLACE: "El punto está en el arroyo; la escuela queda junto a la cancha.",
    ChallengeAbout.NOT_THERE: "Aquí nunca hubo escuela con ese nombre.",
    ChallengeAbout.WRONG_DATA: "Son 140 alumnos, no 40.",
    ChallengeAbout.OTHER: "¿Cuándo llega la red a la colonia de al lado?",
}
_ANSWERS = {
    ChallengeAbout.NOT_WORKING: "Fuimos al sitio; se cambió la fuente de poder y quedó en servicio.",
    ChallengeAbout.WRONG_PLACE: "Es correcto, el punto se tomó de un mapa viejo; se corrige.",
    ChallengeAbout.NOT_THERE: "El plantel existe; cambió de nombre en 2021.",
    ChallengeAbout.WRONG_DATA: "El dato es del ciclo pasado; pedimos el nuevo a la institución.",
    ChallengeAbout.OTHER: "Esa colonia está en el lote que se licita este año.",
}
_DECISIONS = {"uphold": "Tiene razón quien lo señaló.", "dismiss": "Lo publicado es correcto."}


def correct(story: Story) -> None:
    """Enter the corrections into the calendar."""
    for number, (days_ago, about, answered, settled, how) in enumerate(FILED):
        story.calendar.at(story.ago(days_ago), functools.partial(_file, story, number, about, answered, settled, how))


def _file(
    story: Story, number: int, about: ChallengeAbout, answered: int, settled: int, how: str, at: dt.datetime
) -> None:
    connected = Site.objects.filter(state__in=CONNECTED).order_by("key")
    count = connected.count()
    if not count:
        return
    challenge = file_challenge(connected[(number * 37) % count], about, _TEXTS[about], at=at)
    if answered:
        story.calendar.at(at + answered * DAY, functools.partial(_answer, story, challenge, settled, how))


def _answer(story: Story, challenge: Challenge, settled: int, how: str, at: dt.datetime) -> None:
    """By the provider whose connection it is about, else by the committee."""
    challenge.refresh_from_db()
    connection = challenge.site.connections.filter(ended_on=None).first()
    who = story.cast["comite"]
    if connection is not None and challenge.about == ChallengeAbout.NOT_WORKING:
        who = next(one for one in story.cast.providers if one.organisation_id == connection.provider_id)
    take(challenge, "answer", who, _ANSWERS[ChallengeAbout(challenge.about)], at=at)
    if settled:
        story.calendar.at(at + settled * DAY, functools.partial(_settle, story, challenge, how))


def _settle(story: Story, challenge: Challenge, how: str, at: dt.datetime) -> None:
    challenge.refresh_from_db()
    take(challenge, how, story.cast["ministerio"], _DECISIONS[how], at=at)
