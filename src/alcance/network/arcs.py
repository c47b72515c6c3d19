"""The arcs of the network while it is being laid: what each builds, between which nodes, at what price."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np

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
    capex, opex_year
        In currency units, float64.
    length_m
        Over the ground for fibre, great circle for radio, 0 elsewhere.
    span
        Row of the table of spans, or -1.
    equipment
        Row of the equipment catalogue, or -1.
    height_from_m, height_to_m
        Antenna heights above ground of a radio hop, or of a mast; 0 elsewhere.
    margin_db
        What arrives above the sensitivity of the rate; NaN but for radio hops.
    rate_mbps
        What a radio hop carries for the share of the year wanted; 0 elsewhere.
    """

    tail: NDArray[np.int32]
    head: NDArray[np.int32]
    kind: NDArray[np.uint8]
    price: NDArray[np.int64]
    capex: NDArray[np.float64]
    opex_year: NDArray[np.float64]
    length_m: NDArray[np.float64]
    span: NDArray[np.int32]
    equipment: NDArray[np.int16]
    height_from_m: NDArray[np.float32]
    height_to_m: NDArray[np.float32]
    margin_db: NDArray[np.float32]
    rate_mbps: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.tail)

    def take(self, which: NDArray[Any]) -> Arcs:
        """Give the chosen rows, by index or by mask."""
        return Arcs(**{field.name: getattr(self, field.name)[which] for field in fields(self)})


_DTYPES = {
    "tail": np.int32,
    "head": np.int32,
    "kind": np.uint8,
    "price": np.int64,
    "capex": np.float64,
    "opex_year": np.float64,
    "length_m": np.float64,
    "span": np.int32,
    "equipment": np.int16,
    "height_from_m": np.float32,
    "height_to_m": np.float32,
    "margin_db": np.float32,
    "rate_mbps": np.float64,  # exact: whole numbers of sites are reckoned from it
}


class ArcLayer:
    """Collects arcs batch by batch, then hands them over sorted and without dominated parallels."""

    def __init__(self) -> None:
        self._batches: list[dict[str, NDArray[Any]]] = []

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
    ) -> None:
        """Add arcs of one kind with a price each; scalars are spread over the batch."""
        count = max(np.size(tail), np.size(head))
        given = {
            "tail": tail,
            "head": head,
            "kind": int(kind),
            "price": price,
            "capex": capex,
            "opex_year": opex_year,
            "length_m": length_m,
            "span": span,
            "equipment": equipment,
            "height_from_m": height_from_m,
            "height_to_m": height_to_m,
            "margin_db": margin_db,
            "rate_mbps": rate_mbps,
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
        rows = np.arange(len(tail)) if useful is None else np.flatnonzero(useful[tail] & useful[head])
        order = rows[np.lexsort((kind[rows], price[rows], head[rows], tail[rows]))]
        tail, head = tail[order], head[order]
        first = np.ones(len(order), dtype=bool)
        first[1:] = (tail[1:] != tail[:-1]) | (head[1:] != head[:-1])
        keep = order[first | (kind[order] == ArcKind.PTP)]
        del rows, order, tail, head, price, kind
        columns = {}
        # One by one: two copies of all columns would not fit beside each other for a country.
        for name in _DTYPES:
            columns[name] = self.column(name)[keep]
            for batch in self._batches:
                del batch[name]
        self._batches.clear()
        return Arcs(**columns)
