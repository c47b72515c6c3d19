"""Independent answers for small problems: optima by subset dynamic programming, certificates arc by arc."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from alcance.steiner import REQUIRED, Certificate, Problem, Solution


def optimum(problem: Problem) -> float:
    """The least cost of any arborescence with prizes for what it leaves out (Dreyfus and Wagner, directed)."""
    count = problem.node_count
    distance = [[math.inf] * count for _ in range(count)]
    for node in range(count):
        distance[node][node] = 0
    for tail, head, cost in zip(problem.tails.tolist(), problem.heads.tolist(), problem.costs.tolist(), strict=True):
        distance[tail][head] = min(distance[tail][head], cost)
    for middle in range(count):
        for tail in range(count):
            for head in range(count):
                distance[tail][head] = min(distance[tail][head], distance[tail][middle] + distance[middle][head])
    terminals = problem.terminals.tolist()
    table: list[list[float]] = [[0.0] * count]
    for subset in range(1, 1 << len(terminals)):
        row = [math.inf] * count
        if subset & (subset - 1) == 0:
            terminal = terminals[subset.bit_length() - 1]
            row = [distance[node][terminal] for node in range(count)]
        else:
            part = (subset - 1) & subset
            while part > 0:
                row = [min(row[node], table[part][node] + table[subset ^ part][node]) for node in range(count)]
                part = (part - 1) & subset
            row = [min(distance[node][other] + row[other] for other in range(count)) for node in range(count)]
        table.append(row)
    best = math.inf
    prizes = problem.prizes.tolist()
    for subset in range(1 << len(terminals)):
        out = [prizes[at] for at in range(len(terminals)) if not subset >> at & 1]
        if all(prize != REQUIRED for prize in out):
            best = min(best, table[subset][problem.root] + sum(out))
    return best if best == math.inf else int(best)


def certified_bound(problem: Problem, certificate: Certificate) -> int:
    """The bound a certificate proves, recomputed densely; an AssertionError where it proves nothing."""
    arcs = problem.tails.size
    drawn = np.zeros(arcs, dtype=object)
    charged: dict[int, int] = {}
    bound = 0
    assert certificate.indptr[0] == 0
    assert certificate.indptr[-1] == certificate.nodes.size == certificate.values.size
    assert certificate.payer_ptr[0] == 0
    assert certificate.payer_ptr[-1] == certificate.payers.size == certificate.amounts.size
    for at in range(certificate.indptr.size - 1):
        paid = range(int(certificate.payer_ptr[at]), int(certificate.payer_ptr[at + 1]))
        height = sum(int(certificate.amounts[place]) for place in paid)
        potential = dict.fromkeys(range(problem.node_count), height)
        for entry in range(int(certificate.indptr[at]), int(certificate.indptr[at + 1])):
            value = int(certificate.values[entry])
            assert 0 <= value < height
            potential[int(certificate.nodes[entry])] = value
        assert potential[problem.root] == height
        below = 0
        for place in paid:
            payer, amount = int(certificate.payers[place]), int(certificate.amounts[place])
            assert amount > 0
            assert potential[payer] <= below
            below += amount
            charged[payer] = charged.get(payer, 0) + amount
        for arc in range(arcs):
            drawn[arc] += max(0, potential[int(problem.tails[arc])] - potential[int(problem.heads[arc])])
        bound += height
    assert all(int(drawn[arc]) <= int(problem.costs[arc]) for arc in range(arcs))
    prize_of = dict(zip(problem.terminals.tolist(), problem.prizes.tolist(), strict=True))
    for terminal, height in charged.items():
        assert terminal in prize_of
        assert prize_of[terminal] in {REQUIRED} or height <= prize_of[terminal]
    return bound


def optimum_of_any(problem: Problem) -> float:
    """The least cost with node costs and, without a root, over every root and over building nothing."""
    if problem.root is None:
        roots = [optimum_of_any(replace(problem, root=node)) for node in range(problem.node_count)]
        nothing = [int(problem.prizes.sum())] if bool((problem.prizes != REQUIRED).all()) else []
        return min(nothing + roots)
    folded = replace(problem, costs=problem.costs + problem.node_costs[problem.heads])
    return optimum(folded) + int(problem.node_costs[problem.root])


def checked_cost(problem: Problem, solution: Solution) -> int:
    """The cost recounted from a solution's arcs; an AssertionError where they are no arborescence or miss any."""
    into: dict[int, int] = {}
    for arc in solution.arcs.tolist():
        head = int(problem.heads[arc])
        assert head != solution.root
        assert head not in into
        into[head] = arc
    for node in into:
        seen = set()
        at = node
        while at != solution.root:
            assert at not in seen
            seen.add(at)
            at = int(problem.tails[into[at]])
    cost = sum(int(problem.costs[arc]) for arc in solution.arcs.tolist())
    cost += sum(int(problem.node_costs[node]) for node in {solution.root, *into} if node is not None)
    skipped = []
    for terminal, prize in zip(problem.terminals.tolist(), problem.prizes.tolist(), strict=True):
        if terminal not in into and terminal != solution.root:
            assert prize != REQUIRED
            cost += prize
            skipped.append(terminal)
    assert sorted(skipped) == solution.skipped.tolist()
    return cost


def random_problem(
    rng: np.random.Generator, *, most_nodes: int = 9, symmetric: bool = False, anywhere: bool = False
) -> Problem:
    """A small problem that has a solution: random arcs with parallels and loops, required and prized terminals.

    With `anywhere` half have node costs, and most of the symmetric ones have no root.
    """
    count = int(rng.integers(2, most_nodes + 1))
    arcs = int(rng.integers(1, 3 * count + 1))
    tails = rng.integers(0, count, arcs)
    heads = rng.integers(0, count, arcs)
    costs = rng.integers(0, int(rng.choice([3, 20, 1000])), arcs)
    if symmetric:
        tails, heads, costs = np.r_[tails, heads], np.r_[heads, tails], np.r_[costs, costs]
    root = int(rng.integers(0, count))
    terminals = rng.permutation(count)[: int(rng.integers(1, min(count, 5) + 1))]
    reached = {root}
    for _ in range(count):
        reached |= {int(head) for tail, head in zip(tails, heads, strict=True) if int(tail) in reached}
    prizes = np.where(rng.random(terminals.size) < rng.random(), rng.integers(0, 60, terminals.size), REQUIRED)
    prizes[[int(terminal) not in reached for terminal in terminals]] = int(rng.integers(0, 60))
    if not anywhere:
        return Problem.build(count, root, tails, heads, costs, terminals, prizes)
    node_costs = rng.integers(0, int(rng.choice([1, 20])), count)
    unrooted = symmetric and rng.random() < 0.7
    if unrooted and (rng.random() < 0.7 or int((prizes == REQUIRED).sum()) > 1):
        prizes = np.where(prizes == REQUIRED, 30, prizes)
    return Problem.build(
        count, None if unrooted else root, tails, heads, costs, terminals, prizes, node_costs=node_costs
    )
