"""A building that several institutions may share."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class Building(models.Model):
    """A building with more than one site: one connection may serve them all."""

    name = models.CharField(_("name"), max_length=200)
    lon = models.FloatField(_("longitude"))
    lat = models.FloatField(_("latitude"))

    class Meta:
        verbose_name = _("building")
        verbose_name_plural = _("buildings")
        ordering: ClassVar = ["name", "pk"]

    def __str__(self) -> str:
        return self.name
