"""Corrections: the form, the list, the page of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from alcance.office.accounts.permissions import may
from alcance.office.public.challenges.forms import MistakeForm, StepForm
from alcance.office.public.challenges.life import ImpossibleStep, deadline_days, file_challenge, is_late, steps, take
from alcance.office.public.filters import UnknownFilter
from alcance.office.public.limits import slow
from alcance.office.public.models import Challenge, ChallengeState
from alcance.office.public.models.challenge import OPEN
from alcance.office.register.models import Site
from alcance.office.web.errors import TooOften, require

if TYPE_CHECKING:
    import datetime as dt

    from django.db.models import QuerySet

ROWS = 50
OVERDUE = "overdue"


def mistake(request: HttpRequest, pk: int) -> HttpResponse:
    """The form «I see a mistake» of a site."""
    require(request, "challenge", "add")
    site = get_object_or_404(Site, pk=pk)
    if site.merged_into_id is not None:
        return redirect("mistake", pk=site.merged_into_id)
    form = MistakeForm(request.POST or None, label_suffix="")
    status = 200
    if request.method == "POST":
        if form.is_valid():
            try:
                return _file(request, site, form.cleaned_data)
            except TooOften as error:
                form.add_error(None, str(error))
                status = 429
        else:
            status = 400
    context = {
        "site": site,
        "form": form,
        "answer_days": deadline_days("answer"),
        "settle_days": deadline_days("settle"),
    }
    return render(request, "public/mistake.html", context, status=status)


def _file(request: HttpRequest, site: Site, said: dict[str, Any]) -> HttpResponse:
    now = timezone.now()
    person = request.user if request.user.is_authenticated else None
    if person is None:
        slow(request, "challenge", settings.CHALLENGES_PER_HOUR, now=now)
    filed = file_challenge(site, said["about"], said["text"], at=now, contact=said["contact"], person=person)
    messages.success(
        request, _("Thank you. Your correction has been filed; keep the address of this page to follow it.")
    )
    return redirect("challenge", pk=filed.pk)


def challenges(request: HttpRequest) -> HttpResponse:
    """Every correction, newest first, or those in one state; the overdue ones are marked."""
    require(request, "challenge", "view")
    now = timezone.now()
    wanted = request.GET.get("state", "")
    if wanted and wanted != OVERDUE and wanted not in ChallengeState.values:
        raise UnknownFilter(_("There is no such state of a correction."))
    before = request.GET.get("before", "")
    if before and not (before.isascii() and before.isdecimal() and len(before) < 19):
        raise UnknownFilter(_("There is no such page."))
    rows = _wanted(wanted, now).select_related("site__municipality__parent").order_by("-pk")
    if before:
        rows = rows.filter(pk__lt=int(before))
    found = list(rows[: ROWS + 1])
    context = {
        "rows": [{"challenge": one, "late": is_late(one, now)} for one in found[:ROWS]],
        "more": found[ROWS - 1].pk if len(found) > ROWS else None,
        "first": not before,
        "tabs": _tabs(wanted, now),
        "wanted": wanted,
    }
    return render(request, "public/challenges.html", context)


def _wanted(state: str, now: dt.datetime) -> QuerySet[Challenge]:
    everything = Challenge.objects.all()
    if state == OVERDUE:
        return everything.filter(_overdue(now))
    return everything.filter(state=state) if state else everything


def _overdue(now: dt.datetime) -> Q:
    return Q(state__in=OPEN, due_at__lt=now)


def _tabs(wanted: str, now: dt.datetime) -> list[dict[str, Any]]:
    """How many corrections there are in each state, as links."""
    counts = Challenge.objects.aggregate(
        all=Count("pk"),
        overdue=Count("pk", filter=_overdue(now)),
        **{state.value: Count("pk", filter=Q(state=state)) for state in ChallengeState},
    )
    names = [("", _("all corrections")), (OVERDUE, _("overdue")), *ChallengeState.choices]
    return [
        {"value": value, "name": name, "count": counts[value or "all"], "here": value == wanted}
        for value, name in names
    ]


def challenge(request: HttpRequest, pk: int) -> HttpResponse:
    """A correction with all that was said about it, and, for who may, the next step."""
    require(request, "challenge", "view")
    found = get_object_or_404(Challenge.objects.select_related("site__municipality__parent"), pk=pk)
    now = timezone.now()
    form = StepForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        if said["step"] not in steps():
            raise ImpossibleStep(_("This correction is not at the point where that can be done."))
        found.version = said["version"]
        take(found, said["step"], request.user, said["text"], at=now)
        messages.success(request, _("It has been recorded and is public."))
        return redirect("challenge", pk=pk)
    context = {
        "challenge": found,
        "late": is_late(found, now),
        "events": found.events.select_related("organisation").order_by("at", "pk"),
        "open_steps": [
            step
            for step in steps().values()
            if step.leads_from(found, now) and may(request.user, "challenge", step.action, found)
        ],
        "form": form,
        "contact": found.contact if may(request.user, "challenge", "settle", found) else "",
    }
    return render(request, "public/challenge.html", context, status=400 if form.errors else 200)
