"""The report of a plan: one self-contained HTML file that asks nothing of any other host."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Any, Final

from alcance.errors import InputError, Problem
from alcance.files import whole_file
from alcance.publish import report_evidence, report_money, report_sections
from alcance.publish.folder import PlanFolder, read_plan_folder
from alcance.publish.language import Language, language, pack_language
from alcance.publish.report_beside import beside_section
from alcance.publish.report_links import links_section
from alcance.publish.screening import screened_title, screening_words

SECTIONS: Final = (
    "where", "mix", "cost", "reach", "tiers", "beside", "proof", "masts", "links", "terrain", "assumptions", "sources",
)  # fmt: skip


def write_report(folder: Path, lang: str | None = None) -> Path:
    """Write `report.html` into a plan folder.

    Parameters
    ----------
    folder
        A folder written by `alcance plan`.
    lang
        Language of the report ("en", "es"); that of the pack if None.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    InputError
        If the folder is missing or damaged, or there are no words for the language.
    OutputError
        If the file cannot be written.
    """
    plan = read_plan_folder(folder)
    words = language(lang) if lang is not None else pack_language(plan.summary)
    return report(plan, plan.path / "report.html", words)


def report(plan: PlanFolder, path: Path, lang: Language) -> Path:
    """Write the report of a plan already read to a file of its own."""
    html = report_html(plan, lang)
    with whole_file(path) as temporary:
        temporary.write_text(html, encoding="utf-8")
    return path


def report_html(plan: PlanFolder, lang: Language) -> str:
    """Return the report as HTML.

    Parameters
    ----------
    plan
        The plan.
    lang
        Language of the report.
    """
    import jinja2

    if not len(plan.sites):
        raise InputError([Problem("sites.parquet", None, "", "", "holds no site; there is nothing to report")])
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("alcance.publish", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
    )
    css = resources.files("alcance.publish").joinpath("templates/report.css").read_text(encoding="utf-8")
    context = _context(plan, lang)
    shown = [key for key in SECTIONS if context.get(key, "") is not None]  # a plan alone has nothing beside it
    return environment.get_template("report.html.j2").render(css=_Raw(css), sections=shown, **context)


def _context(plan: PlanFolder, lang: Language) -> dict[str, Any]:
    sections = report_sections
    money = report_money
    evidence = report_evidence
    return {
        "t": lang,
        "title": screened_title(lang("report.title", title=plan.title), plan.summary, lang),
        "plan": plan,
        "summary": plan.summary,
        "lead": sections.lead(plan, lang),
        "headlines": sections.headlines(plan, lang),
        "map": sections.map_section(plan, lang),
        "network_rows": sections.network_rows(plan, lang),
        "hop_rows": sections.hop_table(plan, lang),
        "area_head": sections.area_head(plan, lang),
        "area_rows": sections.area_table(plan, lang),
        "mix": sections.mix_section(plan, lang),
        "cost": money.cost_section(plan, lang),
        "reach": money.reach_section(plan, lang),
        "tiers": money.tier_section(plan, lang),
        "beside": beside_section(plan, lang),
        "links": links_section(plan, lang),
        "screening": screening_words(plan.summary, lang),
        "proof": evidence.proof_section(plan, lang),
        "masts": evidence.mast_section(plan, lang),
        "terrain": evidence.terrain_section(plan, lang),
        "assumptions": evidence.assumption_section(plan, lang),
        "sources": evidence.source_rows(plan, lang),
        "notes": evidence.notes(plan, lang),
        "inputs": sorted(plan.summary["inputs"].items()),
    }


class _Raw(str):
    """Text of this package that is HTML already."""

    __slots__ = ()

    def __html__(self) -> str:
        return str(self)
