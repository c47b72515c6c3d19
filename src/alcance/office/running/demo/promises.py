"""What the example's programme has promised, and the programme of 2011 to 2016 beside it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from alcance.office.targets.examples import load_example
from alcance.office.targets.models import Definition, Programme, Target

if TYPE_CHECKING:
    from alcance.office.running.demo.story import Story

_NOTE_ES = "Ejemplo: metas inventadas para sitios y personas de Oaxaca."
_NOTE_EN = "An example: targets invented for sites and people of Oaxaca."
BEGAN_DAYS_AGO = 640


def promise(story: Story) -> None:
    """Set two definitions of "connected" and the targets that go by them."""
    at = story.ago(BEGAN_DAYS_AGO)
    ministry = story.cast["ministerio"]
    load_example(at)
    proven = Definition.objects.create(
        code="verificado", version=1, words_es="verificado por inspección o medición, alguna vez",
        words_en="verified by an inspection or measurements, at some time", least=Definition.Least.VERIFIED,
        made_by=ministry, made_at=at,
    )  # fmt: skip
    works = Definition.objects.create(
        code="verificado", version=2, words_es="verificado, y hallado a 10 Mbit/s o más en los últimos 180 días",
        words_en="verified, and found at 10 Mbit/s or more in the last 180 days", least=Definition.Least.VERIFIED,
        within_days=180, min_mbps=10, made_by=ministry, made_at=story.ago(200),
    )  # fmt: skip
    programme = Programme.objects.create(
        code="conectividad-ejemplo", name="Conectividad para todos (ejemplo)", note_es=_NOTE_ES, note_en=_NOTE_EN,
        begins_on=at.date(),
    )  # fmt: skip
    year_end = dt.date(story.now.year, 12, 31)
    next_end = dt.date(story.now.year + 1, 12, 31)
    sites, people = Target.Measure.SITES, Target.Measure.PEOPLE
    wanted: list[tuple[Definition, Target.Measure, int, dt.date, dict[str, object]]] = [
        (proven, sites, story.scaled(520), year_end, {}),
        (proven, sites, story.scaled(1200), next_end, {}),
        (works, sites, story.scaled(900), next_end, {}),
        (proven, people, story.scaled(1000) * 1000, next_end, {}),
        (proven, sites, story.scaled(400), next_end, {"kind": "school"}),
        (proven, sites, story.scaled(900), next_end, {"quintile": 5}),
    ]
    for definition, measure, value, due, more in wanted:
        Target.objects.create(
            programme=programme, definition=definition, measure=measure, value=value, due_on=due, set_on=at.date(),
            **more,
        )  # fmt: skip
