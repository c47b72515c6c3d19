"""Where fibre is and could go: PoPs, high-voltage lines, inferred distribution lines, roads and drops."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from alcance.network.kinds import ArcKind
from alcance.network.roads import RoadGraph, road_graph
from alcance.network.spans import (
    Spans,
    distribution_spans,
    join_spans,
    line_spans,
    outside,
    road_spans,
    straight_spans,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alcance.network.places import PlaceLayer, Places
    from alcance.pack import Pack
    from alcance.terrain import Grid

DROPS_PER_PLACE = 3  # a site may be joined to this many of the nearest points of the fibre network


@dataclass(frozen=True)
class FibrePlaces:
    """Numbers of the places of the fibre network, before their spans are laid.

    Parameters
    ----------
    localities, power, junctions, pops
        Numbers of places; `pops` are those where traffic enters.
    electrified
        Localities that a distribution line reaches.
    place_of_node
        Place of every power node.
    road
        The road graph; its junctions are `junctions`.
    """

    localities: NDArray[np.int64]
    electrified: NDArray[np.int64]
    power: NDArray[np.int64]
    junctions: NDArray[np.int64]
    pops: NDArray[np.int64]
    place_of_node: dict[str, int]
    road: RoadGraph


def fibre_places(pack: Pack, layer: PlaceLayer) -> FibrePlaces:
    """Add the localities, power nodes, road junctions and PoPs to the places."""
    import shapely
    from pyproj import Transformer

    localities, nodes, roads = pack.table("localities"), pack.table("power_nodes"), pack.table("roads")
    to_metres = Transformer.from_crs("EPSG:4326", pack.meta.metric_crs, always_xy=True)
    locality_places = layer.add(
        "locality",
        localities["locality_id"].tolist(),
        localities["name"].tolist(),
        localities["lon"],
        localities["lat"],
    )
    place_of_node: dict[str, int] = {}
    power: list[NDArray[np.int64]] = []
    for kind, wanted in (("substation", nodes["kind"].eq("substation")), ("joint", ~nodes["kind"].eq("substation"))):
        some = nodes[wanted]
        added = layer.add(
            kind, some["node_id"].astype(str).tolist(), some["name"].fillna("").tolist(), some["lon"], some["lat"]
        )
        place_of_node |= dict(zip(some["node_id"].astype(str), added.tolist(), strict=True))
        power.append(added)
    lines = [
        shapely.transform(shape, lambda xy: np.column_stack(to_metres.transform(xy[:, 0], xy[:, 1])))
        for shape in roads["geometry"]
    ]
    points = np.column_stack(to_metres.transform(localities["lon"], localities["lat"])).reshape(-1, 2)
    road = road_graph(lines, points, 1_000.0 * float(pack.policy("max_drop_km")))
    to_degrees = Transformer.from_crs(pack.meta.metric_crs, "EPSG:4326", always_xy=True)
    lon, lat = to_degrees.transform(road.xy_m[:, 0], road.xy_m[:, 1]) if len(road.xy_m) else ([], [])
    labels = [f"{x:.5f},{y:.5f}" for x, y in zip(lon, lat, strict=True)]
    junctions = layer.add("road", labels, [""] * len(labels), lon, lat)
    return FibrePlaces(
        localities=locality_places,
        electrified=locality_places[localities["electrified"].astype(bool).to_numpy()],
        power=power[0],
        junctions=junctions,
        pops=_pop_places(pack, layer, locality_places, place_of_node),
        place_of_node=place_of_node,
        road=road,
    )


def _pop_places(
    pack: Pack, layer: PlaceLayer, locality_places: NDArray[np.int64], place_of_node: dict[str, int]
) -> NDArray[np.int64]:
    """Find the place of every PoP: its locality, its power node, or a place of its own."""
    place_of_locality = dict(zip(pack.table("localities")["locality_id"], locality_places.tolist(), strict=True))
    found: list[int] = []
    for pop in pack.table("pops").itertuples():
        if isinstance(pop.locality_id, str) and pop.locality_id in place_of_locality:
            found.append(place_of_locality[pop.locality_id])
        elif isinstance(pop.node_id, str) and pop.node_id in place_of_node:
            found.append(place_of_node[pop.node_id])
        else:
            own = layer.add(
                "locality", [f"pop-{pop.pop_id}"], [str(pop.name)], np.array([pop.lon]), np.array([pop.lat])
            )
            found.append(int(own[0]))
    return np.unique(np.array(found, dtype=np.int64))


def lay_spans(pack: Pack, places: Places, fibre: FibrePlaces, served: NDArray[np.int64], grid: Grid) -> Spans:
    """Lay every span that fibre could follow.

    Parameters
    ----------
    pack, places, fibre, grid
        The pack, its places and its terrain.
    served
        Numbers of the places (sites, towers) that a drop may join to the fibre network.

    Returns
    -------
    Spans
        Outside the areas that forbid fibre.
    """
    step_m = grid.cell_m
    max_drop_m = 1_000.0 * float(pack.policy("max_drop_km"))
    extra_pops = np.setdiff1d(fibre.pops, np.concatenate([fibre.localities, fibre.power]))
    power = fibre.power[np.isfinite(places.ground_m[fibre.power])]
    yards = np.concatenate([fibre.electrified, power, extra_pops])
    inferred_m = 1_000.0 * float(pack.policy("max_inferred_span_km"))
    at_road = np.flatnonzero(fibre.road.access >= 0)
    parts = [
        line_spans(pack.table("power_lines"), fibre.place_of_node),
        distribution_spans(places, yards, grid, inferred_m, step_m),
        road_spans(fibre.road, fibre.junctions, pack.meta.metric_crs),
        straight_spans(
            ArcKind.FIBRE_ROAD,
            places,
            fibre.localities[at_road],
            fibre.junctions[fibre.road.access[at_road]],
            grid,
            step_m,
        ),
        _drops(
            places,
            np.concatenate([fibre.localities, power, extra_pops, fibre.junctions]),
            served,
            grid,
            max_drop_m,
            step_m,
        ),
    ]
    spans = join_spans(parts)
    return spans.take(outside(spans, places, pack.table("exclusions"), "fibre"))


def _drops(
    places: Places, joints: NDArray[np.int64], served: NDArray[np.int64], grid: Grid, max_drop_m: float, step_m: float
) -> Spans:
    """Join every served place to the nearest points of the fibre network."""
    from scipy.spatial import cKDTree

    near_m, near = cKDTree(places.xy_m[joints]).query(
        places.xy_m[served], k=min(DROPS_PER_PLACE, len(joints)), distance_upper_bound=max_drop_m
    )
    near_m, near = np.reshape(near_m, (len(served), -1)), np.reshape(near, (len(served), -1))
    reached = np.isfinite(near_m)
    # Where a joint stands on the spot, a drop to any other only doubles what the joint's own spans offer.
    reached[:, 1:] &= near_m[:, :1] > 1.0
    which, _ = np.nonzero(reached)
    return straight_spans(ArcKind.FIBRE_DROP, places, joints[near[reached]], served[which], grid, step_m)
