"""The summary of a plan as a few lines for a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from alcance.publish.language import Language, language, pack_language
from alcance.publish.link_words import availability, cover_words, sureness
from alcance.publish.palette import TECHNOLOGIES
from alcance.publish.screening import screening_words
from alcance.publish.side_by_side import better_stricter, built_technologies, pairs_told, side_plans, told_value


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
        *_link_rows(summary, t),
        (t("proof.row_bound"), t.money(summary["lower_bound"], currency)),
        (t("proof.row_plan_gap"), t.percent_at_most(summary["plan_gap"])),
        (t("proof.row_solver_gap"), t.percent_at_most(summary["solver_gap"])),
    ]
    claim = t("proof.claim", options=t.number(summary["options"]), percent=t.percent_at_most(summary["plan_gap"]))
    warning = screening_words(summary, t)
    # What may not be built stands where nobody can miss it: first, and again beside the claim.
    return [
        *([warning] if warning else []),
        *_aligned(rows),
        *_beside(summary, t),
        *([warning] if warning else []),
        claim,
    ]


def _link_rows(summary: Mapping[str, Any], t: Language) -> list[tuple[str, str]]:
    """Say how sure the radio links are to be clear, over what ground, and for how much of the year they work."""
    if summary["confidence_least"] is None:
        return []
    sure = t(
        "links.headline_value",
        least=sureness(summary["confidence_least"], t),
        median=sureness(summary["confidence_median"], t),
        cover=cover_words(summary, t),
    )
    year = t("links.headline_share", least=availability(summary["availability_least_pct"], t))
    return [(t("links.headline"), sure), (t("links.headline_year"), year)]


def _aligned(rows: Sequence[tuple[str, str]]) -> list[str]:
    width = max(len(label) for label, _ in rows)
    return [f"{label:<{width}}  {value}" for label, value in rows]


def _beside(summary: Mapping[str, Any], t: Language) -> list[str]:
    """Return a line per plan that stands side by side, and what their gaps leave open."""
    plans = side_plans(summary)
    if not plans:
        return []
    policy, currency = str(summary["beside"]["policy"]), str(summary["currency"])
    names = built_technologies(plans, TECHNOLOGIES)
    rows = []
    for plan in plans:
        counts = plan.figures["technologies"]
        mix = ", ".join(f"{t.name('short', name)} {t.number(counts[name])}" for name in names if counts.get(name))
        value = told_value(policy, plan.value, t)
        label = f"  {value} ({t('beside.own')})" if plan.own else f"  {value}"
        cost, bound = t.money(plan.cost, currency), t.money(plan.bound, currency)
        rows.append((label, t("beside.cli_row", cost=cost, bound=bound, mix=mix)))
    _, left_open = pairs_told(plans)
    pairs = "; ".join(
        t("beside.open_pair", one=told_value(policy, one.value, t), other=told_value(policy, other.value, t))
        for one, other in left_open
    )
    told = [t("beside.cli", policy=t.name("policy", policy)), *_aligned(rows)]
    if pairs:
        told.append(t("beside.open", pairs=pairs))
    better, own = better_stricter(policy, plans), next(plan for plan in plans if plan.own)
    if better is not None:
        saved = t.money(own.cost - better.cost, currency)
        told.append(t("beside.better", value=told_value(policy, better.value, t), saved=saved))
    return told
