"""Verification holds for what was planned, and tells of any file that is missing, broken or of something else."""

from __future__ import annotations

import json
import shutil

import pytest
from forgery import sealed_failures, told

from alcance.errors import InputError
from alcance.pack import read_pack
from alcance.plan import make_plan, write_plan
from alcance.plan.verify import verify_folder


def test_the_plan_as_it_was_written_holds(tiny_plan):
    report = verify_folder(tiny_plan)
    assert report.failures == []
    assert len(report.passed) > 40


def test_the_plan_holds_against_its_pack(tiny_plan, tiny_pack):
    report = verify_folder(tiny_plan, tiny_pack)
    assert report.failures == []
    assert any("pack" in claim for claim in report.passed)


def test_a_plan_cut_short_before_it_has_a_useful_bound_is_valid_json_and_holds(tiny_pack, tmp_path):
    """The bound lies below what every plan shares, so there is no gap without it; infinity would be no JSON."""
    write_plan(make_plan(read_pack(tiny_pack), seconds=1e-9), tmp_path / "short")
    text = (tmp_path / "short" / "summary.json").read_text(encoding="utf-8")
    assert json.loads(text, parse_constant=pytest.fail)["cost_avoidable"] is None
    assert verify_folder(tmp_path / "short").failures == []


def test_sealing_an_unaltered_plan_changes_nothing(forgery):
    assert sealed_failures(forgery) == []


def test_another_pack_is_told(tiny_plan, tiny_pack, tmp_path):
    other = shutil.copytree(tiny_pack, tmp_path / "other")
    prices = (other / "prices.csv").read_text(encoding="utf-8")
    (other / "prices.csv").write_text(prices.replace("7600", "7601"), encoding="utf-8")
    assert any("pack" in failure for failure in verify_folder(tiny_plan, other).failures)


@pytest.mark.parametrize(
    "name",
    [
        "summary.json",
        "problem.npz",
        "certificate.npz",
        "sites.parquet",
        "edges.parquet",
        "nodes.parquet",
        "profiles.parquet",
    ],
)
def test_a_file_that_is_missing_or_rubbish_is_named(forgery, name):
    (forgery.path / name).write_bytes(b"rubbish")
    said = told(forgery)
    assert name in said
    (forgery.path / name).unlink()
    assert name in told(forgery)


@pytest.mark.parametrize("name", ["summary.json", "problem.npz", "sites.parquet", "edges.parquet"])
def test_a_file_that_is_cut_short_is_named(forgery, name):
    content = (forgery.path / name).read_bytes()
    (forgery.path / name).write_bytes(content[: len(content) // 2])
    assert name in told(forgery)


@pytest.mark.parametrize(
    "content", ["{}", "[]", "null", '{"digests": {}}', '{"digests": {"problem": 5}, "pack": {"minor_per_unit": 0}}']
)
def test_a_summary_of_something_else_is_told(forgery, content):
    (forgery.path / "summary.json").write_text(content, encoding="utf-8")
    assert told(forgery)


def test_nothing_is_said_twice(tiny_plan):
    passed = verify_folder(tiny_plan).passed
    assert len(set(passed)) == len(passed)


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(InputError, match="no folder"):
        verify_folder(tmp_path / "nowhere")


def test_what_a_summary_says_survives_json(tiny_plan):
    """NaN and infinity are no JSON."""

    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    text = (tiny_plan / "summary.json").read_text(encoding="utf-8")
    assert json.loads(text, parse_constant=refuse)["sites"] == 17
