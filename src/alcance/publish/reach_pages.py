"""The pages of areas of influence: one of all providers, and one of each, ready to print."""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup, escape

import alcance
from alcance.network.reach import EDUCATION, HEALTH, MODELS
from alcance.publish.palette import PROVIDER_COLOURS, REACH_CLASS_COLOURS
from alcance.publish.reach_map import (
    EDUCATION_COLOUR,
    HEALTH_COLOUR,
    LOCALITY_COLOUR,
    overview_picture,
    provider_picture,
    swatches,
)
from alcance.publish.reach_summary import (
    need_facts,
    reached_by_any,
    unreached_facts,
    unreached_localities,
    warnings,
)
from alcance.publish.svg import INK, rect, tag

if TYPE_CHECKING:
    import pandas as pd

    from alcance.network.reach import Provider, Reach
    from alcance.publish.language import Language

SHOWN: Final = 20  # rows of a long table on a page; all of them are in its CSV file
SHOWN_AREAS: Final = 12
MISSED_COLOUR: Final = "#5c1414"


def index_html(reach: Reach, t: Language) -> str:
    """Write the page of all providers."""
    facts, reached, missed = reach.facts, reached_by_any(reach), unreached_facts(reach)
    everyone = int(reach.all_localities["people"].sum())
    need = need_facts(reach)
    lead = t(
        "influence.lead_all",
        providers=t.count("n.providers", len(facts)),
        towers=t.count("n.towers", len(reach.towers)),
        people=t.count("n.people", reached["people"]),
        share=t.percent(reached["people"] / everyone if everyone else None),
        need=t.number(reached["people_in_need"]),
        unreached=t.count("n.sites", missed["sites"]),
    )
    headlines = [
        _headline(t, "people", t.number(reached["people"]), t("influence.of_all", n=t.number(everyone))),
        _headline(t, "need", t.number(reached["people_in_need"]), t("influence.of_needy", n=t.number(need["people"]))),
        _headline(t, "sites", t.number(reached["sites"]), _kinds(t, reached)),
        _headline(t, "unreached", t.number(missed["sites"]), _kinds(t, missed)),
    ]
    return _render(
        "reach_index.html.j2",
        reach,
        t,
        title=t("influence.title", title=reach.pack.meta.title),
        lead=lead,
        headlines=headlines,
        picture=overview_picture(reach),
        legend=_index_legend(reach, t),
        providers=_provider_table(reach, t),
        overlaps=_overlap_table(reach, reach.overlaps, t),
        unreached_words=t(
            "influence.unreached_words",
            sites=t.count("n.sites", missed["sites"]),
            all=t.number(len(reach.all_sites)),
            health=t.number(missed["health_sites"]),
            education=t.number(missed["education_sites"]),
            people=t.count("n.people", missed["people"]),
            need=t.number(missed["people_in_need"]),
        ),
        unreached=_unreached_table(reach, t),
        sources=[[source.name, source.licence, source.vintage or ""] for source in reach.pack.meta.sources],
        notes=_notes(reach, t),
    )


def provider_html(reach: Reach, provider: Provider, t: Language) -> str:
    """Write the page of one provider."""
    own = {
        name: frame[frame["provider_id"] == provider.provider_id]
        for name, frame in (
            ("facts", reach.facts), ("towers", reach.towers), ("areas", reach.areas), ("sites", reach.sites),
            ("next_sites", reach.next_sites), ("strengthen", reach.strengthen),
        )
    }  # fmt: skip
    row = own["facts"].iloc[0]
    unknown = int(row["waiting_room_unknown"])
    lead = t(
        "influence.lead_one",
        towers=t.count("n.towers", int(row["towers"])),
        people=t.count("n.people", int(row["people"])),
        area=t.number(float(row["area_km2"])),
        room=t.number(int(row["waiting_with_room"])),
        waiting=t.count("n.places", int(row["waiting"])),
        unknown=t("influence.lead_unknown", n=t.number(unknown)) if unknown else "",
    )
    headlines = [
        _headline(
            t, "people", t.number(int(row["people"])), t("influence.of_localities", n=t.number(int(row["localities"])))
        ),
        _headline(
            t, "need", t.number(int(row["people_in_need"])),
            t("influence.of_needy", n=t.number(need_facts(reach)["people"])),
        ),
        _headline(t, "sites", t.number(int(row["sites"])), _kinds(t, row)),
        _headline(
            t, "room", t.number(int(row["waiting_with_room"])),
            t("influence.of_waiting", n=t.number(int(row["waiting"]))),
        ),
    ]  # fmt: skip
    meets = (reach.overlaps["provider_id"] == provider.provider_id) | (
        reach.overlaps["other_id"] == provider.provider_id
    )
    return _render(
        "reach_provider.html.j2",
        reach,
        t,
        title=f"{provider.name}: {reach.pack.meta.title}",
        provider=provider,
        lead=lead,
        headlines=headlines,
        picture=provider_picture(reach, provider.provider_id),
        legend=_provider_legend(own["areas"], t),
        classes=[
            [t("influence.from_mbps", rate=t.number(rate)), t.number(km2, 1)]
            for rate, km2 in zip(own["areas"]["min_mbps"], own["areas"]["area_km2"], strict=True)
        ],
        towers=_tower_rows(own["towers"], t),
        following=_next_rows(own["next_sites"], t),
        following_all=len(own["next_sites"]),
        options=_option_rows(own["strengthen"], t),
        options_all=len(own["strengthen"]),
        inside=_inside_rows(own["sites"], t),
        overlaps=_overlap_table(reach, reach.overlaps[meets], t),
        years=t.count("n.years", float(reach.pack.policy("horizon_years"))),
    )


def _render(template: str, reach: Reach, t: Language, **more: Any) -> str:
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("alcance.publish", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
    )
    folder = resources.files("alcance.publish").joinpath("templates")
    css = "".join(folder.joinpath(name).read_text(encoding="utf-8") for name in ("report.css", "reach.css"))
    shown = {
        "t": t, "css": Markup(css), "version": alcance.__version__, "meta": reach.pack.meta,
        "currency": reach.pack.meta.currency, "warnings": warnings(reach, t, more.get("provider")),
        "busy": t.number(reach.busy_mbps, 1),
        "method": _method(reach, t), "shown": SHOWN, **more,
    }  # fmt: skip
    return environment.get_template(template).render(**shown)


def _headline(t: Language, key: str, value: str, note: str) -> dict[str, str]:
    return {"label": t(f"influence.head_{key}"), "value": value, "note": note}


def _kinds(t: Language, row: Any) -> str:
    return t(
        "influence.health_education",
        health=t.number(int(row["health_sites"])),
        education=t.number(int(row["education_sites"])),
    )


def _method(reach: Reach, t: Language) -> list[str]:
    terrain, need, pack = reach.pack.meta.terrain, need_facts(reach), reach.pack
    beyond = int(reach.facts["towers_without_ground"].sum())
    model = t.name("model", reach.rules.model) if reach.rules.model in MODELS else reach.rules.model
    said = [
        t(
            "influence.method_model", model=model, height=t.number(reach.rules.client_height_m),
            margin=t.number(reach.rules.fade_margin_db),
        ),
        t("influence.method_room", busy=t.number(reach.busy_mbps, 1)),
        t("influence.method_need", units=t.number(need["units"]), people=t.number(need["people"])),
        t(
            "influence.method_links", confidence=t.number(float(pack.policy("link_confidence")), 2),
            availability=f"{float(pack.policy('availability_pct')):g}",
        ),
        t(
            "influence.terrain", arcsec=t.number(terrain.resolution_arcsec),
            error=t.number(terrain.error_sigma_m.value),
        ),
    ]  # fmt: skip
    if beyond:
        said.append(t("influence.method_ground", n=t.count("n.towers", beyond)))
    return said


def _notes(reach: Reach, t: Language) -> list[str]:
    return [str(note.get(t.code) or next(iter(note.values()))) for note in reach.pack.meta.notes]


def _mark(content: str) -> Markup:
    return Markup(f'<svg viewBox="0 0 26 14" aria-hidden="true">{content}</svg>')


def _patch(colour: str) -> Markup:
    return _mark(rect(2, 1.5, 22, 11, swatches([colour])[0]))


def _index_legend(reach: Reach, t: Language) -> list[dict[str, Any]]:
    areas = reach.facts.set_index("provider_id")["area_km2"]
    items = [
        {
            "mark": _patch(PROVIDER_COLOURS[number % len(PROVIDER_COLOURS)]),
            "label": f"{provider.provider_id} {provider.name}",
            "count": f"{t.number(float(areas[provider.provider_id]))} km²",
        }
        for number, provider in enumerate(reach.providers)
    ]
    cross = tag("path", {"d": "M9 3l8 8M17 3l-8 8", "stroke": MISSED_COLOUR, "stroke_width": 1.6})
    missed = int(reach.unreached["kind"].isin([*HEALTH, *EDUCATION]).sum())
    items.append({"mark": _triangle(), "label": t("influence.mark_tower"), "count": t.number(len(reach.towers))})
    items.append({"mark": _mark(cross), "label": t("influence.mark_unreached"), "count": t.number(missed)})
    return items


def _provider_legend(areas: pd.DataFrame, t: Language) -> list[dict[str, Any]]:
    items = [
        {
            "mark": _patch(REACH_CLASS_COLOURS[int(level) - 1]),
            "label": t("influence.from_mbps", rate=t.number(rate)),
            "count": f"{t.number(float(km2))} km²",
        }
        for level, rate, km2 in zip(areas["service_class"], areas["min_mbps"], areas["area_km2"], strict=True)
    ]
    plus = tag("path", {"d": "M13 2v10M8 7h10", "stroke": HEALTH_COLOUR, "stroke_width": 4})
    ring = tag("circle", {"cx": 13.0, "cy": 7.0, "r": 5.5, "fill": "#fff", "stroke": INK, "stroke_width": 1.3})
    dot = tag("circle", {"cx": 13.0, "cy": 7.0, "r": 2.0, "fill": LOCALITY_COLOUR})
    marks = (
        ("tower", _triangle()), ("health", _mark(plus)), ("education", _mark(rect(9, 3, 8, 8, EDUCATION_COLOUR))),
        ("next", _mark(ring)), ("localities", _mark(dot)),
    )  # fmt: skip
    return [*items, *({"mark": mark, "label": t(f"influence.mark_{key}"), "count": ""} for key, mark in marks)]


def _triangle() -> Markup:
    return _mark(tag("path", {"d": "M13 1.5l6 11h-12z", "fill": "#fff", "stroke": INK, "stroke_width": 1.5}))


def _linked(provider: Provider, t: Language) -> Markup:
    flag = Markup(' <span class="flag">{}</span>').format(t("influence.illustrative")) if provider.illustrative else ""
    return Markup('<a href="providers/{}">{}</a>{}').format(page_name(provider.provider_id), provider.name, flag)


def page_name(provider_id: str) -> str:
    """File name of a provider's page: its key, with what no file system takes written as code points."""
    safe = "".join(c if c.isascii() and (c.isalnum() or c in "-_") else f"~{ord(c):x}~" for c in provider_id)
    return f"{safe}.html"


def _provider_table(reach: Reach, t: Language) -> list[list[Any]]:
    rows = []
    for provider, row in zip(reach.providers, reach.facts.to_dict("records"), strict=True):
        numbers = [
            row[key] for key in ("towers", "area_km2", "people", "people_in_need", "sites", "health_sites",
                                 "education_sites", "waiting", "waiting_with_room")
        ]  # fmt: skip
        rows.append([_linked(provider, t), *(t.number(float(number)) for number in numbers)])
    return rows


def _overlap_table(reach: Reach, overlaps: pd.DataFrame, t: Language) -> list[list[Any]]:
    names = {provider.provider_id: provider.name for provider in reach.providers}
    return [
        [
            f"{names[row['provider_id']]} – {names[row['other_id']]}",
            t.number(row["area_km2"]), t.number(row["sites"]), t.number(row["people"]),
        ]
        for row in overlaps.to_dict("records")
    ]  # fmt: skip


def _unreached_table(reach: Reach, t: Language) -> list[list[str]]:
    missed = unreached_localities(reach)
    people = missed.groupby("admin_id")["people"].sum()
    sites = reach.unreached.groupby("admin_id").size()
    units = missed.drop_duplicates("admin_id").set_index("admin_id")
    table = people.rename("people").to_frame().reset_index()
    first = table.sort_values(["people", "admin_id"], ascending=[False, True], kind="stable").head(SHOWN_AREAS)
    return [
        [
            str(units.loc[key, "admin_name"]), t.number(float(units.loc[key, "need"]), 2), t.number(count),
            t.number(int(sites.get(key, 0))),
        ]
        for key, count in zip(first["admin_id"], first["people"], strict=True)
    ]  # fmt: skip


def _tower_rows(towers: pd.DataFrame, t: Language) -> list[list[str]]:
    rows = []
    for row in towers.to_dict("records"):
        kind = t.name("backhaul", row["backhaul_kind"]) if isinstance(row["backhaul_kind"], str) else ""
        backhaul = f"{kind} {t.number(float(row['backhaul_mbps']))}".strip() if _known(row["backhaul_mbps"]) else kind
        rows.append(
            [
                row["tower_id"], t.number(row["height_m"]), row["equipment_id"], backhaul or t("influence.unknown"),
                _number(row["clients"], t), _number(row["room"], t), t.number(row["waiting"]), t.number(row["sites"]),
                t.number(row["people"]),
            ]
        )  # fmt: skip
    return rows


def _next_rows(following: pd.DataFrame, t: Language) -> list[list[Any]]:
    return [
        [
            t.number(row["rank"]), _site(row, t), row["admin_name"] or "", t.number(row["people"]),
            t.number(row["need"], 2), f"{t.name('linkkind', row['link'])}: {row['equipment_id']}",
            f"{row['tower_id']}, {t.number(row['distance_km'], 1)} km", t.number(row["mast_m"]),
            t.number(row["rate_mbps"]), t.name("room", row["room"]), t.number(row["price"]),
        ]
        for row in following.head(SHOWN).to_dict("records")
    ]  # fmt: skip


def _option_rows(options: pd.DataFrame, t: Language) -> list[list[str]]:
    rows = []
    for row in options.head(SHOWN).to_dict("records"):
        parts = []
        if isinstance(row["from_name"], str):
            parts.append(f"{row['from_name']}, {t.number(row['distance_km'], 1)} km")
        if isinstance(row["equipment_id"], str):
            parts.append(f"{row['equipment_id']}, {t.number(row['backhaul_mbps'])} Mbit/s")
        if row["option"] == "mast":
            parts.append(t("mast.of", height=t.number(row["mast_m"])))
        if not row["room_known"]:
            parts.append(f"{t('influence.col_room').lower()}: {t('influence.unknown')}")
        rows.append(
            [
                t.number(row["rank"]), t.name("option", row["option"]), row["tower_id"], "; ".join(parts),
                t.number(row["connections"]), t.number(row["people"]), t.number(row["people_in_need"]),
                t.number(row["health_sites"]), t.number(row["education_sites"]), t.number(row["price"]),
                t.number(row["people_in_need_per_million"], 1), t.number(row["health_sites_per_million"], 2),
            ]
        )  # fmt: skip
    return rows


def _inside_rows(sites: pd.DataFrame, t: Language) -> list[list[Any]]:
    chosen = sites[sites["kind"].isin([*HEALTH, *EDUCATION])]
    order = chosen.assign(first=~chosen["kind"].isin(HEALTH)).sort_values(["first", "site_id"], kind="stable")
    return [
        [
            _site(row, t), row["admin_name"] or "", row["tower_id"], t.number(row["rate_mbps"]),
            t.number(row["margin_db"], 1), _number(row["room"], t),
        ]
        for row in order.to_dict("records")
    ]  # fmt: skip


def _site(row: dict[Any, Any], t: Language) -> Markup:
    """Name and kind of a site."""
    name = row["name"] or row["site_id"]
    return Markup('{}<br><span class="soft">{}</span>').format(escape(name), t.name("site_kind", row["kind"]))


def _known(value: Any) -> bool:
    import pandas as pd

    return not pd.isna(value)


def _number(value: Any, t: Language) -> str:
    return t.number(float(value)) if _known(value) else t("influence.unknown")
