"""Every kind of STP file: what it asks, what is found, and how it is written again; damage is told or harmless."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alcance.errors import InputError
from alcance.steiner import read_stp, solve_stp, write_stp

GRAPH = "SECTION Graph\nNodes 4\nEdges 3\nE 1 2 1.5\nE 2 3 0.25\nE 3 4 10\nEND\n"
BARE = "SECTION Graph\nNodes 4\nEdges 3\nE 1 2\nE 2 3\nE 3 4\nEND\n"
FILES = {
    "steiner": GRAPH + "SECTION Terminals\nTerminals 2\nT 1\nT 3\nEND\nEOF\n",
    "rooted prize-collecting": GRAPH + "SECTION Terminals\nTerminals 1\nRootP 1\nTP 3 1\nEND\nEOF\n",
    "prize-collecting": GRAPH + "SECTION Terminals\nTerminals 3\nTP 1 1.5\nTP 3 4\nTP 4 9\nEND\nEOF\n",
    "node-weighted steiner": GRAPH
    + "SECTION Terminals\nTerminals 2\nT 1\nT 3\nEND\nSECTION NodeWeights\nNW 0\nNW 2.5\nNW 0\nNW 1\nEND\nEOF\n",
    "node-weighted prize-collecting": GRAPH
    + "SECTION Terminals\nTerminals 2\nTP 1 2\nTP 3 3\nEND\nSECTION NodeWeights\nNW 0\nNW 2.5\nNW 0\nNW 1\nEND\nEOF\n",
    "maximum-weight connected subgraph": BARE
    + "SECTION Terminals\nTerminals 4\nT 1 3\nT 2 -1.5\nT 3 2\nT 4 -7\nEND\nEOF\n",
    "rooted maximum-weight connected subgraph": BARE
    + "SECTION Terminals\nTerminals 4\nRootP 4\nT 1 3\nT 2 -1.5\nT 3 2\nT 4 0.5\nEND\nEOF\n",
}
# Edges, nodes that cost, and prizes left out, counted by eye.
OBJECTIVES = {
    "steiner": 1.75,
    "rooted prize-collecting": 1.0,
    "prize-collecting": 5.5,
    "node-weighted steiner": 4.25,
    "node-weighted prize-collecting": 2.0,
    "maximum-weight connected subgraph": 1.5,
    "rooted maximum-weight connected subgraph": 1.5,
}


def written(folder: Path, text: str) -> Path:
    path = folder / "file.stp"
    path.write_bytes(text.encode())
    return path


@pytest.mark.parametrize("kind", FILES)
def test_each_kind_is_known_by_its_lines_and_solved_exactly(tmp_path: Path, kind: str) -> None:
    for text in (FILES[kind], FILES[kind].replace("\n", "\r\n")):
        result = solve_stp(written(tmp_path, text), check=True)
        assert result["kind"] == kind
        assert result["objective"] == result["lower_bound"] == OBJECTIVES[kind]


def test_the_weight_of_a_subgraph_is_told_with_the_most_it_can_be(tmp_path: Path) -> None:
    anywhere = solve_stp(written(tmp_path, FILES["maximum-weight connected subgraph"]), check=True)
    assert (anywhere["weight"], anywhere["weight_bound"], anywhere["nodes"]) == (3.5, 3.5, [1, 2, 3])
    rooted = solve_stp(written(tmp_path, FILES["rooted maximum-weight connected subgraph"]), check=True)
    assert (rooted["weight"], rooted["weight_bound"], rooted["nodes"]) == (4.0, 4.0, [1, 2, 3, 4])


@pytest.mark.parametrize("kind", FILES)
def test_what_is_written_reads_back_unchanged(tmp_path: Path, kind: str) -> None:
    instance = read_stp(written(tmp_path, FILES[kind]))
    write_stp(tmp_path / "again.stp", instance)
    again = read_stp(tmp_path / "again.stp")
    assert again.kind == instance.kind
    for name in ("root", "decimals", "weighted", "won_in_all"):
        assert getattr(again, name) == getattr(instance, name), name
    for name in ("tails", "heads", "costs", "terminals", "prizes", "node_costs"):
        assert np.array_equal(getattr(again, name), getattr(instance, name)), name


def test_many_edges_at_once_are_read_as_one_by_one(tmp_path: Path) -> None:
    rng = np.random.default_rng(8)
    costs = [f"{whole}.{part:0{digits}d}" for whole, part, digits in rng.integers(1, [9000, 9, 6], (500, 3)).tolist()]
    lines = [f"E {a} {b} {cost}" for (a, b), cost in zip(rng.integers(1, 50, (500, 2)), costs, strict=True)]
    ends = "END\nSECTION Terminals\nTerminals 1\nT 1\nEND\nEOF\n"
    head = "SECTION Graph\nNodes 50\nEdges 500\n"
    at_once = read_stp(written(tmp_path, head + "\n".join(lines) + "\n" + ends))
    one_by_one = read_stp(written(tmp_path, head + "\n\n".join(lines) + "\n" + ends))
    assert at_once.decimals == one_by_one.decimals
    for name in ("tails", "heads", "costs"):
        assert np.array_equal(getattr(at_once, name), getattr(one_by_one, name))


@pytest.mark.parametrize(
    ("kind", "old", "new", "words"),
    [
        ("maximum-weight connected subgraph", "T 4 -7", "T 4", "not supported"),
        ("maximum-weight connected subgraph", "T 4 -7", "T 3 7", "another weight"),
        ("node-weighted steiner", "NW 2.5", "NW -2.5", "0 or more"),
        ("node-weighted steiner", "NW 2.5\n", "", "one node weight"),
        ("node-weighted steiner", "NW 2.5", "XW 2.5", "'NW cost'"),
        ("steiner", "Nodes 4", "Nodes 4000000000", "more than"),
        ("steiner", "Nodes 4", "Nodes " + "9" * 5000, "whole number"),
        ("steiner", "E 1 2 1.5", "E 1 2 " + "9" * 5000, "decimal number"),
        ("steiner", "E 1 2 1.5", "E 1 2 1e999", "fewer decimals"),
        ("steiner", "E 1 2 1.5", "E 1 2 1e", "decimal number"),
        ("steiner", "E 1 2 1.5", "E 1 2 +-1", "decimal number"),
        ("steiner", "E 1 2 1.5", "E 1 \0 1.5", "whole number"),
        ("prize-collecting", "E ", "A ", "no root"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, kind: str, old: str, new: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        read_stp(written(tmp_path, FILES[kind].replace(old, new)))


def survives(path: Path) -> None:
    """Either a clear refusal, or a result that passes its checks."""
    try:
        result = solve_stp(path, moves_per_terminal=2, check=True)
    except InputError:
        return
    assert result["lower_bound"] <= result["objective"]


LINES = st.sampled_from(
    [
        "E 1 2 1",
        "E 2 3 0.5",
        "E 2 1 3",
        "E 1 1 1",
        "A 1 2 1",
        "E 3 4",
        "T 1",
        "T 3",
        "T 2 -1",
        "T 3 2",
        "TP 2 3",
        "TP 4 0.5",
        "RootP 1",
        "Root 2",
        "NW 1",
        "SECTION Graph",
        "SECTION Terminals",
        "SECTION NodeWeights",
        "END",
        "Nodes 4",
        "Edges 2",
        "Terminals 2",
        "EOF",
        "\x00",
        "E",
        "T",
        "",
    ]
)


@settings(max_examples=250)
@given(kind=st.sampled_from(sorted(FILES)), data=st.data())
def test_mutated_files_are_refused_or_solved(
    tmp_path_factory: pytest.TempPathFactory, kind: str, data: st.DataObject
) -> None:
    lines = FILES[kind].split("\n")
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(lines) - 1))
        change = data.draw(st.sampled_from(["drop", "double", "put", "swap", "digit"]))
        if change == "drop":
            lines[at] = ""
        elif change == "double":
            lines.insert(at, lines[at])
        elif change == "put":
            lines.insert(at, data.draw(LINES))
        elif change == "swap":
            other = data.draw(st.integers(0, len(lines) - 1))
            lines[at], lines[other] = lines[other], lines[at]
        else:
            old, new = data.draw(st.sampled_from("0123456789")), data.draw(st.sampled_from("0159.-"))
            lines[at] = lines[at].replace(old, new)
    survives(written(tmp_path_factory.getbasetemp(), "\n".join(lines)))


@settings(max_examples=150)
@given(st.lists(LINES, max_size=14) | st.text(max_size=60).map(lambda text: [text]) | st.binary(max_size=60))
def test_random_lines_and_bytes_are_refused_or_solved(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str] | bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "random.stp"
    text = lines if isinstance(lines, bytes) else "\n".join(lines).encode("utf-8", "surrogatepass")
    path.write_bytes(text)
    survives(path)
