"""How often coarse terrain calls a blocked link clear, measured where finer terrain is at hand."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from alcance.radio.earth import MEDIAN_K_FACTOR
from alcance.radio.screen import required_height_m
from alcance.terrain import EARTH_RADIUS_M, Grid, coarsen


@dataclass(frozen=True, eq=False)
class FalseClear:
    """Links tried on coarse and on fine terrain, by mast height; the arrays are as long as `heights_m`.

    Parameters
    ----------
    coarse_arcsec
        Cell of the coarse terrain [arc-seconds].
    heights_m
        Height of both masts [m].
    links
        Links tried.
    clear_coarse
        Links that are clear on the coarse terrain.
    blocked_fine
        Of those, links that are not clear on the fine terrain.
    no_sight_fine
        Of those, links without even a sight line on the fine terrain.
    clear_fine
        Links that are clear on the fine terrain.
    missed
        Of those, links that are not clear on the coarse terrain.
    """

    coarse_arcsec: float
    heights_m: NDArray[np.float64]
    links: int
    clear_coarse: NDArray[np.int64]
    blocked_fine: NDArray[np.int64]
    no_sight_fine: NDArray[np.int64]
    clear_fine: NDArray[np.int64]
    missed: NDArray[np.int64]

    @property
    def share(self) -> NDArray[np.float64]:
        """Of the links that the coarse terrain calls clear, the share that the fine one does not; NaN without any."""
        return _share(self.blocked_fine, self.clear_coarse)

    @property
    def no_sight_share(self) -> NDArray[np.float64]:
        """Of the links that the coarse terrain calls clear, the share without a sight line; NaN without any."""
        return _share(self.no_sight_fine, self.clear_coarse)

    @property
    def missed_share(self) -> NDArray[np.float64]:
        """Of the links that are clear, the share that the coarse terrain calls blocked; NaN without any."""
        return _share(self.missed, self.clear_fine)


def false_clear_share(
    fine: Grid,
    coarse_arcsec: float,
    heights_m: Sequence[float],
    rng: np.random.Generator,
    *,
    links: int = 100_000,
    lengths_km: tuple[float, float] = (1.0, 15.0),
    freq_ghz: float = 5.8,
    k_factor: float = MEDIAN_K_FACTOR,
    clearance: float = 0.6,
) -> FalseClear:
    """Of the links that are clear on averaged terrain, count those that are blocked on the fine one.

    Both ends stand on the terrain they are judged by, as they would in a plan made with it. Places are drawn evenly
    over the terrain, directions evenly round the compass and lengths evenly between the two limits.

    Parameters
    ----------
    fine
        The fine terrain, without gaps.
    coarse_arcsec
        Cell to which it is averaged [arc-seconds].
    heights_m
        Mast heights, the same at both ends of a link [m].
    rng
        Source of the places.
    links
        How many links to try.
    lengths_km
        Shortest and longest link [km].
    freq_ghz, k_factor, clearance
        As for `required_height_m`.

    Returns
    -------
    FalseClear.
    """
    coarse = coarsen(fine, coarse_arcsec / 3600)
    ends = _draw(coarse, rng, links, lengths_km)

    def clear(grid: Grid, free: float) -> NDArray[np.bool_]:
        needed = [
            required_height_m(grid, *ends, [height], freq_ghz=freq_ghz, k_factor=k_factor, clearance=free) <= height
            for height in heights_m
        ]
        return np.concatenate(needed, axis=1)

    on_coarse, on_fine, seen = clear(coarse, clearance), clear(fine, clearance), clear(fine, 0.0)
    return FalseClear(
        coarse_arcsec,
        np.asarray(heights_m, np.float64),
        links,
        on_coarse.sum(axis=0),
        (on_coarse & ~on_fine).sum(axis=0),
        (on_coarse & ~seen).sum(axis=0),
        on_fine.sum(axis=0),
        (on_fine & ~on_coarse).sum(axis=0),
    )


def _draw(
    grid: Grid, rng: np.random.Generator, links: int, lengths_km: tuple[float, float]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Draw links whose two ends lie on the grid."""
    west, south, east, north = grid.bounds
    kept: list[NDArray[np.float64]] = []
    count = 0
    while count < links:
        lon1, lat1 = rng.uniform(west, east, links), rng.uniform(south, north, links)
        length_deg = np.degrees(rng.uniform(*lengths_km, links) * 1e3 / EARTH_RADIUS_M)
        direction = rng.uniform(0, 2 * math.pi, links)
        lat2 = lat1 + length_deg * np.cos(direction)
        lon2 = lon1 + length_deg * np.sin(direction) / np.cos(np.radians(lat1))
        inside = (lon2 > west) & (lon2 < east) & (lat2 > south) & (lat2 < north)
        if not inside.any() and not kept:
            raise ValueError(f"no link of {lengths_km[0]:g} km or more fits the terrain")
        kept.append(np.stack([lon1, lat1, lon2, lat2])[:, inside])
        count += int(inside.sum())
    lon1, lat1, lon2, lat2 = np.concatenate(kept, axis=1)[:, :links]
    return lon1, lat1, lon2, lat2


def _share(part: NDArray[np.int64], whole: NDArray[np.int64]) -> NDArray[np.float64]:
    share: NDArray[np.float64] = np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole > 0)
    return share
