"""Plans side by side are the plans that each value gives alone, in the order asked for."""

from __future__ import annotations

import pytest

from alcance.errors import InputError
from alcance.pack import read_pack
from alcance.plan import Beside, Scenario, make_plan, plan_beside
from alcance.plan.beside import FIGURES

DEAR = Scenario({"satellite_terminal": 3.0})


def test_each_row_is_the_plan_of_its_value_alone(tiny_pack):
    told: list[tuple[str, float]] = []
    asked = Beside.parse("link_confidence=0.9,0.70,0.5")
    made = plan_beside(tiny_pack, DEAR, asked, progress=lambda *step: told.append(step))
    rows = made.summary["beside"]
    assert rows["policy"] == "link_confidence"
    assert rows["own"] == 0.7
    assert [row["value"] for row in rows["plans"]] == ["0.9", "0.70", "0.5"]
    assert [share for stage, share in told if stage == "planning side by side"] == [0.5, 1.0]
    for row in rows["plans"]:
        alone = Scenario(DEAR.price_factors, {"link_confidence": row["value"]})
        summary = make_plan(read_pack(tiny_pack), scenario=alone).summary
        assert {name: row[name] for name in FIGURES} == {name: summary[name] for name in FIGURES}
    assert {name: made.summary[name] for name in FIGURES} == {
        name: value for name, value in rows["plans"][1].items() if name != "value"
    }


def test_a_surer_plan_is_one_that_less_sureness_allows_too(tiny_pack):
    """What 0.9 allows 0 allows too, so no bound of the latter lies above the former's plan."""
    made = plan_beside(tiny_pack, DEAR, Beside.parse("link_confidence=0,0.9"))
    loose, sure = made.summary["beside"]["plans"]
    assert loose["lower_bound"] <= sure["cost"]


@pytest.mark.parametrize("text", ["link_confidence", "=0.5", "link_confidence=", "link_confidence=0.5,,0.7"])
def test_what_is_no_list_of_values_is_refused(text):
    with pytest.raises(InputError, match="NAME=VALUE"):
        Beside.parse(text)


@pytest.mark.parametrize("text", ["link_confidence=0.5,1.5", "max_hop=1,2"])
def test_a_wrong_value_is_refused_before_any_plan_begins(tiny_pack, text):
    with pytest.raises(InputError, match=r"link_confidence|max_hop"):
        plan_beside(tiny_pack, Scenario(), Beside.parse(text), progress=lambda *_: pytest.fail("a plan was made"))
