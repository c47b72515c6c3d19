"""What was promised in the example: a programme with targets, beside the one from history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from alcance.office.targets.examples import load_mexico_conectado
from alcance.office.targets.models import Definition, Programme, Target

if TYPE_CHECKING:
    import datetime as dt

    from alcance.office.running.demo.story import Story

_NOTE_ES = "Ejemplo inventado: ni estas metas ni estos avances son de nadie."
_NOTE_EN = "Made up as an example: neither these targets nor this progress are anybody's."
# Of the sites of a full example.
_SITES, _PROVEN, _NEEDIEST = 1_000, 900, 500
_PEOPLE = 1_500_000


def promise(story: Story, at: dt.datetime) -> Programme:
    """Set the example's targets, as the ministry did at the beginning."""
    load_mexico_conectado(at)
    claimed = Definition.objects.get(code="claimed", version=1)
    proven = Definition.objects.create(
        code="verified",
        version=1,
        words_es="verificado por una inspección o por mediciones, y no caído",
        words_en="verified by an inspection or by measurements, and not down",
        least=Definition.Least.VERIFIED,
        made_by=story.cast["ministerio"],
        made_at=at,
    )
    begins_on = timezone.localdate(at)
    programme = Programme.objects.create(
        code="ejemplo", name="Internet para todos (ejemplo)", note_es=_NOTE_ES, note_en=_NOTE_EN, begins_on=begins_on
    )
    due_on = timezone.localdate(story.now).replace(month=12, day=31)
    due_on = due_on.replace(year=due_on.year + 1)
    for definition, measure, value, quintile in (
        (claimed, Target.Measure.SITES, _SITES, None),
        (proven, Target.Measure.SITES, _PROVEN, None),
        (proven, Target.Measure.SITES, _NEEDIEST, 5),
        (proven, Target.Measure.PEOPLE, _PEOPLE, None),
    ):
        Target.objects.create(
            programme=programme,
            definition=definition,
            measure=measure,
            value=max(1, round(value * story.share)),
            quintile=quintile,
            due_on=due_on,
            set_on=begins_on,
        )
    return programme
