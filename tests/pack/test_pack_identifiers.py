"""Official keys: what is valid parses and gives its parts back, what is not is refused with a reason."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alcance.pack.identifiers import (
    CVEGEO_LEVELS,
    SCHEMES,
    STATE_LETTERS,
    KeyFormatError,
    check_key,
    parse_cct,
    parse_clues,
    parse_cvegeo,
    state_of,
)

KEYS = Path(__file__).parents[1] / "data" / "keys"
UPPER = st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
states = st.integers(1, 32)


def numbers(width: int) -> st.SearchStrategy[str]:
    return st.integers(1, 10**width - 1).map(lambda n: f"{n:0{width}d}")


blocks = st.builds(
    lambda digits, last: digits + last,
    st.from_regex(r"[0-9]{3}", fullmatch=True),
    st.from_regex(r"[0-9A-Z]", fullmatch=True),
)


@given(
    states,
    numbers(3),
    numbers(4),
    blocks,
    st.from_regex(r"[0-9]{3}", fullmatch=True),
    st.sampled_from(sorted(CVEGEO_LEVELS)),
)
def test_a_cvegeo_gives_its_parts_back(state, municipality, locality, ageb, block, length):
    key = f"{state:02d}{municipality}{locality}{ageb}{block}"[:length]
    parsed = parse_cvegeo(key)
    assert parsed.level == CVEGEO_LEVELS[length]
    assert parsed.state == key[:2]
    assert parsed.municipality == (key[:5] if length >= 5 else None)
    assert parsed.locality == (key[:9] if length >= 9 else None)
    if parsed.parent is not None:
        assert key.startswith(parsed.parent)
        assert parse_cvegeo(parsed.parent).state == parsed.state
    assert check_key("cvegeo", key) is None


@given(states, numbers(3), numbers(4))
def test_a_lost_leading_zero_is_named(state, municipality, locality):
    key = f"{state:02d}{municipality}{locality}"
    short = str(int(key))
    fault = check_key("cvegeo_locality", short)
    assert (fault is None) == (short == key)
    if short != key:
        assert f"a leading zero seems lost: {key}" in fault


@given(states, UPPER, UPPER, UPPER, numbers(4), UPPER)
def test_a_cct_gives_its_parts_back(state, control, first, second, number, check):
    parsed = parse_cct(f"{state:02d}{control}{first}{second}{number}{check}")
    assert (parsed.state, parsed.control, parsed.level) == (f"{state:02d}", control, first + second)
    assert (parsed.number, parsed.check_letter) == (int(number), check)


@given(st.sampled_from(STATE_LETTERS), st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=3, max_size=3), numbers(6))
def test_a_clues_gives_its_parts_back(letters, institution, number):
    parsed = parse_clues(f"{letters}{institution}{number}")
    assert STATE_LETTERS[int(parsed.state) - 1] == letters
    assert (parsed.institution, parsed.number) == (institution, int(number))


@given(st.sampled_from(sorted(SCHEMES)), st.text(max_size=20))
def test_any_text_is_either_a_key_or_refused_with_a_reason(scheme, text):
    fault = check_key(scheme, text)
    assert fault is None or fault.startswith(("has ", "is ", "begins "))


@given(
    st.sampled_from(sorted(SCHEMES)),
    st.text("0123456789ABCXYZ", min_size=9, max_size=16),
    st.sampled_from(" ñ٣-"),
    st.integers(0, 15),
)
def test_a_foreign_character_is_never_part_of_a_key(scheme, text, odd, place):
    place = min(place, len(text) - 1)
    assert check_key(scheme, text[:place] + odd + text[place + 1 :]) is not None


@pytest.mark.parametrize(
    ("scheme", "key", "said"),
    [
        ("cvegeo", "33001", "states are 01 to 32"),
        ("cvegeo", "00001", "states are 01 to 32"),
        ("cvegeo", "20000", "municipality 000"),
        ("cvegeo", "200010000", "locality 0000"),
        ("cvegeo", "2000", "seems lost: 02000"),
        ("cvegeo", "200", "has 3 characters"),
        ("cvegeo_municipality", "200010001", "key of a locality, not of a municipality"),
        ("cct", "1DPR0001X", "leading zero"),
        ("cct", "40DPR0001X", "states are 01 to 32"),
        ("cct", "20DPR0000X", "number 0000"),
        ("clues", "XXSSA000013", "begins with XX"),
        ("clues", "OCSSA000000", "number 000000"),
        ("clues", "OCSSA0013", "5 letters and 6 digits"),
    ],
)
def test_a_wrong_key_is_refused_with_what_would_be_right(scheme, key, said):
    assert said in check_key(scheme, key)


def test_a_key_that_is_a_number_is_refused():
    with pytest.raises(KeyFormatError, match="keys are text"):
        parse_cvegeo(200010001)


def read(name: str) -> list[dict[str, str]]:
    with (KEYS / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_the_catalogue_of_schools_parses():
    rows = read("schools_cct.csv")
    assert len(rows) > 100
    assert {parse_cct(row["cct"]).state for row in rows} == {"01", "21", "22"}


def test_the_catalogue_of_clinics_parses():
    rows = read("clinics_clues.csv")
    assert len(rows) > 100
    assert {parse_clues(row["clues"]).state for row in rows} == {"09"}


@pytest.mark.parametrize(
    ("scheme", "key", "state"),
    [
        ("cct", "20DPR0001X", "20"),
        ("clues", "OCSSA000013", "20"),
        ("clues", "ZSSSA000013", "32"),
        ("clues", "XXSSA000013", None),
        ("cct", "0DPR0001X", None),
        ("cvegeo_locality", "200010001", None),
        ("alcance", "20DPR0001X", None),
    ],
)
def test_a_sites_key_names_its_state(scheme, key, state):
    assert state_of(scheme, key) == state
