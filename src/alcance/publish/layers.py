"""The plan as flat layers, the same for every map format: sites, fibre, radio links, masts, network, equipment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from alcance.publish.columns import columns
from alcance.publish.folder import PlanFolder
from alcance.publish.palette import FIBRE_KINDS, RADIO_KINDS
from alcance.publish.screening import screening_only

if TYPE_CHECKING:
    import geopandas as gpd

#: Kinds of edge by which traffic enters the plan at a place.
ENTRY_KINDS: Final = ("pop", "gateway", "fibre_splice")

MAST_KINDS: Final = ("mast", "mast_up", "mast_down")


def site_layer(plan: PlanFolder) -> gpd.GeoDataFrame:
    """One point per site; the way up is text, edge ids parted by spaces."""
    sites = plan.sites.copy()
    sites["upstream"] = [" ".join(() if way is None else way) for way in sites["upstream"]]
    sites["screening_only"] = screening_only(plan.summary)
    return _shaped(sites, "sites")


def edge_layer(
    plan: PlanFolder, kinds: tuple[str, ...] | None = None, *, lines: bool | None = None
) -> gpd.GeoDataFrame:
    """Edges of some kinds (all if None), lines only, points only, or both; the price in units of the currency."""
    edges = plan.edges
    keep = edges["kind"].isin(kinds) if kinds is not None else edges["kind"].notna()
    if lines is not None:
        keep &= (edges.geometry.geom_type == "LineString") == lines
    edges = edges[keep].copy()
    edges["price"] = edges["price_minor"] / int(plan.summary["pack"].get("minor_per_unit", 100))
    edges["inferred"] = edges["inferred"].fillna(value=False).astype(bool)
    edges["screening_only"] = screening_only(plan.summary)
    return _shaped(edges, "edges")


def fibre_layer(plan: PlanFolder) -> gpd.GeoDataFrame:
    """Stretches of fibre."""
    return edge_layer(plan, FIBRE_KINDS, lines=True)


def radio_layer(plan: PlanFolder) -> gpd.GeoDataFrame:
    """Radio links."""
    return edge_layer(plan, RADIO_KINDS, lines=True)


def network_layer(plan: PlanFolder) -> gpd.GeoDataFrame:
    """Places where traffic enters: PoPs, gateways, substations where fibre is spliced."""
    return edge_layer(plan, ENTRY_KINDS, lines=False)


def equipment_layer(plan: PlanFolder) -> gpd.GeoDataFrame:
    """All other works that stand at one place."""
    other = tuple(sorted(set(plan.edges["kind"]) - set(ENTRY_KINDS) - set(MAST_KINDS)))
    return edge_layer(plan, other, lines=False)


def mast_layer(plan: PlanFolder) -> gpd.GeoDataFrame:
    """One point per place that passes traffic on: its highest mast and what hangs on it."""
    import geopandas as gpd

    nodes = plan.nodes[plan.nodes["kind"] == "mast"]
    limits = plan.edges.groupby("to_node")[["dependents", "max_dependents"]].max()
    nodes = nodes.join(limits, on="node_id").sort_values(["place_id", "node_id"], kind="stable")
    masts = nodes.groupby("place_id", sort=True).agg(
        name=("name", "first"),
        place_kind=("place_kind", "first"),
        lon=("lon", "first"),
        lat=("lat", "first"),
        ground_m=("ground_m", "first"),
        height_m=("height_m", "max"),
        hop=("hop", "min"),
        sites_below=("sites_below", "max"),
        people_below=("people_below", "max"),
        dependents=("dependents", "max"),
        max_dependents=("max_dependents", "max"),
    )
    frame = gpd.GeoDataFrame(
        masts.reset_index(), geometry=gpd.points_from_xy(masts["lon"], masts["lat"]), crs=plan.edges.crs
    )
    frame["screening_only"] = screening_only(plan.summary)
    return _shaped(frame, "masts")


def admin_layer(plan: PlanFolder) -> gpd.GeoDataFrame | None:
    """Outlines of the administrative areas, where the folder holds them."""
    return None if plan.admin is None else _shaped(plan.admin, "admin")


def _shaped(frame: Any, table: str) -> gpd.GeoDataFrame:
    """Known columns in their published order, then the geometry."""
    kept = [column.column for column in columns(table) if column.column in frame.columns]
    shaped: gpd.GeoDataFrame = frame[[*kept, "geometry"]].reset_index(drop=True)
    return shaped
