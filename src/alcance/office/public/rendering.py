"""The fast way to a page: its content by Jinja, inside the frame that every page of an anonymous reader shares.

Django's own templates stay in use wherever a page is not asked for a thousand times a second.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.html import escape
from django.utils.translation import gettext
from jinja2 import Environment, PackageLoader, StrictUndefined
from jinja2.ext import Extension
from markupsafe import Markup

from alcance.office.web.figures import money, number, percent, percent_at_most

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from alcance.office.public.totals import Total

_TITLE, _CONTENT, _PATH = "alcance-frame-title", "alcance-frame-content", "alcance-frame-path"


def date(value: dt.date | dt.datetime | None) -> str:
    """A day in words; a dash where there is none."""
    if value is None:
        return "–"
    return date_format(timezone.localdate(value) if isinstance(value, dt.datetime) else value)


def counted(words: str, count: int) -> str:
    """Words with a count in them, at `%(count)s`."""
    return words % {"count": number(count)}


def linked(total: Total, figure: Callable[[int], str] = number) -> str:
    """A total as a link to the list that it counts, by what writes figures; a dash where there is nothing to list."""
    if not total.count:
        return Markup("–")
    return Markup(f'<a href="{escape(total.href)}">{figure(total.count)}</a>')


class _Words(Extension):
    """Puts the words of the active language into a template before it is compiled: asking for them later costs more."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:  # noqa: ARG002
        """Replace `_("…")` by the word itself."""
        return _WORD.sub(lambda found: json.dumps(gettext(found[1]), ensure_ascii=False), source)


_WORD = re.compile(r'_\("([^"]*)"\)')


@lru_cache(maxsize=8)
def environment(language: str) -> Environment:  # noqa: ARG001
    """Jinja with the words and figures of one language, which must be active; everything is escaped."""
    made = Environment(
        loader=PackageLoader("alcance.office.public", "jinja"),
        extensions=[_Words],
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    # Kept per language: the same days and numbers come back on every page.
    kept = lru_cache(maxsize=8192)
    made.filters |= {one.__name__: kept(one) for one in (number, date, percent, percent_at_most, money)}
    made.filters |= {
        "linked": partial(linked, figure=made.filters["number"]),
        "capfirst": lambda words: words[:1].upper() + words[1:],
    }
    return made


def content(name: str, context: Mapping[str, Any]) -> str:
    """Render what stands inside the frame."""
    return environment(translation.get_language() or "").get_template(name).render(context)


def framed(title: str, inside: str, path: str, section: str) -> str:
    """Put a page of an anonymous reader into the frame, in the language that is active.

    Parameters
    ----------
    title
        Title of the page, as text.
    inside
        What the page says, as HTML.
    path
        Its own address, to come back to when the language is changed.
    section
        Address of the section that it lies in, such as "/sites/".
    """
    pieces = _frame(translation.get_language() or "", section)
    values = {_TITLE: str(escape(title)), _CONTENT: inside, _PATH: str(escape(path))}
    return "".join(values.get(piece, piece) for piece in pieces)


@lru_cache(maxsize=64)
def _frame(language: str, section: str) -> tuple[str, ...]:  # noqa: ARG001
    """The frame cut at its gaps; it is the same as long as the program runs."""
    request = HttpRequest()
    request.user = AnonymousUser()
    request.path = section + _PATH
    whole: str = render_to_string("public/content.html", {"title": _TITLE, "content": _CONTENT}, request)
    whole = whole.replace(section + _PATH, _PATH)
    pieces: list[str] = [whole]
    for gap in (_TITLE, _CONTENT, _PATH):
        pieces = [part for piece in pieces for part in _split(piece, gap)]
    return tuple(pieces)


def _split(piece: str, gap: str) -> list[str]:
    parts = piece.split(gap)
    return [part for pair in zip(parts, [gap] * len(parts), strict=True) for part in pair][:-1]
