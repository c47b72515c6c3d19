"""Many addresses at once are told what a close look at each with each tower tells."""

from __future__ import annotations

import numpy as np
import pytest

from alcance.errors import InputError
from alcance.radio import Air, Doubt, Equipment, design
from alcance.radio.antenna import ReferenceSector
from alcance.radio.prequalify import STATES, VERDICTS, Demand, Station, prequalify
from alcance.radio.rates import RateTable
from alcance.terrain import Grid

RATES = RateTable([-90.0, -80.0, -72.0], [10.0, 40.0, 65.0])
SECTOR = Equipment("sector", "sector", 5.8, 19.0, 17.0, RATES, 25, max_range_km=12.0, pairs_with="client")
CLIENT = Equipment("client", "client", 5.8, 9.0, 27.0, RATES, 1, max_range_km=12.0, pairs_with="sector")
AIR = Air(330.0, 45.0, 50.0, 2)
CLASSES = (6.0, 15.0, 30.0, 45.0)
PLACES = [(-98.717, 18.928, 30.0), (-98.78, 18.86, 15.0), (-98.65, 18.90, 45.0), (-98.70, 18.83, 30.0)]
STATIONS = [Station(f"T{n}", *place, SECTOR, CLIENT) for n, place in enumerate(PLACES)]


def verdicts(found):
    return [VERDICTS[index] for index in found.verdict]


@pytest.fixture(scope="module")
def addresses():
    rng = np.random.default_rng(5)
    return rng.uniform(-98.82, -98.60, 60), rng.uniform(18.80, 18.98, 60), rng.choice([3.0, 6.0, 10.0], 60)


def brute(volcano, lon, lat, height_m, demand):
    """Judge one address by a close look at every tower: the verdict's rank, the mast, and minus the rate."""
    best = (9, 0.0, 0.0)
    for station in STATIONS:
        ends = (station.lon, station.lat, station.height_m, lon, lat)
        asked = {"near": SECTOR, "far": CLIENT, "fade_margin_db": demand.fade_margin_db, "air": AIR}

        def look(height, ends=ends, asked=asked):
            report = design(volcano, *ends, height, 5.8, **asked)
            ways = (report.budget.outward.best, report.budget.inward.best)
            return report, min(0.0 if way is None else way.rate_mbps for way in ways)

        report, rate = look(height_m)
        if report.length_m > 12_000:
            continue
        served = rate >= demand.least_mbps > 0
        if report.state == "clear":
            rank = (0, 0.0, -rate) if served else (2, 0.0, -rate)
        else:
            enough = [h for h in CLASSES if h >= report.far.required_height_m]
            if enough and report.far.required_height_m <= CLASSES[-1]:
                _, raised = look(enough[0])
                rank = (1, enough[0], -raised) if raised >= demand.least_mbps else (2, 0.0, -raised)
            else:
                rank = (3, 0.0, -rate)
        best = min(best, rank)
    return best


def test_the_batch_says_what_a_close_look_says(volcano, addresses):
    demand = Demand(10.0, 10.0)
    found = prequalify(volcano, *addresses, STATIONS, demand, air=AIR)
    seen = set()
    for n, (lon, lat, height_m) in enumerate(zip(*addresses, strict=True)):
        rank, mast, rate = brute(volcano, lon, lat, height_m, demand)
        verdict = verdicts(found)[n]
        seen.add(verdict)
        assert verdict == {0: "qualifies", 1: "with_mast", 2: "too_weak", 3: "no_sight", 9: "too_far"}[rank], n
        if rank == 1:
            assert found.height_m[n] == mast
        if rank in {0, 1}:
            assert found.rate_mbps[n] == -rate
            station = STATIONS[found.station[n]]
            report = design(
                volcano, station.lon, station.lat, station.height_m, lon, lat, found.height_m[n], 5.8, near=SECTOR,
                far=CLIENT, fade_margin_db=10.0, air=AIR,
            )  # fmt: skip
            assert report.state == "clear"
            assert found.loss_db[n] == pytest.approx(report.loss_db, abs=0.15)
            assert found.margin_db[n] == pytest.approx(report.budget.margin_db, abs=0.15)
            assert found.distance_m[n] == pytest.approx(report.length_m, abs=0.02)
            assert found.bearing_deg[n] == pytest.approx(report.far.bearing_deg, abs=1e-6)
            at_rate = [s for s in report.budget.inward.rates if s.rate_mbps == found.rate_mbps[n]]
            assert found.availability_pct[n] == pytest.approx(at_rate[0].availability.availability_pct, abs=1e-3)
    assert {"qualifies", "with_mast", "no_sight"} <= seen


def test_the_state_is_that_of_the_antenna_as_it_is(volcano, addresses):
    found = prequalify(volcano, *addresses, STATIONS, Demand(10.0))
    for n in range(0, 60, 7):
        if found.state[n] < 0:
            continue
        station = STATIONS[found.station[n]]
        ends = (station.lon, station.lat, station.height_m, addresses[0][n], addresses[1][n], addresses[2][n])
        assert STATES[found.state[n]] == design(volcano, *ends, 5.8).state


def test_the_order_of_addresses_and_towers_does_not_matter(volcano, addresses):
    found = prequalify(volcano, *addresses, STATIONS, Demand(10.0, 10.0), air=AIR)
    turned = prequalify(volcano, *(column[::-1] for column in addresses), STATIONS[::-1], Demand(10.0, 10.0), air=AIR)
    assert (found.verdict == turned.verdict[::-1]).all()
    np.testing.assert_array_equal(found.rate_mbps, turned.rate_mbps[::-1])
    assert [STATIONS[k].station_id for k in found.station] == [
        STATIONS[::-1][k].station_id for k in turned.station[::-1]
    ]
    again = prequalify(volcano, *addresses, STATIONS, Demand(10.0, 10.0), air=AIR)
    assert all(
        getattr(found, name).tobytes() == getattr(again, name).tobytes() for name in ("loss_db", "availability_pct")
    )


def test_asking_for_more_never_qualifies_more(volcano, addresses):
    few = [
        (prequalify(volcano, *addresses, STATIONS, Demand(10.0, mbps)).verdict <= 1).sum()
        for mbps in (0, 10, 40, 65, 99)
    ]
    assert few == sorted(few, reverse=True)
    assert few[0] > 0 == few[-1]
    easy, hard = (
        prequalify(volcano, *addresses, STATIONS, Demand(5.0, 10.0, target), air=AIR) for target in (99.0, 99.9999)
    )
    assert (hard.verdict >= easy.verdict).all()
    served = hard.verdict <= 1
    assert (hard.availability_pct[served] >= 99.9999).all()


def test_far_and_unknown_places_are_told_of_and_spoil_nothing(volcano):
    ground = volcano.ground_m.copy()
    ground[220:224, :] = np.nan  # a river without data across the map
    holed = Grid(ground, volcano.west, volcano.north, volcano.step_lon_deg, volcano.step_lat_deg)
    gap_lat = volcano.north - 222 * volcano.step_lat_deg
    tower = [Station("T", -98.717, 18.928, 30.0, SECTOR, CLIENT)]
    lon = np.array([-98.72, -98.72, -98.72, 10.0])
    lat = np.array([18.92, gap_lat, gap_lat + 0.01, 50.0])
    far = Demand(10.0)
    found = prequalify(holed, lon, lat, np.full(4, 20.0), tower, far)
    whole = prequalify(volcano, lon[:1], lat[:1], np.array([20.0]), tower, far)
    assert verdicts(found)[0] == verdicts(whole)[0]
    assert found.loss_db[0] == whole.loss_db[0]
    assert verdicts(found)[1:] == ["no_ground", "no_ground", "no_ground"]
    near = prequalify(volcano, np.array([-98.60]), np.array([18.80]), np.array([6.0]), tower, far)
    assert verdicts(near) == ["too_far"]
    assert near.distance_m[0] > 12_000


def test_a_sector_that_points_away_serves_less(volcano, addresses):
    def towers(azimuth):
        pattern = ReferenceSector(17.0, azimuth, 90.0)
        return [Station("T", *PLACES[0], SECTOR, CLIENT, pattern)]

    lon, lat = np.array([-98.717]), np.array([18.905])  # south of the tower
    south, north = (
        prequalify(volcano, lon, lat, np.array([30.0]), towers(azimuth), Demand(5.0)) for azimuth in (180.0, 0.0)
    )
    assert south.loss_db[0] == north.loss_db[0]
    assert south.margin_db[0] > north.margin_db[0] + 8


def test_a_radio_that_needs_no_sight_serves_behind_a_hill(volcano):
    low = Equipment("lte", "sector", 0.7, 43.0, 15.0, RATES, 100, max_range_km=30.0)
    lon, lat, height = np.array([-98.70]), np.array([18.90]), np.array([6.0])
    tower = (-98.70, 18.92, 30.0)
    blocked = prequalify(volcano, lon, lat, height, [Station("T", *tower, low, low)], Demand(8.0))
    bends = prequalify(volcano, lon, lat, height, [Station("T", *tower, low, low, needs_sight=False)], Demand(8.0))
    assert STATES[blocked.state[0]] == "blocked"
    assert verdicts(blocked) == ["no_sight"]
    assert verdicts(bends) == ["qualifies"]
    assert bends.loss_db[0] == design(volcano, *tower, -98.70, 18.90, 6.0, 0.7).loss_db


def test_the_chance_falls_with_the_error_of_the_ground(volcano, addresses):
    small, large = (
        prequalify(volcano, *addresses, STATIONS, Demand(10.0), doubt=Doubt(sigma, 100.0)) for sigma in (1.0, 10.0)
    )
    served = small.verdict <= 1
    assert (small.chance[served] >= large.chance[served] - 1e-3).all()
    assert small.chance[served].mean() > large.chance[served].mean()


@pytest.mark.parametrize(
    ("heights", "stations", "demand", "named"),
    [
        ([0.0], STATIONS, Demand(10.0), "height_m"),
        ([float("nan")], STATIONS, Demand(10.0), "height_m"),
        ([6.0], [], Demand(10.0), "no tower"),
        ([6.0], [Station("T", -98.7, 18.9, 0.0, SECTOR, CLIENT)], Demand(10.0), "more than 0"),
        ([6.0], STATIONS, Demand(10.0, -1.0), "rate"),
        ([6.0], STATIONS, Demand(10.0, 0.0, 101.0), "availability"),
        ([6.0], STATIONS, Demand(10.0, classes_m=(15.0, 6.0)), "ascend"),
        ([6.0], STATIONS, Demand(float("nan")), "fade margin"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(volcano, heights, stations, demand, named):
    with pytest.raises(InputError, match=named):
        prequalify(volcano, np.array([-98.7]), np.array([18.9]), np.array(heights), stations, demand)
