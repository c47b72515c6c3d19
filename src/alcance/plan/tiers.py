"""What the last hamlets cost: the plan pruned to localities above a size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alcance.plan.tree import Tree
    from alcance.steiner import Problem

TIERS_MIN_PEOPLE = (0, 10, 50, 100)


def cost_by_tier(
    problem: Problem,
    tree: Tree,
    locality_people: NDArray[np.float64],
    people: NDArray[np.int64],
    minor_per_unit: int,
) -> list[dict[str, Any]]:
    """Price the plan's own tree when only localities from a size up are served.

    Parameters
    ----------
    problem, tree
        The plan.
    locality_people
        float64[k]: people of the locality a terminal lies in; NaN for a site that belongs to none, which every tier
        serves.
    people
        int64[k]: people counted at the terminal.
    minor_per_unit
        Smallest currency units in a unit.

    Returns
    -------
    list of dict
        For each of `TIERS_MIN_PEOPLE`: min_people, localities, sites, people, cost, cost_per_person, and what the
        people left out would cost each.
    """
    rows: list[dict[str, Any]] = []
    for min_people in TIERS_MIN_PEOPLE:
        served = np.isnan(locality_people) | (locality_people >= min_people)
        weight = np.zeros(problem.node_count, dtype=np.int64)
        weight[problem.terminals] = served
        used = tree.parent_arc[tree.sum_below(problem, weight) > 0]
        cost = int(problem.costs[used[used >= 0]].sum()) / minor_per_unit
        reached = int(people[served].sum())
        rows.append(
            {
                "min_people": min_people,
                "localities": int((served & (people > 0)).sum()),
                "sites": int(served.sum()),
                "people": reached,
                "cost": round(cost, 2),
                "cost_per_person": round(cost / reached, 2) if reached else None,
            }
        )
    for larger, row in zip(rows, [*rows[1:], None], strict=True):
        if row is not None:
            left_out = larger["people"] - row["people"]
            extra = larger["cost"] - row["cost"]
            larger["cost_per_last_person"] = round(extra / left_out, 2) if left_out else None
        else:
            larger["cost_per_last_person"] = None
    return rows
