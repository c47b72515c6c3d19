"""The interactive page of one link: a self-contained HTML file that works from a disk and asks nothing of any host."""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from alcance import __version__
from alcance.files import whole_file
from alcance.radio.describe import chance_line, hours, mast_line, model_name, share_of_year, small_share
from alcance.radio.earth import EARTH_RADIUS_KM
from alcance.radio.words import Words, words

if TYPE_CHECKING:
    from alcance.radio.comparison import ModelLoss
    from alcance.radio.link_budget import Budget, Direction
    from alcance.radio.link_report import LinkReport

#: Words that the page's script needs as they are, with their fields.
SCRIPT_WORDS: Final = (
    "clear", "grazing", "blocked", "ground", "cover", "sight", "x", "y", "page.read", "page.read_cover",
    "page.read_end", "page.least", "page.needed",
)  # fmt: skip
THOUSANDS: Final = {"en": ",", "es": "\u00a0"}
#: The sliders reach this high, or to half as much again as was asked for.
TALLEST_SLIDER_M: Final = 100.0


def write_link_page(
    report: LinkReport, path: Path, lang: str, *, name1: str = "A", name2: str = "B", cautions: Sequence[str] = ()
) -> Path:
    """Write the page of a link.

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
    cautions
        Sentences that must be read first.

    Raises
    ------
    InputError
        The language is not known.
    OutputError
        The file cannot be written.
    """
    html = link_html(report, words(lang), name1=name1, name2=name2, cautions=cautions)
    with whole_file(path) as temporary:
        temporary.write_text(html, encoding="utf-8")
    return path


def link_html(
    report: LinkReport, say: Words, *, name1: str = "A", name2: str = "B", cautions: Sequence[str] = ()
) -> str:
    """Return the page of a link as HTML."""
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=PackageLoader("alcance.publish"), undefined=StrictUndefined, autoescape=True, keep_trailing_newline=True
    )
    folder = resources.files("alcance.publish").joinpath("templates")
    # Inside a script element only the end of it means anything.
    data = json.dumps(_data(report, say, (name1, name2)), ensure_ascii=False, allow_nan=False).replace("</", "<\\/")
    return environment.get_template("link.html.j2").render(
        say=say,
        report=report,
        title=say("page.title", km=report.length_m / 1e3, ghz=report.freq_ghz),
        names=(name1, name2),
        css=Markup(folder.joinpath("link.css").read_text(encoding="utf-8")),
        script=Markup(folder.joinpath("link.js").read_text(encoding="utf-8")),
        data=Markup(data),
        facts=[*cautions, *_facts(report, say)],
        ends=_ends(report, (name1, name2)),
        obstructions=_obstructions(report),
        models=[_model_row(say, model) for model in report.models],
        budget=None if report.budget is None else _budget(report.budget, say, (name1, name2)),
        made=say("page.made", version=__version__, k=report.k_factor, share=report.clearance),
    )


def _data(report: LinkReport, say: Words, names: tuple[str, str]) -> dict[str, Any]:
    """What the script draws from: a profile so fine that sliders agree with the report, and what a clear path is."""
    heights = (report.near.height_m, report.far.height_m)
    return {
        "distance_m": [round(float(value), 3) for value in report.distance_m],
        "ground_m": [round(float(value), 4) for value in report.ground_m],
        "cover_m": [round(float(value), 2) for value in report.cover_m],
        "length_m": float(report.distance_m[-1]),
        "freq_ghz": report.freq_ghz,
        "clearance": report.clearance,
        "radius_m": report.k_factor * EARTH_RADIUS_KM * 1000,
        "heights_m": list(heights),
        "tallest_m": [max(TALLEST_SLIDER_M, round(1.5 * height)) for height in heights],
        "names": list(names),
        "thousands": THOUSANDS[say.code],
        "words": {key: say(key) for key in SCRIPT_WORDS},
    }


def _facts(report: LinkReport, say: Words) -> list[str]:
    parts = {"free": report.free_space_db, "diffraction": report.diffraction_db, "gas": report.gas_db}
    facts = [say("loss", total=report.loss_db, **parts), mast_line(say, report)]
    facts.append(say("cover_known" if report.cover_known else "cover_unknown"))
    if report.chances is not None:
        facts.append(chance_line(say, report.chances))
    return facts


def _ends(report: LinkReport, names: tuple[str, str]) -> list[list[str]]:
    return [
        [
            name, f"{end.lon:.5f}, {end.lat:.5f}", f"{end.ground_m:.0f}", f"{end.height_m:g}",
            f"{end.bearing_deg:.1f}°", f"{end.tilt_deg:+.2f}°".replace("-", "−"), f"{end.required_height_m:.1f}",
        ]
        for name, end in zip(names, (report.near, report.far), strict=True)
    ]  # fmt: skip


def _obstructions(report: LinkReport) -> list[list[str]]:
    return [
        [
            f"{found.distance_m / 1e3:.2f}", f"{found.start_m / 1e3:.2f}–{found.end_m / 1e3:.2f}",
            f"{found.lon:.5f}, {found.lat:.5f}", f"{found.ground_m:.0f}", f"{found.missing_m:.1f}",
        ]
        for found in report.obstructions
    ]  # fmt: skip


def _model_row(say: Words, model: ModelLoss) -> list[str]:
    loss = "–" if model.loss_db is None else f"{model.loss_db:.1f}"
    remarks = "; ".join(say(f"itm.{name}") for name in model.warnings)
    if model.reason is not None:
        remarks = model.reason.text(say)
    return [model_name(say, model), loss, remarks or say("page.no_doubts")]


def _budget(budget: Budget, say: Words, names: tuple[str, str]) -> dict[str, Any]:
    ways = (budget.outward, budget.inward)
    notes = [say("closes" if budget.closes else "fails")]
    if budget.reason is not None:
        notes.append(say("no_availability", reason=budget.reason.text(say)))
    outside: dict[str, None] = {}
    for way in ways:
        for step in way.rates:
            if step.availability is not None:
                outside.update(dict.fromkeys(step.availability.outside))
    notes += [say(f"outside.{name}").strip() for name in outside]
    return {
        "notes": notes,
        "ways": [
            {
                "caption": say(
                    "page.rates", near=near, far=far, transmitter=way.transmitter_id, receiver=way.receiver_id,
                    received=f"{way.received_dbm:.1f}".replace("-", "−"),
                ),
                "rows": _rates(way, say),
            }
            for way, (near, far) in zip(ways, (names, names[::-1]), strict=True)
        ],
    }  # fmt: skip


def _rates(way: Direction, say: Words) -> list[list[str]]:
    rows = []
    for step in reversed(way.rates):
        found = step.availability
        lost = ["–"] * 4
        if found is not None:
            lost = [
                share_of_year(found.availability_pct), hours(found.hours_year),
                small_share(found.multipath_pct), small_share(found.rain_pct),
            ]  # fmt: skip
        figures = [f"{step.sensitivity_dbm:g}", f"{step.margin_db:.1f}"]
        kept = say("page.yes" if step.kept else "page.no")
        rows.append([f"{step.rate_mbps:g}", *(text.replace("-", "−") for text in figures), kept, *lost])
    return rows
