"""The report's charts as SVG; each takes numbers that stand in a table beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from alcance.publish.svg import GRID, INK, SOFT_INK, line, picture, plain, rect, tag, text

WIDTH = 960.0


@dataclass(frozen=True)
class Bar:
    """One bar: what it is, how long, what is written at its end, its colour."""

    label: str
    value: float
    note: str
    colour: str


@dataclass(frozen=True)
class Segment:
    """One part of a stacked bar; `share` is a fraction of the whole."""

    label: str
    share: float
    note: str
    colour: str


def readable_on(colour: str) -> str:
    """Return black or white, whichever is easier to read on a colour (relative luminance of WCAG 2)."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "#ffffff" if 1.05 / (luminance + 0.05) >= (luminance + 0.05) / 0.05 else "#000000"


def stacked_bars(identity: str, title: str, rows: Sequence[tuple[str, Sequence[Segment]]]) -> str:
    """Draw one whole bar per row, cut into parts; a part is labelled where its words fit."""
    left, bar, gap = 132.0, 40.0, 18.0
    parts = []
    for number, (label, segments) in enumerate(rows):
        top = number * (bar + gap)
        parts.append(text(left - 14, top + bar / 2 + 5, label, anchor="end", size=15, weight=600))
        x = left
        for segment in segments:
            width = segment.share * (WIDTH - left)
            name = tag("title", {}, f"{segment.label}: {segment.note}")
            parts.append(f"<g>{name}{rect(x, top, max(width - 1.5, 0.5), bar, segment.colour)}</g>")
            if width > 8.2 * len(segment.note):
                parts.append(
                    text(
                        x + width / 2,
                        top + bar / 2 + 5,
                        segment.note,
                        anchor="middle",
                        size=14,
                        colour=readable_on(segment.colour),
                        weight=600,
                    )
                )
            x += width
    return picture(WIDTH, len(rows) * (bar + gap) - gap, identity, title, parts)


def bars(
    identity: str, title: str, rows: Sequence[Bar], *, label_width: float = 250.0, note_width: float = 210.0
) -> str:
    """Draw horizontal bars from zero with their notes at the end."""
    step, thick = 36.0, 22.0
    most = max((row.value for row in rows), default=0.0) or 1.0
    parts = [line(label_width, 0, label_width, len(rows) * step, "#b8c4c8")]
    for number, row in enumerate(rows):
        top = number * step + (step - thick) / 2
        width = row.value / most * (WIDTH - label_width - note_width)
        parts.append(text(label_width - 12, top + thick / 2 + 5, row.label, anchor="end", size=14))
        parts.append(rect(label_width, top, max(width, 1.0), thick, row.colour))
        parts.append(text(label_width + width + 10, top + thick / 2 + 5, row.note, size=14, colour=INK, weight=600))
    return picture(WIDTH, len(rows) * step, identity, title, parts)


@dataclass(frozen=True)
class Axis:
    """An axis: its largest value, the values that are marked with their labels, and its name."""

    most: float
    ticks: Sequence[tuple[float, str]]
    name: str


def curve(
    identity: str,
    title: str,
    xs: Sequence[float],
    ys: Sequence[float],
    x_axis: Axis,
    y_axis: Axis,
    marks: Sequence[tuple[float, float, str]],
    colour: str,
) -> str:
    """Draw a rising curve with a filled foot, a grid and some marked points."""
    height, left, right, top, bottom = 430.0, 66.0, 24.0, 18.0, 58.0

    def px(value: float) -> float:
        return left + value / x_axis.most * (WIDTH - left - right)

    def py(value: float) -> float:
        return height - bottom - value / y_axis.most * (height - top - bottom)

    parts = []
    for value, label in y_axis.ticks:
        parts.append(line(left, py(value), WIDTH - right, py(value)))
        parts.append(text(left - 10, py(value) + 5, label, anchor="end", size=13, colour=SOFT_INK))
    for value, label in x_axis.ticks:
        parts.append(line(px(value), height - bottom, px(value), height - bottom + 5, "#9aa7ac"))
        parts.append(text(px(value), height - bottom + 22, label, anchor="middle", size=13, colour=SOFT_INK))
    way = " ".join(f"{plain(px(x))},{plain(py(y))}" for x, y in zip(xs, ys, strict=True))
    foot = f"{plain(px(xs[-1]))},{plain(py(0))} {plain(px(xs[0]))},{plain(py(0))}"
    parts.append(tag("polygon", {"points": f"{way} {foot}", "fill": colour, "fill_opacity": 0.1}))
    parts.append(line(left, py(0), WIDTH - right, py(0), "#9aa7ac"))
    parts.append(
        tag(
            "polyline",
            {"points": way, "fill": "none", "stroke": colour, "stroke_width": 3.0, "stroke_linejoin": "round"},
        )
    )
    lowest = height - bottom - 8
    taken: list[tuple[float, float, float]] = []
    for x, y, label in marks:
        parts.append(
            tag("circle", {"cx": px(x), "cy": py(y), "r": 5.0, "fill": "#fff", "stroke": colour, "stroke_width": 2.5})
        )
        to_left = px(x) > WIDTH - 250
        low = min(
            py(y) + (36 if to_left else 20), lowest
        )  # words to the left stand lower, so that the curve stays free
        start = px(x) - 7.4 * len(label) if to_left else px(x) + 12
        while any(
            abs(low - other) < 17 and start < end and begin < start + 7.4 * len(label) for begin, end, other in taken
        ):
            low += 18
        taken.append((start, start + 7.4 * len(label), low))
        parts.append(
            text(
                px(x) + (0 if to_left else 12),
                low,
                label,
                anchor="end" if to_left else "start",
                size=13,
                weight=600,
                halo=True,
            )
        )
    parts.append(text((left + WIDTH - right) / 2, height - 8, x_axis.name, anchor="middle", size=13, colour=INK))
    return picture(WIDTH, height, identity, title, parts)


def gap_scale(identity: str, title: str, bound: tuple[float, str], plan: tuple[float, str], between: str) -> str:
    """Draw the proven bound, the plan, and what lies between them on one scale from zero."""
    scale = (WIDTH - 2) / max(plan[0], bound[0], 1.0)
    x_bound, x_plan = bound[0] * scale, plan[0] * scale
    top, thick = 34.0, 44.0
    parts = [
        rect(0, top, x_bound, thick, "#0072b2"),
        rect(x_bound, top, x_plan - x_bound, thick, "#f3d9a4"),
        line(x_bound, top - 8, x_bound, top + thick + 8, INK, 2),
        line(x_plan, top - 8, x_plan, top + thick + 8, INK, 2),
        text(x_bound - 8, top - 14, bound[1], anchor="end", size=14, weight=600),
        text(x_plan, top + thick + 26, plan[1], anchor="end", size=14, weight=600),
    ]
    if x_plan - x_bound > 8.2 * len(between):
        parts.append(text((x_bound + x_plan) / 2, top + thick / 2 + 5, between, anchor="middle", size=14, weight=600))
    return picture(WIDTH, top + thick + 34, identity, title, parts)


def nice_ticks(most: float, count: int = 6) -> list[float]:
    """Return round values from zero to at most `most`, about `count` of them."""
    if not most > 0:
        return [0.0]
    raw = most / count
    power = 10.0 ** len(str(int(raw))) / 10 if raw >= 1 else 1.0
    while power > raw:
        power /= 10
    step = next((power * m for m in (1, 2, 2.5, 5, 10) if power * m >= raw), power * 10)
    return [step * i for i in range(int(most / step + 1e-9) + 1)]


__all__ = ["GRID", "Axis", "Bar", "Segment", "bars", "curve", "gap_scale", "nice_ticks", "stacked_bars"]
