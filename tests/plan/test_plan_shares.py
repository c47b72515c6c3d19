"""Costs are divided over those they are borne for, and smaller tiers never cost more."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_problems import random_problem, shortest_tree, terminals_below

from alcance.plan.shares import share_costs
from alcance.plan.tiers import TIERS_MIN_PEOPLE, cost_by_tier

SEEDS = st.integers(0, 10**9)


def case(seed: int):
    problem = random_problem(seed)
    rng = np.random.default_rng(seed + 7)
    tree = shortest_tree(problem)
    # What serves nobody is no part of a plan.
    idle = terminals_below(problem, tree) == 0
    parent = tree.parent_arc.copy()
    parent[idle] = -1
    tree = type(tree).of_parents(problem, parent)
    weight = rng.integers(1, 5000, len(problem.terminals))
    capex = rng.uniform(0, 100, problem.arc_count).round(2)
    return problem, tree, weight, capex


@settings(max_examples=150)
@given(SEEDS)
def test_the_shares_add_up_to_the_tree(seed):
    problem, tree, weight, capex = case(seed)
    shares = share_costs(problem, tree, weight, capex, 2 * capex)
    assert shares.price.sum() == pytest.approx(problem.costs[tree.arcs].sum())
    assert shares.capex.sum() == pytest.approx(capex[tree.arcs].sum())
    assert shares.opex_year.sum() == pytest.approx(2 * capex[tree.arcs].sum())


@settings(max_examples=150)
@given(SEEDS)
def test_each_edge_is_borne_by_those_below_it_by_their_weight(seed):
    problem, tree, weight, capex = case(seed)
    expected = np.zeros(len(problem.terminals))
    paths = [set(tree.path(problem, int(terminal))) for terminal in problem.terminals]
    for arc in tree.arcs:
        below = [row for row, path in enumerate(paths) if arc in path]
        whole = sum(int(weight[row]) for row in below)
        for row in below:
            expected[row] += problem.costs[arc] * weight[row] / whole
    shares = share_costs(problem, tree, weight, capex, capex)
    assert shares.price == pytest.approx(expected)


@settings(max_examples=150)
@given(SEEDS)
def test_what_leaving_one_site_out_saves_is_what_the_tree_without_it_costs_less(seed):
    problem, tree, weight, capex = case(seed)
    alone = share_costs(problem, tree, weight, capex, capex).alone
    paths = [set(tree.path(problem, int(terminal))) for terminal in problem.terminals]
    whole = int(problem.costs[tree.arcs].sum())
    for row in range(len(paths)):
        rest = set().union(*(path for other, path in enumerate(paths) if other != row)) if len(paths) > 1 else set()
        assert alone[row] == whole - int(sum(problem.costs[arc] for arc in rest))


@settings(max_examples=150)
@given(SEEDS)
def test_serving_fewer_never_costs_more(seed):
    problem, tree, _, _ = case(seed)
    rng = np.random.default_rng(seed)
    count = len(problem.terminals)
    locality = rng.choice([3.0, 9.0, 10.0, 49.0, 50.0, 99.0, 100.0, 5000.0, np.nan], count)
    people = np.where(np.isnan(locality), 0, locality).astype(np.int64)
    rows = cost_by_tier(problem, tree, locality, people, 100)
    assert [row["min_people"] for row in rows] == list(TIERS_MIN_PEOPLE)
    for larger, smaller in itertools.pairwise(rows):
        for column in ("cost", "sites", "people", "localities"):
            assert smaller[column] <= larger[column]
        left_out, saved = larger["people"] - smaller["people"], larger["cost"] - smaller["cost"]
        if left_out:
            assert larger["cost_per_last_person"] == pytest.approx(saved / left_out, abs=0.011)
    assert rows[0]["cost"] == pytest.approx(problem.costs[tree.arcs].sum() / 100)
    for row in rows:
        served = np.isnan(locality) | (locality >= row["min_people"])
        arcs = set().union(
            *(set(tree.path(problem, int(t))) for t, kept in zip(problem.terminals, served, strict=True) if kept)
        )
        assert row["cost"] == pytest.approx(sum(int(problem.costs[arc]) for arc in arcs) / 100)
        assert row["people"] == people[served].sum()


def test_a_hospital_without_people_bears_its_share_by_its_users(tiny_plan):
    import geopandas as gpd

    sites = gpd.read_parquet(tiny_plan / "sites.parquet").set_index("site_id")
    hospital = sites.loc["H01"]
    assert hospital["people"] == 0
    assert hospital["users"] == 220
    assert hospital["cost_share"] > 0


def test_the_tables_shares_are_those_of_the_edges(tiny_plan):
    import geopandas as gpd

    sites = gpd.read_parquet(tiny_plan / "sites.parquet")
    edges = gpd.read_parquet(tiny_plan / "edges.parquet")
    assert sites["cost_share"].sum() == pytest.approx(edges["price_minor"].sum() / 100, abs=0.01 * len(sites))
    assert sites["capex_share"].sum() == pytest.approx(edges["capex"].sum(), abs=0.01 * len(edges))
    assert sites["opex_year_share"].sum() == pytest.approx(edges["opex_year"].sum(), abs=0.01 * len(edges))
    planned = sites[sites["technology"] != "existing"]
    assert (planned["cost_alone"] > 0).all()
    assert (planned["cost_alone"] <= planned["cost_share"].sum()).all()
    existing = sites[sites["technology"] == "existing"]
    assert (existing[["cost_share", "cost_alone", "capex_share", "opex_year_share", "hops"]] == 0).all(axis=None)
    assert (existing["upstream"].str.len() == 0).all()
