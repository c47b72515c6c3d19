"""Progress of a programme's targets, kept until the register changes: counting it takes seconds for a country."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections import Counter, OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar, cast

from django.db.models import Count, Max

from alcance.office.delivery.models import Inspection, Transition
from alcance.office.register.models import Site
from alcance.office.service.models import Batch
from alcance.office.targets.models import Target
from alcance.office.targets.progress import Ground, Progress, counts, month_ends, most, with_forecast
from alcance.office.targets.standing import read_register, states_on

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from alcance.office.targets.models import Definition, Programme

KEPT = 64
Made = TypeVar("Made")
# What is made in less is made anew whenever anything changes.
QUICK_S = 0.5
PATIENCE = 20


@dataclass(frozen=True)
class _Result:
    version: tuple[object, ...]
    good_until: float
    value: Any


_results: OrderedDict[tuple[object, ...], _Result] = OrderedDict()
_making = threading.Lock()


def kept_progress(programme: Programme, as_of: dt.date) -> list[Progress]:
    """The progress of every target of a programme that has not been replaced."""
    targets = list(programme.targets.filter(replaced_on=None).select_related("definition", "programme"))
    if not targets:
        return []
    days = month_ends(programme.begins_on, as_of)
    ids = tuple(target.pk for target in targets)
    series = _kept(("series", ids, as_of), lambda: _series(targets, days))
    return [
        with_forecast(target, days, values, ceiling) for target, (values, ceiling) in zip(targets, series, strict=True)
    ]


def kept_states(as_of: dt.date) -> dict[tuple[str, str], int]:
    """How many sites stood how at the end of a day: by key of their state of the country and state of their life."""
    return _kept(("states", as_of), lambda: _states(as_of))


def _kept(key: tuple[object, ...], make: Callable[[], Made]) -> Made:
    """What was made before, if nothing has changed since; what takes long may be as old as it took some twenty times.

    One thread makes it, the others wait: what is asked of all at once is made once.
    """
    with _making:
        version, known = _version(), _results.get(key)
        if known is not None and (known.version == version or time.monotonic() < known.good_until):
            _results.move_to_end(key)
            return cast("Made", known.value)
        began = time.monotonic()
        value = make()
        took = time.monotonic() - began
        good_until = began + took * (1 + PATIENCE) if took > QUICK_S else began
        _results[key] = _Result(version, good_until, value)
        if len(_results) > KEPT:
            _results.popitem(last=False)
        return value


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


def _series(targets: Sequence[Target], days: Sequence[dt.date]) -> list[tuple[list[int], int]]:
    """For each target its values on these days, and how many there could be at most."""
    ground = Ground.read(with_people=any(target.measure == Target.Measure.PEOPLE for target in targets))
    values: dict[int, list[int]] = {target.pk: [] for target in targets}
    by_definition: dict[int, tuple[Definition, list[Target]]] = {}
    for target in targets:
        by_definition.setdefault(target.definition_id, (target.definition, []))[1].append(target)
    for day in days:
        for definition, some in by_definition.values():
            for target, value in zip(some, counts(definition, some, ground, day), strict=True):
                values[target.pk].append(value)
    return [(values[target.pk], most(target, ground)) for target in targets]


def _states(as_of: dt.date) -> dict[tuple[str, str], int]:
    register = read_register()
    counted = Counter(zip(register.sites["state_code"], states_on(register, as_of), strict=True))
    return {(str(code), str(state)): n for (code, state), n in counted.items()}
