"""Candidate relays: for every site the masts that could serve it at least cost, counted once for all they reach."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from alcance.adjacency import by_end
from alcance.network.sight import Sight

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
    serve = np.append(masts.client, np.inf) + client_price
    cost = _shared_costs(sight.near, sight.far, sight.far_class, serve, worth, masts.relay + sector_price)
    possible = np.isfinite(cost)
    keep = np.zeros(len(sight), dtype=np.bool_)
    far = by_end(sight.far, len(worth))
    _keep_first(*far, sight.near, cost, possible, per_site, keep)
    _keep_first(*far, sight.near, sight.distance_m, possible, per_site // 2, keep)
    return keep


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
    far_price = np.concatenate([relay_price, np.full((len(relay_price), 1), np.inf)], axis=1)
    raise_price = _raise_prices(sight.near, sight.far, sight.far_class, far_price)
    possible = np.isfinite(raise_price)
    third = max(1, per_relay // 3)
    keep = np.zeros(len(sight), dtype=np.bool_)
    far = by_end(sight.far, len(reach))
    for cost in (sight.distance_m, np.round(raise_price) + sight.distance_m, -reach[sight.near].astype(np.float64)):
        _keep_first(*far, sight.near, cost, possible, third, keep)
    backward = np.sort(sight.far[keep].astype(np.int64) * (len(reach) + 1) + sight.near[keep])
    forward = sight.near.astype(np.int64) * (len(reach) + 1) + sight.far
    found = np.searchsorted(backward, forward)
    keep |= np.append(backward, -1)[found] == forward
    return keep


@njit(cache=True, nogil=True)
def _shared_costs(near, far, far_class, serve, worth, relay):  # type: ignore[no-untyped-def]
    """Cheapest price of each path over its classes, the relay's shared by all it could serve at that class."""
    reach = np.zeros(relay.shape)
    cost = np.full(len(near), np.inf)
    for row in range(len(near)):
        for level in range(relay.shape[1]):
            if serve[far_class[row, level]] < worth[far[row]]:
                reach[near[row], level] += 1.0
    for row in range(len(near)):
        for level in range(relay.shape[1]):
            own = serve[far_class[row, level]]
            if own < worth[far[row]]:
                shared = relay[near[row], level] / min(max(reach[near[row], level], 1.0), REACH_CAP)
                cost[row] = min(cost[row], own + shared)
    return cost


@njit(cache=True, nogil=True)
def _raise_prices(near, far, far_class, price):  # type: ignore[no-untyped-def]
    """Cheapest price of the two masts of each path over its classes; the last column of prices is for none."""
    cheapest = np.full(len(near), np.inf)
    for row in range(len(near)):
        for level in range(far_class.shape[1]):
            both = price[near[row], level] + price[far[row], far_class[row, level]]
            cheapest[row] = min(cheapest[row], both)
    return cheapest


@njit(cache=True, nogil=True)
def _keep_first(pointer, rows, near, cost, possible, count, keep):  # type: ignore[no-untyped-def]
    """Mark for every far end its `count` cheapest possible rows; ties go to the lower near end."""
    best = np.empty(count, dtype=np.int64)
    for end in range(len(pointer) - 1):
        size = 0
        for position in range(pointer[end], pointer[end + 1]):
            row = rows[position]
            if not possible[row]:
                continue
            at = size
            while at > 0 and (cost[row], near[row]) < (cost[best[at - 1]], near[best[at - 1]]):
                if at < count:
                    best[at] = best[at - 1]
                at -= 1
            if at < count:
                best[at] = row
                size = min(size + 1, count)
        for position in range(size):
            keep[best[position]] = True
