"""Verification fails after any alteration of the tables, however well its traces are covered."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from forgery import failures, row_where, sealed_failures, told


@pytest.mark.parametrize("column", ["arc", "price_minor", "sites_below", "people_below", "dependents", "hop"])
@pytest.mark.parametrize("step", [1, -1])
def test_a_number_of_an_edge(forgery, column, step):
    edges = forgery.table("edges")
    for row in (0, len(edges) // 2, len(edges) - 1):
        forgery.change_cell("edges", column, row, lambda value: value + step)
        assert sealed_failures(forgery), (column, row)
        forgery.change_cell("edges", column, row, lambda value: value - step)
    assert sealed_failures(forgery) == []


def test_the_kind_of_an_edge(forgery):
    row = row_where(forgery.table("edges"), kind="client")
    forgery.change_cell("edges", "kind", row, lambda _: "ptp_end")
    assert sealed_failures(forgery)


def test_the_ends_of_an_edge(forgery):
    for column in ("from_node", "to_node"):
        forgery.change_cell("edges", column, 3, lambda name: name + "x")
        assert sealed_failures(forgery), column
        forgery.change_cell("edges", column, 3, lambda name: name[:-1])


def test_the_most_that_a_relay_may_carry(forgery):
    row = row_where(forgery.table("edges"), kind="sector")
    forgery.change_cell("edges", "max_dependents", row, lambda limit: limit + 1)
    assert sealed_failures(forgery)


def test_a_relay_that_carries_more_than_its_class_allows(forgery):
    """Problem and table agree on a limit that the plan breaks."""
    edges = forgery.table("edges")
    row = row_where(edges, kind="sector")
    too_few = int(edges["sites_below"].iloc[row]) - 1
    forgery.change_cell("edges", "max_dependents", row, lambda _: too_few)

    def lower(limits):
        limits[edges["arc"].iloc[row]] = too_few

    forgery.change_array("problem", "max_dependents", lower)
    (failure,) = sealed_failures(forgery)
    assert "carries more than its class allows" in failure


def test_an_edge_that_is_gone(forgery):
    for row in (0, len(forgery.table("edges")) - 1):
        whole = forgery.table("edges")
        forgery.change_table("edges", lambda frame, row=row: frame.drop(index=row).reset_index(drop=True))
        assert sealed_failures(forgery)
        forgery.change_table("edges", lambda _, whole=whole: whole)


def test_an_edge_too_many(forgery):
    edges = forgery.table("edges")
    unused = int(np.setdiff1d(np.arange(len(forgery.arrays("problem")["tails"])), edges["arc"])[0])
    for arc in (unused, int(edges["arc"].iloc[0])):
        extra = edges.iloc[[0]].assign(arc=arc, edge_id="more")
        forgery.change_table("edges", lambda _, extra=extra: pd.concat([edges, extra], ignore_index=True))
        assert sealed_failures(forgery)


def test_an_edge_that_leads_nowhere_but_is_added_up_everywhere(forgery):
    """A mast nobody needs, with every table and sum made to fit, is still a node that no site hangs on."""
    problem, edges, nodes = forgery.arrays("problem"), forgery.table("edges"), forgery.table("nodes")
    inside = set(problem["heads"][edges["arc"]].tolist()) | {int(problem["root"])}
    free = [
        arc
        for arc in range(len(problem["tails"]))
        if problem["costs"][arc] == 0 and problem["tails"][arc] in inside and problem["heads"][arc] not in inside
    ]
    assert free
    arc = free[0]
    forgery.change_table(
        "edges",
        lambda _: pd.concat(
            [edges, edges.iloc[[0]].assign(arc=arc, edge_id="more", price_minor=0, capex=0.0, opex_year=0.0)]
        ),
    )
    extra = nodes.iloc[[0]].assign(node=int(problem["heads"][arc]), node_id="more")
    forgery.change_table("nodes", lambda _: pd.concat([nodes, extra]))
    assert sealed_failures(forgery)


def test_the_hop_of_a_node(forgery):
    forgery.change_cell("nodes", "hop", 5, lambda hop: hop + 1)
    assert sealed_failures(forgery)


@pytest.mark.parametrize("column", ["sites_below", "people_below", "node"])
def test_a_number_of_a_node(forgery, column):
    forgery.change_cell("nodes", column, 5, lambda value: value + 1)
    assert sealed_failures(forgery)


@pytest.mark.parametrize(
    ("column", "change"),
    [
        ("upstream", lambda way: way[1:]),
        ("upstream", lambda way: [*way[:1], *way]),
        ("upstream", lambda way: way[::-1]),
        ("hops", lambda hops: hops + 1),
        ("technology", lambda _: "existing"),
        ("technology", lambda name: "ptp" if name != "ptp" else "ptmp"),
        ("people", lambda people: people + 1),
        ("cost_share", lambda share: share + 0.05),
        ("cost_share", lambda share: share - 0.05),
        ("site_id", lambda name: name + "x"),
    ],
)
def test_what_is_said_of_a_site(forgery, column, change):
    sites = forgery.table("sites")
    planned = np.flatnonzero(
        sites["technology"].ne("existing") & sites["people"].gt(0) & sites["upstream"].str.len().gt(3)
    )
    forgery.change_cell("sites", column, int(planned[0]), change)
    assert sealed_failures(forgery)


@pytest.mark.parametrize("column", ["technology", "cost_share", "people", "upstream"])
def test_two_sites_that_change_places_leave_every_sum_as_it_was(forgery, column):
    sites = forgery.table("sites")
    first = row_where(sites, technology="ptmp")
    second = row_where(sites, technology="fibre")
    values = sites[column].tolist()
    assert not np.array_equal(values[first], values[second])
    forgery.change_cell("sites", column, first, lambda _: values[second])
    forgery.change_cell("sites", column, second, lambda _: values[first])
    assert sealed_failures(forgery)


@pytest.mark.parametrize("table", ["sites", "edges", "nodes"])
def test_every_column_that_is_checked_may_be_missing(forgery, table):
    """Whatever column is gone, verification says so and never breaks."""
    whole = forgery.table(table)
    for column in whole.columns.drop("geometry", errors="ignore"):
        forgery.change_table(table, lambda _, column=column: whole.drop(columns=column))
        assert told(forgery), column


@pytest.mark.parametrize("table", ["sites", "edges", "nodes", "profiles"])
def test_every_cell_counts(forgery, table):
    """A change in any column is found by the digest, be it one that no sum goes over."""
    whole = forgery.table(table)
    for column in whole.columns:
        altered = whole.copy()
        altered[column] = altered[column].to_numpy()[::-1]
        if altered[column].astype(str).equals(whole[column].astype(str)):
            continue
        forgery.change_table(table, lambda _, altered=altered: altered)
        assert any(f"{table}.parquet" in failure for failure in failures(forgery)), column
