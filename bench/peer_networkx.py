"""Run networkx's approximate Steiner trees; for a Python of its own, that need not have Alcance.

PYTHON bench/peer_networkx.py PROBLEM.npz ANSWER.npz METHOD

PROBLEM.npz holds tails, heads, costs, terminals (all required); ANSWER.npz gets edges (rows of PROBLEM), wall_s and
cpu_s.
"""

from __future__ import annotations

import sys
import time

import networkx as nx
import numpy as np


def main() -> None:
    with np.load(sys.argv[1]) as problem:
        graph = nx.Graph()
        rows = zip(problem["tails"].tolist(), problem["heads"].tolist(), problem["costs"].tolist(), strict=True)
        for number, (tail, head, cost) in enumerate(rows):
            graph.add_edge(tail, head, weight=cost, number=number)
        terminals = problem["terminals"].tolist()
    # It refuses a graph that is not connected, even where the terminals are.
    graph = graph.subgraph(nx.node_connected_component(graph, terminals[0])).copy()
    wall, cpu = time.perf_counter(), time.process_time()
    tree = nx.algorithms.approximation.steiner_tree(graph, terminals, method=sys.argv[3])
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    edges = sorted(number for _, _, number in tree.edges(data="number"))
    np.savez(sys.argv[2], edges=np.array(edges, dtype=np.int64), wall_s=wall, cpu_s=cpu)


if __name__ == "__main__":
    main()
