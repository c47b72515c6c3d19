"""The radios a pack offers, as classes the network can choose among: what reaches how far, at what price."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from alcance.network.prices import UnitPrice

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from alcance.network.prices import PriceBook
    from alcance.pack import Pack
    from alcance.radio import Equipment


@dataclass(frozen=True)
class LinkClass:
    """A way to make one radio hop.

    Parameters
    ----------
    equipment
        Row of the equipment catalogue: of the radio itself, or of the client for a sector's clients.
    equipment_id
        Its name.
    freq_ghz
        Carrier frequency.
    max_range_m
        Where the link budget with fade margin still closes over a clear path.
    price
        Both ends of a point-to-point link; the client's end alone for point-to-multipoint.
    margin_at_1km_db
        Margin above sensitivity and fade margin at 1 km; it falls by 20 log10 of the distance.
    """

    equipment: int
    equipment_id: str
    freq_ghz: float
    max_range_m: float
    price: UnitPrice
    margin_at_1km_db: float

    def margin_db(self, distance_m: NDArray[np.float64]) -> NDArray[np.float64]:
        """Margin left over a clear path of the given lengths."""
        return np.round(self.margin_at_1km_db - 20.0 * np.log10(distance_m / 1_000.0), 2)


@dataclass(frozen=True)
class SectorClass:
    """A full circle of sector antennas on one mast, and the client that talks to it.

    Parameters
    ----------
    equipment
        Row of the equipment catalogue.
    max_dependents
        Sites that the whole circle may carry.
    price
        Of the whole circle.
    client
        The radio at the other end.
    """

    equipment: int
    max_dependents: int
    price: UnitPrice
    client: LinkClass


def point_to_point_classes(pack: Pack, book: PriceBook) -> list[LinkClass]:
    """Give the pack's point-to-point radios, cheapest first; one that is dearer and reaches no further is left out."""
    from alcance.radio import max_range_km

    table = pack.table("equipment")
    limit_m = 1_000.0 * float(pack.policy("max_ptp_km"))
    fade_margin_db = float(pack.policy("fade_margin_db"))
    classes = []
    for row in np.flatnonzero(table["kind"].eq("ptp").to_numpy()):
        radio = _radio(table, int(row))
        reach_m = round(1_000.0 * max_range_km(radio, fade_margin_db), 2)
        classes.append(
            LinkClass(
                equipment=int(row),
                equipment_id=radio.equipment_id,
                freq_ghz=radio.freq_ghz,
                max_range_m=min(reach_m, limit_m),
                price=book.of(radio.equipment_id),
                margin_at_1km_db=_margin_at_1km_db(radio, radio, fade_margin_db),
            )
        )
    classes.sort(key=lambda link: (link.price.price, link.equipment_id))
    kept: list[LinkClass] = []
    for link in classes:
        if not kept or link.max_range_m > kept[-1].max_range_m:
            kept.append(link)
    return kept


def sector_classes(pack: Pack, book: PriceBook) -> list[SectorClass]:
    """Give the pack's sectors with the client each is paired with, in the order of the catalogue."""
    from alcance.radio import max_range_km

    table = pack.table("equipment")
    fade_margin_db = float(pack.policy("fade_margin_db"))
    row_of = {str(key): row for row, key in enumerate(table["equipment_id"])}
    classes = []
    for row in np.flatnonzero(table["kind"].eq("sector").to_numpy()):
        sector = _radio(table, int(row))
        client_row = row_of[str(table["pairs_with"].iloc[row])]
        client = _radio(table, client_row)
        reach_m = round(1_000.0 * max_range_km(sector, fade_margin_db, partner=client), 2)
        antennas = int(np.ceil(360.0 / float(table["beamwidth_deg"].iloc[row])))
        classes.append(
            SectorClass(
                equipment=int(row),
                max_dependents=antennas * int(table["max_dependents"].iloc[row]),
                price=book.of(sector.equipment_id).times(antennas),
                client=LinkClass(
                    equipment=client_row,
                    equipment_id=client.equipment_id,
                    freq_ghz=sector.freq_ghz,
                    max_range_m=reach_m,
                    price=book.of(client.equipment_id),
                    margin_at_1km_db=_margin_at_1km_db(sector, client, fade_margin_db),
                ),
            )
        )
    return classes


def _radio(table: pd.DataFrame, row: int) -> Equipment:
    """Read a radio from a row of the catalogue."""
    from alcance.radio import Equipment

    return Equipment.from_row({str(name): value for name, value in table.iloc[row].items()})


def _margin_at_1km_db(near: Equipment, far: Equipment, fade_margin_db: float) -> float:
    """Margin over a clear path of 1 km; it falls by 20 log10 of the distance, as free-space loss grows."""
    from alcance.radio import free_space_loss_db, margin_db

    loss_db = free_space_loss_db(1.0, near.freq_ghz)
    return float(margin_db(near, far, loss_db)) - fade_margin_db


def cheapest_link(classes: list[LinkClass], distance_m: NDArray[np.float64]) -> NDArray[np.int64]:
    """Give for each distance the index of the cheapest class that reaches it, or -1.

    `classes` are sorted by price and by range, so the first that reaches is the cheapest.
    """
    ranges = np.array([link.max_range_m for link in classes], dtype=np.float64)
    index = np.searchsorted(ranges, distance_m, side="left").astype(np.int64)
    return np.where(index < len(classes), index, -1)
