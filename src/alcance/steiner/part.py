"""Part of a net that is worked on by itself, with the way in and out for its trees."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from alcance.steiner.net import Net, connect
from alcance.steiner.primal import Plan
from alcance.steiner.slack import arcs_within

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from alcance.steiner.duals import Duals

# Without the arcs that would cost more mean prices of a terminal than this above the bound, the same number of moves
# found plans as cheap on a real region; with half as many, dearer ones.
NEAR = 0.43


@dataclass(frozen=True)
class Part:
    """Some arcs of a net over the same nodes.

    Parameters
    ----------
    whole, net
        The net, and the part of it.
    arcs
        int64[m']: the whole's arc for each of the part, ascending.
    """

    whole: Net
    net: Net
    arcs: NDArray[np.int64]

    @classmethod
    def of_arcs(cls, net: Net, kept: NDArray[np.bool_]) -> Part:
        """The part that keeps some of the arcs, bool[m]."""
        arcs = np.flatnonzero(kept)
        nodes = net.terminal_at.size
        part = connect(nodes, int(net.root[0]), net.tail[arcs], net.head[arcs], net.cost[arcs], net.terminals)
        return cls(net, part, arcs)

    def inward(self, plan: Plan) -> Plan:
        """A plan of the whole whose arcs are all in the part."""
        place = np.full(self.whole.tail.size, -1, dtype=np.int32)
        place[self.arcs] = np.arange(self.arcs.size, dtype=np.int32)
        return Plan(np.where(plan.parent >= 0, place[plan.parent], np.int32(-1)), plan.cost)

    def outward(self, plan: Plan) -> Plan:
        """A plan of the part as one of the whole."""
        parent = np.where(plan.parent >= 0, self.arcs[plan.parent], -1)
        return Plan(parent.astype(np.int32), plan.cost)

    def duals(self, duals: Duals) -> Duals:
        """What duals of the whole charge in the part; the potentials are shared with them."""
        return duals._replace(reduced=duals.reduced[self.arcs])


def near_part(net: Net, duals: Duals, plans: Sequence[Plan], direct: NDArray[np.int32], price: float) -> Part:
    """The arcs that the duals hold to be near to use, those of some plans, and the terminals' direct ones.

    Parameters
    ----------
    price
        The mean price of a terminal, on which nearness is measured.
    """
    kept = arcs_within(net, duals.reduced, NEAR * price)
    for plan in plans:
        kept[plan.parent[plan.parent >= 0]] = True
    kept[direct[direct >= 0]] = True
    return Part.of_arcs(net, kept)
