"""A state committee asks for a site."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from alcance.office.accounts.models import Organisation
from alcance.office.register.models import Site


class Nomination(models.Model):
    """A committee's wish for a site, with its rank among the state's: 1 comes first.

    It is closed when the ministry approves or refuses it or the committee takes it back; the transition tells which.
    """

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="nominations")
    committee = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="nominations")
    state_code = models.CharField(_("state key"), max_length=10)
    rank = models.PositiveIntegerField(_("rank"))
    reason = models.CharField(_("why"), max_length=500, blank=True)
    nominated_at = models.DateTimeField(_("nominated"))
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    class Meta:
        verbose_name = _("nomination")
        verbose_name_plural = _("nominations")
        ordering: ClassVar = ["state_code", "rank", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["site"], condition=models.Q(closed_at=None), name="a_site_is_nominated_once_at_a_time"
            )
        ]
        indexes: ClassVar = [models.Index(fields=["state_code", "closed_at", "rank"])]

    def __str__(self) -> str:
        return f"{self.rank}. {self.site}"

    @property
    def organisation_ids(self) -> tuple[int, ...]:
        """To whom it belongs: the committee, and the institution whose site it is."""
        return (self.committee_id, *self.site.organisation_ids)
