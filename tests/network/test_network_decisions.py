"""What people decided and what is forbidden holds in the network; what cannot hold is said."""

from __future__ import annotations

import numpy as np
import pytest

from alcance.errors import InputError
from alcance.network import FIBRE_SPANS, RADIO_HOPS, ArcKind, NodeKind, build_network
from alcance.pack import read_pack
from alcance.plan import Scenario

ENTRIES = {
    "fibre": {ArcKind.FIBRE_DROP},
    "ptp": {ArcKind.PTP, ArcKind.PTP_END},
    "ptmp": {ArcKind.CLIENT},
    "satellite": {ArcKind.SATELLITE},
    "shared_satellite": {ArcKind.GATEWAY},
}


def ways_into(network, site: str) -> set[ArcKind]:
    """Kinds of the arcs that bring traffic to a site's place from elsewhere."""
    place = int(np.flatnonzero(network.places.place_id == f"site:{site}")[0])
    tail, head = network.nodes.place[network.problem.tails], network.nodes.place[network.problem.heads]
    into = (head == place) & (tail != place)
    return {ArcKind(int(kind)) for kind in network.arcs.kind[into]}


def between(network, one: str, other: str) -> np.ndarray:
    """Arcs between two places, either way."""
    tail = network.places.place_id[network.nodes.place[network.problem.tails]]
    head = network.places.place_id[network.nodes.place[network.problem.heads]]
    both = ((tail == one) & (head == other)) | ((tail == other) & (head == one))
    return np.flatnonzero(both & (network.nodes.place[network.problem.tails] >= 0))


def test_a_site_that_must_use_a_satellite_has_no_other_way_in(network):
    assert ways_into(network, "P11") == {ArcKind.SATELLITE}


@pytest.mark.parametrize("technology", ["fibre", "ptp", "ptmp", "satellite", "shared_satellite"])
def test_a_site_that_must_use_a_technology_has_no_other_way_in(altered, network, technology):
    offered = ways_into(network, "P07")
    assert offered == set().union(*ENTRIES.values())  # every way there is
    altered.append("overrides", ["O2", "P07", "", "", technology, "must", "a test"])
    assert ways_into(altered.build(), "P07") == offered & ENTRIES[technology]


@pytest.mark.parametrize("technology", ["fibre", "ptp", "ptmp", "satellite", "shared_satellite"])
def test_a_site_that_must_not_use_a_technology_keeps_the_others(altered, network, technology):
    altered.append("overrides", ["O2", "P07", "", "", technology, "must_not", "a test"])
    assert ways_into(altered.build(), "P07") == ways_into(network, "P07") - ENTRIES[technology]


def test_a_site_whom_overrides_leave_nothing_is_named(altered):
    """The hamlet of Mirador has no fibre within reach."""
    altered.append("overrides", ["O2", "P13", "", "", "fibre", "must", "a test"])
    with pytest.raises(InputError, match="P13") as caught:
        altered.build()
    assert [problem.value for problem in caught.value.problems] == ["P13"]


def test_a_site_that_may_have_no_satellite_is_offered_what_costs_more(altered):
    """At a tenth of its price the satellite is cheaper than any radio, which is then offered to nobody else."""
    cheap = {"satellite_terminal": 0.1}
    offered = ways_into(build_network(Scenario(cheap).apply(read_pack(altered.path))), "P08")
    assert not offered & set(RADIO_HOPS)
    altered.append("overrides", ["O2", "P08", "", "", "satellite", "must_not", "a test"])
    pack = Scenario(cheap).apply(read_pack(altered.path))
    assert ways_into(build_network(pack), "P08") & set(RADIO_HOPS)


def test_a_decision_on_a_site_that_is_left_out_changes_nothing(altered, network):
    smaller = altered.build(min_people=30)
    assert set(network.sites["site_id"]) - set(smaller.sites["site_id"]) == {"P11", "P13"}
    altered.append("overrides", ["O2", "P13", "", "", "satellite", "must", "a test"])
    assert np.array_equal(altered.build(min_people=30).problem.costs, smaller.problem.costs)


def test_a_policy_that_leaves_no_site_is_told(altered):
    with pytest.raises(InputError, match="min_people"):
        altered.build(min_people=1_000_000)


def test_a_pack_whose_sites_are_all_connected_needs_no_plan(altered):
    path = altered.path / "sites.csv"
    header, *rows = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([f"{header},connected", *(f"{row},true" for row in rows)]), encoding="utf-8")
    with pytest.raises(InputError, match="nothing to plan"):
        altered.build()


def test_without_drops_fibre_reaches_only_what_stands_on_it(altered):
    assert not (altered.build(max_drop_km=0).arcs.kind == ArcKind.FIBRE_DROP).any()


def test_a_mast_that_costs_less_than_a_lower_one_is_refused(altered):
    altered.set("prices", "mast_30", "capex", 1)
    altered.set("prices", "mast_30", "capex_low", 1)
    with pytest.raises(InputError, match="mast_30"):
        altered.build()


def test_a_site_without_a_name_has_none(altered):
    altered.set("sites", "P05", "name", "")
    network = altered.build()
    assert network.places.name[network.places.place_id == "site:P05"].tolist() == [""]


def test_a_forbidden_stretch_is_gone_and_all_else_stays(altered, network):
    there = between(network, "locality:T02", "locality:T06")
    assert len(there)
    altered.append("overrides", ["O2", "", "T02", "T06", "", "must_not", "a test"])
    without = altered.build()
    assert len(between(without, "locality:T02", "locality:T06")) == 0
    assert len(without.arcs) == len(network.arcs) - len(there)
    assert without.forced_minor == 0


@pytest.mark.parametrize("ends", [("T02", "T06"), ("T06", "T02")])
def test_a_forced_stretch_is_paid_once_and_then_free_both_ways(altered, network, ends):
    there = between(network, "locality:T02", "locality:T06")
    assert len(there) == 2  # both ways
    price = int(network.arcs.price[there[0]])
    altered.append("overrides", ["O2", "", *ends, "", "must", "a test"])
    forced = altered.build()
    again = between(forced, "locality:T02", "locality:T06")
    assert forced.arcs.price[again].tolist() == [0, 0]
    assert forced.forced_minor == price > 0


def test_a_forced_stretch_that_nothing_could_be_built_along_is_refused(altered):
    """Alba and Mirador lie twelve kilometres apart, with other places between."""
    altered.append("overrides", ["O2", "", "T01", "T13", "", "must", "a test"])
    with pytest.raises(InputError, match="O2"):
        altered.build()


def test_a_forbidden_stretch_that_does_not_exist_changes_nothing(altered, network):
    altered.append("overrides", ["O2", "", "T01", "T13", "", "must_not", "a test"])
    assert np.array_equal(altered.build().problem.costs, network.problem.costs)


def test_a_forced_link_is_no_radio_hop(altered, network):
    """Which mast, height and hop a radio link would have is the plan's choice, so none can be forced by its ends."""
    hops = np.flatnonzero(np.isin(network.arcs.kind, RADIO_HOPS))
    row = next(
        row
        for row in hops
        if {
            str(network.places.place_id[network.nodes.place[end[row]]])
            for end in (network.problem.tails, network.problem.heads)
        }
        == {"site:P05", "site:P12"}
    )
    assert network.arcs.price[row] > 0
    altered.append("overrides", ["O2", "", "P05", "P12", "", "must", "a test"])
    with pytest.raises(InputError, match="O2"):
        altered.build()


def inside(network, places, west, south, east, north):
    return (
        (network.places.lon[places] >= west)
        & (network.places.lon[places] <= east)
        & (network.places.lat[places] >= south)
        & (network.places.lat[places] <= north)
    )


def masts_of(network) -> np.ndarray:
    """Places where the network may raise a mast for a relay."""
    return np.unique(network.nodes.place[network.nodes.kind == NodeKind.MAST])


NORTH = (-98.80, 18.90, -98.73, 18.965)  # Fuente, Gruta, Huerta, Isla, Joya


def test_no_relay_stands_where_masts_are_forbidden(altered, network):
    assert inside(network, masts_of(network), *NORTH).any()
    altered.add_area("mast", *NORTH)
    without = altered.build()
    assert not inside(without, masts_of(without), *NORTH).any()
    assert len(masts_of(without))


def test_no_mast_of_a_client_stands_where_masts_are_forbidden(altered, network):
    def masts_of_clients(net) -> np.ndarray:
        rows = np.flatnonzero(np.isin(net.arcs.kind, (ArcKind.CLIENT, ArcKind.PTP_END)))
        return rows[inside(net, net.nodes.place[net.problem.heads[rows]], *NORTH)]

    assert len(masts_of_clients(network))
    altered.add_area("mast", *NORTH)
    assert len(masts_of_clients(altered.build())) == 0


@pytest.mark.parametrize("forbids", ["fibre", "all"])
def test_no_fibre_is_laid_where_it_is_forbidden(altered, network, forbids):
    import shapely

    area = shapely.box(*NORTH)

    def laid_inside(net) -> int:
        count = 0
        for row in np.flatnonzero(np.isin(net.arcs.kind, FIBRE_SPANS)):
            ends = [net.nodes.place[end[row]] for end in (net.problem.tails, net.problem.heads)]
            shape = net.spans.geometry[net.arcs.span[row]]
            if shape is None:
                shape = shapely.LineString([(net.places.lon[end], net.places.lat[end]) for end in ends])
            count += bool(shape.intersects(area))
        return count

    assert laid_inside(network)
    altered.add_area(forbids, *NORTH)
    without = altered.build()
    assert laid_inside(without) == 0
    assert inside(without, masts_of(without), *NORTH).any() == (forbids == "fibre")
    # A terminal on the roof needs no right of way: every site can still be served.
    assert (without.leaf >= 0).sum() == (network.leaf >= 0).sum()


def test_inferred_spans_say_so(network, dear_pack):
    distribution = network.spans.kind == ArcKind.FIBRE_DISTRIBUTION
    assert distribution.any()
    assert np.array_equal(network.spans.inferred, distribution)
    limit_m = 1000 * float(dear_pack.policy("max_inferred_span_km"))
    assert (network.spans.length_m[distribution] <= limit_m).all()


def test_inferred_spans_are_no_longer_than_the_policy(altered, network):
    whole = network.spans.length_m[network.spans.kind == ArcKind.FIBRE_DISTRIBUTION]
    short = altered.build(max_inferred_span_km=2)
    kept = short.spans.length_m[short.spans.kind == ArcKind.FIBRE_DISTRIBUTION]
    assert sorted(kept) == sorted(whole[whole <= 2000])
    assert 0 < len(kept) < len(whole)


def test_a_locality_without_electricity_is_on_no_distribution_line(network):
    dark = int(np.flatnonzero(network.places.place_id == "locality:T13")[0])
    along = network.spans.kind == ArcKind.FIBRE_DISTRIBUTION
    assert dark not in set(network.spans.place_from[along]) | set(network.spans.place_to[along])


def test_inferred_spans_never_cross_the_sea(altered, network):
    """Flooding a belt between west and east leaves no inferred span across it, and roads with bridges alone."""
    import rasterio

    path = altered.path / "terrain.tif"
    with rasterio.open(path) as raster:
        cells, profile, transform = raster.read(1), raster.profile, raster.transform
    first, last = (int((lon - transform.c) / transform.a) for lon in (-98.737, -98.722))
    cells[:, first:last] = 0
    with rasterio.open(path, "w", **profile) as out:
        out.write(cells, 1)
    wet = altered.build()

    def crossing(net, kind) -> int:
        a, b = net.places.lon[net.spans.place_from], net.places.lon[net.spans.place_to]
        return int(((np.minimum(a, b) < -98.74) & (np.maximum(a, b) > -98.72) & (net.spans.kind == kind)).sum())

    assert crossing(network, ArcKind.FIBRE_DISTRIBUTION) > 0
    assert crossing(wet, ArcKind.FIBRE_DISTRIBUTION) == 0
    assert crossing(wet, ArcKind.FIBRE_DROP) == 0


def test_a_substation_is_a_pop_where_the_pack_says_so(altered):
    altered.set("power_nodes", "N3", "pop", "true")
    network = altered.build()
    entries = network.problem.heads[np.flatnonzero(network.arcs.kind == ArcKind.POP)]
    names = {str(name) for name in network.places.place_id[network.nodes.place[entries]]}
    assert names == {"locality:T01", "substation:N3"}


def test_a_pop_at_a_substation_enters_there_and_a_pop_of_its_own_on_its_spot(altered):
    altered.append("pops", ["POP2", "Exchange", "exchange", -98.70, 18.89, "", "", "", "false"])
    altered.append("pops", ["POP3", "Yard", "substation", -98.689, 18.882, "", "N3", "", "false"])
    network = altered.build()
    entries = network.problem.heads[np.flatnonzero(network.arcs.kind == ArcKind.POP)]
    names = {str(name) for name in network.places.place_id[network.nodes.place[entries]]}
    assert names == {"locality:T01", "locality:pop-POP2", "substation:N3"}


def test_a_pop_at_the_joint_of_a_line_enters_on_its_own_spot(altered):
    """Fibre on a line is spliced at substations only; a PoP that stands at a joint has its own building."""
    altered.append("pops", ["POP2", "Hut", "exchange", -98.73, 18.87, "", "N2", "", "false"])
    network = altered.build()
    entries = network.problem.heads[np.flatnonzero(network.arcs.kind == ArcKind.POP)]
    assert (network.nodes.kind[entries] == NodeKind.FIBRE).all()
    names = {str(name) for name in network.places.place_id[network.nodes.place[entries]]}
    assert names == {"locality:T01", "locality:pop-POP2"}


def test_a_pop_that_is_fed_by_radio_brings_no_fibre(altered):
    path = altered.path / "pops.csv"
    header, only = path.read_text(encoding="utf-8").splitlines()
    other = "POP2,Dalia,locality,-98.6907,18.8851,T04,,,false"
    path.write_text(f"{header},medium\n{only},fibre\n{other},microwave\n", encoding="utf-8")
    network = altered.build()
    entries = network.problem.heads[np.flatnonzero(network.arcs.kind == ArcKind.POP)]
    names = {str(name) for name in network.places.place_id[network.nodes.place[entries]]}
    assert names == {"locality:T01"}
    assert (network.leaf[network.sites["locality_id"].eq("T04").to_numpy()] >= 0).all()


def test_a_pop_is_an_end_of_a_stretch_by_its_own_key(altered, network):
    assert len(between(network, "locality:T01", "locality:T02")) == 2
    altered.append("overrides", ["O2", "", "POP1", "T02", "", "must_not", "a test"])
    assert len(between(altered.build(), "locality:T01", "locality:T02")) == 0


def test_a_plant_that_the_pack_calls_a_pop_has_its_own_building(altered):
    altered.set("power_nodes", "N2", "pop", "true")
    network = altered.build()
    entries = network.problem.heads[np.flatnonzero(network.arcs.kind == ArcKind.POP)]
    names = {str(name) for name in network.places.place_id[network.nodes.place[entries]]}
    assert names == {"locality:T01", "locality:pop-N2"}
