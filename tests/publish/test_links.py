"""What the outputs say of each radio link: its rate, its availability, how sure it is, never more than is true."""

from __future__ import annotations

import csv
import doctest
import json
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alcance.publish import link_words, publish_folder, summary_lines
from alcance.publish.folder import PlanFolder, read_plan_folder
from alcance.publish.language import language
from alcance.publish.link_words import availability, sureness
from alcance.publish.map_data import MapData
from alcance.publish.map_site import edge_detail
from alcance.publish.palette import RADIO_KINDS
from alcance.publish.report import report_html
from alcance.publish.report_links import links_section

EN = language("en")


@pytest.fixture
def plan(plan_folder: Path) -> PlanFolder:
    return read_plan_folder(plan_folder)


def test_the_examples_hold() -> None:
    assert doctest.testmod(link_words).failed == 0


@given(st.floats(0.0, 1.0))
def test_a_chance_is_never_told_greater_than_it_is(chance: float) -> None:
    told = float(sureness(chance, EN).strip("<%>"))
    assert told <= min(chance * 100 + 1e-4, 99.0) or sureness(chance, EN).startswith("<")


@given(st.floats(90.0, 100.0))
def test_an_availability_is_never_told_greater_than_it_is(pct: float) -> None:
    told = float(availability(pct, EN).rstrip("%"))
    assert told <= min(pct + 1e-7, 99.99)
    assert told >= min(pct, 99.99) - 0.0101


def test_every_file_of_links_carries_what_they_give(plan: PlanFolder) -> None:
    publish_folder(plan.path, lang="en")
    radio = plan.edges[plan.edges["kind"].isin(RADIO_KINDS)].set_index("edge_id")
    with (plan.path / "csv" / "edges.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = {row["edge_id"]: row for row in csv.DictReader(stream)}
    units = {}
    with (plan.path / "csv" / "columns.csv").open(encoding="utf-8-sig", newline="") as stream:
        units = {row["column"]: row["unit"] for row in csv.DictReader(stream) if row["table"] == "edges"}
    assert [units[name] for name in ("rate_mbps", "availability_pct", "confidence", "margin_db")] == [
        "Mbit/s", "% of the year", "0 to 1", "dB",
    ]  # fmt: skip
    spans = {
        span["id"]: span
        for network in json.loads((plan.path / "plan.ofds.json").read_text("utf-8"))["networks"]
        for span in network["spans"]
    }
    for edge_id, edge in radio.iterrows():
        for name in ("rate_mbps", "availability_pct", "confidence"):
            assert float(rows[edge_id][name]) == edge[name]
        assert spans[edge_id]["capacity"] == pytest.approx(edge["rate_mbps"] / 1000)
        told = spans[edge_id]["capacityDetails"]["description"]
        assert sureness(edge["confidence"], EN) in told
        assert edge["equipment_id"] in told
    others = [row for key, row in rows.items() if key not in radio.index]
    assert others
    assert all(row["rate_mbps"] == row["availability_pct"] == row["confidence"] == "" for row in others)
    with zipfile.ZipFile(plan.path / "plan.kmz") as archive:
        kml = archive.read("doc.kml").decode()
    assert kml.count("<b>Chance of being clear:</b>") == kml.count("<b>Rate:</b>") == len(radio)
    assert "5.6 GHz (client_5ghz_25dbi)" in kml


def test_the_map_is_given_what_each_link_gives(plan: PlanFolder) -> None:
    data = MapData.open(plan.path)
    radio = plan.edges[plan.edges["kind"].isin(RADIO_KINDS)].iloc[0]
    detail = edge_detail(data, radio["edge_id"])
    assert detail is not None
    for name in ("rate_mbps", "availability_pct", "confidence", "equipment_id", "margin_db"):
        assert detail[name] == radio[name]
    fibre = edge_detail(data, plan.edges.loc[plan.edges["kind"] == "fibre_new", "edge_id"].iloc[0])
    assert fibre is not None
    assert fibre["rate_mbps"] is fibre["confidence"] is None


def test_the_histogram_counts_every_link_once(plan: PlanFolder) -> None:
    section = links_section(plan, EN)
    radio = plan.edges[plan.edges["kind"].isin(RADIO_KINDS)]
    counts = [int(row[1]) for row in section["bins"]]
    assert sum(counts) == len(radio)
    expected = np.histogram(radio["confidence"], bins=[0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1.0])[0]
    assert counts == expected.tolist()
    drawn = [int(n) for n in re.findall(r"<title>[\d%]+ – [\d%]+: (\d+)</title>", section["svg"])]
    assert drawn == counts


def test_the_table_of_radios_is_that_of_the_summary(plan: PlanFolder) -> None:
    told = {row[0]: (row[2], row[5]) for row in links_section(plan, EN)["radios"]}
    assert told == {
        row["equipment_id"]: (EN.number(row["links"]), EN.number(row["rate_median_mbps"]))
        for row in plan.summary["radios"]
    }


def test_links_short_of_what_is_asked_are_counted(plan: PlanFolder) -> None:
    assert links_section(plan, EN)["short"] == ""
    first = plan.edges.index[plan.edges["kind"].isin(RADIO_KINDS)][0]
    plan.edges.loc[first, "confidence"] = 0.31
    section = links_section(plan, EN)
    assert section["short"].startswith("1 link falls short")
    assert section["bins"][0][:2] == ["30% – 35%", "1"]
    assert "least sure of them is 31% sure" in section["least"]


@pytest.mark.parametrize(
    ("cover", "words"),
    [
        (None, "bare ground: no trees and no buildings"),
        ({"kind": "classes", "source": "Land cover 2021"}, "one height for each class of trees and buildings"),
        ({"kind": "heights", "source": "Canopy 2020"}, "measured heights of trees and buildings"),
        ({"kind": "model", "source": "DSM"}, "surface model"),
    ],
)
def test_what_the_links_are_over_is_told(plan: PlanFolder, cover: dict[str, str] | None, words: str) -> None:
    plan.summary["terrain"]["cover"] = cover
    html = report_html(plan, EN)
    assert words in html
    assert cover is None or f"Source: {cover['source']}." in html
    line = next(line for line in summary_lines(plan.summary, "en") if line.startswith("Links clear"))
    assert ("over bare ground" in line) == (cover is None)


def test_the_terminal_says_how_sure_the_links_are(plan: PlanFolder) -> None:
    plan.summary.update(confidence_least=0.7139, confidence_median=0.829, availability_least_pct=99.9137)
    lines = summary_lines(plan.summary, "en")
    assert any("each at least 71% sure, half 82% or more, over bare ground" in line for line in lines)
    assert any("each at least 99.91% of the average year" in line for line in lines)
    plan.summary.update(confidence_least=None, confidence_median=None, availability_least_pct=None)
    assert not any(line.startswith("Links clear") for line in summary_lines(plan.summary, "en"))


def test_a_plan_without_radio_says_so(plan: PlanFolder) -> None:
    bare = replace(plan, edges=plan.edges[~plan.edges["kind"].isin(RADIO_KINDS)])
    section = links_section(bare, EN)
    assert section["words"] == "The plan has no radio link."
    assert section["svg"] == ""
