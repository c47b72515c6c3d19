"""Pages of connections: what stands where, and what is to be done next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db.models import BooleanField, ExpressionWrapper
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from alcance.office.accounts.permissions import may
from alcance.office.accounts.roles import Role, role_of
from alcance.office.delivery.deeds import connections as deeds
from alcance.office.delivery.deeds.photos import keep_photo, photo_path
from alcance.office.delivery.deeds.refusals import Refused
from alcance.office.delivery.forms import InspectionForm, InstallForm, ReasonForm, RelocateForm
from alcance.office.delivery.life import steps_open_to
from alcance.office.delivery.models import Connection, Inspection, Photo
from alcance.office.public.filters import claim
from alcance.office.register.models import Site, SiteState
from alcance.office.web.errors import acting, require
from alcance.office.web.forms import whole_numbers
from alcance.office.web.paging import BadToken, keyset_page

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest

PER_PAGE = 50


def connections(request: HttpRequest) -> HttpResponse:
    """Connections: a provider's own, a committee's state, all for the others; by state, lot and lateness."""
    require(request, "connection", "view")
    shown, late = _of_who_looks(request), claim("late", timezone.localdate())
    asked = {name: request.GET.get(name, "")[:40].replace("\0", "") for name in ("state", "lot", "late")}
    if asked["state"] in SiteState.values:
        shown = shown.filter(site__state=asked["state"], ended_on=None)
    if asked["lot"]:
        shown = shown.filter(contract__lot__code=asked["lot"])
    if asked["late"]:
        shown = shown.filter(late)
    shown = shown.annotate(is_late=ExpressionWrapper(late, BooleanField()))
    rows = shown.select_related("site", "site__municipality", "provider", "contract", "contract__lot")
    try:
        page = keyset_page(rows, "pk", request.GET.get("after"), PER_PAGE)
    except BadToken as error:
        raise Refused(_("the address is wrong; begin again")) from error
    context = {"page": page, "asked": asked, "states": SiteState.choices[5:]}
    return render(request, "delivery/connections.html", context)


def _of_who_looks(request: HttpRequest) -> QuerySet[Connection]:
    organisation = getattr(request.user, "organisation", None)
    shown = Connection.objects.all()
    if role_of(request.user) is Role.PROVIDER:
        return shown.filter(provider=organisation)
    if role_of(request.user) is Role.COMMITTEE and organisation is not None:
        return shown.filter(site__state_code=organisation.state_code)
    return shown


def connection(request: HttpRequest, pk: int) -> HttpResponse:
    """A connection: what was agreed and claimed, what proves it, and what who looks may do next."""
    shown = _connection(pk)
    require(request, "connection", "view", shown)
    sees = may(request.user, "inspection", "view", shown)
    open_steps = {step.name for step in steps_open_to(request.user, shown.site)} if _is_latest(shown) else set()
    context = {
        "connection": shown,
        "site": shown.site,
        "steps": open_steps,
        "transitions": shown.transitions.select_related("actor__organisation"),
        "inspections": shown.inspections.select_related("photo", "inspector__organisation") if sees else None,
        "can_inspect": may(request.user, "inspection", "add", shown) and shown.ended_on is None,
        "measured": _measured(shown) if "verify" in open_steps else None,
        # Several forms stand on one page, and no id may stand there twice.
        "install_form": InstallForm(initial={"technology": shown.technology, "mbps": shown.mbps}, auto_id="install_%s"),
        "inspection_form": InspectionForm(auto_id="inspection_%s"),
        "reason_form": ReasonForm(auto_id="reason_%s"),
        "relocate_form": RelocateForm(auto_id="relocate_%s"),
        "photos": Photo.objects.filter(
            pk__in=[one.evidence["photo"] for one in shown.transitions.all() if "photo" in one.evidence]
        ),
    }
    return render(request, "delivery/connection.html", context)


@require_POST
def connection_deed(request: HttpRequest, pk: int, deed: str) -> HttpResponse:
    """What is done with a connection."""
    shown, now = _connection(pk), timezone.now()
    person = acting(request)
    forms: dict[str, Any] = {
        "install": InstallForm, "inspect": InspectionForm, "reject": ReasonForm, "relocate": RelocateForm,
        "reinstall": ReasonForm,
    }  # fmt: skip
    form = forms[deed](request.POST, request.FILES) if deed in forms else None
    if form is not None and not form.is_valid():
        back = reverse("connection", args=[pk])
        context = {"title": str(shown), "form": form, "action": _("Go on"), "back": back}
        return render(request, "office/form.html", context, status=400)
    values = dict(form.cleaned_data) if form is not None else {}
    if "photo" in values:
        kind, action = ("connection", "install") if deed == "install" else ("inspection", "add")
        # Nobody leaves files here who may not.
        require(request, kind, action, shown)
        values["photo"] = keep_photo(values["photo"], person, at=now) if values["photo"] else None
    standing = shown
    if deed == "order":
        deeds.order([shown], person, at=now)
    elif deed == "install":
        deeds.install(shown, person, at=now, **values)
    elif deed == "inspect":
        deeds.inspect(shown, person, at=now, **values)
    elif deed == "reject":
        deeds.reject(shown, person, at=now, **values)
    elif deed == "verify":
        deeds.verify(shown, person, at=now, **_evidence(request, shown))
    elif deed == "operate":
        deeds.operate(shown, person, at=now)
    elif deed in ("degrade", "fail", "recover"):
        reason = request.POST.get("reason", "")[:500].replace("\0", "")
        deeds.watch(shown, deed, person, at=now, reason=reason, **_evidence(request, shown))
    elif deed == "relocate":
        new_site = Site.objects.filter(key=values.pop("key"), merged_into=None).first()
        if new_site is None:
            raise Refused(_("the register has no site of this key"))
        standing = deeds.relocate(shown, new_site, person, at=now, **values)
    elif deed == "reinstall":
        standing = deeds.reinstall(shown, person, at=now, **values)
    else:
        raise Http404(deed)
    messages.success(request, _("Done."))
    return HttpResponseRedirect(reverse("connection", args=[standing.pk]))


@require_http_methods(["GET", "HEAD"])
def photo(request: HttpRequest, digest: str) -> HttpResponse:
    """A photo, to everybody: what a provider claims is shown to all."""
    require(request, "connection", "view")
    kept = get_object_or_404(Photo, digest=digest)
    try:
        content = photo_path(kept.digest).read_bytes()
    except FileNotFoundError as error:
        raise Http404 from error
    response = HttpResponse(content, content_type="image/jpeg")
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _connection(pk: int) -> Connection:
    rows = Connection.objects.select_related("site", "site__municipality", "provider", "contract", "contract__lot")
    return get_object_or_404(rows, pk=pk)


def _is_latest(connection: Connection) -> bool:
    return not connection.site.connections.filter(pk__gt=connection.pk).exists()


def _evidence(request: HttpRequest, connection: Connection) -> dict[str, Any]:
    """The inspection that was chosen, or what the probe measured."""
    ids = whole_numbers([request.POST.get("inspection", "")])
    if ids:
        return {"inspection": get_object_or_404(Inspection, pk=ids[0], connection=connection)}
    return {"measurements": _measured(connection) if request.POST.get("measurements") else None}


def _measured(connection: Connection) -> dict[str, Any] | None:
    from alcance.office.service.evidence import measured

    return measured(connection.site, connection.installed_on, timezone.now())
