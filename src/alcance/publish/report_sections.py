"""What the report says of the plan itself: where, with what, at what cost, for whom."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from alcance.publish import figures
from alcance.publish.charts import Segment, stacked_bars
from alcance.publish.folder import PlanFolder
from alcance.publish.language import Language
from alcance.publish.map_picture import map_svg
from alcance.publish.palette import (
    FIBRE_COLOURS,
    FIBRE_KINDS,
    RADIO_COLOURS,
    RADIO_KINDS,
    TECHNOLOGIES,
    TECHNOLOGY_COLOURS,
)
from alcance.publish.svg import SOFT_INK, line, rect, tag

Section = dict[str, Any]


def _svg(source: str) -> Markup:
    """Mark a picture drawn by this room, whose words are escaped already, as ready for the page."""
    return Markup(source)


def swatch(technology: str, label: str) -> Markup:
    """Return a technology's name behind a dot of its colour."""
    colour = TECHNOLOGY_COLOURS.get(technology, SOFT_INK)
    return Markup('<span class="swatch" style="background:{}"></span>{}').format(colour, label)


def lead(plan: PlanFolder, t: Language) -> str:
    """Say in one sentence what the plan does."""
    s = plan.summary
    return t(
        "report.lead",
        sites=t.count("n.sites", s["sites_planned"]),
        people=t.count("n.people", s["people_planned"]),
        cost=t.big_money(s["cost"], plan.currency),
        years=t.count("n.years", s["policy"]["horizon_years"]),
        gap=t.percent_at_most(s["plan_gap"]),
    )


def headlines(plan: PlanFolder, t: Language) -> list[dict[str, str]]:
    """Return the eight numbers at the top."""
    s, currency = plan.summary, plan.currency
    each = s["cost"] / s["people_planned"] if s["people_planned"] else float("nan")
    reached = s["people_existing"] + s["people_planned"]
    technologies = s["technologies"]
    satellites = technologies.get("satellite", 0)
    shared = t.number(technologies.get("shared_satellite", 0))
    years = t.count("n.years", s["policy"]["horizon_years"])
    whole = t(
        "headline.of_people", share=t.percent(reached / s["people"] if s["people"] else 0), whole=t.number(s["people"])
    )
    facts = [
        ("people", (t.number(reached), ""), whole),
        ("sites", (t.number(s["sites_planned"]), ""), t("headline.existing", n=t.number(s["sites_existing"]))),
        ("cost", t.money_parts(s["cost"], currency), t("headline.discounted", years=years)),
        ("each", t.money_parts(each, currency), t("headline.per_person", years=years)),
        ("capex", t.money_parts(s["capex"], currency), t("headline.opex", opex=t.big_money(s["opex_year"], currency))),
        ("fibre", (t.number(s["fibre_km"]), "km"), t("headline.inferred", km=t.number(s["inferred_fibre_km"]))),
        ("radio", (t.number(s["radio_hops"]), ""), t.count("headline.masts", s["towers_built"])),
        ("satellite", (t.number(satellites), ""), t("headline.shared", n=shared)),
    ]
    return [
        {"label": t(f"headline.{key}"), "value": value, "unit": unit, "note": note}
        for key, (value, unit), note in facts
    ]


def map_section(plan: PlanFolder, t: Language) -> Section:
    """Return the map with its words and legend."""
    counts = plan.summary["technologies"]
    kinds = plan.edges["kind"].value_counts()
    legend = [
        {
            "mark": _svg(_mark(tag("circle", {"cx": 13.0, "cy": 7.0, "r": 5.0, "fill": TECHNOLOGY_COLOURS[name]}))),
            "label": t.name("technology", name),
            "count": t.number(counts[name]),
        }
        for name in TECHNOLOGIES
        if counts.get(name)
    ]
    km = plan.edges.groupby("kind")["length_m"].sum() / 1000
    legend += [
        {
            "mark": _svg(_mark(line(1, 7, 25, 7, colour, 2.5))),
            "label": t.name("kind", kind),
            "count": f"{t.number(km[kind])} km",
        }
        for kind, colour in {**FIBRE_COLOURS, **RADIO_COLOURS}.items()
        if kinds.get(kind) and kind != "ptp_end"
    ]
    legend.append(
        {
            "mark": _svg(_mark(rect(8.5, 2.5, 9, 9, "#17282d"))),
            "label": t("legend.pop"),
            "count": t.number(kinds.get("pop", 0)),
        }
    )
    words = t(
        "where.words",
        hop_limit=t.count("n.hops", plan.summary["hop_limit"]),
        max_hops=t.number(plan.summary["max_hops"]),
    )
    return {"svg": _svg(map_svg(plan, t)), "legend": legend, "words": words}


def _mark(content: str) -> str:
    return f'<svg viewBox="0 0 26 14" aria-hidden="true">{content}</svg>'


def network_rows(plan: PlanFolder, t: Language) -> list[list[str]]:
    """Return kilometres of fibre by kind and what else is built."""
    by_kind = {
        row.name: row
        for row in figures.cost_rows(
            plan, plan.edges["kind"], [*FIBRE_KINDS, *RADIO_KINDS, "sector", "gateway", "satellite"]
        )
    }
    rows = [
        [t.name("kind", kind), f"{t.number(by_kind[kind].length_km, 1)} km"] for kind in FIBRE_KINDS if kind in by_kind
    ]
    rows.append([t("network.fibre_total"), f"{t.number(plan.summary['fibre_km'], 1)} km"])
    rows += [
        [t.name("kind", kind), t.number(by_kind[kind].works)]
        for kind in (*RADIO_KINDS, "sector", "gateway", "satellite")
        if kind in by_kind
    ]
    return rows


def hop_table(plan: PlanFolder, t: Language) -> list[list[str]]:
    """Return sites and people by radio hops."""
    return [[t.number(hops), t.number(sites), t.number(people)] for hops, sites, people in figures.hop_rows(plan)]


def _used_technologies(plan: PlanFolder) -> list[str]:
    present = set(plan.sites["technology"])
    return [*(name for name in TECHNOLOGIES if name in present), *sorted(present - set(TECHNOLOGIES))]


def area_head(plan: PlanFolder, t: Language) -> list[str]:
    """Return the columns of the table of areas."""
    names = [t.name("short", name) for name in _used_technologies(plan)]
    return [t("col.area"), t("col.sites"), t("col.people"), *names, t("col.cost"), t("col.cost_per_person")]


def area_table(plan: PlanFolder, t: Language) -> list[list[str]]:
    """Return one row per administrative area: the map's twin in numbers."""
    names = _used_technologies(plan)
    return [
        [
            row.name,
            t.number(row.sites),
            t.number(row.people),
            *(t.number(row.by_technology.get(name, 0)) for name in names),
            t.number(row.cost),
            t.number(row.cost_per_person),
        ]
        for row in figures.area_rows(plan)
    ]


def mix_section(plan: PlanFolder, t: Language) -> Section:
    """Return the technology mix: shares of sites, people and cost, and why."""
    rows = figures.technology_rows(plan)
    picture_rows = []
    for key in ("sites", "people", "cost"):
        shares = [(row, getattr(row, f"{key}_share")) for row in rows]
        segments = [
            Segment(
                t.name("technology", row.technology),
                share,
                t.percent(share, 0),
                TECHNOLOGY_COLOURS.get(row.technology, SOFT_INK),
            )
            for row, share in shares
            if share > 0
        ]
        picture_rows.append((t(f"mix.{key}"), segments))
    table = [
        [
            swatch(row.technology, t.name("technology", row.technology)),
            t.number(row.sites),
            t.percent(row.sites_share),
            t.number(row.people),
            t.percent(row.people_share),
            t.number(row.cost),
            t.percent(row.cost_share),
            t.number(row.cost_per_site),
            t.number(row.cost_per_person),
        ]
        for row in rows
    ]
    cost, sites, people = sum(r.cost for r in rows), sum(r.sites for r in rows), sum(r.people for r in rows)
    one = t.percent(1, 0)
    foot = [
        t("col.all"),
        t.number(sites),
        one,
        t.number(people),
        one,
        t.number(cost),
        one,
        t.number(cost / sites),
        t.number(cost / people if people else float("nan")),
    ]
    planned = [row for row in rows if row.technology not in {"existing", "none"}]
    words = ""
    if planned:
        first = max(planned, key=lambda row: row.sites)
        dear = max(planned, key=lambda row: row.cost)
        words = t(
            "mix.words",
            first=t.name("technology", first.technology).lower(),
            share=t.percent(first.sites_share, 0),
            dear=t.name("technology", dear.technology).lower(),
            dear_share=t.percent(dear.cost_share, 0),
        )
    head = [
        t(f"col.{key}")
        for key in (
            "technology",
            "sites",
            "percent",
            "people",
            "percent",
            "cost",
            "percent",
            "cost_per_site",
            "cost_per_person",
        )
    ]
    head[5] = f"{head[5]} [{plan.currency}]"
    reasons = [
        [
            t.name("reason", reason),
            t.number(count),
            ", ".join(f"{t.name('short', name)} {t.number(n)}" for name, n in by.items()),
        ]
        for reason, count, by in figures.reason_rows(plan)
    ]
    return {
        "svg": _svg(stacked_bars("mix", t("mix.alt"), picture_rows)),
        "rows": table,
        "foot": foot,
        "head": head,
        "words": words,
        "reasons": reasons,
    }
