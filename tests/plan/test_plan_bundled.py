"""The plan of the bundled pack is sensible, and moves with its prices the way it must."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from alcance.pack import read_pack
from alcance.plan import Scenario, make_plan, write_plan
from alcance.plan.verify import verify_folder

EFFORT = {"moves_per_terminal": "5"}  # a tenth of a minute's solving: enough to see the mix
FILES = ("sites.parquet", "edges.parquet", "nodes.parquet", "profiles.parquet", "problem.npz", "certificate.npz")
LIMITED = ("ptp", "sector", "gateway", "rack")


@pytest.fixture(scope="module")
def pack(bundled_pack):
    return read_pack(bundled_pack)


@pytest.fixture(scope="module")
def elsewhere(bundled_pack, tmp_path_factory):
    """The same plan, made meanwhile by a process with another hash seed and one thread."""
    path = tmp_path_factory.mktemp("elsewhere") / "plan"
    program = (
        "import sys; from pathlib import Path; from alcance.pack import read_pack;"
        "from alcance.plan import Scenario, make_plan, write_plan;"
        "write_plan(make_plan(read_pack(Path(sys.argv[1])), "
        "scenario=Scenario({'satellite_terminal': 1.0}, {'moves_per_terminal': '5'})), Path(sys.argv[2]))"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "99", "NUMBA_NUM_THREADS": "1"}
    with subprocess.Popen([sys.executable, "-c", program, str(bundled_pack), str(path)], env=environment) as process:
        yield process, path
        process.kill()


@pytest.fixture(scope="module")
def plans(pack, elsewhere):
    """Plans by the factor on what a satellite terminal costs."""
    return {
        factor: make_plan(pack, scenario=Scenario({"satellite_terminal": factor}, EFFORT)) for factor in (0.5, 1.0, 2.0)
    }


@pytest.fixture(scope="module")
def folder(plans, tmp_path_factory):
    path = tmp_path_factory.mktemp("bundled") / "plan"
    write_plan(plans[1.0], path)
    return path


def test_every_inhabited_locality_hospital_and_field_school_is_in_it(plans, pack):
    sites = plans[1.0].tables.sites
    assert len(sites) == len(pack.table("sites")) == 11_318
    assert sites["technology"].notna().all()
    assert plans[1.0].summary["people"] == pack.table("localities")["people"].sum()
    assert plans[1.0].summary["people_left_out"] == 0


def test_at_least_three_technologies_carry_three_in_a_hundred_sites(plans):
    counts = plans[1.0].tables.sites["technology"].value_counts()
    assert (counts.drop("existing") >= 0.03 * counts.sum()).sum() >= 3


def test_a_dearer_satellite_serves_fewer_and_makes_the_plan_dearer(plans):
    satellites = {factor: plan.summary["technologies"]["satellite"] for factor, plan in plans.items()}
    assert satellites[0.5] > 1.2 * satellites[1.0]
    assert satellites[1.0] > 1.2 * satellites[2.0]
    for figure in ("cost", "lower_bound"):
        amounts = [plans[factor].summary[figure] for factor in (0.5, 1.0, 2.0)]
        assert amounts == sorted(amounts)
        assert amounts[0] < amounts[1] < amounts[2]
    # Twice the fee cannot more than double the cost: the same plan would still stand.
    assert plans[2.0].summary["lower_bound"] <= 2 * plans[1.0].summary["cost"]
    assert plans[1.0].summary["lower_bound"] <= 2 * plans[0.5].summary["cost"]


@pytest.mark.parametrize("factor", [0.5, 1.0, 2.0])
def test_the_proven_bound_lies_below_the_plan(plans, factor):
    summary = plans[factor].summary
    assert 0 < summary["shared_cost"] < summary["lower_bound"] <= min(summary["cost"], summary["tree_cost"])
    assert 0 < summary["plan_gap"] < 0.6
    assert summary["cost_avoidable"] >= summary["plan_gap"]


@pytest.mark.parametrize("factor", [0.5, 1.0, 2.0])
def test_no_relay_is_over_its_limit(plans, factor):
    edges = plans[factor].tables.edges
    limited = edges[edges["kind"].isin(LIMITED)]
    assert len(limited) > 50
    assert limited["max_dependents"].notna().all()
    assert (limited["sites_below"] <= limited["max_dependents"]).all()
    assert (limited["dependents"] == limited["sites_below"]).all()
    assert edges.loc[~edges["kind"].isin(LIMITED), "max_dependents"].isna().all()


def test_some_sites_had_to_move_for_that(plans):
    """Else the test above shows nothing."""
    assert max(plan.summary["sites_crowded_out"] for plan in plans.values()) > 0
    moved = plans[2.0].tables.sites["reason"].eq("reassigned_full").sum()
    assert moved == plans[2.0].summary["sites_crowded_out"]


@pytest.mark.parametrize("factor", [0.5, 1.0, 2.0])
def test_no_hop_is_longer_and_no_site_further_than_allowed(plans, pack, factor):
    tables = plans[factor].tables
    links = tables.edges[tables.edges["kind"].isin(["ptp", "ptp_end", "client"])]
    assert len(links) > 1000
    assert links["length_m"].max() <= 1000 * float(pack.policy("max_ptp_km"))
    reach = pack.table("equipment").set_index("equipment_id")["max_range_km"].dropna()
    reach_m = 1000 * links["equipment_id"].map(reach).fillna(np.inf)
    assert (links["length_m"] <= reach_m + 0.01).all()
    assert (links["margin_db"] >= 0).all()
    assert tables.sites["hops"].max() <= pack.policy("max_hops")
    assert tables.edges["hop"].max() <= pack.policy("max_hops")


def test_fibre_follows_lines_and_roads(plans, pack):
    edges = plans[1.0].tables.edges
    drops = edges[edges["kind"] == "fibre_drop"]
    slope = 1.5  # a drop is no further than the policy on the map; over the ground it is a little longer
    assert drops["length_m"].max() <= slope * 1000 * float(pack.policy("max_drop_km"))
    inferred = edges[edges["inferred"]]
    assert set(inferred["kind"]) == {"fibre_distribution"}
    assert inferred["length_m"].max() <= 1000 * float(pack.policy("max_inferred_span_km"))
    assert edges.loc[edges["kind"] == "fibre_distribution", "inferred"].all()


def test_remote_hamlets_get_a_satellite_and_neighbours_share_a_sector(plans, pack):
    from pyproj import Transformer
    from scipy.spatial import cKDTree

    sites = plans[1.0].tables.sites
    homes = sites[sites["people"] > 0]
    to_metres = Transformer.from_crs("EPSG:4326", pack.meta.metric_crs, always_xy=True)
    xy_m = np.column_stack(to_metres.transform(homes["lon"], homes["lat"]))
    away_m = pd.Series(cKDTree(xy_m).query(xy_m, k=6)[0][:, 5], index=homes.index)  # to the fifth neighbour
    median_m = away_m.groupby(homes["technology"]).median()
    assert median_m["satellite"] > 1.2 * median_m["ptmp"]
    assert median_m["satellite"] > 1.2 * median_m["fibre"]


def test_every_site_says_how_why_and_at_what_share(plans):
    sites = plans[1.0].tables.sites
    planned = sites[sites["technology"] != "existing"]
    assert (planned["upstream"].str.len() >= 1).all()
    assert (planned["cost_share"] > 0).all()
    assert planned["reason"].ne("").all()
    assert set(planned["reason"]) >= {"cheapest", "satellite_cheaper"}
    assert planned["cost_share"].sum() == pytest.approx(plans[1.0].summary["cost"], rel=1e-6)


def test_the_tiers_show_what_the_last_hamlets_cost(plans):
    tiers = plans[1.0].summary["tiers"]
    assert [tier["min_people"] for tier in tiers] == [0, 10, 50, 100]
    costs = [tier["cost"] for tier in tiers]
    assert costs == sorted(costs, reverse=True)
    per_person = [tier["cost_per_person"] for tier in tiers]
    assert per_person == sorted(per_person, reverse=True)
    assert tiers[0]["cost_per_last_person"] > tiers[0]["cost_per_person"]


def test_it_passes_its_own_verification(folder):
    assert verify_folder(folder).failures == []


def test_another_process_gives_the_same_bytes(folder, elsewhere):
    process, other = elsewhere
    assert process.wait(600) == 0
    for name in FILES:
        assert (other / name).read_bytes() == (folder / name).read_bytes(), name
    first, second = (json.loads((path / "summary.json").read_text()) for path in (folder, other))
    assert first.pop("seconds").keys() == second.pop("seconds").keys()
    assert first == second


def test_changing_a_scenario_leaves_the_pack_as_it_was(pack, plans):
    """Three scenarios later the catalogue is still that of the file."""
    prices = pack.table("prices").set_index("item")
    again = read_pack(pack.path).table("prices").set_index("item")
    pd.testing.assert_frame_equal(prices, again)
    assert plans[2.0].summary["scenario"]["price_factors"] == {"satellite_terminal": 2.0}
