"""The summary of a plan: what it costs, what is proven of it, whom it reaches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from alcance import __version__
from alcance.network import FIBRE_SPANS, RADIO_HOPS, ArcKind, NodeKind
from alcance.plan.tiers import cost_by_tier

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alcance.network import Network
    from alcance.pack import Pack
    from alcance.plan.scenario import Scenario
    from alcance.plan.tables import PlanTables
    from alcance.plan.tree import Tree
    from alcance.steiner import Solution


def summarise(
    pack: Pack,
    scenario: Scenario,
    network: Network,
    solution: Solution,
    tree: Tree,
    crowded: NDArray[np.bool_],
    tables: PlanTables,
    digests: dict[str, str],
) -> dict[str, Any]:
    """Gather the figures of a plan; amounts in units of the currency, gaps as fractions."""
    sites, edges = tables.sites, tables.edges
    minor = float(pack.meta.minor_per_unit)
    cost_minor = int(edges["price_minor"].sum()) + network.forced_minor
    # A tree within limits is one without them too, and where they hardly bind it may be the better one.
    tree_minor = min(solution.cost + network.forced_minor, cost_minor)
    bound_minor = solution.lower_bound + network.forced_minor
    shared_minor = unavoidable_cost(network) + network.forced_minor
    existing = sites["technology"].eq("existing")
    people = int(pack.table("localities")["people"].sum())
    people_existing = int(sites.loc[existing, "people"].sum())
    people_planned = int(sites.loc[~existing, "people"].sum())
    return {
        "version": __version__,
        "pack": _pack_notes(pack),
        "scenario": {"price_factors": scenario.price_factors, "policies": scenario.policies},
        "sites": len(sites),
        "sites_existing": int(existing.sum()),
        "sites_planned": int((~existing).sum()),
        "people": people,
        "people_existing": people_existing,
        "people_planned": people_planned,
        "people_left_out": people - people_existing - people_planned,
        "cost": cost_minor / minor,
        "capex": round(float(edges["capex"].sum()), 2),
        "opex_year": round(float(edges["opex_year"].sum()), 2),
        "currency": pack.meta.currency,
        "tree_cost": tree_minor / minor,
        "lower_bound": bound_minor / minor,
        "shared_cost": shared_minor / minor,
        "forced_cost": network.forced_minor / minor,
        "solver_gap": _gap(tree_minor, bound_minor),
        "plan_gap": _gap(cost_minor, bound_minor),
        "cost_avoidable": _gap(cost_minor - shared_minor, bound_minor - shared_minor),
        "technologies": {str(name): int(count) for name, count in sites["technology"].value_counts().items()},
        **_build_figures(network, tables),
        **_link_figures(pack, edges),
        "max_hops": int(sites["hops"].max()) if len(sites) else 0,
        "hop_limit": int(pack.policy("max_hops")),
        "options": len(network.arcs),
        "nodes": len(network.nodes),
        "sites_crowded_out": int(crowded.sum()),
        "cost_by_kind": {
            str(kind): int(total) / minor
            for kind, total in edges.groupby("kind")["price_minor"].sum().sort_index().items()
            if total
        },
        "tiers": _tiers(network, tree, tables, int(minor)),
        "terrain": _terrain_notes(pack),
        "policy": {
            str(row.name_): _number(row.value)
            for row in pack.table("policy").rename(columns={"name": "name_"}).itertuples()
        },
        "prices": [
            {key: _plain(value) for key, value in row.items()} for row in pack.table("prices").to_dict(orient="records")
        ],
        "inputs": dict(sorted(pack.digests.items())),
        "digests": digests,
        "bounds": list(pack.meta.bounds),
        "warnings": [str(problem) for problem in pack.warnings],
    }


def unavoidable_cost(network: Network) -> int:
    """Sum what every plan must pay at every terminal: its cheapest way in, in the smallest currency unit.

    That is the cheapest arc into each terminal; the gap without it tells how much of what can be avoided is still in
    the plan.
    """
    problem = network.problem
    cheapest = np.full(problem.node_count, np.iinfo(np.int64).max, dtype=np.int64)
    np.minimum.at(cheapest, problem.heads, problem.costs)
    return int(cheapest[problem.terminals].sum())


def _gap(cost: int, bound: int) -> float | None:
    """(cost − bound) / bound, rounded to 1e-6; 0 where they are equal, None where the bound is nothing to divide by."""
    if cost == bound:
        return 0.0
    return round((cost - bound) / bound, 6) if bound > 0 else None  # infinity is no JSON


def _build_figures(network: Network, tables: PlanTables) -> dict[str, Any]:
    """Kilometres, hops, masts."""
    edges, nodes = tables.edges, tables.nodes
    fibre = edges[edges["kind"].isin([kind.label for kind in FIBRE_SPANS])]
    by_kind = fibre.groupby("kind")["length_m"].sum().sort_index() / 1_000.0
    hops = edges[edges["kind"].isin([kind.label for kind in RADIO_HOPS])]
    relays = nodes[nodes["kind"].eq(NodeKind.MAST.name.lower())]
    highest = relays.groupby("place_id")["height_m"].max()
    stands = set(network.places.place_id[network.places.of_kind("tower")])
    new = highest[~highest.index.isin(stands)]
    client_masts = hops.loc[hops["kind"].isin([ArcKind.CLIENT.label, ArcKind.PTP_END.label]), "height_to_m"]
    return {
        "fibre_km": round(float(by_kind.sum()), 2),
        "inferred_fibre_km": round(float(fibre.loc[fibre["inferred"], "length_m"].sum()) / 1_000.0, 2),
        "fibre_km_by_kind": {str(kind): round(float(value), 2) for kind, value in by_kind.items()},
        "radio_hops": len(hops),
        "towers_built": len(new),
        "masts_by_height": {f"{height:.0f}": int(count) for height, count in new.value_counts().sort_index().items()},
        "client_masts_by_height": {
            f"{height:.0f}": int(count) for height, count in client_masts.value_counts().sort_index().items()
        },
        "relays": len(highest),
        "sectors": int(edges["kind"].eq(ArcKind.SECTOR.label).sum()),
    }


def _link_figures(pack: Pack, edges: Any) -> dict[str, Any]:
    """How sure and how steady the radio hops are: what was asked of each, and how they spread."""
    hops = edges[edges["kind"].isin([kind.label for kind in RADIO_HOPS])]
    by_radio = hops.groupby("equipment_id", observed=True)
    spread = hops["confidence"].quantile([0.0, 0.25, 0.5]) if len(hops) else None
    return {
        "link_confidence": float(pack.policy("link_confidence")),
        "availability_pct": float(pack.policy("availability_pct")),
        "confidence_least": None if spread is None else round(float(spread[0.0]), 4),
        "confidence_quarter": None if spread is None else round(float(spread[0.25]), 4),
        "confidence_median": None if spread is None else round(float(spread[0.5]), 4),
        "availability_least_pct": round(float(hops["availability_pct"].min()), 4) if len(hops) else None,
        "radios": [
            {
                "equipment_id": str(key),
                "links": len(own),
                "rate_median_mbps": round(float(own["rate_mbps"].median()), 2),
                "length_median_m": round(float(own["length_m"].median()), 2),
            }
            for key, own in sorted(by_radio, key=lambda item: str(item[0]))
        ],
    }


def _tiers(network: Network, tree: Tree, tables: PlanTables, minor_per_unit: int) -> list[dict[str, Any]]:
    """Cost by size of locality."""
    sites = tables.sites
    locality_people = sites.groupby("locality_id")["people"].max()
    row_of_node = {int(leaf): row for row, leaf in enumerate(network.leaf) if leaf >= 0}
    rows = [row_of_node[int(terminal)] for terminal in network.problem.terminals]
    in_locality = sites["locality_id"].map(locality_people).astype(float).to_numpy()[rows]
    people = sites["people"].to_numpy(dtype=np.int64)[rows]
    return cost_by_tier(network.problem, tree, in_locality, people, minor_per_unit)


def _pack_notes(pack: Pack) -> dict[str, Any]:
    """What the outputs must say about the pack."""
    meta = pack.meta
    providers = pack.table("providers")
    return {
        "name": meta.name,
        "title": meta.title,
        "language": meta.language,
        "languages": list(meta.languages),
        "currency": meta.currency,
        "minor_per_unit": meta.minor_per_unit,
        "vintage": meta.vintage,
        "metric_crs": meta.metric_crs,
        "sources": [source.model_dump(exclude_none=True, mode="json") for source in meta.sources],
        "notes": list(meta.notes),
        "providers_illustrative": bool(len(providers) and providers["illustrative"].astype(bool).any()),
    }


def _terrain_notes(pack: Pack) -> dict[str, Any]:
    """How far the terrain can be trusted."""
    notes = pack.meta.terrain
    return {
        "resolution_arcsec": notes.resolution_arcsec,
        "screening_only": notes.screening_only,
        "cover": _cover_notes(pack),
        "error_sigma_m": notes.error_sigma_m.value,
        "correlation_length_m": notes.correlation_length_m.value,
        "false_clear_pct": {f"{height:g}": share for height, share in notes.false_clear_pct.items()},
        "source": notes.source,
        "false_clear_source": notes.false_clear_source,
    }


def _cover_notes(pack: Pack) -> dict[str, str] | None:
    """Which cover stands on the ground: heights by class, or a surface model; None for bare ground."""
    surface = pack.meta.surface
    return None if surface is None else {"kind": surface.kind, "source": surface.source}


def _number(value: Any) -> float | str:
    """A policy's value as a number where it is one."""
    try:
        return float(value)
    except ValueError:
        return str(value)


def _plain(value: Any) -> Any:
    """A value JSON can hold; missing becomes null."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not np.isfinite(value):
        return None
    return value
