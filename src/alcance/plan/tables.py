"""The plan as tables: one row per site, per thing built, per node, per radio hop's profile."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from alcance.network import HEIGHT_CLASSES_M, NO_LIMIT, PLACE_KINDS, RADIO_HOPS, ArcKind, NodeKind
from alcance.plan.quality import hop_quality
from alcance.plan.shares import Shares, share_costs
from alcance.plan.technology import TECHNOLOGIES, Service

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

    from alcance.network import Network
    from alcance.pack import Pack
    from alcance.plan.tree import Tree


@dataclass(frozen=True)
class PlanTables:
    """The tables of a plan folder."""

    sites: gpd.GeoDataFrame
    edges: gpd.GeoDataFrame
    nodes: pd.DataFrame
    profiles: pd.DataFrame
    shares: Shares


@dataclass(frozen=True)
class Loads:
    """Sites and people at and below every node, and radio hops above it."""

    sites: NDArray[np.int64]
    people: NDArray[np.int64]
    hops: NDArray[np.int64]


def plan_loads(network: Network, tree: Tree) -> Loads:
    """Count what hangs below each node and the radio hops above it."""
    problem = network.problem
    one = np.zeros(problem.node_count, dtype=np.int64)
    one[problem.terminals] = 1
    people = np.zeros(problem.node_count, dtype=np.int64)
    planned = network.leaf >= 0
    people[network.leaf[planned]] = network.sites["people"].to_numpy()[planned]
    hop = np.zeros(problem.node_count, dtype=np.float64)
    fed = np.flatnonzero(tree.parent_arc >= 0)
    hop[fed] = np.isin(network.arcs.kind[tree.parent_arc[fed]], RADIO_HOPS)
    return Loads(
        tree.sum_below(problem, one),
        tree.sum_below(problem, people),
        tree.sum_above(problem, hop).astype(np.int64),
    )


def make_tables(pack: Pack, network: Network, tree: Tree, service: Service) -> PlanTables:
    """Write the plan out as tables.

    Parameters
    ----------
    pack, network, tree, service
        The plan and the reasons for it.
    """
    loads = plan_loads(network, tree)
    edges = _edges(pack, network, tree, loads)
    weight = site_weights(network)
    shares = share_costs(network.problem, tree, weight, network.arcs.capex, network.arcs.opex_year)
    return PlanTables(
        sites=_sites(pack, network, tree, service, loads, shares, edges),
        edges=edges,
        nodes=_nodes(network, tree, loads, edges),
        profiles=_profiles(network, edges),
        shares=shares,
    )


def site_weights(network: Network) -> NDArray[np.int64]:
    """Weight of every terminal when costs are divided: its people, or its users where it counts no people."""
    row_of_leaf = _rows_of_terminals(network)
    people = network.sites["people"].to_numpy(dtype=np.float64)
    users = network.sites["users"].fillna(1.0).to_numpy(dtype=np.float64)
    weight: NDArray[np.int64] = np.maximum(1, np.where(people > 0, people, users)).astype(np.int64)[row_of_leaf]
    return weight


def _rows_of_terminals(network: Network) -> NDArray[np.int64]:
    """Row of the sites table for every terminal of the problem."""
    row_of_node = np.full(network.problem.node_count, -1, dtype=np.int64)
    planned = np.flatnonzero(network.leaf >= 0)
    row_of_node[network.leaf[planned]] = planned
    return row_of_node[network.problem.terminals]


def _edges(pack: Pack, network: Network, tree: Tree, loads: Loads) -> gpd.GeoDataFrame:
    """One row per arc of the tree, sorted by arc."""
    import geopandas as gpd
    import pandas as pd

    problem, arcs, nodes, places = network.problem, network.arcs, network.nodes, network.places
    chosen = tree.arcs
    tail, head = problem.tails[chosen], problem.heads[chosen]
    kind = arcs.kind[chosen]
    label = np.array([member.label for member in ArcKind], dtype=object)[kind]
    from_node, to_node = ([network.node_id(int(node)) for node in ends] for ends in (tail, head))
    from_place, to_place = (np.where(nodes.place[ends] < 0, 0, nodes.place[ends]) for ends in (tail, head))
    at_root = nodes.place[tail] < 0
    equipment = pack.table("equipment")
    equipment_id = np.array([*equipment["equipment_id"], None], dtype=object)[arcs.equipment[chosen]]
    freq_ghz = np.append(equipment["freq_ghz"].to_numpy(dtype=np.float64), np.nan)[arcs.equipment[chosen]]
    radio = np.isin(kind, RADIO_HOPS)
    hop_freq_ghz = np.where(radio, freq_ghz, np.nan)
    confidence, availability_pct = hop_quality(pack, network, chosen, hop_freq_ghz)
    limit = network.max_dependents[chosen]
    frame = pd.DataFrame(
        {
            "edge_id": [f"{what}:{end}" for what, end in zip(label, to_node, strict=True)],
            "arc": chosen,
            "kind": label,
            "from_node": from_node,
            "to_node": to_node,
            "from_place": _blank(places.place_id[from_place], at_root),
            "to_place": places.place_id[to_place],
            "from_name": _blank(places.name[from_place], at_root),
            "to_name": places.name[to_place],
            "length_m": arcs.length_m[chosen],
            "inferred": np.append(network.spans.inferred, False)[arcs.span[chosen]],
            "freq_ghz": hop_freq_ghz,
            "equipment_id": equipment_id,
            "height_from_m": arcs.height_from_m[chosen],
            "height_to_m": arcs.height_to_m[chosen],
            "margin_db": arcs.margin_db[chosen],
            "rate_mbps": np.where(radio, arcs.rate_mbps[chosen], np.nan),
            "availability_pct": availability_pct,
            "confidence": confidence,
            "price_minor": arcs.price[chosen],
            "capex": np.round(arcs.capex[chosen], 2),
            "opex_year": np.round(arcs.opex_year[chosen], 2),
            "sites_below": loads.sites[head],
            "people_below": loads.people[head],
            "dependents": np.where(limit < NO_LIMIT, loads.sites[head], 0),
            "max_dependents": pd.array(np.where(limit < NO_LIMIT, limit, 0), dtype="Int64"),
            "hop": loads.hops[head],
        }
    )
    frame.loc[limit >= NO_LIMIT, "max_dependents"] = pd.NA
    return gpd.GeoDataFrame(frame, geometry=_shapes(network, chosen, from_place, to_place, at_root), crs="EPSG:4326")


def _blank(values: NDArray[np.object_], where: NDArray[np.bool_]) -> NDArray[np.object_]:
    """Leave out some values of a column."""
    column = values.copy()
    column[where] = None
    return column


def _shapes(
    network: Network,
    chosen: NDArray[np.int64],
    from_place: NDArray[np.int64],
    to_place: NDArray[np.int64],
    at_root: NDArray[np.bool_],
) -> NDArray[np.object_]:
    """Lines for what runs between places, points for what stands at one."""
    import shapely

    places, arcs = network.places, network.arcs
    here = np.column_stack([places.lon[to_place], places.lat[to_place]])
    there = np.column_stack([places.lon[from_place], places.lat[from_place]])
    shapes = shapely.points(here).astype(object)
    apart = ~at_root & (np.abs(here - there).max(axis=1) > 0)
    shapes[apart] = shapely.linestrings(np.stack([there[apart], here[apart]], axis=1))
    for row in np.flatnonzero(arcs.span[chosen] >= 0):
        along = network.spans.geometry[arcs.span[chosen[row]]]
        if along is not None and apart[row]:
            forward = network.spans.place_from[arcs.span[chosen[row]]] == from_place[row]
            shapes[row] = along if forward else shapely.reverse(along)
    found: NDArray[np.object_] = shapes
    return found


def _sites(
    pack: Pack,
    network: Network,
    tree: Tree,
    service: Service,
    loads: Loads,
    shares: Shares,
    edges: gpd.GeoDataFrame,
) -> gpd.GeoDataFrame:
    """One row per site of the pack, sorted by site."""
    import geopandas as gpd

    problem, nodes, places = network.problem, network.nodes, network.places
    frame = network.sites.drop(columns=["existing", "place"]).copy()
    rows = _rows_of_terminals(network)
    count = len(frame)
    edge_of_arc = dict(zip(edges["arc"].tolist(), edges["edge_id"].tolist(), strict=True))

    def spread(values: Any, empty: Any, dtype: Any) -> NDArray[Any]:
        column = np.full(count, empty, dtype=dtype)
        column[rows] = values
        return column

    minor = float(pack.meta.minor_per_unit)
    upstream: list[list[str]] = [[] for _ in range(count)]
    relay = np.full(count, None, dtype=object)
    top = np.full(count, None, dtype=object)
    satellite = TECHNOLOGIES.index("satellite")
    for position, terminal in enumerate(problem.terminals):
        row = rows[position]
        path = tree.path(problem, int(terminal))
        upstream[row] = [edge_of_arc[arc] for arc in path]
        hop = next((arc for arc in path if network.arcs.kind[arc] in RADIO_HOPS), None)
        if hop is not None:
            relay[row] = places.place_id[nodes.place[problem.tails[hop]]]
        if service.technology[position] != satellite:
            top[row] = places.place_id[nodes.place[problem.heads[path[-1]]]]
    names = np.array(TECHNOLOGIES, dtype=object)
    frame["technology"] = spread(names[service.technology], "existing", object)
    frame["hops"] = spread(loads.hops[problem.terminals], 0, np.int64)
    frame["relay_place"] = relay
    frame["upstream"] = upstream
    frame["pop_id"] = top
    frame["cost_share"] = spread(np.round(shares.price / minor, 2), 0.0, np.float64)
    frame["cost_alone"] = spread(np.round(shares.alone / minor, 2), 0.0, np.float64)
    frame["capex_share"] = spread(np.round(shares.capex, 2), 0.0, np.float64)
    frame["opex_year_share"] = spread(np.round(shares.opex_year, 2), 0.0, np.float64)
    known = service.runner_up >= 0
    frame["runner_up"] = spread(_blank(names[service.runner_up], ~known), None, object)
    frame["runner_up_price"] = spread(np.where(known, service.runner_up_price / minor, np.nan), np.nan, np.float64)
    frame["reason"] = spread(np.array(service.reason, dtype=object), "existing", object)
    return gpd.GeoDataFrame(
        frame.reset_index(drop=True), geometry=gpd.points_from_xy(frame["lon"], frame["lat"]), crs="EPSG:4326"
    )


def _nodes(network: Network, tree: Tree, loads: Loads, edges: gpd.GeoDataFrame) -> pd.DataFrame:
    """One row per node of the tree, sorted by node."""
    import pandas as pd

    nodes, places = network.nodes, network.places
    inside = np.sort(tree.order)
    place = nodes.place[inside]
    standing = place >= 0
    at = np.where(standing, place, 0)
    edge_of_arc = dict(zip(edges["arc"].tolist(), edges["edge_id"].tolist(), strict=True))
    heights_m = np.append(np.array(HEIGHT_CLASSES_M), np.nan)

    def where_standing(values: NDArray[Any], empty: Any) -> NDArray[Any]:
        return np.where(standing, values[at], empty)

    return pd.DataFrame(
        {
            "node_id": [network.node_id(int(node)) for node in inside],
            "node": inside,
            "kind": [NodeKind(int(kind)).name.lower() for kind in nodes.kind[inside]],
            "place_id": where_standing(places.place_id, None),
            "place_kind": where_standing(np.array(PLACE_KINDS, dtype=object)[places.kind], None),
            "name": where_standing(places.name, None),
            "lon": where_standing(places.lon, np.nan),
            "lat": where_standing(places.lat, np.nan),
            "ground_m": where_standing(np.round(places.ground_m.astype(np.float64), 2), np.nan),
            "height_m": heights_m[nodes.height_class[inside]],
            "hop": loads.hops[inside],
            "parent_edge": [edge_of_arc.get(int(arc)) for arc in tree.parent_arc[inside]],
            "sites_below": loads.sites[inside],
            "people_below": loads.people[inside],
        }
    )


def _profiles(network: Network, edges: gpd.GeoDataFrame) -> pd.DataFrame:
    """Ground along every radio hop, so that the plan can show why it clears without the pack."""
    import pandas as pd

    from alcance.terrain import profiles

    hops = edges[edges["kind"].isin([kind.label for kind in RADIO_HOPS])]
    arcs = hops["arc"].to_numpy()
    near = network.nodes.place[network.problem.tails[arcs]]
    far = network.nodes.place[network.problem.heads[arcs]]
    places = network.places
    grid = network.grid
    lines = profiles(grid, places.lon[near], places.lat[near], places.lon[far], places.lat[far], grid.cell_m)
    cuts = lines.offsets[1:-1]
    return pd.DataFrame(
        {
            "edge_id": hops["edge_id"].to_numpy(),
            "distance_m": np.split(np.round(lines.distance_m, 1).astype(np.float32), cuts) if len(arcs) else [],
            "ground_m": np.split(np.round(lines.elevation_m, 1).astype(np.float32), cuts) if len(arcs) else [],
            "obstacle_m": np.split(np.round(lines.obstacle_m, 1).astype(np.float32), cuts) if len(arcs) else [],
        }
    )
