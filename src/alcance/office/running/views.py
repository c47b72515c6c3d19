"""Background work as people follow it."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from alcance.office.accounts.permissions import may
from alcance.office.running.jobs import find_interrupted, run_again
from alcance.office.running.models import Job
from alcance.office.running.presence import present
from alcance.office.web.errors import only_with_account

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

    from alcance.office.accounts.models import Person

PAGE_SIZE = 50
REFRESH_S = 3


def _visible(request: HttpRequest) -> QuerySet[Job]:
    """One's own jobs, or all of them for those who may see all."""
    jobs = Job.objects.select_related("asked_by").order_by("-pk")
    if may(request.user, "job", "view"):
        return jobs
    return jobs.filter(asked_by=cast("Person", request.user))


@only_with_account
@never_cache
def jobs(request: HttpRequest) -> HttpResponse:
    """What was asked for, the latest first."""
    find_interrupted(timezone.now())
    found = _visible(request)
    before = request.GET.get("before", "")
    if before:
        if not before.isdecimal() or len(before) > 18:
            raise Http404
        found = found.filter(pk__lt=int(before))
    rows = list(found[: PAGE_SIZE + 1])
    context = {
        "jobs": rows[:PAGE_SIZE],
        "next": rows[PAGE_SIZE - 1].pk if len(rows) > PAGE_SIZE else None,
        "worker_missing": not present("worker"),
    }
    return render(request, "running/jobs.html", context)


@only_with_account
@never_cache
def job(request: HttpRequest, pk: int) -> HttpResponse:
    """How far a job is; the page asks anew by itself until the job has ended or who looks bids it stay still."""
    find_interrupted(timezone.now())
    shown = get_object_or_404(_visible(request), pk=pk)
    still = "still" in request.GET
    context = {
        "job": shown,
        "still": still,
        # What was refused with a reason would be refused again.
        "may_run_again": shown.may_run_again and shown.error in ("", "fault") and _may_run(request, shown),
        "worker_missing": shown.state == Job.State.WAITING and not present("worker"),
    }
    response = render(request, "running/job.html", context)
    if shown.is_open and not still:
        response.headers["Refresh"] = str(REFRESH_S)
    return response


@only_with_account
@require_POST
def job_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Run again what failed or was interrupted."""
    shown = get_object_or_404(_visible(request), pk=pk)
    if not _may_run(request, shown):
        raise PermissionDenied
    return redirect("job", pk=run_again(shown, cast("Person", request.user)).pk)


def _may_run(request: HttpRequest, job: Job) -> bool:
    return job.asked_by_id == request.user.pk or may(request.user, "job", "run")
