"""Small random problems in which, as in every plan, each terminal can be served straight from the root."""

from __future__ import annotations

import numpy as np

from alcance.plan.tree import Tree
from alcance.steiner import Problem

NO_LIMIT = 1 << 40


def random_problem(seed: int, *, satellite: bool = True) -> Problem:
    """A root, relays joined at random, terminals below them, and a dear arc from the root to every terminal."""
    rng = np.random.default_rng(seed)
    relays, terminals = int(rng.integers(1, 9)), int(rng.integers(1, 12))
    first = 1 + relays
    arcs = [(0, 1, int(rng.integers(0, 40)))]
    for relay in range(1, first):
        for other in range(relay):
            if other == relay - 1 or rng.random() < 0.4:
                arcs.append((other, relay, int(rng.integers(1, 40))))
            if other and rng.random() < 0.3:
                arcs.append((relay, other, int(rng.integers(1, 40))))
    for terminal in range(first, first + terminals):
        near = rng.choice(relays, size=int(rng.integers(1, relays + 1)), replace=False) + 1
        arcs += [(int(relay), terminal, int(rng.integers(1, 20))) for relay in sorted(near)]
        if satellite:
            arcs.append((0, terminal, int(rng.integers(60, 120))))
    tails, heads, costs = (np.array(column) for column in zip(*arcs, strict=True))
    return Problem.build(first + terminals, 0, tails, heads, costs, np.arange(first, first + terminals))


def shortest_tree(problem: Problem) -> Tree:
    """Every terminal by its own cheapest way (Bellman and Ford), so that relays fill up."""
    price = np.full(problem.node_count, np.iinfo(np.int64).max // 2)
    price[problem.root] = 0
    parent = np.full(problem.node_count, -1, dtype=np.int64)
    for _ in range(problem.node_count):
        for arc, (tail, head, cost) in enumerate(zip(problem.tails, problem.heads, problem.costs, strict=True)):
            if price[tail] + cost < price[head]:
                price[head], parent[head] = price[tail] + cost, arc
    return Tree.of_parents(problem, parent)


def terminals_below(problem: Problem, tree: Tree) -> np.ndarray:
    """How many terminals hang at and below each node, by walking up from every terminal."""
    count = np.zeros(problem.node_count, dtype=np.int64)
    for terminal in problem.terminals:
        node = int(terminal)
        for _ in range(problem.node_count):
            count[node] += 1
            if node == problem.root:
                break
            assert tree.parent_arc[node] >= 0, f"terminal {terminal} hangs on nothing"
            assert problem.heads[tree.parent_arc[node]] == node
            node = int(problem.tails[tree.parent_arc[node]])
        else:
            raise AssertionError(f"terminal {terminal} is in a circle")
    return count
