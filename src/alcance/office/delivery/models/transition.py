"""What happened to a site: who led it from which state to which, when, why and on what evidence."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from alcance.office.accounts.models import Person
from alcance.office.register.models import Site, SiteState


class Transition(models.Model):
    """One step in the life of a site; it is written once and never changed.

    `evidence` holds identifiers by kind. The actor's name is kept as it was, for people change theirs.
    """

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="transitions")
    connection = models.ForeignKey(
        "delivery.Connection", on_delete=models.PROTECT, null=True, blank=True, related_name="transitions"
    )
    name = models.CharField(_("transition"), max_length=12)
    before = models.CharField(_("before"), max_length=12, choices=SiteState.choices)
    after = models.CharField(_("after"), max_length=12, choices=SiteState.choices)
    actor = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="transitions")
    actor_name = models.CharField(_("who"), max_length=254)
    at = models.DateTimeField(_("when"), db_index=True)
    reason = models.TextField(_("why"), blank=True)
    evidence = models.JSONField(_("evidence"), default=dict)

    class Meta:
        verbose_name = _("transition")
        verbose_name_plural = _("transitions")
        ordering: ClassVar = ["at", "pk"]
        indexes: ClassVar = [models.Index(fields=["site", "at"]), models.Index(fields=["after", "at"])]

    def __str__(self) -> str:
        return f"{self.site_id}: {self.before} → {self.after}"
