"""What has happened to a site: changes of its facts and steps of its life, the newest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alcance.office.accounts.history import Event, changes_of, newest_first
from alcance.office.delivery.models import Transition

if TYPE_CHECKING:
    from alcance.office.register.models import Site


def history_of(site: Site) -> list[Event]:
    """All events of a site and of those merged into it, the newest first."""
    merged = list(site.merged.all())
    keys = {site.pk: "", **{one.pk: one.key for one in merged}}
    steps = [
        Event(
            step.at,
            step.actor_name,
            step.reason,
            step=f"{step.get_before_display()} → {step.get_after_display()}",
            key=keys[step.site_id],
        )
        for step in Transition.objects.filter(site__in=keys).order_by("-at", "-pk")
    ]
    return newest_first(steps, changes_of([site, *merged], lambda one: keys[one.pk]))
