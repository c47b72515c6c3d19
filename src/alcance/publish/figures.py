"""The numbers behind the report's pictures and tables, worked out once from the plan folder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from alcance.publish.folder import PlanFolder
from alcance.publish.palette import COST_GROUPS, FIBRE_KINDS, RADIO_KINDS, TECHNOLOGIES, cost_group

if TYPE_CHECKING:
    import pandas as pd

#: Shares of the people at which the cost curve is read.
MILESTONES: Final = (0.5, 0.8, 0.9, 0.95, 0.99, 1.0)


@dataclass(frozen=True)
class TechnologyRow:
    """What one technology carries and costs, with its share of each whole."""

    technology: str
    sites: int
    people: int
    cost: float
    sites_share: float
    people_share: float
    cost_share: float

    @property
    def cost_per_site(self) -> float:
        """Discounted cost per site."""
        return self.cost / self.sites

    @property
    def cost_per_person(self) -> float:
        """Discounted cost per person; not a number where there is none."""
        return self.cost / self.people if self.people else float("nan")


def technology_rows(plan: PlanFolder) -> list[TechnologyRow]:
    """Sites, people and cost by technology, in the order of the legends."""
    sums = plan.sites.groupby("technology").agg(
        sites=("site_id", "size"), people=("people", "sum"), cost=("cost_share", "sum")
    )
    whole = sums.sum()
    order = [*TECHNOLOGIES, *sorted(set(sums.index) - set(TECHNOLOGIES))]
    return [
        TechnologyRow(
            name,
            int(sums.loc[name, "sites"]),
            int(sums.loc[name, "people"]),
            float(sums.loc[name, "cost"]),
            *(
                float(sums.loc[name, column] / whole[column]) if whole[column] else 0.0
                for column in ("sites", "people", "cost")
            ),
        )
        for name in order
        if name in sums.index
    ]


@dataclass(frozen=True)
class CostRow:
    """What one kind of work, or one group of kinds, costs."""

    name: str
    works: int
    length_km: float
    capex: float
    opex_year: float
    price: float
    share: float


def cost_rows(plan: PlanFolder, names: pd.Series[Any], order: list[str]) -> list[CostRow]:
    """Add up the edges by the name each is given, in a given order; names without an edge are left out."""
    minor = int(plan.summary["pack"].get("minor_per_unit", 100))
    edges = plan.edges.drop(columns="geometry").assign(name=names, price=plan.edges["price_minor"] / minor)
    edges["fibre_m"] = edges["length_m"].where(edges["kind"].isin(FIBRE_KINDS), 0.0)
    sums = edges.groupby("name").agg(
        works=("edge_id", "size"),
        fibre_m=("fibre_m", "sum"),
        capex=("capex", "sum"),
        opex_year=("opex_year", "sum"),
        price=("price", "sum"),
    )
    whole = float(sums["price"].sum()) or 1.0
    result = []
    for name in order:
        if name in sums.index:
            capex, opex_year, price = (float(sums.loc[name, column]) for column in ("capex", "opex_year", "price"))
            works, km = int(sums.loc[name, "works"]), float(sums.loc[name, "fibre_m"]) / 1000
            result.append(CostRow(name, works, km, capex, opex_year, price, price / whole))
    return result


def cost_by_group(plan: PlanFolder) -> list[CostRow]:
    """Cost by group of works, the dearest first; groups that cost nothing are left out."""
    rows = cost_rows(plan, plan.edges["kind"].map(cost_group), [*COST_GROUPS, "other"])
    return sorted((row for row in rows if row.price > 0), key=lambda row: -row.price)


def cost_by_kind(plan: PlanFolder) -> list[CostRow]:
    """Cost by kind of work, in the order of the groups; kinds that cost nothing are left out."""
    known = [kind for kinds in COST_GROUPS.values() for kind in kinds]
    order = [*known, *sorted(set(plan.edges["kind"]) - set(known))]
    return [row for row in cost_rows(plan, plan.edges["kind"], order) if row.price > 0]


@dataclass(frozen=True)
class CostCurve:
    """People reached against cost, the cheapest per person first.

    Parameters
    ----------
    people
        People reached so far, from those already served to all.
    cost
        Cost so far.
    milestones
        Share of all people, people, cost, and what the next person there costs.
    uncounted
        Cost of the sites that count no people (schools, hospitals), not on the curve.
    """

    people: list[int]
    cost: list[float]
    milestones: list[tuple[float, int, float, float]]
    uncounted: float


def cost_curve(plan: PlanFolder) -> CostCurve:
    """Order the sites by their share of the cost per person and add them up."""
    served = int(plan.sites.loc[plan.sites["technology"] == "existing", "people"].sum())
    planned = plan.sites[~plan.sites["technology"].isin(["existing", "none"])]
    counted = planned[planned["people"] > 0]
    each = counted["cost_share"] / counted["people"]
    counted = counted.assign(each=each).sort_values(["each", "site_id"], kind="stable")
    people = (served + counted["people"].cumsum()).tolist()
    cost = counted["cost_share"].cumsum().tolist()
    each_sorted = counted["each"].tolist()
    whole = int(plan.sites["people"].sum())
    milestones = []
    for share in MILESTONES:
        number = next((i for i, reached in enumerate(people) if reached >= share * whole), None)
        if number is not None and served < share * whole:
            milestones.append((share, int(people[number]), float(cost[number]), float(each_sorted[number])))
    uncounted = float(planned.loc[planned["people"] <= 0, "cost_share"].sum())
    return CostCurve([served, *map(int, people)], [0.0, *map(float, cost)], milestones, uncounted)


@dataclass(frozen=True)
class Band:
    """Localities of one range of sizes: what they hold and what reaching them adds."""

    least: int
    below: int | None
    localities: int
    people: int
    cost: float

    @property
    def cost_per_person(self) -> float:
        """Cost per person of the band."""
        return self.cost / self.people if self.people else float("nan")


def bands(summary: dict[str, Any]) -> list[Band]:
    """Differences between the tiers of `summary.json` (each holds those above it), the largest localities first."""
    tiers = sorted(summary["tiers"], key=lambda tier: -tier["min_people"])
    result = []
    above: dict[str, Any] = {"min_people": None, "localities": 0, "people": 0, "cost": 0.0}
    for tier in tiers:
        result.append(
            Band(
                int(tier["min_people"]),
                above["min_people"],
                int(tier["localities"] - above["localities"]),
                int(tier["people"] - above["people"]),
                float(tier["cost"] - above["cost"]),
            )
        )
        above = tier
    return result


@dataclass(frozen=True)
class AreaRow:
    """One administrative area: its sites by technology, its people and its share of the cost."""

    name: str
    sites: int
    people: int
    by_technology: dict[str, int]
    cost: float

    @property
    def cost_per_person(self) -> float:
        """Cost per person; not a number where there is none."""
        return self.cost / self.people if self.people else float("nan")


def area_rows(plan: PlanFolder) -> list[AreaRow]:
    """Sites, people and cost by administrative area, by name."""
    sites = plan.sites.drop(columns="geometry").assign(admin_name=plan.sites["admin_name"].fillna("–"))
    keys = ["admin_name", "admin_id"]
    sums = sites.groupby(keys, dropna=False).agg(
        sites=("site_id", "size"), people=("people", "sum"), cost=("cost_share", "sum")
    )
    counts = sites.groupby([*keys, "technology"], dropna=False).size().unstack(fill_value=0)
    technologies = list(counts.columns)
    return [
        AreaRow(
            str(key[0]),
            int(row["sites"]),
            int(row["people"]),
            {name: int(number) for name, number in zip(technologies, counts.loc[key], strict=True)},
            float(row["cost"]),
        )
        for key, row in sums.iterrows()
    ]


def reason_rows(plan: PlanFolder) -> list[tuple[str, int, dict[str, int]]]:
    """How many sites have each reason, and which technologies they got; the most common first."""
    counts = plan.sites.groupby(["reason", "technology"]).size().unstack(fill_value=0)
    rows = [
        (str(reason), int(row.sum()), {str(k): int(v) for k, v in row.items() if v})
        for reason, row in counts.iterrows()
    ]
    return sorted(rows, key=lambda row: (-row[1], row[0]))


def hop_rows(plan: PlanFolder) -> list[tuple[int, int, int]]:
    """Sites and people by radio hops from the network."""
    served = plan.sites[~plan.sites["technology"].isin(["existing", "none", "satellite"])]
    sums = served.groupby("hops").agg(sites=("site_id", "size"), people=("people", "sum"))
    return [(int(hops), int(row["sites"]), int(row["people"])) for hops, row in sums.iterrows()]


def link_rows(plan: PlanFolder) -> list[tuple[str, int, float, float]]:
    """Radio links by kind: how many, their median and greatest length [km]."""
    links = plan.edges[plan.edges["kind"].isin(RADIO_KINDS)]
    sums = links.groupby("kind")["length_m"].agg(["size", "median", "max"])
    return [
        (kind, int(sums.loc[kind, "size"]), float(sums.loc[kind, "median"]) / 1000, float(sums.loc[kind, "max"]) / 1000)
        for kind in RADIO_KINDS
        if kind in sums.index
    ]
