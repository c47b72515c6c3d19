"""A file made for download."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from alcance.office.running.models import Job


class ExportFormat(models.TextChoices):
    """In which format the sites are written; the value ends the file's name."""

    CSV = "csv", _("CSV")
    GEOPARQUET = "parquet", _("GeoParquet")
    GEOPACKAGE = "gpkg", _("GeoPackage")
    OFDS = "ofds.json", _("OFDS (network)")
    OC4IDS = "oc4ids.json", _("OC4IDS (projects)")


class Export(models.Model):
    """The sites of one list in one format, as a whole file with its count and checksum.

    `filters` is the list's query string in its canonical order, empty for every site. A file is written once; a newer
    one is another export.
    """

    format = models.CharField(_("format"), max_length=12, choices=ExportFormat.choices)
    filters = models.CharField(_("list"), max_length=500, blank=True)
    job = models.ForeignKey(Job, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    asked_at = models.DateTimeField(_("asked"))
    made_at = models.DateTimeField(_("made"), null=True, blank=True)
    rows = models.PositiveIntegerField(_("rows"), null=True, blank=True)
    bytes = models.PositiveBigIntegerField(_("bytes"), null=True, blank=True)
    sha256 = models.CharField(_("SHA-256"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("download")
        verbose_name_plural = _("downloads")
        ordering: ClassVar = ["-pk"]
        indexes: ClassVar = [models.Index(fields=["format", "filters", "made_at"])]

    def __str__(self) -> str:
        return self.file_name

    @property
    def file_name(self) -> str:
        """The name under which it is kept and given out."""
        return f"sites-{self.pk}.{self.format}"
