"""The administrative areas that sites stand in."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from alcance.office.register.models.folding import folded_columns


class Level(models.TextChoices):
    """The level of an area."""

    STATE = "state", _("state")
    MUNICIPALITY = "municipality", _("municipality")
    LOCALITY = "locality", _("locality")


class Area(models.Model):
    """A state, municipality or locality, by its official key.

    `need` is its priority weight from 0 to 1 and `need_quintile` its fifth of the people by need (5 the neediest);
    `people` are counted where they live, and only localities carry those of a locality.
    """

    code = models.CharField(_("key"), max_length=16, primary_key=True)
    level = models.CharField(_("level"), max_length=12, choices=Level.choices)
    name = models.CharField(_("name"), max_length=200)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="parts")
    people = models.PositiveIntegerField(_("people"), null=True, blank=True)
    need = models.FloatField(_("need"), null=True, blank=True)
    need_quintile = models.PositiveSmallIntegerField(_("fifth by need"), null=True, blank=True)
    lon = models.FloatField(_("longitude"), null=True, blank=True)
    lat = models.FloatField(_("latitude"), null=True, blank=True)
    boundary = models.BinaryField(_("boundary"), null=True, blank=True)
    search = models.GeneratedField(
        expression=folded_columns("name", "code"), output_field=models.TextField(), db_persist=True, editable=False
    )

    class Meta:
        verbose_name = _("area")
        verbose_name_plural = _("areas")
        ordering: ClassVar = ["code"]
        indexes: ClassVar = [
            models.Index(fields=["level", "code"]),
            # Words are looked for in the index alone.
            models.Index(fields=["level", "search"], name="areas_searched"),
        ]

    def __str__(self) -> str:
        return self.name


class AreaLoad(models.Model):
    """Areas taken in from a pack; what was made out of others than the latest is old."""

    digest = models.CharField(_("digest"), max_length=64)
    areas = models.PositiveIntegerField(_("areas"))

    class Meta:
        verbose_name = _("load of areas")
        verbose_name_plural = _("loads of areas")
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return self.digest
