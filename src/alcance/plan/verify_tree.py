"""Checks the tree of a plan folder: who hangs on whom, how far, how many, and what each site bears."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from alcance.network import NO_LIMIT, ArcKind, NodeKind

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from alcance.plan.claims import Report
    from alcance.plan.files import PlanFiles

HOP_KINDS = ("ptp", "ptp_end", "client")
# The work by which traffic enters a site, and what the site is then served by.
ENTRIES = {
    "fibre_drop": "fibre",
    "ptp": "ptp",
    "ptp_end": "ptp",
    "client": "ptmp",
    "satellite": "satellite",
    "gateway": "shared_satellite",
}
CENT = 0.0051  # amounts are rounded to the hundredth


@dataclass(frozen=True)
class BuiltTree:
    """A tree that hangs on the root.

    Parameters
    ----------
    plan
        The files it stands in.
    chosen
        Arc of every edge, in the order of the table.
    depth
        Edges above every node; 0 outside the tree.
    """

    plan: PlanFiles
    chosen: NDArray[np.int64]
    depth: NDArray[np.int64]

    @cached_property
    def tails(self) -> NDArray[np.int32]:
        """Upper end of every edge."""
        ends: NDArray[np.int32] = self.plan.problem["tails"][self.chosen]
        return ends

    @cached_property
    def heads(self) -> NDArray[np.int32]:
        """Lower end of every edge."""
        ends: NDArray[np.int32] = self.plan.problem["heads"][self.chosen]
        return ends

    def below(self, weight: NDArray[np.int64]) -> NDArray[np.int64]:
        """Sum a weight of nodes over everything at and below each, level by level from the deepest."""
        total, level = weight.copy(), self.depth[self.heads]
        for step in range(int(level.max(initial=0)), 0, -1):
            rows = level == step
            np.add.at(total, self.tails[rows], total[self.heads[rows]])
        return total

    def above(self, amount: NDArray[Any]) -> NDArray[Any]:
        """Sum an amount of edges over the way down to each node, level by level from the root."""
        total = np.zeros(int(self.plan.problem["node_count"]), dtype=amount.dtype)
        level = self.depth[self.heads]
        for step in range(1, int(level.max(initial=0)) + 1):
            rows = level == step
            total[self.heads[rows]] = total[self.tails[rows]] + amount[rows]
        return total


def built_tree(plan: PlanFiles, chosen: NDArray[np.int64], report: Report) -> BuiltTree | None:
    """The edges form one tree from the root that reaches every site to be served; gives it, or None."""
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
        depth, above = depth + depth[up], up[up]
        if np.array_equal(above, up):
            break
        up = above
    rooted = up[heads[chosen]] == root
    report.check(bool(rooted.all()), "every edge hangs on the root", f"{int((~rooted).sum())} do not")
    terminals = plan.problem["terminals"]
    served = (entered[terminals] == 1) & (up[terminals] == root)
    report.check(bool(served.all()), "every site to be served is served", f"{int((~served).sum())} are not")
    return BuiltTree(plan, chosen, depth) if rooted.all() and served.all() else None


def check_nodes(tree: BuiltTree, report: Report) -> None:
    """Every edge is of its kind and joins the nodes it names; the nodes listed are those of the tree."""
    problem, edges, nodes = tree.plan.problem, tree.plan.edges, tree.plan.nodes
    wrong = edges["kind"].to_numpy() != true_kinds(tree.plan, tree.chosen)
    report.check(not wrong.any(), "every edge is of the kind the problem gives it", _first(edges, wrong))
    number = nodes["node"].to_numpy()
    inside = np.sort(np.append(tree.heads, problem["root"]))
    whole = bool(np.array_equal(np.sort(number), inside)) and nodes["node_id"].is_unique
    report.check(whole, "the nodes listed are those of the tree")
    if not whole:
        return
    name = np.full(int(problem["node_count"]), None, dtype=object)
    name[number] = nodes["node_id"].to_numpy()
    wrong = (edges["from_node"].to_numpy() != name[tree.tails]) | (edges["to_node"].to_numpy() != name[tree.heads])
    report.check(not wrong.any(), "every edge joins the nodes it names", _first(edges, wrong))
    place = np.array([*problem["place_id"], None], dtype=object)[problem["node_place"]]  # the root is nowhere
    labels = np.array([kind.name.lower() for kind in NodeKind], dtype=object)
    report.check(
        bool((nodes["place_id"].to_numpy() == place[number]).all())
        and bool((nodes["kind"].to_numpy() == labels[problem["node_kind"][number]]).all()),
        "every node is of its kind and at its place",
    )


def check_loads(tree: BuiltTree, report: Report) -> None:
    """What each edge says it carries is what hangs below it, and no more than it may."""
    problem, edges, nodes = tree.plan.problem, tree.plan.edges, tree.plan.nodes
    one = np.zeros(int(problem["node_count"]), dtype=np.int64)
    one[problem["terminals"]] = 1
    people = np.zeros_like(one)
    leaf = leaf_of_site(tree.plan)
    people[leaf[leaf >= 0]] = tree.plan.sites["people"].to_numpy()[leaf >= 0]
    sites_below, people_below = tree.below(one), tree.below(people)
    carried = sites_below[tree.heads]
    report.check(bool((carried > 0).all()), "every edge serves a site", _first(edges, carried < 1))
    for column, found, what in (
        ("sites_below", sites_below, "sites"),
        ("people_below", people_below, "people"),
        ("hop", tree.above(_is_hop(tree)), "hop"),
    ):
        wrong = found[tree.heads] != edges[column].to_numpy()
        report.check(not wrong.any(), f"every edge states its {what}", _first(edges, wrong))
        holds = bool((found[nodes["node"].to_numpy()] == nodes[column].to_numpy()).all())
        report.check(holds, f"every node states its {what}")
    limit = problem["max_dependents"][tree.chosen]
    over = carried > limit
    report.check(not over.any(), "no relay, sector or gateway carries more than its class allows", _first(edges, over))
    stated = edges["max_dependents"].to_numpy(dtype=np.float64, na_value=np.inf)
    wrong = np.where(np.isinf(stated), limit < NO_LIMIT, stated != limit)
    wrong |= np.where(np.isinf(stated), 0, carried) != edges["dependents"].to_numpy()
    report.check(not wrong.any(), "every edge states its dependents and their limit", _first(edges, wrong))
    report.check(
        int(tree.above(_is_hop(tree)).max(initial=0)) <= int(tree.plan.summary["hop_limit"]),
        "no site is more radio hops away than the limit",
    )


def check_sites(tree: BuiltTree, report: Report) -> None:
    """Each site's way up, hops, technology and share of the cost are those of the tree."""
    problem, edges, sites = tree.plan.problem, tree.plan.edges, tree.plan.sites
    planned = (sites["technology"] != "existing").to_numpy()
    leaf = leaf_of_site(tree.plan)
    whole = bool(np.array_equal(np.sort(leaf[planned]), np.sort(problem["terminals"]))) and (leaf[~planned] < 0).all()
    report.check(whole, "the sites planned are the terminals of the problem")
    if not whole:
        return
    row_of_head = {int(head): row for row, head in enumerate(tree.heads)}
    kinds, place, edge_id = true_kinds(tree.plan, tree.chosen), problem["node_place"], edges["edge_id"].tolist()
    stated, technologies, site_id = (sites[name].tolist() for name in ("upstream", "technology", "site_id"))
    strayed, misnamed = [], []
    for row, node in enumerate(leaf):
        path: list[int] = []
        at = int(node)
        while at in row_of_head:
            path.append(row_of_head[at])
            at = int(tree.tails[path[-1]])
        if [edge_id[edge] for edge in path] != list(stated[row]):
            strayed.append(str(site_id[row]))
        entry = next((edge for edge in path if place[tree.tails[edge]] != place[node]), None)
        technology = "existing" if entry is None else ENTRIES.get(str(kinds[entry]), "none")
        if technology != technologies[row]:
            misnamed.append(str(site_id[row]))
    report.check(not strayed, "every site states its way up", ", ".join(strayed[:3]))
    report.check(not misnamed, "every site states its technology", ", ".join(misnamed[:3]))
    wrong = np.where(planned, tree.above(_is_hop(tree))[leaf], 0) != sites["hops"].to_numpy()
    report.check(not wrong.any(), "every site states its hops")
    _check_shares(tree, leaf, planned, report)


def _check_shares(tree: BuiltTree, leaf: NDArray[np.int64], planned: NDArray[np.bool_], report: Report) -> None:
    """Each edge's price is divided over those below it by their people, or their users where they count no people."""
    problem, sites, summary = tree.plan.problem, tree.plan.sites, tree.plan.summary
    minor = float(summary["pack"]["minor_per_unit"])
    people = sites["people"].to_numpy(dtype=np.float64)
    users = sites["users"].to_numpy(dtype=np.float64, na_value=1.0)
    weight = np.zeros(int(problem["node_count"]), dtype=np.int64)
    weight[leaf[planned]] = np.maximum(1, np.where(people > 0, people, users)).astype(np.int64)[planned]
    rate = problem["costs"][tree.chosen] / np.maximum(1, tree.below(weight)[tree.heads]) / minor
    share = np.where(planned, tree.above(rate)[leaf] * weight[leaf], 0.0)
    wrong = np.abs(share - sites["cost_share"].to_numpy()) > CENT
    names = ", ".join(sites["site_id"].to_numpy()[wrong][:3].astype(str))
    report.check(not wrong.any(), "every site bears its share of the cost", names)


def leaf_of_site(plan: PlanFiles) -> NDArray[np.int64]:
    """Terminal of every site of the table, -1 where it has none."""
    terminals = plan.problem["terminals"]
    names = plan.problem["place_id"][plan.problem["node_place"][terminals]]
    of_place = dict(zip(names.tolist(), terminals.tolist(), strict=True))
    return np.array([of_place.get(f"site:{site}", -1) for site in plan.sites["site_id"]], dtype=np.int64)


def true_kinds(plan: PlanFiles, chosen: NDArray[np.int64]) -> NDArray[np.object_]:
    """Kind of every edge as the problem has it."""
    labels: NDArray[np.object_] = np.array([kind.label for kind in ArcKind], dtype=object)
    return labels[plan.problem["arc_kind"][chosen].astype(np.int64)]


def _is_hop(tree: BuiltTree) -> NDArray[np.int64]:
    """1 for every edge that is a radio hop, as the problem has it."""
    return np.isin(true_kinds(tree.plan, tree.chosen), HOP_KINDS).astype(np.int64)


def _first(edges: pd.DataFrame, wrong: NDArray[np.bool_]) -> str:
    """Name the first edges that are wrong."""
    names = edges["edge_id"].to_numpy()[wrong]
    return f"{len(names)} do not, the first {names[0]}" if len(names) else ""
