"""The problem of a plan as flat arrays: what the plan folder keeps of it, and what verification builds again."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alcance.network import Network


def problem_arrays(network: Network) -> dict[str, NDArray[Any]]:
    """Give the problem and what its nodes and arcs stand for, as the plan folder keeps them."""
    problem = network.problem
    arrays: dict[str, NDArray[Any]] = {
        "node_count": np.array(problem.node_count),
        "root": np.array(problem.fixed_root),
        "tails": problem.tails,
        "heads": problem.heads,
        "costs": problem.costs,
        "terminals": problem.terminals,
        "max_dependents": network.max_dependents,
        "place_id": network.places.place_id.astype(str),
        "forced_minor": np.array(network.forced_minor),
    }
    for column in fields(network.nodes):
        arrays[f"node_{column.name}"] = getattr(network.nodes, column.name)
    for name in ("kind", "span", "equipment"):
        arrays[f"arc_{name}"] = getattr(network.arcs, name)
    return arrays
