"""The radio hops offered are clear when looked at one by one, and their masts no higher than they must be."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from alcance.network import HEIGHT_CLASSES_M, ArcKind, pack_grid
from alcance.network.prices import PriceBook
from alcance.network.radios import point_to_point_classes
from alcance.network.sight import SightRule
from alcance.pack import read_pack
from alcance.radio import design, free_space_loss_db, p530, received_dbm
from alcance.radio.confidence import sight_confidence
from alcance.terrain import great_circle_m, profiles

HOPS = (ArcKind.PTP, ArcKind.PTP_END, ArcKind.CLIENT)


@pytest.fixture(scope="module")
def grid(dear_pack):
    return pack_grid(dear_pack)


def sample(rows: np.ndarray, count: int) -> list[int]:
    return rows[np.unique(np.linspace(0, len(rows) - 1, count).astype(int))].tolist()


def next_lower(height_m: float) -> list[float]:
    """The class below, if there is one."""
    position = HEIGHT_CLASSES_M.index(height_m)
    return [HEIGHT_CLASSES_M[position - 1]] if position else []


def ends_of(network, rows):
    """Places at the two ends of hops."""
    return (network.nodes.place[end[rows]] for end in (network.problem.tails, network.problem.heads))


def surely_clear(network, pack, grid, row: int, near_m: float, far_m: float) -> bool:
    """Whether a hop at some heights is clear of the ground as it stands, and as sure as the policy asks."""
    near, far = ends_of(network, row)
    # The screen draws the widest Fresnel zone of all radios, so that a hop is clear whichever is chosen.
    rule = SightRule.of(pack, grid, float(pack.table("equipment")["freq_ghz"].min()))
    places = network.places
    path = (float(places.lon[near]), float(places.lat[near]), float(places.lon[far]), float(places.lat[far]))
    looked = design(
        grid, path[0], path[1], near_m, path[2], path[3], far_m, rule.freq_ghz,
        k_factor=rule.k_factor, clearance=rule.fresnel_clearance,
    )  # fmt: skip
    sure = sight_confidence(
        profiles(grid, *path), profiles(rule.error_sigma, *path), np.array([near_m]), np.array([far_m]),
        freq_ghz=rule.freq_ghz, correlation_length_m=rule.correlation_length_m, k_factor=rule.k_factor,
        clearance=rule.fresnel_clearance,
    )  # fmt: skip
    return looked.state == "clear" and float(sure[0]) >= float(pack.policy("link_confidence"))


@pytest.mark.parametrize("kind", HOPS)
def test_hops_are_surely_clear_at_their_heights_and_not_one_class_lower(network, dear_pack, grid, arcs_of, kind):
    rows = sample(arcs_of(kind), 25)
    assert rows
    lowered = 0
    for row in rows:
        near_m, far_m = (float(column[row]) for column in (network.arcs.height_from_m, network.arcs.height_to_m))
        assert surely_clear(network, dear_pack, grid, row, near_m, far_m)
        pairs = [(near_m, lower) for lower in next_lower(far_m)] + [(lower, far_m) for lower in next_lower(near_m)]
        for pair in pairs:
            assert not surely_clear(network, dear_pack, grid, row, *pair)
            lowered += 1
    assert lowered, "the sample shows nothing of what taller masts are for"


@pytest.mark.parametrize("kind", HOPS)
def test_hops_carry_the_best_rate_whose_margin_outlasts_the_weather(network, dear_pack, arcs_of, kind):
    rows = arcs_of(kind)
    near, far = ends_of(network, rows)
    places, arcs = network.places, network.arcs
    along_m = great_circle_m(places.lon[near], places.lat[near], places.lon[far], places.lat[far])
    assert np.abs(arcs.length_m[rows] - along_m).max() < 0.01
    table, radios = dear_pack.table("equipment"), dear_pack.radios()
    air = dear_pack.meta.radio
    climate = p530.Climate(
        (dear_pack.meta.bounds[1] + dear_pack.meta.bounds[3]) / 2, air.rain_001_mm_h.value,
        dn1=p530.dn1_of_lapse(air.delta_n.value),
    )  # fmt: skip
    need_mbps = dict(zip(network.sites["place"], network.sites["mbps"], strict=True))
    for row in sample(rows, 25):
        radio = radios[str(table["equipment_id"].iloc[int(arcs.equipment[row])])]
        partner = radios[str(radio.pairs_with)]
        near, far = ends_of(network, row)
        distance_km = arcs.length_m[row] / 1000
        asked_db = p530.required_margin_db(
            distance_km, radio.freq_ghz, places.ground_m[near] + arcs.height_from_m[row],
            places.ground_m[far] + arcs.height_to_m[row], float(dear_pack.policy("availability_pct")), climate,
        )  # fmt: skip
        asked_db = max(float(asked_db), float(dear_pack.policy("fade_margin_db")))
        assert arcs.margin_db[row] >= asked_db - 0.01
        gases_db = 0.02 * distance_km
        free_db = float(free_space_loss_db(distance_km, radio.freq_ghz))
        steps = dict(zip(radio.rates.rate_mbps.tolist(), radio.rates.sensitivity_dbm.tolist(), strict=True))
        straight_db = min(
            float(received_dbm(one, other, free_db)) - steps[round(float(arcs.rate_mbps[row]), 3)]
            for one, other in ((radio, partner), (partner, radio))
        )
        # A sector antenna does not point at each of its clients.
        assert straight_db - (30.0 if kind == ArcKind.CLIENT else gases_db) <= arcs.margin_db[row] <= straight_db + 0.02
        faster = [sensitivity for rate, sensitivity in steps.items() if rate > arcs.rate_mbps[row] + 1e-3]
        if faster:
            step_db = min(faster) - steps[round(float(arcs.rate_mbps[row]), 3)]
            assert arcs.margin_db[row] - step_db < asked_db
        if kind != ArcKind.PTP:
            assert arcs.rate_mbps[row] >= need_mbps[far]
        limit_km = table["max_range_km"].iloc[int(arcs.equipment[row])]
        assert not arcs.length_m[row] > 1000 * limit_km


def test_wider_links_stand_beside_the_cheapest_and_carry_more(network, dear_pack):
    arcs, trunk = network.arcs, np.flatnonzero(network.arcs.kind == ArcKind.PTP)
    beside = trunk[1:][
        (arcs.tail[trunk[1:]] == arcs.tail[trunk[:-1]]) & (arcs.head[trunk[1:]] == arcs.head[trunk[:-1]])
    ]
    assert len(beside)
    limit = network.max_dependents
    assert (limit[beside] > limit[beside - 1]).all()
    assert (arcs.price[beside] >= arcs.price[beside - 1]).all()
    busy_mbps = float(dear_pack.policy("site_busy_mbps"))
    carried = np.minimum(np.floor(arcs.rate_mbps[trunk] / busy_mbps), float(dear_pack.policy("relay_max_dependents")))
    assert (limit[trunk] <= carried).all()
    assert (limit[trunk] >= 1).all()


def test_rates_that_are_no_binary_fraction_carry_every_site_they_are_enough_for(altered):
    """50 × 2.608 Mbit/s is 130.4 Mbit/s, whatever the precision in which rates are held."""
    path = altered.path / "rates.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("5/6,-76,100", "5/6,-76,130.4"), encoding="utf-8")
    network = altered.build(site_busy_mbps=2.608)
    trunk = np.flatnonzero((network.arcs.kind == ArcKind.PTP) & (network.arcs.rate_mbps == 130.4))
    assert len(trunk)
    assert (network.max_dependents[trunk] == 50).all()
    assert np.isfinite(network.arcs.margin_db[trunk]).all()


@pytest.mark.parametrize("freq_ghz", ["0.5", "5.8"])
def test_gases_are_counted_where_their_model_reaches_down_to(altered, freq_ghz):
    for table, old, new in (
        ("equipment", "fixed links,5.8,", f"fixed links,{freq_ghz},"),
        ("bands", "fixed links,5.725,", "fixed links,0.4,"),
    ):
        path = altered.path / f"{table}.csv"
        path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    pack = read_pack(altered.path)
    for link in point_to_point_classes(pack, PriceBook(pack)):
        assert (link.gas_db_km > 0) == (float(freq_ghz) >= 1)


def test_a_tower_that_stands_already_is_free_up_to_its_height(altered, network, dear_pack):
    path = altered.path / "towers.csv"
    path.write_text(
        "tower_id,lon,lat,height_m,available\nW1,-98.7496,18.9200,35,true\nW2,-98.7000,18.8900,40,false\n",
        encoding="utf-8",
    )
    with_tower = altered.build()
    places = with_tower.places
    assert {str(key) for key in places.place_id[places.of_kind("tower")]} == {"tower:W1"}
    (tower,) = places.of_kind("tower")
    at_tower = np.flatnonzero(with_tower.nodes.place[with_tower.problem.heads] == tower)
    kinds = with_tower.arcs.kind[at_tower]
    climbs = at_tower[kinds == ArcKind.MAST_UP]
    assert (with_tower.arcs.price[climbs] == 0).all()
    # Antennas hang at 6, 15 and 30 m; nobody adds a mast of 45 m to a tower of 35 m.
    heights = with_tower.nodes.height_class[with_tower.nodes.place == tower]
    assert set(heights[heights >= 0].tolist()) <= {0, 1, 2}
    (entry,) = at_tower[kinds == ArcKind.MAST]
    assert with_tower.arcs.price[entry] == round(PriceBook(dear_pack).of("relay_station").price)
    assert with_tower.arcs.price[entry] < network.arcs.price[network.arcs.kind == ArcKind.MAST].min()


DIGEST = """
import sys
from pathlib import Path
from alcance.network import build_network
from alcance.pack import read_pack
from alcance.plan import Scenario
from alcance.plan.problem_arrays import problem_arrays
from alcance.plan.folder import arrays_digest
pack = Scenario({"satellite_terminal": 3.0}).apply(read_pack(Path(sys.argv[1])))
print(arrays_digest(problem_arrays(build_network(pack))))
"""


def test_two_processes_build_the_same_arrays(tiny_pack, network):
    """Whatever the seed by which a process orders its sets and dictionaries of text."""
    from alcance.plan.folder import arrays_digest
    from alcance.plan.problem_arrays import problem_arrays

    digests = {arrays_digest(problem_arrays(network))}
    for seed in ("1", "2"):
        ran = subprocess.run(
            [sys.executable, "-c", DIGEST, str(tiny_pack)],
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONHASHSEED": seed},
        )
        digests.add(ran.stdout.strip())
    assert len(digests) == 1


def test_building_a_network_leaves_the_pack_as_it_was(tiny_pack):
    from alcance.network import build_network
    from alcance.pack import read_pack

    pack = read_pack(tiny_pack)
    before = {name: frame.copy() for name, frame in pack.frames.items()}
    build_network(pack)
    for name, frame in before.items():
        assert frame.equals(pack.frames[name]), name
