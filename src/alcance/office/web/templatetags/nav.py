"""What templates ask of the web room: figures written as people read them."""

from __future__ import annotations

from typing import Any

from django import template

from alcance.office.accounts.permissions import may as _may
from alcance.office.web.figures import money, percent, percent_at_most

register = template.Library()


register.filter(percent)
register.filter(percent_at_most)
register.filter(money)


@register.filter
def exact(amount: Any, currency: str = "") -> str:
    """An amount to the cent; a dash where there is none."""
    return "–" if amount is None else f"{number_format(amount, 2)} {currency}".strip()


@register.simple_tag(takes_context=True)
def may(context: dict[str, Any], kind: str, action: str, thing: Any = None) -> bool:
    """Whether who looks may do something: `{% may "site" "change" site as can_change %}`."""
    return _may(context["request"].user, kind, action, thing)
