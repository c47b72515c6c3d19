"""What is said of connections in force: claimed, verified, late. One rule each, for lists and for rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import F, Q
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    import datetime as dt


def claim(name: str, today: dt.date) -> Q:
    """Connections in force of which something is said: `CLAIM_NAMES` of the public words names it.

    A connection is late that should have been installed before today and is not, even by the provider's word. One that
    was ordered after that day, as a moved or reinstalled one may be, has no day to keep.
    """
    standing = Q(ended_on=None)
    return {
        "standing": standing,
        "claimed": standing & Q(installed_on__isnull=False),
        "verified": standing & Q(verified_at__isnull=False),
        "unproven": standing & Q(installed_on__isnull=False, verified_at=None),
        "late": standing
        & Q(installed_on=None, contract__deliver_by__lt=today)
        & (Q(ordered_on=None) | Q(ordered_on__lte=F("contract__deliver_by"))),
    }[name]


def days_late(connection: Any, today: dt.date) -> int:
    """Days since a connection in force should have been installed where `claim` says it is late; 0 otherwise.

    Parameters
    ----------
    connection
        A row with installed_on, ordered_on and contract_deliver_by, or None.
    today
        The day by which it is late.
    """
    if connection is None or connection.installed_on or connection.contract_deliver_by >= today:
        return 0
    if connection.ordered_on is not None and connection.ordered_on > connection.contract_deliver_by:
        return 0
    return int((today - connection.contract_deliver_by).days)


def against_agreed(connection: Any) -> str:
    """How what is claimed falls short of what was agreed or is something else, in words; empty where it is as agreed.

    Parameters
    ----------
    connection
        A row with technology, mbps, claimed_technology and claimed_mbps, or None.
    """
    if connection is None or connection.claimed_mbps is None:
        return ""
    words = []
    if connection.claimed_technology != connection.technology:
        words.append(_("not the technology agreed"))
    if connection.claimed_mbps < connection.mbps:
        words.append(_("less than agreed"))
    return ", ".join(words)
