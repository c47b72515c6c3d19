"""Figures as people read them, in their language; a dash where there is none."""

from __future__ import annotations

import math
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext

from alcance.publish.language import rounded_up

NONE = "–"


def number(value: float | None, decimals: int | None = None) -> str:
    """A number, rounded to so many decimals; without that whole, or to a tenth where it is not."""
    if value is None:
        return NONE
    if decimals is None and isinstance(value, float):
        decimals = 0 if value == int(value) else 1
    # What formats numbers cuts what it does not show.
    return number_format(value if decimals is None else round(value, decimals), decimals)


def percent(share: float | None, decimals: int = 1) -> str:
    """A share as a percentage."""
    return NONE if share is None else f"{number(100 * share, decimals)}\u00a0%"


def percent_at_most(share: float | None) -> str:
    """A share as a percentage, rounded up to a tenth, so that what is said to be at most that is."""
    return NONE if share is None or not math.isfinite(share) else percent(rounded_up(share))


def money(amount: Any, currency: str = "") -> str:
    """An amount in millions from a million on, else whole."""
    if amount is None:
        return NONE
    amount = float(amount)
    words = (
        gettext("%(amount)s million") % {"amount": number(amount / 1e6, 1)} if abs(amount) >= 1e6 else number(amount, 0)
    )
    return f"{words} {currency}".strip()


def exact(amount: Any, currency: str = "") -> str:
    """An amount to the cent."""
    return NONE if amount is None else f"{number(amount, 2)} {currency}".strip()
