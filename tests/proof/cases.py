"""Small problems with proofs of every form: rooted or not, with node costs, in one case or in several."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent / "steiner"))
from brute import optimum

from alcance.proof import Certificate
from alcance.steiner import REQUIRED, Problem, solve

FREE = 10**6


@dataclass(frozen=True)
class Case:
    """A problem, told plainly, and what its best network costs."""

    facts: dict[str, Any]
    best: int


def random_case(rng: np.random.Generator) -> Case:
    """A few nodes, both ways passable, some of them prized or required, node costs in half of the cases."""
    count = int(rng.integers(2, 7))
    pairs = [(a, b) for a in range(count) for b in range(a) if rng.random() < 0.7 or b == a - 1]
    tails, heads = (np.array(end, dtype=np.int32) for end in zip(*pairs, strict=True))
    costs = rng.integers(0, 30, len(pairs))
    terminals = rng.permutation(count)[: int(rng.integers(1, min(4, count) + 1))].astype(np.int32)
    prizes = np.where(
        rng.random(terminals.size) < rng.choice([0.0, 0.4]), REQUIRED, rng.integers(0, 50, terminals.size)
    )
    facts = {
        "node_count": count,
        "root": None if rng.random() < 0.5 else int(rng.integers(count)),
        "tails": np.r_[tails, heads],
        "heads": np.r_[heads, tails],
        "costs": np.r_[costs, costs].astype(np.int64),
        "terminals": terminals,
        "prizes": prizes.astype(np.int64),
        "node_costs": rng.integers(0, 15, count) * int(rng.integers(0, 2)),
    }
    return Case(facts, least_cost(facts))


def least_cost(facts: dict[str, Any]) -> int:
    """The least over every root of what the rooted problem costs, and over building nothing at all."""
    roots = range(facts["node_count"]) if facts["root"] is None else [facts["root"]]
    costs = [optimum(_from_outside(_required(facts, [root]), [root], 0)) for root in roots]
    if facts["root"] is None and bool((facts["prizes"] != REQUIRED).all()):
        costs.append(int(facts["prizes"].sum()))
    return min(costs)


def proof(facts: dict[str, Any], opening: int, ways: list[list[tuple[int, bool]]]) -> Certificate:
    """A certificate with a leaf for each way of decisions, by the solver on the problem with a root outside."""
    return Certificate.branched([(_leaf(facts, opening, way), way) for way in ways])


def _leaf(facts: dict[str, Any], opening: int, way: list[tuple[int, bool]]) -> Certificate:
    inside = [node for node, decided in way if decided]
    outside = [node for node, decided in way if not decided]
    if facts["root"] is not None:
        opening = -int(facts["node_costs"][facts["root"]])
    roots = range(facts["node_count"]) if facts["root"] is None else [facts["root"]]
    problem = _from_outside(_required(facts, inside), roots, opening, outside)
    made = solve(problem, moves_per_terminal=5).certificate
    if facts["root"] is None:
        return replace(made, opening=np.array([opening]))
    # The root must not be listed; where it is, its arc from outside was charged, and nothing else.
    kept = made.nodes != facts["root"]
    owner = np.repeat(np.arange(made.height.size), np.diff(made.indptr))[kept]
    indptr = np.r_[0, np.cumsum(np.bincount(owner, minlength=made.height.size))]
    return Certificate.single(
        made.payers, made.amounts, indptr, made.nodes[kept], made.values[kept], opening, made.payer_ptr
    )


def _required(facts: dict[str, Any], nodes: list[int]) -> dict[str, Any]:
    """The problem with some nodes as required terminals."""
    terminals, prizes = facts["terminals"], facts["prizes"].copy()
    prizes[np.isin(terminals, nodes)] = REQUIRED
    more = np.array([node for node in nodes if node not in terminals], dtype=np.int64)
    return {**facts, "terminals": np.r_[terminals, more], "prizes": np.r_[prizes, np.full(more.size, REQUIRED)]}


def _from_outside(facts: dict[str, Any], roots: Any, opening: int, outside: list[int] | None = None) -> Problem:
    """The problem with an extra node as its root; arcs of nodes that are outside cost more than everything."""
    count, node_costs = facts["node_count"], facts["node_costs"]
    roots = np.fromiter(roots, dtype=np.int64)
    tails = np.r_[facts["tails"], np.full(roots.size, count)]
    heads = np.r_[facts["heads"], roots]
    costs = np.r_[facts["costs"] + node_costs[facts["heads"]], opening + node_costs[roots]]
    costs = costs + FREE * (np.isin(tails, outside or []) | np.isin(heads, outside or []))
    return Problem.build(count + 1, count, tails, heads, costs, facts["terminals"], facts["prizes"])
