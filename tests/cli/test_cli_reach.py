"""`alcance reach` as a user runs it."""

from __future__ import annotations

import json


def test_reach_writes_a_folder_and_tells_what_is_in_it(alcance, tiny_pack, work):
    ran = alcance("reach", tiny_pack, "--out", work / "reach")
    assert ran.code == 0, ran.err
    assert "Illustrative:" in ran.out
    assert "W1 Illustrative WISP One [Illustrative]" in ran.out
    assert "and health sites: 1, for XTS" in ran.out
    assert ran.out.strip().endswith(str(work / "reach"))
    assert (work / "reach" / "providers" / "W2.html").exists()


def test_one_provider_as_json(alcance, tiny_pack, work):
    ran = alcance("reach", tiny_pack, "--provider", "W1", "--out", work / "reach", "--json", "--lang", "es")
    assert ran.code == 0, ran.err
    told = json.loads(ran.out)
    assert [provider["provider_id"] for provider in told["providers"]] == ["W1"]
    assert told == json.loads((work / "reach" / "summary.json").read_text(encoding="utf-8"))


def test_what_is_wrong_is_said(alcance, tiny_pack, work, spoiled):
    alcance("reach", tiny_pack, "--provider", "W9", "--out", work / "a").refused("no such provider", "W1, W2")
    alcance("reach", tiny_pack, "--out", work / "a", "--model", "tea").refused("a model is")
    alcance("reach", work / "nowhere", "--out", work / "a").refused("is not a folder")
    (spoiled.path / "towers.csv").unlink()
    alcance("reach", spoiled.path, "--out", work / "a").refused("towers of the providers")
    assert not (work / "a").exists()


def test_a_tower_without_height_or_radio_is_named(alcance, work, spoiled):
    spoiled.set("towers", 2, "height_m", "")
    alcance("reach", spoiled.path, "--out", work / "a").refused("towers.csv, row 2, column height_m")
    spoiled.set("towers", 2, "height_m", "15")
    spoiled.set("towers", 3, "equipment_id", "")
    alcance("reach", spoiled.path, "--out", work / "a").refused("tower W1-2 of provider W1 has no radio")
    spoiled.set("towers", 3, "equipment_id", "ptp_long")
    alcance("reach", spoiled.path, "--out", work / "a").refused("does not serve clients")
    spoiled.set("towers", 3, "equipment_id", "sector")
    spoiled.set("towers", 3, "azimuths_deg", "north")
    alcance("reach", spoiled.path, "--out", work / "a").refused("must be angles from 0 to 360")


def test_a_plan_is_not_overwritten(alcance, tiny_pack, work):
    (work / "plan").mkdir()
    (work / "plan" / "summary.json").write_text("{}", encoding="utf-8")
    (work / "plan" / "sites.parquet").write_bytes(b"")
    alcance("reach", tiny_pack, "--out", work / "plan").refused("sites.parquet, which no reach writes")
