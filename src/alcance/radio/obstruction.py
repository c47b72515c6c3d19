"""Obstructions: the stretches of a path where the ground reaches into the Fresnel zone that must be free."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Obstruction:
    """A stretch of ground that takes away clearance, described at its worst place.

    Parameters
    ----------
    distance_m
        From the first end to the worst place [m].
    lon, lat
        The worst place [deg].
    ground_m
        Its elevation above sea level [m].
    cover_m
        Height of what stands on it [m]; nought where none is known.
    clear_m
        Sight line above ground, cover and earth bulge there [m]; negative where the line goes through the hill.
    clear_share
        The same as a share of the first Fresnel zone's radius.
    missing_m
        Height lacking there for the required clearance [m].
    start_m, end_m
        The stretch, from the first end [m].
    """

    distance_m: float
    lon: float
    lat: float
    ground_m: float
    cover_m: float
    clear_m: float
    clear_share: float
    missing_m: float
    start_m: float
    end_m: float


def stretches(clear_share: NDArray[np.float64], clearance: float) -> list[tuple[int, int, int]]:
    """Find the runs of samples whose clearance falls short.

    Parameters
    ----------
    clear_share
        Clearance at each sample as a share of the first Fresnel zone's radius; infinite at the ends.
    clearance
        The share that must be free.

    Returns
    -------
    First, worst and last sample of each run, the worst runs first.
    """
    short = np.concatenate([[False], clear_share < clearance, [False]])
    edges = np.flatnonzero(np.diff(short.astype(np.int8)))
    runs = []
    for first, beyond in zip(edges[::2], edges[1::2], strict=True):
        worst = int(first + np.argmin(clear_share[first:beyond]))
        runs.append((int(first), worst, int(beyond - 1)))
    return sorted(runs, key=lambda run: (clear_share[run[1]], run[1]))
