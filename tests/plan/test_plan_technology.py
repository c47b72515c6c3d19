"""Each site's technology, runner-up and reason are true of the plan they stand in."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest

from alcance.network import ArcKind, NodeKind, build_network
from alcance.pack import read_pack
from alcance.plan import Scenario
from alcance.plan.technology import TECHNOLOGIES, alternative_prices, entry_technology, explain
from alcance.plan.tree import Tree
from alcance.steiner import solve

ENTRY = {
    "fibre": {ArcKind.FIBRE_DROP},
    "ptp": {ArcKind.PTP, ArcKind.PTP_END},
    "ptmp": {ArcKind.CLIENT},
    "satellite": {ArcKind.SATELLITE},
    "shared_satellite": {ArcKind.GATEWAY},
}


@pytest.fixture(scope="module")
def network(tiny_pack):
    return build_network(Scenario({"satellite_terminal": 3.0}).apply(read_pack(tiny_pack)))


@pytest.fixture(scope="module")
def tree(network):
    return Tree.of_arcs(network.problem, solve(network.problem, moves_per_terminal=300.0).arcs)


@pytest.fixture(scope="module")
def sites(tiny_plan):
    return gpd.read_parquet(tiny_plan / "sites.parquet")


@pytest.fixture(scope="module")
def edges(tiny_plan):
    return gpd.read_parquet(tiny_plan / "edges.parquet").set_index("edge_id")


def test_traffic_enters_a_site_by_the_work_of_its_technology(network, tree):
    place = network.nodes.place
    for terminal, found in zip(network.problem.terminals, entry_technology(network, tree), strict=True):
        path = tree.path(network.problem, int(terminal))
        entry = next(arc for arc in path if place[network.problem.tails[arc]] != place[terminal])
        assert network.arcs.kind[entry] in ENTRY[TECHNOLOGIES[found]]


def cheapest_entry(network, tree, terminal: int, technology: str) -> float:
    """Price of the cheapest new way by a technology from what is built, by plain relaxation."""
    problem, place = network.problem, network.nodes.place
    price = np.full(problem.node_count, np.inf)
    price[tree.order] = 0
    for _ in range(problem.node_count):
        reached = price[problem.tails] + problem.costs
        before = price.copy()
        np.minimum.at(price, problem.heads, reached)
        if np.array_equal(before, price):
            break
    here = place[terminal]
    ends = np.isin(network.nodes.kind[problem.heads], (NodeKind.FEED, NodeKind.LEAF, NodeKind.HUB, NodeKind.MAST))
    rows = np.flatnonzero(
        (place[problem.heads] == here)
        & (place[problem.tails] != here)
        & ends
        & np.isin(network.arcs.kind, list(ENTRY[technology]))
    )
    best = min((price[problem.tails[row]] + problem.costs[row] for row in rows), default=np.inf)
    if technology == "satellite" or best == np.inf:
        return best
    own = np.flatnonzero((network.arcs.kind == ArcKind.SITE_EQUIPMENT) & (place[problem.heads] == here))
    return best + problem.costs[own[0]]


def test_the_prices_of_the_alternatives_are_those_of_a_plain_search(network, tree):
    prices = alternative_prices(network, tree)
    for row, terminal in enumerate(network.problem.terminals):
        for column, technology in enumerate(TECHNOLOGIES):
            expected = cheapest_entry(network, tree, int(terminal), technology)
            found = prices[row, column]
            assert (found if found < 1 << 60 else np.inf) == expected, (terminal, technology)


def test_the_runner_up_is_the_cheapest_other_technology(network, tree):
    service = explain(network, tree, np.zeros(len(network.problem.terminals), dtype=bool))
    prices = alternative_prices(network, tree)
    for row, own in enumerate(service.technology):
        others = {column: int(price) for column, price in enumerate(prices[row]) if column != own and price < 1 << 60}
        if not others:
            assert service.runner_up[row] == -1
            assert service.reason[row] in {"only_option", "forced", "satellite_no_sight"}
        else:
            assert others[int(service.runner_up[row])] == min(others.values()) == service.runner_up_price[row]


def test_every_technology_is_in_the_tiny_plan(sites):
    assert {"existing", "fibre", "ptmp", "satellite"} <= set(sites["technology"])
    assert set(sites["technology"]) <= {"existing", *TECHNOLOGIES}


def test_nobody_is_its_own_runner_up(sites):
    assert (sites["technology"] != sites["runner_up"]).all()
    assert sites["runner_up"].isna().equals(sites["runner_up_price"].isna())
    assert (sites["runner_up_price"].dropna() > 0).all()


def test_a_site_that_an_override_bound_says_so(sites, edges):
    bound = sites.set_index("site_id").loc["P11"]
    assert bound["technology"] == "satellite"
    assert bound["reason"] == "forced"
    assert bound["runner_up"] is None
    assert set(sites.loc[sites["reason"] == "existing", "technology"]) == {"existing"}


def test_reasons_are_true_of_their_sites(sites, tiny_plan):
    known = {
        "existing",
        "only_option",
        "cheapest",
        "forced",
        "reassigned_full",
        "satellite_no_sight",
        "satellite_cheaper",
    }
    assert set(sites["reason"]) <= known
    by_satellite = sites[sites["reason"].str.startswith("satellite")]
    assert set(by_satellite["technology"]) <= {"satellite"}
    assert sites.loc[sites["reason"] == "satellite_cheaper", "runner_up"].notna().all()
    assert sites.loc[sites["reason"] == "only_option", "runner_up"].isna().all()


def test_a_way_up_is_a_chain_from_the_site_to_the_root(sites, edges):
    for site in sites.itertuples():
        if site.technology == "existing":
            continue
        way = edges.loc[list(site.upstream)]
        assert way["to_node"].iloc[0] == f"leaf/site:{site.site_id}"
        assert way["from_node"].iloc[-1] == "root"
        assert way["to_node"].iloc[1:].tolist() == way["from_node"].iloc[:-1].tolist()
        assert site.hops == way["kind"].isin(["ptp", "ptp_end", "client"]).sum()
        hop = way[way["kind"].isin(["ptp", "ptp_end", "client"])]
        assert site.relay_place == (hop["from_place"].iloc[0] if len(hop) else None)
        assert (site.pop_id is None) == (site.technology == "satellite")


def test_radio_hops_carry_their_profile_and_a_margin(edges, tiny_plan):
    import pandas as pd

    profiles = pd.read_parquet(tiny_plan / "profiles.parquet").set_index("edge_id")
    hops = edges[edges["kind"].isin(["ptp", "ptp_end", "client"])]
    assert sorted(profiles.index) == sorted(hops.index)
    for edge_id, hop in hops.iterrows():
        distance, ground = profiles.loc[edge_id, ["distance_m", "ground_m"]]
        assert len(distance) == len(ground) > 1
        assert distance[0] == 0
        assert distance[-1] == pytest.approx(hop["length_m"], abs=0.2)
        assert (np.diff(distance) > 0).all()
        assert hop["margin_db"] >= 0
        assert hop["freq_ghz"] > 0
        assert hop["equipment_id"]
        assert hop["height_from_m"] in {6, 15, 30, 45}
        assert hop["height_to_m"] in {6, 15, 30, 45}
    others = edges[~edges["kind"].isin(["ptp", "ptp_end", "client"])]
    assert others["freq_ghz"].isna().all()
    assert others["margin_db"].isna().all()


def test_edges_are_drawn_from_their_upper_to_their_lower_end(edges, tiny_plan):
    import pandas as pd

    nodes = pd.read_parquet(tiny_plan / "nodes.parquet").set_index("node_id")
    lines = edges[edges.geometry.geom_type == "LineString"]
    assert len(lines)
    for edge in lines.itertuples():
        first, last = edge.geometry.coords[0], edge.geometry.coords[-1]
        for point, node in ((first, edge.from_node), (last, edge.to_node)):
            spot = nodes.loc[node]
            # A road or a line may end a little beside the place it is joined to.
            assert point == pytest.approx((spot["lon"], spot["lat"]), abs=0.002)
    points = edges[edges.geometry.geom_type == "Point"]
    fibre = points[points["kind"].str.startswith("fibre_") & ~points["kind"].isin(["fibre_splice"])]
    assert (fibre["length_m"] < 1).all()
