"""Pictures of progress, drawn on the server; each has a title for who cannot see it, and a table beside it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.formats import date_format, number_format

from alcance.publish.charts import nice_ticks
from alcance.publish.svg import GRID, SOFT_INK, line, picture, rect, tag, text

if TYPE_CHECKING:
    from collections.abc import Sequence

BLUE, ORANGE, GREEN, GREY = "#0072b2", "#d55e00", "#1a7f4b", "#9aa8ad"
DARK_ORANGE = "#a34700"
LABEL_HEIGHT = 17.0
LABEL_WIDTH = 60.0
ROW_HEIGHT = 30.0
NAME_LETTERS = 18
# Of a year so much must be seen for it to be named.
YEAR_SEEN = 0.4


@dataclass(frozen=True)
class Frame:
    """The size of a picture and what is left around the drawing for words."""

    width: float
    height: float
    left: float
    right: float
    top: float = 22.0
    bottom: float = 34.0


#: One that has the page to itself, and one that stands beside others or on a phone.
WIDE = Frame(860.0, 340.0, 66.0, 96.0)
COMPACT = Frame(420.0, 260.0, 74.0, 84.0)


@dataclass(frozen=True)
class Goal:
    """A target as a chart shows it: so much by a day; one that was replaced is shown thinner, up to that day."""

    set_on: dt.date
    due_on: dt.date
    value: int
    replaced_on: dt.date | None = None


@dataclass(frozen=True)
class Outlook:
    """Where a line is going: on a day between a low and a high value, most likely in the middle."""

    on: dt.date
    low: int
    middle: int
    high: int


@dataclass(frozen=True)
class _Scale:
    first: dt.date
    last: dt.date
    most: float
    frame: Frame

    @property
    def right(self) -> float:
        return self.frame.width - self.frame.right

    @property
    def floor(self) -> float:
        return self.frame.height - self.frame.bottom

    def x(self, day: dt.date) -> float:
        share = (day - self.first).days / max((self.last - self.first).days, 1)
        return self.frame.left + share * (self.right - self.frame.left)

    def y(self, value: float) -> float:
        return self.floor - value / self.most * (self.floor - self.frame.top)


def progress_chart(
    identity: str,
    title: str,
    days: Sequence[dt.date],
    values: Sequence[int],
    goals: Sequence[Goal],
    outlook: Outlook | None,
    *,
    begins_on: dt.date | None = None,
    steps: bool = False,
    frame: Frame = COMPACT,
) -> str:
    """Draw what was reached over time, against what was promised, and where it is going.

    Parameters
    ----------
    identity
        Unique on the page.
    days, values
        What was reached; with `steps` each is marked, for they are few and were published.
    begins_on
        Where the drawing begins, if not with the first of them.
    """
    ends = [*days, *(goal.due_on for goal in goals), *([outlook.on] if outlook else [])]
    tops = [*values, *(goal.value for goal in goals), *([outlook.high] if outlook else []), 1]
    ticks = nice_ticks(max(tops), 5)
    begins = [*days, *(goal.set_on for goal in goals), *([begins_on] if begins_on else [])]
    scale = _Scale(min(begins), max(ends), max(*tops, ticks[-1]) * 1.04, frame)
    parts = [*_grid(scale, ticks), *_years(scale)]
    for goal in goals:
        parts += _goal(scale, goal)
    if outlook is not None and days:
        parts += _outlook(scale, days[-1], values[-1], outlook, [goal for goal in goals if goal.due_on == outlook.on])
    points = " ".join(f"{scale.x(day):.1f},{scale.y(value):.1f}" for day, value in zip(days, values, strict=True))
    parts.append(
        tag(
            "polyline",
            {"points": points, "fill": "none", "stroke": BLUE, "stroke_width": 3.0, "stroke_linejoin": "round"},
        )
    )
    for day, value in zip(days, values, strict=True) if steps else ():
        parts.append(tag("circle", {"cx": scale.x(day), "cy": scale.y(value), "r": 4.0, "fill": BLUE}))
    if days:
        x, y = scale.x(days[-1]), scale.y(values[-1])
        parts.append(tag("circle", {"cx": x, "cy": y, "r": 5.0, "fill": BLUE, "stroke": "#fff", "stroke_width": 2.0}))
        parts.append(text(x + 9, y + 5, number_format(values[-1]), colour=BLUE, weight=700, size=15, halo=True))
    return picture(frame.width, frame.height, identity, title, parts)


def _grid(scale: _Scale, ticks: Sequence[float]) -> list[str]:
    parts = []
    for tick in ticks:
        y = scale.y(tick)
        parts.append(line(scale.frame.left, y, scale.right, y))
        parts.append(
            text(scale.frame.left - 8, y + 4, number_format(int(tick)), anchor="end", colour=SOFT_INK, size=12.5)
        )
    return parts


def _years(scale: _Scale) -> list[str]:
    """A mark where each year begins, and its name in the middle of what is seen of it."""
    parts = []
    every = max(1, (scale.last.year - scale.first.year + 1) // 9)
    for year in range(scale.first.year, scale.last.year + 1):
        begin, end = dt.date(year, 1, 1), dt.date(year + 1, 1, 1)
        if begin >= scale.first:
            x = scale.x(begin)
            parts.append(line(x, scale.floor, x, scale.floor + 5, SOFT_INK))
        begin, end = max(begin, scale.first), min(end, scale.last)
        if (end - begin).days >= YEAR_SEEN * 365 and (year - scale.first.year) % every == 0:
            parts.append(_below(scale, (scale.x(begin) + scale.x(end)) / 2, str(year)))
    if (scale.last - scale.first).days < 365:
        return [_below(scale, scale.x(day), date_format(day, "SHORT_DATE_FORMAT")) for day in (scale.first, scale.last)]
    return parts


def _below(scale: _Scale, x: float, words: str) -> str:
    return text(x, scale.floor + 20, words, anchor="middle", colour=SOFT_INK, size=13)


def _goal(scale: _Scale, goal: Goal) -> list[str]:
    colour = GREY if goal.replaced_on else ORANGE
    x, y = scale.x(goal.due_on), scale.y(goal.value)
    parts = [
        line(scale.x(goal.set_on), y, x, y, colour, 1.5, "2 4"),
        tag("circle", {"cx": x, "cy": y, "r": 6.0, "fill": "#fff", "stroke": colour, "stroke_width": 3.0}),
    ]
    ink = SOFT_INK if goal.replaced_on else DARK_ORANGE
    if goal.replaced_on:
        cross = scale.x(goal.replaced_on)
        parts.append(line(cross - 6, y - 6, cross + 6, y + 6, ORANGE, 2.5))
        parts.append(line(cross - 6, y + 6, cross + 6, y - 6, ORANGE, 2.5))
        year = str(goal.replaced_on.year)
        parts.append(text(cross, y - 11, year, anchor="middle", colour=DARK_ORANGE, weight=600, size=13.5, halo=True))
    words = number_format(goal.value)
    if x < scale.right - 1:
        # Beside it the line may go on: the words stand above.
        parts.append(text(x - 10, y - 11, words, anchor="end", colour=ink, weight=600, size=14, halo=True))
    else:
        parts.append(text(x + 11, y + 5, words, colour=ink, weight=600, size=14, halo=True))
    return parts


def _outlook(scale: _Scale, day: dt.date, value: int, outlook: Outlook, goals: Sequence[Goal]) -> list[str]:
    x0, y0, x1 = scale.x(day), scale.y(value), scale.x(outlook.on)
    fan = f"{x0:.1f},{y0:.1f} {x1:.1f},{scale.y(outlook.high):.1f} {x1:.1f},{scale.y(outlook.low):.1f}"
    at = _clear_of([scale.y(goal.value) for goal in goals], scale.y(outlook.middle))
    if x1 - x0 < LABEL_WIDTH:
        # The present value's words end beside the outlook's.
        at = _clear_of([y0, *(scale.y(goal.value) for goal in goals)], at)
    return [
        tag("polygon", {"points": fan, "fill": BLUE, "fill_opacity": "0.14"}),
        line(x0, y0, x1, scale.y(outlook.middle), BLUE, 2.0, "6 5"),
        text(x1 + 11, at + 5, number_format(outlook.middle), colour=BLUE, size=14, halo=True),
    ]


def _clear_of(taken: Sequence[float], wanted: float) -> float:
    """The height nearest to the wanted one at which words cover none of those that stand at others."""
    free = [wanted, *(y + way * LABEL_HEIGHT for y in taken for way in (-1, 1))]
    return min(
        (y for y in free if all(abs(y - one) >= LABEL_HEIGHT - 0.01 for one in taken)), key=lambda y: abs(y - wanted)
    )


@dataclass(frozen=True)
class Row:
    """One bar: a name, and parts of it, each with its colour; `whole` is drawn behind them."""

    name: str
    parts: Sequence[tuple[float, str]]
    whole: float


def row_chart(identity: str, title: str, rows: Sequence[Row], frame: Frame = COMPACT) -> str:
    """Draw bars one below another, each with the figure of its first part at the end."""
    most = max((row.whole for row in rows), default=1.0) or 1.0
    left, right = 0.31 * frame.width, 0.26 * frame.width
    across = (frame.width - left - right) / most
    parts = []
    for number, row in enumerate(rows):
        y = 6 + number * ROW_HEIGHT
        name = row.name if len(row.name) <= NAME_LETTERS else f"{row.name[: NAME_LETTERS - 1].rstrip()}…"
        parts.append(text(left - 10, y + 16, name, anchor="end", size=14))
        parts.append(rect(left, y, row.whole * across, 21, GRID, radius=2))
        x = left
        for value, colour in row.parts:
            parts.append(rect(x, y, value * across, 21, colour, radius=2))
            x += value * across
        reached = round(row.parts[0][0]) if row.parts else 0
        whole = f" / {number_format(round(row.whole))}" if round(row.whole) != reached else ""
        words = f"{number_format(reached)}{whole}"
        parts.append(text(left + row.whole * across + 8, y + 16, words, size=13.5, weight=600))
    return picture(frame.width, 12 + ROW_HEIGHT * max(len(rows), 1), identity, title, parts)
