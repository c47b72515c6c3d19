"""The network: a Steiner problem in which every node and arc knows what it stands for."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from alcance.network.kinds import NodeKind
from alcance.radio.heights import HEIGHT_CLASSES_M

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from alcance.network.arcs import Arcs
    from alcance.network.places import Places
    from alcance.network.spans import Spans
    from alcance.steiner import Problem
    from alcance.terrain import Grid


@dataclass(frozen=True)
class Nodes:
    """Columns of n nodes.

    Parameters
    ----------
    kind
        `NodeKind`, uint8.
    place
        Number of the place, or -1 for the root.
    height_class
        Index into `HEIGHT_CLASSES_M`, or -1, int8.
    hop
        Radio hops before a mast, or -1, int8.
    sector
        Index of the sector class, or -1, int8.
    """

    kind: NDArray[np.uint8]
    place: NDArray[np.int32]
    height_class: NDArray[np.int8]
    hop: NDArray[np.int8]
    sector: NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.kind)

    def take(self, which: NDArray[Any]) -> Nodes:
        """Give the chosen rows."""
        return Nodes(**{field.name: getattr(self, field.name)[which] for field in fields(self)})


@dataclass(frozen=True)
class Network:
    """Everything that could be built, as one problem.

    Parameters
    ----------
    problem
        The least-cost arborescence problem; its arcs are `arcs`, in the same order.
    nodes, arcs
        What they stand for.
    places, spans
        Where things stand, and the stretches fibre can follow.
    grid
        The ground under them, with its cover where the pack has any.
    sites
        The pack's sites joined with their locality and administrative unit: people, need, whether already served.
    leaf
        Node of every site's terminal, or -1 for a site already served.
    forced_minor
        Price of what overrides force to be built, in the smallest currency unit.
    overrides
        The pack's table of decisions made beforehand.
    """

    problem: Problem
    nodes: Nodes
    arcs: Arcs
    places: Places
    spans: Spans
    grid: Grid
    sites: pd.DataFrame
    leaf: NDArray[np.int64]
    forced_minor: int
    overrides: pd.DataFrame

    @property
    def max_dependents(self) -> NDArray[np.int64]:
        """For every arc the number of sites it may carry, or `NO_LIMIT`."""
        return self.arcs.max_dependents

    def node_id(self, node: int) -> str:
        """Name a node by what it is: the same in every run over the same pack."""
        kind = NodeKind(int(self.nodes.kind[node]))
        if kind is NodeKind.ROOT:
            return "root"
        name = f"{kind.name.lower()}/{self.places.place_id[self.nodes.place[node]]}"
        if self.nodes.height_class[node] >= 0:
            name += f"/{HEIGHT_CLASSES_M[self.nodes.height_class[node]]:.0f}m"
        if self.nodes.hop[node] >= 0:
            name += f"/hop{self.nodes.hop[node]}"
        if self.nodes.sector[node] >= 0:
            name += f"/s{self.nodes.sector[node]}"
        return name
