"""Values of given rank among few, without sorting them: half of the model's time would go there."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

BINS = 64


@njit(cache=True, error_model="numpy")
def two_of_rank(values: Any, low_rank: int, high_rank: int) -> tuple[float, float]:
    """Find the values of two ranks, the least being of rank 0.

    Values are dropped into bins of equal width, and only those in the bin of the wanted rank are looked at: bins need
    no comparisons that a processor would have to guess.

    Parameters
    ----------
    values
        Finite numbers, float64.
    low_rank, high_rank
        Ranks, less than their number.

    Returns
    -------
    The two values.
    """
    least = most = values[0]
    for value in values:
        least = min(least, value)
        most = max(most, value)
    if least == most:
        return least, most
    scale = BINS / (most - least)
    counts = np.zeros(BINS, np.int64)
    bins = np.empty(values.size, np.int64)
    for j in range(values.size):
        bins[j] = min(int((values[j] - least) * scale), BINS - 1)
        counts[bins[j]] += 1
    return _of_rank(values, bins, counts, low_rank), _of_rank(values, bins, counts, high_rank)


@njit(cache=True, error_model="numpy")
def _of_rank(values: Any, bins: Any, counts: Any, rank: int) -> float:
    """Value of a rank, from the bin in which that rank falls."""
    wanted = 0
    while rank >= counts[wanted]:
        rank -= counts[wanted]
        wanted += 1
    inside = np.empty(values.size, np.float64)
    found = 0
    for j in range(values.size):
        inside[found] = values[j]
        found += bins[j] == wanted
    return _quickselect(inside, found - 1, rank)


@njit(cache=True, error_model="numpy")
def _quickselect(values: Any, last: int, rank: int) -> float:
    """Value of a rank among values[: last + 1], which it puts in another order (Hoare's method)."""
    low, high = 0, last
    while low < high:
        pivot = values[(low + high) >> 1]
        i, j = low, high
        while i <= j:
            while values[i] < pivot:
                i += 1
            while values[j] > pivot:
                j -= 1
            if i <= j:
                values[i], values[j] = values[j], values[i]
                i += 1
                j -= 1
        if rank <= j:
            high = j
        elif rank >= i:
            low = i
        else:
            break
    return float(values[rank])
