"""Numbers the nodes of the problem and tells which node stands for what."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from alcance.network.kinds import NodeKind
from alcance.network.network import Nodes

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


@dataclass
class Numbering:
    """Hands out node numbers batch by batch; the root is node 0."""

    _batches: list[tuple[Any, ...]] = field(default_factory=lambda: [(np.array([NodeKind.ROOT]), -1, -1, -1, -1)])
    _count: int = 1

    def add(
        self, kind: NodeKind, place: ArrayLike, *, height_class: ArrayLike = -1, hop: int = -1, sector: int = -1
    ) -> NDArray[np.int64]:
        """Number one node for each place given."""
        place = np.asarray(place, dtype=np.int32)
        self._batches.append((np.full(len(place), kind), place, height_class, hop, sector))
        first = self._count
        self._count += len(place)
        return np.arange(first, self._count)

    def lookup(self, size: int, places: NDArray[np.int64], numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        """Give an array from place to node, -1 where there is none."""
        table = np.full(size, -1, dtype=np.int64)
        table[places] = numbers
        return table

    def finish(self) -> Nodes:
        """Give the columns of all nodes."""
        columns = []
        for position, dtype in enumerate((np.uint8, np.int32, np.int8, np.int8, np.int8)):
            columns.append(
                np.concatenate(
                    [
                        np.broadcast_to(np.asarray(batch[position], dtype=dtype), len(batch[0]))
                        for batch in self._batches
                    ]
                )
            )
        return Nodes(*columns)
