"""Words of programs within the description of the API."""

from __future__ import annotations

import re

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

register = template.Library()
_TICKED = re.compile(r"`([^`]+)`")


@register.filter
def in_code(words: str) -> SafeString:
    """Text in which what stands between backticks is code."""
    return mark_safe(_TICKED.sub(r"<code>\1</code>", str(escape(words))))
