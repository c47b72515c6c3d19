"""Pages of probes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from alcance.office.accounts.permissions import may
from alcance.office.service.forms import ProbeForm
from alcance.office.service.models import Probe
from alcance.office.web.errors import require

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

SHOWN = 500


@require_http_methods(["GET", "POST"])
def probes(request: HttpRequest) -> HttpResponse:
    """The probes that who looks may know of, and the form for another."""
    require(request, "probe", "view")
    form = ProbeForm(request.POST or None)
    if request.method == "POST":
        require(request, "probe", "add")
        if form.is_valid():
            Probe.objects.create(**form.cleaned_data, added_at=timezone.now())
            return HttpResponseRedirect(reverse("probes"))
    rows = Probe.objects.select_related("site", "site__host").order_by("code")[:SHOWN]
    shown = [probe for probe in rows if may(request.user, "probe", "view", probe)]
    context = {"probes": shown, "form": form if may(request.user, "probe", "add") else None}
    return render(request, "service/probes.html", context, status=400 if form.errors else 200)


@require_POST
def retire_probe(request: HttpRequest, code: str) -> HttpResponse:
    """Take a probe out of service: what it signs is no longer taken."""
    probe = get_object_or_404(Probe, code=code)
    require(request, "probe", "add", probe)
    Probe.objects.filter(pk=probe.pk, retired_at=None).update(retired_at=timezone.now())
    return HttpResponseRedirect(reverse("probes"))
