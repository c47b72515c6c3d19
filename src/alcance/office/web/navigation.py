"""The entries at the top of every page: those that who looks has a use for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext_lazy as _

from alcance.office.accounts.permissions import may

if TYPE_CHECKING:
    from django.http import HttpRequest

# Title, address, and the rows of the permission table of which one must be open: the kind, and what is done with it.
# The public has no role but sees what all may.
ENTRIES = (
    (_("Map"), "/map/", ("site", "view")),
    (_("Progress"), "/progress/", ("target", "view")),
    (_("Sites"), "/sites/", ("site", "view")),
    (_("Areas"), "/areas/", ("site", "view")),
    (_("Providers"), "/providers/", ("site", "view")),
    (_("Tenders"), "/lots/", ("lot", "view")),
    (_("Corrections"), "/challenges/", ("challenge", "view")),
    (_("Downloads"), "/downloads/", ("site", "view")),
    (_("Register"), "/register/", ("site", "view_private")),
    (_("Imports"), "/imports/", ("import", "view")),
    (_("Nominations"), "/nominations/", ("nomination", "view")),
    (_("Plans"), "/plans/", ("plan", "view")),
    (_("Connections"), "/connections/", ("connection", "order", "install", "verify")),
    (_("Probes"), "/probes/", ("probe", "view")),
    (_("People"), "/people/", ("person", "view")),
)


@dataclass(frozen=True)
class Entry:
    """One entry: where it leads, whether the page shown lies there, and whether it is for who works here alone."""

    title: str
    href: str
    here: bool
    is_work: bool


def navigation(request: HttpRequest) -> dict[str, Any]:
    """The entries, for every template."""
    # An address that is refused at the door, as one of a host that is not ours, is nobody's yet.
    user = getattr(request, "user", None) or AnonymousUser()
    return {
        "nav_entries": [
            Entry(
                str(title),
                href,
                request.path.startswith(href),
                not _is_public(kind, *actions),
            )
            for title, href, (kind, *actions) in ENTRIES
            if any(may(user, kind, action) for action in actions)
        ]
    }


@cache
def _is_public(kind: str, *actions: str) -> bool:
    """Whether who has not logged in has a use for it; the table that says so is read once."""
    return any(may(AnonymousUser(), kind, action) for action in actions)
