"""What templates ask of the web room: figures written as people read them."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.formats import number_format
from django.utils.translation import gettext

from alcance.office.accounts.permissions import may as _may

register = template.Library()


@register.filter
def percent(share: float | None, decimals: int = 1) -> str:
    """A share as a percentage; a dash where there is none."""
    return "–" if share is None else f"{number_format(100 * share, decimals)}\u00a0%"


@register.filter
def money(amount: Any, currency: str = "") -> str:
    """An amount in millions from a million on, else whole."""
    if amount is None:
        return "–"
    amount = float(amount)
    words = (
        gettext("%(amount)s million") % {"amount": number_format(amount / 1e6, 1)}
        if abs(amount) >= 1e6
        else number_format(amount, 0)
    )
    return f"{words} {currency}".strip()


@register.filter
def exact(amount: Any, currency: str = "") -> str:
    """An amount to the cent; a dash where there is none."""
    return "–" if amount is None else f"{number_format(amount, 2)} {currency}".strip()


@register.simple_tag(takes_context=True)
def may(context: dict[str, Any], kind: str, action: str, thing: Any = None) -> bool:
    """Whether who looks may do something: `{% may "site" "change" site as can_change %}`."""
    return _may(context["request"].user, kind, action, thing)
