"""What the problem allows is what can be built: hops in layers, masts paid once, lines spliced at substations only."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from alcance.network import HEIGHT_CLASSES_M, RADIO_HOPS, ArcKind, NodeKind
from alcance.network.prices import PriceBook


def test_a_point_to_point_link_goes_from_one_hop_to_the_next(network, arcs_of):
    rows = arcs_of(ArcKind.PTP)
    assert len(rows)
    tail, head = network.problem.tails[rows], network.problem.heads[rows]
    assert set(network.nodes.kind[tail]) == set(network.nodes.kind[head]) == {NodeKind.MAST}
    assert np.array_equal(network.nodes.hop[head], network.nodes.hop[tail] + 1)
    assert (network.nodes.place[head] != network.nodes.place[tail]).all()


def test_masts_fed_by_fibre_are_at_hop_0(network, arcs_of):
    assert set(network.nodes.hop[network.problem.heads[arcs_of(ArcKind.MAST)]]) == {0}


def most_hops(network) -> int:
    """Longest way from the root in radio hops, over the whole graph: only fibre may run in circles."""
    tails, heads = network.problem.tails.tolist(), network.problem.heads.tolist()
    hop = np.isin(network.arcs.kind, RADIO_HOPS).astype(int).tolist()
    best = np.full(network.problem.node_count, -1)
    best[network.problem.root] = 0
    for _ in range(network.problem.node_count):
        changed = False
        for tail, head, one in zip(tails, heads, hop, strict=True):
            if best[tail] >= 0 and best[tail] + one > best[head]:
                best[head] = best[tail] + one
                changed = True
        if not changed:
            return int(best.max())
        assert best.max() <= network.problem.node_count
    raise AssertionError("radio hops run in a circle")


@pytest.mark.parametrize("limit", [1, 2, 4])
def test_no_way_whatsoever_has_more_hops_than_the_limit(altered, limit):
    assert most_hops(altered.build(max_hops=limit)) == limit


def test_without_hops_there_is_no_radio(altered):
    network = altered.build(max_hops=0)
    assert not np.isin(network.arcs.kind, RADIO_HOPS).any()
    assert not np.isin(network.nodes.kind, (NodeKind.MAST, NodeKind.TOP, NodeKind.SECTOR)).any()
    assert (network.arcs.kind == ArcKind.FIBRE_DROP).any()
    assert (network.arcs.kind == ArcKind.SATELLITE).any()


def test_a_mast_is_paid_once_and_at_the_height_that_is_needed(network, dear_pack, arcs_of):
    """Climbing from class to class costs what the taller mast costs more, and coming down costs nothing."""
    book = PriceBook(dear_pack)
    price = {height: book.of(f"mast_{height:.0f}").price for height in HEIGHT_CLASSES_M}
    ups, downs = arcs_of(ArcKind.MAST_UP), arcs_of(ArcKind.MAST_DOWN)
    assert len(ups)
    assert (network.arcs.price[downs] == 0).all()
    above = {int(network.problem.tails[row]): row for row in ups}
    assert len(above) == len(ups), "from every class there is one way up"
    entries = [*arcs_of(ArcKind.MAST), *arcs_of(ArcKind.PTP), *arcs_of(ArcKind.GATEWAY)]
    assert entries
    for entry in entries:
        node = int(network.problem.heads[entry])
        low = HEIGHT_CLASSES_M[network.nodes.height_class[node]]
        assert network.arcs.height_to_m[entry] == low
        total = 0
        steps = 0
        while node in above:
            row = above[node]
            total += int(network.arcs.price[row])
            node = int(network.problem.heads[row])
            steps += 1
            height = HEIGHT_CLASSES_M[network.nodes.height_class[node]]
            assert total == pytest.approx(price[height] - price[low], abs=0.5 * steps + 1e-6)


def test_every_mast_can_come_down_to_each_lower_class_in_use(network, arcs_of):
    for kinds, node_kind in (((ArcKind.MAST_DOWN,), NodeKind.MAST), ((ArcKind.SECTOR_DOWN,), NodeKind.SECTOR)):
        down = {}
        for row in arcs_of(*kinds):
            down.setdefault(int(network.problem.tails[row]), int(network.problem.heads[row]))
        groups: dict[tuple[int, int, int], list[int]] = {}
        for node in np.flatnonzero(network.nodes.kind == node_kind):
            key = (int(network.nodes.place[node]), int(network.nodes.hop[node]), int(network.nodes.sector[node]))
            groups.setdefault(key, []).append(int(node))
        assert groups
        for nodes in groups.values():
            nodes.sort(key=lambda node: int(network.nodes.height_class[node]))
            for lower, higher in itertools.pairwise(nodes):
                assert down[higher] == lower


def test_a_line_is_spliced_at_substations_only(network, arcs_of):
    """Where a line merely passes, no drop, no splice and no other cable leaves it."""
    joints = network.places.of_kind("joint")
    assert len(joints) == 1
    at_joint = np.isin(network.nodes.place, joints)
    assert set(network.nodes.kind[at_joint]) == {NodeKind.LINE}
    touching = at_joint[network.problem.tails] | at_joint[network.problem.heads]
    assert set(network.arcs.kind[touching]) <= {ArcKind.FIBRE_LIT, ArcKind.FIBRE_DARK, ArcKind.FIBRE_NEW}
    assert touching.any()
    splices = arcs_of(ArcKind.FIBRE_SPLICE)
    places = network.nodes.place[network.problem.tails[splices]]
    assert set(places) == set(network.places.of_kind("substation"))
    assert np.array_equal(places, network.nodes.place[network.problem.heads[splices]])


def test_fibre_on_a_line_is_reached_through_a_splice(network):
    line = network.nodes.kind == NodeKind.LINE
    crossing = line[network.problem.tails] != line[network.problem.heads]
    assert set(network.arcs.kind[crossing]) == {ArcKind.FIBRE_SPLICE}


def test_a_gateway_feeds_only_its_own_sectors(network, arcs_of):
    limit = int(network.nodes.hop.max())
    rows = arcs_of(ArcKind.GATEWAY)
    assert len(rows)
    assert set(network.problem.tails[rows]) == {network.problem.root}
    assert set(network.nodes.hop[network.problem.heads[rows]]) == {limit}
    trunks = arcs_of(ArcKind.PTP)
    assert (network.nodes.hop[network.problem.tails[trunks]] < limit).all()


def test_traffic_ends_at_a_site_that_is_only_fed(network):
    """What a terminal's feed passes on is its own equipment, and nothing more."""
    from_feed = network.nodes.kind[network.problem.tails] == NodeKind.FEED
    assert set(network.arcs.kind[from_feed]) == {ArcKind.SITE_EQUIPMENT}
    from_leaf = network.nodes.kind[network.problem.tails] == NodeKind.LEAF
    assert not from_leaf.any()
    same = (
        network.nodes.place[network.problem.tails[from_feed]] == network.nodes.place[network.problem.heads[from_feed]]
    )
    assert same.all()


def test_limits_are_those_of_the_classes(network, dear_pack, arcs_of):
    table = dear_pack.table("equipment").set_index("equipment_id")
    ids = dear_pack.table("equipment")["equipment_id"].to_numpy()
    for row in arcs_of(ArcKind.PTP):
        of_class = int(table.loc[ids[network.arcs.equipment[row]], "max_dependents"])
        assert network.max_dependents[row] == min(of_class, int(dear_pack.policy("relay_max_dependents")))
    assert set(network.max_dependents[arcs_of(ArcKind.SECTOR)]) == {4 * 25}  # four antennas of 90°
    assert set(network.max_dependents[arcs_of(ArcKind.GATEWAY)]) == {int(dear_pack.policy("gateway_max_dependents"))}


def test_a_policy_may_limit_relays_further(altered):
    few = altered.build(relay_max_dependents=7, gateway_max_dependents=3, mast_max_ends=2)
    assert set(few.max_dependents[few.arcs.kind == ArcKind.RACK]) == {2}
    assert set(few.max_dependents[few.arcs.kind == ArcKind.PTP]) == {7}
    assert set(few.max_dependents[few.arcs.kind == ArcKind.GATEWAY]) == {3}
    many = altered.build(relay_max_dependents=100)
    assert set(many.max_dependents[many.arcs.kind == ArcKind.PTP]) <= {60, 100}  # the short radio carries 60


def test_localities_with_a_pop_are_served_already(network, dear_pack):
    with_pop = set(dear_pack.table("pops")["locality_id"])
    sites = network.sites
    public = sites["kind"].eq("public_space") & sites["locality_id"].isin(with_pop)
    assert public.any()
    assert (network.leaf[public.to_numpy()] == -1).all()
    assert (network.leaf[~public.to_numpy()] >= 0).all()
    entries = network.problem.heads[np.flatnonzero(network.arcs.kind == ArcKind.POP)]
    names = {str(name) for name in network.places.place_id[network.nodes.place[entries]]}
    assert names == {f"locality:{key}" for key in with_pop}


def test_people_are_counted_once(network, dear_pack):
    localities = dear_pack.table("localities").set_index("locality_id")["people"]
    counted = network.sites.groupby("locality_id")["people"].sum()
    assert counted.to_dict() == localities[counted.index].to_dict()
    helpers = network.sites["kind"].isin(["school", "hospital"])
    assert helpers.any()
    assert (network.sites.loc[helpers, "people"] == 0).all()
