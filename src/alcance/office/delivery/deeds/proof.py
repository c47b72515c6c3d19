"""What an inspection or measurements must show for a step, by one measure for both.

A connection is well where at least four fifths of the looks found it online, and the download (of an inspection, or the
median of the measurements) is at least four fifths of the contracted speed. It is poor where one of both is known to be
less, and down where less than a fifth of the looks found it online. An inspection is one look. Only evidence since the
site's last step counts: what proved that step proves no other.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from alcance.office.accounts.refusals import Refused
from alcance.office.service.evidence import measured

if TYPE_CHECKING:
    from collections.abc import Mapping

    from alcance.office.delivery.models import Connection, Inspection

LEAST_SHARE = 0.8
LEAST_AVAILABILITY = 0.8
DOWN_AVAILABILITY = 0.2
# A fault is told by what was measured lately; years of good service before do not hide it.
WATCHED_DAYS = 4
STEPS = ("verify", "degrade", "fail", "recover")


def last_step_at(connection: Connection) -> dt.datetime | None:
    """When the connection's site was led on the last time."""
    last = connection.site.transitions.order_by("-at", "-pk").first()
    return last.at if last else None


def measured_for(name: str, connection: Connection, at: dt.datetime) -> dict[str, Any] | None:
    """What probes measured that may count for a step: since the site's last, and lately where it is watched."""
    times = [] if name == "verify" else [at - dt.timedelta(days=WATCHED_DAYS)]
    last = last_step_at(connection)
    return measured(connection.site, max([*times, last] if last else times, default=None), at)


def check(
    name: str,
    connection: Connection,
    inspection: Inspection | None,
    measurements: Mapping[str, Any] | None,
    last: dt.datetime | None,
) -> None:
    """Go on only where the evidence shows what the step says; without any, the table of steps asks for it.

    Parameters
    ----------
    last
        When the site was led on the last time.

    Raises
    ------
    Refused
        Where the inspection is of another connection or older than the site's last step, one that verifies has no
        photo, or the evidence shows something else.
    """
    if inspection is not None:
        if inspection.connection_id != connection.pk:
            raise Refused(_("the inspection is of another connection"))
        if last is not None and inspection.at < last:
            raise Refused(_("the inspection is older than the last step of the site; inspect again"))
        if name == "verify" and inspection.photo_id is None:
            raise Refused(_("an inspection verifies only with a photo"))
        _judge(name, connection.mbps, 1.0 if inspection.works else 0.0, inspection.down_mbps)
    elif measurements is not None:
        _judge(name, connection.mbps, measurements["availability"], measurements["down_mbps"])


def served_by(
    connection: Connection,
    last: dt.datetime | None,
    inspection: Inspection | None = None,
    measurements: Mapping[str, Any] | None = None,
) -> list[str]:
    """The steps for which the evidence is enough."""
    served = []
    for name in STEPS:
        try:
            check(name, connection, inspection, measurements, last)
        except Refused:
            continue
        served.append(name)
    return served


def _judge(name: str, contracted_mbps: float, availability: float, down_mbps: float | None) -> None:
    least = LEAST_SHARE * contracted_mbps
    slow = down_mbps is not None and down_mbps < least
    if name == "fail":
        if availability >= DOWN_AVAILABILITY:
            raise Refused(_("by this evidence it is not down"))
    elif name == "degrade":
        if availability >= LEAST_AVAILABILITY and not slow:
            raise Refused(_("by this evidence it is as agreed"))
    elif availability < LEAST_AVAILABILITY:
        raise Refused(_("the evidence did not find it working"))
    elif down_mbps is None:
        raise Refused(_("the speed was not measured"))
    elif slow:
        raise Refused(
            _("%(down)s Mbit/s were measured; %(least)s of the contracted %(mbps)s are needed")
            % {"down": f"{down_mbps:g}", "least": f"{least:g}", "mbps": f"{contracted_mbps:g}"}
        )
