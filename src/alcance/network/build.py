"""Builds the network of a pack: every way each site could be served, as one problem."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from alcance.adjacency import reached
from alcance.errors import InputError, Problem, TerrainGap
from alcance.network.arcs import ArcLayer
from alcance.network.demand import sites_to_serve
from alcance.network.fibre import FibrePlaces, fibre_places, lay_spans
from alcance.network.kinds import ArcKind, NodeKind
from alcance.network.masts import (
    MastCatalogue,
    MastNodes,
    lay_clients,
    lay_ends,
    lay_gateways,
    lay_masts,
    lay_trunks,
)
from alcance.network.network import Network
from alcance.network.numbering import Numbering
from alcance.network.overrides import apply_overrides, without_satellite
from alcance.network.places import PlaceLayer, Places
from alcance.network.prices import PriceBook
from alcance.network.radio_side import RadioSide, Wanted, radio_side
from alcance.network.radios import LinkClass, SectorClass, point_to_point_classes, sector_classes
from alcance.steiner import Problem as SteinerProblem

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd
    from numpy.typing import NDArray

    from alcance.network.arcs import Arcs
    from alcance.network.network import Nodes
    from alcance.network.spans import Spans
    from alcance.pack import Pack
    from alcance.terrain import Grid

TERRAIN_MARGIN_DEG = 0.5  # power nodes may stand this far outside the bounds of the sites
SUMMIT_RADIUS_M = 3_000.0  # a summit is the highest ground within this
SUMMIT_NEAR_M = 5_000.0  # and is of use only this near to a line, road or locality


def build_network(pack: Pack, progress: Callable[[str, float], None] | None = None) -> Network:
    """Lay out everything that could be built over a pack.

    Parameters
    ----------
    pack
        A country pack that has passed its check.
    progress
        Told the stage and the share done.

    Returns
    -------
    Network
        The same for the same pack, byte for byte.

    Raises
    ------
    InputError
        If the terrain has a gap where it is needed, or an override leaves a site without any way to be served.
    """
    tell = progress or (lambda _stage, _share: None)
    tell("reading terrain", 0.0)
    try:
        return _build(pack, pack_grid(pack), tell)
    except TerrainGap as gap:
        raise InputError([Problem("terrain", None, "", "", str(gap))]) from gap


def pack_grid(pack: Pack) -> Grid:
    """Give the terrain a plan needs: within the pack's bounds, and a little beyond where lines and hops pass.

    With the trees and buildings that stand on it where the pack knows of them (`pack.meta.surface`).
    """
    mosaic = pack.terrain()
    west, south, east, north = pack.meta.bounds
    return mosaic.window(
        max(west - TERRAIN_MARGIN_DEG, mosaic.bounds[0]),
        max(south - TERRAIN_MARGIN_DEG, mosaic.bounds[1]),
        min(east + TERRAIN_MARGIN_DEG, mosaic.bounds[2]),
        min(north + TERRAIN_MARGIN_DEG, mosaic.bounds[3]),
    )


def _build(pack: Pack, grid: Grid, tell: Callable[[str, float], None]) -> Network:
    book = PriceBook(pack)
    sites = sites_to_serve(pack)
    layer = PlaceLayer()
    site_places = layer.add("site", sites["site_id"].tolist(), sites["name"].tolist(), sites["lon"], sites["lat"])
    fibre = fibre_places(pack, layer)
    towers = pack.table("towers")
    towers = towers[towers["available"].astype(bool)]
    tower_places = layer.add(
        "tower", towers["tower_id"].tolist(), towers["tower_id"].tolist(), towers["lon"], towers["lat"]
    )
    summit_places = _summits(pack, grid, layer, fibre)
    places = layer.finish(grid, pack.meta.metric_crs)
    sites["place"] = site_places
    tell("laying spans", 0.0)
    spans = lay_spans(pack, places, fibre, np.concatenate([site_places, tower_places]), grid)
    free_below_m = np.zeros(len(places), dtype=np.float32)
    free_below_m[tower_places] = towers["height_m"].to_numpy(dtype=np.float32)
    masts = MastCatalogue.read(book, free_below_m)
    links, sectors = point_to_point_classes(pack, book), sector_classes(pack, book)
    may_have_satellite = ~sites["site_id"].isin(without_satellite(pack.table("overrides"))).to_numpy()
    satellite = book.of("satellite_terminal").price - book.of("site_equipment").price
    new = ~sites["existing"].to_numpy()
    wanted = Wanted(
        site_places[new],
        sites["mbps"].to_numpy(dtype=np.float64)[new],
        np.where(may_have_satellite, satellite, np.inf)[new],
    )
    candidates = np.concatenate([site_places, tower_places, summit_places])
    radio = radio_side(pack, places, grid, masts, candidates, wanted, links, sectors, tell)
    tell("laying arcs", 0.0)
    nodes, layer_of_arcs = _lay(
        pack, book, places, spans, fibre, masts, radio, links, sectors, site_places, tower_places, wanted.places
    )
    del radio  # the hops that were designed take as much room as the arcs laid for them
    tell("laying arcs", 0.3)
    return _assemble(pack, places, spans, grid, fibre, sites, nodes, layer_of_arcs, tell)


def _summits(pack: Pack, grid: Grid, layer: PlaceLayer, fibre: FibrePlaces) -> NDArray[np.int64]:
    """Add the prominent summits within reach of a line, road or locality."""
    from pyproj import Transformer
    from scipy.spatial import cKDTree

    from alcance.terrain import summits

    lon, lat, _ = summits(grid, SUMMIT_RADIUS_M)
    to_metres = Transformer.from_crs("EPSG:4326", pack.meta.metric_crs, always_xy=True)
    localities, power = pack.table("localities"), pack.table("power_nodes")
    known_lon = np.concatenate([localities["lon"].to_numpy(), power["lon"].to_numpy()])
    known_lat = np.concatenate([localities["lat"].to_numpy(), power["lat"].to_numpy()])
    known = np.column_stack(to_metres.transform(known_lon, known_lat))
    known = np.concatenate([known, *(corridor.graph.xy_m for corridor in fibre.corridors)])
    if len(lon):
        away_m, _ = cKDTree(known).query(np.column_stack(to_metres.transform(lon, lat)))
        lon, lat = lon[away_m <= SUMMIT_NEAR_M], lat[away_m <= SUMMIT_NEAR_M]
    labels = [f"{x:.5f},{y:.5f}" for x, y in zip(lon, lat, strict=True)]
    return layer.add("summit", labels, [""] * len(labels), lon, lat)


def _lay(
    pack: Pack,
    book: PriceBook,
    places: Places,
    spans: Spans,
    fibre: FibrePlaces,
    masts: MastCatalogue,
    radio: RadioSide,
    links: list[LinkClass],
    sectors: list[SectorClass],
    site_places: NDArray[np.int64],
    tower_places: NDArray[np.int64],
    wanted: NDArray[np.int64],
) -> tuple[Nodes, ArcLayer]:
    """Number the nodes and lay the arcs of every kind."""
    numbering, layer = Numbering(), ArcLayer()
    yards = places.of_kind("locality", "substation", "road", "route")
    fibre_node = numbering.lookup(len(places), yards, numbering.add(NodeKind.FIBRE, yards))
    on_line = places.of_kind("substation", "joint")
    line_node = numbering.lookup(len(places), on_line, numbering.add(NodeKind.LINE, on_line))
    hubs = np.concatenate([site_places, tower_places])
    hub = numbering.lookup(len(places), hubs, numbering.add(NodeKind.HUB, hubs))
    racked = np.zeros_like(radio.used)
    racked[radio.ends.hops.near, radio.ends.hops.near_class] = True
    mast_nodes = MastNodes(numbering, radio.used, racked, int(pack.policy("max_hops")), len(sectors))
    feed = numbering.lookup(len(places), wanted, numbering.add(NodeKind.FEED, wanted))
    leaf = numbering.lookup(len(places), wanted, numbering.add(NodeKind.LEAF, wanted))

    layer.add(ArcKind.POP, np.zeros(len(fibre.pops)), fibre_node[fibre.pops], book.of("pop_port"))
    _lay_fibre(layer, book, spans, fibre_node, line_node, hub, on_line)
    relays = np.zeros(len(places), dtype=bool)
    relays[mast_nodes.relays] = True
    sharing = site_places[relays[site_places]]
    if len(mast_nodes.relays):
        lay_masts(layer, mast_nodes, masts, sectors, hub, int(pack.policy("mast_max_ends")))
        shared, most = book.of("shared_gateway"), int(pack.policy("gateway_max_dependents"))
        lay_gateways(layer, mast_nodes, masts, sharing, shared, most)
    if links:
        busy_mbps, most = float(pack.policy("site_busy_mbps")), int(pack.policy("relay_max_dependents"))
        lay_trunks(layer, mast_nodes, masts, radio.trunks, links, busy_mbps, most)
        lay_ends(layer, mast_nodes, masts, radio.ends, links, feed)
    lay_clients(layer, mast_nodes, masts, radio.clients, sectors, feed)
    free = {"price": 0, "capex": 0.0, "opex_year": 0.0}
    layer.add_priced(ArcKind.ARRIVE, hub[wanted], feed[wanted], **free)
    own_mast = np.isin(mast_nodes.relays, wanted)
    own, lowest = mast_nodes.relays[own_mast], mast_nodes.lowest[own_mast]
    layer.add_priced(ArcKind.ARRIVE, mast_nodes.top[own, lowest], feed[own], **free)
    layer.add(ArcKind.SITE_EQUIPMENT, feed[wanted], leaf[wanted], book.of("site_equipment"))
    layer.add(ArcKind.SATELLITE, np.zeros(len(wanted)), leaf[wanted], book.of("satellite_terminal"))
    return numbering.finish(), layer


def _lay_fibre(
    layer: ArcLayer,
    book: PriceBook,
    spans: Spans,
    fibre_node: NDArray[np.int64],
    line_node: NDArray[np.int64],
    hub: NDArray[np.int64],
    on_line: NDArray[np.int64],
) -> None:
    """Lay fibre along the spans, splices at substations and terminations at the end of drops."""
    # Along a power line fibre passes; everywhere else it can be reached.
    passing = np.where(line_node >= 0, line_node, fibre_node)
    ends_of_kind = {
        ArcKind.FIBRE_LIT: passing,
        ArcKind.FIBRE_DARK: passing,
        ArcKind.FIBRE_NEW: passing,
        ArcKind.FIBRE_DISTRIBUTION: fibre_node,
        ArcKind.FIBRE_ROAD: fibre_node,
    }
    for kind, node in ends_of_kind.items():
        rows = np.flatnonzero(spans.kind == kind)
        a, b = node[spans.place_from[rows]], node[spans.place_to[rows]]
        length_m = spans.length_m[rows]
        for tail, head in ((a, b), (b, a)):
            unit = book.of(kind.label)
            layer.add(kind, tail, head, unit, quantity=length_m / 1_000.0, length_m=length_m, span=rows)
    spliced = on_line[fibre_node[on_line] >= 0]
    for tail, head in ((line_node, fibre_node), (fibre_node, line_node)):
        layer.add(ArcKind.FIBRE_SPLICE, tail[spliced], head[spliced], book.of("fibre_splice"))
    rows = np.flatnonzero(spans.kind == ArcKind.FIBRE_DROP)
    kilometres = spans.length_m[rows] / 1_000.0
    cable, end = book.of("fibre_drop"), book.of("fibre_termination")
    layer.add_priced(
        ArcKind.FIBRE_DROP,
        fibre_node[spans.place_from[rows]],
        hub[spans.place_to[rows]],
        price=np.rint(cable.price * kilometres + end.price),
        capex=cable.capex * kilometres + end.capex,
        opex_year=cable.opex_year * kilometres + end.opex_year,
        length_m=spans.length_m[rows],
        span=rows,
    )


def _assemble(
    pack: Pack,
    places: Places,
    spans: Spans,
    grid: Grid,
    fibre: FibrePlaces,
    sites: pd.DataFrame,
    nodes: Nodes,
    layer: ArcLayer,
    tell: Callable[[str, float], None],
) -> Network:
    """Apply overrides, drop what no plan can use, renumber, and make the problem."""
    from dataclasses import replace

    forced_minor = 0
    if len(pack.table("overrides")) == 0:
        keep = _useful(nodes, layer.column("tail"), layer.column("head"))
        arcs = layer.finish(keep)
    else:
        arcs = layer.finish()
        forbidden, forced = apply_overrides(arcs, nodes, places, fibre.place_of_pop, pack.table("overrides"))
        forced_minor = int(arcs.price[_one_per_span(arcs, forced)].sum())
        arcs = replace(arcs, price=np.where(forced, 0, arcs.price)).take(~forbidden)
        keep = _useful(nodes, arcs.tail, arcs.head)
        arcs = arcs.take(keep[arcs.tail] & keep[arcs.head])
    tell("laying arcs", 0.7)
    _check_reachable(nodes, places, keep)
    number = (np.cumsum(keep) - 1).astype(np.int32)
    arcs = replace(arcs, tail=number[arcs.tail], head=number[arcs.head])
    nodes = nodes.take(keep)
    leaf_of_place = np.full(len(places), -1, dtype=np.int64)
    leaves = np.flatnonzero(nodes.kind == NodeKind.LEAF)
    leaf_of_place[nodes.place[leaves]] = leaves
    problem = SteinerProblem.build(len(nodes), 0, arcs.tail, arcs.head, arcs.price, leaves)
    # One copy of the ends and prices serves both.
    arcs = replace(arcs, tail=problem.tails, head=problem.heads, price=problem.costs)
    tell("laying arcs", 1.0)
    return Network(
        problem=problem,
        nodes=nodes,
        arcs=arcs,
        places=places,
        spans=spans,
        grid=grid,
        sites=sites,
        leaf=leaf_of_place[sites["place"].to_numpy()],
        forced_minor=forced_minor,
        overrides=pack.table("overrides"),
    )


def _one_per_span(arcs: Arcs, forced: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Of the two directions of a forced stretch, take one: it is built and paid once."""
    rows = np.flatnonzero(forced)
    ends = np.sort(np.column_stack([arcs.tail[rows], arcs.head[rows]]), axis=1)
    _, first = np.unique(ends, axis=0, return_index=True)
    return rows[np.sort(first)]


def _useful(nodes: Nodes, tail: NDArray[np.int32], head: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Keep the nodes that lie on some way from the root to a terminal."""
    count = len(nodes)
    leaves = np.flatnonzero(nodes.kind == NodeKind.LEAF)
    return reached(tail, head, count, np.zeros(1, dtype=np.int64)) & reached(head, tail, count, leaves)


def _check_reachable(nodes: Nodes, places: Places, keep: NDArray[np.bool_]) -> None:
    """Every terminal must have some way to be served."""
    lost = np.flatnonzero((nodes.kind == NodeKind.LEAF) & ~keep)
    if len(lost):
        raise InputError(
            [
                Problem(
                    "overrides",
                    None,
                    "site_id",
                    str(places.place_id[nodes.place[node]]).split(":", 1)[1],
                    "no technology is left that could serve this site; relax its override",
                )
                for node in lost[:20]
            ]
        )
