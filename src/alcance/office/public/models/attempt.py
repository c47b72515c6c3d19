"""What somebody has tried from an address, so that it can be slowed."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class Attempt(models.Model):
    """Something tried by a visitor; the address is not kept, only a keyed digest that changes from day to day."""

    what = models.CharField(_("what"), max_length=20)
    visitor = models.CharField(_("visitor"), max_length=32)
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        ordering: ClassVar = ["at", "pk"]
        indexes: ClassVar = [models.Index(fields=["what", "visitor", "at"]), models.Index(fields=["at"])]

    def __str__(self) -> str:
        return f"{self.what}: {self.at:%Y-%m-%d %H:%M}"
