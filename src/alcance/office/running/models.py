"""Work in the background, as people follow it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from alcance.office.accounts.models import Person

#: What long work says that it is doing. It is kept as it was said, and shown in the language of who reads it.
WORDS = (
    gettext_noop("applying"),
    gettext_noop("areas"),
    gettext_noop("checking"),
    gettext_noop("comparison"),
    gettext_noop("land"),
    gettext_noop("matching"),
    gettext_noop("places"),
    gettext_noop("planning"),
    gettext_noop("recording"),
    gettext_noop("rules"),
    gettext_noop("sites"),
    gettext_noop("values"),
)


class Job(models.Model):
    """A piece of background work: how far it is, and how it ended.

    `task` and `arguments` are what it takes to run it again, `queued_as` its place in the queue, and `worker` the
    process that does it (see `presence`).
    """

    class State(models.TextChoices):
        """How far it has come."""

        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        INTERRUPTED = "interrupted", _("interrupted")
        RUN_AGAIN = "run_again", _("run again")

    #: The states of what ended without its result, and has not been run again.
    ENDED_WITHOUT: ClassVar = (State.FAILED, State.INTERRUPTED)

    title = models.CharField(_("title"), max_length=200)
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.WAITING)
    done = models.PositiveBigIntegerField(_("done"), default=0)
    total = models.PositiveBigIntegerField(_("of"), default=0)
    words = models.CharField(_("what it is doing"), max_length=200, blank=True)
    error = models.TextField(_("what went wrong"), blank=True)
    link = models.CharField(_("where its result lies"), max_length=200, blank=True)
    task = models.CharField(_("task"), max_length=200)
    arguments = models.JSONField(_("arguments"), default=dict)
    queued_as = models.CharField(_("place in the queue"), max_length=64, blank=True)
    worker = models.CharField(_("process"), max_length=64, blank=True)
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    language = models.CharField(_("language of who asked"), max_length=8, blank=True)
    asked_at = models.DateTimeField(_("asked"), auto_now_add=True)
    told_at = models.DateTimeField(_("last heard of"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        ordering: ClassVar = ["-pk"]
        indexes: ClassVar = [models.Index(fields=["state", "id"]), models.Index(fields=["asked_by", "id"])]

    def __str__(self) -> str:
        return self.title

    @property
    def share(self) -> float | None:
        """How much is done, from 0 to 1; None where nobody has told."""
        if self.state == self.State.DONE:
            return 1.0
        return min(self.done / self.total, 1.0) if self.total else None

    @property
    def is_open(self) -> bool:
        """Whether it is still to end."""
        return self.state in {self.State.WAITING, self.State.RUNNING}

    @property
    def may_run_again(self) -> bool:
        """Whether it ended without its result."""
        return self.state in self.ENDED_WITHOUT
