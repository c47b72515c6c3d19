"""The plan's fibre and radio links as Open Fibre Data Standard 0.4, in networks small enough for its own checker.

Source: https://standard.ofds.info/en/0__4__0/ (network package). Satellite terminals have no span and are left out.
"""

from __future__ import annotations

import json
import math
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from alcance.files import whole_file
from alcance.publish.folder import PlanFolder
from alcance.publish.language import Language
from alcance.publish.link_words import link_facts
from alcance.publish.palette import FIBRE_KINDS, RADIO_KINDS
from alcance.publish.screening import screened_title, screening_words

SCHEMA_URL: Final = "https://standard.ofds.info/en/0__4__0/network-schema.json"

#: The standard's checker compares every node with every other: larger networks take it minutes.
MAX_NETWORK_NODES: Final = 1000

_NAMESPACE: Final = uuid.UUID("7a9c6c0e-5d0f-5b7e-9f5a-2f4b8d1c3e60")
_EXISTING: Final = {"fibre_lit": "operational", "fibre_dark": "inactive"}
_SUPPORT: Final = {"fibre_lit": "pylon", "fibre_dark": "pylon", "fibre_new": "pylon", "fibre_distribution": "pole"}
_NODE_TYPES: Final = {"pop": "pop", "substation": "substation", "tower": "tower"}

Json = dict[str, Any]


@dataclass
class _Place:
    place_id: str
    name: str
    lon: float
    lat: float
    kind: str = ""
    operational: bool = False
    mast_m: float = 0.0


@dataclass
class _Chunk:
    """A network in the making: its places in order of visit and its spans."""

    root: str
    places: list[str] = field(default_factory=list)
    spans: list[int] = field(default_factory=list)


def write_ofds(plan: PlanFolder, path: Path, lang: Language) -> Path:
    """Write the plan as an OFDS 0.4 network package.

    Parameters
    ----------
    plan
        The plan.
    path
        File to write; replaced whole.
    lang
        Language of names and descriptions.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    package = network_package(plan, lang)
    with whole_file(path) as temporary:
        temporary.write_text(
            json.dumps(package, ensure_ascii=False, separators=(",", ":"), allow_nan=False) + "\n", encoding="utf-8"
        )
    return path


def network_package(plan: PlanFolder, lang: Language, max_nodes: int = MAX_NETWORK_NODES) -> Json:
    """Return the plan as an OFDS network package: `{"networks": [...]}`, each of at most `max_nodes` nodes.

    A place where a network is cut in two stands in both.
    """
    spans = _spans(plan)
    places = _places(plan, spans)
    chunks = _chunks(spans, max_nodes)
    return {"networks": [_network(plan, lang, chunk, spans, places) for chunk in chunks]}


def _spans(plan: PlanFolder) -> list[Json]:
    """Every stretch between two different places, in a fixed order."""
    edges = plan.edges[
        plan.edges["kind"].isin([*FIBRE_KINDS, *RADIO_KINDS]) & (plan.edges.geometry.geom_type == "LineString")
    ]
    rows = edges.sort_values("edge_id", kind="stable").to_dict("records")
    return [row for row in rows if row["from_place"] != row["to_place"]]


def _places(plan: PlanFolder, spans: Sequence[Json]) -> dict[str, _Place]:
    places: dict[str, _Place] = {}
    for row in plan.nodes.sort_values("node_id", kind="stable").to_dict("records"):
        place = places.setdefault(
            row["place_id"],
            _Place(row["place_id"], str(row["name"] or ""), row["lon"], row["lat"], row["place_kind"] or ""),
        )
        if row["kind"] == "mast":
            place.mast_m = max(place.mast_m, float(row["height_m"]))
    for row in plan.edges.loc[plan.edges["kind"] == "pop", ["from_place", "to_place"]].to_dict("records"):
        if row["to_place"] in places:
            places[row["to_place"]].kind, places[row["to_place"]].operational = "pop", True
    for span in spans:  # a place known only as the end of a line
        ends = (span["geometry"].coords[0], span["geometry"].coords[-1])
        for side, (lon, lat) in zip(("from", "to"), ends, strict=True):
            name = str(span[f"{side}_name"] or "")
            place = places.setdefault(span[f"{side}_place"], _Place(span[f"{side}_place"], name, lon, lat))
            place.operational |= span["kind"] == "fibre_lit"
    return places


def _chunks(spans: Sequence[Json], max_nodes: int) -> list[_Chunk]:
    """Cut the forest of places into connected pieces of at most `max_nodes` places, from the leaves up."""
    around: dict[str, list[tuple[str, int]]] = {}
    for number, span in enumerate(spans):
        around.setdefault(span["from_place"], []).append((span["to_place"], number))
        around.setdefault(span["to_place"], []).append((span["from_place"], number))
    heads = dict.fromkeys(span["to_place"] for span in spans)
    roots = [place for place in sorted(around) if place not in heads]
    chunks: list[_Chunk] = []
    seen: dict[str, None] = {}
    for root in [*roots, *sorted(around)]:  # the second round finds places on a cycle, which have no head of their own
        if root in seen:
            continue
        order: list[str] = []
        parent: dict[str, tuple[str, int]] = {}
        used: dict[int, None] = {}
        stack = [root]
        seen[root] = None
        loose: list[int] = []
        while stack:
            here = stack.pop()
            order.append(here)
            for there, number in around[here]:
                if there not in seen:
                    seen[there], parent[there], used[number] = None, (here, number), None
                    stack.append(there)
                elif number not in used:
                    used[number] = None
                    loose.append(number)
        chunks.extend(_cut(root, order, parent, max_nodes))
        # A second way between two places already joined is a network of its own rather than a cut circle.
        chunks.extend(
            _Chunk(spans[n]["from_place"], [spans[n]["from_place"], spans[n]["to_place"]], [n]) for n in loose
        )
    return chunks


def _cut(root: str, order: Sequence[str], parent: Mapping[str, tuple[str, int]], max_nodes: int) -> Iterator[_Chunk]:
    bags: dict[str, _Chunk] = {}
    for here in reversed(order):
        bag = bags.pop(here, _Chunk(here, [here]))
        if here == root:
            if bag.spans:
                yield bag
            continue
        above, number = parent[here]
        target = bags.setdefault(above, _Chunk(above, [above]))
        if len(target.places) + len(bag.places) > max_nodes and target.spans:
            yield target
            target = bags[above] = _Chunk(above, [above])
        if len(bag.places) >= max_nodes:
            yield bag
            bag = _Chunk(here, [here])
        target.places.extend(bag.places)
        target.spans.extend([number, *bag.spans])


def _network(
    plan: PlanFolder, lang: Language, chunk: _Chunk, spans: Sequence[Json], places: Mapping[str, _Place]
) -> Json:
    inputs = json.dumps(plan.summary["inputs"], sort_keys=True)
    names = "\n".join(sorted(spans[number]["edge_id"] for number in chunk.spans))
    root = places[chunk.root]
    phase = lang("ofds.phase", horizon=lang.number(plan.summary["policy"]["horizon_years"]))
    return {
        "id": str(uuid.uuid5(_NAMESPACE, f"{plan.summary['pack']['name']}\n{inputs}\n{names}")),
        "name": screened_title(
            lang("ofds.network", title=plan.title, place=root.name or root.place_id), plan.summary, lang
        ),
        "language": lang.code,
        "crs": {"name": "urn:ogc:def:crs:OGC::CRS84", "uri": "http://www.opengis.net/def/crs/OGC/1.3/CRS84"},
        "nodes": [_node(places[place], lang) for place in sorted(chunk.places)],
        "spans": [_span(spans[number], lang) for number in sorted(chunk.spans)],
        "phases": [
            {"id": "existing", "name": lang("ofds.existing")},
            {
                "id": "plan",
                "name": lang("report.title", title=plan.title),
                "description": " ".join(filter(None, [phase, screening_words(plan.summary, lang)])),
                "funders": [{"id": "programme", "name": lang("ofds.programme", title=plan.title)}],
            },
        ],
        "organisations": [{"id": "programme", "name": lang("ofds.programme", title=plan.title), "roles": ["funder"]}],
        "links": [{"href": SCHEMA_URL, "rel": "describedby"}],
    }


def _node(place: _Place, lang: Language) -> Json:
    node: Json = {
        "id": place.place_id,
        "name": place.name or place.place_id,
        "phase": {"id": "existing" if place.operational else "plan"},
        "status": "operational" if place.operational else "proposed",
        "location": {"type": "Point", "coordinates": [round(place.lon, 6), round(place.lat, 6)]},
    }
    if place.mast_m:
        node["type"] = ["tower"]
        node["supportingInfrastructure"] = {
            "type": "tower",
            "description": lang("mast.of", height=lang.number(place.mast_m)),
        }
    elif place.kind in _NODE_TYPES:
        node["type"] = [_NODE_TYPES[place.kind]]
    return node


def _span(row: Json, lang: Language) -> Json:
    kind, existing = row["kind"], row["kind"] in _EXISTING
    fibre = kind in FIBRE_KINDS
    span: Json = {
        "id": row["edge_id"],
        "name": f"{row['from_name'] or row['from_place']} – {row['to_name'] or row['to_place']}",
        "phase": {"id": "existing" if existing else "plan"},
        "status": _EXISTING.get(kind, "proposed"),
        "start": row["from_place"],
        "end": row["to_place"],
        "directed": False,
        "route": {
            "type": "LineString",
            "coordinates": [[round(x, 6), round(y, 6)] for x, y, *_ in row["geometry"].coords],
        },
        "transmissionMedium": ["fibre" if fibre else "microwave"],
    }
    if not fibre:
        span |= _radio(row, lang)
    if fibre:
        span["darkFibre"] = kind == "fibre_dark"
        span["fibreLength"] = round(float(row["length_m"]) / 1000, 3)
    if kind in _SUPPORT:
        span["deployment"] = ["aboveGround"]
        span["supportingInfrastructure"] = {"type": _SUPPORT[kind]}
        if row["inferred"]:
            span["supportingInfrastructure"]["description"] = lang("ofds.inferred")
    return span


def _radio(row: Json, lang: Language) -> Json:
    """What a radio link carries [Gbit/s, as the standard wants], and in words with which radio and how surely."""
    facts = "; ".join(f"{label}: {value}" for label, value in link_facts(row, lang))
    capacity = {"capacity": round(row["rate_mbps"] / 1000, 6)} if math.isfinite(row["rate_mbps"]) else {}
    return capacity | ({"capacityDetails": {"description": facts}} if facts else {})
