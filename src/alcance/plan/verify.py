"""Checks a plan folder from its files alone: nothing here is shared with the solver that made it."""

from __future__ import annotations

import json
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from alcance.errors import InputError, Problem
from alcance.plan.folder import arrays_digest
from alcance.plan.potentials import Potentials, check_potentials

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd
    from numpy.typing import NDArray

HOP_KINDS = ("ptp", "ptp_end", "client")
CENT = 0.011  # shares are rounded to the cent, one rounding a site


@dataclass
class Report:
    """What was checked, and what failed."""

    passed: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def check(
        self,
        holds: bool | np.bool_,  # noqa: FBT001 (the claim reads as a sentence)
        claim: str,
        otherwise: str = "",
    ) -> None:
        """Note a claim as held or failed."""
        if holds:
            self.passed.append(claim)
        else:
            self.failures.append(f"{claim}: {otherwise}" if otherwise else claim)


@dataclass(frozen=True)
class _Folder:
    """The files of a plan folder, read."""

    summary: dict[str, Any]
    problem: dict[str, NDArray[Any]]
    potentials: Potentials
    sites: pd.DataFrame
    edges: pd.DataFrame
    nodes: pd.DataFrame


def verify_folder(folder: Path, pack: Path | None = None) -> Report:
    """Check tree, hops, dependents, costs and bound of a plan; with its pack, rebuild the problem too.

    Raises
    ------
    InputError
        If a file is missing or cannot be read, with every such file.
    """
    plan = _read(folder)
    report = Report()
    report.check(
        arrays_digest(plan.problem) == plan.summary["digests"]["problem"],
        "the problem is the one the summary names by its digest",
    )
    report.check(
        arrays_digest(vars(plan.potentials)) == plan.summary["digests"]["certificate"],
        "the certificate is the one the summary names by its digest",
    )
    chosen = plan.edges["arc"].to_numpy()
    known = (chosen >= 0) & (chosen < len(plan.problem["tails"]))
    report.check(bool(known.all()) and len(np.unique(chosen)) == len(chosen), "every edge is an option of the problem")
    if not report.failures:
        depth = _check_tree(plan, chosen, report)
        if depth is not None:
            _check_loads(plan, chosen, depth, report)
            _check_sites(plan, chosen, depth, report)
        _check_costs(plan, chosen, report)
        _check_bound(plan, report)
    if pack is not None:
        _check_pack(plan, pack, report)
    return report


def _read(folder: Path) -> _Folder:
    """Read the files, or say which cannot be."""
    import pandas as pd
    import pyarrow as pa

    problems: list[Problem] = []
    found: dict[str, Any] = {}
    if not folder.is_dir():
        raise InputError([Problem(str(folder), None, "", "", "is no folder; give a plan folder")])
    readers = {
        "summary.json": lambda path: json.loads(path.read_text(encoding="utf-8")),
        "problem.npz": _arrays,
        "certificate.npz": _arrays,
        "sites.parquet": pd.read_parquet,
        "edges.parquet": pd.read_parquet,
        "nodes.parquet": pd.read_parquet,
    }
    for name, reader in readers.items():
        path = folder / name
        try:
            found[name] = reader(path)
        except FileNotFoundError:
            problems.append(Problem(str(path), None, "", "", "is missing; plan again, or restore the folder"))
        except (OSError, ValueError, KeyError, zipfile.BadZipFile, pa.ArrowException) as error:
            problems.append(Problem(str(path), None, "", "", f"cannot be read ({error}); plan again"))
    if problems:
        raise InputError(problems)
    certificate = found["certificate.npz"]
    try:
        potentials = Potentials(**certificate)
    except TypeError as error:
        raise InputError(
            [Problem(str(folder / "certificate.npz"), None, "", "", f"does not hold a certificate ({error})")]
        ) from error
    return _Folder(
        found["summary.json"],
        found["problem.npz"],
        potentials,
        found["sites.parquet"],
        found["edges.parquet"],
        found["nodes.parquet"],
    )


def _arrays(path: Path) -> dict[str, NDArray[Any]]:
    """Read an NPZ whole."""
    with np.load(path, allow_pickle=False) as stored:
        return {name: stored[name] for name in stored.files}


def _check_tree(plan: _Folder, chosen: NDArray[np.int64], report: Report) -> NDArray[np.int64] | None:
    """The edges form one tree from the root that reaches every site to be served; gives depth, or None."""
    tails, heads = plan.problem["tails"], plan.problem["heads"]
    root, count = int(plan.problem["root"]), int(plan.problem["node_count"])
    entered = np.bincount(heads[chosen], minlength=count)
    single = bool((entered <= 1).all()) and entered[root] == 0
    report.check(single, "no node is fed twice, and nothing feeds the root")
    if not single:
        return None
    parent = np.full(count, -1, dtype=np.int64)
    parent[heads[chosen]] = tails[chosen]
    # Pointer doubling: after k rounds every node has looked 2^k steps up; a cycle never meets the root.
    depth = np.where(parent >= 0, 1, 0).astype(np.int64)
    up = np.where(parent >= 0, parent, np.arange(count))
    for _ in range(int(np.ceil(np.log2(max(2, count)))) + 1):
        depth, up = depth + depth[up], up[up]
    rooted = up[heads[chosen]] == root
    report.check(bool(rooted.all()), "every edge hangs on the root", f"{int((~rooted).sum())} do not")
    terminals = plan.problem["terminals"]
    served = (entered[terminals] == 1) & (up[terminals] == root)
    report.check(bool(served.all()), "every site to be served is served", f"{int((~served).sum())} are not")
    return depth if rooted.all() and served.all() else None


def _below(
    plan: _Folder, chosen: NDArray[np.int64], depth: NDArray[np.int64], weight: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Sum a weight of nodes over everything below each, level by level from the deepest."""
    tails, heads = plan.problem["tails"], plan.problem["heads"]
    total = weight.copy()
    level = depth[heads[chosen]]
    for step in range(int(level.max(initial=0)), 0, -1):
        rows = chosen[level == step]
        np.add.at(total, tails[rows], total[heads[rows]])
    return total


def _above(plan: _Folder, chosen: NDArray[np.int64], depth: NDArray[np.int64], amount: NDArray[Any]) -> NDArray[Any]:
    """Sum an amount of arcs over the path down to each node, level by level from the root."""
    tails, heads = plan.problem["tails"], plan.problem["heads"]
    total = np.zeros(int(plan.problem["node_count"]), dtype=amount.dtype)
    level = depth[heads[chosen]]
    for step in range(1, int(level.max(initial=0)) + 1):
        rows = np.flatnonzero(level == step)
        total[heads[chosen[rows]]] = total[tails[chosen[rows]]] + amount[rows]
    return total


def _check_loads(plan: _Folder, chosen: NDArray[np.int64], depth: NDArray[np.int64], report: Report) -> None:
    """What each edge says it carries is what hangs below it, and no more than it may."""
    heads, edges = plan.problem["heads"], plan.edges
    one = np.zeros(int(plan.problem["node_count"]), dtype=np.int64)
    one[plan.problem["terminals"]] = 1
    sites_below = _below(plan, chosen, depth, one)[heads[chosen]]
    wrong = sites_below != edges["sites_below"].to_numpy()
    report.check(not wrong.any(), "every edge states the sites below it", _first(edges, wrong))
    people = np.zeros_like(one)
    place_of_site = _leaf_of_site(plan)
    planned = plan.sites["technology"].to_numpy() != "existing"
    people[place_of_site[planned]] = plan.sites["people"].to_numpy()[planned]
    people_below = _below(plan, chosen, depth, people)[heads[chosen]]
    wrong = people_below != edges["people_below"].to_numpy()
    report.check(not wrong.any(), "every edge states the people below it", _first(edges, wrong))
    over = sites_below > plan.problem["max_dependents"][chosen]
    report.check(not over.any(), "no relay, sector or gateway carries more than its class allows", _first(edges, over))
    limit = edges["max_dependents"].to_numpy(dtype=np.float64, na_value=np.inf)
    true_limit = plan.problem["max_dependents"][chosen].astype(np.float64)
    wrong = np.where(np.isinf(limit), true_limit < (1 << 40), limit != true_limit)
    wrong |= np.where(np.isinf(limit), 0, sites_below) != edges["dependents"].to_numpy()
    report.check(not wrong.any(), "every edge states its dependents and their limit", _first(edges, wrong))
    hop = np.isin(_kinds(edges), HOP_KINDS).astype(np.int64)
    hops = _above(plan, chosen, depth, hop)
    report.check(
        int(hops.max(initial=0)) <= int(plan.summary["hop_limit"]), "no site is more radio hops away than the limit"
    )
    wrong = hops[heads[chosen]] != edges["hop"].to_numpy()
    report.check(not wrong.any(), "every edge states its hop", _first(edges, wrong))
    report.check(
        bool((hops[plan.nodes["node"].to_numpy()] == plan.nodes["hop"].to_numpy()).all()), "every node states its hop"
    )
    relabelled = _kinds(edges) != _true_kinds(plan, chosen)
    report.check(not relabelled.any(), "every edge is of the kind the problem gives it", _first(edges, relabelled))
    listed = np.sort(plan.nodes["node"].to_numpy())
    report.check(
        bool(np.array_equal(listed, np.sort(np.append(heads[chosen], plan.problem["root"])))),
        "the nodes listed are those of the tree",
    )


def _check_sites(plan: _Folder, chosen: NDArray[np.int64], depth: NDArray[np.int64], report: Report) -> None:
    """Each site's path, hops, technology and totals are those of the tree."""
    heads, edges, sites = plan.problem["heads"], plan.edges, plan.sites
    planned = (sites["technology"] != "existing").to_numpy()
    leaf = _leaf_of_site(plan)
    report.check(
        bool(np.array_equal(np.sort(leaf[planned]), np.sort(plan.problem["terminals"]))),
        "the sites planned are the terminals of the problem",
    )
    edge_of_head = dict(zip(heads[chosen].tolist(), edges["edge_id"].tolist(), strict=True))
    tail_of_head = dict(zip(heads[chosen].tolist(), plan.problem["tails"][chosen].tolist(), strict=True))
    root = int(plan.problem["root"])
    strayed = []
    for row in np.flatnonzero(planned):
        node, path = int(leaf[row]), []
        while node != root and node in edge_of_head:
            path.append(edge_of_head[node])
            node = tail_of_head[node]
        if path != list(sites["upstream"].iloc[row]):
            strayed.append(str(sites["site_id"].iloc[row]))
    report.check(not strayed, "every site states its way up", ", ".join(strayed[:3]))
    hops = _above(plan, chosen, depth, np.isin(_kinds(edges), HOP_KINDS).astype(np.int64))
    wrong = hops[leaf[planned]] != sites["hops"].to_numpy()[planned]
    report.check(not wrong.any(), "every site states its hops")
    counted = {str(name): int(number) for name, number in sites["technology"].value_counts().items()}
    report.check(counted == plan.summary["technologies"], "the technologies add up to the sites")
    total = int(sites["people"].sum())
    report.check(
        total == plan.summary["people_existing"] + plan.summary["people_planned"], "the people add up over the sites"
    )


def _check_costs(plan: _Folder, chosen: NDArray[np.int64], report: Report) -> None:
    """Prices are the problem's, shares add up, the total is the sum."""
    edges, summary = plan.edges, plan.summary
    minor = float(summary["pack"]["minor_per_unit"])
    wrong = edges["price_minor"].to_numpy() != plan.problem["costs"][chosen]
    report.check(not wrong.any(), "every edge is priced as the problem prices it", _first(edges, wrong))
    forced = int(plan.problem["forced_minor"])
    cost_minor = int(edges["price_minor"].sum()) + forced
    report.check(round(summary["cost"] * minor) == cost_minor, "the cost is the sum of its edges")
    shared = round(float(plan.sites["cost_share"].sum()), 2)
    report.check(
        abs(shared - (cost_minor - forced) / minor) <= CENT * len(plan.sites), "the sites' shares add up to the cost"
    )
    for name in ("capex", "opex_year"):
        report.check(abs(float(edges[name].sum()) - summary[name]) < 1.0, f"{name} is the sum over the edges")
    kinds = edges.groupby("kind")["price_minor"].sum()
    stated = summary["cost_by_kind"]
    report.check(
        {str(kind): int(value) for kind, value in kinds.items() if value}
        == {kind: round(value * minor) for kind, value in stated.items()},
        "the cost by kind is the sum over the edges of that kind",
    )


def _check_bound(plan: _Folder, report: Report) -> None:
    """The certificate proves the bound, and the gaps follow from it."""
    summary = plan.summary
    minor = float(summary["pack"]["minor_per_unit"])
    problem = plan.problem
    verdict = check_potentials(
        plan.potentials,
        tails=problem["tails"],
        heads=problem["heads"],
        costs=problem["costs"],
        terminals=problem["terminals"],
        root=int(problem["root"]),
        node_count=int(problem["node_count"]),
    )
    report.check(verdict == "", "the certificate holds on every arc", verdict)
    forced = int(problem["forced_minor"])
    bound = plan.potentials.bound + forced
    report.check(round(summary["lower_bound"] * minor) == bound, "the lower bound is what the certificate proves")
    cost, tree = round(summary["cost"] * minor), round(summary["tree_cost"] * minor)
    report.check(bound <= tree <= cost, "bound, tree and plan are in order")
    for name, value in (("plan_gap", cost), ("solver_gap", tree)):
        gap = 0.0 if value == bound else (value - bound) / bound
        report.check(abs(gap - summary[name]) <= 1e-6, f"{name} follows from cost and bound")


def _check_pack(plan: _Folder, pack: Path, report: Report) -> None:
    """Rebuild the problem from its pack."""
    from alcance.network import build_network
    from alcance.pack import read_pack
    from alcance.plan.build import problem_arrays
    from alcance.plan.scenario import Scenario

    source = read_pack(pack)
    report.check(
        dict(sorted(source.digests.items())) == plan.summary["inputs"], "the pack's files are those that were planned"
    )
    stated = plan.summary["scenario"]
    changed = Scenario(stated["price_factors"], stated["policies"]).apply(source)
    again = arrays_digest(problem_arrays(build_network(changed)))
    report.check(again == plan.summary["digests"]["problem"], "the pack gives the same problem when it is built again")


def _leaf_of_site(plan: _Folder) -> NDArray[np.int64]:
    """Terminal of every site of the table, -1 where it has none."""
    places = plan.problem["place_id"]
    terminals = plan.problem["terminals"]
    of_place = dict(zip(places[plan.problem["node_place"][terminals]].tolist(), terminals.tolist(), strict=True))
    return np.array([of_place.get(f"site:{site}", -1) for site in plan.sites["site_id"]], dtype=np.int64)


def _kinds(edges: pd.DataFrame) -> NDArray[np.object_]:
    """Kind of every edge as the table states it."""
    kinds: NDArray[np.object_] = edges["kind"].to_numpy(dtype=object)
    return kinds


def _true_kinds(plan: _Folder, chosen: NDArray[np.int64]) -> NDArray[np.object_]:
    """Kind of every edge as the problem has it."""
    from alcance.network import ArcKind

    labels: NDArray[np.object_] = np.array([kind.label for kind in ArcKind], dtype=object)
    return labels[plan.problem["arc_kind"][chosen].astype(np.int64)]


def _first(edges: pd.DataFrame, wrong: NDArray[np.bool_]) -> str:
    """Name the first edges that are wrong."""
    names = edges["edge_id"].to_numpy()[wrong]
    return f"{len(names)} do not, the first {names[0]}" if len(names) else ""
