"""STP files: exact decimals, every fault with its line, and the public instances with their known optima."""

from __future__ import annotations

import csv
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alcance.errors import AlcanceError, InputError
from alcance.steiner import read_stp, solve_stp, write_stp
from alcance.steiner.stp import as_decimal

DATA = Path(__file__).parent.parent / "data" / "stp"

GOOD = """33D32945 STP File, STP Format Version 1.0
SECTION Graph
Nodes 4
Edges 3
E 1 2 1.5
E 2 3 0.25
E 3 4 10
END
SECTION Terminals
Terminals 3
RootP 1
TP 3 7.125
T 4
END
EOF
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "file.stp"
    path.write_text(text, encoding="utf-8")
    return path


def test_decimals_are_kept_exactly(tmp_path: Path) -> None:
    instance = read_stp(written(tmp_path, GOOD))
    assert instance.decimals == 3
    assert instance.costs.tolist() == [1500, 250, 10000]
    assert instance.prizes.tolist() == [7125, -1]
    assert instance.kind == "rooted prize-collecting"


def test_a_written_file_reads_back_unchanged(tmp_path: Path) -> None:
    for source in sorted(DATA.glob("*.stp")):
        instance = read_stp(source)
        write_stp(tmp_path / "again.stp", instance)
        again = read_stp(tmp_path / "again.stp")
        assert (again.root, again.decimals, again.kind) == (instance.root, instance.decimals, instance.kind)
        for column in ("tails", "heads", "costs", "terminals", "prizes"):
            assert np.array_equal(getattr(again, column), getattr(instance, column))


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("E 2 3 0.25", "E 2 3 -0.25", 6, "0 or more"),
        ("E 2 3 0.25", "E 2 3", 6, "4 words"),
        ("E 2 3 0.25", "E 2 9 0.25", 6, "from 1 to 4"),
        ("E 2 3 0.25", "E 2 0 0.25", 6, "from 1 to 4"),
        ("E 2 3 0.25", "E 2 three 0.25", 6, "whole number"),
        ("E 2 3 0.25", "E 2 3 nan", 6, "decimal number"),
        ("E 2 3 0.25", "E 2 3 inf", 6, "decimal number"),
        ("E 2 3 0.25", "E 2 3 0.0000000000001", 6, "decimals"),
        ("E 2 3 0.25", "X 2 3 0.25", 6, "not understood"),
        ("E 2 3 0.25", "A 2 3 0.25", 6, "arcs"),
        ("Nodes 4", "Nodes 0", 3, "at least one node"),
        ("Nodes 4", "Nodes four", 3, "whole number"),
        ("TP 3 7.125", "TP 3 -7", 12, "0 or more"),
        ("TP 3 7.125", "TP 4 7.125", 13, "another prize"),
        ("TP 3 7.125", "RootP 2", 12, "second root"),
        ("T 4", "T 4 4", 13, "3 words"),
        ("SECTION Terminals", "SECTION", 9, "name"),
    ],
)
def test_a_malformed_line_is_named(tmp_path: Path, old: str, new: str, line: int, words: str) -> None:
    with pytest.raises(InputError, match=words) as caught:
        read_stp(written(tmp_path, GOOD.replace(old, new, 1)))
    assert caught.value.problems[0].row == line


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("Edges 3", "Edges 4", "announced"),
        ("Terminals 3", "Terminals 9", "announced"),
        ("RootP 1\nTP 3 7.125\nT 4", "RootP 1", "no terminals"),
        ("E 3 4 10", "E 3 4 1000000000000000000", "fewer decimals"),
    ],
)
def test_a_file_that_makes_no_sense_is_refused(tmp_path: Path, old: str, new: str, words: str) -> None:
    text = GOOD.replace(old, new, 1)
    if "RootP 1" in new:
        text = text.replace("Terminals 3", "Terminals 1")
    with pytest.raises(InputError, match=words):
        read_stp(written(tmp_path, text))


def test_a_missing_or_empty_file_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_stp(tmp_path / "none.stp")
    with pytest.raises(InputError, match="Nodes"):
        read_stp(written(tmp_path, ""))


def test_a_required_terminal_without_a_way_is_named_by_its_number(tmp_path: Path) -> None:
    text = GOOD.replace("E 3 4 10\n", "").replace("Edges 3", "Edges 2")
    with pytest.raises(InputError, match=r"'4'.*no arcs lead to it"):
        solve_stp(written(tmp_path, text))


@settings(max_examples=300)
@given(st.integers(0, len(GOOD) - 1), st.integers(0, 6), st.text(max_size=6))
def test_no_damage_to_a_file_escapes_as_anything_but_an_input_error(
    tmp_path_factory: pytest.TempPathFactory, at: int, removed: int, put: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "fuzz.stp"
    path.write_text(GOOD[:at] + put + GOOD[at + removed :], encoding="utf-8")
    with suppress(InputError):
        read_stp(path).problem()


@given(st.integers(0, 10**17), st.integers(0, 12))
def test_a_decimal_is_printed_with_every_digit(value: int, decimals: int) -> None:
    whole, _, fraction = as_decimal(value, decimals).partition(".")
    assert int(whole + fraction) == value
    assert len(fraction) == decimals


def test_the_hand_made_steiner_tree_is_solved_by_eye() -> None:
    result = solve_stp(DATA / "hand_steiner.stp", check=True)
    assert result["objective"] == result["lower_bound"] == 5.0
    assert result["gap"] == 0
    assert result["checked"] is True
    assert sorted(tuple(sorted(edge[:2])) for edge in result["edges"]) == [(1, 2), (1, 5), (3, 5)]
    assert result["nodes"] == [1, 2, 3, 5]
    assert result["warnings"] == ["line 16: a loop at node 5 is never used"]


def test_public_instances_stay_within_their_references() -> None:
    with (DATA / "REFERENCE.csv").open(newline="") as lines:
        references = {row["name"]: row for row in csv.DictReader(lines)}
    for name, row in references.items():
        result = solve_stp(DATA / f"{name}.stp", moves_per_terminal=400, check=True)
        assert result["objective"] >= float(row["ref_lower"]) - 1e-6
        assert result["lower_bound"] <= float(row["ref_upper"]) + 1e-6
        assert result["gap"] < 0.02
        recounted = sum(cost for _, _, cost in result["edges"])
        instance = read_stp(DATA / f"{name}.stp")
        prize = dict(zip(instance.terminals.tolist(), instance.prizes.tolist(), strict=True))
        recounted += sum(prize[node] for node in result["left_out"]) / 10**instance.decimals
        assert recounted == pytest.approx(result["objective"], rel=1e-12)


def test_a_result_that_fails_its_check_is_not_handed_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("alcance.steiner.solve_file.check_certificate", lambda *_, **__: ["altered"])
    with pytest.raises(AlcanceError, match="altered"):
        solve_stp(DATA / "hand_steiner.stp", check=True)
