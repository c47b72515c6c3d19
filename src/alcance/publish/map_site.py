"""One site as the map's panel tells it: its way up to the PoP or the satellite, each step's price, each radio hop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from alcance.radio.earth import bulge_m
from alcance.radio.p526 import fresnel_radius_m

if TYPE_CHECKING:
    from alcance.publish.map_data import MapData, Row

PROFILE_DECIMALS = 2
EDGE_DETAIL = (
    "edge_id",
    "kind",
    "from_name",
    "to_name",
    "from_place",
    "to_place",
    "length_m",
    "inferred",
    "sites_below",
    "people_below",
    "freq_ghz",
    "equipment_id",
    "height_from_m",
    "height_to_m",
    "margin_db",
    "rate_mbps",
    "availability_pct",
    "confidence",
    "dependents",
    "max_dependents",
    "hop",
)


def site_detail(data: MapData, site_id: str) -> Row | None:
    """Return all that the panel of a site shows, or None if the plan has no such site.

    The keys are those of the row in `sites.parquet`, with `pop_name` and `path` added: the edges from the site up,
    each as `edge_detail` gives it with `share`, the part of its price that falls to this site [currency units], and
    for a radio hop `profile` (see `hop_profile`).
    """
    site = data.sites.get(site_id)
    if site is None:
        return None
    weight = data.weight(site)
    path: list[Row] = []
    for edge_id in site["upstream"] or []:
        step = edge_detail(data, edge_id)
        if step is None:
            continue  # `alcance verify` reports a path that names no edge; the map shows what is there
        step["share"] = round(step["price"] * weight / data.weight_below[edge_id], 2)
        path.append(step)
    return site | {"path": path, "pop_name": _top_name(path)}


def edge_detail(data: MapData, edge_id: str) -> Row | None:
    """Return one edge: names, length, price [currency units], sites below, geometry and the profile of a radio hop."""
    edge = data.edges.get(edge_id)
    if edge is None:
        return None
    minor_per_unit = data.summary["pack"]["minor_per_unit"]
    detail = {name: edge.get(name) for name in EDGE_DETAIL}
    detail |= {"price": edge["price_minor"] / minor_per_unit, "geometry": data.geometry[edge_id]}
    if edge_id in data.profiles and edge.get("freq_ghz"):
        distance_m, ground_m = data.profiles[edge_id]
        policy = data.summary.get("policy", {})
        detail["profile"] = hop_profile(
            distance_m,
            ground_m,
            height_from_m=edge["height_from_m"] or 0.0,
            height_to_m=edge["height_to_m"] or 0.0,
            freq_ghz=edge["freq_ghz"],
            k_factor=float(policy.get("k_factor", 4 / 3)),
        )
    return detail


def hop_profile(
    distance_m: list[float],
    ground_m: list[float],
    *,
    height_from_m: float,
    height_to_m: float,
    freq_ghz: float,
    k_factor: float,
) -> Row:
    """Return the lines of a radio hop's profile, drawn over a flat base line.

    Parameters
    ----------
    distance_m, ground_m
        Samples of the ground along the path, first at the near mast.
    height_from_m, height_to_m
        Antenna heights above ground.
    freq_ghz
        Frequency; it sets the Fresnel zone.
    k_factor
        Effective Earth radius factor (4/3 in a standard atmosphere).

    Returns
    -------
    dict
        `distance_m`, `ground_m`, `bulge_m` (rise of the Earth's curve above the chord), `sight_m` (the straight line
        between the antennas), `fresnel_m` (radius of the first Fresnel zone), and `tightest`: the inner sample where
        the zone is least clear, with `clearance_m` and `clearance`, the share of the zone's radius that is free there
        (None for a path without inner samples).
    """
    along = np.asarray(distance_m, dtype=np.float64)
    ground = np.asarray(ground_m, dtype=np.float64)
    length = along[-1]
    before, after = along, length - along
    bulge = bulge_m(before, after, k_factor)
    sight = (ground[0] + height_from_m) * after / length + (ground[-1] + height_to_m) * before / length
    fresnel = fresnel_radius_m(before, after, freq_ghz)
    return {
        "distance_m": _rounded(along),
        "ground_m": _rounded(ground),
        "bulge_m": _rounded(bulge),
        "sight_m": _rounded(sight),
        "fresnel_m": _rounded(fresnel),
        "tightest": _tightest(sight - ground - bulge, fresnel),
    }


def _tightest(free_m: Any, fresnel_m: Any) -> Row | None:
    if len(free_m) < 3:
        return None
    share = free_m[1:-1] / fresnel_m[1:-1]
    at = int(np.argmin(share)) + 1
    return {
        "sample": at,
        "clearance_m": round(float(free_m[at]), PROFILE_DECIMALS),
        "clearance": round(float(share[at - 1]), 3),
    }


def _rounded(values: Any) -> list[float]:
    return [round(float(value), PROFILE_DECIMALS) for value in values]


def _top_name(path: list[Row]) -> str | None:
    """Name of the PoP or gateway at the top of a path; a satellite terminal of the site's own has none."""
    for step in reversed(path):
        if step["kind"] in {"pop", "gateway"}:
            name = step["to_name"] or step["from_name"]
            return str(name) if name else None
    return None
