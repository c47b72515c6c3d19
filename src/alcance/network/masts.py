"""Lays the radio side of the network: masts by hop and height, links between them, sectors and their clients."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from alcance.errors import InputError, Problem
from alcance.network.kinds import ArcKind, NodeKind
from alcance.network.link_design import dependents
from alcance.radio.heights import HEIGHT_CLASSES_M

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alcance.network.arcs import ArcLayer
    from alcance.network.hops import Hops
    from alcance.network.link_design import Design, Offer
    from alcance.network.numbering import Numbering
    from alcance.network.prices import PriceBook, UnitPrice
    from alcance.network.radios import LinkClass, SectorClass

HEIGHTS_M = np.array(HEIGHT_CLASSES_M, dtype=np.float32)


@dataclass(frozen=True)
class MastCatalogue:
    """Prices of what stands at a relay or a client.

    Parameters
    ----------
    mast
        A new mast of each class.
    station
        Power, batteries, switch and cabinet of a relay.
    free_below_m
        For each place the height that already stands there, 0 where nothing does.
    """

    mast: list[UnitPrice]
    station: UnitPrice
    free_below_m: NDArray[np.float32]

    @classmethod
    def read(cls, book: PriceBook, free_below_m: NDArray[np.float32]) -> MastCatalogue:
        """Take the prices from the pack's book.

        Raises
        ------
        InputError
            If a mast costs less over the horizon than a lower one: raising a mast would then earn money.
        """
        masts = [book.of(f"mast_{height:.0f}") for height in HEIGHT_CLASSES_M]
        faults = [
            Problem("prices", None, "item", high.item, f"costs less over the horizon than {low.item}; it must not")
            for low, high in itertools.pairwise(masts)
            if round(high.price - low.price) < 0
        ]
        if faults:
            raise InputError(faults)
        return cls(masts, book.of("relay_station"), free_below_m)

    def columns(self, place: NDArray[np.int32], height_class: NDArray[np.uint8]) -> tuple[NDArray[np.float64], ...]:
        """Price, capex and opex a year of a mast of a class at each place."""
        stands = HEIGHTS_M[height_class] <= self.free_below_m[place]
        table = np.array([[mast.price, mast.capex, mast.opex_year] for mast in self.mast])
        return tuple(np.where(stands, 0.0, table[height_class, column]) for column in range(3))

    def relay_prices(self, may_stand: NDArray[np.bool_]) -> NDArray[np.float64]:
        """N x 4 prices of a relay's mast and station by place and class, infinite where none may stand."""
        count = len(self.free_below_m)
        prices = np.empty((count, len(self.mast)))
        for height_class in range(len(self.mast)):
            mast, _, _ = self.columns(np.arange(count, dtype=np.int32), np.full(count, height_class, dtype=np.uint8))
            prices[:, height_class] = mast + self.station.price
        towers = self.free_below_m > 0
        prices[np.ix_(towers, np.arange(len(self.mast)))] = np.where(
            HEIGHTS_M[None, :] <= self.free_below_m[towers, None], prices[towers], np.inf
        )
        prices[~may_stand] = np.inf
        return prices


class MastNodes:
    """The nodes of every relay: its mast per hop and class, its top, its rack of dishes and its sectors per class.

    Parameters
    ----------
    numbering
        Hands out the numbers.
    used
        n x 4: the classes at which some hop enters or leaves the relay at each place.
    racked
        n x 4: the classes from which some point-to-point link ends at a site.
    hop_limit
        A mast stands at hops 0 to `hop_limit` − 1, so that its clients are within the limit.
    sectors
        Number of sector classes.
    """

    def __init__(
        self,
        numbering: Numbering,
        used: NDArray[np.bool_],
        racked: NDArray[np.bool_],
        hop_limit: int,
        sectors: int,
    ) -> None:
        self.used = used
        self.hop_limit = hop_limit
        self.place, self.height_class = np.nonzero(used)
        shape = used.shape
        self.mast = np.full((hop_limit, *shape), -1, dtype=np.int64)
        for hop in range(hop_limit):
            self.mast[hop][used] = numbering.add(NodeKind.MAST, self.place, height_class=self.height_class, hop=hop)
        self.top = np.full(shape, -1, dtype=np.int64)
        self.top[used] = numbering.add(NodeKind.TOP, self.place, height_class=self.height_class)
        self.racked = racked
        self.rack = np.full(shape, -1, dtype=np.int64)
        place, height_class = np.nonzero(racked)
        self.rack[racked] = numbering.add(NodeKind.RACK, place, height_class=height_class)
        self.sector = np.full((sectors, *shape), -1, dtype=np.int64)
        for sector in range(sectors):
            self.sector[sector][used] = numbering.add(
                NodeKind.SECTOR, self.place, height_class=self.height_class, sector=sector
            )
        self.relays = np.flatnonzero(used.any(axis=1))
        self.lowest = np.argmax(used[self.relays], axis=1)


def lay_masts(
    layer: ArcLayer,
    nodes: MastNodes,
    masts: MastCatalogue,
    sectors: list[SectorClass],
    hub: NDArray[np.int64],
    most_ends: int,
) -> None:
    """Raise masts class by class, and put sectors on them: a mast is paid once, at the height that is needed.

    On a mast so many dishes find room whose links end at a site.
    """
    with_hub = hub[nodes.relays] >= 0
    place, lowest = nodes.relays[with_hub].astype(np.int32), nodes.lowest[with_hub].astype(np.uint8)
    price, capex, opex_year = masts.columns(place, lowest)
    layer.add_priced(
        ArcKind.MAST,
        hub[place],
        nodes.mast[0][place, lowest],
        price=np.rint(price + masts.station.price),
        capex=capex + masts.station.capex,
        opex_year=opex_year + masts.station.opex_year,
        height_to_m=HEIGHTS_M[lowest],
    )
    for low in range(len(HEIGHT_CLASSES_M)):
        for high in range(low + 1, len(HEIGHT_CLASSES_M)):
            next_up = nodes.used[:, low] & nodes.used[:, high] & ~nodes.used[:, low + 1 : high].any(axis=1)
            place = np.flatnonzero(next_up).astype(np.int32)
            if len(place) == 0:
                continue
            below = masts.columns(place, np.full(len(place), low, dtype=np.uint8))
            above = masts.columns(place, np.full(len(place), high, dtype=np.uint8))
            price, capex, opex_year = (a - b for a, b in zip(above, below, strict=True))
            heights = {"height_from_m": HEIGHTS_M[low], "height_to_m": HEIGHTS_M[high]}
            for hop in range(nodes.hop_limit):
                down, up = nodes.mast[hop][place, low], nodes.mast[hop][place, high]
                layer.add_priced(
                    ArcKind.MAST_UP, down, up, price=np.rint(price), capex=capex, opex_year=opex_year, **heights
                )
                layer.add_priced(ArcKind.MAST_DOWN, up, down, price=0, capex=0.0, opex_year=0.0)
            for of_class in nodes.sector:
                layer.add_priced(
                    ArcKind.SECTOR_DOWN,
                    of_class[place, high],
                    of_class[place, low],
                    price=0,
                    capex=0.0,
                    opex_year=0.0,
                )
    every = (nodes.place, nodes.height_class)
    for hop in range(nodes.hop_limit):
        layer.add_priced(ArcKind.TOP, nodes.mast[hop][every], nodes.top[every], price=0, capex=0.0, opex_year=0.0)
    layer.add_priced(
        ArcKind.RACK,
        nodes.top[nodes.racked],
        nodes.rack[nodes.racked],
        price=0,
        capex=0.0,
        opex_year=0.0,
        max_dependents=most_ends,
    )
    for index, sector in enumerate(sectors):
        layer.add(
            ArcKind.SECTOR,
            nodes.top[every],
            nodes.sector[index][every],
            sector.price,
            equipment=sector.equipment,
            height_to_m=HEIGHTS_M[nodes.height_class],
            max_dependents=sector.max_dependents,
        )


def lay_gateways(
    layer: ArcLayer,
    nodes: MastNodes,
    masts: MastCatalogue,
    places: NDArray[np.int64],
    gateway: UnitPrice,
    max_dependents: int,
) -> None:
    """Let a shared satellite gateway feed the mast of a site.

    It enters at the last hop, from which no link goes on: its backhaul serves the sectors of its own mast, not a trunk.
    """
    place = places.astype(np.int32)
    lowest = np.argmax(nodes.used[place], axis=1).astype(np.uint8)
    mast = masts.columns(place, lowest)
    extra = gateway + masts.station
    layer.add_priced(
        ArcKind.GATEWAY,
        np.zeros(len(place)),
        nodes.mast[nodes.hop_limit - 1][place, lowest],
        price=np.rint(mast[0] + extra.price),
        capex=mast[1] + extra.capex,
        opex_year=mast[2] + extra.opex_year,
        height_to_m=HEIGHTS_M[lowest],
        max_dependents=max_dependents,
    )


def lay_trunks(
    layer: ArcLayer,
    nodes: MastNodes,
    masts: MastCatalogue,
    trunks: Offer,
    links: list[LinkClass],
    busy_mbps: float,
    most: int,
) -> None:
    """Join relays by point-to-point links from each hop to the next; the far end pays its mast and station.

    Of the classes that reach, cheapest first, one is laid where it carries more sites than any before it, up to `most`:
    the bound sees the cheapest, and a plan can take a larger one where more hangs behind.
    """
    carried = np.zeros(len(trunks.hops.near), dtype=np.int64)
    for link, design in zip(links, trunks.designs, strict=True):
        sites = dependents(design.rate_mbps, busy_mbps, min(most, link.max_dependents))
        more = sites > carried
        carried = np.maximum(carried, sites)
        hops = trunks.hops.take(more)
        columns = _link_columns(masts, hops, link, design, more, masts.station)
        columns["max_dependents"] = sites[more]
        for hop in range(nodes.hop_limit - 1):
            layer.add_priced(
                ArcKind.PTP,
                nodes.mast[hop][hops.near, hops.near_class],
                nodes.mast[hop + 1][hops.far, hops.far_class],
                **columns,
            )


def lay_ends(
    layer: ArcLayer,
    nodes: MastNodes,
    masts: MastCatalogue,
    ends: Offer,
    links: list[LinkClass],
    feed: NDArray[np.int64],
) -> None:
    """Let the cheapest point-to-point link that carries enough end at a site that passes nothing on."""
    open_still = np.ones(len(ends.hops.near), dtype=bool)
    for link, design in zip(links, ends.designs, strict=True):
        chosen = open_still & (design.rate_mbps > 0)
        open_still &= ~chosen
        hops = ends.hops.take(chosen)
        columns = _link_columns(masts, hops, link, design, chosen, None)
        layer.add_priced(ArcKind.PTP_END, nodes.rack[hops.near, hops.near_class], feed[hops.far], **columns)


def lay_clients(
    layer: ArcLayer,
    nodes: MastNodes,
    masts: MastCatalogue,
    clients: Offer,
    sectors: list[SectorClass],
    feed: NDArray[np.int64],
) -> None:
    """Join sites to sectors as clients, each with its own mast and radio."""
    for index, (sector, design) in enumerate(zip(sectors, clients.designs, strict=True)):
        works = design.rate_mbps > 0
        hops = clients.hops.take(works)
        columns = _link_columns(masts, hops, sector.client, design, works, None)
        layer.add_priced(ArcKind.CLIENT, nodes.sector[index][hops.near, hops.near_class], feed[hops.far], **columns)


def _link_columns(
    masts: MastCatalogue,
    hops: Hops,
    link: LinkClass,
    design: Design,
    chosen: NDArray[np.bool_],
    station: UnitPrice | None,
) -> dict[str, Any]:
    """Price hops of one class with the mast at their far end, and the station of a relay there."""
    mast = masts.columns(hops.far, hops.far_class)
    unit = link.price if station is None else link.price + station
    return {
        "price": np.rint(mast[0] + unit.price),
        "capex": mast[1] + unit.capex,
        "opex_year": mast[2] + unit.opex_year,
        "length_m": hops.distance_m,
        "equipment": link.equipment,
        "height_from_m": HEIGHTS_M[hops.near_class],
        "height_to_m": HEIGHTS_M[hops.far_class],
        "margin_db": design.margin_db[chosen],
        "rate_mbps": design.rate_mbps[chosen],
    }
