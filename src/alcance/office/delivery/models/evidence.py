"""What proves a claim: photos and inspections."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from alcance.office.accounts.models import Person
from alcance.office.delivery.models.at_site import AtSite
from alcance.office.delivery.models.connection import Connection
from alcance.office.register.models import Site


class Photo(models.Model):
    """A picture, named by the digest of what is kept; the file lies under `photos/` in the office's uploads."""

    digest = models.CharField(_("digest"), max_length=64, unique=True)
    width_px = models.PositiveIntegerField(_("width"))
    height_px = models.PositiveIntegerField(_("height"))
    bytes = models.PositiveIntegerField(_("bytes"))
    taken_at = models.DateTimeField(_("taken"), null=True, blank=True)
    lon = models.FloatField(_("longitude"), null=True, blank=True)
    lat = models.FloatField(_("latitude"), null=True, blank=True)
    uploaded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(_("uploaded"))

    class Meta:
        verbose_name = _("photo")
        verbose_name_plural = _("photos")
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return self.digest[:12]


class Inspection(AtSite, models.Model):
    """Somebody was there, saw whether it works, and measured."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="inspections")
    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="inspections")
    inspector = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="inspections")
    at = models.DateTimeField(_("when"))
    works = models.BooleanField(_("works"))
    down_mbps = models.FloatField(_("download"), null=True, blank=True)
    up_mbps = models.FloatField(_("upload"), null=True, blank=True)
    latency_ms = models.FloatField(_("latency"), null=True, blank=True)
    photo = models.ForeignKey(Photo, on_delete=models.PROTECT, null=True, blank=True, related_name="inspections")
    remark = models.CharField(_("remark"), max_length=1000, blank=True)

    class Meta:
        verbose_name = _("inspection")
        verbose_name_plural = _("inspections")
        ordering: ClassVar = ["-at", "-pk"]
        indexes: ClassVar = [models.Index(fields=["site", "at"])]

    def __str__(self) -> str:
        return f"{self.site_id}: {self.at:%Y-%m-%d}"

    @property
    def organisation_ids(self) -> tuple[int, ...]:
        """To whom it belongs: the provider and the institution concerned."""
        return self.connection.organisation_ids
