"""The arcs of the network while it is being laid: what each builds, between which nodes, at what price."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit

from alcance.adjacency import by_both_ends
from alcance.network.items import NAMES, NO_LIMIT, ItemLayer, Items
from alcance.network.kinds import ArcKind
from alcance.network.prices import minor

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from alcance.network.prices import UnitPrice


@dataclass(frozen=True)
class Arcs:
    """Columns of m arcs.

    Parameters
    ----------
    tail, head
        Node indices, int32.
    kind
        `ArcKind`, uint8.
    price
        Discounted cost in the smallest currency unit, int64.
    length_m
        Over the ground for fibre, great circle for radio, 0 elsewhere.
    span
        Row of the table of spans, or -1.
    margin_db
        What arrives above the sensitivity of the rate; NaN but for radio hops.
    item
        Row of `items`, int32.
    items
        What the arcs build.
    """

    tail: NDArray[np.int32]
    head: NDArray[np.int32]
    kind: NDArray[np.uint8]
    price: NDArray[np.int64]
    length_m: NDArray[np.float64]
    span: NDArray[np.int32]
    margin_db: NDArray[np.float32]
    item: NDArray[np.int32]
    items: Items

    def __len__(self) -> int:
        return len(self.tail)

    @property
    def capex(self) -> NDArray[np.float64]:
        """Of every arc, in currency units."""
        return self.items.capex[self.item]

    @property
    def opex_year(self) -> NDArray[np.float64]:
        """Of every arc, in currency units."""
        return self.items.opex_year[self.item]

    @property
    def equipment(self) -> NDArray[np.int16]:
        """Row of the equipment catalogue of every arc, or -1."""
        return self.items.equipment[self.item]

    @property
    def height_from_m(self) -> NDArray[np.float32]:
        """Antenna above ground at the tail of every radio hop; 0 elsewhere."""
        return self.items.height_from_m[self.item]

    @property
    def height_to_m(self) -> NDArray[np.float32]:
        """Antenna above ground at the head of every radio hop, or height of a mast; 0 elsewhere."""
        return self.items.height_to_m[self.item]

    @property
    def rate_mbps(self) -> NDArray[np.float64]:
        """What every radio hop carries; 0 elsewhere."""
        return self.items.rate_mbps[self.item]

    @property
    def max_dependents(self) -> NDArray[np.int64]:
        """Sites that every arc may carry, or `NO_LIMIT`."""
        return self.items.max_dependents[self.item]

    def take(self, which: NDArray[Any]) -> Arcs:
        """Give the chosen rows, by index or by mask."""
        return replace(self, **{name: getattr(self, name)[which] for name in _DTYPES})


_DTYPES = {
    "tail": np.int32,
    "head": np.int32,
    "kind": np.uint8,
    "price": np.int64,
    "length_m": np.float64,
    "span": np.int32,
    "margin_db": np.float32,
    "item": np.int32,
}


class ArcLayer:
    """Collects arcs batch by batch, then hands them over sorted and without dominated parallels."""

    def __init__(self) -> None:
        self._batches: list[dict[str, NDArray[Any]]] = []
        self._items = ItemLayer()

    def add(
        self,
        kind: ArcKind,
        tail: ArrayLike,
        head: ArrayLike,
        unit: UnitPrice,
        *,
        quantity: ArrayLike = 1.0,
        **columns: ArrayLike,
    ) -> None:
        """Add arcs of one kind at `quantity` times a unit price; other columns by name."""
        quantity = np.asarray(quantity, dtype=np.float64)
        self.add_priced(
            kind,
            tail,
            head,
            price=minor(unit.price * quantity),
            capex=unit.capex * quantity,
            opex_year=unit.opex_year * quantity,
            **columns,
        )

    def add_priced(
        self,
        kind: ArcKind,
        tail: ArrayLike,
        head: ArrayLike,
        *,
        price: ArrayLike,
        capex: ArrayLike,
        opex_year: ArrayLike,
        length_m: ArrayLike = 0.0,
        span: ArrayLike = -1,
        equipment: ArrayLike = -1,
        height_from_m: ArrayLike = 0.0,
        height_to_m: ArrayLike = 0.0,
        margin_db: ArrayLike = np.nan,
        rate_mbps: ArrayLike = 0.0,
        max_dependents: ArrayLike = NO_LIMIT,
    ) -> None:
        """Add arcs of one kind with a price each; scalars are spread over the batch."""
        count = max(np.size(tail), np.size(head))
        built = {
            "capex": capex,
            "opex_year": opex_year,
            "equipment": equipment,
            "height_from_m": height_from_m,
            "height_to_m": height_to_m,
            "rate_mbps": rate_mbps,
            "max_dependents": max_dependents,
        }
        item = self._items.number({name: np.broadcast_to(np.asarray(built[name]), (count,)) for name in NAMES})
        given = {
            "tail": tail,
            "head": head,
            "kind": int(kind),
            "price": price,
            "length_m": length_m,
            "span": span,
            "margin_db": margin_db,
            "item": item,
        }
        self._batches.append(
            {
                # What is one for the whole batch, or shared with another batch, takes no room of its own.
                name: np.broadcast_to(np.asarray(value, dtype=_DTYPES[name]), (count,))
                for name, value in given.items()
            }
        )

    def column(self, name: str) -> NDArray[Any]:
        """Join one column of all batches, in the order in which they were added."""
        return np.concatenate([batch[name] for batch in self._batches])

    def finish(self, useful: NDArray[np.bool_] | None = None) -> Arcs:
        """Sort by tail, head, price and kind; the layer is empty afterwards.

        Of parallel arcs the cheapest stays; point-to-point links all do, for each was laid because it carries more
        than any cheaper one. With a mask over the nodes, arcs that leave or enter any other are left out.
        """
        tail, head, price, kind = (self.column(name) for name in ("tail", "head", "price", "kind"))
        count = 1 + int(max(tail.max(initial=-1), head.max(initial=-1)))
        if useful is None:
            useful = np.ones(count, dtype=bool)
        keep = by_both_ends(tail, head, count)
        keep = keep[: _undominated(tail, head, price, kind, useful, int(ArcKind.PTP), keep)].copy()
        del tail, head, price, kind
        columns = {}
        # One by one: two copies of all columns would not fit beside each other for a country.
        for name in _DTYPES:
            columns[name] = self.column(name)[keep]
            for batch in self._batches:
                del batch[name]
        self._batches.clear()
        return Arcs(**columns, items=self._items.finish())


@njit(cache=True)
def _undominated(tail, head, price, kind, useful, every, rows):  # type: ignore[no-untyped-def]
    """Of arcs listed by tail and head, sort parallel ones by price and kind, and keep the first and each of one kind.

    Arcs at a node that is of no use are left out. Returns how many stay; they now stand in front.
    """
    size = first = 0
    while first < len(rows):
        one = rows[first]
        last = first + 1
        while last < len(rows) and tail[rows[last]] == tail[one] and head[rows[last]] == head[one]:
            row = rows[last]
            at = last
            while at > first and (price[row], kind[row]) < (price[rows[at - 1]], kind[rows[at - 1]]):
                rows[at] = rows[at - 1]
                at -= 1
            rows[at] = row
            last += 1
        if useful[tail[one]] and useful[head[one]]:
            for at in range(first, last):
                if at == first or kind[rows[at]] == every:
                    rows[size] = rows[at]
                    size += 1
        first = last
    return size
