"""The radios a pack offers, as classes the network can choose among: what reaches how far, at what price."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from alcance.network.prices import UnitPrice

if TYPE_CHECKING:
    from alcance.network.prices import PriceBook
    from alcance.pack import Pack
    from alcance.radio import Equipment
    from alcance.radio.antenna import Pattern


@dataclass(frozen=True)
class LinkClass:
    """A way to make one radio hop over a clear path.

    Parameters
    ----------
    equipment
        Row of the equipment catalogue: of the radio itself, or of the client for a sector's clients.
    near, far
        The radios at the two ends.
    max_range_m
        Beyond which the link never works: the least margin is not kept at the lowest rate, or a limit of its own.
    gas_db_km
        What dry air and water vapour take.
    max_dependents
        Sites that one link may carry at its best rate.
    price
        Both ends of a point-to-point link; the client's end alone for point-to-multipoint.
    """

    equipment: int
    near: Equipment
    far: Equipment
    max_range_m: float
    gas_db_km: float
    max_dependents: int
    price: UnitPrice

    @property
    def equipment_id(self) -> str:
        """Name of the radio at the far end."""
        return self.far.equipment_id

    @property
    def freq_ghz(self) -> float:
        """Carrier frequency."""
        return self.near.freq_ghz


@dataclass(frozen=True)
class SectorClass:
    """A full circle of sector antennas on one mast, and the client that talks to it.

    Parameters
    ----------
    equipment
        Row of the equipment catalogue.
    antennas
        Patterns of the circle, the first pointing north.
    max_dependents
        Sites that the whole circle may carry.
    price
        Of the whole circle.
    client
        The hop to a site.
    """

    equipment: int
    antennas: tuple[Pattern, ...]
    max_dependents: int
    price: UnitPrice
    client: LinkClass


def point_to_point_classes(pack: Pack, book: PriceBook) -> list[LinkClass]:
    """Give the pack's point-to-point radios that need a clear path, cheapest first."""
    table, radios = pack.table("equipment"), pack.radios()
    limit_m = 1_000.0 * float(pack.policy("max_ptp_km"))
    classes = []
    for row in np.flatnonzero((table["kind"].eq("ptp") & table["sight"]).to_numpy()):
        radio = radios[str(table["equipment_id"].iloc[row])]
        far = radios[radio.pairs_with] if radio.pairs_with is not None else radio
        link = _link(pack, int(row), radio, far, book.of(radio.equipment_id))
        classes.append(_within(link, limit_m))
    return sorted(classes, key=lambda link: (link.price.price, link.equipment_id))


def sector_classes(pack: Pack, book: PriceBook) -> list[SectorClass]:
    """Give the pack's sectors that need a clear path, each with its client, in the order of the catalogue."""
    table, radios = pack.table("equipment"), pack.radios()
    row_of = {str(key): row for row, key in enumerate(table["equipment_id"])}
    classes = []
    for row in np.flatnonzero((table["kind"].eq("sector") & table["sight"]).to_numpy()):
        sector = radios[str(table["equipment_id"].iloc[row])]
        client = radios[str(sector.pairs_with)]
        antennas = pack.antennas(sector.equipment_id)
        classes.append(
            SectorClass(
                equipment=int(row),
                antennas=antennas,
                max_dependents=len(antennas) * sector.max_dependents,
                price=book.of(sector.equipment_id).times(len(antennas)),
                client=_link(pack, row_of[client.equipment_id], sector, client, book.of(client.equipment_id)),
            )
        )
    return classes


def _link(pack: Pack, row: int, near: Equipment, far: Equipment, price: UnitPrice) -> LinkClass:
    from alcance.radio import max_range_km
    from alcance.radio.p676 import LIMITS, specific_attenuation_db_km
    from alcance.radio.p835 import standard_air

    gas_db_km = 0.0  # below the range of P.676 gases take nothing worth counting
    if near.freq_ghz >= LIMITS["freq_ghz"].low:
        # At sea level, where gases take most.
        gas_db_km = float(specific_attenuation_db_km(near.freq_ghz, *standard_air(0.0)))
    reach_km = max_range_km(near, float(pack.policy("fade_margin_db")), partner=far, gas_db_km=gas_db_km)
    return LinkClass(row, near, far, round(1_000.0 * reach_km, 2), gas_db_km, near.max_dependents, price)


def _within(link: LinkClass, limit_m: float) -> LinkClass:
    from dataclasses import replace

    return replace(link, max_range_m=min(link.max_range_m, limit_m))
