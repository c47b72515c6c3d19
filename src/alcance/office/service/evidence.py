"""What the measurements say of a site, as evidence for a claim."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import datetime as dt

    from alcance.office.register.models import Site


def measured(site: Site, since: dt.date | None, at: dt.datetime) -> dict[str, Any] | None:  # noqa: ARG001
    """What probes measured at a site since a day; None where they measured nothing."""
    return None
