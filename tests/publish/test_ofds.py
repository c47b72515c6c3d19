"""The open fibre data keep the rules of the standard 0.4, by its schema and by its rules beyond the schema."""

from __future__ import annotations

import dataclasses
import json
import shutil
import subprocess
import uuid
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from jsonschema import Draft202012Validator, FormatChecker

from alcance.publish.folder import PlanFolder, read_plan_folder
from alcance.publish.language import language
from alcance.publish.ofds import network_package, write_ofds
from alcance.publish.palette import FIBRE_KINDS, RADIO_KINDS

SCHEMA = Path(__file__).parents[1] / "data" / "ofds" / "network-package-schema-0.4.0.json"


@pytest.fixture
def plan(plan_folder: Path) -> PlanFolder:
    return read_plan_folder(plan_folder)


def _errors(package: dict[str, Any]) -> list[str]:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return [
        error.message for error in Draft202012Validator(schema, format_checker=FormatChecker()).iter_errors(package)
    ]


@pytest.mark.parametrize("max_nodes", [1000, 20, 5])
@pytest.mark.parametrize("code", ["en", "es"])
def test_the_package_is_valid(plan: PlanFolder, code: str, max_nodes: int) -> None:
    package = network_package(plan, language(code), max_nodes)
    assert _errors(package) == []
    for network in package["networks"]:
        _check_network(network, max_nodes)


def _check_network(network: dict[str, Any], max_nodes: int) -> None:
    nodes = [node["id"] for node in network["nodes"]]
    spans = [span["id"] for span in network["spans"]]
    assert len(nodes) == len(set(nodes)) <= max_nodes
    assert len(spans) == len(set(spans)) > 0
    assert uuid.UUID(network["id"]).version == 5
    assert network["links"][0] == {
        "href": "https://standard.ofds.info/en/0__4__0/network-schema.json",
        "rel": "describedby",
    }
    ends = {span[side] for span in network["spans"] for side in ("start", "end")}
    assert ends == set(nodes)
    phases = {phase["id"]: phase["name"] for phase in network["phases"]}
    assert {item["phase"]["id"] for item in [*network["nodes"], *network["spans"]]} <= set(phases)
    organisations = {organisation["id"]: organisation["name"] for organisation in network["organisations"]}
    assert all(organisations[f["id"]] == f["name"] for phase in network["phases"] for f in phase.get("funders", []))


def test_the_schema_refuses_what_is_wrong(plan: PlanFolder) -> None:
    package = network_package(plan, language("en"))
    package["networks"][0]["spans"][0]["status"] = "dreamt"
    package["networks"][0]["id"] = "not a uuid"
    assert len(_errors(package)) == 2


@pytest.mark.parametrize("max_nodes", [1000, 7, 2])
def test_every_span_stands_in_one_network(plan: PlanFolder, max_nodes: int) -> None:
    package = network_package(plan, language("en"), max_nodes)
    spans = sorted(span["id"] for network in package["networks"] for span in network["spans"])
    lines = plan.edges[plan.edges["kind"].isin([*FIBRE_KINDS, *RADIO_KINDS])]
    assert spans == sorted(lines["edge_id"])
    assert len({network["id"] for network in package["networks"]}) == len(package["networks"])


def test_a_second_way_between_places_is_kept(plan: PlanFolder) -> None:
    again = plan.edges[plan.edges["kind"] == "fibre_new"].iloc[:1].assign(edge_id="second-way")
    plan = dataclasses.replace(plan, edges=pd.concat([plan.edges, again], ignore_index=True))
    package = network_package(plan, language("en"), 20)
    assert _errors(package) == []
    assert sum(span["id"] == "second-way" for network in package["networks"] for span in network["spans"]) == 1


def test_what_stands_and_what_is_planned_are_told_apart(plan: PlanFolder) -> None:
    spans = {s["id"]: s for network in network_package(plan, language("en"))["networks"] for s in network["spans"]}
    for row in plan.edges.itertuples():
        if row.edge_id in spans:
            span = spans[row.edge_id]
            assert span["status"] == ("inactive" if row.kind == "fibre_dark" else "proposed")
            assert span["transmissionMedium"] == ["microwave" if row.kind in RADIO_KINDS else "fibre"]
            assert ("inferred" in span.get("supportingInfrastructure", {}).get("description", "")) == row.inferred
    nodes = [node for network in network_package(plan, language("en"))["networks"] for node in network["nodes"]]
    assert any(node.get("type") == ["tower"] for node in nodes)
    assert {node["status"] for node in nodes} == {"proposed"}


def test_the_same_plan_gives_the_same_bytes(plan: PlanFolder, tmp_path: Path) -> None:
    paths = [write_ofds(plan, tmp_path / name, language("es")) for name in ("a.json", "b.json")]
    assert paths[0].read_bytes() == paths[1].read_bytes()


@pytest.mark.skipif(shutil.which("libcoveofds") is None, reason="the standard's own checker is not installed")
@pytest.mark.parametrize("check", ["jsonschemavalidate", "pythonvalidate"])
def test_the_standards_own_checker_finds_nothing(plan: PlanFolder, tmp_path: Path, check: str) -> None:
    path = write_ofds(plan, tmp_path / "plan.ofds.json", language("es"))
    done = subprocess.run(["libcoveofds", check, str(path)], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == []
