"""What passes the check is true; what was altered fails or claims no more; garbage is told and never breaks it."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from cases import proof, random_case
from hypothesis import given, settings
from hypothesis import strategies as st

from alcance.errors import InputError
from alcance.proof import Certificate, check_certificate

NAMES = [field.name for field in fields(Certificate)]
# 0 — 1 — 2 in a row, 10 and 4; both ends prized; anywhere.
ROW = {
    "node_count": 3,
    "root": None,
    "tails": np.array([0, 1, 1, 2], dtype=np.int32),
    "heads": np.array([1, 0, 2, 1], dtype=np.int32),
    "costs": np.array([10, 10, 4, 4]),
    "terminals": np.array([0, 2], dtype=np.int32),
    "prizes": np.array([9, 6]),
    "node_costs": np.array([0, 1, 0]),
}


def ways(rng: np.random.Generator, facts: dict[str, Any]) -> list[list[tuple[int, bool]]]:
    """The leaves of a random tree of decisions, in order."""
    leaves: list[list[tuple[int, bool]]] = [[]]
    for _ in range(int(rng.integers(0, 3))):
        at = int(rng.integers(len(leaves)))
        node = int(rng.integers(facts["node_count"]))
        if node not in [facts["root"], *(decided for decided, _ in leaves[at])]:
            leaves[at : at + 1] = [[*leaves[at], (node, True)], [*leaves[at], (node, False)]]
    return leaves


def test_every_proof_that_passes_claims_no_more_than_the_best_network_costs() -> None:
    rng = np.random.default_rng(41)
    tight = branched = 0
    for _ in range(400):
        case = random_case(rng)
        certificate = proof(case.facts, int(rng.integers(0, 12)), ways(rng, case.facts))
        assert check_certificate(certificate, **case.facts) == []
        assert certificate.bound <= case.best
        tight += certificate.bound == case.best
        branched += certificate.opening.size > 1
    assert tight > 100
    assert branched > 100


def altered(good: Certificate, rng: np.random.Generator) -> Certificate:
    """One entry changed, or two leaves exchanged."""
    name = str(rng.choice([*NAMES, "order"]))
    if name == "order":
        leaves = good.opening.size
        pieces = [_leaf_of(good, leaf) for leaf in rng.permutation(leaves)]
        return Certificate.branched(pieces)
    entries = getattr(good, name).copy()
    if entries.size:
        entries[int(rng.integers(entries.size))] += int(rng.choice([-3, -1, 1, 2])) if name != "decision_inside" else 1
        entries = entries % 2 if name == "decision_inside" else entries
    return replace(good, **{name: entries})


def _leaf_of(good: Certificate, leaf: int) -> tuple[Certificate, list[tuple[int, bool]]]:
    first, last = good.leaf_ptr[leaf : leaf + 2]
    entries = slice(good.indptr[first], good.indptr[last])
    paid = slice(good.payer_ptr[first], good.payer_ptr[last])
    way = slice(good.decision_ptr[leaf], good.decision_ptr[leaf + 1])
    single = Certificate.single(
        good.payers[paid],
        good.amounts[paid],
        good.indptr[first : last + 1] - good.indptr[first],
        good.nodes[entries],
        good.values[entries],
        int(good.opening[leaf]),
        good.payer_ptr[first : last + 1] - good.payer_ptr[first],
    )
    return single, list(zip(good.decision_node[way].tolist(), good.decision_inside[way].tolist(), strict=True))


def test_what_was_altered_is_refused_or_proves_no_more_than_is_true() -> None:
    rng = np.random.default_rng(42)
    refused = passed = 0
    while refused + passed < 3000:
        case = random_case(rng)
        good = proof(case.facts, int(rng.integers(0, 12)), ways(rng, case.facts))
        if check_certificate(good, **case.facts):
            continue
        for _ in range(10):
            bad = altered(good, rng)
            if check_certificate(bad, **case.facts):
                refused += 1
            else:
                passed += 1
                assert bad.bound <= case.best
    assert refused > 1000
    assert passed > 200


def test_the_row_is_worth_what_is_seen_by_eye() -> None:
    """Only the dearer end is taken, at no cost: 6 for the other's prize; the price on opening is that prize's rest."""
    good = Certificate.single(
        np.array([0, 2], dtype=np.int32),
        np.array([9, 6]),
        np.array([0, 1, 3]),
        np.array([0, 1, 2], dtype=np.int32),
        np.array([0, 4, 0]),
        opening=9,
    )
    assert good.bound == 6
    assert check_certificate(good, **ROW) == []
    assert check_certificate(replace(good, opening=np.array([8])), **ROW)
    assert check_certificate(replace(good, opening=np.array([-1])), **ROW)
    assert check_certificate(good, **{**ROW, "root": 1})
    for name in ("costs", "prizes"):
        assert check_certificate(good, **{**ROW, name: ROW[name] - 5}), name


def test_cases_that_leave_one_out_are_refused() -> None:
    none = Certificate.single(*(np.zeros(size, dtype=np.int64) for size in (0, 0, 1, 0, 0)))
    inside, outside = (0, True), (0, False)
    good = [[(0, True), (1, True)], [(0, True), (1, False)], [outside]]
    assert check_certificate(Certificate.branched([(none, way) for way in good]), **ROW) == []
    for bad in (
        [],
        [[inside]],
        [[outside]],
        [[outside], [inside]],
        [[inside], [outside], [outside]],
        [[inside], []],
        [[inside], [(1, False)]],
        [[(0, True), (1, True)], [outside]],
        [good[0], good[2], good[1]],
    ):
        assert check_certificate(Certificate.branched([(none, way) for way in bad]), **ROW), bad


def test_a_node_decided_inside_may_be_charged_without_limit() -> None:
    """Nodes 1 inside: its own cost; outside: nothing is proven, and so nothing for both."""
    charge = Certificate.single(np.array([1]), np.array([1]), np.array([0, 1]), np.array([1]), np.array([0]), opening=0)
    none = Certificate.single(*(np.zeros(size, dtype=np.int64) for size in (0, 0, 1, 0, 0)))
    both = Certificate.branched([(charge, [(1, True)]), (none, [(1, False)])])
    assert check_certificate(both, **ROW) == []
    assert both.bound == 0
    assert check_certificate(charge, **ROW)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "garbage",
    [
        np.array([0.5]),
        np.array(["x"]),
        np.array([None]),
        np.zeros((2, 2), dtype=np.int64),
        np.array(3),
        np.array([-(2**63), 2**63 - 1]),
        np.array([2**64 - 1], dtype=np.uint64),
        np.array([2**31 - 1] * 7, dtype=np.int32),
        None,
        [0, 1],
    ],
)
def test_garbage_in_any_array_is_told(name: str, garbage: object) -> None:
    good = Certificate.single(
        np.array([0], dtype=np.int32), np.array([9]), np.array([0, 1]), np.array([0], dtype=np.int32), np.array([0]), 9
    )
    assert check_certificate(good, **ROW) == []
    assert check_certificate(replace(good, **{name: garbage}), **ROW)


@given(st.data())
@settings(max_examples=300)
def test_random_arrays_never_break_the_check_nor_prove_too_much(data: st.DataObject) -> None:
    whole = st.integers(-2, 5) | st.sampled_from([-(2**63), 2**31, 2**62, 2**63 - 1])
    arrays = [np.array(data.draw(st.lists(whole, max_size=4)), dtype=np.int64) for _ in NAMES]
    certificate = Certificate(*arrays)
    if not check_certificate(certificate, **ROW):
        assert certificate.bound <= 6


def test_sums_that_leave_the_integer_range_are_refused() -> None:
    """Four charges of 2^62 on a free terminal would come back as 0."""
    facts = {**ROW, "node_count": 2, "root": 0, "terminals": np.array([1]), "prizes": None, "node_costs": None}
    facts |= {"tails": np.array([0]), "heads": np.array([1]), "costs": np.array([2**61 - 1])}
    for height in (2**61 - 1, 2**62, 2**63 - 1):
        certificate = Certificate.single(
            np.ones(4, dtype=np.int32),
            np.full(4, height),
            np.arange(5),
            np.ones(4, dtype=np.int32),
            np.zeros(4, dtype=np.int64),
        )
        assert certificate.bound == 4 * height
        assert check_certificate(certificate, **facts)


def test_a_certificate_survives_its_file_and_one_without_cases_holds_a_single_one(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    case = random_case(rng)
    good = proof(case.facts, 3, [[(0, True)], [(0, False)]])
    good.save(tmp_path / "new.npz")
    again = Certificate.load(tmp_path / "new.npz")
    assert all(np.array_equal(getattr(again, name), getattr(good, name)) for name in NAMES)
    single = proof(case.facts, 0, [[]])
    np.savez(tmp_path / "single.npz", **{name: getattr(single, name) for name in NAMES[:6]})
    assert Certificate.load(tmp_path / "single.npz").opening.tolist() == [0]
    for damage in ({"payers": good.payers}, {**vars(good), "more": good.nodes}, {**vars(good), "nodes": 5}):
        np.savez(tmp_path / "bad.npz", **damage)
        with pytest.raises(InputError):
            Certificate.load(tmp_path / "bad.npz")
    (tmp_path / "rubbish.npz").write_bytes(b"rubbish")
    with pytest.raises(InputError, match="cannot be read"):
        Certificate.load(tmp_path / "rubbish.npz")
