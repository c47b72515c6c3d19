"""Equipment comes from a catalogue row and the budget closes where it should."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alcance.errors import InputError
from alcance.radio import Equipment, allowed_loss_db, free_space_loss_db, margin_db, max_range_km, received_dbm
from alcance.radio.budget import link_rate_mbps
from alcance.radio.rates import RateTable

ROW = {
    "equipment_id": "ptp58",
    "kind": "ptp",
    "band": "5.8 GHz unlicensed",
    "freq_ghz": 5.8,
    "channel_mhz": 40,
    "tx_power_dbm": 20.0,
    "antenna_gain_dbi": 29.0,
    "max_dependents": 120,
    "max_range_km": float("nan"),
    "pairs_with": None,
    "capex": 2000.0,
}
RATES = RateTable([-70.0, -60.0], [100.0, 300.0])


def test_a_row_becomes_equipment():
    radio = Equipment.from_row(ROW, RATES)
    assert radio.max_range_km is None
    assert radio.pairs_with is None
    assert radio.max_dependents == 120
    assert radio == Equipment.from_row(
        {name: str(value) for name, value in ROW.items() if name in {"equipment_id"}} | ROW, RATES
    )


def test_everything_missing_is_named_at_once():
    row = {**ROW, "freq_ghz": None, "antenna_gain_dbi": float("nan"), "tx_power_dbm": "strong"}
    with pytest.raises(InputError) as caught:
        Equipment.from_row(row, RATES)
    assert {problem.column for problem in caught.value.problems} == {"freq_ghz", "antenna_gain_dbi", "tx_power_dbm"}
    with pytest.raises(InputError, match="frequency positive"):
        Equipment.from_row({**ROW, "freq_ghz": -5.8}, RATES)


def test_the_budget_by_hand():
    """20 dBm + 29 + 29 dBi − 127.72 dB over 10 km is −49.72 dBm: 20.28 dB above −70."""
    radio = Equipment.from_row(ROW, RATES)
    loss = free_space_loss_db(10.0, 5.8)
    assert received_dbm(radio, radio, loss) == pytest.approx(-49.72, abs=0.01)
    assert margin_db(radio, radio, loss) == pytest.approx(20.28, abs=0.011)
    assert max_range_km(radio, 20.0) == pytest.approx(10 * 10 ** (0.284 / 20), rel=1e-3)


def test_the_weaker_direction_rules():
    strong = Equipment.from_row(ROW, RATES)
    weak = Equipment.from_row({**ROW, "equipment_id": "client", "tx_power_dbm": 12.0, "antenna_gain_dbi": 23.0}, RATES)
    assert allowed_loss_db(strong, weak) == allowed_loss_db(weak, strong) == 29 + 23 + 12 + 70
    assert margin_db(strong, weak, 120.0) == 14.0


@given(st.floats(0, 40), st.floats(0, 10))
def test_a_greater_margin_never_reaches_farther(fade, more):
    radio = Equipment.from_row(ROW, RATES)
    assert max_range_km(radio, fade + more) <= max_range_km(radio, fade)


@given(st.floats(0, 40))
def test_at_the_greatest_range_the_margin_is_just_there(fade):
    radio = Equipment.from_row(ROW, RATES)
    loss = free_space_loss_db(max_range_km(radio, fade), 5.8)
    assert float(margin_db(radio, radio, loss)) == pytest.approx(fade, abs=0.01)


def test_a_range_limit_of_either_radio_holds():
    radio = Equipment.from_row({**ROW, "max_range_km": 7}, RATES)
    other = Equipment.from_row({**ROW, "max_range_km": 5}, RATES)
    assert max_range_km(radio, 0.0) == 7
    assert max_range_km(radio, 0.0, partner=other) == 5


def test_radios_of_two_bands_do_not_pair():
    with pytest.raises(InputError, match="one band"):
        allowed_loss_db(
            Equipment.from_row(ROW, RATES), Equipment.from_row({**ROW, "equipment_id": "lte", "freq_ghz": 0.7}, RATES)
        )
    with pytest.raises(InputError, match="fade margin"):
        max_range_km(Equipment.from_row(ROW, RATES), np.nan)


def test_more_signal_carries_more_and_the_weaker_way_rules():
    radio = Equipment.from_row(ROW, RATES)
    quiet = Equipment.from_row({**ROW, "tx_power_dbm": 12.0}, RATES)
    loss_db = 20.0 + 29 + 29 + np.array([60.0, 60.01, 70.0, 70.01])
    assert link_rate_mbps(radio, radio, loss_db, 0.0).tolist() == [300.0, 100.0, 100.0, 0.0]
    assert link_rate_mbps(radio, quiet, loss_db - 8.0, 0.0).tolist() == [300.0, 100.0, 100.0, 0.0]
    assert link_rate_mbps(radio, radio, loss_db - 5.0, 5.0).tolist() == [300.0, 100.0, 100.0, 0.0]
    assert allowed_loss_db(radio, radio, least_mbps=101.0) == pytest.approx(138.0)
    assert allowed_loss_db(radio, radio, least_mbps=301.0) == -np.inf


def test_gases_shorten_the_range_to_where_they_and_free_space_take_all_there_is():
    radio = Equipment.from_row({**ROW, "freq_ghz": 60.5}, RATES)
    dry_km, wet_km = max_range_km(radio, 10.0), max_range_km(radio, 10.0, gas_db_km=15.0)
    assert wet_km < dry_km
    assert free_space_loss_db(wet_km, 60.5) + 15.0 * wet_km == pytest.approx(138.0, abs=1e-3)


@pytest.mark.parametrize("best", [14.4, 130.1, 866.7])
def test_a_rate_is_given_as_the_table_has_it_and_found_there_again(best):
    """In single precision 130.1 is more than the table's best rate, and 14.4 less than a site's need of 14.4."""
    rates = RateTable([-90.0, -80.0], [7.2, best])
    radio = Equipment("radio", "ptp", 5.8, 20.0, 29.0, rates, 10)
    rate = link_rate_mbps(radio, radio, [100.0, 165.0], 10.0)
    assert rate.tolist() == [best, 0.0]
    assert rates.sensitivity_of(rate[0]) == -80.0
