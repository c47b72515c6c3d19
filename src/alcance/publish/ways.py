"""The way from a site up to the network, told in words for people in the field."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

from alcance.publish.folder import PlanFolder
from alcance.publish.language import Language
from alcance.publish.link_words import availability, radio_name, rate, sureness
from alcance.publish.palette import FIBRE_KINDS, RADIO_KINDS

#: Works that change nothing for a crew: they cost nothing and stand where another work already brought them.
SILENT_KINDS: Final = frozenset({"mast_down", "sector_down", "arrive", "top", "rack"})

Edges = Mapping[str, Mapping[str, Any]]


def edges_by_id(plan: PlanFolder) -> dict[str, dict[str, Any]]:
    """Every edge as a mapping, by its id."""
    names = [name for name in plan.edges.columns if name != "geometry"]
    columns = [plan.edges[name].tolist() for name in names]
    ids = plan.edges["edge_id"].tolist()
    return {
        edge_id: dict(zip(names, row, strict=True))
        for edge_id, row in zip(ids, zip(*columns, strict=True), strict=True)
    }


def way_steps(upstream: Sequence[str], edges: Edges, lang: Language) -> list[str]:
    """One line per work from the site up to the network; stretches of one kind of fibre are drawn together."""
    steps: list[str] = []
    run_kind, run_m, run_to = "", 0.0, ""
    for edge_id in upstream:
        edge = edges[edge_id]
        kind = edge["kind"]
        if kind in SILENT_KINDS:
            continue
        if run_kind and kind != run_kind:
            steps.append(_fibre_step(run_kind, run_m, run_to, lang))
            run_kind, run_m = "", 0.0
        if kind in FIBRE_KINDS:
            run_kind, run_m, run_to = kind, run_m + float(edge["length_m"]), str(edge["from_name"] or "")
        elif kind in RADIO_KINDS:
            steps.append(_radio_step(edge, lang))
        else:
            steps.append(_place_step(edge, lang))
    if run_kind:
        steps.append(_fibre_step(run_kind, run_m, run_to, lang))
    return steps


def _fibre_step(kind: str, length_m: float, place: str, lang: Language) -> str:
    key = "way.fibre_to" if place else "way.fibre"
    return lang(key, kind=lang.name("kind", kind), km=lang.number(length_m / 1000, 1), place=place)


def _radio_step(edge: Mapping[str, Any], lang: Language) -> str:
    near, far = edge["height_from_m"], edge["height_to_m"]
    parts = [
        lang(
            "way.radio",
            kind=lang.name("kind", edge["kind"]),
            km=lang.number(edge["length_m"] / 1000, 1),
            place=edge["from_name"] or edge["from_place"],
        )
    ]
    if _known(near) and _known(far):
        parts.append(lang("way.heights", far=lang.number(far), near=lang.number(near)))
    if _known(edge["equipment_id"]):
        parts.append(radio_name(str(edge["equipment_id"]), edge["freq_ghz"], lang))
    if _known(edge["rate_mbps"]):
        parts.append(lang("way.rate", rate=rate(edge["rate_mbps"], lang)))
    if _known(edge["margin_db"]):
        parts.append(lang("way.margin", margin=lang.number(edge["margin_db"], 1)))
    if _known(edge["availability_pct"]):
        parts.append(lang("way.availability", share=availability(edge["availability_pct"], lang)))
    if _known(edge["confidence"]):
        parts.append(lang("way.confidence", share=sureness(edge["confidence"], lang)))
    return ", ".join(parts)


def _place_step(edge: Mapping[str, Any], lang: Language) -> str:
    name, kind = edge["to_name"] or edge["to_place"], lang.name("kind", edge["kind"])
    if edge["kind"] in {"site_equipment", "satellite"} or not name:
        return kind
    return lang("way.place", kind=kind, place=name)


def _known(value: Any) -> bool:
    return value is not None and not (isinstance(value, float) and math.isnan(value))
