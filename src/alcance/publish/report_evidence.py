"""What the report says of how far the plan can be trusted: the bound, the terrain, the assumptions, the sources."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

from markupsafe import Markup

from alcance.publish import figures
from alcance.publish.charts import Bar, bars, gap_scale
from alcance.publish.folder import PlanFolder
from alcance.publish.language import Language

Section = dict[str, Any]

#: Length of an arc second of latitude on a sphere of 6 371 km [m].
ARCSECOND_M: Final = 30.887


def proof_section(plan: PlanFolder, t: Language) -> Section:
    """Return both gaps in plain words, with the sentence on what no other network can do."""
    s, currency = plan.summary, plan.currency

    def money(value: float) -> str:
        return t.big_money(value, currency)

    over = s["cost"] - s["lower_bound"]
    picture = gap_scale(
        "gap",
        t("proof.alt"),
        (s["lower_bound"], t("proof.bound", cost=money(s["lower_bound"]))),
        (s["cost"], t("proof.plan", cost=money(s["cost"]))),
        t("proof.over", cost=money(over)),
    )
    rows = [
        [t("proof.row_cost"), t.money(s["cost"], currency)],
        [t("proof.row_tree"), t.money(s["tree_cost"], currency)],
        [t("proof.row_bound"), t.money(s["lower_bound"], currency)],
        [t("proof.row_plan_gap"), t.percent_at_most(s["plan_gap"])],
        [t("proof.row_solver_gap"), t.percent_at_most(s["solver_gap"])],
        [t("proof.row_avoidable"), t.percent_at_most(s["cost_avoidable"])],
        *([[t("proof.row_shared"), t.money(s["shared_cost"], currency)]] if "shared_cost" in s else []),
        [t("proof.row_options"), t.number(s["options"])],
        [t("proof.row_nodes"), t.number(s["nodes"])],
    ]
    return {
        "svg": Markup(picture),
        "claim": t("proof.claim", options=t.number(s["options"]), percent=t.percent_at_most(s["plan_gap"])),
        "plan_gap": t(
            "proof.words_plan",
            cost=money(s["cost"]),
            bound=money(s["lower_bound"]),
            gap=t.percent_at_most(s["plan_gap"]),
        ),
        "solver_gap": t(
            "proof.words_solver",
            tree=money(s["tree_cost"]),
            gap=t.percent_at_most(s["solver_gap"]),
            crowded=t.count("n.crowded", s["sites_crowded_out"]),
        ),
        "avoidable": t("proof.words_avoidable", gap=t.percent_at_most(s["cost_avoidable"])),
        "rows": rows,
    }


def mast_section(plan: PlanFolder, t: Language) -> Section:
    """Return the masts by height and the lengths of the links."""
    relays = _heights(plan.summary["masts_by_height"])
    clients = _heights(plan.summary.get("client_masts_by_height") or {})
    picture = bars(
        "mast-bars",
        t("masts.alt"),
        [Bar(f"{t.number(height)} m", count, t.number(count), "#8a4b12") for height, count in sorted(relays.items())],
        label_width=110,
        note_width=140,
    )
    heights = sorted({**relays, **clients})
    return {
        "svg": Markup(picture),
        "words": t("masts.words", masts=t.count("n.masts", plan.summary["towers_built"])),
        "head": [t("col.height"), t("col.masts"), *([t("col.site_masts")] if clients else [])],
        "rows": [
            [
                f"{t.number(height)} m",
                t.number(relays.get(height, 0)),
                *([t.number(clients.get(height, 0))] if clients else []),
            ]
            for height in heights
        ],
        "links": [
            [t.name("kind", kind), t.number(n), t.number(median, 1), t.number(longest, 1)]
            for kind, n, median, longest in figures.link_rows(plan)
        ],
    }


def _heights(counts: Mapping[str, Any]) -> dict[float, int]:
    return {float(height): int(count) for height, count in counts.items()}


def terrain_section(plan: PlanFolder, t: Language) -> Section:
    """Return how coarse the terrain is and how often such terrain calls a blocked link clear."""
    terrain = plan.summary["terrain"]
    resolution, error = terrain.get("resolution_arcsec"), terrain.get("error_sigma_m")
    words = []
    if _known(resolution):
        words.append(
            t(
                "terrain.resolution",
                arcsec=t.number(resolution, 0 if float(resolution).is_integer() else 1),
                metres=t.number(_two_digits(resolution * ARCSECOND_M)),
            )
        )
    if _known(error):
        words.append(t("terrain.error", error=t.number(error)))
    if terrain.get("source"):
        words.append(t("terrain.source", source=str(terrain["source"]).rstrip(".")))
    false_clear = _false_clear(terrain.get("false_clear_pct"))
    rows = [
        (t("terrain.height", height=t.number(height, 0 if height.is_integer() else 1)), share)
        for height, share in false_clear
    ]
    picture = ""
    if rows:
        picture = bars(
            "terrain-bars",
            t("terrain.alt"),
            [Bar(label, share, t.percent(share / 100, 0), "#aa3f8f") for label, share in rows],
            note_width=130,
        )
    worst = max((share for _, share in rows), default=0.0)
    return {
        "words": " ".join(words) or t("terrain.nothing"),
        "svg": Markup(picture),
        "caption": " ".join(filter(None, [t("terrain.caption"), _told_by(terrain.get("false_clear_source"), t)])),
        "danger": t("terrain.clear", worst=t.number(round(worst))),
        "rows": [[label, t.percent(share / 100, 0)] for label, share in rows],
    }


def _told_by(source: Any, t: Language) -> str:
    return t("terrain.source", source=str(source).rstrip(".")) if source else ""


def _two_digits(value: float) -> float:
    digits = 1 - math.floor(math.log10(value)) if value > 0 else 0
    return round(value, digits)


def _false_clear(value: Any) -> list[tuple[float, float]]:
    """Mast height [m] and share of clear links that are blocked [%], by rising height."""
    if not isinstance(value, Mapping):
        return []
    pairs = [
        (float(str(height).removesuffix("m").strip()), float(share)) for height, share in value.items() if _known(share)
    ]
    return sorted(pairs)


def _known(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def assumption_section(plan: PlanFolder, t: Language) -> Section:
    """Return prices with their sources, policy values, and how much of the fibre is on inferred lines."""
    s = plan.summary
    share = s["inferred_fibre_km"] / s["fibre_km"] if s["fibre_km"] else 0.0
    inferred = (
        t("assumptions.inferred", km=t.number(s["inferred_fibre_km"]), share=t.percent(share, 0))
        if s["inferred_fibre_km"]
        else t("assumptions.no_inferred")
    )
    prices = s.get("prices") or []
    assumed = sum(bool(row.get("assumed")) for row in prices)
    words = t("assumptions.words", vintage=s["pack"].get("vintage") or "–")
    if prices:
        words = f"{words} {t('assumptions.assumed', n=t.number(assumed), whole=t.number(len(prices)))}"
    policy = [[t.name("policy", name), _policy_value(value, t)] for name, value in sorted(s["policy"].items())]
    return {
        "words": words,
        "inferred": inferred,
        "scenario": scenario_words(plan, t),
        "warnings": [str(w) for w in s.get("warnings") or []],
        "prices": [_price_row(row, t) for row in prices],
        "policy": policy,
    }


def _policy_value(value: Any, t: Language) -> str:
    if isinstance(value, bool):
        return t("word.yes") if value else t("word.no")
    if _known(value):
        return (
            t.number(value, 0 if float(value).is_integer() else 3).rstrip("0")
            if not float(value).is_integer()
            else t.number(value)
        )
    return str(value)


def _price_row(row: Mapping[str, Any], t: Language) -> list[Any]:
    def money(name: str) -> str:
        value: Any = row.get(name)
        return t.number(value, 0 if abs(value) >= 100 or float(value).is_integer() else 2) if _known(value) else "–"

    source: Any = str(row.get("source") or "")
    if row.get("assumed"):
        source = Markup('<span class="flag">{}</span> {}').format(t("word.assumed"), source)
    low_high = (
        f"{money('capex_low')}–{money('capex_high')}"
        if _known(row.get("capex_low")) and _known(row.get("capex_high"))
        else "–"
    )
    return [
        t.name("item", str(row["item"])),
        t.name("per", str(row.get("per") or "")),
        money("capex"),
        money("opex_year"),
        money("life_years"),
        low_high,
        source,
    ]


def source_rows(plan: PlanFolder, t: Language) -> list[list[Any]]:
    """Return the sources of the data with their licences; an address becomes a link."""
    rows: list[list[Any]] = []
    for source in plan.summary["pack"].get("sources", []):
        name, url = str(source.get("name", "")), str(source.get("url") or "")
        shown: Any = (
            Markup('<a href="{}">{}</a>').format(url, name) if url.startswith(("https://", "http://")) else name
        )
        publisher, vintage = str(source.get("publisher") or "–"), str(source.get("vintage") or "–")
        rows.append([shown, publisher, vintage, str(source.get("licence") or t("sources.no_licence"))])
    return rows


def _in_language(text: Any, t: Language) -> str:
    """Return a text of the pack, which may hold one per language; the first there is, if none is in this one."""
    if not isinstance(text, Mapping):
        return str(text)
    return str(text.get(t.code) or next(iter(text.values()), ""))


def notes(plan: PlanFolder, t: Language) -> list[str]:
    """Return the pack's own remarks, such as what in it is illustrative."""
    pack = plan.summary["pack"]
    found = pack.get("notes") or []
    own = [_in_language(note, t) for note in ([found] if isinstance(found, (str, dict)) else found)]
    return [t("notes.providers"), *own] if pack.get("providers_illustrative") else own


def scenario_words(plan: PlanFolder, t: Language) -> str:
    """Say what this plan changes in its pack; nothing where it changes nothing."""
    scenario = plan.summary.get("scenario") or {}
    changes = [
        f"{t.name('item', item)} × {_policy_value(factor, t)}"
        for item, factor in sorted((scenario.get("price_factors") or {}).items())
    ]
    changes += [
        f"{t.name('policy', name)}: {_policy_value(value, t)}"
        for name, value in sorted((scenario.get("policies") or {}).items())
    ]
    return t("assumptions.scenario", changes="; ".join(changes)) if changes else ""
