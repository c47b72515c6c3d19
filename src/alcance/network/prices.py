"""What a thing costs over the horizon: capital, replacements, residual value and running cost, discounted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alcance.pack import Pack


@dataclass(frozen=True)
class UnitPrice:
    """The price of one unit of an item of the catalogue.

    Parameters
    ----------
    item
        Name in the catalogue.
    capex
        First purchase, in units of the currency.
    opex_year
        Running cost of a year, in units of the currency.
    price
        Discounted cost over the horizon, in the smallest units of the currency (not yet rounded).
    """

    item: str
    capex: float
    opex_year: float
    price: float

    def __add__(self, other: UnitPrice) -> UnitPrice:
        return UnitPrice(
            f"{self.item}+{other.item}",
            self.capex + other.capex,
            self.opex_year + other.opex_year,
            self.price + other.price,
        )

    def times(self, quantity: float) -> UnitPrice:
        """Give the price of `quantity` units."""
        return UnitPrice(self.item, self.capex * quantity, self.opex_year * quantity, self.price * quantity)


def capital_factor(life_years: float, horizon_years: float, discount_rate: float) -> float:
    """Present value of owning an asset of unit price over the horizon, replaced at the end of each life.

    The last copy's unused share of life at the horizon is given back at its straight-line value.
    """
    factor = 0.0
    bought_at = 0.0
    while bought_at < horizon_years:
        factor += (1.0 + discount_rate) ** -bought_at
        bought_at += life_years
    unused_share = (bought_at - horizon_years) / life_years
    return factor - unused_share * float((1.0 + discount_rate) ** -horizon_years)


def annuity_factor(horizon_years: float, discount_rate: float) -> float:
    """Present value of one unit of money paid at the end of each year of the horizon."""
    years = np.arange(1, round(horizon_years) + 1)
    return float(np.sum((1.0 + discount_rate) ** -years.astype(np.float64)))


class PriceBook:
    """The prices of a pack over its policy's horizon, at its discount rate."""

    def __init__(self, pack: Pack) -> None:
        self.horizon_years = float(pack.policy("horizon_years"))
        self.discount_rate = float(pack.policy("discount_rate"))
        self.minor_per_unit = int(pack.meta.minor_per_unit)
        self._annuity = annuity_factor(self.horizon_years, self.discount_rate)
        prices, equipment = pack.table("prices"), pack.table("equipment")
        rows = [
            *zip(prices["item"], prices["capex"], prices["opex_year"], prices["life_years"], strict=True),
            *zip(
                equipment["equipment_id"],
                equipment["capex"],
                equipment["opex_year"],
                equipment["life_years"],
                strict=True,
            ),
        ]
        self._units = {
            str(item): self._unit(str(item), float(capex), float(opex_year), float(life_years))
            for item, capex, opex_year, life_years in rows
        }

    def _unit(self, item: str, capex: float, opex_year: float, life_years: float) -> UnitPrice:
        capital = capex * capital_factor(life_years, self.horizon_years, self.discount_rate)
        return UnitPrice(item, capex, opex_year, (capital + opex_year * self._annuity) * self.minor_per_unit)

    def of(self, item: str) -> UnitPrice:
        """Give the price of one unit of an item of the price list or of a piece of equipment.

        Raises
        ------
        KeyError
            If neither catalogue has the item; `alcance pack check` reports that first.
        """
        return self._units[item]


def minor(prices: NDArray[np.float64]) -> NDArray[np.int64]:
    """Round prices to integers of the smallest currency unit."""
    return np.rint(prices).astype(np.int64)
