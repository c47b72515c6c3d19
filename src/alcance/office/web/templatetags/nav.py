"""What templates ask of the web room: figures written as people read them."""

from __future__ import annotations

from typing import Any

from django import template

from alcance.office.accounts.permissions import may as _may
from alcance.office.web.figures import exact, money, percent, percent_at_most
from alcance.office.web.problems import problem_line

register = template.Library()
register.filter(percent)
register.filter(percent_at_most)
register.filter(money)
register.filter(exact)
register.filter(problem_line)


@register.simple_tag(takes_context=True)
def may(context: dict[str, Any], kind: str, action: str, thing: Any = None) -> bool:
    """Whether who looks may do something: `{% may "site" "change" site as can_change %}`."""
    return _may(context["request"].user, kind, action, thing)
