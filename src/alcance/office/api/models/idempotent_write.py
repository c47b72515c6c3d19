"""A write that was done under a client's key, with the answer that it got."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from alcance.office.accounts.models import Person


class IdempotentWrite(models.Model):
    """One write of a person's, by the key that they gave it: who asks again gets the same answer, and nothing is done.

    It is written in the transaction of the write itself, so that either both are there or neither.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(_("key"), max_length=200)
    digest = models.CharField(_("digest of method, path and body"), max_length=64)
    status = models.PositiveSmallIntegerField(_("status"), default=0)
    headers = models.JSONField(_("headers"), default=dict)
    body = models.BinaryField(_("body"), default=b"")
    made_at = models.DateTimeField(_("made"), db_index=True)

    class Meta:
        verbose_name = _("write under a key")
        verbose_name_plural = _("writes under keys")
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["person", "key"], name="a_write_is_done_once")]

    def __str__(self) -> str:
        return self.key
