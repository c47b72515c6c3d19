"""What the templates of the public pages ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template
from django.utils.html import format_html

from alcance.office.web.figures import number

if TYPE_CHECKING:
    from alcance.office.public.totals import Total

register = template.Library()


@register.filter
def linked(total: Total) -> str:
    """A total as a link to the list that it counts; nothing to list is written as a plain dash."""
    if not total.count:
        return "–"
    return format_html('<a href="{}">{}</a>', total.href, number(total.count))
