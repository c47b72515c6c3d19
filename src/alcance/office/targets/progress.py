"""How far a target has come, month by month, and where it will be on its day."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from alcance.office.targets.models import Target
from alcance.office.targets.people import Catchments, read_catchments
from alcance.office.targets.standing import Register, connected_on, read_register

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from alcance.office.targets.models import Definition

# The forecast goes by the last year.
MONTHS_OF_FORECAST = 12
# Of the months' steps, so many lie between the low and the high forecast.
LOW, HIGH = 0.1, 0.9
DRAWS = 2_000
MONTH_DAYS = 30.44
# A target further ahead than this is forecast as if it were due then.
MOST_MONTHS = 480


@dataclass(frozen=True)
class Forecast:
    """What will have been reached on the target's day: the middle, and what four in five outcomes lie between."""

    low: int
    middle: int
    high: int


@dataclass(frozen=True)
class Progress:
    """A target's way: values at the ends of months, and a forecast if it lies ahead.

    The last is as of the day asked for, or of the target's own if that is over: what came later is not by that day.
    """

    target: Target
    days: list[dt.date]
    values: list[int]
    forecast: Forecast | None

    @property
    def value(self) -> int:
        """What has been reached."""
        return self.values[-1] if self.values else 0

    @property
    def share(self) -> float:
        """The share of the target that has been reached."""
        return self.value / self.target.value if self.target.value else 1.0


@dataclass(frozen=True)
class Ground:
    """What progress is counted on: the register, and, where people are counted, the catchments."""

    register: Register
    catchments: Catchments | None

    @classmethod
    def read(cls, *, with_people: bool) -> Ground:
        """Read them as they are now."""
        register = read_register()
        return cls(register, read_catchments(register.sites) if with_people else None)


def days_of(targets: Sequence[Target], months: Sequence[dt.date]) -> list[dt.date]:
    """The days on which targets are measured: ends of months, the day asked for, and their own that are over."""
    return sorted({*months, *(target.due_on for target in targets if target.due_on < months[-1])})


def way_of(
    target: Target, days: Sequence[dt.date], values: Sequence[int], months: Sequence[dt.date], most: int
) -> Progress:
    """A target's way, and where it goes if its day lies ahead.

    Parameters
    ----------
    days, values
        What was measured on the days of several targets.
    months
        Those of them that count for each: ends of months, and the last.
    most
        There are no more sites or people than this.
    """
    is_over = target.due_on < days[-1]
    wanted = {day for day in months if day <= target.due_on} | {target.due_on} if is_over else set(months)
    way = [(day, value) for day, value in zip(days, values, strict=True) if day in wanted]
    own_days, own_values = [day for day, _value in way], [value for _day, value in way]
    ahead = own_days[-1] < target.due_on and len(way) > 2
    outlook = forecast(own_days, own_values, target.due_on, most=most) if ahead else None
    return Progress(target, own_days, own_values, outlook)


def most(target: Target, ground: Ground) -> int:
    """How many sites or people a target could reach at most: all of the register that it is about."""
    return _count(target, np.ones(len(ground.register.sites), dtype=bool), ground, of_all=True)


def counts(definition: Definition, targets: Sequence[Target], ground: Ground, day: dt.date) -> list[int]:
    """The measures of targets that share a definition, at the end of a day."""
    connected = connected_on(ground.register, definition, day)
    return [_count(target, connected, ground) for target in targets]


def _count(target: Target, connected: NDArray[np.bool_], ground: Ground, *, of_all: bool = False) -> int:
    sites = ground.register.sites
    inside = connected.copy()
    if target.kind:
        inside &= (sites["kind"] == target.kind).to_numpy()
    if target.measure == Target.Measure.SITES:
        if target.state_code:
            inside &= (sites["state_code"] == target.state_code).to_numpy()
        if target.quintile is not None:
            inside &= (sites["quintile"] == target.quintile).to_numpy()
        return int(inside.sum())
    if ground.catchments is None:
        raise ValueError("people are counted by catchments")
    localities = ground.catchments.localities
    where = np.ones(len(localities), dtype=bool)
    if target.state_code:
        where &= (localities["state_code"] == target.state_code).to_numpy()
    if target.quintile is not None:
        where &= (localities["quintile"] == target.quintile).to_numpy()
    if of_all:
        return int(localities["people"].to_numpy()[where].sum())
    return ground.catchments.people(inside, where)


def month_ends(begins_on: dt.date, as_of: dt.date) -> list[dt.date]:
    """The last days of the months from one day to another, and that other."""
    found = []
    day = begins_on.replace(day=1)
    while day <= as_of:
        day = (day + dt.timedelta(days=32)).replace(day=1)
        end = day - dt.timedelta(days=1)
        if begins_on <= end < as_of:
            found.append(end)
    return [*found, as_of]


def forecast(
    days: Sequence[dt.date], values: Sequence[int], due_on: dt.date, *, most: int | None = None, seed: int = 0
) -> Forecast:
    """Where a measure will be on a day, if the months to come are like those of the last year.

    Each month to come takes the step of one of the last twelve whole ones, drawn at random; of many such futures the
    middle one is told, and the range that four in five lie in. Steps backwards are drawn too. The month that has not
    ended yet is no step: it would make the pace look slower than it is. There are no more than `most` sites or people.
    """
    whole = list(values) if _ends_a_month(days[-1]) else list(values[:-1])
    steps = np.diff(np.asarray(whole, dtype=float))[-MONTHS_OF_FORECAST:]
    months = min(max(round((due_on - days[-1]).days / MONTH_DAYS), 0), MOST_MONTHS)
    if not steps.size or months == 0:
        return Forecast(values[-1], values[-1], values[-1])
    futures = values[-1] + np.random.default_rng(seed).choice(steps, size=(DRAWS, months)).sum(axis=1)
    low, middle, high = np.quantile(np.clip(futures, 0.0, most), [LOW, 0.5, HIGH])
    return Forecast(round(low), round(middle), round(high))


def _ends_a_month(day: dt.date) -> bool:
    return (day + dt.timedelta(days=1)).day == 1
