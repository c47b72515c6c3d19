"""Starting background work, telling how far it is, and running again what was cut short."""

from __future__ import annotations

import datetime as dt
import logging
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F, ForeignObjectRel
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django_tasks_db.models import DBTaskResult

from alcance.errors import AlcanceError
from alcance.office.running.models import Job
from alcance.office.running.presence import be_present, is_present
from alcance.office.web.problems import error_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from alcance.office.accounts.models import Person

# So often progress is written down; more would only keep the database busy.
TELL_EVERY_S = 0.5
# A job that has found no place in the queue by then never will: who asked for it was killed in between.
QUEUED_WITHIN = dt.timedelta(minutes=1)

_log = logging.getLogger(__name__)


def start(task: Any, title: str, asked_by: Person | None, link: str = "", **arguments: Any) -> Job:
    """Ask a task of `django_tasks` to run in the background; it is called with `job_id` and the arguments.

    It is queued when the transaction has been committed, so that it never finds less than who asked for it saw.
    """
    job = Job.objects.create(
        title=title, asked_by=asked_by, link=link, task=task.module_path, arguments=arguments,
        language=get_language() or "",
    )  # fmt: skip

    def queue() -> None:
        result = task.enqueue(job_id=job.pk, **arguments)
        Job.objects.filter(pk=job.pk).update(queued_as=str(result.id))

    transaction.on_commit(queue)
    return job


def run_again(job: Job, asked_by: Person) -> Job:
    """Ask once more for a job that failed or was interrupted; return the new one.

    Raises
    ------
    AlcanceError
        Where the job has its result, is still to end, or was run again already.
    """
    arguments = dict(job.arguments)
    if "person_id" in arguments:
        # Whoever asks now is who does it.
        arguments["person_id"] = asked_by.pk
    with transaction.atomic():
        # Of two who ask at the same time one is let through.
        if not Job.objects.filter(pk=job.pk, state__in=Job.ENDED_WITHOUT).update(state=Job.State.RUN_AGAIN):
            raise AlcanceError(_("Only what has failed or was interrupted can be run again."))
        again = start(import_string(job.task), job.title, asked_by, job.link, **arguments)
        # What waits for the result of the one waits for that of the other.
        for field in Job._meta.get_fields(include_hidden=True):
            if isinstance(field, ForeignObjectRel):
                field.related_model._base_manager.filter(**{field.field.name: job}).update(**{field.field.name: again})
        return again


class Progress:
    """How a piece of work tells how far it is."""

    def __init__(self, job_id: int) -> None:
        self.job_id = job_id
        self._last = 0.0

    def tell(self, done: int, total: int, words: str = "") -> None:
        """Write down how much is done, at most twice a second. Inside a transaction nobody sees it before its end."""
        now = time.monotonic()
        if now - self._last < TELL_EVERY_S and done < total:
            return
        self._last = now
        Job.objects.filter(pk=self.job_id).update(
            done=done, total=total, words=words[:200], told_at=timezone.now(), state=Job.State.RUNNING
        )


@contextmanager
def working(job_id: int) -> Iterator[Progress]:
    """Mark a job as running, then as done or, with its message, as failed. A fault is logged and not raised further."""
    Job.objects.filter(pk=job_id).update(
        state=Job.State.RUNNING, told_at=timezone.now(), worker=be_present(), error="", ended_at=None
    )
    job = Job.objects.filter(pk=job_id).first()
    try:
        # What is said meanwhile is read by who asked.
        with override(job.language if job else None):
            yield Progress(job_id)
    except AlcanceError as error:
        _end(job_id, Job.State.FAILED, error_words(error))
    except Exception:
        _log.exception("job failed", extra={"job_id": job_id})
        _end(job_id, Job.State.FAILED, "fault")
    else:
        # Whoever did it need not have told its last step.
        _end(job_id, Job.State.DONE, "", done=F("total"), words="")


def find_interrupted(now: dt.datetime) -> int:
    """Mark the jobs whose process is no more as interrupted, and free their place in the queue; return how many."""
    found = 0
    for result in DBTaskResult.objects.running():
        if not is_present((result.worker_ids or [""])[-1]):
            result.set_failed(AlcanceError("interrupted"))
            job_id = result.args_kwargs.get("kwargs", {}).get("job_id")
            found += _interrupt(Job.objects.filter(pk=job_id, queued_as=str(result.pk)), now)
    for job in Job.objects.filter(state=Job.State.RUNNING).exclude(worker=""):
        if not is_present(job.worker):
            found += _interrupt(Job.objects.filter(pk=job.pk), now)
    never_queued = Job.objects.filter(state=Job.State.WAITING, queued_as="", asked_at__lt=now - QUEUED_WITHIN)
    return found + _interrupt(never_queued, now)


def _interrupt(jobs: Any, now: dt.datetime) -> int:
    still_open = jobs.filter(state__in=[Job.State.WAITING, Job.State.RUNNING])
    return int(still_open.update(state=Job.State.INTERRUPTED, told_at=now, ended_at=now))


def _end(job_id: int, state: Job.State, error: str, **told: Any) -> None:
    now = timezone.now()
    Job.objects.filter(pk=job_id).update(state=state, error=error, told_at=now, ended_at=now, **told)
