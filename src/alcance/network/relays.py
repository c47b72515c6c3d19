"""Candidate relays: for every site the masts that could serve it at least cost, counted once for all they reach."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from alcance.network.sight import Sight
from alcance.radio.heights import HEIGHT_CLASSES_M

if TYPE_CHECKING:
    from numpy.typing import NDArray

REACH_CAP = 40  # beyond this many sites, reaching more no longer makes a relay's share cheaper


@dataclass(frozen=True)
class MastPrices:
    """Prices of masts by place and class, in the smallest currency unit.

    Parameters
    ----------
    relay
        n x 4: a relay's mast of each class with its station; infinite where none may stand.
    client
        4 prices of a client's own mast of each class.
    """

    relay: NDArray[np.float64]
    client: NDArray[np.float64]


def best_sight(
    sight: Sight, masts: MastPrices, client_price: float, sector_price: float, worth: NDArray[np.float64], per_site: int
) -> NDArray[np.bool_]:
    """Choose for every far end the near ends that would serve it at least cost, each relay's price shared.

    A relay is worth as much as what it reaches, so its price is divided by the sites it could serve (at most
    `REACH_CAP`); nearest alone would be the wrong choice under a limit on hops, and reach alone would offer every
    site the same few summits, so half of the places go to the nearest.

    Parameters
    ----------
    sight
        Clear pairs from candidate relays (near) to sites (far).
    masts
        Prices of masts.
    client_price
        Price of a client radio.
    sector_price
        Price of a relay's sectors.
    worth
        n prices by place: a hop to it that is dearer is dominated by the satellite; infinite where it may have none.
    per_site
        How many to keep for every site.

    Returns
    -------
    NDArray[np.bool_]
        Rows kept.
    """
    serve = np.append(masts.client, np.inf)[sight.far_class] + client_price
    serve = np.where(serve < worth[sight.far, None], serve, np.inf)
    relay_price = masts.relay[sight.near]
    reach = np.zeros_like(masts.relay)
    for height_class in range(len(HEIGHT_CLASSES_M)):
        np.add.at(reach[:, height_class], sight.near[np.isfinite(serve[:, height_class])], 1.0)
    shared = serve + (relay_price + sector_price) / np.clip(reach[sight.near], 1.0, REACH_CAP)
    cost = shared.min(axis=1)
    possible = np.isfinite(cost)
    cheap = _first_per_far(sight, cost, possible, per_site)
    near = _first_per_far(sight, sight.distance_m, possible, per_site // 2)
    kept: NDArray[np.bool_] = cheap | near
    return kept


def best_trunks(
    sight: Sight, reach: NDArray[np.int64], relay_price: NDArray[np.float64], per_relay: int
) -> NDArray[np.bool_]:
    """Choose for every relay the others it would be fed from: the nearest, the cheapest to raise, the widest reaching.

    Parameters
    ----------
    sight
        Clear pairs among relays, both directions.
    reach
        Sites each place could serve.
    relay_price
        n x 4 prices of masts by place and class.
    per_relay
        How many to keep for every far end.

    Returns
    -------
    NDArray[np.bool_]
        Rows kept; with a pair its reverse is kept too.
    """
    classes = sight.far_class.astype(np.int64)
    far_price = np.concatenate([relay_price, np.full((len(relay_price), 1), np.inf)], axis=1)
    raise_price = np.stack(
        [relay_price[sight.near, c] + far_price[sight.far, classes[:, c]] for c in range(len(HEIGHT_CLASSES_M))],
        axis=1,
    ).min(axis=1)
    possible = np.isfinite(raise_price)
    third = max(1, per_relay // 3)
    keep = _first_per_far(sight, sight.distance_m, possible, third)
    keep |= _first_per_far(sight, np.round(raise_price) + sight.distance_m, possible, third)
    keep |= _first_per_far(sight, -reach[sight.near].astype(np.float64), possible, third)
    forward = sight.near.astype(np.int64) * (len(reach) + 1) + sight.far
    backward = sight.far.astype(np.int64) * (len(reach) + 1) + sight.near
    return keep | np.isin(forward, backward[keep])


def _first_per_far(
    sight: Sight, cost: NDArray[np.float64], possible: NDArray[np.bool_], count: int
) -> NDArray[np.bool_]:
    """Mark for every far end its `count` cheapest possible rows; ties go to the lower near end."""
    rows = np.flatnonzero(possible)
    rows = rows[np.lexsort((sight.near[rows], cost[rows], sight.far[rows]))]
    far = sight.far[rows]
    starts = np.flatnonzero(np.append(True, far[1:] != far[:-1])) if len(far) else np.empty(0, dtype=np.int64)
    sizes = np.diff(np.append(starts, len(far)))
    rank = np.arange(len(far)) - np.repeat(starts, sizes)
    keep = np.zeros(len(sight), dtype=bool)
    keep[rows[rank < count]] = True
    return keep
