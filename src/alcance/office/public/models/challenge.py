"""Somebody says that what we publish about a site is wrong."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from alcance.office.accounts.models import Organisation, Person
from alcance.office.delivery.models.at_site import AtSite
from alcance.office.register.models import Site


class ChallengeAbout(models.TextChoices):
    """What is said to be wrong."""

    NOT_THERE = "not_there", _("there is no such site")
    NOT_WORKING = "not_working", _("the internet does not work")
    WRONG_PLACE = "wrong_place", _("the place is wrong")
    WRONG_DATA = "wrong_data", _("a figure or name is wrong")
    OTHER = "other", _("something else")


class ChallengeState(models.TextChoices):
    """How far a correction has come."""

    FILED = "filed", _("filed")
    ANSWERED = "answered", _("answered")
    UPHELD = "upheld", _("upheld")
    DISMISSED = "dismissed", _("dismissed")


#: States in which somebody still has to do something.
OPEN = (ChallengeState.FILED, ChallengeState.ANSWERED)


class Challenge(AtSite, models.Model):
    """A correction asked for: what is wrong, how far it is, and until when the next step is due.

    The contact is for the office alone and never shown. Texts of answers and decisions stand in the events.
    """

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="challenges")
    about = models.CharField(_("what is wrong"), max_length=12, choices=ChallengeAbout.choices)
    text = models.TextField(_("in your words"), max_length=2000)
    contact = models.CharField(_("contact"), max_length=200, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=ChallengeState.choices, default=ChallengeState.FILED)
    filed_at = models.DateTimeField(_("filed"))
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    version = models.PositiveIntegerField(_("version"), default=1)

    class Meta:
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        ordering: ClassVar = ["-pk"]
        indexes: ClassVar = [models.Index(fields=["site", "id"]), models.Index(fields=["state", "due_at"])]

    def __str__(self) -> str:
        return f"{self.pk}: {self.get_about_display()}"


class ChallengeEvent(models.Model):
    """One step in the life of a correction, with its text; written once and never changed.

    Whoever filed it is nobody's business: the first event has no actor unless they were logged in.
    """

    challenge = models.ForeignKey(Challenge, on_delete=models.PROTECT, related_name="events")
    step = models.CharField(_("step"), max_length=10)
    before = models.CharField(_("before"), max_length=10, choices=ChallengeState.choices, blank=True)
    after = models.CharField(_("after"), max_length=10, choices=ChallengeState.choices)
    actor = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(_("when"))
    text = models.TextField(_("text"), max_length=4000, blank=True)

    class Meta:
        verbose_name = _("step of a correction")
        verbose_name_plural = _("steps of corrections")
        ordering: ClassVar = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.challenge_id}: {self.step}"
