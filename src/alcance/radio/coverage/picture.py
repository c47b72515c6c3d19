"""The picture of a coverage: classes of service over shaded relief, with legend and scale bar."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from alcance.errors import InputError, Problem
from alcance.radio.coverage.area import Coverage
from alcance.radio.png import write_png
from alcance.terrain import EARTH_RADIUS_M, Grid

if TYPE_CHECKING:
    from matplotlib.axes import Axes

INK, QUIET, FRAME = "#1d2730", "#5b6873", "#aab4bd"
# From the least service to the best: light to dark and apart for the colour-blind too.
RAMP = ("#ffe08a", "#f9a852", "#e2664f", "#b3286f", "#5b1a86")
HEIGHT_IN, DPI = 6.6, 130
SUN_AZIMUTH_DEG, SUN_ELEVATION_DEG, RELIEF = 315.0, 45.0, 1.6
SCALE_KM = (0.5, 1, 2, 5, 10, 20, 50)

PHRASES = {
    "en": {
        "service": "Service, Mbit/s",
        "from": "{rate:g} or more",
        "below": "under {rate:g}",
        "no_data": "no ground data",
        "tower": "tower",
        "towers": "towers",
        "rim": "{km:g} km",
        "served": "Served: {km2:,.0f} km²\n{share:.0%} of the disc",
        "served_many": "Served: {km2:,.0f} km²",
        "models": {
            "free_space": "free space", "bullington": "Bullington", "delta_bullington": "delta-Bullington",
            "p1812": "P.1812", "itm": "Irregular Terrain Model",
        },
        "head": "{ghz:g} GHz · {model} · antenna {height} m above ground",
        "north": "N",
    },
    "es": {
        "service": "Servicio, Mbit/s",
        "from": "{rate:g} o más",
        "below": "menos de {rate:g}",
        "no_data": "sin datos de terreno",
        "tower": "torre",
        "towers": "torres",
        "rim": "{km:g} km",
        "served": "Servido: {km2:,.0f} km²\n{share:.0%} del disco",
        "served_many": "Servido: {km2:,.0f} km²",
        "models": {
            "free_space": "espacio libre", "bullington": "Bullington", "delta_bullington": "delta-Bullington",
            "p1812": "P.1812", "itm": "modelo de terreno irregular",
        },
        "head": "{ghz:g} GHz · {model} · antena a {height} m del suelo",
        "north": "N",
    },
}  # fmt: skip


def coverage_png(covered: Coverage, grid: Grid, path: Path, lang: str, *, title: str) -> None:
    """Draw a coverage over shaded relief to a PNG file; the same coverage gives the same bytes.

    Parameters
    ----------
    covered
        The coverage.
    grid
        The ground.
    path
        File to write; it appears whole or not at all.
    lang
        "es" or "en".
    title
        What to call it.

    Raises
    ------
    InputError
        The language is not known.
    OutputError
        The file cannot be written.
    """
    from matplotlib.figure import Figure

    if lang not in PHRASES:
        message = f"a picture speaks {' or '.join(sorted(PHRASES))}"
        raise InputError([Problem("picture", None, "lang", str(lang), message)])
    say: dict[str, Any] = PHRASES[lang]
    west, south, east, north = covered.bounds
    squeeze = math.cos(math.radians((south + north) / 2))
    map_height = 0.83 * HEIGHT_IN
    map_width = min(max(map_height * (east - west) * squeeze / (north - south), 2.5), 11.0)
    width = map_width + 3.1
    figure = Figure(figsize=(width, HEIGHT_IN), dpi=DPI, facecolor="white")
    axes = figure.add_axes((0.62 / width, 0.065, map_width / width, 0.83))
    axes.set_aspect(1 / squeeze)
    _draw_relief(axes, covered, grid)
    colours = _colours(len(covered.classes_mbps))
    _draw_classes(axes, covered, colours)
    _draw_towers(axes, covered, say)
    _finish(axes, covered)
    _draw_scale(axes, squeeze)
    left = (0.62 + map_width + 0.3) / width
    _draw_legend(figure, left, covered, colours, say)
    figure.text(0.62 / width, 0.952, title, fontsize=14, fontweight="bold", color=INK, va="center")
    heights = sorted({tower.height_m for tower in covered.towers})
    height = f"{heights[0]:g}" if len(heights) == 1 else f"{heights[0]:g}–{heights[-1]:g}"
    head = say["head"].format(
        ghz=covered.freq_ghz, model=say["models"].get(covered.model, covered.model), height=height
    )
    figure.text(0.62 / width, 0.914, head, fontsize=9.5, color=QUIET, va="center")
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    write_png(np.asarray(canvas.buffer_rgba())[:, :, :3], path, DPI)


def shade(ground_m: NDArray[np.float32], cell_lon_m: float, cell_lat_m: float) -> NDArray[np.float32]:
    """Brightness of ground lit from the north-west, 0 to 1, NaN where a neighbour is missing (Horn's slopes)."""
    down, right = np.gradient(ground_m.astype(np.float64))
    slope_x, slope_y = RELIEF * right / cell_lon_m, -RELIEF * down / cell_lat_m
    azimuth, elevation = math.radians(SUN_AZIMUTH_DEG), math.radians(SUN_ELEVATION_DEG)
    lit = math.sin(elevation) - math.cos(elevation) * (slope_x * math.sin(azimuth) + slope_y * math.cos(azimuth))
    bright: NDArray[np.float32] = np.clip(lit / np.sqrt(1 + slope_x**2 + slope_y**2), 0, 1).astype(np.float32)
    return bright


def _draw_relief(axes: Axes, covered: Coverage, grid: Grid) -> None:
    rows, cols = covered.received_dbm.shape
    row0 = round((grid.north - covered.north) / grid.step_lat_deg)
    col0 = round((covered.west - grid.west) / grid.step_lon_deg)
    ground = np.full((rows, cols), np.nan, np.float32)
    top, left = max(row0, 0), max(col0, 0)
    part = grid.ground_m[top : max(row0 + rows, 0), left : max(col0 + cols, 0)]
    ground[top - row0 : top - row0 + part.shape[0], left - col0 : left - col0 + part.shape[1]] = part
    metres = math.radians(1) * EARTH_RADIUS_M
    middle = math.cos(math.radians(covered.north - rows / 2 * covered.step_lat_deg))
    bright = shade(ground, covered.step_lon_deg * metres * middle, covered.step_lat_deg * metres)
    west, south, east, north = covered.bounds
    axes.imshow(
        bright, cmap="gray", vmin=-0.35, vmax=1.02, extent=(west, east, south, north), aspect="auto",
        interpolation="bilinear", zorder=1,
    )  # fmt: skip


def _colours(count: int) -> list[tuple[float, float, float]]:
    """Colours of the classes, spread over the ramp."""
    from matplotlib.colors import LinearSegmentedColormap

    ramp = LinearSegmentedColormap.from_list("service", RAMP)
    places = [0.5] if count == 1 else [k / (count - 1) for k in range(count)]
    return [ramp(place)[:3] for place in places]


def _draw_classes(axes: Axes, covered: Coverage, colours: list[tuple[float, float, float]]) -> None:
    west, south, east, north = covered.bounds
    paint = np.zeros((*covered.service_class.shape, 4), np.float32)
    for k, colour in enumerate(colours, start=1):
        paint[covered.service_class == k] = (*colour, 0.68)
    # Beyond the discs the ground steps back.
    paint[np.isnan(covered.received_dbm)] = (1, 1, 1, 0.62)
    axes.imshow(paint, extent=(west, east, south, north), aspect="auto", interpolation="nearest", zorder=2)


def _draw_towers(axes: Axes, covered: Coverage, say: dict[str, Any]) -> None:
    many = len(covered.towers) > 12
    angle = np.linspace(0, 2 * np.pi, 361)
    reach = math.degrees(covered.radius_m / EARTH_RADIUS_M)
    for tower in covered.towers:
        if not many:
            around = tower.lon + reach * np.sin(angle) / math.cos(math.radians(tower.lat))
            axes.plot(around, tower.lat + reach * np.cos(angle), color=INK, linewidth=0.8, alpha=0.55, zorder=3)
        axes.plot(
            [tower.lon], [tower.lat], marker="^", markersize=5 if many else 9, color="white", markeredgecolor=INK,
            mew=0.8 if many else 1.5, linestyle="none", zorder=6,
        )  # fmt: skip
    if not many:
        tower = covered.towers[0]
        axes.annotate(
            say["rim"].format(km=round(covered.radius_m / 1e3, 2)),
            (tower.lon, tower.lat + reach), xytext=(0, -5), textcoords="offset points", ha="center", va="top",
            fontsize=8, color=INK, zorder=7, annotation_clip=False,
            bbox={"boxstyle": "round,pad=0.2", "facecolor": "white", "alpha": 0.75, "edgecolor": "none"},
        )  # fmt: skip


def _draw_scale(axes: Axes, squeeze: float) -> None:
    """Bar of a round length, about a fifth of the width, at the lower left."""
    low, high = axes.get_xlim()
    bottom, top = axes.get_ylim()
    km_per_deg = math.radians(1) * EARTH_RADIUS_M / 1e3 * squeeze
    span_km = (high - low) * km_per_deg
    length = max((km for km in SCALE_KM if km <= span_km / 4), default=SCALE_KM[0])
    x, y, thick = low + 0.035 * (high - low), bottom + 0.035 * (top - bottom), 0.009 * (top - bottom)
    from matplotlib.patches import Rectangle

    back = (x - 0.015 * (high - low), y - 0.015 * (top - bottom))
    size = (length / km_per_deg + 0.03 * (high - low), 0.075 * (top - bottom))
    axes.add_patch(Rectangle(back, *size, facecolor="white", alpha=0.82, edgecolor="none", zorder=8))
    for half in range(2):
        corner = (x + half * length / 2 / km_per_deg, y)
        face = INK if half == 0 else "white"
        bar = Rectangle(corner, length / 2 / km_per_deg, thick, facecolor=face, edgecolor=INK, linewidth=0.8, zorder=9)
        axes.add_patch(bar)
    for km in (0.0, length / 2, length):
        mark = f"{km:g} km" if km == length else f"{km:g}"
        axes.text(
            x + km / km_per_deg, y + 2 * thick, mark, fontsize=7.5, color=INK, zorder=9,
            ha="left" if km == 0 else "right" if km == length else "center",
        )  # fmt: skip


def _finish(axes: Axes, covered: Coverage) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    west, south, east, north = covered.bounds
    axes.set_xlim(west, east)
    axes.set_ylim(south, north)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(5))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.2f}°"))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.2f}°"))
    axes.tick_params(colors=QUIET, labelsize=8, length=3, color=FRAME)
    for spine in axes.spines.values():
        spine.set_color(FRAME)


def _draw_legend(
    figure: Any, left: float, covered: Coverage, colours: list[tuple[float, float, float]], say: dict[str, Any]
) -> None:
    from matplotlib.patches import Rectangle

    areas = covered.area_km2()
    width = figure.get_size_inches()[0]
    box, gap = 0.2 / width, 0.034
    y = 0.86
    figure.text(left, y, say["service"], fontsize=10.5, fontweight="bold", color=INK, va="center")
    figure.text(1 - 0.12 / width, y, "km²", fontsize=9, color=QUIET, va="center", ha="right")
    entries = [
        (say["from"].format(rate=rate), colour, area)
        for rate, colour, area in zip(covered.classes_mbps, colours, areas[1:], strict=True)
    ][::-1]
    entries.append((say["below"].format(rate=covered.classes_mbps[0]), (0.72, 0.72, 0.72), areas[0]))
    y -= 0.012
    for words, colour, area in entries:
        y -= gap
        figure.add_artist(
            Rectangle((left, y - 0.011), box, 0.022, facecolor=colour, edgecolor=FRAME, linewidth=0.6, alpha=0.9)
        )
        figure.text(left + 1.5 * box, y, words, fontsize=9.5, color=INK, va="center")
        figure.text(1 - 0.12 / width, y, f"{area:,.1f}", fontsize=9.5, color=INK, va="center", ha="right")
    served, total = float(areas[1:].sum()), float(areas.sum())
    places = len({(tower.lon, tower.lat) for tower in covered.towers})
    key = "served" if places == 1 else "served_many"
    y -= 0.04
    words = say[key].format(km2=served, share=served / total if total else 0.0)
    figure.text(left, y, words, fontsize=9.5, color=INK, va="top", fontweight="bold", linespacing=1.4)
    y -= 0.1 if places == 1 else 0.07
    from matplotlib.lines import Line2D

    mark = Line2D(
        [left + box / 2], [y], marker="^", markersize=8, color="white", markeredgecolor=INK, mew=1.4, linestyle="none"
    )
    figure.add_artist(mark)
    name = say["tower"] if places == 1 else f"{places:,} {say['towers']}"
    figure.text(left + 1.5 * box, y, name, fontsize=9.5, color=INK, va="center")
