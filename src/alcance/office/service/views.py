"""Pages of probes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from alcance.office.accounts.permissions import may, visible
from alcance.office.delivery.models import Connection
from alcance.office.service.forms import ProbeForm
from alcance.office.service.models import Probe
from alcance.office.web.errors import acting, require
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
                with transaction.atomic():
                    Probe.objects.create(**form.cleaned_data, added_at=timezone.now())
            except IntegrityError:
                # Another has come between the form's look and this.
                form.add_error(None, _("Somebody has added a probe of this code or key meanwhile."))
            else:
                return HttpResponseRedirect(reverse("probes"))
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
    return visible(Probe.objects.all(), person, "probe", "view", own=own, state="site__state_code")


@require_POST
def retire_probe(request: HttpRequest, code: str) -> HttpResponse:
    """Take a probe out of service: what it signs is no longer taken."""
    probe = get_object_or_404(Probe, code=code)
    require(request, "probe", "add", probe)
    if probe.retired_at is None:
        probe.retired_at = timezone.now()
        probe.save(update_fields=["retired_at"])
    return HttpResponseRedirect(reverse("probes"))
