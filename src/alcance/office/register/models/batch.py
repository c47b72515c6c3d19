"""A file of sites that somebody brings: what it holds, what it would change, and who let it."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alcance.office.accounts.models import Organisation, Person


class BatchState(models.TextChoices):
    """How far an import has come."""

    UPLOADED = "uploaded", pgettext_lazy("state of an import", "uploaded")
    CHECKING = "checking", pgettext_lazy("state of an import", "being checked")
    CHECKED = "checked", pgettext_lazy("state of an import", "waits for approval")
    NOTHING = "nothing", pgettext_lazy("state of an import", "would change nothing")
    APPLYING = "applying", pgettext_lazy("state of an import", "being applied")
    APPLIED = "applied", pgettext_lazy("state of an import", "applied")
    REFUSED = "refused", pgettext_lazy("state of an import", "refused")
    FAILED = "failed", pgettext_lazy("state of an import", "cannot be read")


# The columns of a file may be named again until somebody has decided on it.
OPEN = (BatchState.UPLOADED, BatchState.CHECKED, BatchState.NOTHING)


class ImportBatch(models.Model):
    """A file that was uploaded, with its mapping and the outcome of its dry run; files lie in `folder`.

    `counts` holds how many rows are new, changed, the same and refused, and under `rules` for how many each rule does
    not hold. `outcome` names the last dry run: what is let in is the one that was seen.
    """

    file_name = models.CharField(_("file"), max_length=200)
    digest = models.CharField(_("digest"), max_length=64)
    suffix = models.CharField(_("format"), max_length=12)
    layout = models.CharField(_("layout"), max_length=40, blank=True)
    mapping = models.JSONField(_("columns"), default=dict)
    state = models.CharField(_("state"), max_length=12, choices=BatchState.choices, default=BatchState.UPLOADED)
    counts = models.JSONField(_("counts"), default=dict)
    outcome = models.CharField(_("dry run"), max_length=32, blank=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="imports")
    uploaded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="imports")
    uploaded_at = models.DateTimeField(_("uploaded"))
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    reason = models.CharField(_("why"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return self.file_name

    @property
    def organisation_ids(self) -> tuple[int, ...]:
        """To whom it belongs: who brought it."""
        return (self.organisation_id,)

    @property
    def folder(self) -> Path:
        """Where its files lie."""
        return Path(settings.OFFICE_DIR) / "imports" / str(self.pk)

    @property
    def source(self) -> Path:
        """The file as it came."""
        return self.folder / f"source{self.suffix}"

    @property
    def staged(self) -> Path:
        """Its rows as they would be taken in."""
        return self.folder / f"staged-{self.outcome}.parquet"

    @property
    def report(self) -> Path:
        """What is wrong with it, row by row."""
        return self.folder / f"report-{self.outcome}.parquet"
