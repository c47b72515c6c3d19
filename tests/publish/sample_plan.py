"""A small synthetic plan folder with every technology, for the tests of `publish` and for trying the map.

Run `python tests/publish/sample_plan.py FOLDER` to write one. The country, its prices and its hills are invented; the
shape of every file is that of a real plan folder. No import from the planning rooms: the folder is the contract.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import math
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely.geometry import LineString, Point, Polygon

WEST, SOUTH, EAST, NORTH = -4.60, 38.20, -3.60, 38.95
YEARS_FACTOR = 6.76  # a running cost of 1 a year over 10 years at 10 %, mid-year
NAMES = [
    "Alba",
    "Bruma",
    "Cerezo",
    "Duna",
    "Encina",
    "Fresno",
    "Genista",
    "Higuera",
    "Iris",
    "Jara",
    "Laurel",
    "Madroño",
    "Nogal",
    "Olivo",
    "Pinar",
    "Quejigo",
    "Roble",
    "Sabina",
    "Tejo",
    "Umbría",
    "Vega",
    "Yedra",
    "Zarza",
    "Acebo",
    "Brezo",
    "Castaño",
    "Dehesa",
    "Espino",
    "Fuente",
    "Granado",
]
PRICES = {  # kind: (capex, opex a year)
    "pop": (60_000, 12_000),
    "fibre_lit": (4_000, 300),
    "fibre_dark": (9_000, 500),
    "fibre_new": (95_000, 1_900),
    "fibre_distribution": (88_000, 1_900),
    "fibre_road": (140_000, 1_900),
    "fibre_drop": (60_000, 1_200),
    "fibre_splice": (35_000, 1_500),
    "fibre_termination": (14_000, 900),
    "gateway": (110_000, 42_000),
    "mast": (18_000, 700),
    "mast_up": (46_000, 900),
    "mast_down": (0, 0),
    "ptp": (36_000, 1_600),
    "sector": (24_000, 900),
    "client": (6_500, 400),
    "arrive": (0, 0),
    "site_equipment": (9_000, 2_400),
    "satellite": (12_000, 23_760),
}
FIBRE_LINES = {"fibre_lit", "fibre_dark", "fibre_new", "fibre_distribution", "fibre_road", "fibre_drop"}


def ground_m(lon: float, lat: float) -> float:
    """Elevation of the invented hills [m]."""
    x, y = (lon - WEST) * 12.0, (lat - SOUTH) * 14.0
    return 600.0 + 420.0 * math.sin(x) * math.cos(y * 0.8) + 160.0 * math.sin(2.3 * x + y) + 30.0 * math.cos(5 * x * y)


def _distance_m(a: tuple[float, float], b: tuple[float, float]) -> float:
    mean = math.radians((a[1] + b[1]) / 2)
    return math.hypot((b[0] - a[0]) * math.cos(mean), b[1] - a[1]) * 111_194.9


@dataclass
class _Node:
    node_id: str
    kind: str
    place_id: str
    place_kind: str
    name: str
    lon: float
    lat: float
    height_m: float = 6.0
    hop: int = 0
    parent_edge: str | None = None
    children: list[str] = field(default_factory=list)


class _Builder:
    """Collects nodes, edges and sites of the tree, then writes the folder."""

    def __init__(self) -> None:
        self.random = np.random.default_rng(7)
        self.nodes: dict[str, _Node] = {}
        self.edges: dict[str, dict[str, Any]] = {}
        self.sites: list[dict[str, Any]] = []
        self.profiles: list[dict[str, Any]] = []
        self.node("root", "root", "root", "locality", "Red troncal", WEST, SOUTH)

    def node(self, node_id: str, kind: str, place: str, place_kind: str, name: str, lon: float, lat: float) -> _Node:
        if node_id not in self.nodes:
            self.nodes[node_id] = _Node(node_id, kind, place, place_kind, name, lon, lat)
        return self.nodes[node_id]

    def edge(
        self, kind: str, tail: _Node, head: _Node, *, line: list[tuple[float, float]] | None = None, **more: Any
    ) -> str:
        straight = [(tail.lon, tail.lat), (head.lon, head.lat)]
        points = line or straight
        is_line = kind in FIBRE_LINES or kind in {"ptp", "client"}
        length = sum(_distance_m(a, b) for a, b in itertools.pairwise(points)) if is_line else 0.0
        km = length / 1000 if kind in FIBRE_LINES else 1.0
        capex, opex = PRICES[kind][0] * km, PRICES[kind][1] * km
        digest = hashlib.sha256(f"{kind}|{tail.node_id}|{head.node_id}".encode()).hexdigest()[:12]
        edge_id = f"{kind}-{digest}"
        self.edges[edge_id] = {
            "edge_id": edge_id,
            "arc": len(self.edges),
            "kind": kind,
            "from_node": tail.node_id,
            "to_node": head.node_id,
            "from_place": tail.place_id,
            "to_place": head.place_id,
            "from_name": tail.name,
            "to_name": head.name,
            "length_m": round(length, 2),
            "inferred": kind == "fibre_distribution",
            "freq_ghz": more.get("freq_ghz", math.nan),
            "equipment_id": more.get("equipment_id"),
            "height_from_m": more.get("height_from_m", math.nan),
            "height_to_m": more.get("height_to_m", math.nan),
            "margin_db": more.get("margin_db", math.nan),
            "rate_mbps": more.get("rate_mbps", math.nan),
            "availability_pct": more.get("availability_pct", math.nan),
            "confidence": more.get("confidence", math.nan),
            "price_minor": round((capex + opex * YEARS_FACTOR) * 100),
            "capex": round(capex, 2),
            "opex_year": round(opex, 2),
            "max_dependents": more.get("max_dependents", 0),
            "hop": head.hop,
            "geometry": LineString(points) if is_line else Point(head.lon, head.lat),
        }
        head.parent_edge = edge_id
        tail.children.append(head.node_id)
        return edge_id

    def radio(self, kind: str, tail: _Node, head: _Node, freq_ghz: float, equipment: str, max_dependents: int) -> str:
        head.hop = tail.hop + 1
        edge_id = self.edge(
            kind,
            tail,
            head,
            freq_ghz=freq_ghz,
            equipment_id=equipment,
            height_from_m=tail.height_m,
            height_to_m=head.height_m,
            margin_db=round(float(self.random.uniform(20.1, 36.0)), 2),
            rate_mbps=50.0 if kind == "client" else 130.0,
            # From the count of links and not from the generator, whose other draws keep their places.
            availability_pct=round(100.0 - 0.09 / (1 + len(self.profiles) % 7), 4),
            confidence=round(0.7 + 0.3 * ((len(self.profiles) * 37) % 100) / 100, 4),
            max_dependents=max_dependents,
        )
        share = np.linspace(0.0, 1.0, 48)
        lons, lats = tail.lon + share * (head.lon - tail.lon), tail.lat + share * (head.lat - tail.lat)
        heights = np.array([ground_m(x, y) for x, y in zip(lons, lats, strict=True)])
        sight = (1 - share) * (heights[0] + tail.height_m) + share * (heights[-1] + head.height_m)
        clear = np.minimum(
            heights, sight - 4.0 - 18.0 * np.sqrt(share * (1 - share))
        )  # the chosen links are clear ones
        clear[[0, -1]] = heights[[0, -1]]
        self.profiles.append(
            {
                "edge_id": edge_id,
                "distance_m": [round(float(s * self.edges[edge_id]["length_m"]), 2) for s in share],
                "ground_m": [round(float(h), 1) for h in clear],
            }
        )
        return edge_id

    def site(self, feed: _Node | None, technology: str, lon: float, lat: float, **more: Any) -> None:
        number = len(self.sites) + 1
        site_id = f"S{number:03d}"
        base = NAMES[(number * 7) % len(NAMES)]
        name = f"{base} {'de Arriba' if number % 3 else 'la Vieja'}" if number % 2 else f"San {base}"
        kind = "hospital" if number % 23 == 0 else "school" if number % 9 == 0 else "public_space"
        people = int(self.random.lognormal(4.6, 1.25)) if kind == "public_space" else 0
        column = min(max(int((lon - WEST) / (EAST - WEST) * 3), 0), 2)
        district = column + (3 if lat > (SOUTH + NORTH) / 2 else 0)
        leaf = None
        if technology == "satellite":
            leaf = self.node(f"{site_id}/leaf", "leaf", site_id, "site", name, lon, lat)
            self.edge("satellite", self.nodes["root"], leaf)
        elif technology not in {"existing", "none"} and feed is not None:
            leaf = self.node(f"{site_id}/leaf", "leaf", site_id, "site", name, lon, lat)
            leaf.hop = feed.hop
            self.edge("site_equipment", feed, leaf)
        self.sites.append(
            {
                "site_id": site_id,
                "name": name,
                "kind": kind,
                "key": f"{district:03d}{number:04d}",
                "admin_id": f"D{district}",
                "admin_name": f"Comarca de {NAMES[district]}",
                "locality_id": f"L{number:03d}",
                "locality_name": base,
                "lon": round(lon, 6),
                "lat": round(lat, 6),
                "people": people,
                "users": 40 if kind == "hospital" else 120 if kind == "school" else max(1, people // 4),
                "need": round(0.25 + 0.1 * district, 2),
                "technology": technology,
                "relay_place": more.get("relay_place"),
                "pop_id": more.get("pop_id"),
                "leaf": leaf.node_id if leaf is not None else None,
                "runner_up": more.get("runner_up"),
                "runner_up_price": more.get("runner_up_price", math.nan),
                "reason": more.get("reason", "cheapest"),
            }
        )


def _grow(b: _Builder) -> None:
    """Two PoPs, a fibre trunk with drops, relays with sectors, a shared gateway, satellites, two existing sites."""
    root = b.nodes["root"]
    trunks = {
        "P1": [(-4.45, 38.32), (-4.36, 38.40), (-4.25, 38.44), (-4.13, 38.52), (-4.02, 38.55), (-3.92, 38.63)],
        "P2": [(-3.75, 38.85), (-3.86, 38.82), (-3.98, 38.86), (-4.09, 38.80)],
    }
    kinds = {
        "P1": ["fibre_dark", "fibre_new", "fibre_new", "fibre_distribution", "fibre_distribution"],
        "P2": ["fibre_road", "fibre_distribution", "fibre_distribution"],
    }
    relays: list[tuple[_Node, str]] = []
    for pop_id in sorted(trunks):
        points = trunks[pop_id]
        pop = b.node(f"{pop_id}/pop", "pop", pop_id, "locality", f"Villa {pop_id}", *points[0])
        b.edge("pop", root, pop)
        b.site(None, "existing", points[0][0] + 0.004, points[0][1] + 0.004, pop_id=pop_id, reason="existing")
        before = b.node(f"{pop_id}/f0", "fibre", f"{pop_id}-sub", "substation", f"Subestación {pop_id}", *points[0])
        b.edge("fibre_splice", pop, before)
        for i, (kind, point) in enumerate(zip(kinds[pop_id], points[1:], strict=True), start=1):
            start = (before.lon, before.lat)
            middle = ((start[0] + point[0]) / 2 + 0.008, (start[1] + point[1]) / 2 - 0.006)
            here = b.node(f"{pop_id}/f{i}", "fibre", f"J{pop_id}{i}", "joint", f"Empalme {pop_id}-{i}", *point)
            b.edge(kind, before, here, line=[start, middle, point])
            for j in range(2):
                turn = math.pi * (0.35 + j) + i
                lon, lat = point[0] + 0.022 * math.cos(turn), point[1] + 0.018 * math.sin(turn)
                number = len(b.sites) + 1
                feed = b.node(f"S{number:03d}/feed", "feed", f"S{number:03d}", "site", "", lon, lat)
                tip = b.node(f"S{number:03d}/fibre", "fibre", f"S{number:03d}", "site", "", lon, lat)
                b.edge("fibre_drop", here, tip)
                b.edge("fibre_termination", tip, feed)
                b.site(feed, "fibre", lon, lat, pop_id=pop_id, runner_up="ptp", runner_up_price=182_000.0)
                feed.name = tip.name = b.sites[-1]["name"]
                if j == 0 and i % 2 == 1:
                    relays.append((feed, pop_id))
            before = here
    _radio(b, relays)
    _satellites(b, root)


def _mast(b: _Builder, feed: _Node, height: int) -> _Node:
    """Raise a relay's mast at a node where traffic has arrived; returns its top."""
    place = (feed.place_id, feed.place_kind, feed.name, feed.lon, feed.lat)
    mast = b.node(f"{feed.place_id}/mast15", "mast", *place)
    mast.hop, mast.height_m = feed.hop, 15.0
    b.edge("mast", feed, mast, max_dependents=120)
    if height == 15:
        return mast
    top = b.node(f"{feed.place_id}/mast30", "mast", *place)
    top.hop, top.height_m = feed.hop, 30.0
    b.edge("mast_up", mast, top, max_dependents=120)
    return top


def _radio(b: _Builder, relays: list[tuple[_Node, str]]) -> None:
    spots = [(-0.11, 0.09), (0.13, -0.07), (0.06, 0.12)]
    for i, (feed, pop_id) in enumerate(list(relays)):
        top = _mast(b, feed, 30 if i % 2 else 15)
        _clients(b, top, pop_id, 4)
        dx, dy = spots[i % 3]
        number = len(b.sites) + 1
        far = b.node(f"S{number:03d}/feed", "feed", f"S{number:03d}", "site", "", feed.lon + dx, feed.lat + dy)
        far.height_m = 15.0
        b.radio("ptp", top, far, 5.8, "ptp_5ghz_30dbi", 0)
        b.site(
            far,
            "ptp",
            far.lon,
            far.lat,
            pop_id=pop_id,
            relay_place=top.place_id,
            runner_up="satellite",
            runner_up_price=172_618.0,
        )
        far.name = b.sites[-1]["name"]
        _clients(b, _mast(b, far, 15), pop_id, 3)
        if i % 2 == 0:  # a summit relay, three hops from the fibre
            summit = b.node(
                f"summit{i}/feed", "feed", f"summit{i}", "summit", f"Cerro {NAMES[i]}", far.lon - 0.05, far.lat + 0.05
            )
            summit.height_m = 15.0
            b.radio("ptp", b.nodes[f"{far.place_id}/mast15"], summit, 5.8, "ptp_5ghz_30dbi", 0)
            _clients(b, _mast(b, summit, 15), pop_id, 3)


def _clients(b: _Builder, top: _Node, pop_id: str, count: int) -> None:
    sector = b.node(f"{top.place_id}/sector5", "sector", top.place_id, top.place_kind, top.name, top.lon, top.lat)
    sector.hop, sector.height_m = top.hop, top.height_m
    b.edge("sector", top, sector, freq_ghz=5.6, equipment_id="sector_5ghz_120", max_dependents=40)
    for k in range(count):
        turn = 2 * math.pi * (k / count) + top.lon * 9
        reach = 0.03 + 0.02 * float(b.random.random())
        lon, lat = top.lon + reach * math.cos(turn), top.lat + reach * math.sin(turn) * 0.8
        number = len(b.sites) + 1
        feed = b.node(f"S{number:03d}/feed", "feed", f"S{number:03d}", "site", "", lon, lat)
        b.radio("client", sector, feed, 5.6, "client_5ghz_25dbi", 0)
        reason = "reassigned_full" if number == 30 else "cheapest"
        b.site(
            feed,
            "ptmp",
            lon,
            lat,
            pop_id=pop_id,
            relay_place=top.place_id,
            runner_up="satellite",
            runner_up_price=172_618.0,
            reason=reason,
        )
        feed.name = b.sites[-1]["name"]


def _satellites(b: _Builder, root: _Node) -> None:
    gateway = b.node("G1/feed", "feed", "G1", "locality", "Puerta de Vega", -3.70, 38.32)
    b.edge("gateway", root, gateway, max_dependents=25)
    gateway.height_m = 15.0
    mast = _mast(b, gateway, 15)
    sector = b.node("G1/sector5", "sector", "G1", "locality", gateway.name, gateway.lon, gateway.lat)
    sector.height_m = 15.0
    b.edge("sector", mast, sector, freq_ghz=5.6, equipment_id="sector_5ghz_120", max_dependents=25)
    for k in range(5):
        lon, lat = -3.70 + 0.035 * math.cos(k * 1.26), 38.32 + 0.03 * math.sin(k * 1.26)
        number = len(b.sites) + 1
        feed = b.node(f"S{number:03d}/feed", "feed", f"S{number:03d}", "site", "", lon, lat)
        b.radio("client", sector, feed, 5.6, "client_5ghz_25dbi", 0)
        b.site(
            feed,
            "shared_satellite",
            lon,
            lat,
            pop_id="G1",
            relay_place="G1",
            runner_up="satellite",
            runner_up_price=172_618.0,
        )
        feed.name = b.sites[-1]["name"]
    for k in range(10):
        lon, lat = WEST + 0.05 + 0.09 * (k % 5) + 0.01 * k, NORTH - 0.06 - 0.05 * (k // 5) - 0.004 * k
        reason = "satellite_no_sight" if k % 2 else "satellite_cheaper"
        b.site(None, "satellite", lon, lat, runner_up="ptmp", runner_up_price=211_400.0, reason=reason)
    b.site(None, "none", EAST - 0.03, SOUTH + 0.04, reason="only_option")


def _shares(b: _Builder) -> None:
    """Sites, people and shares of the cost behind every edge; the way up of every site."""
    for edge in b.edges.values():
        edge["sites_below"] = edge["people_below"] = edge["weight"] = edge["dependents"] = 0
    for site in b.sites:
        way: list[str] = []
        here = site["leaf"]
        while here is not None and b.nodes[here].parent_edge is not None:
            edge = b.edges[str(b.nodes[here].parent_edge)]
            way.append(edge["edge_id"])
            here = edge["from_node"]
        site["upstream"] = way
        site["hops"] = b.nodes[site["leaf"]].hop if site["leaf"] else 0
        for edge_id in way:
            b.edges[edge_id]["sites_below"] += 1
            b.edges[edge_id]["people_below"] += site["people"]
            b.edges[edge_id]["weight"] += max(1, site["people"])
            if b.edges[edge_id]["max_dependents"]:
                b.edges[edge_id]["dependents"] += 1
    for site in b.sites:
        weight = max(1, site["people"])
        for column, unit in (("cost_share", "price_minor"), ("capex_share", "capex"), ("opex_year_share", "opex_year")):
            total = sum(b.edges[e][unit] * weight / b.edges[e]["weight"] for e in site["upstream"])
            site[column] = round(total / (100 if unit == "price_minor" else 1), 2)
        site["cost_alone"] = (
            sum(b.edges[e]["price_minor"] for e in site["upstream"] if b.edges[e]["sites_below"] == 1) / 100
        )
        site["tier"] = next(t for t in (100, 50, 10, 0) if site["people"] >= t)


def _tiers(sites: pd.DataFrame) -> list[dict[str, Any]]:
    rows = []
    for least in (0, 10, 50, 100):
        kept = sites[(sites["people"] >= least) & ~sites["technology"].isin(["existing", "none"])]
        people, cost = int(kept["people"].sum()), float(kept["cost_share"].sum())
        rows.append(
            {
                "min_people": least,
                "localities": int((kept["people"] > 0).sum()),
                "people": people,
                "sites": len(kept),
                "cost": round(cost, 2),
                "cost_per_person": round(cost / people, 2),
            }
        )
    return rows


def _beside(cost: float, bound: float, technologies: dict[str, int]) -> dict[str, Any]:
    """Three values of one policy: the second is this plan; the third is proven dearer, the first is not told apart."""
    plans = []
    for value, factor, moved in (("0.5", 0.96, -3), ("0.7", 1.0, 0), ("0.9", 1.4, 5)):
        plans.append(
            {
                "value": value,
                "cost": round(cost * factor, 2),
                "capex": round(cost * factor * 0.5, 2),
                "opex_year": round(cost * factor * 0.06, 2),
                "lower_bound": round(bound * factor, 2),
                "solver_gap": round(cost / bound - 1, 6),
                "plan_gap": round(cost / bound - 1, 6),
                "technologies": technologies
                | {"ptmp": technologies["ptmp"] - moved, "satellite": technologies["satellite"] + moved},
                "fibre_km": round(120.0 * factor, 2),
                "radio_hops": 60 - moved,
                "relays": 12,
                "towers_built": 12,
                "link_confidence": float(value),
            }
        )
    return {"policy": "link_confidence", "plans": plans}


def _summary(sites: pd.DataFrame, edges: gpd.GeoDataFrame, node_count: int) -> dict[str, Any]:
    planned = sites[~sites["technology"].isin(["existing", "none"])]
    existing = sites[sites["technology"] == "existing"]
    fibre = edges[edges["kind"].isin(FIBRE_LINES)]
    cost = float(edges["price_minor"].sum()) / 100
    tree = cost * 0.985
    bound = tree / 1.21
    masts = edges[edges["kind"].isin(["mast", "mast_up"])]
    hops = edges[edges["kind"].isin(["ptp", "client"])]
    technologies = {str(k): int(v) for k, v in sites["technology"].value_counts().sort_index().items()}
    return {
        "version": "0.1.0",
        "pack": {
            "name": "sample",
            "title": "Sierra de Muestra",
            "language": "es",
            "languages": ["es", "en"],
            "currency": "EUR",
            "minor_per_unit": 100,
            "vintage": "2025",
            "metric_crs": "EPSG:25830",
            "sources": [
                {"name": "Censo de muestra 2025", "licence": "CC BY 4.0", "url": "https://example.org/censo"},
                {
                    "name": "OpenStreetMap contributors",
                    "licence": "ODbL 1.0",
                    "url": "https://www.openstreetmap.org/copyright",
                },
            ],
            "notes": ["Every name, place and price of this sample is invented."],
        },
        "sites": len(sites),
        "sites_existing": len(existing),
        "sites_planned": len(planned),
        "people": int(sites["people"].sum()),
        "people_existing": int(existing["people"].sum()),
        "people_planned": int(planned["people"].sum()),
        "cost": cost,
        "capex": float(edges["capex"].sum()),
        "opex_year": float(edges["opex_year"].sum()),
        "currency": "EUR",
        "tree_cost": round(tree, 2),
        "lower_bound": round(bound, 2),
        "solver_gap": round((tree - bound) / bound, 6),
        "plan_gap": round((cost - bound) / bound, 6),
        "cost_avoidable": round((cost - bound) / (bound - 0.2 * cost), 6),
        "technologies": technologies,
        "link_confidence": 0.7,
        "availability_pct": 99.9,
        "confidence_least": float(hops["confidence"].min()),
        "confidence_quarter": float(hops["confidence"].quantile(0.25)),
        "confidence_median": float(hops["confidence"].median()),
        "availability_least_pct": float(hops["availability_pct"].min()),
        "radios": [
            {
                "equipment_id": str(name),
                "links": len(own),
                "rate_median_mbps": float(own["rate_mbps"].median()),
                "length_median_m": float(own["length_m"].median()),
            }
            for name, own in hops.groupby("equipment_id")
        ],
        "beside": _beside(cost, bound, technologies),
        "fibre_km": round(float(fibre["length_m"].sum()) / 1000, 2),
        "inferred_fibre_km": round(float(fibre.loc[fibre["inferred"], "length_m"].sum()) / 1000, 2),
        "fibre_km_by_kind": {
            str(k): round(float(v) / 1000, 2) for k, v in fibre.groupby("kind")["length_m"].sum().items()
        },
        "radio_hops": int(edges["kind"].isin(["ptp", "client"]).sum()),
        "max_hops": int(sites["hops"].max()),
        "hop_limit": 4,
        "towers_built": int(masts["from_place"].nunique()),
        "masts_by_height": {"6": 46, "15": int((masts["kind"] == "mast").sum() - 3), "30": 3, "45": 0},
        "relays": int((edges["kind"] == "mast").sum()),
        "sectors": int((edges["kind"] == "sector").sum()),
        "options": 41_520,
        "nodes": node_count,
        "sites_crowded_out": 1,
        "cost_by_kind": {str(k): float(v) / 100 for k, v in edges.groupby("kind")["price_minor"].sum().items()},
        "tiers": _tiers(sites),
        "runner_up": {"satellite": 40, "ptp": 12, "ptmp": 10},
        "terrain": {
            "resolution_arcsec": 15.0,
            "error_sigma_m": 76.0,
            "false_clear_pct": {"10": 39.0, "30": 27.0},
            "source": "Synthetic hills",
            "screening_only": False,
            "cover": None,
        },
        "policy": {
            "max_hops": 4,
            "horizon_years": 10,
            "discount_rate": 0.10,
            "min_people": 0,
            "max_ptp_km": 30,
            "fade_margin_db": 20,
            "k_factor": 1.333,
            "link_confidence": 0.7,
            "availability_pct": 99.9,
        },
        "prices": [
            {
                "item": "satellite_terminal",
                "per": "site",
                "capex": 12000,
                "opex_year": 23760,
                "life_years": 4,
                "capex_low": 9000,
                "capex_high": 15000,
                "opex_low": 12000,
                "opex_high": 30000,
                "source": "public contract",
                "assumed": False,
            },
            {
                "item": "fibre_distribution",
                "per": "km",
                "capex": 88000,
                "opex_year": 1900,
                "life_years": 25,
                "capex_low": 60000,
                "capex_high": 130000,
                "opex_low": 1000,
                "opex_high": 3000,
                "source": "plausible value",
                "assumed": True,
            },
        ],
        "inputs": {
            f"{t}.parquet": hashlib.sha256(t.encode()).hexdigest() for t in ("admin", "localities", "sites", "terrain")
        },
        "seconds": {"read": 0.4, "network": 2.1, "solve": 6.0, "plan": 0.8, "total": 9.3},
        "bounds": [WEST, SOUTH, EAST, NORTH],
    }


def write_sample_plan(folder: Path) -> Path:
    """Write the sample plan folder; returns it."""
    folder.mkdir(parents=True, exist_ok=True)
    b = _Builder()
    _grow(b)
    _shares(b)
    sites = pd.DataFrame(b.sites).drop(columns="leaf")
    geo_sites = gpd.GeoDataFrame(sites, geometry=gpd.points_from_xy(sites["lon"], sites["lat"]), crs="EPSG:4326")
    edges = gpd.GeoDataFrame(list(b.edges.values()), geometry="geometry", crs="EPSG:4326").drop(columns="weight")
    edges["equipment_id"] = edges["equipment_id"].astype("string")
    below = {e["to_node"]: (e["sites_below"], e["people_below"]) for e in b.edges.values()}
    nodes = pd.DataFrame(
        [
            {
                "node_id": n.node_id,
                "node": i,
                "kind": n.kind,
                "place_id": n.place_id,
                "place_kind": n.place_kind,
                "name": n.name,
                "lon": round(n.lon, 6),
                "lat": round(n.lat, 6),
                "ground_m": round(ground_m(n.lon, n.lat), 1),
                "height_m": n.height_m,
                "hop": n.hop,
                "parent_edge": n.parent_edge,
                "sites_below": below.get(n.node_id, (len(b.sites), 0))[0],
                "people_below": below.get(n.node_id, (0, 0))[1],
            }
            for i, n in enumerate(b.nodes.values())
        ]
    )
    geo_sites.to_parquet(folder / "sites.parquet", compression="zstd")
    edges.to_parquet(folder / "edges.parquet", compression="zstd")
    nodes.to_parquet(folder / "nodes.parquet", compression="zstd", index=False)
    pd.DataFrame(b.profiles).to_parquet(folder / "profiles.parquet", compression="zstd", index=False)
    _districts(geo_sites).to_parquet(folder / "admin.parquet", compression="zstd")
    text = json.dumps(_summary(sites, edges, len(nodes)), indent=2, ensure_ascii=False, sort_keys=True)
    (folder / "summary.json").write_text(text + "\n", encoding="utf-8")
    return folder


def _districts(sites: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Six rectangles with a wavy edge; an optional file of the plan folder."""
    rows = []
    for d in range(6):
        w, s = WEST + (d % 3) * (EAST - WEST) / 3, SOUTH + (d // 3) * (NORTH - SOUTH) / 2
        e, n = w + (EAST - WEST) / 3, s + (NORTH - SOUTH) / 2
        shape = Polygon([(w, s), (e, s), (e, n), (w, n)])
        people = int(sites.loc[sites["admin_id"] == f"D{d}", "people"].sum())
        rows.append(
            {
                "admin_id": f"D{d}",
                "name": f"Comarca de {NAMES[d]}",
                "need": 0.25 + 0.1 * d,
                "people": people,
                "geometry": shape,
            }
        )
    return gpd.GeoDataFrame(rows, geometry="geometry", crs="EPSG:4326")


if __name__ == "__main__":
    write_sample_plan(Path(sys.argv[1]))
