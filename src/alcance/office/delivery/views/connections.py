"""Pages of connections: what stands where, and what is to be done next."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db.models import BooleanField, ExpressionWrapper, Q
from django.forms import Form
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from alcance.office.accounts.permissions import may, visible
from alcance.office.accounts.refusals import Refused, allow
from alcance.office.delivery.claims import against_agreed, claim
from alcance.office.delivery.deeds import connections as deeds
from alcance.office.delivery.deeds.photos import keep_photo, photo_path
from alcance.office.delivery.deeds.proof import STEPS, last_step_at, measured_for, served_by
from alcance.office.delivery.forms import (
    EvidenceForm,
    InspectionForm,
    InstallForm,
    RelocateForm,
    SeenForm,
    SeenReasonForm,
)
from alcance.office.delivery.life import steps_open_to
from alcance.office.delivery.models import Connection, Inspection, Photo
from alcance.office.register.keys import site_by_key
from alcance.office.register.models import SiteState
from alcance.office.register.models.kinds import PHASES
from alcance.office.web.errors import acting, back_of, require
from alcance.office.web.forms import whole_numbers
from alcance.office.web.paging import BadToken, keyset_page

if TYPE_CHECKING:
    import datetime as dt

    from django.db.models import QuerySet
    from django.http import HttpRequest

    from alcance.office.accounts.models import Person

PER_PAGE = 50
# A connection stands at sites in these states alone.
STANDING = (*PHASES["tender"], *PHASES["deployment"], *PHASES["operation"])


def connections(request: HttpRequest) -> HttpResponse:
    """Connections: one's own, or those of a committee's state, or all; by state, lot and lateness."""
    require(request, "connection", "list")
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
    may_order, at_contracted = may(request.user, "connection", "order"), asked["state"] == SiteState.CONTRACTED
    waiting = Connection.objects.filter(site__state=SiteState.CONTRACTED, ended_on=None)
    context = {
        "page": page,
        "asked": asked,
        "orders": may_order and at_contracted,
        "to_order": waiting.count() if may_order and not at_contracted else 0,
        "states": [(state.value, state.label) for state in STANDING],
    }
    return render(request, "delivery/connections.html", context)


@require_POST
def order_connections(request: HttpRequest) -> HttpResponse:
    """Order the connections that were chosen, all of them or none."""
    require(request, "connection", "order")
    ids = whole_numbers(request.POST.getlist("connection"))[:PER_PAGE]
    chosen = list(Connection.objects.filter(pk__in=ids).select_related("site").order_by("pk"))
    if not chosen:
        raise Refused(_("choose at least one connection"))
    deeds.order(chosen, acting(request), at=timezone.now())
    count = len(chosen)
    messages.success(request, ngettext("%(n)s connection ordered", "%(n)s connections ordered", count) % {"n": count})
    # To the list as it was shown: with others in it, the next that are chosen would be theirs.
    return HttpResponseRedirect(back_of(request))


def _of_who_looks(request: HttpRequest) -> QuerySet[Connection]:
    """Those that the list shows to who looks, by the table of permissions; each may be looked at by everybody."""
    mine = getattr(request.user, "organisation", None)
    own = Q(provider=mine) | Q(site__host=mine)
    return visible(Connection.objects.all(), request.user, "connection", "list", own=own, state="site__state_code")


def connection(request: HttpRequest, pk: int) -> HttpResponse:
    """A connection: what was agreed and claimed, what proves it, and what who looks may do next."""
    shown = _connection(pk)
    require(request, "connection", "view", shown)
    inspections = shown.inspections.select_related("photo", "inspector__organisation")
    sees = may(request.user, "inspection", "view", shown)
    open_steps = {step.name for step in steps_open_to(request.user, shown.site)} if _is_latest(shown) else set()
    watched = next((name for name in STEPS if name in open_steps), None)
    measured = measured_for(watched, shown, timezone.now()) if watched else None
    seen, last = {"version": shown.site.version}, last_step_at(shown)
    agreed = seen | {"technology": shown.technology, "mbps": shown.mbps}
    context = {
        "connection": shown,
        "differs": against_agreed(shown),
        "site": shown.site,
        "steps": open_steps,
        "transitions": shown.transitions.select_related("actor__organisation"),
        "inspections": [(one, open_steps & {*served_by(shown, last, one)}) for one in inspections] if sees else None,
        "can_inspect": may(request.user, "inspection", "add", shown) and shown.ended_on is None,
        "measured": measured,
        "measured_serves": open_steps & {*served_by(shown, last, measurements=measured)} if measured else (),
        # Several forms stand on one page, and no id may stand there twice.
        "install_form": InstallForm(initial=agreed, auto_id="install_%s"),
        "inspection_form": InspectionForm(auto_id="inspection_%s"),
        "reason_forms": {name: SeenReasonForm(initial=seen, auto_id=f"{name}_%s") for name in open_steps},
        "relocate_form": RelocateForm(initial=seen, auto_id="relocate_%s"),
        "photos": Photo.objects.filter(
            pk__in=[one.evidence["photo"] for one in shown.transitions.all() if "photo" in one.evidence]
        ),
    }
    return render(request, "delivery/connection.html", context)


@require_POST
def connection_deed(request: HttpRequest, pk: int, deed: str) -> HttpResponse:
    """What is done with a connection, as whoever does it saw its site."""
    if deed not in _DEEDS:
        raise Http404(deed)
    shown, (made_of, do) = _connection(pk), _DEEDS[deed]
    person = acting(request)
    form = made_of(request.POST, request.FILES)
    if not form.is_valid():
        back = reverse("connection", args=[pk])
        context = {"title": str(shown), "form": form, "action": _("Go on"), "back": back}
        return render(request, "office/form.html", context, status=400)
    values = dict(form.cleaned_data)
    if "version" in values and values.pop("version") != shown.site.version:
        raise Refused(_("the site has been changed by somebody else meanwhile; look again"))
    standing = do(shown, person, timezone.now(), values)
    messages.success(request, _("Done."))
    return HttpResponseRedirect(reverse("connection", args=[(standing or shown).pk]))


def _install(connection: Connection, person: Person, at: dt.datetime, values: dict[str, Any]) -> None:
    # Nobody leaves files here who may not.
    allow(person, "connection", "install", connection)
    values["photo"] = keep_photo(values["photo"], person, at=at)
    deeds.install(connection, person, at=at, **values)


def _inspect(connection: Connection, person: Person, at: dt.datetime, values: dict[str, Any]) -> None:
    allow(person, "inspection", "add", connection)
    values["photo"] = keep_photo(values["photo"], person, at=at) if values["photo"] else None
    deeds.inspect(connection, person, at=at, **values)


def _verify(connection: Connection, person: Person, at: dt.datetime, values: dict[str, Any]) -> None:
    deeds.verify(connection, person, at=at, **_evidence("verify", connection, at, values))


def _watching(name: str) -> Deed:
    def do(connection: Connection, person: Person, at: dt.datetime, values: dict[str, Any]) -> None:
        evidence = _evidence(name, connection, at, values)
        deeds.watch(connection, name, person, at=at, reason=values["reason"], **evidence)

    return do


def _relocate(connection: Connection, person: Person, at: dt.datetime, values: dict[str, Any]) -> Connection:
    return deeds.relocate(connection, site_by_key(values["key"]), person, at=at, reason=values["reason"])


def _with_reason(do: Callable[..., Connection | None]) -> Deed:
    return lambda connection, person, at, values: do(connection, person, at=at, reason=values["reason"])


Deed = Callable[[Connection, "Person", "dt.datetime", dict[str, Any]], Connection | None]
# What is done by which form; a deed may lead to another connection than the one it began with.
_DEEDS: dict[str, tuple[type[Form], Deed]] = {
    "order": (SeenForm, lambda one, person, at, _values: deeds.order([one], person, at=at)),
    "install": (InstallForm, _install),
    "inspect": (InspectionForm, _inspect),
    "reject": (SeenReasonForm, _with_reason(deeds.reject)),
    "verify": (EvidenceForm, _verify),
    "operate": (SeenForm, lambda one, person, at, _values: deeds.operate(one, person, at=at)),
    "degrade": (EvidenceForm, _watching("degrade")),
    "fail": (EvidenceForm, _watching("fail")),
    "recover": (EvidenceForm, _watching("recover")),
    "relocate": (RelocateForm, _relocate),
    "reinstall": (SeenReasonForm, _with_reason(deeds.reinstall)),
    "rescind": (SeenReasonForm, _with_reason(deeds.rescind)),
    "renew": (SeenReasonForm, _with_reason(deeds.renew)),
}


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


def _evidence(name: str, connection: Connection, at: dt.datetime, values: dict[str, Any]) -> dict[str, Any]:
    """The inspection that was chosen, or what probes measured."""
    if values["inspection"]:
        return {"inspection": get_object_or_404(Inspection, pk=values["inspection"], connection=connection)}
    return {"measurements": measured_for(name, connection, at) if values["measurements"] else None}
