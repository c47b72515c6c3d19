"""The air over a link as far as it is known: models that need what is not known say so instead of guessing."""

from __future__ import annotations

from dataclasses import dataclass

from numpy.typing import ArrayLike

from alcance.errors import InputError, Problem
from alcance.radio import p530
from alcance.radio.itm import Climate
from alcance.radio.limits import Limit, checked

LIMITS = {
    "n0": Limit(150, 500, "the refractivity at sea level is 150 to 500 N-units"),
    "delta_n": Limit(1, 150, "the lapse of refractivity is 1 to 150 N-units/km, positive"),
    "rain_001_mm_h": Limit(0, 300, "the rain rate of 0.01 % of a year is 0 to 300 mm/h"),
    "itm_climate": Limit(1, 7, "a climate is a whole number from 1 to 7"),
}


@dataclass(frozen=True)
class Air:
    """Radio climate of a region; None for what is not known.

    Parameters
    ----------
    n0, delta_n
        Refractivity at sea level [N-units] and its lapse in the lowest kilometre [N-units/km, positive] (P.453).
    rain_001_mm_h
        Rain rate exceeded for 0.01 % of an average year [mm/h] (P.837).
    itm_climate
        Climate of the Irregular Terrain Model, 1 to 7 (`alcance.radio.itm.Climate`).

    Raises
    ------
    InputError
        A value is out of its range; lists every one.
    """

    n0: float | None = None
    delta_n: float | None = None
    rain_001_mm_h: float | None = None
    itm_climate: int | None = None

    def __post_init__(self) -> None:
        given = {name: getattr(self, name) for name in LIMITS if getattr(self, name) is not None}
        checked("air", LIMITS, **given)
        if self.itm_climate is not None and self.itm_climate not in list(Climate):
            raise InputError([Problem("air", None, "itm_climate", str(self.itm_climate), LIMITS["itm_climate"].advice)])

    def fading(self, latitude_deg: ArrayLike) -> p530.Climate:
        """Climate of P.530 at latitudes [deg]; the gradient dN1 is estimated from the lapse.

        Raises
        ------
        InputError
            Lapse or rain rate are not known.
        """
        lacking = self.lacking("delta_n", "rain_001_mm_h")
        if self.delta_n is None or self.rain_001_mm_h is None:
            raise InputError([Problem("air", None, name, "", "is not known; P.530 needs it") for name in lacking])
        return p530.Climate(latitude_deg, self.rain_001_mm_h, dn1=p530.dn1_of_lapse(self.delta_n))

    def lacking(self, *names: str) -> tuple[str, ...]:
        """Names of those values that are not known."""
        return tuple(name for name in names if getattr(self, name) is None)
