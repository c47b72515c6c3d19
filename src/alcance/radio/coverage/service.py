"""Classes of service: what the rate at a place is called on a map."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from alcance.errors import InputError, Problem

NO_DATA = 255
MAX_CLASSES = 20


def check_classes(classes_mbps: Sequence[float]) -> tuple[float, ...]:
    """Take the least rates of service classes; InputError unless they are positive and ascend."""
    classes = tuple(float(rate) for rate in classes_mbps)
    rising = all(low < high for low, high in pairwise(classes))
    if not (0 < len(classes) <= MAX_CLASSES and all(0 < rate < math.inf for rate in classes) and rising):
        message = f"service classes are 1 to {MAX_CLASSES} ascending rates of more than 0 Mbit/s"
        raise InputError([Problem("coverage", None, "classes_mbps", str(list(classes)), message)])
    return classes


def service_class(rate_mbps: NDArray[np.float32], classes_mbps: Sequence[float]) -> NDArray[np.uint8]:
    """Class of each rate: 0 below all, k from the k-th on, `NO_DATA` where the rate is NaN."""
    index = np.searchsorted(np.asarray(classes_mbps, np.float32), rate_mbps, side="right").astype(np.uint8)
    index[np.isnan(rate_mbps)] = NO_DATA
    return index
