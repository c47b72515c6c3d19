"""Progress of a programme's targets, kept until the register changes: counting it takes seconds for a country."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import TYPE_CHECKING

from django.db.models import Count, Max

from alcance.office.delivery.models import Inspection, Transition
from alcance.office.register.models import Site
from alcance.office.service.models import Batch
from alcance.office.targets.models import Target
from alcance.office.targets.progress import Ground, Progress, forecast, month_ends
from alcance.office.targets.progress import counts as counts_on

if TYPE_CHECKING:
    from alcance.office.targets.models import Definition, Programme

KEPT = 64


def kept_progress(programme: Programme, as_of: dt.date) -> list[Progress]:
    """The progress of every target of a programme that has not been replaced."""
    targets = list(programme.targets.filter(replaced_on=None).select_related("definition", "programme"))
    if not targets:
        return []
    days = month_ends(programme.begins_on, as_of)
    series = _series(programme.pk, tuple(target.pk for target in targets), as_of, _version())
    made = []
    for target, values in zip(targets, series, strict=True):
        ahead = as_of < target.due_on and len(values) > 2
        made.append(Progress(target, days, values, forecast(days, values, target.due_on) if ahead else None))
    return made


def _version() -> tuple[object, ...]:
    """What changes whenever a figure may."""
    sites = Site.objects.aggregate(n=Count("pk"), last=Max("changed_at"))
    return (
        sites["n"],
        sites["last"],
        Transition.objects.aggregate(last=Max("pk"))["last"],
        Inspection.objects.aggregate(last=Max("pk"))["last"],
        Batch.objects.aggregate(last=Max("pk"))["last"],
    )


@lru_cache(maxsize=KEPT)
def _series(
    programme_id: int,  # noqa: ARG001 (part of what the answer is kept by)
    target_ids: tuple[int, ...],
    as_of: dt.date,
    version: tuple[object, ...],  # noqa: ARG001 (likewise)
) -> list[list[int]]:
    """For each target its values at the ends of the months."""
    by_id = Target.objects.select_related("definition", "programme").in_bulk(target_ids)
    targets = [by_id[pk] for pk in target_ids]
    ground = Ground.read(with_people=any(target.measure == Target.Measure.PEOPLE for target in targets))
    days = month_ends(targets[0].programme.begins_on, as_of)
    values: dict[int, list[int]] = {pk: [] for pk in target_ids}
    by_definition: dict[int, tuple[Definition, list[Target]]] = {}
    for target in targets:
        by_definition.setdefault(target.definition_id, (target.definition, []))[1].append(target)
    for day in days:
        for definition, some in by_definition.values():
            for target, value in zip(some, counts_on(definition, some, ground, day), strict=True):
                values[target.pk].append(value)
    return [values[pk] for pk in target_ids]
