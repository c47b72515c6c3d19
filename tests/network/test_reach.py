"""Areas of influence of the tiny pack against other ways to count the same."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shapely

from alcance.errors import InputError
from alcance.network.build import pack_grid
from alcance.network.prices import PriceBook
from alcance.network.reach import Reach, Rules, areas_of_influence
from alcance.network.reach.area import area_of, radius_m, two_way_rates
from alcance.network.reach.need import units_in_need
from alcance.network.reach.paths import heard_at
from alcance.network.reach.places import connections, reach_localities, reach_sites
from alcance.network.reach.stations import read_providers, read_stations
from alcance.pack import Pack, read_pack
from alcance.radio.antenna import ReferenceSector
from alcance.radio.coverage import coverage
from alcance.radio.ring import Ring

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def pack(tiny_pack) -> Pack:
    return read_pack(tiny_pack)


@pytest.fixture(scope="module")
def reach(pack) -> Reach:
    return areas_of_influence(pack)


def with_frame(pack: Pack, **tables: pd.DataFrame) -> Pack:
    return replace(pack, frames=pack.frames | tables)


def rules_of(pack: Pack, model: str = "delta_bullington") -> Rules:
    return Rules(
        6.0, float(pack.policy("fade_margin_db")), float(pack.policy("k_factor")), (2.0, 20.0, 50.0, 100.0), model
    )


def stations_of(pack: Pack):
    return read_stations(pack, read_providers(pack, None))


def test_people_and_sites_inside_the_polygons_are_those_that_cells_count(reach):
    for key, own in reach.areas.groupby("provider_id"):
        whole = shapely.union_all(own.geometry.to_numpy())
        for places, table, name in (
            (reach.all_localities, reach.localities, "locality_id"), (reach.all_sites, reach.sites, "site_id"),
        ):  # fmt: skip
            inside = shapely.contains_xy(whole, places["lon"], places["lat"])
            assert set(places.loc[inside, name]) == set(table.loc[table["provider_id"] == key, name])
        people = reach.all_localities["people"][
            shapely.contains_xy(whole, reach.all_localities["lon"], reach.all_localities["lat"])
        ].sum()
        facts = reach.facts.set_index("provider_id").loc[key]
        assert facts["people"] == people > 0
        assert facts["area_km2"] == pytest.approx(own["area_km2"].sum(), abs=1e-3)


def test_the_rate_of_a_place_is_that_of_its_cell_in_the_coverage_of_its_tower_alone(reach, pack):
    stations = {station.tower_id: station for station in stations_of(pack)}
    margin_db = reach.rules.fade_margin_db
    for row in reach.sites.to_dict("records"):
        station = stations[row["tower_id"]]
        covered = coverage(
            reach.grid, station.tower, station.transmitter, replace(station.receiver, rates=two_way_rates(station)),
            receiver_height_m=6.0, radius_m=radius_m(station, margin_db), classes_mbps=(2.0,), fade_margin_db=margin_db,
            model="delta_bullington", k_factor=reach.rules.k_factor, gaps="no_data",
        )  # fmt: skip
        at = (
            round((covered.north - row["lat"]) / covered.step_lat_deg),
            round((row["lon"] - covered.west) / covered.step_lon_deg),
        )
        assert covered.rate_mbps[at] == row["rate_mbps"]
        weakest = float(two_way_rates(station).thresholds(margin_db)[0][0])
        assert row["margin_db"] == pytest.approx(covered.received_dbm[at] - weakest, abs=0.011)
        assert row["margin_db"] >= 0


def test_the_areas_of_providers_together_are_the_area_of_all_towers(pack):
    grid, stations, rules = pack_grid(pack), stations_of(pack), rules_of(pack)
    localities = reach_localities(pack)
    lon, lat = localities["lon"].to_numpy(float), localities["lat"].to_numpy(float)
    whole = area_of(grid, stations, list(range(len(stations))), lon, lat, rules)
    union = np.zeros_like(whole.service_class)
    served = np.zeros(len(lon), bool)
    for key in ("W1", "W2"):
        own = area_of(grid, stations, [n for n, s in enumerate(stations) if s.provider_id == key], lon, lat, rules)
        top, left = own.row0 - whole.row0, own.col0 - whole.col0
        part = union[top : top + own.service_class.shape[0], left : left + own.service_class.shape[1]]
        np.maximum(part, own.service_class, out=part)
        served |= own.heard.served
    assert (union == whole.service_class).all()
    assert (served == whole.heard.served).all()


@pytest.mark.parametrize("model", ["free_space", "bullington", "delta_bullington"])
def test_a_higher_mast_loses_no_cell_but_by_the_pattern_and_the_last_hundredths(pack, model):
    """Diffraction never grows with the mast; the beam's tilt and the longer way change some tenths of a dB."""
    grid, rules = pack_grid(pack), rules_of(pack, model)
    station = next(s for s in stations_of(pack) if s.tower_id == "W1-1")
    wide = ReferenceSector(17.0, 0.0, 90.0, vertical_beamwidth_deg=22.0)
    around = Ring(wide, (0.0, 90.0, 180.0, 270.0))
    received = []
    for height_m in (15.0, 30.0, 45.0):
        tower = replace(station.tower, height_m=height_m, pattern=around)
        received.append(
            coverage(
                grid, tower, station.transmitter, replace(station.receiver, rates=two_way_rates(station)),
                receiver_height_m=6.0, radius_m=6_000.0, classes_mbps=rules.classes_mbps, fade_margin_db=10.0,
                model=model, k_factor=rules.k_factor, gaps="no_data",
            )
        )  # fmt: skip
    for low, high in pairwise(received):
        lost = (low.rate_mbps > 0) & (high.rate_mbps == 0)
        assert not (low.received_dbm[lost] - high.received_dbm[lost] > 0.5).any()
        assert (high.rate_mbps > 0).sum() >= (low.rate_mbps > 0).sum() - lost.sum()


def test_single_paths_tell_what_the_disc_tells(pack, reach):
    """At some 200 places one profile each and the radial method agree on whether there is service."""
    grid, rules = pack_grid(pack), rules_of(pack)
    rng = np.random.default_rng(5)
    agree = total = 0
    for number, station in enumerate(stations := stations_of(pack)):
        lon = station.tower.lon + rng.uniform(-0.03, 0.03, 80)
        lat = np.clip(station.tower.lat + rng.uniform(-0.03, 0.03, 80), 18.83, 18.97)
        disc = area_of(grid, stations, [number], lon, lat, rules).heard.served
        single = heard_at(grid, station, station.tower.height_m, lon, lat, rules)
        agree, total = agree + int((disc == single).sum()), total + len(lon)
        assert disc.any()
        assert not disc.all()
    assert agree >= 0.97 * total


def test_a_sector_hears_back_what_it_serves(pack):
    station = stations_of(pack)[0]
    rates = two_way_rates(station)
    # The client sends 10 dB less than the sector: the weakest signal back is −91 dBm, so −81 dBm must arrive.
    assert rates.sensitivity_dbm.tolist() == [-81.0, -76.0]
    assert rates.rate_mbps.tolist() == [40.0, 100.0]
    strong = replace(station, receiver=replace(station.receiver, tx_power_dbm=40.0))
    assert two_way_rates(strong) is strong.receiver.rates


def test_a_ring_hears_the_sector_that_points_nearest():
    north = ReferenceSector(17.0, 0.0, 90.0, downtilt_deg=3.0)
    pointings = (10.0, 130.0, 250.0)
    rng = np.random.default_rng(2)
    azimuth, elevation = rng.uniform(-180, 180, 2_000), rng.uniform(-8, 5, 2_000)
    each = np.array([replace(north, azimuth_deg=turn).gain_dbi(azimuth, elevation) for turn in pointings])
    aside = np.array([np.abs((azimuth - turn + 180) % 360 - 180) for turn in pointings])
    ring = Ring(north, pointings).gain_dbi(azimuth, elevation)
    assert np.abs(ring - each[aside.argmin(axis=0), np.arange(2_000)]).max() < 1e-9
    # In the main lobe that is the best of all.
    ahead = np.abs(elevation + 3.0) < 3
    assert np.abs(ring - each.max(axis=0))[ahead].max() < 1e-9
    assert np.isnan(Ring(north, pointings).gain_dbi(np.array([np.nan]), np.array([0.0]))).all()


def test_need_is_the_neediest_fifth_of_the_people():
    admin = pd.DataFrame({"admin_id": list("ABCD"), "need_index": [0.1, 0.9, 0.5, 0.5]})
    localities = pd.DataFrame({"admin_id": list("ABCDA"), "people": [300, 100, 90, 500, 10]})
    # Of 1,000 people the fifth is 200: B holds 100, C (before D by its key) 190, D crosses it.
    assert units_in_need(localities, admin) == {"B", "C", "D"}
    assert units_in_need(localities.assign(people=[300, 200, 90, 400, 10]), admin) == {"B"}


def test_room_is_what_backhaul_and_sectors_both_allow(reach):
    towers = reach.towers.set_index("tower_id")
    busy = reach.busy_mbps
    assert towers.loc["W1-2", "capacity_left_mbps"] == pytest.approx(6 - 4 * busy)
    assert towers.loc["W1-2", "room"] == max(0, math.floor(6 / busy) - 4)
    assert towers.loc["W1-1", "capacity_left_mbps"] == pytest.approx(100 - 2 * busy)
    assert towers.loc["W1-1", "room"] == min(math.floor(100 / busy), 4 * 25) - 2
    # What is unknown stays unknown.
    assert pd.isna(towers.loc["W2-1", "capacity_left_mbps"])
    assert pd.isna(towers.loc["W2-1", "room"])
    sites = reach.sites.set_index(["provider_id", "site_id"])
    assert sites.loc["W2", "capacity_left_mbps"].isna().all()


def test_whom_to_serve_next_is_ranked_by_need_times_people_for_the_money(reach, pack):
    assert len(reach.next_sites)
    book, localities = PriceBook(pack), pack.table("localities").set_index("locality_id")
    sites = pack.table("sites").set_index("site_id")
    need = pack.table("admin").set_index("admin_id")["need_index"]
    for _, own in reach.next_sites.groupby("provider_id"):
        order = []
        for row in own.to_dict("records"):
            assert row["kind"] in {"school", "hospital", "clinic"}
            site = sites.loc[row["site_id"]]
            items = [row["equipment_id"], f"mast_{row['mast_m']:.0f}", "site_equipment"]
            price = sum(book.of(item).price for item in items) / 100
            assert row["price"] == pytest.approx(price, abs=0.01)
            people = max(localities.loc[site["locality_id"], "people"], row["users"])
            value = 1e6 * need[site["admin_id"]] * people / price
            assert row["value_per_million"] == pytest.approx(value, rel=1e-4)
            order.append((row["room"] == "no", -value, row["site_id"]))
        assert own["rank"].tolist() == list(range(1, len(own) + 1))
        assert order == sorted(order)


def test_inside_a_client_outside_a_link_that_carries_what_the_site_needs(reach):
    inside = set(zip(reach.sites["provider_id"], reach.sites["site_id"], strict=True))
    demand = reach.all_sites.set_index("site_id")["mbps"]
    for row in reach.next_sites.to_dict("records"):
        assert (row["link"] == "client") == ((row["provider_id"], row["site_id"]) in inside)
        if row["link"] == "ptp":
            assert row["rate_mbps"] >= demand[row["site_id"]]


def test_what_strengthens_is_what_is_served_then_and_not_today(reach, pack):
    """Every gain of backhaul and fibre, counted again from the tables."""
    towers = reach.towers.set_index("tower_id")
    wanted = connections(reach_sites(pack), reach_localities(pack))
    served = {
        (row["provider_id"], f"site:{row['site_id']}"): row["tower_id"] for row in reach.sites.to_dict("records")
    } | {
        (row["provider_id"], f"locality:{row['locality_id']}"): row["tower_id"]
        for row in reach.localities.to_dict("records")
    }
    told = reach.strengthen[reach.strengthen["option"].isin(["backhaul", "fibre"])]
    assert len(told)
    for row in told.to_dict("records"):
        waiting = wanted[
            [served.get((row["provider_id"], key)) == row["tower_id"] for key in wanted["place_id"]]
        ].reset_index(drop=True)
        tower = towers.loc[row["tower_id"]]
        today = int(tower["room"])
        most = int(tower["sectors"]) * 25 - int(tower["clients"])
        then = most if row["option"] == "fibre" else min(
            most, math.floor(row["backhaul_mbps"] / reach.busy_mbps) - int(tower["clients"])
        )  # fmt: skip
        gained = waiting.iloc[today:then]
        assert row["connections"] == len(gained) > 0
        assert row["people"] == gained["people"].sum()
        assert row["people_in_need"] == gained.loc[gained["in_need"], "people"].sum()
        assert row["health_sites"] == gained["health"].sum()
        assert row["people_in_need_per_million"] == pytest.approx(1e6 * row["people_in_need"] / row["price"], abs=1e-3)
    for _, own in reach.strengthen.groupby("provider_id"):
        assert own["people_in_need_per_million"].is_monotonic_decreasing


def test_a_higher_mast_gains_places_that_nobody_serves_today(reach):
    masts = reach.strengthen[reach.strengthen["option"] == "mast"]
    heights = reach.towers.set_index("tower_id")["height_m"]
    for row in masts.to_dict("records"):
        assert row["mast_m"] == min(h for h in (6.0, 15.0, 30.0, 45.0) if h > heights[row["tower_id"]])
        assert row["connections"] > 0
        assert row["tower_id"] != "W1-2"  # it has no room


def test_unreached_are_the_sites_that_are_in_no_area(reach):
    reached = set(reach.sites["site_id"])
    assert set(reach.unreached["site_id"]) == set(reach.all_sites["site_id"]) - reached
    assert (reach.unreached["nearest_km"] > 0).all()


def test_overlaps_are_counted_once_and_on_both_sides(pack):
    """A second provider with the same towers overlaps with the first on all of its area."""
    towers, providers = pack.table("towers"), pack.table("providers")
    twin = towers[towers["provider_id"] == "W1"].assign(provider_id="W3")
    twin["tower_id"] = "X" + twin["tower_id"]
    both = areas_of_influence(
        with_frame(
            pack,
            towers=pd.concat([towers.astype(object), twin.astype(object)], ignore_index=True),
            providers=pd.concat(
                [providers, providers.iloc[:1].assign(provider_id="W3", name="Twin", illustrative=False)],
                ignore_index=True,
            ),
        )
    )
    facts = both.facts.set_index("provider_id")
    row = both.overlaps.set_index(["provider_id", "other_id"]).loc[("W1", "W3")]
    assert row["area_km2"] == pytest.approx(facts.loc["W1", "area_km2"], abs=0.01)
    assert row["people"] == facts.loc["W1", "people"]
    assert row["sites"] == facts.loc["W1", "sites"]
    assert both.facts["people"].sum() > both.localities.drop_duplicates("locality_id")["people"].sum()


def test_one_provider_alone_is_what_it_is_among_all(reach, pack):
    alone = areas_of_influence(pack, "W1")
    assert [provider.provider_id for provider in alone.providers] == ["W1"]
    among = reach.facts[reach.facts["provider_id"] == "W1"].reset_index(drop=True)
    pd.testing.assert_frame_equal(alone.facts, among)
    assert alone.overlaps.empty


@pytest.mark.parametrize(
    ("change", "provider", "said"),
    [
        (lambda p: p, "W9", "no such provider; the pack has W1, W2"),
        (lambda p: with_frame(p, towers=p.table("towers").iloc[:0]), None, "need the towers of the providers"),
        (lambda p: with_frame(p, providers=p.table("providers").iloc[:0]), None, "need providers"),
        (lambda p: with_frame(p, towers=p.table("towers").iloc[:2]), "W2", "has no tower"),
        (lambda p: with_frame(p, towers=p.table("towers").assign(equipment_id=None)), None, "has no radio"),
        (lambda p: with_frame(p, towers=p.table("towers").assign(height_m=np.nan)), None, "has no height"),
        (lambda p: with_frame(p, towers=p.table("towers").assign(equipment_id="ptp_long")), None, "no sector"),
    ],
)  # fmt: skip
def test_what_cannot_be_computed_is_said(pack, change, provider, said):
    with pytest.raises(InputError, match=said):
        areas_of_influence(change(pack), provider)


@pytest.mark.parametrize(
    ("options", "said"), [({"model": "tea_leaves"}, "model"), ({"client_height_m": 0.0}, "client")]
)
def test_a_parameter_out_of_its_range_is_said(pack, options, said):
    with pytest.raises(InputError, match=said):
        areas_of_influence(pack, **options)


def test_the_example_of_the_documentation_runs(monkeypatch):
    monkeypatch.chdir(REPOSITORY)
    page = (REPOSITORY / "docs" / "reach.md").read_text(encoding="utf-8")
    example = page.split("```python\n")[1].split("```")[0]
    exec(compile(example, "docs/reach.md", "exec"), {})
