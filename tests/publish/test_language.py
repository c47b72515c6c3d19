"""Both languages say the same things, and write numbers their own way."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

import alcance.publish
from alcance.errors import InputError
from alcance.publish.columns import columns
from alcance.publish.language import LANGUAGES, language, pack_language
from alcance.publish.palette import COST_GROUPS, TECHNOLOGIES

ROOM = Path(alcance.publish.__file__).parent
EN, ES = language("en"), language("es")


def _holes(text: str) -> list[set[str]]:
    return [{name for _, name, _, _ in string.Formatter().parse(part) if name} for part in text.split("|")]


def test_every_text_is_in_every_language_with_the_same_holes() -> None:
    assert list(EN.texts) == list(ES.texts)
    for key, text in EN.texts.items():
        assert text.strip(), key
        assert ES.texts[key].strip(), key
        assert _holes(text) == _holes(ES.texts[key]), key


def test_no_key_stands_twice_in_the_table() -> None:
    keys = [line.split(",")[0] for line in (ROOM / "strings.csv").read_text(encoding="utf-8").splitlines()]
    assert len(keys) == len(set(keys))


def test_every_text_that_the_code_asks_for_is_there() -> None:
    sources = [*ROOM.glob("*.py"), *ROOM.glob("templates/*.j2")]
    asked = {
        key
        for path in sources
        for key in re.findall(
            r'(?:\bt|\blang|\bt\.count|\blang\.count|\bself)\("([a-z_]+\.[a-z_]+)"', path.read_text("utf-8")
        )
    }
    assert len(asked) > 100
    assert sorted(asked - set(EN.texts)) == []


def test_every_technology_and_work_has_a_name() -> None:
    names = [("technology", name) for name in TECHNOLOGIES] + [("short", name) for name in TECHNOLOGIES]
    names += [("group", name) for name in COST_GROUPS] + [
        ("kind", kind) for kinds in COST_GROUPS.values() for kind in kinds
    ]
    assert [name for name in names if not EN.has(".".join(name))] == []


def test_a_code_without_a_name_is_shown_as_it_is() -> None:
    assert EN.name("kind", "laser_link") == "laser link"
    assert EN.name("kind", None) == ""
    assert EN.name("kind", float("nan")) == ""


@pytest.mark.parametrize(
    ("value", "decimals", "en", "es"),
    [
        (1234567.891, 1, "1,234,567.9", "1\u00a0234\u00a0567.9"),
        (0, 0, "0", "0"),
        (-0.4, 0, "0", "0"),
        (-1234, 0, "−1,234", "−1\u00a0234"),
        (float("nan"), 0, "–", "–"),
        (float("inf"), 2, "–", "–"),
    ],
)
def test_numbers(value: float, decimals: int, en: str, es: str) -> None:
    assert EN.number(value, decimals) == en
    assert ES.number(value, decimals) == es


@pytest.mark.parametrize(
    ("fraction", "text"),
    [
        (0, "0%"),
        (1, "100%"),
        (0.5, "50.0%"),
        (0.00001, "<0.1%"),
        (0.99999, ">99.9%"),
        (1.5, "150.0%"),
        (float("inf"), "–"),
        (None, "–"),
    ],
)
def test_what_is_not_quite_all_is_never_called_all(fraction: float | None, text: str) -> None:
    assert EN.percent(fraction) == text


@pytest.mark.parametrize(("fraction", "text"), [(0.2, "20.0%"), (0.20001, "20.1%"), (0.691035, "69.2%"), (0, "0%")])
def test_at_most_is_rounded_up(fraction: float, text: str) -> None:
    assert EN.percent_at_most(fraction) == text


def test_plurals() -> None:
    assert [ES.count("n.masts", n) for n in (0, 1, 2)] == ["0 mástiles", "1 mástil", "2 mástiles"]
    assert EN.count("n.people", 1) == "1 person"


def test_money() -> None:
    assert EN.big_money(641_700_000, "XTS") == "XTS 641.7 million"
    assert ES.big_money(641_700_000, "XTS") == "641.7 millones XTS"
    assert EN.big_money(999_999, "XTS") == "XTS 999,999"
    assert ES.money_parts(3_210_000, "XTS") == ("3.21", "millones XTS")


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(InputError, match="there are en, es"):
        language("xx")


def test_the_pack_chooses_the_language() -> None:
    assert language("es-419") is not None
    assert pack_language({"pack": {"language": "es"}}).code == "es"
    assert pack_language({"pack": {"language": "ne", "languages": ["ne", "es"]}}).code == "es"
    assert pack_language({"pack": {"language": "ne"}}).code == "en"


def test_every_column_has_a_label_in_every_language() -> None:
    for table in ("sites", "edges", "masts", "admin"):
        assert columns(table)
        assert all(column.labels[code] for column in columns(table) for code in LANGUAGES)
