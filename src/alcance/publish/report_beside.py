"""What the report says of the plans side by side: what each value costs and builds, and what their gaps leave open."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from alcance.publish.charts import Segment
from alcance.publish.charts_links import PlanRow, SideWords, side_by_side, ticks_between
from alcance.publish.folder import PlanFolder
from alcance.publish.language import Language
from alcance.publish.palette import TECHNOLOGIES, TECHNOLOGY_COLOURS
from alcance.publish.side_by_side import (
    SidePlan,
    better_stricter,
    built_technologies,
    pairs_told,
    side_plans,
    told_value,
    verdict,
)
from alcance.publish.svg import SOFT_INK

Section = dict[str, Any]


def beside_section(plan: PlanFolder, t: Language) -> Section | None:
    """Return the plans side by side, or None where the folder has only its own."""
    plans = side_plans(plan.summary)
    if not plans:
        return None
    policy = str(plan.summary["beside"]["policy"])
    names = built_technologies(plans, TECHNOLOGIES)
    own = next(row for row in plans if row.own)
    proven, left_open = pairs_told(plans)

    def value(row: SidePlan) -> str:
        return told_value(policy, row.value, t)

    sentences = []
    if proven:
        pairs = (t("beside.pair", low=value(low), high=value(high)) for low, high in proven)
        sentences.append(t("beside.proven", pairs="; ".join(pairs)))
    if left_open:
        pairs = (t("beside.open_pair", one=value(one), other=value(other)) for one, other in left_open)
        sentences.append(t("beside.open", pairs="; ".join(pairs)))
    better = better_stricter(policy, plans)
    if better is not None:
        saved = t.big_money(own.cost - better.cost, plan.currency)
        sentences.append(t("beside.better", value=value(better), saved=saved))
    return {
        "words": t("beside.words", policy=t.name("policy", policy)),
        "svg": Markup(_picture(plans, [value(row) for row in plans], names, plan.currency, t)),
        "verdicts": sentences,
        "legend": [(TECHNOLOGY_COLOURS.get(name, SOFT_INK), t.name("technology", name)) for name in names],
        "cost_caption": t("beside.table_cost", currency=plan.currency),
        "cost_head": [
            t("col.value"),
            *(t(f"col.{key}") for key in ("cost", "bound", "gap", "capex", "opex_year")),
            t("beside.against"),
            t("beside.verdict"),
        ],
        "cost_rows": [_cost_row(row, own, value(row), t) for row in plans],
        "built_head": [
            t("col.value"),
            *(t.name("short", name) for name in names),
            *(t(f"col.{key}") for key in ("fibre_km", "radio_links", "relay_masts")),
        ],
        "built_rows": [
            [
                value(row),
                *(t.number(row.figures["technologies"].get(name, 0)) for name in names),
                t.number(row.figures["fibre_km"]),
                t.number(row.figures["radio_hops"]),
                t.number(row.figures["relays"]),
            ]
            for row in plans
        ],
    }


def _cost_row(row: SidePlan, own: SidePlan, value: str, t: Language) -> list[str]:
    change = row.cost / own.cost - 1 if own.cost else 0.0
    sign = "+" if change > 0 else ""
    return [
        value,
        t.number(row.cost),
        t.number(row.bound),
        t.percent_at_most(row.figures["plan_gap"]),
        t.number(row.figures["capex"]),
        t.number(row.figures["opex_year"]),
        "–" if row.own else f"{sign}{t.percent(change)}",
        t(f"beside.{verdict(row, own)}"),
    ]


def _picture(plans: Sequence[SidePlan], values: Sequence[str], names: Sequence[str], currency: str, t: Language) -> str:
    most = max(row.cost for row in plans)
    ticks = ticks_between(min(row.bound for row in plans), most)
    unit, scale = (t("money.unit_millions", currency=currency), 1e6) if most >= 1e6 else (currency, 1.0)
    decimals = next(n for n in range(7) if n == 6 or all(abs(round(v / scale, n) * scale - v) < 1e-6 for v in ticks))
    rows = []
    for row, value in zip(plans, values, strict=True):
        counts = row.figures["technologies"]
        whole = sum(counts.get(name, 0) for name in names) or 1
        mix = [
            Segment(
                t.name("technology", name),
                counts[name] / whole,
                t.number(counts[name]),
                TECHNOLOGY_COLOURS.get(name, SOFT_INK),
            )
            for name in names
            if counts.get(name)
        ]
        mark = t("beside.own") if row.own else ""
        rows.append(PlanRow(value, mark, row.bound, row.cost, t.big_money(row.cost, currency), mix, row.own))
    return side_by_side(
        "beside-picture",
        t("beside.alt"),
        rows,
        [(v, t.number(v / scale, decimals)) for v in ticks],
        SideWords(t("beside.cost_axis", unit=unit), t("beside.mix_axis"), t("beside.key_bound"), t("beside.key_cost")),
    )
