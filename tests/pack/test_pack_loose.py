"""Addresses and radios that a user brings are read as a pack's tables are, and every wrong row is told at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from alcance.errors import InputError
from alcance.pack.loose import read_addresses, read_radios

GOOD = "id,name,lon,lat,height_m\na,Clínica,-98.7,18.9,6\nb,,-98.75,18.92,\n"
BAD = """id;name;longitude;latitude;antenna_height
a;One;-98.70;18.90;6
b;Comma;-98,70;18.90;6
c;Far;-198.70;18.90;6
c;Below;-98.7;18.9;-3
d;;;18.9;0
e;Unknown;nan;18;
"""


def written(folder: Path, text: str, name: str = "addresses.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_addresses_in_any_delimiter_and_with_a_mark_at_the_start(tmp_path, delimiter):
    path = written(tmp_path, "\ufeff" + GOOD.replace(",", delimiter))
    frame, left_out = read_addresses(path, 4.0)
    assert left_out == []
    assert frame["address_id"].tolist() == ["a", "b"]
    assert frame["name"].tolist()[0] == "Clínica"
    assert frame["height_m"].tolist() == [6.0, 4.0]
    assert frame.index.tolist() == [2, 3]


def test_the_names_of_the_itu_are_read_and_keys_are_not_needed(tmp_path):
    frame, _ = read_addresses(written(tmp_path, "x,y\n-98.7,18.9\n-98.8,18.9\n"), 6.0)
    assert frame["lon"].tolist() == [-98.7, -98.8]
    assert frame["address_id"].tolist() == ["2", "3"]
    frame, _ = read_addresses(written(tmp_path, "poi_id,longitude,latitude,antenna_height\nq,-98.7,18.9,3\n"))
    assert frame.loc[2].tolist()[0] == "q"
    assert frame["height_m"].tolist() == [3.0]


def test_every_wrong_row_is_told_with_its_number_and_value(tmp_path):
    with pytest.raises(InputError) as caught:
        read_addresses(written(tmp_path, BAD))
    told = {(problem.row, problem.column, problem.value) for problem in caught.value.problems}
    assert told == {
        (3, "lon", "-98,70"),
        (4, "lon", "-198.70"),
        (5, "address_id", "c"),
        (5, "height_m", "-3"),
        (6, "lon", ""),
        (6, "height_m", "0"),
        (7, "lon", "nan"),
    }
    frame, left_out = read_addresses(written(tmp_path, BAD), skip_bad=True)
    assert frame["address_id"].tolist() == ["a"]
    assert len(left_out) == len(told)


def test_a_flood_of_wrong_rows_is_cut_but_none_of_them_is_kept(tmp_path):
    rows = "".join(f"{n},{'x' if n % 2 else -98.7},18.9\n" for n in range(100))
    frame, left_out = read_addresses(written(tmp_path, "id,lon,lat\n" + rows), 6.0, skip_bad=True)
    assert len(frame) == 50
    assert frame["lon"].notna().all()
    assert len(left_out) == 21


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("id,lat\na,18.9\n", "lon"),
        ("lon,lat\n", "no rows"),
        ("", "header"),
        ("lon,lat\n-98.7,18.9\n", "--height"),
        ("lon,lat,lon\n-98.7,18.9,3\n", "twice"),
    ],
)
@pytest.mark.parametrize("skip_bad", [False, True])
def test_a_table_that_is_none_is_refused(tmp_path, text, named, skip_bad):
    with pytest.raises(InputError, match=named):
        read_addresses(written(tmp_path, text), skip_bad=skip_bad)


def test_a_file_that_is_not_there_or_not_text(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        read_addresses(tmp_path / "absent.csv")
    path = tmp_path / "latin.csv"
    path.write_bytes("name,lon,lat\nClínica,-98.7,18.9\n".encode("latin-1"))
    with pytest.raises(InputError, match="UTF-8"):
        read_addresses(path, 6.0)


def test_the_radios_of_a_pack_are_radios_of_ones_own(tiny_pack):
    radios = read_radios(tiny_pack / "equipment.csv")
    assert {"ptp_long", "sector", "client"} <= set(radios)
    assert radios["sector"].pairs_with == "client"
    assert radios["ptp_long"].rates.rate_mbps.tolist() == sorted(radios["ptp_long"].rates.rate_mbps)


def test_few_columns_are_enough_for_a_radio(tmp_path):
    written(
        tmp_path,
        "equipment_id,modulation,sensitivity_dbm,capacity_mbps\nmine,QPSK,-90,10\nmine,x,-80,40\n",
        "rates.csv",
    )
    path = written(tmp_path, "equipment_id,freq_ghz,tx_power_dbm,antenna_gain_dbi\nmine,5.8,20,29\n", "mine.csv")
    radio = read_radios(path)["mine"]
    assert (radio.eirp_dbm, float(radio.rates.rate_mbps[-1])) == (49.0, 40.0)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("equipment_id,freq_ghz,tx_power_dbm,antenna_gain_dbi\nmine,5.8,20,29\nother,5.8,20,29\n", "other"),
        ("equipment_id,freq_ghz,tx_power_dbm,antenna_gain_dbi\nmine,0,20,29\n", "freq_ghz"),
        ("equipment_id,freq_ghz,tx_power_dbm\nmine,5.8,20\n", "antenna_gain_dbi"),
    ],
)
def test_a_radio_that_is_none_is_refused(tmp_path, text, named):
    written(tmp_path, "equipment_id,modulation,sensitivity_dbm,capacity_mbps\nmine,QPSK,-90,10\n", "rates.csv")
    with pytest.raises(InputError, match=named):
        read_radios(written(tmp_path, text, "mine.csv"))
    (tmp_path / "rates.csv").unlink()
    with pytest.raises(InputError, match=r"rates\.csv"):
        read_radios(tmp_path / "mine.csv")
