"""Plans of other values of one policy beside this one: which is which, and which differences their gaps leave open."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from alcance.publish.language import Language

#: Policies that are a share of one, told as a percentage.
SHARES: Final = ("link_confidence", "discount_rate", "fresnel_clearance")

#: Policies of which a greater value asks more of every link, so that its plan keeps every lesser value too.
STRICTER_ABOVE: Final = ("link_confidence", "availability_pct", "fade_margin_db", "fresnel_clearance")

FIGURES: Final = (
    "cost", "capex", "opex_year", "lower_bound", "plan_gap", "technologies", "fibre_km", "radio_hops", "relays",
)  # fmt: skip


@dataclass(frozen=True)
class SidePlan:
    """One of several plans.

    Parameters
    ----------
    value
        Value of the policy, as it stands in the pack.
    own
        Whether it is the plan of this folder.
    figures
        Its figures, those of `FIGURES` at least.
    """

    value: float | str
    own: bool
    figures: Mapping[str, Any]

    @property
    def cost(self) -> float:
        """Cost of the plan."""
        return float(self.figures["cost"])

    @property
    def bound(self) -> float:
        """What it is proven that no network for this value can cost less than; never above the cost."""
        return min(float(self.figures["lower_bound"]), self.cost)

    def proven_cheaper_than(self, other: SidePlan) -> bool:
        """Whether the cheapest network for this value costs less than that for the other, whatever the gaps hide."""
        return self.cost < other.bound


def side_plans(summary: Mapping[str, Any]) -> list[SidePlan]:
    """Return the plans that stand side by side with that of the folder among them, by value; none if there are none."""
    beside = summary.get("beside")
    if not beside:
        return []
    own = _value(summary["policy"][beside["policy"]])
    plans = [SidePlan(_value(row["value"]), _value(row["value"]) == own, row) for row in beside["plans"]]
    if not any(plan.own for plan in plans):
        plans.append(SidePlan(own, own=True, figures={name: summary[name] for name in FIGURES}))
    if all(isinstance(plan.value, float) for plan in plans):
        plans.sort(key=lambda plan: plan.value)
    return plans


def _value(value: Any) -> float | str:
    try:
        return float(value)
    except ValueError:
        return str(value)


def verdict(plan: SidePlan, own: SidePlan) -> str:
    """Say of a difference in cost whether it is proven: "own", "dearer", "cheaper" or "unclear"."""
    if plan.own:
        return "own"
    if own.proven_cheaper_than(plan):
        return "dearer"
    return "cheaper" if plan.proven_cheaper_than(own) else "unclear"


def pairs_told(plans: Sequence[SidePlan]) -> tuple[list[tuple[SidePlan, SidePlan]], list[tuple[SidePlan, SidePlan]]]:
    """Part all pairs into those of which it is proven that the first is cheaper, and those the gaps leave open."""
    proven, left_open = [], []
    for one, other in itertools.combinations(plans, 2):
        if one.proven_cheaper_than(other):
            proven.append((one, other))
        elif other.proven_cheaper_than(one):
            proven.append((other, one))
        else:
            left_open.append((one, other))
    return proven, left_open


def better_stricter(policy: str, plans: Sequence[SidePlan]) -> SidePlan | None:
    """Return the cheapest plan that asks more than that of the folder and yet costs less, or None.

    Gaps allow it: a plan found for a stricter value is a plan for the looser one too.
    """
    own = next(plan for plan in plans if plan.own)
    if policy not in STRICTER_ABOVE or isinstance(own.value, str):
        return None
    better = [
        plan for plan in plans if isinstance(plan.value, float) and plan.value > own.value and plan.cost < own.cost
    ]
    return min(better, key=lambda plan: plan.cost, default=None)


def told_value(policy: str, value: float | str, t: Language) -> str:
    """Write a value of a policy: a share of one as a percentage."""
    if isinstance(value, str):
        return value
    if policy in SHARES:
        return t.percent(value, 0 if abs(value * 100 - round(value * 100)) < 1e-9 else 1)
    text = t.number(value, 0 if value.is_integer() else 3)
    return text if value.is_integer() else text.rstrip("0")


def built_technologies(plans: Sequence[SidePlan], order: Sequence[str]) -> list[str]:
    """Return the technologies that any of the plans builds, in the order of the legends."""
    present = {name for plan in plans for name, count in plan.figures["technologies"].items() if count}
    present.discard("existing")
    return [*(name for name in order if name in present), *sorted(present - set(order))]
