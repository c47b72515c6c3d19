"""The map of the plan as one light SVG: areas or a shadow of the inhabited land, fibre, links, sites, PoPs."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from alcance.publish import layers
from alcance.publish.folder import PlanFolder
from alcance.publish.language import Language
from alcance.publish.palette import (
    DRAW_ORDER,
    FIBRE_COLOURS,
    FIBRE_KINDS,
    RADIO_COLOURS,
    TECHNOLOGIES,
    TECHNOLOGY_COLOURS,
)
from alcance.publish.screening import screening_label
from alcance.publish.svg import INK, SOFT_INK, line, picture, plain, rect, tag, text

if TYPE_CHECKING:
    from numpy.typing import NDArray

WIDTH = 1080.0
MARGIN = 26.0
MANY_SITES = 20_000
METRES_PER_DEGREE = 111_194.9  # of latitude, on a sphere of 6 371 km

_LINE_WIDTHS = {
    "fibre_lit": 3.0,
    "fibre_dark": 3.0,
    "fibre_new": 2.6,
    "fibre_distribution": 1.9,
    "fibre_road": 1.9,
    "fibre_drop": 1.2,
}


@dataclass(frozen=True)
class Frame:
    """An equirectangular picture of a window, true to scale at its middle latitude."""

    west: float
    south: float
    east: float
    north: float
    decimals: int = 1

    @property
    def across(self) -> float:
        """Pixels per degree of longitude."""
        return (WIDTH - 2 * MARGIN) / (self.east - self.west)

    @property
    def up(self) -> float:
        """Pixels per degree of latitude."""
        return self.across / math.cos(math.radians((self.south + self.north) / 2))

    @property
    def height(self) -> float:
        """Height of the picture [px]."""
        return 2 * MARGIN + (self.north - self.south) * self.up

    @property
    def px_per_km(self) -> float:
        """Pixels per kilometre."""
        return self.up / (METRES_PER_DEGREE / 1000)

    @property
    def scale_km(self) -> int:
        """Round length of a scale bar of at most 200 pixels [km]."""
        return next((km for km in (500, 200, 100, 50, 20, 10, 5, 2, 1) if km * self.px_per_km <= 200), 1)

    def x(self, lon: float) -> float:
        """Horizontal place of a longitude [px]."""
        return MARGIN + (lon - self.west) * self.across

    def y(self, lat: float) -> float:
        """Vertical place of a latitude [px]."""
        return MARGIN + (self.north - lat) * self.up

    def path(self, points: Iterable[Sequence[float]]) -> str:
        """A line through points as path data, in steps from one to the next."""
        words: list[str] = []
        before = (0.0, 0.0)
        for lon, lat, *_ in points:
            here = (round(self.x(lon), self.decimals), round(self.y(lat), self.decimals))
            if not words:
                words.append(f"M{plain(here[0])} {plain(here[1])}")
            elif here != before:
                words.append(f"l{plain(here[0] - before[0])} {plain(here[1] - before[1])}")
            before = here
        return "".join(words) + ("" if len(words) > 1 else "h0")

    def paths(self, shapes: Iterable[Any]) -> str:
        """Lines as path data; where a pixel is all that is told apart, lines that cover the same ones are one."""
        drawn = [self.path(shape.coords) for shape in shapes]
        return "".join(drawn if self.decimals else dict.fromkeys(drawn))


def frame_of(plan: PlanFolder) -> Frame:
    """Window that holds every site and line, with a little air; a flat plan gets a window of its own width."""
    west, south, east, north = (float(v) for v in plan.sites.total_bounds)
    if len(plan.edges):
        lines = plan.edges[plan.edges.geometry.geom_type == "LineString"]
        if len(lines):
            w, s, e, n = (float(v) for v in lines.total_bounds)
            west, south, east, north = min(west, w), min(south, s), max(east, e), max(north, n)
    width = max(east - west, (north - south) * 0.9, 0.05)
    height = max(north - south, width * 0.4)
    middle = ((west + east) / 2, (south + north) / 2)
    air = 0.02 * width
    return Frame(
        middle[0] - width / 2 - air,
        middle[1] - height / 2 - air,
        middle[0] + width / 2 + air,
        middle[1] + height / 2 + air,
        # A country of more sites than pixels needs no tenths of them, and the page stays light.
        decimals=1 if len(plan.sites) <= MANY_SITES else 0,
    )


def map_svg(plan: PlanFolder, lang: Language) -> str:
    """Draw the plan as SVG.

    Parameters
    ----------
    plan
        The plan.
    lang
        Language of the labels.
    """
    frame = frame_of(plan)
    parts = [
        rect(0, 0, WIDTH, frame.height, "#eef3f5"),
        *_graticule(frame),
        _land(plan, frame),
        *_degrees(frame, lang),
        *_lines(plan, frame),
        *_sites(plan, frame),
        *_entries(plan, frame),
        *_scale_bar(frame, lang),
        *_banner(screening_label(plan.summary, lang)),
    ]
    return picture(WIDTH, frame.height, "map", lang("map.alt", title=plan.title), parts)


def _banner(words: str) -> list[str]:
    """Words across the top of the picture, so that a copy of it still says them; nothing where there are none."""
    if not words:
        return []
    return [rect(0, 0, WIDTH, 32, "#ffd166"), text(WIDTH / 2, 22, words, anchor="middle", size=17, weight=700)]


def _round_degrees(low: float, high: float, step: float) -> list[float]:
    return [number * step for number in range(math.ceil(low / step), math.floor(high / step) + 1)]


def _step(frame: Frame) -> float:
    return next((s for s in (0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0) if (frame.east - frame.west) / s <= 8), 20.0)


def _graticule(frame: Frame) -> list[str]:
    step = _step(frame)
    across = [frame.x(lon) for lon in _round_degrees(frame.west, frame.east, step)]
    down = [frame.y(lat) for lat in _round_degrees(frame.south, frame.north, step)]
    parts = [line(x, 0, x, frame.height, "#dbe4e7", 0.8) for x in across]
    return parts + [line(0, y, WIDTH, y, "#dbe4e7", 0.8) for y in down]


def _degrees(frame: Frame, lang: Language) -> list[str]:
    step = _step(frame)
    parts = []
    for lon in _round_degrees(frame.west, frame.east, step):
        side = lang("map.west") if lon < 0 else lang("map.east")
        parts.append(
            text(
                frame.x(lon) + 4,
                frame.height - 6,
                f"{plain(abs(lon), 2)}° {side}",
                size=10.5,
                colour="#5f7076",
                halo=True,
            )
        )
    for lat in _round_degrees(frame.south, frame.north, step):
        side = lang("map.south") if lat < 0 else lang("map.north")
        parts.append(text(5, frame.y(lat) - 4, f"{plain(abs(lat), 2)}° {side}", size=10.5, colour="#5f7076", halo=True))
    return parts


def _land(plan: PlanFolder, frame: Frame) -> str:
    admin = layers.admin_layer(plan)
    if admin is not None:
        outline = "".join(frame.path(ring) + "z" for shape in admin.geometry for ring in _rings(shape))
        common = {"d": outline, "stroke_linejoin": "round"}
        # The white rim closes the slits between outlines that were thinned one by one.
        ground = tag("path", {**common, "fill": "#fff", "stroke": "#fff", "stroke_width": 1.6})
        return ground + tag("path", {**common, "fill": "none", "stroke": "#d9e1e4", "stroke_width": 0.6})
    # Without outlines, wide dots around the sites run together into the inhabited land.
    dots = _dots(frame, plan.sites.geometry.x.to_numpy(), plan.sites.geometry.y.to_numpy(), 0)
    wide = {"d": dots, "fill": "none", "stroke_linecap": "round"}
    return tag("path", {**wide, "stroke": "#cfd9dd", "stroke_width": 40.0}) + tag(
        "path", {**wide, "stroke": "#fff", "stroke_width": 37.0}
    )


def _rings(shape: Any) -> Iterable[Any]:
    for polygon in getattr(shape, "geoms", [shape]):
        yield polygon.exterior.coords
        for hole in polygon.interiors:
            yield hole.coords


def _dots(frame: Frame, lon: NDArray[Any], lat: NDArray[Any], decimals: int) -> str:
    """Path data that draws a dot at each place when stroked with round ends."""
    dots = (f"M{plain(frame.x(x), decimals)} {plain(frame.y(y), decimals)}h0" for x, y in zip(lon, lat, strict=True))
    return "".join(dict.fromkeys(dots))


def _lines(plan: PlanFolder, frame: Frame) -> list[str]:
    parts = []
    busy = len(plan.sites) > 3000
    for kind, width, opacity in (
        ("client", 0.6 if busy else 1.0, 0.55),
        ("ptp_end", 0.8 if busy else 1.3, 0.6),
        ("ptp", 0.9 if busy else 1.6, 0.75),
    ):
        links = layers.edge_layer(plan, (kind,), lines=True)
        if len(links):
            way = frame.paths(links.geometry)
            look = {"stroke": RADIO_COLOURS[kind], "stroke_width": width, "stroke_opacity": opacity}
            parts.append(tag("path", {"d": way, "fill": "none", **look}))
    thin = 0.7 if busy else 1.0
    fibre = layers.fibre_layer(plan)
    ways = {kind: frame.paths(fibre.geometry[fibre["kind"] == kind]) for kind in FIBRE_KINDS}
    common = {"fill": "none", "stroke_linejoin": "round", "stroke_linecap": "round"}
    for kind in reversed(FIBRE_KINDS):
        if ways[kind]:
            width = _LINE_WIDTHS[kind] * thin
            parts.append(
                tag(
                    "path",
                    {"d": ways[kind], **common, "stroke": "#fff", "stroke_width": width + 1.2, "stroke_opacity": 0.7},
                )
            )
            parts.append(tag("path", {"d": ways[kind], **common, "stroke": FIBRE_COLOURS[kind], "stroke_width": width}))
    return parts


def dot_px(count: int) -> float:
    """Diameter of a site's dot that suits the number of sites [px]."""
    return 3.0 if count > 5000 else 4.2 if count > 800 else 8.0


def _sites(plan: PlanFolder, frame: Frame) -> list[str]:
    size = dot_px(len(plan.sites))
    parts = []
    unknown = sorted(set(plan.sites["technology"]) - set(TECHNOLOGIES))
    for name in (*unknown, *DRAW_ORDER):
        chosen = plan.sites[plan.sites["technology"] == name]
        if not len(chosen):
            continue
        dots = _dots(frame, chosen.geometry.x.to_numpy(), chosen.geometry.y.to_numpy(), frame.decimals)
        round_ends = {"d": dots, "fill": "none", "stroke_linecap": "round"}
        if size > 4:
            parts.append(tag("path", {**round_ends, "stroke": "#fff", "stroke_width": size + 2}))
        parts.append(
            tag("path", {**round_ends, "stroke": TECHNOLOGY_COLOURS.get(name, SOFT_INK), "stroke_width": size})
        )
    return parts


def _entries(plan: PlanFolder, frame: Frame) -> list[str]:
    """PoPs and gateways as squares; the names of those that carry most people, where they do not collide."""
    entries = layers.network_layer(plan)
    entries = entries[entries["kind"].isin(["pop", "gateway"])].sort_values(
        ["people_below", "edge_id"], ascending=[False, True], kind="stable"
    )
    parts: list[str] = []
    labels: list[str] = []
    taken: list[tuple[float, float, float, float]] = []
    squares = 0
    for row in entries.itertuples():
        x, y = frame.x(row.geometry.x), frame.y(row.geometry.y)
        pop = row.kind == "pop"
        if not pop and squares > 60:
            continue
        squares += not pop
        half = 4.5 if pop else 2.6
        parts.append(
            tag(
                "rect",
                {
                    "x": x - half,
                    "y": y - half,
                    "width": 2 * half,
                    "height": 2 * half,
                    "fill": INK if pop else "#009e73",
                    "stroke": "#fff",
                    "stroke_width": 1.4,
                },
            )
        )
        name = str(row.to_name or "")
        width = 6.6 * len(name)
        box = (x + 7, y - 9, x + 9 + width, y + 5)
        free = all(box[2] < b[0] or box[0] > b[2] or box[3] < b[1] or box[1] > b[3] for b in taken)
        if pop and name and free and len(labels) < 24 and box[2] < WIDTH:
            labels.append(text(x + 8, y + 4, name, size=12, weight=600, halo=True))
            taken.append(box)
    return parts + labels


def _scale_bar(frame: Frame, lang: Language) -> list[str]:
    length = frame.scale_km
    width = length * frame.px_per_km
    x, y = WIDTH - MARGIN - width, frame.height - 30
    box = rect(x - 12, y - 22, width + 24, 36, "#ffffff", radius=3.0)
    return [
        box,
        line(x, y, x + width, y, INK, 2.5),
        text(x + width / 2, y - 7, f"{lang.number(length)} km", anchor="middle", size=12, weight=600),
    ]
