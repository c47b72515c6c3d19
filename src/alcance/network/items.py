"""What arcs build, each distinct thing once: a country has millions of arcs, and few things to build along them."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

NO_LIMIT = np.int64(1 << 40)
_ROWS_AT_A_TIME = 1 << 18  # bounds the memory of a large batch


@dataclass(frozen=True)
class Items:
    """Columns of k things that arcs build.

    Parameters
    ----------
    capex, opex_year
        In currency units, float64.
    equipment
        Row of the equipment catalogue, or -1, int16.
    height_from_m, height_to_m
        Antenna heights above ground of a radio hop, or of a mast; 0 elsewhere, float32.
    rate_mbps
        What a radio hop carries for the share of the year wanted; 0 elsewhere. In float64, for whole numbers of sites
        are reckoned from it.
    max_dependents
        Sites that such an arc may carry, or `NO_LIMIT`, int64.
    """

    capex: NDArray[np.float64]
    opex_year: NDArray[np.float64]
    equipment: NDArray[np.int16]
    height_from_m: NDArray[np.float32]
    height_to_m: NDArray[np.float32]
    rate_mbps: NDArray[np.float64]
    max_dependents: NDArray[np.int64]


NAMES = tuple(field.name for field in fields(Items))
_DTYPES = (np.float64, np.float64, np.int16, np.float32, np.float32, np.float64, np.int64)


class ItemLayer:
    """Collects items and numbers them as they come; every column is kept exactly, as the bits of a float64."""

    def __init__(self) -> None:
        self._known = np.empty((0, len(NAMES)), dtype=np.uint64)
        self._size = 0
        self._slots = np.empty(0, dtype=np.int32)

    def number(self, columns: dict[str, NDArray[Any]]) -> NDArray[np.int32]:
        """Give each row its item's number; columns by name, of one length."""
        count = len(columns[NAMES[0]])
        numbers = np.empty(count, dtype=np.int32)
        for start in range(0, count, _ROWS_AT_A_TIME):
            part = slice(start, min(start + _ROWS_AT_A_TIME, count))
            rows = np.empty((part.stop - start, len(NAMES)))
            for place, name in enumerate(NAMES):
                rows[:, place] = columns[name][part]
            self._make_room(len(rows))
            self._size = _number(rows.view(np.uint64), self._slots, self._known, self._size, numbers[part])
        return numbers

    def finish(self) -> Items:
        """All items met, in the order of their numbers."""
        known = self._known[: self._size].view(np.float64)
        return Items(*(known[:, place].astype(dtype) for place, dtype in enumerate(_DTYPES)))

    def _make_room(self, more: int) -> None:
        """Have room for so many more items, half of the slots free."""
        wanted = self._size + more
        if wanted > len(self._known):
            self._known = np.concatenate([self._known, np.empty((wanted, len(NAMES)), dtype=np.uint64)])
        if 2 * wanted > len(self._slots):
            self._slots = np.full(1 << (4 * wanted).bit_length(), -1, dtype=np.int32)
            own = np.empty(self._size, dtype=np.int32)
            _number(self._known[: self._size].copy(), self._slots, self._known, 0, own)


@njit(cache=True)
def _number(rows, slots, known, size, numbers):  # type: ignore[no-untyped-def]
    """Look each row up in a table of open addresses, entering what is new; returns how many items there are now."""
    last = np.uint64(len(slots) - 1)
    for row in range(len(rows)):
        mixed = np.uint64(0)
        for bits in rows[row]:
            mixed = (mixed ^ bits) * np.uint64(0x9E3779B97F4A7C15)
            mixed ^= mixed >> np.uint64(32)
        slot = mixed & last
        while slots[slot] >= 0 and not (known[slots[slot]] == rows[row]).all():
            slot = (slot + np.uint64(1)) & last
        if slots[slot] < 0:
            slots[slot] = size
            known[size] = rows[row]
            size += 1
        numbers[row] = slots[slot]
    return size
