"""Who acts: organisations and the people in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from alcance.office.accounts.roles import Role

if TYPE_CHECKING:
    from typing import Any

ORGANISATION_ROLES = [choice for choice in Role.choices if choice[0] != Role.PUBLIC]


class Organisation(models.Model):
    """An organisation of the programme: it has one role, and a committee has a state."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=200)
    role = models.CharField(_("role"), max_length=12, choices=ORGANISATION_ROLES)
    state_code = models.CharField(_("state"), max_length=10, blank=True)
    illustrative = models.BooleanField(_("illustrative"), default=False)
    retired_on = models.DateField(_("retired on"), null=True, blank=True)
    version = models.PositiveIntegerField(_("version"), default=1)
    # Why it is changed: set before saving, kept by the history.
    _change_reason: str | None = None
    history = HistoricalRecords(excluded_fields=["version"])

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering: ClassVar = ["name", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(role=Role.COMMITTEE, state_code__gt="") | ~models.Q(role=Role.COMMITTEE),
                name="a_committee_has_a_state",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def organisation_ids(self) -> tuple[int, ...]:
        """To whom it belongs: itself."""
        return (self.pk,)


class PersonManager(BaseUserManager["Person"]):
    """Makes people by their email address."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> Person:
        """Make a person; without a password nobody can log in as them."""
        person = self.model(email=self.normalize_email(email).lower(), **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person


class Person(AbstractBaseUser, PermissionsMixin):
    """Somebody who logs in, by email, and acts for one organisation."""

    email = models.EmailField(_("email"), unique=True)
    name = models.CharField(_("name"), max_length=200)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="people"
    )
    is_active = models.BooleanField(_("active"), default=True)
    joined_at = models.DateTimeField(_("joined"), auto_now_add=True)
    version = models.PositiveIntegerField(_("version"), default=1)
    # Why it is changed: set before saving, kept by the history.
    _change_reason: str | None = None
    history = HistoricalRecords(excluded_fields=["password", "last_login", "version"])

    objects = PersonManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering: ClassVar = ["name", "pk"]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def acting_for(self) -> Organisation:
        """The organisation they act for.

        Raises
        ------
        ValueError
            Where they act for none: whoever asks has made sure that the table of permissions lets them do something.
        """
        if self.organisation is None:
            raise ValueError(f"{self} acts for no organisation")
        return self.organisation

    @property
    def organisation_ids(self) -> tuple[int, ...]:
        """To whom they belong."""
        return () if self.organisation_id is None else (self.organisation_id,)
