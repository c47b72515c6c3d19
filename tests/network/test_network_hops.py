"""The radio hops offered are clear when looked at one by one, and their masts no higher than they must be."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from alcance.network import HEIGHT_CLASSES_M, ArcKind, pack_grid
from alcance.network.prices import PriceBook
from alcance.radio import Equipment, design, free_space_loss_db, margin_db
from alcance.terrain import great_circle_m

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


def look(network, pack, grid, row: int, near_m: float, far_m: float):
    """The hop looked at closely, at some heights."""
    near, far = (network.nodes.place[end[row]] for end in (network.problem.tails, network.problem.heads))
    # The screen draws the widest Fresnel zone of all radios, so that a hop is clear whichever is chosen.
    freq_ghz = float(pack.table("equipment")["freq_ghz"].min())
    places = network.places
    return design(
        grid,
        float(places.lon[near]),
        float(places.lat[near]),
        near_m,
        float(places.lon[far]),
        float(places.lat[far]),
        far_m,
        freq_ghz,
        k_factor=float(pack.policy("k_factor")),
        clearance=float(pack.policy("fresnel_clearance")),
    )


@pytest.mark.parametrize("kind", HOPS)
def test_hops_are_clear_at_their_heights_and_not_one_class_lower(network, dear_pack, grid, arcs_of, kind):
    rows = sample(arcs_of(kind), 25)
    assert rows
    lowered = 0
    for row in rows:
        near_m, far_m = (float(column[row]) for column in (network.arcs.height_from_m, network.arcs.height_to_m))
        assert look(network, dear_pack, grid, row, near_m, far_m).state == "clear"
        pairs = [(near_m, lower) for lower in next_lower(far_m)] + [(lower, far_m) for lower in next_lower(near_m)]
        for pair in pairs:
            assert look(network, dear_pack, grid, row, *pair).state != "clear"
            lowered += 1
    assert lowered, "the sample shows nothing of what taller masts are for"


@pytest.mark.parametrize("kind", HOPS)
def test_hops_are_as_long_as_the_earth_says_and_within_reach_of_their_radios(network, dear_pack, arcs_of, kind):
    rows = arcs_of(kind)
    near, far = (network.nodes.place[end[rows]] for end in (network.problem.tails, network.problem.heads))
    places = network.places
    along_m = great_circle_m(places.lon[near], places.lat[near], places.lon[far], places.lat[far])
    assert np.abs(network.arcs.length_m[rows] - along_m).max() < 0.01
    table = dear_pack.table("equipment")
    fade_db = float(dear_pack.policy("fade_margin_db"))
    for row in sample(rows, 25):
        radio = Equipment.from_row({str(k): v for k, v in table.iloc[int(network.arcs.equipment[row])].items()})
        (other,) = table.index[table["equipment_id"] == radio.pairs_with] if radio.pairs_with else (None,)
        partner = radio if other is None else Equipment.from_row({str(k): v for k, v in table.loc[other].items()})
        loss_db = float(free_space_loss_db(network.arcs.length_m[row] / 1000, radio.freq_ghz))
        left_db = float(margin_db(partner, radio, loss_db)) - fade_db
        assert network.arcs.margin_db[row] == pytest.approx(left_db, abs=0.02)
        assert left_db >= -0.01
        limit_km = table["max_range_km"].iloc[int(network.arcs.equipment[row])]
        assert not network.arcs.length_m[row] > 1000 * limit_km


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
from alcance.plan.build import problem_arrays
from alcance.plan.folder import arrays_digest
pack = Scenario({"satellite_terminal": 3.0}).apply(read_pack(Path(sys.argv[1])))
print(arrays_digest(problem_arrays(build_network(pack))))
"""


def test_two_processes_build_the_same_arrays(tiny_pack, network):
    """Whatever the seed by which a process orders its sets and dictionaries of text."""
    from alcance.plan.build import problem_arrays
    from alcance.plan.folder import arrays_digest

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
