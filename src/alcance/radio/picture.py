"""The picture of a link: ground over the earth's bulge, Fresnel zone, sight line, and what stands in the way."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from alcance.files import whole_file
from alcance.radio.words import Words, words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from alcance.radio.link_report import LinkReport

STATE_COLOURS = {"clear": "#1a7f4b", "grazing": "#c77700", "blocked": "#c62828"}
GROUND, GROUND_EDGE, BULGE, ZONE, MAST, INTRUSION, COVER = (
    "#b9a77c",
    "#6e5f36",
    "#8d99a6",
    "#2b6cb0",
    "#22303c",
    "#c62828",
    "#7fa36b",
)
INK, QUIET = "#1d2730", "#5b6873"
SIZE, PANEL = (10.0, 5.6), (0.075, 0.2, 0.9, 0.63)  # inches; left, bottom, width and height as shares of them
CALLOUT, CALLOUT_WIDTH = 0.2, 0.3  # shares of the panel that the words about the obstruction take
LETTER_WIDTH = 0.0095  # share of the panel's width that a letter of a mast's name takes


def profile_png(report: LinkReport, path: Path, lang: str, *, name1: str = "A", name2: str = "B") -> None:
    """Draw the profile of a link to a PNG file of 1,500 × 840 pixels.

    Parameters
    ----------
    report
        The link.
    path
        File to write; it appears whole or not at all.
    lang
        "es" or "en".
    name1, name2
        What to call the ends.

    Raises
    ------
    InputError
        The language is not known.
    OutputError
        The file cannot be written.
    """
    from matplotlib.figure import Figure

    say = words(lang)
    figure = Figure(figsize=SIZE, dpi=150, facecolor="white")
    axes = figure.add_axes(PANEL)
    _draw_ground(axes, report, say)
    _draw_zone(axes, report, say)
    _draw_masts(axes, report, (name1, name2))
    _draw_callouts(axes, report, say)
    _finish(axes, say)
    colour = STATE_COLOURS[report.state]
    state = say(report.state)
    figure.text(0.075, 0.945, f"{name1} → {name2}", fontsize=15, fontweight="bold", color=INK, va="center")
    head = say("head", length=report.length_m / 1e3, ghz=report.freq_ghz, state="").rstrip(" :")
    sub = say(
        "sub", free=report.free_space_db, diffraction=report.diffraction_db, gas=report.gas_db, total=report.loss_db
    )
    figure.text(0.075, 0.885, f"{head}   ·   {sub}", fontsize=9.5, color=QUIET, va="center")
    badge = {"boxstyle": "round,pad=0.45", "facecolor": colour, "edgecolor": "none"}
    figure.text(0.972, 0.93, state.upper(), fontsize=11, fontweight="bold", color="white", ha="right", bbox=badge)
    with whole_file(path) as temporary:
        figure.savefig(temporary, format="png", metadata={"Software": None})


def _draw_ground(axes: Axes, report: LinkReport, say: Words) -> None:
    km = report.distance_m / 1e3
    bulged = report.ground_m + report.bulge_m
    covered = bulged + report.cover_m
    low, high = float(bulged.min()), float(max(covered.max(), (report.sight_m + report.fresnel_m).max()))
    span = max(high - low, 40.0)
    # The bulge is drawn from the foot of the picture at its true height, so that it can be compared with the ground.
    floor = min(low - 0.12 * span, float(report.ground_m.min()) - 0.04 * span)
    room = high + 0.06 * span - floor
    axes.set_ylim(floor, floor + room / (1 - CALLOUT))
    axes.set_xlim(km[0] - 0.012 * km[-1], km[-1] * 1.012)
    axes.fill_between(km, floor, bulged, color=GROUND, linewidth=0, label=say("ground"), zorder=2)
    axes.plot(km, bulged, color=GROUND_EDGE, linewidth=1.1, zorder=4)
    if report.cover_m.any():
        axes.fill_between(km, bulged, covered, color=COVER, linewidth=0, label=say("cover"), zorder=3)
    foot = np.minimum(floor + report.bulge_m, bulged)
    axes.fill_between(
        km,
        floor,
        foot,
        color=BULGE,
        linewidth=0,
        alpha=0.9,
        label=say("bulge", metres=report.bulge_m.max()),
        zorder=3,
    )


def _draw_zone(axes: Axes, report: LinkReport, say: Words) -> None:
    # Far finer than the ground's samples: an ellipse must not look like a polygon.
    share = (1 - np.cos(np.linspace(0, np.pi, 400))) / 2
    metres = share * report.length_m
    sight = np.interp(metres, report.distance_m, report.sight_m)
    wavelength = 0.299792458 / report.freq_ghz
    radius = np.sqrt(wavelength * report.length_m * share * (1 - share))
    km = metres / 1e3
    colour = STATE_COLOURS[report.state]
    axes.fill_between(
        km,
        sight - radius,
        sight + radius,
        color=ZONE,
        alpha=0.16,
        linewidth=0,
        label=say("zone", metres=radius.max()),
        zorder=5,
    )
    axes.plot(km, sight - radius, color=ZONE, linewidth=0.7, alpha=0.7, zorder=5)
    axes.plot(km, sight + radius, color=ZONE, linewidth=0.7, alpha=0.7, zorder=5)
    if report.clearance > 0:
        axes.plot(
            km,
            sight - report.clearance * radius,
            color=ZONE,
            linewidth=0.9,
            linestyle=(0, (4, 2)),
            label=say("free_zone", share=report.clearance),
            zorder=6,
        )
    ground = np.interp(metres, report.distance_m, report.ground_m + report.cover_m + report.bulge_m)
    lower = sight - report.clearance * radius
    inside = ground > lower
    if report.state != "clear" and inside.any():
        axes.fill_between(
            km, lower, ground, where=inside.tolist(), color=INTRUSION, alpha=0.55, linewidth=0,
            label=say("intrusion"), zorder=6,
        )  # fmt: skip
    axes.plot(km, sight, color=colour, linewidth=1.8, label=say("sight"), zorder=7)


def _draw_masts(axes: Axes, report: LinkReport, names: tuple[str, str]) -> None:
    tops = [end.ground_m + end.height_m for end in (report.near, report.far)]
    low, high = axes.get_ylim()
    points_per_metre = PANEL[3] * SIZE[1] * 72 / (high - low)
    for end, km, align in ((report.near, 0.0, "left"), (report.far, report.length_m / 1e3, "right")):
        top = end.ground_m + end.height_m
        # Where the line climbs away from the mast the name stands higher, clear of it.
        name = f"{names[0] if align == 'left' else names[1]} · {end.height_m:g} m"
        climb = max(0.0, max(tops) - top) * points_per_metre * LETTER_WIDTH * len(name)
        axes.plot([km, km], [end.ground_m, top], color=MAST, linewidth=3.2, solid_capstyle="butt", zorder=8)
        axes.plot([km], [top], marker="o", markersize=6, color="white", markeredgecolor=MAST, mew=1.6, zorder=9)
        axes.annotate(
            name,
            (km, top),
            xytext=(4 if align == "left" else -4, 12 + climb),
            textcoords="offset points",
            ha=align,
            fontsize=9.5,
            fontweight="bold",
            color=INK,
            zorder=13,
            bbox={"boxstyle": "round,pad=0.2", "facecolor": "white", "alpha": 0.8, "edgecolor": "none"},
        )


def _draw_callouts(axes: Axes, report: LinkReport, say: Words) -> None:
    """Mark the worst place; of further obstructions only their points."""
    colour = STATE_COLOURS[report.state]
    for obstruction in report.obstructions[1:]:
        axes.plot(
            [obstruction.distance_m / 1e3], [_bulged_at(report, obstruction.distance_m)],
            marker="v", markersize=5, color=colour, markeredgecolor="white", mew=0.6, zorder=9,
        )  # fmt: skip
    worst = report.obstructions[0] if report.obstructions else report.tightest
    km, height = worst.distance_m / 1e3, _bulged_at(report, worst.distance_m)
    if not report.obstructions:
        words = say("callout_clear", share=worst.clear_share, km=km)
    elif worst.clear_m < 0:
        words = say("callout_line", km=km, metres=-worst.clear_m)
    else:
        words = say("callout_zone", km=km, metres=worst.missing_m)
    low, high = axes.get_ylim()
    # The words stand in the sky kept free for them, a straight line leads down to the place.
    share = min(max(worst.distance_m / report.length_m, 0.25), 0.75)
    leave = min(max(0.5 + (worst.distance_m / report.length_m - share) / CALLOUT_WIDTH, 0.05), 0.95)
    axes.plot([km, km], [low, height], color=colour, linewidth=0.9, linestyle=(0, (2, 2)), zorder=10)
    axes.plot([km], [height], marker="o", markersize=7, color=colour, markeredgecolor="white", mew=1.2, zorder=11)
    axes.annotate(
        f"{words}\nlon {worst.lon:.4f}, lat {worst.lat:.4f} · {worst.ground_m:.0f} m",
        (km, height),
        xytext=(share * report.length_m / 1e3, high - CALLOUT / 2 * (high - low)),
        ha="center",
        va="center",
        fontsize=9,
        color=INK,
        linespacing=1.4,
        zorder=12,
        bbox={"boxstyle": "round,pad=0.4", "facecolor": "white", "edgecolor": colour, "linewidth": 1.1},
        arrowprops={"arrowstyle": "-", "color": colour, "linewidth": 1.1, "shrinkB": 4, "relpos": (leave, 0.0)},
    )


def _bulged_at(report: LinkReport, distance_m: float) -> float:
    return float(np.interp(distance_m, report.distance_m, report.ground_m + report.cover_m + report.bulge_m))


def _finish(axes: Axes, say: Words) -> None:
    axes.set_xlabel(say("x"), fontsize=9.5, color=QUIET)
    axes.set_ylabel(say("y"), fontsize=9.5, color=QUIET)
    axes.grid(visible=True, axis="y", color="#d9dfe4", linewidth=0.7, zorder=0)
    axes.set_axisbelow(True)
    axes.set_facecolor("#f5f9fc")
    axes.tick_params(colors=QUIET, labelsize=9, length=3)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color("#aab4bd")
    axes.legend(
        loc="upper center", bbox_to_anchor=(0.475, -0.135), ncols=3, frameon=False, fontsize=8.5, labelcolor=INK,
        handlelength=1.8, columnspacing=2.5,
    )  # fmt: skip
