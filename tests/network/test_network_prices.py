"""Prices are what explicit yearly cash flows add up to, and the problem's arcs carry them as whole minor units."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alcance.network import ArcKind, NodeKind
from alcance.network.prices import PriceBook, annuity_factor, capital_factor

YEARS = st.integers(1, 60)
RATES = st.floats(0.0, 0.5)


def present_value(flows: dict[int, float], rate: float) -> float:
    return sum(amount / (1.0 + rate) ** year for year, amount in flows.items())


@given(YEARS, YEARS, RATES)
def test_owning_is_worth_its_purchases_less_what_is_left_at_the_end(life, horizon, rate):
    flows = dict.fromkeys(range(0, horizon, life), 1.0)
    last = max(flows)
    used = horizon - last
    flows[horizon] = flows.get(horizon, 0.0) - (life - used) / life
    assert capital_factor(life, horizon, rate) == pytest.approx(present_value(flows, rate), rel=1e-12)


@given(YEARS, RATES)
def test_running_cost_is_paid_at_the_end_of_every_year(horizon, rate):
    flows = dict.fromkeys(range(1, horizon + 1), 1.0)
    assert annuity_factor(horizon, rate) == pytest.approx(present_value(flows, rate), rel=1e-12)


@given(YEARS)
def test_without_a_discount_an_asset_costs_its_used_share_of_life(life):
    assert capital_factor(life, 10, 0.0) == pytest.approx(10 / life)


@given(st.integers(1, 40), st.integers(1, 40), st.floats(0.001, 0.3))
def test_a_longer_life_is_never_dearer(life, longer, rate):
    life, longer = sorted((life, longer))
    assert capital_factor(longer, 10, rate) <= capital_factor(life, 10, rate) + 1e-12


def catalogue_price(pack, item: str) -> float:
    """Price of an item in minor units, by explicit flows over the horizon."""
    row = pack.table("prices").set_index("item").loc[item]
    horizon, rate = int(pack.policy("horizon_years")), float(pack.policy("discount_rate"))
    life = int(row["life_years"])
    flows = dict.fromkeys(range(1, horizon + 1), float(row["opex_year"]))
    for year in range(0, horizon, life):
        flows[year] = flows.get(year, 0.0) + float(row["capex"])
    last = (horizon - 1) // life * life
    flows[horizon] -= float(row["capex"]) * (life - (horizon - last)) / life
    return present_value(flows, rate) * pack.meta.minor_per_unit


def test_the_book_prices_every_item_of_the_list_by_its_cash_flows(dear_pack):
    book = PriceBook(dear_pack)
    for item in dear_pack.table("prices")["item"]:
        assert book.of(item).price == pytest.approx(catalogue_price(dear_pack, item), rel=1e-12)


def test_every_planned_site_can_have_a_satellite_terminal_at_the_catalogue_price(network, dear_pack):
    direct = np.flatnonzero(network.arcs.kind == ArcKind.SATELLITE)
    assert set(network.problem.tails[direct]) == {network.problem.root}
    offered = set(network.problem.heads[direct].tolist())
    bought = set(dear_pack.table("overrides")["site_id"])
    for site, leaf in zip(network.sites["site_id"], network.leaf, strict=True):
        assert leaf < 0 or int(leaf) in offered, site
    assert bought <= set(network.sites["site_id"])
    expected = round(catalogue_price(dear_pack, "satellite_terminal"))
    assert set(network.arcs.price[direct].tolist()) == {expected}


def test_prices_are_whole_and_never_negative(network):
    assert network.problem.costs.dtype == np.int64
    assert network.problem.costs.min() >= 0
    assert np.array_equal(network.problem.costs, network.arcs.price)


def test_spans_cost_their_kilometres(network, dear_pack):
    book = PriceBook(dear_pack)
    for kind in (ArcKind.FIBRE_DARK, ArcKind.FIBRE_DISTRIBUTION, ArcKind.FIBRE_ROAD):
        rows = np.flatnonzero(network.arcs.kind == kind)
        assert len(rows), kind
        per_km = catalogue_price(dear_pack, kind.label)
        assert np.abs(network.arcs.price[rows] - per_km * network.arcs.length_m[rows] / 1000).max() <= 0.5 + 1e-6
    drops = np.flatnonzero(network.arcs.kind == ArcKind.FIBRE_DROP)
    expected = book.of("fibre_drop").price * network.arcs.length_m[drops] / 1000 + book.of("fibre_termination").price
    assert np.abs(network.arcs.price[drops] - expected).max() <= 0.5 + 1e-6


def test_an_arc_costs_no_more_than_any_class_that_could_be_built_there(network, dear_pack):
    """The bound stays a bound when capacity is sized and priced afterwards."""
    arcs, book, table = network.arcs, PriceBook(dear_pack), dear_pack.table("equipment")
    tower = network.places.of_kind("tower")
    assert len(tower) == 0  # else what stands there is free, and the sums below need its height
    mast = {height: book.of(f"mast_{height:.0f}").price for height in (6.0, 15.0, 30.0, 45.0)}
    station = book.of("relay_station").price
    radios = table["equipment_id"].to_numpy()
    assert set(table["kind"].to_numpy()[arcs.equipment[arcs.kind == ArcKind.PTP]]) == {"ptp"}
    cheapest: dict[tuple[int, int], int] = {}
    for row in np.flatnonzero(np.isin(arcs.kind, (ArcKind.PTP, ArcKind.PTP_END))):
        extra = mast[float(arcs.height_to_m[row])] + (station if arcs.kind[row] == ArcKind.PTP else 0.0)
        assert abs(arcs.price[row] - book.of(str(radios[arcs.equipment[row]])).price - extra) <= 0.5 + 1e-6
        between = (int(arcs.tail[row]), int(arcs.head[row]))
        # The first of links side by side is the cheapest: the one that the bound is made of.
        assert arcs.price[row] >= cheapest.setdefault(between, int(arcs.price[row]))
        assert arcs.margin_db[row] >= float(dear_pack.policy("fade_margin_db"))
    sectors = np.flatnonzero(arcs.kind == ArcKind.SECTOR)
    assert np.abs(arcs.price[sectors] - 4 * book.of("sector").price).max() <= 0.5 + 1e-6  # 90° each


def test_every_node_of_the_problem_is_named_once(network):
    names = [network.node_id(node) for node in range(network.problem.node_count)]
    assert len(set(names)) == len(names)
    assert names[network.problem.root] == "root"
    assert network.nodes.kind[network.problem.root] == NodeKind.ROOT
