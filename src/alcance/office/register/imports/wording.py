"""What the pack's readers find wrong with a file, in the language of who brought it and with what it means here."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

if TYPE_CHECKING:
    from alcance.errors import Problem

# Their words, and ours for the same; the names of groups stand in both.
_KNOWN = tuple(
    (re.compile(theirs, re.DOTALL), ours)
    for theirs, ours in (
        (
            "has no header; .*",
            gettext_lazy("has no header; the first row must hold the column names"),
        ),
        ("stands twice in the header; .*", gettext_lazy("stands twice in the header; remove one")),
        (r"column (?P<number>\d+) has no name", gettext_lazy("column %(number)s has no name")),
        (
            r"has more than the (?P<count>\d+) cells of the header; .*",
            gettext_lazy("has more than the %(count)s cells of the header; put quotes around commas"),
        ),
        ("is not valid CSV: (?P<why>.*)", gettext_lazy("is not valid CSV (%(why)s)")),
        (
            r"has several \w+s and none is named (?P<name>'.*?'); .*\((?P<names>.*)\)",
            gettext_lazy("has several tables (%(names)s) and none is named %(name)s; give it that name, or bring one"),
        ),
        (
            "says no coordinate reference system .*",
            gettext_lazy("says no coordinate reference system; save it again with one, such as EPSG:4326"),
        ),
        (
            r"cannot be read: has more than (?P<count>[\d,]+) cells; .*",
            gettext_lazy("has more than %(count)s cells; leave out columns that are not needed, or split it"),
        ),
        (
            "cannot be read: a row of the sheet .*",
            gettext_lazy("has a row that is longer than any of a table of sites"),
        ),
        (
            "cannot be read: (?P<why>.*); save it again .*",
            gettext_lazy("cannot be read (%(why)s); save it again as CSV, XLSX, GeoPackage or Parquet"),
        ),
    )
)
_MORE = re.compile(r"and (?P<hidden>[\d,]+) more rows \((?P<all>[\d,]+) in all\): (?P<what>.*)", re.DOTALL)


def in_our_words(problem: Problem) -> Problem:
    """The same problem in the language that is active; as it is where nobody has put it into words."""
    return replace(problem, message=_worded(problem.message))


def _worded(message: str) -> str:
    if more := _MORE.fullmatch(message):
        return _("and %(hidden)s more rows (%(all)s in all): %(what)s") % {
            **more.groupdict(), "what": _worded(more["what"])
        }  # fmt: skip
    for theirs, ours in _KNOWN:
        if found := theirs.fullmatch(message):
            return str(ours) % found.groupdict()
    return message
