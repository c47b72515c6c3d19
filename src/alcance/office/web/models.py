"""What the pages keep of their own."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class SentForm(models.Model):
    """A form that was sent, by the digest of the page's token and what was filled in, and where it led.

    While it is being done it has led nowhere yet; one that was refused is not kept.
    """

    digest = models.CharField(_("digest"), max_length=64, primary_key=True)
    led_to = models.CharField(_("led to"), max_length=2000, blank=True)
    sent_at = models.DateTimeField(_("sent"), db_index=True)

    class Meta:
        verbose_name = _("form that was sent")
        verbose_name_plural = _("forms that were sent")
        ordering: ClassVar = ["sent_at", "digest"]

    def __str__(self) -> str:
        return self.digest[:12]
