"""What the report says of money: what the plan costs, whom it reaches for that, what the last hamlets cost."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from alcance.publish import figures
from alcance.publish.charts import Axis, Bar, bars, curve, nice_ticks
from alcance.publish.folder import PlanFolder
from alcance.publish.language import Language
from alcance.publish.palette import COST_GROUP_COLOURS

Section = dict[str, Any]


def _decimals(value: float) -> int:
    """Return the decimals that a round value needs, two at most."""
    return next(places for places in (0, 1, 2) if places == 2 or abs(round(value, places) - value) < 1e-9)


def cost_section(plan: PlanFolder, t: Language) -> Section:
    """Return the breakdown of the cost by group and by kind of work."""
    s, currency = plan.summary, plan.currency
    groups = figures.cost_by_group(plan)
    picture = bars(
        "cost-bars",
        t("cost.alt"),
        [
            Bar(
                t.name("group", row.name),
                row.price,
                f"{t.big_money(row.price, currency)} · {t.percent(row.share, 0)}",
                COST_GROUP_COLOURS[row.name],
            )
            for row in groups
        ],
        label_width=300,
        note_width=240,
    )

    def cells(row: figures.CostRow, label: str) -> list[str]:
        km = t.number(row.length_km, 1) if row.length_km else ""
        return [
            label,
            t.number(row.works),
            km,
            t.number(row.capex),
            t.number(row.opex_year),
            t.number(row.price),
            t.percent(row.share),
        ]

    price = sum(row.price for row in groups)
    foot = [
        t("col.all"),
        "",
        "",
        t.number(sum(r.capex for r in groups)),
        t.number(sum(r.opex_year for r in groups)),
        t.number(price),
        t.percent(1, 0),
    ]
    return {
        "svg": Markup(picture),
        "words": t(
            "cost.words",
            cost=t.big_money(s["cost"], currency),
            years=t.count("n.years", s["policy"]["horizon_years"]),
            rate=t.percent(s["policy"]["discount_rate"], _decimals(s["policy"]["discount_rate"] * 100)),
            capex=t.big_money(s["capex"], currency),
            opex=t.big_money(s["opex_year"], currency),
        ),
        "head": [
            t("col.work"),
            t("col.number"),
            t("col.km"),
            *(f"{t(f'col.{key}')} [{currency}]" for key in ("capex", "opex_year", "discounted")),
            t("col.percent"),
        ],
        "rows": [cells(row, t.name("group", row.name)) for row in groups],
        "kind_rows": [cells(row, t.name("kind", row.name)) for row in figures.cost_by_kind(plan)],
        "foot": foot,
    }


def reach_section(plan: PlanFolder, t: Language) -> Section:
    """Return the curve of people reached against cost."""
    data = figures.cost_curve(plan)
    currency, whole = plan.currency, int(plan.sites["people"].sum())
    most = max(data.cost[-1], 1.0)
    unit, scale = (t("money.unit_millions", currency=currency), 1e6) if most >= 1e6 else (currency, 1.0)
    ticks = nice_ticks(most / scale)
    decimals = max((_decimals(value) for value in ticks), default=0)
    x_axis = Axis(most, [(value * scale, t.number(value, decimals)) for value in ticks], t("reach.x", unit=unit))
    y_axis = Axis(
        max(whole, 1) * 1.04, [(whole * v / 10, t.percent(v / 10, 0)) for v in (0, 2, 4, 6, 8, 10)], t("reach.y")
    )
    marks = [
        (cost, float(people), t("reach.mark", share=t.percent(share, 0), cost=t.big_money(cost, currency)))
        for share, people, cost, _ in data.milestones
        if share in {0.5, 0.8, 0.95, 1.0}
    ]
    people = [float(value) for value in data.people]
    picture = curve("reach-curve", t("reach.alt"), data.cost, people, x_axis, y_axis, marks, "#0072b2")
    rows = [
        [
            t.percent(share, 0),
            t.number(count),
            t.money(cost, currency),
            t.percent(cost / most, 0),
            t.money(each, currency),
        ]
        for share, count, cost, each in data.milestones
    ]
    caption = t("reach.caption")
    if data.uncounted > 0:
        caption = f"{caption} {t('reach.uncounted', cost=t.big_money(data.uncounted, currency))}"
    return {"svg": Markup(picture), "words": t("reach.words"), "rows": rows, "caption": caption}


def tier_section(plan: PlanFolder, t: Language) -> Section:
    """Return what each range of locality sizes adds to the cost."""
    currency = plan.currency
    rows = [row for row in figures.bands(plan.summary) if row.localities or row.people or row.cost]

    def size(row: figures.Band) -> str:
        if row.below is None:
            return t("tiers.at_least", n=t.number(row.least))
        return (
            t("tiers.below", n=t.number(row.below))
            if row.least <= 1
            else t("tiers.between", least=t.number(row.least), most=t.number(row.below - 1))
        )

    each = [row for row in rows if row.people > 0]
    picture = bars(
        "tier-bars",
        t("tiers.alt"),
        [
            Bar(size(row), max(row.cost_per_person, 0.0), t.money(row.cost_per_person, currency), "#0072b2")
            for row in each
        ],
    )
    words = ""
    if each:
        last = each[-1]
        whole = sum(row.people for row in rows) or 1
        cost = sum(row.cost for row in rows) or 1.0
        words = t(
            "tiers.words", size=size(last), people=t.percent(last.people / whole), cost=t.percent(last.cost / cost)
        )
    return {
        "svg": Markup(picture),
        "words": words,
        "rows": [
            [
                size(row),
                t.number(row.localities),
                t.number(row.people),
                t.money(row.cost, currency),
                t.money(row.cost_per_person, currency),
            ]
            for row in rows
        ],
        "all_rows": [
            [
                t("tiers.every") if tier["min_people"] <= 1 else t("tiers.at_least", n=t.number(tier["min_people"])),
                t.number(tier["localities"]),
                t.number(tier["people"]),
                t.number(tier["sites"]),
                t.money(tier["cost"], currency),
                t.money(tier["cost_per_person"], currency) if tier["people"] else "–",
            ]
            for tier in sorted(plan.summary["tiers"], key=lambda tier: tier["min_people"])
        ],
    }
