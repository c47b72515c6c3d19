"""Where fibre is and could go: PoPs, high-voltage lines, inferred distribution lines, roads and drops."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from alcance.network.kinds import ArcKind
from alcance.network.roads import RoadGraph, road_graph
from alcance.network.spans import (
    Spans,
    corridor_spans,
    distribution_spans,
    join_spans,
    line_spans,
    outside,
    straight_spans,
)

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from alcance.network.places import PlaceLayer, Places
    from alcance.pack import Pack
    from alcance.terrain import Grid

DROPS_PER_PLACE = 3  # a site may be joined to this many of the nearest points of the fibre network


@dataclass(frozen=True)
class Corridor:
    """Lines that cable follows or lies along, with the places where they meet and where localities reach them.

    Parameters
    ----------
    kind
        `ArcKind` of the fibre along it: new cable on a road, lit or dark fibre on an existing route.
    graph
        Junctions and stretches.
    junctions
        Numbers of the junctions' places.
    """

    kind: ArcKind
    graph: RoadGraph
    junctions: NDArray[np.int64]


@dataclass(frozen=True)
class FibrePlaces:
    """Numbers of the places of the fibre network, before their spans are laid.

    Parameters
    ----------
    localities, substations
        Numbers of places.
    electrified
        Localities that a distribution line reaches.
    place_of_node, place_of_pop
        Place of every power node, and of every PoP where traffic enters by its key.
    corridors
        Roads, and existing fibre routes by state.
    """

    localities: NDArray[np.int64]
    electrified: NDArray[np.int64]
    substations: NDArray[np.int64]
    place_of_node: dict[str, int]
    place_of_pop: dict[str, int]
    corridors: list[Corridor]

    @property
    def pops(self) -> NDArray[np.int64]:
        """Places where traffic enters, sorted."""
        return np.unique(np.array(list(self.place_of_pop.values()), dtype=np.int64))


def fibre_places(pack: Pack, layer: PlaceLayer) -> FibrePlaces:
    """Add the localities, power nodes, junctions of roads and routes, and PoPs to the places."""
    localities, nodes = pack.table("localities"), pack.table("power_nodes")
    locality_places = layer.add(
        "locality",
        localities["locality_id"].tolist(),
        localities["name"].tolist(),
        localities["lon"],
        localities["lat"],
    )
    place_of_node: dict[str, int] = {}
    is_substation = nodes["kind"].eq("substation")
    for kind, wanted in (("substation", is_substation), ("joint", ~is_substation)):
        some = nodes[wanted]
        added = layer.add(
            kind, some["node_id"].astype(str).tolist(), some["name"].fillna("").tolist(), some["lon"], some["lat"]
        )
        place_of_node |= dict(zip(some["node_id"].astype(str), added.tolist(), strict=True))
    place_of_substation = {str(node): place_of_node[str(node)] for node in nodes.loc[is_substation, "node_id"]}
    return FibrePlaces(
        localities=locality_places,
        electrified=locality_places[localities["electrified"].astype(bool).to_numpy()],
        substations=np.array(sorted(place_of_substation.values()), dtype=np.int64),
        place_of_node=place_of_node,
        place_of_pop=_pop_places(pack, layer, locality_places, place_of_substation),
        corridors=_corridors(pack, layer),
    )


def _corridors(pack: Pack, layer: PlaceLayer) -> list[Corridor]:
    """Node the roads and the existing fibre routes, and add their junctions to the places."""
    import shapely
    from pyproj import Transformer

    to_metres = Transformer.from_crs("EPSG:4326", pack.meta.metric_crs, always_xy=True)
    localities, routes = pack.table("localities"), pack.table("fibre")
    points = np.column_stack(to_metres.transform(localities["lon"], localities["lat"])).reshape(-1, 2)
    max_access_m = 1_000.0 * float(pack.policy("max_drop_km"))
    found = []
    for kind, place_kind, shapes in (
        (ArcKind.FIBRE_ROAD, "road", pack.table("roads")["geometry"]),
        (ArcKind.FIBRE_LIT, "route", routes.loc[routes["fibre_state"].eq("lit"), "geometry"]),
        (ArcKind.FIBRE_DARK, "route", routes.loc[routes["fibre_state"].eq("dark"), "geometry"]),
    ):
        lines = [
            shapely.transform(shape, lambda xy: np.column_stack(to_metres.transform(xy[:, 0], xy[:, 1])))
            for shape in shapes
        ]
        graph = road_graph(lines, points, max_access_m)
        lon, lat = to_metres.transform(graph.xy_m[:, 0], graph.xy_m[:, 1], direction="INVERSE")
        labels = [f"{kind.label}/{x:.5f},{y:.5f}" for x, y in zip(lon, lat, strict=True)]
        found.append(Corridor(kind, graph, layer.add(place_kind, labels, [""] * len(labels), lon, lat)))
    return found


def fibre_pops(pack: Pack) -> pd.DataFrame:
    """Give the PoPs that feed a network: on fibre and, where accesses are known, with as many as the policy asks."""
    pops = pack.table("pops")
    too_few = pops["fibre_accesses"].astype(float) < float(pack.policy("pop_min_fibre_accesses"))
    return pops[pops["medium"].eq("fibre") & ~too_few]


def _pop_places(
    pack: Pack, layer: PlaceLayer, locality_places: NDArray[np.int64], place_of_substation: dict[str, int]
) -> dict[str, int]:
    """Find the place of every PoP: its locality, its substation, or a place of its own.

    A substation is a PoP only where the pack says so: in the table of PoPs, or on the node itself.
    """
    known = dict(zip(pack.table("localities")["locality_id"], locality_places.tolist(), strict=True))
    nodes, pops = pack.table("power_nodes"), fibre_pops(pack)
    nodes = nodes[nodes["pop"].astype(bool)]
    found: dict[str, int] = {}
    for keys, localities, at_nodes, table in (
        (nodes["node_id"], [None] * len(nodes), nodes["node_id"], nodes),
        (pops["pop_id"], pops["locality_id"], pops["node_id"], pops),
    ):
        for key, locality, node, name, lon, lat in zip(
            keys, localities, at_nodes, table["name"], table["lon"], table["lat"], strict=True
        ):
            place = known.get(locality, place_of_substation.get(node))
            if place is None:
                place = int(layer.add("locality", [f"pop-{key}"], [str(name or "")], [lon], [lat])[0])
            found[str(key)] = place
    return found


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
    extra_pops = np.setdiff1d(fibre.pops, np.concatenate([fibre.localities, fibre.substations]))
    substations = fibre.substations[np.isfinite(places.ground_m[fibre.substations])]
    yards = np.concatenate([fibre.electrified, substations, extra_pops])
    parts = [
        line_spans(pack.table("power_lines"), fibre.place_of_node),
        distribution_spans(
            places,
            yards,
            grid,
            max_span_m=1_000.0 * float(pack.policy("max_inferred_span_km")),
            max_tap_m=1_000.0 * float(pack.policy("max_substation_tap_km")),
            step_m=step_m,
        ),
    ]
    joints = [fibre.localities, substations, extra_pops]
    for corridor in fibre.corridors:
        graph, junctions = corridor.graph, corridor.junctions
        parts.append(corridor_spans(corridor.kind, graph, junctions, pack.meta.metric_crs))
        near = np.flatnonzero(graph.access >= 0)
        # From a locality to a road or a route there is no cable yet, whatever lies along it.
        a, b = fibre.localities[near], junctions[graph.access[near]]
        parts.append(straight_spans(ArcKind.FIBRE_ROAD, places, a, b, grid, step_m))
        joints.append(junctions)
    max_drop_m = 1_000.0 * float(pack.policy("max_drop_km"))
    parts.append(_drops(places, np.concatenate(joints), served, grid, max_drop_m, step_m))
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
