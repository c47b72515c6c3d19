"""A key with which a program acts for a person."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from alcance.office.accounts.models import Person


class KeyScope(models.TextChoices):
    """What a key lets a program do."""

    READ = "read", _("read")
    WRITE = "write", _("read and write")


class ApiKey(models.Model):
    """A key of a person's; it may do what they may, or only read it.

    We keep a digest alone: the key has 256 random bits, so nobody finds it by trying, and it is shown once. `used_at`
    is told to the hour, so that reading costs no write.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="api_keys")
    name = models.CharField(_("what it is for"), max_length=100)
    scope = models.CharField(_("scope"), max_length=5, choices=KeyScope.choices, default=KeyScope.READ)
    digest = models.CharField(_("digest"), max_length=64)
    made_at = models.DateTimeField(_("made"))
    used_at = models.DateTimeField(_("last used"), null=True, blank=True)
    retired_at = models.DateTimeField(_("retired"), null=True, blank=True)

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return f"{self.prefix}… ({self.name})"

    @property
    def prefix(self) -> str:
        """How the key begins: it names the row, and tells which key is meant without giving it away."""
        return f"alcance_{self.pk}_"

    @property
    def organisation_ids(self) -> tuple[int, ...]:
        """To whom it belongs: the person's organisation."""
        return self.person.organisation_ids
