"""Two of the report's charts: how many links are how sure, and plans of several values side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from alcance.publish.charts import WIDTH, Segment, readable_on
from alcance.publish.svg import GRID, INK, SOFT_INK, line, picture, rect, tag, text

COLUMN = "#4a90c2"
BELOW = "#d55e00"
OPEN = "#f3d9a4"
BOUND = "#0072b2"
OWN_BAND = "#eef4f7"


@dataclass(frozen=True)
class Column:
    """One column of a histogram: its two ends on the scale from 0 to 1, how many, and what is written above it."""

    low: float
    high: float
    count: int
    note: str


def columns(
    identity: str,
    title: str,
    rows: Sequence[Column],
    tick: Callable[[float], str],
    asked: tuple[float, str],
    axis: str,
) -> str:
    """Draw a histogram with a line at what is asked; columns that lie wholly below it have a colour of their own."""
    height, left, right, top, bottom = 330.0, 24.0, 24.0, 46.0, 56.0
    low, high = rows[0].low, rows[-1].high
    most = max(row.count for row in rows) or 1

    def px(value: float) -> float:
        return left + (value - low) / (high - low) * (WIDTH - left - right)

    foot = height - bottom
    parts = []
    for row in rows:
        tall = row.count / most * (foot - top)
        x, width = px(row.low) + 2, px(row.high) - px(row.low) - 4
        name = tag("title", {}, f"{tick(row.low)} – {tick(row.high)}: {row.note}")
        colour = BELOW if row.high <= asked[0] + 1e-9 else COLUMN
        parts.append(f"<g>{name}{rect(x, foot - tall, width, tall, colour)}</g>")
        if row.count:
            parts.append(
                text(x + width / 2, foot - tall - 7, row.note, anchor="middle", size=14, weight=600, halo=True)
            )
        parts.append(text(px(row.low), foot + 20, tick(row.low), anchor="middle", size=13, colour=SOFT_INK))
    parts.append(text(px(high), foot + 20, tick(high), anchor="middle", size=13, colour=SOFT_INK))
    parts.append(line(left, foot, WIDTH - right, foot, "#9aa7ac"))
    at = px(min(max(asked[0], low), high))
    parts.append(line(at, 20, at, foot, INK, 1.6, "5 4"))
    to_left = at > WIDTH * 0.7
    parts.append(
        text(at - 8 if to_left else at + 8, 16, asked[1], anchor="end" if to_left else "start", size=14, weight=600)
    )
    parts.append(text(WIDTH / 2, height - 8, axis, anchor="middle", size=13))
    return picture(WIDTH, height, identity, title, parts)


@dataclass(frozen=True)
class PlanRow:
    """One plan among several: its label, what it is marked with, its bound and cost, and its mix of technologies."""

    label: str
    mark: str
    bound: float
    cost: float
    cost_note: str
    mix: Sequence[Segment]
    own: bool


@dataclass(frozen=True)
class SideWords:
    """Words of the picture of plans side by side: names of the two scales, and the key of the bars."""

    cost_axis: str
    mix_axis: str
    bound: str
    cost: str


def side_by_side(
    identity: str,
    title: str,
    rows: Sequence[PlanRow],
    ticks: Sequence[tuple[float, str]],
    words: SideWords,
) -> str:
    """Draw one row per plan: from its proven bound to its cost on a common scale, and its mix of technologies."""
    left, middle, gap, top, step = 118.0, 560.0, 40.0, 62.0, 66.0
    low = min(ticks[0][0], *(row.bound for row in rows))
    high = max(ticks[-1][0], *(row.cost for row in rows))
    foot = top + len(rows) * step

    def px(value: float) -> float:
        return left + 10 + (value - low) / ((high - low) or 1.0) * (middle - left - 20)

    parts = [rect(0, top + n * step + 3, WIDTH, step - 6, OWN_BAND, radius=6) for n, row in enumerate(rows) if row.own]
    for value, label in ticks:
        parts.append(line(px(value), top, px(value), foot, GRID))
        parts.append(text(px(value), foot + 18, label, anchor="middle", size=12.5, colour=SOFT_INK))
    parts += [line(px(row.cost), top, px(row.cost), foot, "#7d8b90", 1, "4 4") for row in rows if row.own]
    for number, row in enumerate(rows):
        parts += _cost_bar(row, top + number * step, step, left, (px(row.bound), px(row.cost)), middle)
        parts += _mix_bar(row.mix, middle + gap, top + number * step + (step - 30) / 2)
    parts += _key(words, left + 10)
    parts.append(text((left + middle) / 2, foot + 40, words.cost_axis, anchor="middle", size=13))
    parts.append(text((middle + gap + WIDTH) / 2, 44, words.mix_axis, anchor="middle", size=13, colour=SOFT_INK))
    return picture(WIDTH, foot + 48, identity, title, parts)


def _cost_bar(row: PlanRow, top: float, step: float, left: float, ends: tuple[float, float], right: float) -> list[str]:
    """Label of a plan, its bar from bound to cost with both ends marked, and the cost above it."""
    thick, bar_top = 16.0, top + step / 2 + 2
    base = top + step / 2 + (0 if row.mark else 6)
    parts = [text(left - 14, base, row.label, anchor="end", size=18, weight=700 if row.own else 600)]
    if row.mark:
        parts.append(text(left - 14, base + 19, row.mark, anchor="end", size=13, colour=SOFT_INK))
    parts.append(rect(ends[0], bar_top, ends[1] - ends[0], thick, OPEN))
    parts.append(line(ends[0], bar_top - 3, ends[0], bar_top + thick + 3, BOUND, 3))
    parts.append(tag("circle", {"cx": ends[1], "cy": bar_top + thick / 2, "r": 6.5, "fill": INK}))
    # The words stay within their half of the picture.
    half = 4.0 * len(row.cost_note)
    at = min(max((ends[0] + ends[1]) / 2, left + half), right - half)
    parts.append(text(at, bar_top - 9, row.cost_note, anchor="middle", size=14, weight=600, halo=True))
    return parts


def _mix_bar(mix: Sequence[Segment], left: float, top: float) -> list[str]:
    """One whole bar cut into technologies, each with its number of sites where it fits."""
    parts, x = [], left
    for segment in mix:
        width = segment.share * (WIDTH - left)
        name = tag("title", {}, f"{segment.label}: {segment.note}")
        parts.append(f"<g>{name}{rect(x, top, max(width - 1.5, 0.5), 30, segment.colour)}</g>")
        if width > 9.0 * len(segment.note) + 4:
            colour = readable_on(segment.colour)
            parts.append(
                text(x + width / 2, top + 20, segment.note, anchor="middle", size=14, colour=colour, weight=600)
            )
        x += width
    return parts


def _key(words: SideWords, left: float) -> list[str]:
    """What the two ends of a bar mean."""
    second = left + 34 + 7.0 * len(words.bound)
    return [
        line(left, 8, left, 26, BOUND, 3),
        text(left + 10, 22, words.bound, size=13, colour=SOFT_INK),
        tag("circle", {"cx": second, "cy": 17.0, "r": 6.5, "fill": INK}),
        text(second + 13, 22, words.cost, size=13, colour=SOFT_INK),
    ]


def ticks_between(low: float, high: float, count: int = 4) -> list[float]:
    """Return round values from below `low` to above `high`, about `count` steps apart.

    >>> ticks_between(276_991.0, 290_223.0)
    [275000.0, 280000.0, 285000.0, 290000.0, 295000.0]
    """
    span = (high - low) or abs(high) or 1.0
    raw = span / count
    power = 10.0 ** floor(log10(raw))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= raw * (1 - 1e-9))
    first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    if first == last:
        first, last = first - 1, last + 1
    return [step * number for number in range(first, last + 1)]
