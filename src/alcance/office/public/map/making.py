"""Making the tiles in the background."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks import task

from alcance.office.public.map.current import make
from alcance.office.running.jobs import find_interrupted, start, working
from alcance.office.running.models import Job

if TYPE_CHECKING:
    from alcance.office.accounts.models import Person


@task()
def make_tiles(job_id: int) -> None:
    """Make the tiles of the map."""
    with working(job_id) as progress:
        make(timezone.now(), progress.tell)


def being_made() -> Job | None:
    """The work on the tiles that has yet to end."""
    waiting = (Job.State.WAITING, Job.State.RUNNING)
    jobs = Job.objects.filter(task=make_tiles.module_path, state__in=waiting)
    found = jobs.first()
    # One whose process is no more would keep the map from ever being made again.
    return jobs.first() if found is not None and find_interrupted(timezone.now()) else found


def ask_for_tiles(asked_by: Person | None) -> Job:
    """Have the tiles made; where that is under way it is not begun twice."""
    return being_made() or start(make_tiles, _("Tiles of the map"), asked_by, "/map/")
