"""Plans side by side: what their gaps prove of a difference and what they leave open, told and drawn."""

from __future__ import annotations

import doctest
import itertools
import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alcance.publish import charts_links, summary_lines
from alcance.publish.charts_links import ticks_between
from alcance.publish.folder import PlanFolder, read_plan_folder
from alcance.publish.language import language
from alcance.publish.report import report_html
from alcance.publish.report_beside import beside_section
from alcance.publish.side_by_side import SidePlan, better_stricter, pairs_told, side_plans, told_value, verdict

EN = language("en")


def _plan(value: float, bound: float, cost: float, *, own: bool = False) -> SidePlan:
    return SidePlan(value, own, {"cost": cost, "lower_bound": bound, "technologies": {}})


@pytest.fixture
def plan(plan_folder: Path) -> PlanFolder:
    return read_plan_folder(plan_folder)


def _text(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).replace("\u00a0", " ")


def test_the_examples_hold() -> None:
    assert doctest.testmod(charts_links).failed == 0


def test_a_difference_is_proven_only_where_the_ranges_part() -> None:
    own = _plan(0.7, 90.0, 100.0, own=True)
    assert verdict(_plan(0.9, 100.5, 120.0), own) == "dearer"
    assert verdict(_plan(0.9, 99.0, 200.0), own) == "unclear"
    assert verdict(_plan(0.5, 50.0, 89.0), own) == "cheaper"
    assert verdict(_plan(0.5, 50.0, 90.0), own) == "unclear"
    assert verdict(own, own) == "own"


_RANGES = st.lists(st.tuples(st.integers(1, 1000), st.integers(0, 300)), min_size=2, max_size=6)


@given(_RANGES, st.randoms(use_true_random=False))
def test_what_is_called_proven_holds_wherever_the_true_optima_lie(ranges: list[tuple[int, int]], random: Any) -> None:
    plans = [_plan(float(n), float(low), float(low + wide)) for n, (low, wide) in enumerate(ranges)]
    truth = {plan.value: random.uniform(plan.bound, plan.cost) for plan in plans}
    proven, left_open = pairs_told(plans)
    assert len(proven) + len(left_open) == len(list(itertools.combinations(plans, 2)))
    assert all(truth[low.value] < truth[high.value] for low, high in proven)
    # What is left open could in truth be either way: the ranges share a cost.
    assert all(max(one.bound, other.bound) <= min(one.cost, other.cost) for one, other in left_open)


def test_the_plans_own_value_is_marked_or_added(plan: PlanFolder) -> None:
    assert [row.own for row in side_plans(plan.summary)] == [False, True, False]
    del plan.summary["beside"]["plans"][1]
    added = side_plans(plan.summary)
    assert [(row.value, row.own) for row in added] == [(0.5, False), (0.7, True), (0.9, False)]
    assert added[1].cost == plan.summary["cost"]
    assert side_plans(plan.summary | {"beside": None}) == []


def test_a_cheaper_plan_that_asks_more_is_pointed_at() -> None:
    plans = [
        _plan(0.5, 70.0, 80.0),
        _plan(0.7, 90.0, 100.0, own=True),
        _plan(0.9, 98.0, 99.0),
        _plan(0.95, 99.0, 105.0),
    ]
    better = better_stricter("link_confidence", plans)
    assert better is not None
    assert better.value == 0.9
    assert better_stricter("max_hops", plans) is None  # more hops allow more, they ask for less
    assert better_stricter("link_confidence", plans[:2]) is None


@pytest.mark.parametrize("code", ["en", "es"])
def test_the_report_tells_each_plan_and_each_difference(plan: PlanFolder, code: str) -> None:
    t = language(code)
    section = beside_section(plan, t)
    assert section is not None
    plans = plan.summary["beside"]["plans"]
    assert [row[1] for row in section["cost_rows"]] == [t.number(row["cost"]) for row in plans]
    assert [row[-1] for row in section["cost_rows"]] == [
        t("beside.unclear"), t("beside.own"), t("beside.dearer"),
    ]  # fmt: skip
    assert t.name("policy", "link_confidence") in section["words"]
    picture = str(section["svg"])
    for row in plans:
        assert t.big_money(row["cost"], plan.currency) in picture
    assert picture.count(f">{t('beside.own')}<") == 1
    words = _text(report_html(plan, t))
    assert ("50% and 70%" if code == "en" else "50 % y 70 %") in words
    assert ("70% is cheaper than 90%" if code == "en" else "70 % es más barato que 90 %") in words


def test_the_picture_shows_each_range_where_it_lies(plan: PlanFolder) -> None:
    section = beside_section(plan, EN)
    assert section is not None
    ends = [
        (float(x), float(x) + float(width))
        for x, width in re.findall(
            rf'<rect x="([\d.]+)" y="[\d.]+" width="([\d.]+)"[^>]*fill="{charts_links.OPEN}"', section["svg"]
        )
    ]
    assert len(ends) == 3
    rows = plan.summary["beside"]["plans"]
    scale = (ends[2][1] - ends[0][0]) / (rows[2]["cost"] - rows[0]["lower_bound"])
    for (low, high), row in zip(ends, rows, strict=True):
        assert low == pytest.approx(ends[0][0] + scale * (row["lower_bound"] - rows[0]["lower_bound"]), abs=0.2)
        assert high - low == pytest.approx(scale * (row["cost"] - row["lower_bound"]), abs=0.2)


def test_a_plan_alone_has_no_such_section(plan: PlanFolder) -> None:
    plan.summary["beside"] = None
    html = report_html(plan, EN)
    assert 'id="beside"' not in html
    assert 'href="#beside"' not in html
    assert 'id="links"' in html


def test_the_terminal_tells_the_plans_and_what_is_open(plan_folder: Path) -> None:
    summary = json.loads((plan_folder / "summary.json").read_text(encoding="utf-8"))
    lines = summary_lines(summary, "en")
    at = lines.index("Side by side: Least chance that a radio link is clear on the true ground")
    assert [line.split("  ")[1] for line in lines[at + 1 : at + 4]] == ["50%", "70% (this plan)", "90%"]
    assert f"EUR {summary['cost']:,.0f}, at least EUR {summary['lower_bound']:,.0f}" in lines[at + 2]
    assert lines[at + 4].startswith("Smaller than the gaps")
    assert not any(line.startswith("Side by side") for line in summary_lines(summary | {"beside": None}, "en"))


def test_a_policy_that_is_a_word_can_stand_side_by_side(plan: PlanFolder) -> None:
    for row, value in zip(plan.summary["beside"]["plans"], ("a", "b", "c"), strict=True):
        row["value"] = value
    plan.summary["beside"]["policy"] = "language"
    plan.summary["policy"]["language"] = "b"
    section = beside_section(plan, EN)
    assert section is not None
    assert [row[0] for row in section["cost_rows"]] == ["a", "b", "c"]


def test_values_are_written_as_people_say_them() -> None:
    assert told_value("link_confidence", 0.75, EN) == "75%"
    assert told_value("link_confidence", 0.725, EN) == "72.5%"
    assert told_value("max_hops", 3.0, EN) == "3"
    assert told_value("availability_pct", 99.95, EN) == "99.95"


@given(st.floats(1.0, 1e9), st.floats(0.0, 2.0))
def test_the_scale_holds_both_ends_with_few_round_steps(low: float, wide: float) -> None:
    high = low * (1 + wide)
    ticks = ticks_between(low, high)
    assert ticks[0] <= low * (1 + 1e-6)
    assert ticks[-1] >= high * (1 - 1e-6)
    assert 2 <= len(ticks) <= 8
