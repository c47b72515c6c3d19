"""Progress of a programme's targets, kept until the register changes: counting it takes seconds for a country."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections import Counter, OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar, cast

from django.db.models import Count, Max, Q
from django.utils.translation import gettext as _

from alcance.office.delivery.models import Inspection, Transition
from alcance.office.register.areas import areas_digest
from alcance.office.register.models import Site
from alcance.office.service.models import Batch, Placement
from alcance.office.targets.models import Target
from alcance.office.targets.progress import Ground, Progress, counts, days_of, month_ends, most, way_of
from alcance.office.targets.standing import known_on, read_register, states_on
from alcance.office.web.errors import Busy

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from django.db.models import QuerySet

    from alcance.office.targets.models import Definition, Programme

KEPT = 64
Made = TypeVar("Made")
# What is made in less is made anew whenever anything changes.
QUICK_S = 0.5
PATIENCE = 20
# Who finds nothing that was made before waits so long for another to be done; nobody else waits at all.
WAIT_S = 10.0


@dataclass(frozen=True)
class _Result:
    version: tuple[object, ...]
    good_until: float
    value: Any


_results: OrderedDict[tuple[object, ...], _Result] = OrderedDict()
_book = threading.Lock()
_making = threading.Lock()


def kept_progress(
    programme: Programme, as_of: dt.date, before_past: Callable[[], None] | None = None
) -> list[Progress]:
    """The progress of every target of a programme that was in force at the end of a day.

    Parameters
    ----------
    programme, as_of
        Which, and when.
    before_past
        For a past day: called before it is counted, and not where it is known; it may refuse by an error.
    """
    targets = list(in_force(programme, as_of).select_related("definition", "programme"))
    if not targets:
        return []
    months = month_ends(programme.begins_on, as_of)
    days = days_of(targets, months)
    ids = tuple(target.pk for target in targets)
    series = _kept(("series", ids, as_of), lambda: _series(targets, days), before_past)
    return [
        way_of(target, days, values, months, ceiling) for target, (values, ceiling) in zip(targets, series, strict=True)
    ]


def kept_states(as_of: dt.date, before_past: Callable[[], None] | None = None) -> dict[tuple[str, str], int]:
    """How many sites stood how at the end of a day: by key of their state of the country and state of their life."""
    return _kept(("states", as_of), lambda: _states(as_of), before_past)


def in_force(programme: Programme, as_of: dt.date) -> QuerySet[Target]:
    """The targets of a programme that had been set and not replaced by the end of a day."""
    return programme.targets.filter(Q(replaced_on=None) | Q(replaced_on__gt=as_of), set_on__lte=as_of)


def _kept(key: tuple[object, ...], make: Callable[[], Made], before_past: Callable[[], None] | None = None) -> Made:
    """What was made before, if nothing has changed since; what takes long may be as old as it took some twenty times.

    One thread makes at a time. The others take what was made before, however old; where nothing was, they wait a
    while, but for a past day not at all: there are too many of those for everybody to wait.

    Raises
    ------
    Busy
        Where another is being made and nothing is known.
    """
    version, known = _version(), _known(key)
    if known is not None and _is_good(known, version):
        return cast("Made", known.value)
    if known is None and before_past is not None:
        before_past()
    waits = known is None and before_past is None
    if not (_making.acquire(timeout=WAIT_S) if waits else _making.acquire(blocking=False)):
        if known is None:
            raise Busy(_("These figures are being counted; come back in a minute."))
        return cast("Made", known.value)
    try:
        # Another may have made it while we waited.
        known = _known(key)
        if known is not None and _is_good(known, version):
            return cast("Made", known.value)
        began = time.monotonic()
        value = make()
        took = time.monotonic() - began
        good_until = began + took * (1 + PATIENCE) if took > QUICK_S else began
        with _book:
            _results[key] = _Result(version, good_until, value)
            _results.move_to_end(key)
            if len(_results) > KEPT:
                _results.popitem(last=False)
        return value
    finally:
        _making.release()


def _known(key: tuple[object, ...]) -> _Result | None:
    with _book:
        if key in _results:
            _results.move_to_end(key)
        return _results.get(key)


def _is_good(known: _Result, version: tuple[object, ...]) -> bool:
    return known.version == version or time.monotonic() < known.good_until


def _version() -> tuple[object, ...]:
    """What changes whenever a figure may."""
    sites = Site.objects.aggregate(n=Count("pk"), last=Max("changed_at"))
    return (
        sites["n"],
        sites["last"],
        areas_digest(),
        Transition.objects.aggregate(last=Max("pk"))["last"],
        Inspection.objects.aggregate(last=Max("pk"))["last"],
        Batch.objects.aggregate(last=Max("pk"))["last"],
        Placement.objects.aggregate(last=Max("pk"))["last"],
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
    known = known_on(register, as_of)
    counted = Counter(zip(register.sites["state_code"][known], states_on(register, as_of)[known], strict=True))
    return {(str(code), str(state)): n for (code, state), n in counted.items()}
