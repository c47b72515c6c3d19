"""The plan in one picture: the map, its legend and the headline numbers as a PNG."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from alcance.files import whole_file
from alcance.publish import layers
from alcance.publish.folder import PlanFolder, read_plan_folder
from alcance.publish.language import Language, language, pack_language
from alcance.publish.map_picture import MARGIN, Frame, frame_of
from alcance.publish.palette import (
    DRAW_ORDER,
    FIBRE_COLOURS,
    FIBRE_KINDS,
    RADIO_COLOURS,
    RADIO_KINDS,
    TECHNOLOGIES,
    TECHNOLOGY_COLOURS,
)
from alcance.publish.screening import screening_label, screening_words
from alcance.publish.svg import INK, SOFT_INK

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH_IN: Final = 8.0
DPI: Final = 200


def overview_png(folder: Path, path: Path, lang: str | None = None) -> Path:
    """Draw the plan as one picture for a README or a slide.

    Parameters
    ----------
    folder
        A plan folder.
    path
        PNG file to write.
    lang
        Language of the words; that of the pack if None.

    Raises
    ------
    InputError
        If the folder is missing or damaged, or there are no words for the language.
    OutputError
        If the file cannot be written.
    """
    plan = read_plan_folder(folder)
    words = language(lang) if lang is not None else pack_language(plan.summary)
    data = _draw(plan, words)
    with whole_file(path) as temporary:
        temporary.write_bytes(data)
    return path


def _draw(plan: PlanFolder, t: Language) -> bytes:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    frame = frame_of(plan)
    ratio = frame.height / (2 * MARGIN + (frame.east - frame.west) * frame.across)
    head, foot = 0.95, 0.78  # inches above and below the map
    height = head + WIDTH_IN * ratio + foot
    figure = Figure(figsize=(WIDTH_IN, height), dpi=DPI, facecolor="white")
    FigureCanvasAgg(figure)
    _heading(figure, plan, t, height)
    axes = figure.add_axes((0, foot / height, 1, WIDTH_IN * ratio / height))
    _map(axes, plan, frame, t)
    _legend(figure, plan, t, foot / height)
    buffer = io.BytesIO()
    words = screening_words(plan.summary, t)
    metadata = {"Software": None} | ({"Description": words} if words else {})  # without matplotlib's version
    figure.savefig(buffer, format="png", dpi=DPI, metadata=metadata)
    return buffer.getvalue()


def _heading(figure: Figure, plan: PlanFolder, t: Language, height: float) -> None:
    s = plan.summary
    figure.text(0.03, 1 - 0.34 / height, t("report.heading", title=plan.title), size=15, weight="bold", color=INK)
    facts = t(
        "overview.facts",
        sites=t.count("n.sites", s["sites_planned"]),
        people=t.count("n.people", s["people_planned"]),
        cost=t.big_money(s["cost"], plan.currency),
        years=t.count("n.years", s["policy"]["horizon_years"]),
    )
    figure.text(0.03, 1 - 0.57 / height, facts, size=8.6, color=INK)
    bound = t("overview.bound", options=t.number(s["options"]), percent=t.percent_at_most(s["plan_gap"]))
    figure.text(0.03, 1 - 0.77 / height, bound, size=8.6, color=SOFT_INK)


def _map(axes: Axes, plan: PlanFolder, frame: Frame, t: Language) -> None:
    import shapely
    from matplotlib.collections import LineCollection, PolyCollection

    axes.set_xlim(frame.west - MARGIN / frame.across, frame.east + MARGIN / frame.across)
    axes.set_ylim(frame.south - MARGIN / frame.up, frame.north + MARGIN / frame.up)
    axes.set_aspect(frame.up / frame.across)
    axes.set_facecolor("#eef3f5")
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set_visible(False)
    rings = [ring for shape in _land(plan, frame) for ring in _outlines(shape)]
    axes.add_collection(PolyCollection(rings, facecolors="white", edgecolors="#d3dcdf", linewidths=0.35))
    busy = len(plan.sites) > 3000
    for kind in reversed(RADIO_KINDS):
        lines = layers.edge_layer(plan, (kind,), lines=True).geometry
        width = (0.25 if kind == "client" else 0.4) * (1 if busy else 2.2)
        ways = [shapely.get_coordinates(line) for line in lines]
        axes.add_collection(LineCollection(ways, colors=RADIO_COLOURS[kind], linewidths=width, alpha=0.6))
    fibre = layers.fibre_layer(plan)
    for kind in reversed(FIBRE_KINDS):
        ways = [shapely.get_coordinates(line) for line in fibre.geometry[fibre["kind"] == kind]]
        width = (0.45 if kind == "fibre_drop" else 0.8) * (1 if busy else 1.8)
        axes.add_collection(LineCollection(ways, colors="white", linewidths=width + 0.5, alpha=0.7))
        axes.add_collection(LineCollection(ways, colors=FIBRE_COLOURS[kind], linewidths=width))
    size = 1.6 if busy else 16.0
    for name in (*sorted(set(plan.sites["technology"]) - set(TECHNOLOGIES)), *DRAW_ORDER):
        points = plan.sites.geometry[plan.sites["technology"] == name]
        axes.scatter(points.x, points.y, s=size, color=TECHNOLOGY_COLOURS.get(name, SOFT_INK), linewidths=0, zorder=3)
    pops = layers.edge_layer(plan, ("pop",), lines=False).geometry
    axes.scatter(pops.x, pops.y, s=15, marker="s", color=INK, edgecolors="white", linewidths=0.6, zorder=4)
    _scale_bar(axes, frame, t)
    label = screening_label(plan.summary, t)
    if label:
        axes.annotate(
            label,
            (0.5, 1.0),
            (0, -5),
            xycoords="axes fraction",
            textcoords="offset points",
            ha="center",
            va="top",
            size=10,
            weight="bold",
            color=INK,
            bbox={"boxstyle": "square,pad=0.45", "facecolor": "#ffd166", "edgecolor": "none"},
            zorder=9,
        )


def _land(plan: PlanFolder, frame: Frame) -> list[Any]:
    import shapely

    admin = layers.admin_layer(plan)
    if admin is not None:
        return list(admin.geometry)
    # Without outlines, wide dots around the sites run together into the inhabited land.
    x, y = plan.sites.geometry.x.to_numpy(), plan.sites.geometry.y.to_numpy()
    stretch = frame.up / frame.across
    dots = shapely.buffer(shapely.points(x, y * stretch), 19 / frame.across, quad_segs=12)
    land = shapely.transform(shapely.union_all(dots), lambda xy: xy / [1.0, stretch])
    return list(shapely.get_parts(land))


def _outlines(shape: Any) -> list[Any]:
    import shapely

    return [shapely.get_coordinates(part.exterior) for part in shapely.get_parts(shape)]


def _scale_bar(axes: Axes, frame: Frame, t: Language) -> None:
    length = frame.scale_km
    east, south = frame.east, frame.south
    west = east - length * frame.px_per_km / frame.across
    axes.plot([west, east], [south, south], color=INK, linewidth=1.6, solid_capstyle="butt")
    axes.annotate(
        f"{t.number(length)} km",
        ((west + east) / 2, south),
        (0, 3),
        textcoords="offset points",
        ha="center",
        size=7,
        color=INK,
    )


def _legend(figure: Figure, plan: PlanFolder, t: Language, top: float) -> None:
    from matplotlib.lines import Line2D

    counts, kinds = plan.summary["technologies"], set(plan.edges["kind"])
    handles = []
    for name in TECHNOLOGIES:
        if counts.get(name):
            label, colour = f"{t.name('technology', name)} {t.number(counts[name])}", TECHNOLOGY_COLOURS[name]
            handles.append(Line2D([], [], color=colour, label=label, marker="o", linestyle="", markersize=5))
    if kinds & set(FIBRE_KINDS):
        label = f"{t('layer.fibre')} {t.number(plan.summary['fibre_km'])} km"
        handles.append(Line2D([], [], color=FIBRE_COLOURS["fibre_distribution"], linewidth=1.6, label=label))
    if kinds & set(RADIO_KINDS):
        label = f"{t('layer.radio_links')} {t.number(plan.summary['radio_hops'])}"
        handles.append(Line2D([], [], color=RADIO_COLOURS["ptp"], linewidth=1.2, label=label))
    handles.append(Line2D([], [], color=INK, marker="s", linestyle="", markersize=5, label=t("legend.pop")))
    figure.legend(
        handles=handles,
        loc="upper left",
        bbox_to_anchor=(0.02, top - 0.01),
        ncols=3 if len(handles) <= 6 else 4,
        frameon=False,
        fontsize=7.4,
        labelcolor=INK,
        handlelength=1.4,
        columnspacing=1.6,
    )
