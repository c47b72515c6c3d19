"""Checks a plan folder from its files alone: nothing here is shared with the solver that made it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from alcance.network import ArcKind
from alcance.pack.files import digest as file_digest
from alcance.plan.claims import Report
from alcance.plan.files import PlanFiles, read_files
from alcance.plan.folder import arrays_digest, summary_digest
from alcance.plan.verify_tree import CENT, HOP_KINDS, built_tree, check_loads, check_nodes, check_sites, true_kinds
from alcance.proof import check_certificate

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

TABLES = ("sites.parquet", "edges.parquet", "nodes.parquet", "profiles.parquet", "context.parquet")


def verify_folder(folder: Path, pack: Path | None = None) -> Report:
    """Check tree, hops, dependents, costs and bound of a plan; with its pack, rebuild the problem too.

    Raises
    ------
    InputError
        If a file is missing or cannot be read, with every such file.
    """
    plan = read_files(folder)
    report = Report()
    try:
        _check_digests(plan, folder, report)
        if _check_problem(plan, report):
            _check_plan(plan, report)
        if pack is not None:
            _check_pack(plan, pack, report)
    except (KeyError, IndexError, TypeError, ValueError) as error:
        # What was altered may break any check; the check that breaks has not held.
        report.check(
            holds=False, claim="every file holds what a plan folder holds", otherwise=f"{type(error).__name__}: {error}"
        )
    return report


def _check_plan(plan: PlanFiles, report: Report) -> None:
    """Everything that the tables claim, from the problem up."""
    chosen = plan.edges["arc"].to_numpy()
    known = np.issubdtype(chosen.dtype, np.integer) and bool(
        ((chosen >= 0) & (chosen < len(plan.problem["tails"]))).all()
    )
    report.check(known and len(np.unique(chosen)) == len(chosen), "every edge is an option of the problem")
    if not known:
        return
    tree = built_tree(plan, chosen, report)
    if tree is not None:
        check_nodes(tree, report)
        check_loads(tree, report)
        check_sites(tree, report)
    _check_costs(plan, chosen, report)
    _check_figures(plan, chosen, report)
    _check_bound(plan, report)


def _check_digests(plan: PlanFiles, folder: Path, report: Report) -> None:
    """Every file is the one that was written."""
    digests = plan.summary["digests"]
    for name, found in (
        ("problem", arrays_digest(plan.problem)),
        ("certificate", arrays_digest(plan.certificate_arrays)),
        ("summary", summary_digest(plan.summary)),
    ):
        report.check(found == digests[name], f"the {name} is the one the summary names by its digest")
    for name in TABLES:
        stands = (folder / name).is_file() and file_digest(folder / name) == digests[name]
        report.check(stands, f"{name} is the one the summary names by its digest")


def _check_problem(plan: PlanFiles, report: Report) -> bool:
    """The problem's arrays fit together, so that what follows can index them."""
    problem = plan.problem
    count, arcs = int(problem["node_count"]), len(problem["tails"])
    fits = all(len(problem[name]) == arcs for name in ("heads", "costs", "max_dependents", "arc_kind"))
    fits &= all(len(problem[name]) == count for name in ("node_kind", "node_place"))
    for name, top in (
        ("tails", count),
        ("heads", count),
        ("terminals", count),
        ("root", count),
        ("arc_kind", len(ArcKind)),
    ):
        fits &= bool(((problem[name] >= 0) & (problem[name] < top)).all())
    fits &= bool((problem["costs"] >= 0).all() and (problem["node_place"] < len(problem["place_id"])).all())
    report.check(fits, "the problem's arrays fit together")
    return fits


def _check_costs(plan: PlanFiles, chosen: NDArray[np.int64], report: Report) -> None:
    """Prices are the problem's, shares add up, the total is the sum."""
    edges, summary = plan.edges, plan.summary
    minor = float(summary["pack"]["minor_per_unit"])
    wrong = edges["price_minor"].to_numpy() != plan.problem["costs"][chosen]
    report.check(
        not wrong.any(),
        "every edge is priced as the problem prices it",
        ", ".join(edges["edge_id"].to_numpy()[wrong][:3]),
    )
    forced = int(plan.problem["forced_minor"])
    cost_minor = int(edges["price_minor"].sum()) + forced
    report.check(round(summary["cost"] * minor) == cost_minor, "the cost is the sum of its edges")
    for name in ("capex", "opex_year"):
        report.check(abs(float(edges[name].sum()) - summary[name]) <= CENT, f"{name} is the sum over the edges")
    kinds = edges.groupby("kind")["price_minor"].sum()
    stated = summary["cost_by_kind"]
    report.check(
        {str(kind): int(value) for kind, value in kinds.items() if value}
        == {kind: round(value * minor) for kind, value in stated.items()},
        "the cost by kind is the sum over the edges of that kind",
    )


def _check_figures(plan: PlanFiles, chosen: NDArray[np.int64], report: Report) -> None:
    """The summary's figures are those of the tables."""
    sites, edges, summary = plan.sites, plan.edges, plan.summary
    kinds = true_kinds(plan, chosen).astype(str)
    along_km = edges["length_m"].to_numpy() / 1_000.0
    fibre = np.char.startswith(kinds, "fibre_") & (along_km > 0)
    existing = sites["technology"].eq("existing")
    figures = {
        "sites": len(sites),
        "sites_existing": int(existing.sum()),
        "sites_planned": int((~existing).sum()),
        "people_existing": int(sites.loc[existing, "people"].sum()),
        "people_planned": int(sites.loc[~existing, "people"].sum()),
        "max_hops": int(sites["hops"].max()) if len(sites) else 0,
        "radio_hops": int(np.isin(kinds, HOP_KINDS).sum()),
        "options": len(plan.problem["tails"]),
        "technologies": {str(name): int(number) for name, number in sites["technology"].value_counts().items()},
    }
    for name, found in figures.items():
        report.check(found == summary[name], f"{name} is what the tables add up to")
    for name, which in (("fibre_km", fibre), ("inferred_fibre_km", fibre & edges["inferred"].to_numpy())):
        report.check(abs(float(along_km[which].sum()) - summary[name]) <= CENT, f"{name} is what the edges add up to")


def _check_bound(plan: PlanFiles, report: Report) -> None:
    """The certificate proves the bound, and the gaps follow from it."""
    summary = plan.summary
    minor = float(summary["pack"]["minor_per_unit"])
    problem = plan.problem
    faults = check_certificate(
        plan.certificate,
        node_count=int(problem["node_count"]),
        root=int(problem["root"]),
        tails=problem["tails"],
        heads=problem["heads"],
        costs=problem["costs"],
        terminals=problem["terminals"],
        prizes=None,
    )
    report.check(not faults, "the certificate holds on every arc", "; ".join(faults))
    if faults:
        return  # nothing follows from a proof that does not hold
    forced = int(problem["forced_minor"])
    bound = plan.certificate.bound + forced
    report.check(round(summary["lower_bound"] * minor) == bound, "the lower bound is what the certificate proves")
    cost, tree = round(summary["cost"] * minor), round(summary["tree_cost"] * minor)
    report.check(bound <= min(tree, cost), "neither the solver's tree nor the plan costs less than the bound")
    shared = _unavoidable(problem) + forced
    report.check(round(summary["shared_cost"] * minor) == shared, "the shared cost is what every plan must pay")
    for name, value, base in (
        ("plan_gap", cost - bound, bound),
        ("solver_gap", tree - bound, bound),
        ("cost_avoidable", cost - bound, bound - shared),
    ):
        stated = summary[name]
        gap = value / base if base > 0 else None if value else 0.0
        holds = gap is stated if gap is None or stated is None else abs(gap - stated) <= 1e-6
        report.check(holds, f"{name} follows from cost and bound")


def _unavoidable(problem: dict[str, NDArray[Any]]) -> int:
    """Sum the cheapest way into every terminal."""
    cheapest = np.full(int(problem["node_count"]), np.iinfo(np.int64).max)
    np.minimum.at(cheapest, problem["heads"], problem["costs"])
    return int(cheapest[problem["terminals"]].sum())


def _check_pack(plan: PlanFiles, pack: Path, report: Report) -> None:
    """Rebuild the problem from its pack."""
    from alcance.network import build_network
    from alcance.pack import read_pack
    from alcance.plan.problem_arrays import problem_arrays
    from alcance.plan.scenario import Scenario

    source = read_pack(pack)
    report.check(
        dict(sorted(source.digests.items())) == plan.summary["inputs"], "the pack's files are those that were planned"
    )
    stated = plan.summary["scenario"]
    changed = Scenario(stated["price_factors"], stated["policies"]).apply(source)
    again = arrays_digest(problem_arrays(build_network(changed)))
    report.check(again == plan.summary["digests"]["problem"], "the pack gives the same problem when it is built again")
