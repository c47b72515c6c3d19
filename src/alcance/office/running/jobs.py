"""Starting background work and telling how far it is."""

from __future__ import annotations

import logging
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from alcance.errors import AlcanceError
from alcance.office.running.models import Job

if TYPE_CHECKING:
    from collections.abc import Iterator

    from alcance.office.accounts.models import Person

# So often progress is written down; more would only keep the database busy.
TELL_EVERY_S = 0.5

_log = logging.getLogger(__name__)


def start(task: Any, title: str, asked_by: Person | None, link: str = "", **arguments: Any) -> Job:
    """Ask a task of `django_tasks` to run in the background; it is called with `job_id` and the arguments.

    It is queued when the transaction has been committed, so that it never finds less than who asked for it saw.
    """
    job = Job.objects.create(title=title, asked_by=asked_by, link=link)
    transaction.on_commit(lambda: task.enqueue(job_id=job.pk, **arguments))
    return job


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
    Job.objects.filter(pk=job_id).update(state=Job.State.RUNNING, told_at=timezone.now())
    try:
        yield Progress(job_id)
    except AlcanceError as error:
        _end(job_id, Job.State.FAILED, str(error))
    except Exception:
        _log.exception("job failed", extra={"job_id": job_id})
        _end(job_id, Job.State.FAILED, "fault")
    else:
        _end(job_id, Job.State.DONE, "")


def _end(job_id: int, state: Job.State, error: str) -> None:
    now = timezone.now()
    Job.objects.filter(pk=job_id).update(state=state, error=error, told_at=now, ended_at=now)
