"""Where a probe stood, and from when until when."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from alcance.office.register.models import Site
from alcance.office.service.models.probe import Probe


class Placement(models.Model):
    """A probe at a site for a time: what it measured then was measured there, whenever it is received.

    `until` is empty where it stands there still. A probe without such a placement is on its way to its site, or
    retired. `instead_of` is the duplicate at which it was placed, where that was merged into the site; if the merge is
    undone, it has stood there all the time.
    """

    probe = models.ForeignKey(Probe, on_delete=models.PROTECT, related_name="placements")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="placements")
    since = models.DateTimeField(_("since"))
    until = models.DateTimeField(_("until"), null=True, blank=True)
    instead_of = models.ForeignKey(Site, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("place of a probe")
        verbose_name_plural = _("places of probes")
        ordering: ClassVar = ["probe", "since", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["probe"], condition=models.Q(until=None), name="a_probe_stands_at_one_site")
        ]

    def __str__(self) -> str:
        return f"{self.probe_id}: {self.site_id}"
