"""A probe that measures at a site, and the batches it has sent."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from alcance.office.delivery.models.at_site import AtSite
from alcance.office.register.models import Site


class Probe(AtSite, models.Model):
    """A measuring device or program at a site. It signs with its own Ed25519 key; we keep the public half only.

    `site` is where it stands, stood last, or is on its way to; since when, `Placement` says.
    """

    code = models.SlugField(_("code"), max_length=40, unique=True)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="probes", verbose_name=_("site"))
    public_key = models.CharField(_("public key"), max_length=64)
    added_at = models.DateTimeField(_("added"))
    last_seen_at = models.DateTimeField(_("last seen"), null=True, blank=True)
    retired_at = models.DateTimeField(_("retired"), null=True, blank=True)
    # Every batch that comes sets when it was last seen; that is no change of it.
    history = HistoricalRecords(excluded_fields=["last_seen_at"])

    class Meta:
        verbose_name = _("probe")
        verbose_name_plural = _("probes")
        ordering: ClassVar = ["code"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["public_key"], condition=models.Q(retired_at=None), name="a_key_belongs_to_one_probe"
            )
        ]

    def __str__(self) -> str:
        return self.code


class Batch(models.Model):
    """Measurements received at once, under the id that the probe gave them: the same id is stored once."""

    probe = models.ForeignKey(Probe, on_delete=models.PROTECT, related_name="batches")
    client_id = models.UUIDField(_("id given by the probe"))
    digest = models.CharField(_("digest of the body"), max_length=64)
    rows = models.PositiveIntegerField(_("measurements"))
    received_at = models.DateTimeField(_("received"))

    class Meta:
        verbose_name = _("batch")
        verbose_name_plural = _("batches")
        ordering: ClassVar = ["received_at", "pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["probe", "client_id"], name="a_batch_is_stored_once")]

    def __str__(self) -> str:
        return str(self.client_id)
