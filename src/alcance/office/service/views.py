"""Pages of probes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.db.models import Exists, OuterRef, Q
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from alcance.office.accounts.history import changes_of
from alcance.office.accounts.permissions import may, visible
from alcance.office.accounts.refusals import Refused
from alcance.office.delivery.models import Connection
from alcance.office.service import placing
from alcance.office.service.forms import MoveForm, ProbeForm
from alcance.office.service.models import Placement, Probe
from alcance.office.web.errors import acting, require
from alcance.office.web.forms import ReasonForm
from alcance.office.web.paging import BadToken, keyset_page

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

    from alcance.office.accounts.models import Person

SHOWN = 200


@require_http_methods(["GET", "POST"])
def probes(request: HttpRequest) -> HttpResponse:
    """The probes that who looks may know of, and the form for another."""
    require(request, "probe", "view")
    form = ProbeForm(request.POST or None)
    if request.method == "POST":
        require(request, "probe", "add")
        if form.is_valid():
            try:
                placing.add(**form.cleaned_data, person=acting(request), at=timezone.now())
                return HttpResponseRedirect(reverse("probes"))
            except Refused as refused:
                form.add_error(None, str(refused))
    rows = _visible(acting(request)).select_related("site")
    try:
        page = keyset_page(rows, "code", request.GET.get("after"), SHOWN)
    except BadToken as error:
        raise Http404 from error
    context = {"page": page, "form": form if may(request.user, "probe", "add") else None}
    return render(request, "service/probes.html", context, status=400 if form.errors else 200)


def _visible(person: Person) -> QuerySet[Probe]:
    """The probes that somebody may view, by the table of permissions."""
    mine = person.acting_for
    provided = Connection.objects.filter(site=OuterRef("site"), provider=mine, ended_on=None)
    own = Q(site__host=mine) | Q(Exists(provided))
    standing = Placement.objects.filter(probe=OuterRef("pk"), until=None)
    shown = Probe.objects.annotate(stands=Exists(standing))
    return visible(shown, person, "probe", "view", own=own, state="site__state_code")


@require_http_methods(["GET", "POST"])
def probe(request: HttpRequest, code: str) -> HttpResponse:
    """A probe: where it stands and has stood; who may, moves it to another site."""
    shown = get_object_or_404(Probe.objects.select_related("site"), code=code)
    require(request, "probe", "view", shown)
    # Two forms stand on the page, and no id may stand there twice.
    form = MoveForm(request.POST or None, auto_id="move_%s")
    if request.method == "POST":
        require(request, "probe", "add", shown)
        if form.is_valid():
            placing.move(shown, **form.cleaned_data, person=acting(request), at=timezone.now())
            messages.success(request, _("Done."))
            return HttpResponseRedirect(reverse("probe", args=[code]))
    placements = list(shown.placements.select_related("site", "instead_of").order_by("-since", "-pk"))
    context = {
        "probe": shown,
        "stands": any(one.until is None for one in placements),
        "placements": placements,
        "events": changes_of([shown]) if may(request.user, "probe", "view_history", shown) else None,
        "retire_form": ReasonForm(auto_id="retire_%s"),
        "form": form if may(request.user, "probe", "add", shown) and shown.retired_at is None else None,
    }
    return render(request, "service/probe.html", context, status=400 if form.errors else 200)


@require_POST
def retire_probe(request: HttpRequest, code: str) -> HttpResponse:
    """Take a probe out of service: what it signs is no longer taken."""
    shown, back = get_object_or_404(Probe, code=code), reverse("probe", args=[code])
    require(request, "probe", "add", shown)
    form = ReasonForm(request.POST)
    if form.is_valid():
        placing.retire([shown], acting(request), at=timezone.now(), **form.cleaned_data)
        return HttpResponseRedirect(back)
    context = {"title": str(shown), "form": form, "action": _("Retire"), "back": back}
    return render(request, "office/form.html", context, status=400)
