"""Pages of progress."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from alcance.office.accounts.permissions import may, sees_all
from alcance.office.accounts.refusals import Refused
from alcance.office.public.filters import SiteFilter
from alcance.office.public.limits import slow
from alcance.office.public.words import PHASE_NAMES, Words
from alcance.office.register.models import Area
from alcance.office.register.models.kinds import PHASES, PROVEN
from alcance.office.targets import dashboard
from alcance.office.targets.charts import (
    BLUE,
    COMPACT,
    GREEN,
    ORANGE,
    WIDE,
    Goal,
    Outlook,
    Row,
    progress_chart,
    row_chart,
)
from alcance.office.targets.forms import DefinitionForm, ProgrammeForm, TargetForm
from alcance.office.targets.kept import kept_progress, kept_states
from alcance.office.targets.models import Definition, Programme, Target
from alcance.office.web.errors import acting, require

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from django.http import HttpRequest, HttpResponse

    from alcance.office.targets.progress import Progress

STATES_SHOWN = 32
_PHASE_NAMES: dict[str, Words] = {"registered": gettext_lazy("Registered"), **PHASE_NAMES}
LATE_NAMES = {
    "undelivered": gettext_lazy("connections past their day of delivery"),
    "unproven": gettext_lazy("connections installed by the provider's word, which nobody has verified"),
    "waiting": gettext_lazy("nominations that have waited for more than 90 days"),
    "corrections": gettext_lazy("corrections whose answer or decision is overdue"),
}
_STATES_OF_ROW: tuple[list[str], ...] = (
    [],
    [state.value for state in dashboard.CLAIMED],
    [state.value for state in PROVEN],
)


def progress(request: HttpRequest) -> HttpResponse:
    """The dashboard: targets, states, pipeline, money, and what is late."""
    require(request, "target", "view")
    as_of = _day(request)
    today = timezone.localdate()
    is_today = as_of == today
    before_past = _before_past(request, as_of)
    counted = dashboard.counted_now() if is_today else kept_states(as_of, before_past)
    states, phases = dashboard.by_state(counted), dashboard.pipeline(counted, as_of)
    context: dict[str, Any] = {
        "as_of": as_of,
        "programmes": [
            (programme, _all_shown(kept_progress(programme, as_of, before_past)))
            for programme in Programme.objects.filter(is_example=False)
        ],
        "examples": Programme.objects.filter(is_example=True),
        "is_today": is_today,
        "states": [
            (row, *(SiteFilter(state=row.code, site_state=",".join(some)).href for some in _STATES_OF_ROW))
            for row in states
        ],
        "state_chart": row_chart(
            "by-state",
            _("Sites by state: proven, only claimed, and all"),
            [Row(row.name, ((row.proven, GREEN), (row.claimed, ORANGE)), row.sites) for row in states[:STATES_SHOWN]],
        ),
        "phases": [(_PHASE_NAMES[one.name], one, _phase_href(one.name)) for one in phases],
        "flow_days": dashboard.FLOW_DAYS,
        "phase_chart": row_chart(
            "pipeline",
            _("Sites by phase"),
            [Row(str(_PHASE_NAMES[one.name]), ((one.sites, BLUE),), one.sites) for one in phases],
        ),
        "money": dashboard.money(as_of) if sees_all(request.user, "money", "view") else None,
        "late": [(LATE_NAMES[name], one) for name, one in dashboard.late(timezone.now(), today).items()],
    }
    return render(request, "targets/progress.html", context)


def _phase_href(name: str) -> str:
    return (SiteFilter(phase=name) if name in PHASES else SiteFilter(site_state=name)).href


def programme(request: HttpRequest, code: str) -> HttpResponse:
    """A programme: what was promised, what was reached, by which definition, and where it is going."""
    require(request, "target", "view")
    shown = get_object_or_404(Programme, code=code)
    as_of = _day(request)
    figures = list(shown.figures.all())
    context: dict[str, Any] = {
        "programme": shown,
        "as_of": as_of,
        "figures": figures,
        "targets": shown.targets.select_related("definition"),
        "can_add": may(request.user, "target", "add") and not shown.is_example,
        "form": TargetForm(shown),
    }
    if figures:
        goals = [Goal(one.set_on, one.due_on, one.value, one.replaced_on) for one in shown.targets.all()]
        days, values = [one.on for one in figures], [one.value for one in figures]
        context["charts"] = [
            (name, progress_chart(f"figures-{name}", shown.name, days, values, goals, None,
                                  begins_on=shown.begins_on, steps=True, frame=frame))
            for name, frame in (("wide", WIDE), ("compact", COMPACT))
        ]  # fmt: skip
    if not shown.is_example:
        made = kept_progress(shown, as_of, _before_past(request, as_of))
        context["progress"] = _all_shown(made)
    return render(request, "targets/programme.html", context)


def _before_past(request: HttpRequest, as_of: dt.date) -> Callable[[], None] | None:
    """What must be asked before a past day is counted, which takes seconds for a country: once for a page."""
    if as_of == timezone.localdate():
        return None
    if request.user.is_authenticated:
        return lambda: None
    return cache(lambda: slow(request, "past day", settings.PAST_DAYS_PER_HOUR, now=timezone.now()))


def _all_shown(progress: Sequence[Progress]) -> list[dict[str, Any]]:
    codes = {one.target.state_code for one in progress}
    places = dict(Area.objects.filter(pk__in=codes).values_list("code", "name"))
    return [_shown(one, places.get(one.target.state_code, one.target.state_code)) for one in progress]


def _shown(one: Progress, place: str) -> dict[str, Any]:
    """A target's progress as the page shows it; its link is exact where the list holds just what was counted."""
    target, ahead = one.target, one.forecast
    outlook = Outlook(target.due_on, ahead.low, ahead.middle, ahead.high) if ahead else None
    title = _("%(measure)s reached, against the target and with a forecast") % {"measure": target.get_measure_display()}
    rows = list(zip(one.days, one.values, strict=True))
    return {
        "progress": one,
        "target": target,
        "place": place,
        # A target that is over was measured before, and other sites stand so today.
        "exact": one.days[-1] == timezone.localdate()
        and target.measure == Target.Measure.SITES
        and target.definition.within_days is None,
        "href": SiteFilter(
            state=target.state_code,
            kind=target.kind,
            quintile=str(target.quintile or ""),
            site_state=_states_of(target.definition),
        ).href,
        "chart": progress_chart(
            f"target-{target.pk}", title, one.days, one.values,
            [Goal(target.set_on, target.due_on, target.value)], outlook,
        ),
        "rows": rows[-13:],
    }  # fmt: skip


def _states_of(definition: Definition) -> str:
    from alcance.office.targets.standing import COUNTED

    return ",".join(state.value for state in COUNTED[Definition.Least(definition.least)])


@require_http_methods(["POST"])
def add_target(request: HttpRequest, code: str) -> HttpResponse:
    """Set a target."""
    require(request, "target", "add")
    shown = get_object_or_404(Programme, code=code, is_example=False)
    form = TargetForm(shown, request.POST)
    if not form.is_valid():
        context = {
            "title": shown.name,
            "form": form,
            "action": _("Set the target"),
            "back": reverse("programme", args=[code]),
        }
        return render(request, "office/form.html", context, status=400)
    target = form.save(commit=False)
    target.programme, target.set_on = shown, timezone.localdate()
    with transaction.atomic():
        target.save()
        old = form.cleaned_data["replaces"]
        if old and (old := shown.targets.select_for_update().filter(pk=old.pk, replaced_on=None).first()):
            old.replaced_on = target.set_on
            old.save()
    messages.success(request, _("The target is set."))
    return HttpResponseRedirect(reverse("programme", args=[code]))


@require_http_methods(["GET", "POST"])
def new_programme(request: HttpRequest) -> HttpResponse:
    """Make a programme."""
    require(request, "target", "add")
    form = ProgrammeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = form.save()
        return HttpResponseRedirect(reverse("programme", args=[made.code]))
    context = {"title": _("New programme"), "form": form, "action": _("Add"), "back": reverse("progress")}
    return render(request, "office/form.html", context, status=400 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def definitions(request: HttpRequest) -> HttpResponse:
    """What "connected" means, version by version; who may, makes the next."""
    require(request, "target", "view")
    form = DefinitionForm(request.POST or None)
    if request.method == "POST":
        require(request, "target", "add")
        if form.is_valid():
            made = form.save(commit=False)
            last = Definition.objects.filter(code=made.code).aggregate(last=Max("version"))["last"] or 0
            made.version, made.made_by, made.made_at = last + 1, acting(request), timezone.now()
            try:
                with transaction.atomic():
                    made.save()
            except IntegrityError as error:
                raise Refused(_("Somebody else has just made this version; look at it first.")) from error
            return HttpResponseRedirect(reverse("definitions"))
    context = {
        "definitions": Definition.objects.all(),
        "form": form if may(request.user, "target", "add") else None,
    }
    return render(request, "targets/definitions.html", context, status=400 if form.errors else 200)


def _day(request: HttpRequest) -> dt.date:
    """The day asked for, today at the latest."""
    try:
        asked = dt.date.fromisoformat(request.GET.get("as_of", ""))
    except ValueError:
        return timezone.localdate()
    return min(max(asked, dt.date(2000, 1, 1)), timezone.localdate())
