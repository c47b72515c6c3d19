"""Verification fails after any alteration of the summary, however well its traces are covered."""

from __future__ import annotations

import numpy as np
import pytest
from forgery import row_where, sealed_failures


@pytest.mark.parametrize(
    "name",
    [
        "cost",
        "lower_bound",
        "tree_cost",
        "shared_cost",
        "solver_gap",
        "plan_gap",
        "cost_avoidable",
        "capex",
        "opex_year",
        "sites",
        "sites_planned",
        "sites_existing",
        "people_planned",
        "people_existing",
        "fibre_km",
        "inferred_fibre_km",
        "radio_hops",
        "max_hops",
        "options",
    ],
)
@pytest.mark.parametrize("factor", [1.01, 0.99])
def test_a_figure_of_the_summary(forgery, name, factor):
    before = forgery.summary[name]
    assert before is not None

    def change(summary):
        if isinstance(before, int):
            summary[name] = before + np.sign(factor - 1).item()
        else:  # a plan proven to the end has gaps of 0
            summary[name] = before * factor if before else factor - 1

    forgery.change_summary(change)
    assert sealed_failures(forgery)


def test_the_technologies_of_the_summary(forgery):
    forgery.change_summary(lambda summary: summary["technologies"].update(satellite=99))
    assert sealed_failures(forgery)


def test_the_costs_by_kind_of_the_summary(forgery):
    forgery.change_summary(lambda summary: summary["cost_by_kind"].update(mast=1.0))
    assert sealed_failures(forgery)


def test_a_lower_limit_on_hops(forgery):
    forgery.change_summary(lambda summary: summary.update(hop_limit=summary["max_hops"] - 1))
    assert sealed_failures(forgery)


def test_a_cheaper_plan_that_is_only_said_to_be_so(forgery):
    """Cost, gaps, edge and shares all fit each other; the problem's own price gives it away."""
    forgery.change_cell("edges", "price_minor", row_where(forgery.table("edges"), kind="pop"), lambda _: 0)
    edges = forgery.table("edges")

    def fit(summary):
        minor = summary["pack"]["minor_per_unit"]
        summary["cost"] = summary["tree_cost"] = int(edges["price_minor"].sum()) / minor
        del summary["cost_by_kind"]["pop"]
        for gap in ("plan_gap", "solver_gap"):
            summary[gap] = (summary["cost"] - summary["lower_bound"]) / summary["lower_bound"]

    forgery.change_summary(fit)
    assert sealed_failures(forgery)
