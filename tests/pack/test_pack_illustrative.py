"""Invented providers follow the stated rule, are marked as invented, and are the same every time."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from alcance.pack import read_pack
from alcance.terrain import great_circle_m

REPOSITORY = Path(__file__).parents[2]
DATA = REPOSITORY / "tests" / "data"
BUNDLED = REPOSITORY / "packs" / "oaxaca"


def build(out: Path, *more: str) -> None:
    command = [sys.executable, str(REPOSITORY / "packs" / "build_mexico.py"), "--data", str(DATA / "thin_mexico")]
    subprocess.run([*command, "--state", "20", *more, "--out", str(out)], check=True, capture_output=True, timeout=300)


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("illustrative")
    build(folder / "one", "--illustrative")
    build(folder / "two", "--illustrative")
    build(folder / "plain")
    return folder


def test_the_same_bytes_twice(built):
    files = {name: {p.name: p.read_bytes() for p in sorted((built / name).iterdir())} for name in ("one", "two")}
    assert files["one"] == files["two"]
    assert {"towers.parquet", "providers.csv"} <= set(files["one"])


def test_nobody_is_invented_unasked(built):
    pack = read_pack(built / "plain")
    assert pack.table("providers").empty
    assert pack.table("towers").empty
    assert not any("illustrative" in note["en"] for note in pack.meta.notes)


@pytest.mark.parametrize("which", ["built", "bundled"])
def test_what_is_invented_says_so_and_no_plan_builds_on_it(built, which):
    folder = BUNDLED if which == "bundled" else built / "one"
    pack = read_pack(folder)
    providers, towers = pack.table("providers"), pack.table("towers")
    assert providers["illustrative"].all()
    assert providers["name"].str.contains("ilustrativo").all()
    assert set(towers["provider_id"]) == set(providers["provider_id"])
    assert not towers["available"].any()
    assert any("illustrative" in note["en"] and "ilustrativos" in note["es"] for note in pack.meta.notes)
    assert "ILLUSTRATIVE" in (folder / "BUILD.md").read_text(encoding="utf-8")


def test_the_bundled_towers_follow_the_rule():
    pack = read_pack(BUNDLED)
    towers = pack.table("towers")
    assert len(pack.table("providers")) == 6
    assert 50 <= len(towers) <= 60
    for _, own in towers.groupby("provider_id"):
        assert own["backhaul_kind"].iloc[0] == "fibre"
        lon, lat = own["lon"].to_numpy(), own["lat"].to_numpy()
        # Within 40 km of one home, so within 80 of each other, and never two on one summit.
        away_m = great_circle_m(lon[:, None], lat[:, None], lon[None, :], lat[None, :])
        assert away_m.max() <= 80_000
        assert away_m[~np.eye(len(own), dtype=bool)].min() > 1_900
        assert own["clients"].isna().sum() <= 1
        assert own["height_m"].isin([15.0, 30.0]).all()
