"""The few pieces of SVG that the report's pictures are made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape

INK = "#17282d"
SOFT_INK = "#56666c"
GRID = "#dfe5e7"


def plain(value: float, decimals: int = 1) -> str:
    """Write a coordinate as short as it can be."""
    text = f"{value:.{decimals}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def tag(name: str, attributes: Mapping[str, object], content: str = "") -> str:
    """Write one element; an underscore in an attribute's name stands for a hyphen."""
    parts = [
        f' {key.replace("_", "-")}="{escape(plain(value) if isinstance(value, float) else str(value))}"'
        for key, value in attributes.items()
    ]
    opening = f"<{name}{''.join(parts)}"
    return f"{opening}>{content}</{name}>" if content else f"{opening}/>"


def text(
    x: float,
    y: float,
    words: str,
    *,
    anchor: str = "start",
    size: float = 13.0,
    colour: str = INK,
    weight: int = 400,
    halo: bool = False,
) -> str:
    """Write words at a place, `y` being their base line; `halo` gives them a white rim."""
    attributes: dict[str, object] = {"x": float(x), "y": float(y), "font_size": float(size), "fill": colour}
    if anchor != "start":
        attributes["text_anchor"] = anchor
    if weight != 400:
        attributes["font_weight"] = weight
    if halo:
        attributes.update(stroke="#fff", stroke_width=3.0, stroke_linejoin="round", paint_order="stroke")
    return tag("text", attributes, escape(words))


def rect(x: float, y: float, width: float, height: float, fill: str, *, radius: float = 0.0) -> str:
    """Draw a filled rectangle."""
    attributes: dict[str, object] = {
        "x": float(x),
        "y": float(y),
        "width": float(max(width, 0)),
        "height": float(height),
        "fill": fill,
    }
    if radius:
        attributes["rx"] = radius
    return tag("rect", attributes)


def line(x1: float, y1: float, x2: float, y2: float, colour: str = GRID, width: float = 1.0, dash: str = "") -> str:
    """Draw a straight line."""
    attributes: dict[str, object] = {
        "x1": float(x1),
        "y1": float(y1),
        "x2": float(x2),
        "y2": float(y2),
        "stroke": colour,
    }
    attributes["stroke_width"] = float(width)
    if dash:
        attributes["stroke_dasharray"] = dash
    return tag("line", attributes)


def picture(width: float, height: float, identity: str, title: str, parts: Iterable[str]) -> str:
    """Put parts together as one picture that a screen reader announces by its title."""
    return (
        f'<svg viewBox="0 0 {plain(width)} {plain(height)}" role="img" aria-labelledby="{identity}-title">'
        f'<title id="{identity}-title">{escape(title)}</title>{"".join(parts)}</svg>'
    )
