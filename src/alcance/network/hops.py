"""Radio hops that may be built, each at heights of which neither can be lowered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from alcance.network.sight import Sight, lowest_pairs

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Hops:
    """Radio hops that may be built, as pairs of classes none of which can be lowered.

    Parameters
    ----------
    near, far
        Numbers of places.
    near_class, far_class
        Height classes.
    distance_m
        Great-circle length.
    """

    near: NDArray[np.int32]
    far: NDArray[np.int32]
    near_class: NDArray[np.uint8]
    far_class: NDArray[np.uint8]
    distance_m: NDArray[np.float64]

    def take(self, which: NDArray[np.bool_]) -> Hops:
        """Give the chosen hops."""
        return Hops(
            self.near[which], self.far[which], self.near_class[which], self.far_class[which], self.distance_m[which]
        )


def hops_of(sight: Sight) -> Hops:
    """List the hops that clear, each with the lowest classes."""
    row, near_class, far_class = lowest_pairs(sight)
    return Hops(sight.near[row], sight.far[row], near_class, far_class, sight.distance_m[row])
