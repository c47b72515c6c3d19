"""Where to begin in an office that has no sites yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from alcance.office.accounts.permissions import may
from alcance.office.public.words import Words

if TYPE_CHECKING:
    from collections.abc import Sequence

# What it takes to do a step, its name, its page, and what it means.
_STEPS: tuple[tuple[tuple[str, str], Words, str, Words], ...] = (
    (
        ("organisation", "add"),
        _("Name the organisations"),
        "/organisations/add",
        _("State committees that nominate and verify, institutions that host sites, providers that bid."),
    ),
    (
        ("person", "add"),
        _("Invite their people"),
        "/people/invite",
        _("Each gets a link, and chooses a password with it."),
    ),
    (
        ("import", "add"),
        _("Bring the sites"),
        "/imports/",
        _("A catalogue of schools or clinics, as a file: nothing is changed before you have seen what it would do."),
    ),
    (
        ("target", "add"),
        _("Say what is promised"),
        "/progress/new/",
        _("A programme and its targets, against which progress is shown."),
    ),
)


def first_steps(person: Any) -> Sequence[tuple[Words, str, Words]]:
    """The steps that somebody may take: for each its name, its page, and what it means."""
    return [(name, href, means) for needs, name, href, means in _STEPS if may(person, *needs)]
