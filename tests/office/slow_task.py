"""A task that takes as long as it is told, for the tests that kill its worker."""

from __future__ import annotations

import time

from django_tasks import task

from alcance.errors import AlcanceError
from alcance.office.running.jobs import working


@task()
def slow(job_id: int, seconds: float, fail: str = "", person_id: int = 0) -> None:
    with working(job_id) as progress:
        for done in range(10):
            progress.tell(done, 10, "counting")
            time.sleep(seconds / 10)
        if fail == "ours":
            raise AlcanceError("the file is not there")
        if fail:
            raise ValueError("a secret detail")
        progress.tell(10, 10, "counted")
