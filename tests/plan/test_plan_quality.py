"""Every radio hop of a plan is as sure and as steady as its policies ask."""

from __future__ import annotations

import numpy as np
import pytest

from alcance.pack import read_pack
from alcance.plan import Scenario, make_plan


@pytest.fixture(scope="module", params=["0.7", "0.9"])
def hops(request, tiny_pack):
    scenario = Scenario({"satellite_terminal": 3.0}, {"link_confidence": request.param, "availability_pct": "99.95"})
    made = make_plan(read_pack(tiny_pack), scenario=scenario)
    edges = made.tables.edges
    found = edges[edges["rate_mbps"].notna()]
    assert len(found)
    return made, found, float(request.param)


def test_hops_are_as_sure_as_asked(hops):
    made, found, least = hops
    assert found["confidence"].between(least, 1.0).all()
    assert made.summary["confidence_least"] == pytest.approx(found["confidence"].min())
    assert made.summary["link_confidence"] == least


def test_hops_work_for_the_share_of_the_year_asked(hops):
    made, found, _ = hops
    assert (found["availability_pct"] >= 99.95).all()
    assert made.summary["availability_least_pct"] == pytest.approx(found["availability_pct"].min())


def test_sites_get_what_they_need_over_their_last_hop(hops):
    made, found, _ = hops
    need = made.tables.sites.set_index("site_id")["mbps"]
    last = found[found["kind"].isin(["client", "ptp_end"])]
    wanted = need[last["to_place"].str.removeprefix("site:")].to_numpy()
    assert (last["rate_mbps"].to_numpy() >= wanted).all()


def test_other_edges_have_none_of_it(hops):
    made, found, _ = hops
    others = made.tables.edges.drop(found.index)
    for column in ("rate_mbps", "availability_pct", "confidence"):
        assert np.isnan(others[column].to_numpy(dtype=np.float64)).all()


def test_the_radios_used_are_counted(hops):
    made, found, _ = hops
    counted = {row["equipment_id"]: row["links"] for row in made.summary["radios"]}
    assert counted == found["equipment_id"].value_counts().to_dict()
