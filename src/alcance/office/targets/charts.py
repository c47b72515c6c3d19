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
WIDTH, HEIGHT = 860.0, 340.0
LEFT, RIGHT, TOP, BOTTOM = 66.0, 150.0, 22.0, 34.0


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

    def x(self, day: dt.date) -> float:
        share = (day - self.first).days / max((self.last - self.first).days, 1)
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    def y(self, value: float) -> float:
        return HEIGHT - BOTTOM - value / self.most * (HEIGHT - TOP - BOTTOM)


def progress_chart(
    identity: str,
    title: str,
    days: Sequence[dt.date],
    values: Sequence[int],
    goals: Sequence[Goal],
    outlook: Outlook | None,
    *,
    steps: bool = False,
) -> str:
    """Draw what was reached over time, against what was promised, and where it is going.

    Parameters
    ----------
    identity
        Unique on the page.
    days, values
        What was reached; with `steps` each is marked, for they are few and were published.
    """
    ends = [*days, *(goal.due_on for goal in goals), *([outlook.on] if outlook else [])]
    tops = [*values, *(goal.value for goal in goals), *([outlook.high] if outlook else []), 1]
    ticks = nice_ticks(max(tops), 5)
    scale = _Scale(min([*days, *(goal.set_on for goal in goals)]), max(ends), max(*tops, ticks[-1]) * 1.04)
    parts = [*_grid(scale, ticks), *_years(scale)]
    for goal in goals:
        parts += _goal(scale, goal)
    if outlook is not None and days:
        parts += _outlook(scale, days[-1], values[-1], outlook)
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
    return picture(WIDTH, HEIGHT, identity, title, parts)


def _grid(scale: _Scale, ticks: Sequence[float]) -> list[str]:
    parts = []
    for tick in ticks:
        y = scale.y(tick)
        parts.append(line(LEFT, y, WIDTH - RIGHT, y))
        parts.append(text(LEFT - 8, y + 4, number_format(int(tick)), anchor="end", colour=SOFT_INK, size=12.5))
    return parts


def _years(scale: _Scale) -> list[str]:
    parts = []
    count = scale.last.year - scale.first.year + 1
    every = max(1, count // 9)
    for year in range(scale.first.year, scale.last.year + 1, every):
        day = dt.date(year, 1, 1)
        if day >= scale.first:
            x = scale.x(day)
            parts.append(line(x, HEIGHT - BOTTOM, x, HEIGHT - BOTTOM + 5, SOFT_INK))
            parts.append(text(x, HEIGHT - BOTTOM + 20, str(year), anchor="middle", colour=SOFT_INK, size=12.5))
    if not parts:
        for day in (scale.first, scale.last):
            words = date_format(day, "SHORT_DATE_FORMAT")
            parts.append(text(scale.x(day), HEIGHT - BOTTOM + 20, words, anchor="middle", colour=SOFT_INK, size=12.5))
    return parts


def _goal(scale: _Scale, goal: Goal) -> list[str]:
    colour = GREY if goal.replaced_on else ORANGE
    until = goal.due_on
    y = scale.y(goal.value)
    parts = [line(scale.x(goal.set_on), y, scale.x(until), y, colour, 1.5, "2 4")]
    parts.append(
        tag("circle", {"cx": scale.x(until), "cy": y, "r": 6.0, "fill": "#fff", "stroke": colour, "stroke_width": 3.0})
    )
    if goal.replaced_on:
        x = scale.x(goal.replaced_on)
        parts.append(line(x - 6, y - 6, x + 6, y + 6, ORANGE, 2.5))
        parts.append(line(x - 6, y + 6, x + 6, y - 6, ORANGE, 2.5))
    words = f"{number_format(goal.value)}"
    parts.append(
        text(
            scale.x(until) + 11,
            y + 5,
            words,
            colour="#56666c" if goal.replaced_on else "#a34700",
            weight=600,
            size=14,
            halo=True,
        )
    )
    return parts


def _outlook(scale: _Scale, day: dt.date, value: int, outlook: Outlook) -> list[str]:
    x0, y0, x1 = scale.x(day), scale.y(value), scale.x(outlook.on)
    fan = f"{x0:.1f},{y0:.1f} {x1:.1f},{scale.y(outlook.high):.1f} {x1:.1f},{scale.y(outlook.low):.1f}"
    return [
        tag("polygon", {"points": fan, "fill": BLUE, "fill_opacity": "0.14"}),
        line(x0, y0, x1, scale.y(outlook.middle), BLUE, 2.0, "6 5"),
        text(x1 + 11, scale.y(outlook.middle) + 5, f"{number_format(outlook.middle)}", colour=BLUE, size=14, halo=True),
    ]


@dataclass(frozen=True)
class Row:
    """One bar: a name, and parts of it, each with its colour; `whole` is drawn behind them."""

    name: str
    parts: Sequence[tuple[float, str]]
    whole: float


def row_chart(identity: str, title: str, rows: Sequence[Row]) -> str:
    """Draw bars one below another, each with its figure at the end."""
    height = 30.0
    most = max((row.whole for row in rows), default=1.0) or 1.0
    left, right = 210.0, 110.0
    across = (WIDTH - left - right) / most
    parts = []
    for number, row in enumerate(rows):
        y = 8 + number * height
        parts.append(text(left - 10, y + 16, row.name[:30], anchor="end", size=13.5))
        parts.append(rect(left, y, row.whole * across, 21, GRID, radius=2))
        x = left
        for value, colour in row.parts:
            parts.append(rect(x, y, value * across, 21, colour, radius=2))
            x += value * across
        shown = number_format(round(sum(value for value, _ in row.parts)))
        whole = (
            f" / {number_format(round(row.whole))}" if round(row.whole) != round(sum(v for v, _ in row.parts)) else ""
        )
        parts.append(text(left + row.whole * across + 8, y + 16, f"{shown}{whole}", size=13, weight=600))
    return picture(WIDTH, 16 + height * max(len(rows), 1), identity, title, parts)
