"""A programme with its targets, the definitions they go by, and figures that others have published."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from alcance.office.accounts.models import Person
from alcance.office.register.models import SiteKind


class Definition(models.Model):
    """What "connected" means: one version of it, which is never changed; who wants another makes the next version.

    `least` is the state that a site must have reached: planned, installed (claimed) or verified. With `within_days`, a
    verified site counts only where an inspection or measurements of the last so many days found it working, at
    `min_mbps` or more.
    """

    class Least(models.TextChoices):
        """The state that a site must have reached, and not left."""

        PLANNED = "planned", _("planned")
        INSTALLED = "installed", _("installed (claimed)")
        VERIFIED = "verified", _("verified")

    code = models.SlugField(_("code"), max_length=40)
    version = models.PositiveIntegerField(_("version"))
    words_es = models.CharField(_("in words (Spanish)"), max_length=300)
    words_en = models.CharField(_("in words (English)"), max_length=300)
    least = models.CharField(_("least state"), max_length=12, choices=Least.choices)
    within_days = models.PositiveIntegerField(_("found working in the last days"), null=True, blank=True)
    min_mbps = models.FloatField(_("least speed"), null=True, blank=True)
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField(_("made"))

    class Meta:
        verbose_name = _("definition")
        verbose_name_plural = _("definitions")
        ordering: ClassVar = ["code", "version"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["code", "version"], name="a_version_of_a_definition_is_made_once")
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.version}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep a new version.

        Raises
        ------
        ValueError
            Where it is there already: figures that were told by it would change their meaning.
        """
        if not self._state.adding:
            raise ValueError(f"{self}: a version of a definition is never changed; make the next")
        super().save(*args, **kwargs)

    @property
    def words(self) -> str:
        """What it means, in the reader's language."""
        from django.utils.translation import get_language

        return self.words_en if (get_language() or "es").startswith("en") else self.words_es


class Programme(models.Model):
    """A programme; an example is of the past or made up, and says so. Its figures are others', not the register's."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=200)
    is_example = models.BooleanField(_("example"), default=False)
    note_es = models.TextField(_("note (Spanish)"), blank=True)
    note_en = models.TextField(_("note (English)"), blank=True)
    begins_on = models.DateField(_("begins"))
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")
        ordering: ClassVar = ["is_example", "pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def note(self) -> str:
        """The note, in the reader's language."""
        from django.utils.translation import get_language

        return self.note_en if (get_language() or "es").startswith("en") else self.note_es


class Target(models.Model):
    """So many sites, or people, by a date, of a state, a kind or a fifth by need, or of all; by one definition.

    A target that was replaced by another has `replaced_on`; what was promised stays to be read.
    """

    class Measure(models.TextChoices):
        """What is counted."""

        SITES = "sites", _("sites")
        PEOPLE = "people", _("people")

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="targets")
    definition = models.ForeignKey(Definition, on_delete=models.PROTECT, related_name="targets")
    measure = models.CharField(_("measure"), max_length=8, choices=Measure.choices)
    value = models.PositiveBigIntegerField(_("target"))
    due_on = models.DateField(_("due"))
    set_on = models.DateField(_("set"))
    replaced_on = models.DateField(_("replaced"), null=True, blank=True)
    state_code = models.CharField(_("state key"), max_length=10, blank=True)
    kind = models.CharField(_("kind"), max_length=20, choices=SiteKind.choices, blank=True)
    quintile = models.PositiveSmallIntegerField(_("fifth by need"), null=True, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("target")
        verbose_name_plural = _("targets")
        ordering: ClassVar = ["programme", "due_on", "pk"]

    def __str__(self) -> str:
        measure, due = self.get_measure_display(), date_format(self.due_on, "SHORT_DATE_FORMAT")
        return f"{number_format(self.value)} {measure}, {due} ({self.definition})"


class Figure(models.Model):
    """A figure of a programme on a day, as somebody published it."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="figures")
    on = models.DateField(_("as of"))
    value = models.PositiveBigIntegerField(_("sites"))
    source = models.CharField(_("source"), max_length=300)

    class Meta:
        verbose_name = _("figure")
        verbose_name_plural = _("figures")
        ordering: ClassVar = ["programme", "on"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["programme", "on"], name="a_programme_has_a_figure_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.on}: {self.value}"
