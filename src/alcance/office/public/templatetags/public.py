"""What the templates of the public pages ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import template
from django.utils.formats import number_format
from django.utils.html import format_html

from alcance.office.register.models import SiteKind, SiteState, Technology

if TYPE_CHECKING:
    from alcance.office.public.totals import Total

register = template.Library()


@register.filter
def linked(total: Total) -> str:
    """A total as a link to the list that it counts; nothing to list is written as a plain dash."""
    if not total.count:
        return "–"
    return format_html('<a href="{}">{}</a>', total.href, number_format(total.count, 0))


@register.filter
def kind_name(value: str) -> Any:
    """A kind of site in words."""
    return SiteKind(value).label if value in SiteKind.values else value


@register.filter
def state_name(value: str) -> Any:
    """A state of a site in words."""
    return SiteState(value).label if value in SiteState.values else value


@register.filter
def technology_name(value: str) -> Any:
    """A technology in words."""
    return Technology(value).label if value in Technology.values else value
