"""Verification holds for what was planned, and fails after any alteration, however well its traces are covered."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pandas as pd
import pytest

from alcance.errors import InputError
from alcance.pack import read_pack
from alcance.plan import make_plan, write_plan
from alcance.plan.verify import verify_folder


def failures(forgery) -> list[str]:
    return verify_folder(forgery.path).failures


def sealed_failures(forgery) -> list[str]:
    """What fails although every digest fits: the arithmetic alone."""
    forgery.seal()
    found = failures(forgery)
    assert not [failure for failure in found if "digest" in failure]
    return found


def test_the_plan_as_it_was_written_holds(tiny_plan):
    report = verify_folder(tiny_plan)
    assert report.failures == []
    assert len(report.passed) > 40


def test_the_plan_holds_against_its_pack(tiny_plan, tiny_pack):
    report = verify_folder(tiny_plan, tiny_pack)
    assert report.failures == []
    assert any("pack" in claim for claim in report.passed)


def test_a_plan_cut_short_before_it_has_a_useful_bound_is_valid_json_and_holds(tiny_pack, tmp_path):
    """The bound lies below what every plan shares, so there is no gap without it; infinity would be no JSON."""
    write_plan(make_plan(read_pack(tiny_pack), seconds=1e-9), tmp_path / "short")
    text = (tmp_path / "short" / "summary.json").read_text(encoding="utf-8")
    assert json.loads(text, parse_constant=pytest.fail)["cost_avoidable"] is None
    assert verify_folder(tmp_path / "short").failures == []


def test_sealing_an_unaltered_plan_changes_nothing(forgery):
    assert sealed_failures(forgery) == []


def test_another_pack_is_told(tiny_plan, tiny_pack, tmp_path):
    other = shutil.copytree(tiny_pack, tmp_path / "other")
    prices = (other / "prices.csv").read_text(encoding="utf-8")
    (other / "prices.csv").write_text(prices.replace("7600", "7601"), encoding="utf-8")
    assert any("pack" in failure for failure in verify_folder(tiny_plan, other).failures)


def row_where(frame: pd.DataFrame, **wanted) -> int:
    rows = np.flatnonzero(np.logical_and.reduce([frame[column].eq(value) for column, value in wanted.items()]))
    assert len(rows), wanted
    return int(rows[len(rows) // 2])


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


BUMP = {
    "costs": lambda array: _at(array, len(array) // 2, 1),
    "max_dependents": lambda array: _at(array, int(np.argmin(array)), 1),
    "tails": lambda array: _at(array, len(array) // 2, 1),
    "heads": lambda array: _at(array, len(array) // 2, 1),
    "terminals": lambda array: _at(array, 0, 1),
    "root": lambda array: array + 1,
    "node_count": lambda array: array + 1,
    "forced_minor": lambda array: array + 1,
    "node_kind": lambda array: _at(array, 3, 1),
    "node_place": lambda array: _at(array, 3, 1),
    "node_hop": lambda array: _at(array, 3, 1),
    "arc_kind": lambda array: _at(array, 3, 1),
    "arc_equipment": lambda array: _at(array, 3, 1),
    "place_id": lambda array: np.array([*array[:-1], "site:nowhere"]),
}


def _at(array: np.ndarray, position: int, step: int) -> np.ndarray:
    changed = array.copy()
    changed[position] += step
    return changed


@pytest.mark.parametrize("array", sorted(BUMP))
def test_any_array_of_the_problem(forgery, array):
    forgery.change_array("problem", array, BUMP[array])
    assert any("digest" in failure for failure in failures(forgery))


@pytest.mark.parametrize("column", ["costs", "max_dependents", "tails", "heads", "terminals", "root"])
def test_the_problem_under_the_plan_with_a_digest_that_fits(forgery, column):
    """Where an edge of the plan is altered in the problem, the tables no longer fit it."""
    edges = forgery.table("edges")
    sector = int(edges["arc"].iloc[row_where(edges, kind="sector")])
    changes = {
        "costs": lambda array: _at(array, sector, 1),
        "max_dependents": lambda array: _at(array, sector, -int(array[sector])),
        "tails": lambda array: _at(array, sector, 1),
        "heads": lambda array: _at(array, sector, 1),
        "terminals": lambda array: array[1:],
        "root": lambda array: array + 1,
    }
    forgery.change_array("problem", column, changes[column])
    assert sealed_failures(forgery)


@pytest.mark.parametrize("array", ["tails", "heads", "terminals", "node_place", "arc_kind"])
def test_numbers_out_of_range_are_told_and_do_not_crash(forgery, array):
    forgery.change_array("problem", array, lambda values: _at(values.astype(np.int64), 1, 10**6))
    assert sealed_failures(forgery)


@pytest.mark.parametrize("step", [1, -1])
def test_any_potential_of_the_certificate(forgery, step):
    count = len(forgery.arrays("certificate")["values"])
    assert count > 20
    for entry in np.unique(np.linspace(0, count - 1, 12).astype(int)):
        forgery.change_array("certificate", "values", lambda values, entry=entry: _at(values, entry, step))
        assert any("digest" in failure for failure in failures(forgery)), entry
        forgery.change_array("certificate", "values", lambda values, entry=entry: _at(values, entry, -step))
    assert failures(forgery) == []


@pytest.mark.parametrize(
    ("array", "change"),
    [
        ("amounts", lambda values: _at(values, 0, 1)),
        ("amounts", lambda values: _at(values, 0, -1)),
        ("payers", lambda values: _at(values, 0, 1)),
        ("nodes", lambda values: _at(values, 0, 1)),
        ("indptr", lambda values: _at(values, 1, 1)),
        ("indptr", lambda values: values[:-1]),
        ("nodes", lambda values: values[:-1]),
        ("nodes", lambda values: _at(values, 0, 10**8)),
        ("indptr", lambda values: _at(values, 1, 10**8)),
    ],
)
def test_any_array_of_the_certificate_fails_with_and_without_its_digest(forgery, array, change):
    forgery.change_array("certificate", array, change)
    assert any("digest" in failure for failure in failures(forgery))
    assert sealed_failures(forgery)


def test_a_bound_that_is_raised_with_all_that_follows_from_it(forgery):
    """The forger claims one more cent, and raises the certificate, the bound, the gaps and the digests with it."""

    def raise_bound(summary):
        minor = summary["pack"]["minor_per_unit"]
        bound = round(summary["lower_bound"] * minor) + 1
        summary["lower_bound"] = bound / minor
        for gap, cost in (("plan_gap", summary["cost"]), ("solver_gap", summary["tree_cost"])):
            summary[gap] = (cost * minor - bound) / bound
        shared = summary["shared_cost"] * minor
        summary["cost_avoidable"] = (summary["cost"] * minor - bound) / (bound - shared)

    heights = len(forgery.arrays("certificate")["amounts"])
    forgery.change_summary(raise_bound)
    caught = 0
    for component in range(heights):
        forgery.change_array("certificate", "amounts", lambda values, c=component: _at(values, c, 1))
        found = sealed_failures(forgery)
        # A component whose ball is not tight may truly rise; then the higher bound is proven, and no forgery.
        caught += any("certificate" in failure for failure in found)
        forgery.change_array("certificate", "amounts", lambda values, c=component: _at(values, c, -1))
    assert caught >= heights / 2


def test_a_potential_that_is_raised_until_the_arcs_above_it_cannot_pay(forgery):
    """With a digest that fits, the arithmetic must find what no longer adds up on the arcs."""
    certificate = forgery.arrays("certificate")
    starts, heights = certificate["indptr"], certificate["amounts"]
    caught = 0
    for component in range(len(heights)):
        inner = np.arange(starts[component], starts[component + 1])
        for entry in inner[certificate["values"][inner] == 0]:
            # The charged terminal itself must be at 0, and nothing may rise above the height.
            node, terminal = certificate["nodes"][entry], certificate["payers"][component]
            step = int(heights[component]) + 1 if node != terminal else 1
            forgery.change_array("certificate", "values", lambda values, e=entry, s=step: _at(values, e, s))
            assert any("certificate" in failure for failure in sealed_failures(forgery))
            forgery.change_array("certificate", "values", lambda values, e=entry, s=step: _at(values, e, -s))
            caught += 1
            break
    assert caught == len(heights)


def test_potentials_against_every_tree_of_small_problems():
    """A certificate that passes never claims more than the cheapest tree costs."""
    from small_problems import random_problem

    from alcance.proof import Certificate, check_certificate
    from alcance.steiner import solve

    rng = np.random.default_rng(5)
    passed = 0
    for seed in range(60):
        problem = random_problem(seed)
        solution = solve(problem, moves_per_terminal=100.0)
        parts = {name: array.copy() for name, array in vars(solution.certificate).items()}
        which = str(rng.choice(["amounts", "values"]))
        if len(parts[which]) == 0:
            continue
        parts[which][rng.integers(len(parts[which]))] += rng.integers(-3, 8)
        forged = Certificate(**parts)
        if not check_certificate(forged, **problem.facts()):
            passed += 1
            assert forged.bound <= solution.cost
    assert passed < 60


@pytest.mark.parametrize(
    "name",
    [
        "summary.json",
        "problem.npz",
        "certificate.npz",
        "sites.parquet",
        "edges.parquet",
        "nodes.parquet",
        "profiles.parquet",
    ],
)
def test_a_file_that_is_missing_or_rubbish_is_named(forgery, name):
    (forgery.path / name).write_bytes(b"rubbish")
    told = _told(forgery)
    assert name in told
    (forgery.path / name).unlink()
    assert name in _told(forgery)


def _told(forgery) -> str:
    try:
        return "\n".join(failures(forgery))
    except InputError as error:
        return str(error)


@pytest.mark.parametrize("name", ["summary.json", "problem.npz", "sites.parquet", "edges.parquet"])
def test_a_file_that_is_cut_short_is_named(forgery, name):
    content = (forgery.path / name).read_bytes()
    (forgery.path / name).write_bytes(content[: len(content) // 2])
    assert name in _told(forgery)


@pytest.mark.parametrize(
    "content", ["{}", "[]", "null", '{"digests": {}}', '{"digests": {"problem": 5}, "pack": {"minor_per_unit": 0}}']
)
def test_a_summary_of_something_else_is_told(forgery, content):
    (forgery.path / "summary.json").write_text(content, encoding="utf-8")
    assert _told(forgery)


@pytest.mark.parametrize("table", ["sites", "edges", "nodes"])
def test_every_column_that_is_checked_may_be_missing(forgery, table):
    """Whatever column is gone, verification says so and never breaks."""
    whole = forgery.table(table)
    for column in whole.columns.drop("geometry", errors="ignore"):
        forgery.change_table(table, lambda _, column=column: whole.drop(columns=column))
        assert _told(forgery), column


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


def test_nothing_is_said_twice(tiny_plan):
    passed = verify_folder(tiny_plan).passed
    assert len(set(passed)) == len(passed)


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(InputError, match="no folder"):
        verify_folder(tmp_path / "nowhere")


def test_what_a_summary_says_survives_json(tiny_plan):
    """NaN and infinity are no JSON."""

    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    text = (tiny_plan / "summary.json").read_text(encoding="utf-8")
    assert json.loads(text, parse_constant=refuse)["sites"] == 17


def test_fractions_of_a_cent_prove_nothing(forgery):
    """Each charge rises by less than a cent, which whole numbers would not see, and all together by many."""
    forgery.change_array("certificate", "amounts", lambda values: values + 0.9)
    assert any("certificate" in failure for failure in sealed_failures(forgery))
