"""The report's figures add up to the plan."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from alcance.publish import figures
from alcance.publish.charts import nice_ticks, readable_on
from alcance.publish.folder import PlanFolder, read_plan_folder
from alcance.publish.palette import COST_GROUP_COLOURS, COST_GROUPS, TECHNOLOGY_COLOURS, cost_group


@pytest.fixture
def plan(plan_folder: Path) -> PlanFolder:
    return read_plan_folder(plan_folder)


def test_technologies_add_up(plan: PlanFolder) -> None:
    rows = figures.technology_rows(plan)
    assert sum(row.sites for row in rows) == plan.summary["sites"]
    assert sum(row.people for row in rows) == plan.summary["people"]
    assert sum(row.cost for row in rows) == pytest.approx(plan.summary["cost"], abs=1)
    for share in ("sites_share", "people_share", "cost_share"):
        assert sum(getattr(row, share) for row in rows) == pytest.approx(1)
    assert {row.technology: row.sites for row in rows} == plan.summary["technologies"]


def test_costs_add_up_by_group_and_by_kind(plan: PlanFolder) -> None:
    groups, kinds = figures.cost_by_group(plan), figures.cost_by_kind(plan)
    assert sum(row.price for row in groups) == pytest.approx(plan.summary["cost"])
    assert sum(row.capex for row in groups) == pytest.approx(plan.summary["capex"])
    assert {row.name: row.price for row in kinds} == pytest.approx(
        {kind: cost for kind, cost in plan.summary["cost_by_kind"].items() if cost}
    )
    assert sum(row.length_km for row in kinds) == pytest.approx(plan.summary["fibre_km"], abs=0.01)
    assert [row.price for row in groups] == sorted((row.price for row in groups), reverse=True)


def test_the_curve_rises_and_flattens(plan: PlanFolder) -> None:
    curve = figures.cost_curve(plan)
    slopes = [
        (y1 - y0) / (x1 - x0)
        for (x0, y0), (x1, y1) in itertools.pairwise(zip(curve.cost, curve.people, strict=True))
        if x1 > x0
    ]
    assert all(after <= before * (1 + 1e-9) for before, after in itertools.pairwise(slopes))
    assert curve.people[0] == plan.summary["people_existing"]
    assert curve.people[-1] == plan.summary["people_existing"] + plan.summary["people_planned"]
    assert curve.cost[-1] + curve.uncounted == pytest.approx(plan.summary["cost"], abs=1)
    assert [share for share, *_ in curve.milestones] == [0.5, 0.8, 0.9, 0.95, 0.99]  # one site stays unconnected


def test_the_ranges_of_size_add_up_to_all(plan: PlanFolder) -> None:
    rows = figures.bands(plan.summary)
    assert [(row.least, row.below) for row in rows] == [(100, None), (50, 100), (10, 50), (0, 10)]
    whole = next(tier for tier in plan.summary["tiers"] if tier["min_people"] == 0)
    assert sum(row.people for row in rows) == whole["people"]
    assert sum(row.cost for row in rows) == pytest.approx(whole["cost"])


def test_areas_reasons_and_hops_count_every_site(plan: PlanFolder) -> None:
    areas = figures.area_rows(plan)
    assert sum(row.sites for row in areas) == len(plan.sites)
    assert all(sum(row.by_technology.values()) == row.sites for row in areas)
    assert sum(count for _, count, _ in figures.reason_rows(plan)) == len(plan.sites)
    fed = ~plan.sites["technology"].isin(["existing", "none", "satellite"])
    assert sum(sites for _, sites, _ in figures.hop_rows(plan)) == fed.sum()


def test_links_are_counted_by_kind(plan: PlanFolder) -> None:
    assert sum(count for _, count, _, _ in figures.link_rows(plan)) == plan.summary["radio_hops"]


def test_every_group_has_kinds_of_its_own_and_a_colour() -> None:
    kinds = [kind for group in COST_GROUPS.values() for kind in group]
    assert len(kinds) == len(set(kinds))
    assert cost_group("laser") == "other"
    assert {*COST_GROUPS, "other"} == set(COST_GROUP_COLOURS)


@pytest.mark.parametrize("most", [0.3, 1, 7, 16.5, 99, 1650, 3e9])
def test_ticks_are_round_few_and_within(most: float) -> None:
    ticks = nice_ticks(most)
    assert ticks[0] == 0
    assert ticks[-1] <= most * (1 + 1e-9)
    assert 3 <= len(ticks) <= 8


def test_words_on_colours_can_be_read() -> None:
    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    for colour in TECHNOLOGY_COLOURS.values():
        light, dark = sorted((luminance(colour), luminance(readable_on(colour))), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5
