"""The summary of a plan as a few lines for a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from alcance.publish.language import language, pack_language
from alcance.publish.palette import TECHNOLOGIES


def summary_lines(summary: Mapping[str, Any], lang: str | None = None) -> list[str]:
    """Tell a plan's summary in a few lines.

    Parameters
    ----------
    summary
        Contents of `summary.json`.
    lang
        Language; that of the pack if None.

    Raises
    ------
    InputError
        If there are no words for the language.
    """
    t = language(lang) if lang is not None else pack_language(summary)
    currency = str(summary["currency"])
    counts = summary["technologies"]
    names = [*(n for n in TECHNOLOGIES if n in counts), *sorted(set(counts) - set(TECHNOLOGIES))]
    existing = t("headline.existing", n=t.number(summary["sites_existing"]))
    discounted = t("headline.discounted", years=t.count("n.years", summary["policy"]["horizon_years"]))
    opex = t("headline.opex", opex=t.money(summary["opex_year"], currency))
    inferred = t("headline.inferred", km=t.number(summary["inferred_fibre_km"]))
    masts = t.count("headline.masts", summary["towers_built"])
    rows = [
        (t("headline.sites"), f"{t.number(summary['sites_planned'])} ({existing})"),
        (t("headline.people"), t.number(summary["people_existing"] + summary["people_planned"])),
        *((f"  {t.name('technology', name)}", t.number(counts[name])) for name in names),
        (t("headline.cost"), f"{t.money(summary['cost'], currency)} ({discounted})"),
        (t("headline.capex"), f"{t.money(summary['capex'], currency)} {opex}"),
        (t("headline.fibre"), f"{t.number(summary['fibre_km'])} km ({inferred})"),
        (t("headline.radio"), f"{t.number(summary['radio_hops'])} {masts}"),
        (t("proof.row_bound"), t.money(summary["lower_bound"], currency)),
        (t("proof.row_plan_gap"), t.percent_at_most(summary["plan_gap"])),
        (t("proof.row_solver_gap"), t.percent_at_most(summary["solver_gap"])),
    ]
    width = max(len(label) for label, _ in rows)
    claim = t("proof.claim", options=t.number(summary["options"]), percent=t.percent_at_most(summary["plan_gap"]))
    return [*(f"{label:<{width}}  {value}" for label, value in rows), claim]
